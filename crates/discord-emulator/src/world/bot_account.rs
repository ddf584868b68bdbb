//! The bot's own user: how it sees itself, and how it names itself anew. Knows no guild.

use serde_json::{Value, json};

use super::{
    Event, World,
    form::Form,
    refusal::{Problems, Refusal},
};

/// Code points of a user name: at least, at most.
const USERNAME: (usize, usize) = (2, 32);
/// What no user name may have in it, or be, in lower case.
const NOT_WITHIN: [&str; 5] = ["@", "#", ":", "```", "discord"];
const NOT_ALONE: [&str; 2] = ["everyone", "here"];

impl World {
    /// The bot's user with what only itself is shown.
    pub(crate) fn own_user_json(&self) -> Value {
        let mut user = self.bot();
        user["verified"] = json!(true);
        user["mfa_enabled"] = json!(false);
        user["email"] = json!(null);
        user["locale"] = json!("en-US");
        user
    }

    /// The bot changes its user, and is told so.
    pub(crate) fn change_bot(&mut self, body: &Value) -> Result<(), Refusal> {
        let Some(name) = read(body)? else {
            return Ok(());
        };
        let bot = self.people.get_mut(&self.application);
        let Some(bot) = bot.filter(|bot| bot.name != name) else {
            return Ok(());
        };
        bot.name = name;
        let payload = self.own_user_json();
        self.outbox.push(Event {
            kind: "USER_UPDATE",
            payload,
            guild: None,
            intents: 0,
            without_content: None,
            interaction: None,
        });
        self.touch();
        Ok(())
    }
}

/// The name that is asked for; `None` leaves it.
fn read(body: &Value) -> Result<Option<String>, Refusal> {
    let mut problems = Problems::default();
    let Some(form) = Form::read(body, "", &mut problems) else {
        return Err(Refusal::Form(problems));
    };
    let name = form
        .value("username")
        .map(|_| form.needed_text("username", USERNAME, &mut problems));
    if let Some(name) = &name {
        judge(name, &mut problems);
    }
    let name = problems.unless_any(name)?;
    let picture = ["avatar", "banner"]
        .iter()
        .find(|one| form.value(one).is_some());
    match picture {
        Some(picture) => Err(Refusal::Lacking(format!(
            "giving the bot the field {picture}"
        ))),
        None => Ok(name),
    }
}

fn judge(name: &str, problems: &mut Problems) {
    let lower = name.to_lowercase();
    let within = NOT_WITHIN.iter().find(|one| lower.contains(**one));
    let alone = NOT_ALONE.iter().find(|one| lower == **one);
    let (verb, wrong) = match (within, alone) {
        (Some(wrong), _) => ("contain", wrong),
        (None, Some(wrong)) => ("be", wrong),
        (None, None) => return,
    };
    problems.add(
        "username",
        "USERNAME_INVALID_CONTAINS",
        format!("Username cannot {verb} \"{wrong}\""),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_two_to_32_code_points_and_is_no_word_of_discords() {
        let long = |count| "é".repeat(count);
        for (name, is_fine) in [
            ("ab".to_owned(), true),
            ("a".to_owned(), false),
            (long(32), true),
            (long(33), false),
            (" a ".to_owned(), false),
            ("Discordant".to_owned(), false),
            ("a@b".to_owned(), false),
            ("Everyone".to_owned(), false),
            ("everyone else".to_owned(), true),
        ] {
            let mut world = World::new();
            let changed = world.change_bot(&json!({"username": name}));
            assert_eq!(changed.is_ok(), is_fine, "{name}: {changed:?}");
            assert_eq!(world.bot()["username"] == name, is_fine, "{name}");
        }
    }

    #[test]
    fn a_picture_is_not_pretended() {
        let mut world = World::new();
        let avatar = json!({"avatar": "data:image/png;base64,AAAA"});
        assert!(matches!(
            world.change_bot(&avatar),
            Err(Refusal::Lacking(_))
        ));
        assert_eq!(world.change_bot(&json!({"avatar": null})), Ok(()));
        assert!(world.take_events().is_empty());
    }
}
