//! Settings typed as commands: what they change, what they say, what they refuse, what they offer.

use discord_emulator::{Permissions, Role};
use footnote_bot::search::domains::{Domains, Hosts};
use footnote_bot::search::fields::{Field, Value};
use insta::assert_snapshot;
use serde_json::json;

use crate::harness::pressing::is_private;
use crate::harness::{Asked, Asker, SOON, TestBot, content};

impl Asker {
    /// Types a subcommand of `/settings`, and waits until something is said.
    pub(crate) async fn types(&self, subcommand: &str, options: &[(&str, &str)]) -> Asked {
        let command = format!("settings {subcommand}");
        let used = self.person.uses(&self.channel, &command, options).await;
        let typed = Asked {
            interaction: used.unwrap(),
        };
        let says_something = |reply: &serde_json::Value| {
            let is_empty = |part: &str| reply[part].as_array().is_none_or(Vec::is_empty);
            reply["content"] != "" || !is_empty("embeds")
        };
        let said = typed.interaction.until(SOON, says_something).await;
        said.unwrap();
        typed
    }

    /// The same; what is said, which nobody else sees.
    pub(crate) async fn is_told(&self, subcommand: &str, options: &[(&str, &str)]) -> String {
        let typed = self.types(subcommand, options).await;
        assert!(is_private(&typed.interaction.reply().unwrap()));
        typed.shown()
    }
}

impl TestBot {
    /// A role whose holders manage channels everywhere.
    pub(crate) fn keepers(&self) -> Role {
        self.discord.role("keepers", Permissions::MANAGE_CHANNELS)
    }

    /// Somebody who manages channels everywhere.
    pub(crate) fn keeper(&self, name: &str) -> Asker {
        let keeper = self.person(name);
        keeper.person.gets(self.keepers());
        keeper
    }

    /// Somebody who manages the server, and nothing besides.
    pub(crate) fn manager(&self, name: &str) -> Asker {
        let manager = self.person(name);
        let managers = self.discord.role("managers", Permissions::MANAGE_GUILD);
        manager.person.gets(managers);
        manager
    }
}

pub(crate) fn only(hosts: &[&str]) -> Value {
    Value::Domains(Domains::Only(Hosts::of(hosts).unwrap()))
}

/// A subcommand with its options, and what is said to it somewhere.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);

