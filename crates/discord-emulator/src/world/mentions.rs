//! Works out whom a text would ping: what it mentions, what `allowed_mentions` permits, what the author may. Pings nobody.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    form::Form,
    refusal::{Problems, Refusal},
};
use crate::snowflake::Snowflake;

/// Discord accepts this many ids in `users` and in `roles`.
const MOST_IDS: usize = 100;

/// What a text mentions, whether or not it may ping.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mentions {
    pub(crate) users: BTreeSet<Snowflake>,
    pub(crate) roles: BTreeSet<Snowflake>,
    pub(crate) everyone: bool,
}

impl Mentions {
    /// Reads `<@id>`, `<@!id>`, `<@&id>`, `@everyone` and `@here`.
    ///
    /// Mentions inside code are counted too: the real service passes over them, but how exactly it finds code is not
    /// documented, and a ping reported once too often is better than one that is missed.
    pub(crate) fn read(text: &str) -> Self {
        let mut found = Self {
            everyone: text.contains("@everyone") || text.contains("@here"),
            ..Self::default()
        };
        for part in text.split("<@").skip(1) {
            let Some((inside, _)) = part.split_once('>') else {
                continue;
            };
            let (ids, digits) = match inside.strip_prefix('&') {
                Some(digits) => (&mut found.roles, digits),
                None => (&mut found.users, inside.strip_prefix('!').unwrap_or(inside)),
            };
            if digits.bytes().all(|byte| byte.is_ascii_digit()) {
                ids.extend(digits.parse::<Snowflake>().ok());
            }
        }
        found
    }

    /// What is left when only the allowed may be pinged.
    pub(crate) fn limited_to(mut self, allowed: &Allowed) -> Self {
        self.users.retain(|id| allowed.users.permits(*id));
        self.roles.retain(|id| allowed.roles.permits(*id));
        self.everyone &= allowed.everyone;
        self
    }
}

/// Which of the mentioned may be pinged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Allowed {
    pub(crate) users: Permitted,
    pub(crate) roles: Permitted,
    pub(crate) everyone: bool,
    pub(crate) replied_user: bool,
}

/// One kind of mention: all of them, or those with these ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Permitted {
    All,
    These(BTreeSet<Snowflake>),
}

impl Permitted {
    fn permits(&self, id: Snowflake) -> bool {
        match self {
            Self::All => true,
            Self::These(ids) => ids.contains(&id),
        }
    }
}

impl Allowed {
    /// The default of an ordinary message: everything pings.
    pub(crate) fn everything() -> Self {
        Self {
            users: Permitted::All,
            roles: Permitted::All,
            everyone: true,
            replied_user: true,
        }
    }

    /// The default of interactions and webhooks: only users are pinged.
    pub(crate) fn only_users() -> Self {
        Self {
            roles: Permitted::These(BTreeSet::new()),
            everyone: false,
            ..Self::everything()
        }
    }

    /// Reads the object as sent, at a dotted path of the request.
    ///
    /// # Errors
    ///
    /// A form error when a kind is unknown, stands in `parse` and has ids, or has too many ids.
    pub(crate) fn read_at(value: &Value, at: &str) -> Result<Self, Refusal> {
        let mut problems = Problems::default();
        let Some(form) = Form::read(value, at, &mut problems) else {
            return Err(Refusal::Form(problems));
        };
        let parse = form.list("parse", 3, &mut problems).unwrap_or_default();
        for (index, kind) in parse.iter().enumerate() {
            if !matches!(kind.as_str(), Some("users" | "roles" | "everyone")) {
                problems.not_one_of(
                    &form.path(&format!("parse.{index}")),
                    "'users', 'roles', 'everyone'",
                );
            }
        }
        let parses = |kind: &str| parse.iter().any(|one| one.as_str() == Some(kind));
        let allowed = Self {
            users: permitted(&form, "users", parses("users"), &mut problems),
            roles: permitted(&form, "roles", parses("roles"), &mut problems),
            everyone: parses("everyone"),
            replied_user: form.flag("replied_user", &mut problems).unwrap_or(false),
        };
        problems.unless_any(allowed)
    }
}

fn permitted(form: &Form<'_>, kind: &str, parsed: bool, problems: &mut Problems) -> Permitted {
    let listed = form.list(kind, MOST_IDS, problems).unwrap_or_default();
    let mut ids = BTreeSet::new();
    for (index, value) in listed.iter().enumerate() {
        match value
            .as_str()
            .map(str::to_owned)
            .or_else(|| value.as_u64().map(|id| id.to_string()))
        {
            Some(text) if text.parse::<Snowflake>().is_ok() => {
                ids.extend(text.parse::<Snowflake>())
            }
            _ => problems.add(
                &form.path(&format!("{kind}.{index}")),
                "NUMBER_TYPE_COERCE",
                format!("Value {value} is not snowflake."),
            ),
        }
    }
    if parsed && !ids.is_empty() {
        problems.add(
            &form.path(kind),
            "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
            format!("parse:[\"{kind}\"] and {kind}: [ids...] are mutually exclusive."),
        );
    }
    if parsed {
        Permitted::All
    } else {
        Permitted::These(ids)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn ids(list: &[u64]) -> BTreeSet<Snowflake> {
        list.iter().copied().map(Snowflake::from).collect()
    }

    impl Allowed {
        fn read(value: &Value) -> Result<Self, Refusal> {
            Self::read_at(value, "allowed_mentions")
        }
    }

    #[test]
    fn every_kind_of_mention_is_found() {
        let found = Mentions::read("hi <@1> and <@!2>, <@&3>: @here <@x> <@4");
        assert_eq!(
            found,
            Mentions {
                users: ids(&[1, 2]),
                roles: ids(&[3]),
                everyone: true
            }
        );
    }

    #[test]
    fn an_empty_list_beside_parse_is_legal() {
        let allowed = Allowed::read(&json!({"parse": ["users"], "users": []})).unwrap();
        assert_eq!(allowed.users, Permitted::All);
        assert!(!allowed.everyone);
    }

    #[test]
    fn ids_beside_parse_are_refused() {
        let refusal = Allowed::read(&json!({"parse": ["users"], "users": ["1"]})).unwrap_err();
        assert_eq!(refusal.status(), 400);
        assert!(refusal.body()["errors"]["allowed_mentions"]["users"].is_object());
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd_to_read(text in "\\PC*") {
            Mentions::read(&text);
        }

        #[test]
        fn an_empty_parse_pings_nobody(text in "(@everyone|@here|<@[0-9]{1,19}>|<@&[0-9]{1,19}>|[a-z <>@&!]){0,20}") {
            let nobody = Allowed::read(&json!({"parse": []})).unwrap();
            prop_assert_eq!(Mentions::read(&text).limited_to(&nobody), Mentions::default());
        }

        #[test]
        fn only_listed_people_are_pinged(mentioned in prop::collection::btree_set(1u64..30, 0..20), listed in prop::collection::btree_set(1u64..30, 0..20)) {
            let text: String = mentioned.iter().map(|id| format!("<@{id}> ")).collect();
            let users: Vec<String> = listed.iter().map(u64::to_string).collect();
            let allowed = Allowed::read(&json!({"users": users})).unwrap();
            let both: Vec<u64> = mentioned.intersection(&listed).copied().collect();
            prop_assert_eq!(Mentions::read(&text).limited_to(&allowed).users, ids(&both));
        }
    }
}
