//! Who may set what where: every subcommand that Discord is told of, for everybody, everywhere, against a plain list of rules.

use discord_emulator::Permissions;
use footnote_bot::ids::{GuildId, RoleId};
use footnote_bot::search::fields::Value;
use footnote_bot::search::people::Setters;
use serde_json::Value as Json;

use crate::harness::{Asker, TestBot};

/// Somebody, by what they may do.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    Nobody,
    KeeperHere,
    KeeperElsewhere,
    Setter,
    Manager,
    Administrator,
}

/// Whose settings a command is about.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Where {
    Here,
    Other,
    /// A thread in the other channel.
    Thread,
    /// A post in a forum.
    Post,
    Category,
    Server,
}

const EVERYWHERE: [Where; 6] = [
    Where::Here,
    Where::Other,
    Where::Thread,
    Where::Post,
    Where::Category,
    Where::Server,
];

/// The beginnings of what those read who may not.
const REFUSED: [&str; 3] = [
    "To change these settings you need",
    "To change the settings of the server you need",
    "Only those with the permission",
];

impl Who {
    fn manages_server(self) -> bool {
        matches!(self, Self::Manager | Self::Administrator)
    }

    fn may_set(self, place: Where) -> bool {
        match self {
            Self::Nobody => false,
            Self::KeeperHere => place == Where::Here,
            // The rights in a thread are those in its channel.
            Self::KeeperElsewhere => matches!(place, Where::Other | Where::Thread),
            Self::Setter | Self::Manager | Self::Administrator => true,
        }
    }

    /// Whether they may use a subcommand on a place.
    fn may(self, subcommand: &str, place: Where) -> bool {
        match subcommand {
            // What is shown of a place that everybody sees.
            "show" | "export" => true,
            // Who decides who decides.
            "audit" | "setters add" | "setters remove" => self.manages_server(),
            // What is the server's alone.
            "presets keep" | "presets drop" => self.may_set(Where::Server),
            // What is copied from here.
            "copy" => self.may_set(place) && self.may_set(Where::Here),
            _ => self.may_set(place),
        }
    }
}

/// A subcommand as Discord is told of it.
struct Leaf {
    path: String,
    options: Vec<Json>,
}

/// Every subcommand of `/settings` that Discord was told of.
fn leaves(bot: &TestBot) -> Vec<Leaf> {
    let told = bot.discord.record().exchanges.into_iter();
    let mut told = told.filter(|call| call.method == "PUT" && call.path.ends_with("/commands"));
    let commands = told.next_back().unwrap().body.unwrap();
    let mut commands = commands.as_array().unwrap().iter();
    let settings = commands
        .find(|command| command["name"] == "settings")
        .unwrap();
    let mut leaves = Vec::new();
    gather("", settings, &mut leaves);
    leaves
}

fn gather(path: &str, command: &Json, leaves: &mut Vec<Leaf>) {
    let options: Vec<Json> = command["options"].as_array().cloned().unwrap_or_default();
    let is_sub = |option: &&Json| matches!(option["type"].as_u64(), Some(1 | 2));
    for sub in options.iter().filter(is_sub) {
        let name = sub["name"].as_str().unwrap();
        let path = format!("{path} {name}").trim().to_owned();
        if sub["type"] == 1 {
            let options = sub["options"].as_array().cloned().unwrap_or_default();
            leaves.push(Leaf { path, options });
        } else {
            gather(&path, sub, leaves);
        }
    }
}

impl Leaf {
    fn has(&self, option: &str) -> bool {
        self.options.iter().any(|one| one["name"] == option)
    }