async fn all_said(who: &Asker, cases: &[Case<'_>]) {
    for (subcommand, options, expected) in cases {
        let told = who.is_told(subcommand, options).await;
        assert!(told.contains(expected), "{subcommand} {options:?}: {told}");
    }
}

#[tokio::test]
async fn domains_are_allowed_denied_removed_and_cleared() {
    let bot = TestBot::spawn().await;
    let alice = bot.keeper("alice");
    all_said(
        &alice,
        &[
            (
                "domains allow",
                &[("domains", "rust")],
                "`rust` is not a domain",
            ),
            (
                "domains allow",
                &[("domains", " , ")],
                "Name at least one domain",
            ),
            (
                "domains allow",
                &[("domains", "https://docs.rs/tokio, rust-lang.org")],
                "→ only `docs.rs`, `rust-lang.org`",
            ),
            (
                "domains allow",
                &[("domains", "docs.rs")],
                "Nothing changed",
            ),
            (
                "domains deny",
                &[("domains", "spam.example")],
                "Only some domains are allowed",
            ),
            (
                "domains remove",
                &[("domains", "go.dev")],
                "Not in the list",
            ),
            (
                "domains remove",
                &[("domains", "docs.rs")],
                "→ only `rust-lang.org`",
            ),
            (
                "domains remove",
                &[("domains", "rust-lang.org")],
                "no allowed domain is left",
            ),
            ("domains clear", &[], "→ all"),
            (
                "domains deny",
                &[("domains", "spam.example")],
                "→ all but `spam.example`",
            ),
            (
                "domains allow",
                &[("domains", "docs.rs")],
                "Domains are left out here",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn lists_of_domains_are_kept_used_and_dropped() {
    let bot = TestBot::spawn().await;
    let alice = bot.manager("alice");
    let long = "x".repeat(41);
    all_said(
        &alice,
        &[
            (
                "presets keep",
                &[("name", "Ours")],
                "there is no list to keep",
            ),
            (
                "domains preset",
                &[("name", "gossip")],
                "There is no list called",
            ),
            ("domains preset", &[("name", "Official")], "`gov.uk`"),
            (
                "presets keep",
                &[("name", "news")],
                "cannot be the name of a list",
            ),
            (
                "presets keep",
                &[("name", &long)],
                "cannot be the name of a list",
            ),
            (
                "presets keep",
                &[("name", "Ours")],
                "Ours: none → only `.gov`",
            ),
            ("domains clear", &[], "→ all"),
            ("domains deny", &[("domains", "x.example")], "all but"),
            (
                "presets keep",
                &[("name", "ours")],
                "is the name of another list",
            ),
            ("domains clear", &[], "→ all"),
            ("domains preset", &[("name", "ours")], "`gov.uk`"),
            (
                "presets drop",
                &[("name", "theirs")],
                "There is no list called",
            ),
            ("presets drop", &[("name", "OURS")], "`gov.uk`"),
        ],
    )
    .await;
}

#[tokio::test]
async fn freshness_is_an_age_or_dates() {
    let bot = TestBot::spawn().await;
    let alice = bot.keeper("alice");
    all_said(
        &alice,
        &[
            ("recency", &[("age", "3")], "week"),
            ("dates", &[], "Name at least one date"),
            ("dates", &[("published_after", "soon")], "is not a day"),
            ("dates", &[("updated_before", "2026-02-30")], "is not a day"),
            (
                "dates",
                &[
                    ("published_after", "2026-01-02"),
                    ("published_before", "2026-01-03"),
                ],
                "No day lies after",
            ),
            (
                "dates",
                &[("published_after", "2199-01-01")],
                "Nothing can be from after",
            ),
            ("dates", &[("published_after", "2020-01-02")], "2020-01-02"),
            ("recency", &[("age", "0")], "→ "),
        ],
    )
    .await;
}

#[tokio::test]
async fn languages_country_and_mode_are_those_that_exist() {
    let bot = TestBot::spawn().await;
    let alice = bot.keeper("alice");
    let eleven = "de, en, fr, es, pt, ja, it, nl, pl, ru, uk";
    all_said(
        &alice,
        &[
            (
                "language sources",
                &[("languages", "Klingon")],
                "is not a language",
            ),
            (
                "language sources",
                &[("languages", eleven)],
                "at most 10 languages",
            ),
            (
                "language sources",
                &[("languages", "German, fr")],
                "→ German, French",
            ),
            (
                "language sources",
                &[("languages", "de fr")],
                "Nothing changed",
            ),
            (
                "language sources",
                &[("languages", "any")],
                "German, French → ",
            ),
            (
                "language answers",
                &[("language", "xx")],
                "is not a language",
            ),
            (
                "language answers",
                &[("language", "Deutsch")],
                "is not a language",
            ),
            (
                "language answers",
                &[("language", "japanese")],
                "→ Japanese",
            ),
            ("country", &[("country", "Atlantis")], "is not a country"),
            ("country", &[("country", "uk")], "→ United Kingdom"),
            ("mode", &[("mode", "1")], "**Mode**"),
        ],
    )
    .await;
}

#[tokio::test]
async fn how_answers_are_made_is_within_what_the_operator_offers() {
    let bot = TestBot::spawn_with(|settings| {
        settings.answers.thorough_model = Some("sonar-pro".to_owned());
        settings.answers.offered_models = vec!["sonar-reasoning".to_owned()];
        settings.conversations.history_turns = 10;
        settings.conversations.history_tokens = 8_000;
    })
    .await;
    let alice = bot.keeper("alice");
    let long = "é".repeat(501);
    all_said(
        &alice,
        &[
            ("context", &[("size", "3")], "**Amount read**"),
            ("model", &[("model", "gpt")], "does not offer `gpt`"),
            (
                "model",
                &[("model", "quick")],
                "names no model for the depth",
            ),
            ("model", &[("model", "Thorough")], "thorough"),
            ("model", &[("model", "sonar-reasoning")], "sonar-reasoning"),
            ("model", &[("model", "research")], "research"),
            ("model", &[], "Fill in at least one option"),
            (
                "model",
                &[("confirm_above", "2.505")],
                "`2.505` is not an amount",
            ),
            (
                "model",
                &[("confirm_above", "1001")],
                "0 to 1000 US dollars",
            ),
            ("model", &[("confirm_above", "0.50")], "→ $0.50"),
            (
                "model",
                &[("model", "standard"), ("confirm_above", "$3")],
                "→ $3.00",
            ),
            ("images", &[("shown", "true")], "**Pictures**"),
            ("related", &[("offered", "true")], "**Related questions**"),
            ("persona", &[], "Fill in at least one option"),
            ("persona", &[("instruction", &long)], "this one has 501"),
            (
                "persona",
                &[("instruction", " \u{7} ")],
                "The instruction is empty",
            ),
            (
                "persona",
                &[("instruction", "Be *brief*.")],
                r"Be \*brief\*.",
            ),
            ("persona", &[("usual", "true")], "→ "),
            ("history", &[], "Fill in at least one option"),
            ("history", &[("turns", "11")], "lets no more than this"),
            ("history", &[("turns", "3")], "→ 3 turns"),
            ("history", &[("tokens", "0")], "→ nothing"),
            ("threads", &[("opened", "0")], "**Threads**"),
        ],
    )
    .await;
}

#[tokio::test]
async fn people_and_roles_are_let_in_and_out() {
    let bot = TestBot::spawn().await;
    let alice = bot.manager("alice");
    let experts = bot.discord.role("experts", Permissions::NONE);
    let (bob, carol) = (bot.person("bob"), bot.person("carol"));
    let everyone = bot.discord.everyone().id().to_string();
    let mention = bob.mention();
    let role = format!("<@&{}>", experts.id());
    all_said(
        &alice,
        &[
            ("access remove", &[("who", "bob")], "None of these is named"),
            (
                "access allow",
                &[("who", "bob"), ("who2", "experts")],
                &role,
            ),
            ("access remove", &[("who", "experts")], &mention),
            (
                "access remove",
                &[("who", "bob")],
                "nobody could ask any more",
            ),
            ("access everyone", &[], "**Who may ask**"),
            ("members", &[], "Fill in at least one option"),
            ("members", &[("domains", "false"), ("deeper", "true")], "**"),
            (
                "setters add",
                &[("role", &everyone)],
                "Everyone has this role",
            ),
            (
                "setters remove",
                &[("role", "experts")],
                "is not among the roles",
            ),
            ("setters add", &[("role", "experts")], &role),
            ("setters remove", &[("role", "experts")], "→"),
            ("audit", &[], "Fill in at least one option"),
            ("audit", &[("off", "true")], "Saved for Server"),
        ],
    )
    .await;
    drop(carol);
}

#[tokio::test]
async fn what_is_typed_is_in_force_at_once_where_it_was_typed_and_nowhere_else() {
    let bot = TestBot::spawn().await;
    let alice = bot.keeper("alice");
    let other = bot.discord.channel("other");
    let told = alice
        .is_told(
            "domains allow",
            &[("domains", "docs.rs"), ("where", "other")],
        )
        .await;
    let place = format!("**Saved for Channel <#{}>**\n", other.id());
    assert_eq!(
        told.replace(&place, "…\n"),
        "…\n**Domains**: all (inherited) → only `docs.rs`"
    );
    for asker in [alice.at(&other), bot.person("bob")] {
        bot.will_answer("Yes.", &[]);
        asker.asks(&bot, "Where?").await;
    }
    let filters: Vec<_> = bot
        .service
        .asked()
        .iter()
        .map(|asked| asked["search_domain_filter"].clone())
        .collect();
    assert_eq!(filters, [json!(["docs.rs"]), json!(null)]);
}

#[tokio::test]
async fn the_server_is_set_from_anywhere_and_a_channel_inherits_from_it() {
    let bot = TestBot::spawn().await;
    let alice = bot.manager("alice");
    let at_server = [("age", "3"), ("level", "Server")];
    assert!(
        alice
            .is_told("recency", &at_server)
            .await
            .contains("Saved for Server")
    );
    let told = alice.is_told("recency", &[("age", "2")]).await;
    assert!(told.contains("(inherited) → "), "{told}");
    let told = alice
        .is_told("recency", &[("age", "2"), ("level", "Category")])
        .await;
    assert_snapshot!(told, @"There is no such level here: Category. Choose another level or another place.");
}

#[tokio::test]
async fn show_tells_of_every_field_where_it_comes_from_and_what_is_below_it() {
    let bot = TestBot::spawn().await;
    let alice = bot.manager("alice");
    bot.sets_everywhere(only(&["docs.rs"])).await;
    bot.sets(&bot.channel(), only(&["rust-lang.org"])).await;
    let shown = alice.types("show", &[]).await;
    let mut whole = vec![shown.shown()];
    whole.extend(shown.interaction.follow_ups().iter().map(content));
    let whole = whole
        .join("\n")
        .replace(&bot.channel().id().to_string(), "…");
    assert!(
        whole.starts_with(
            "**Settings of Channel <#…>**\n**Domains**: only `rust-lang.org`\n-# set here · without it: only `docs.rs` (Server)\n"
        ),
        "{whole}"
    );
    assert_eq!(whole.matches("\n**").count(), Field::ALL.len(), "{whole}");
    let elsewhere = bot.discord.channel("other");
    let shown = alice.is_told("show", &[("where", "other")]).await;
    let of_server = format!(
        "**Settings of Channel <#{}>**\n**Domains**: only `docs.rs`\n-# from: Server · without it: all (Operator’s settings)\n",
        elsewhere.id()
    );
    assert!(shown.starts_with(&of_server), "{shown}");
}

#[tokio::test]
async fn lists_of_any_length_are_shown_whole() {
    let bot = TestBot::spawn().await;
    let alice = bot.manager("alice");
    let label = "a".repeat(61);
    let hosts: Vec<String> = (0..20)
        .map(|n| format!("h{n:02}.{label}.{label}.{label}.example"))
        .collect();
    let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
    bot.sets_everywhere(only(&hosts)).await;
    bot.sets(&bot.channel(), only(&hosts)).await;
    let shown = alice.types("show", &[]).await;
    let last = format!("`{}`", hosts[19]);
    let messages = || {
        let first = shown.interaction.reply().into_iter();
        first
            .chain(shown.interaction.follow_ups())
            .collect::<Vec<_>>()
    };
    let all_there = async {
        while !messages()
            .iter()
            .any(|message| content(message).contains("**Lists of domains**"))
        {
            crate::harness::look_again().await;
        }
    };
    tokio::time::timeout(SOON, all_there).await.unwrap();
    let whole: Vec<String> = messages().iter().map(content).collect();
    assert!(messages().iter().all(is_private));
    assert_eq!(
        whole.concat().matches(&last).count(),
        2,
        "here and in the server"
    );
    let told = alice.types("domains clear", &[]).await;
    let reply = told.interaction.reply().unwrap();
    assert!(
        told.shown().ends_with("All of it is in the file."),
        "{reply}"
    );
    assert_eq!(reply["attachments"][0]["filename"], "settings.md");
}

#[tokio::test]
async fn what_one_may_not_see_is_not_shown() {
    let bot = TestBot::spawn().await;
    let alice = bot.keeper("alice");
    let category = bot.discord.category("hidden");
    let owner = bot.discord.person("you");
    let parent = json!({ "parent_id": category.id().to_string() });
    owner.changes(&bot.channel(), &parent).unwrap();
    category.denies(&bot.discord.everyone(), Permissions::VIEW_CHANNEL);
    category.allows(&bot.discord.bot(), Permissions::VIEW_CHANNEL);
    let told = alice.is_told("show", &[("level", "Category")]).await;
    assert_snapshot!(told, @"You cannot see that channel, so its settings are not shown to you. Choose another one.");
    let told = alice
        .is_told("recency", &[("age", "1"), ("level", "Category")])
        .await;
    assert!(
        told.starts_with("To change these settings you need"),
        "{told}"
    );
    category.allows(&bot.keepers(), Permissions::VIEW_CHANNEL);
    let told = alice
        .is_told("recency", &[("age", "1"), ("level", "Category")])
        .await;
    assert!(told.starts_with("**Saved for Category"), "{told}");
}

#[tokio::test]
async fn options_are_completed_from_what_is_there() {
    let bot = TestBot::spawn().await;
    let alice = bot.keeper("alice");
    bot.sets(&bot.channel(), only(&["docs.rs", "rust-lang.org"]))
        .await;
    let offered = async |subcommand: &str, option: &str, typed: &str| -> Vec<String> {
        let command = format!("settings {subcommand}");
        let options = [(option, typed)];
        let completes = alice
            .person
            .completes(&alice.channel, &command, &options, option);
        let offered = completes.await.unwrap().offered(SOON).await.unwrap();
        let values = offered.iter().map(|choice| choice.value.as_str().unwrap());
        values.map(str::to_owned).collect()
    };
    assert_eq!(
        offered("domains remove", "domains", "").await,
        ["docs.rs", "rust-lang.org"]
    );
    assert_eq!(
        offered("domains remove", "domains", "docs.rs, ru").await,
        ["docs.rs, rust-lang.org"]
    );
    assert_eq!(
        offered("domains preset", "name", "doc").await,
        ["documentation"]
    );
    assert!(offered("presets drop", "name", "").await.is_empty());
    assert_eq!(offered("country", "country", "germ").await[0], "DE");
    assert_eq!(
        offered("language answers", "language", "fren").await[0],
        "fr"
    );
    assert_eq!(offered("language sources", "languages", "").await.len(), 25);
    assert_eq!(
        offered("reset", "field", "doma").await,
        ["domains", "presets"]
    );
    assert_eq!(offered("model", "model", "stand").await.len(), 1);
    let many = "a".repeat(1_000);
    assert!(offered("domains remove", "domains", &many).await.is_empty());
}