    /// Something for every option that it needs.
    fn filled(&self, place: Where) -> Vec<(String, String)> {
        let mut filled: Vec<(&str, String)> = Vec::new();
        for option in self
            .options
            .iter()
            .filter(|option| option["required"] == true)
        {
            let name = option["name"].as_str().unwrap();
            let value = match (name, option["type"].as_u64().unwrap()) {
                ("domains", _) => "docs.rs",
                ("languages" | "language", _) => "de",
                ("country", _) => "DE",
                ("name", _) => "news",
                ("from", _) => "general",
                (_, 4) => "0",
                (_, 5) => "true",
                (_, 8 | 9) => "guests",
                other => panic!("{} needs something for {other:?}", self.path),
            };
            filled.push((name, value.to_owned()));
        }
        // Those of which one at least is needed.
        match self.path.as_str() {
            "model" => filled.push(("model", "standard".to_owned())),
            "persona" => filled.push(("usual", "true".to_owned())),
            "history" => filled.push(("turns", "1".to_owned())),
            "members" => filled.push(("private", "false".to_owned())),
            "dates" => filled.push(("updated_after", "2020-01-01".to_owned())),
            "audit" => filled.push(("off", "true".to_owned())),
            "copy" => filled.push(("from", "general".to_owned())),
            "import" => {
                let text = r#"{"footnote_settings":1,"settings":{"images":true}}"#;
                filled.push(("text", text.to_owned()));
            }
            _ => {}
        }
        if self.has("where") {
            match place {
                Where::Here => {}
                Where::Other => filled.push(("where", "other".to_owned())),
                Where::Thread => filled.push(("where", "aside".to_owned())),
                Where::Post => filled.push(("where", "Tea".to_owned())),
                Where::Category => filled.push(("where", "apart".to_owned())),
                Where::Server => filled.push(("level", "Server".to_owned())),
            }
        }
        filled
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}

/// Somebody with nothing but these rights.
async fn somebody(bot: &TestBot, who: Who) -> Asker {
    let discord = &bot.discord;
    let somebody = bot.person("somebody");
    let other = discord.channel("other");
    discord.category("apart");
    let writer = bot.person("writer");
    writer.at(&other).opens_thread("aside");
    writer.posts(&discord.forum("forum"), "Tea", "What is it?");
    discord.role("guests", Permissions::NONE);
    match who {
        Who::Nobody => {}
        Who::KeeperHere => bot
            .channel()
            .allows(&somebody.person, Permissions::MANAGE_CHANNELS),
        Who::KeeperElsewhere => other.allows(&somebody.person, Permissions::MANAGE_CHANNELS),
        Who::Manager => {
            somebody
                .person
                .gets(discord.role("managers", Permissions::MANAGE_GUILD));
        }
        Who::Administrator => {
            somebody
                .person
                .gets(discord.role("admins", Permissions::ADMINISTRATOR));
        }
        Who::Setter => {
            let chosen = discord.role("chosen", Permissions::NONE);
            somebody.person.gets(chosen);
            let setters = Setters([RoleId(chosen.id())].into());
            bot.sets_everywhere(Value::Setters(setters)).await;
        }
    }
    somebody
}

async fn changes(bot: &TestBot) -> usize {
    let GuildId(guild) = bot.way_to(&bot.channel()).guild;
    let changes = bot.store().changes(GuildId(guild), None, None, 1_000).await;
    changes.unwrap().len()
}

/// Tries every subcommand on every place, and holds what is said and what is changed against the rules.
async fn holds_for(who: Who) {
    let bot = TestBot::spawn().await;
    let somebody = somebody(&bot, who).await;
    let leaves = leaves(&bot);
    assert!(leaves.len() > 30, "only {} subcommands", leaves.len());
    for leaf in &leaves {
        for place in EVERYWHERE {
            let before = changes(&bot).await;
            let filled = leaf.filled(place);
            let filled: Vec<(&str, &str)> = filled
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            let told = somebody.is_told(&leaf.path, &filled).await;
            let refused = REFUSED.iter().any(|refused| told.starts_with(refused));
            let may = who.may(&leaf.path, place);
            let case = format!("{who:?}: {} {place:?}: {told}", leaf.path);
            assert_eq!(refused, !may, "{case}");
            for fault in ["Footnote cannot", "cannot be looked up", "You cannot see"] {
                assert!(!told.starts_with(fault), "{case}");
            }
            if !may {
                assert_eq!(changes(&bot).await, before, "{case}");
            }
        }
    }
    let changed = changes(&bot).await - usize::from(who == Who::Setter);
    assert_eq!(
        changed > 0,
        who != Who::Nobody,
        "{who:?} made {changed} changes"
    );
}

#[tokio::test]
async fn without_rights_nothing_can_be_set() {
    holds_for(Who::Nobody).await;
}

#[tokio::test]
async fn who_manages_a_channel_sets_that_channel() {
    holds_for(Who::KeeperHere).await;
}

#[tokio::test]
async fn who_manages_another_channel_sets_that_one_from_here() {
    holds_for(Who::KeeperElsewhere).await;
}

#[tokio::test]
async fn holders_of_the_servers_role_set_everything_but_who_decides() {
    holds_for(Who::Setter).await;
}

#[tokio::test]
async fn who_manages_the_server_sets_everything() {
    holds_for(Who::Manager).await;
}

#[tokio::test]
async fn administrators_set_everything() {
    holds_for(Who::Administrator).await;
}

#[tokio::test]
async fn what_discord_says_of_the_command_changes_nothing() {
    let bot = TestBot::spawn().await;
    let owner = bot.discord.person("you");
    let alice = bot.keeper("alice");
    let everyone = bot.discord.everyone();
    // Hidden from those who may, and offered to those who may not.
    owner.denies(Some("settings"), &everyone).unwrap();
    assert!(
        alice
            .person
            .uses(&alice.channel, "settings show", &[])
            .await
            .is_err()
    );
    owner.allows(Some("settings"), &everyone).unwrap();
    let age = [("age", "1")];
    let told = bot.person("bob").is_told("recency", &age).await;
    assert!(told.starts_with(REFUSED[0]), "{told}");
    assert!(alice.is_told("recency", &age).await.starts_with("**Saved"));
}

#[tokio::test]
async fn a_right_that_is_taken_away_counts_when_the_button_is_pressed() {
    let bot = TestBot::spawn().await;
    let alice = bot.keeper("alice");
    // More than a page of the log holds.
    for n in 0..12 {
        let age = (1 + n % 2).to_string();
        alice.is_told("recency", &[("age", &age)]).await;
    }
    let proposed = alice.types("reset", &[]).await;
    let log = alice.types("log", &[]).await;
    alice.person.loses(bot.keepers());
    let before = changes(&bot).await;
    let pressed = alice.presses(&proposed.message(), "Apply").await;
    let told = pressed
        .until(|text| !text.starts_with("**This would"))
        .await;
    assert!(told.starts_with(REFUSED[0]), "{told}");
    assert_eq!(changes(&bot).await, before);
    let pressed = alice.presses(&log.message(), "Older").await;
    let told = pressed.until(|text| !text.starts_with("**Changes")).await;
    assert!(told.starts_with(REFUSED[0]), "{told}");
}
