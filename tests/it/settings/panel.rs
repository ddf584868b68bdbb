//! The panel in which settings are made: opened, used and drawn anew, by one admin and by two at once, also after a restart.

use discord_emulator::{
    Channel, Fault, FaultAction, Interaction, Message, Modal, Permissions, Person,
};
use footnote_bot::ids::GuildId;
use footnote_bot::ids::{ChannelId, PersonId, RoleId};
use footnote_bot::search::domains::Hosts;
use footnote_bot::search::fields::{Audit, Field, Settings, Threads, Value};
use footnote_bot::search::freshness::{Dates, Freshness, Span};
use footnote_bot::search::languages::{AnswerLanguage, Country, SourceLanguages};
use footnote_bot::search::people::{Access, Admitted, Members, Setters, Wishable};
use footnote_bot::search::persona::{Instruction, Persona};
use footnote_bot::search::presets::{OwnPreset, Preset};
use footnote_bot::search::service::{ContextSize, Depth, Dollars, HistoryBudget, Mode, Model};
use footnote_bot::search::{Recency, domains::Domains};
use serde_json::{Value as Json, json};

use crate::harness::pressing::{is_private, whispered};
use crate::harness::{Asked, SOON, TestBot, look_again};

/// The menu that offers the fields, and the one that offers other places.
const FIELDS: &str = "Change a setting…";
const ELSEWHERE: &str = "Another channel, category or thread…";

/// A panel in front of somebody.
struct Panel {
    person: Person,
    opened: Interaction,
    message: Message,
}

impl Panel {
    /// Opens the panel of a place.
    async fn opens(person: &Person, place: &Channel) -> Self {
        let opened = person.uses(place, "settings panel", &[]).await.unwrap();
        let shown = opened.until(SOON, has_controls).await.unwrap();
        assert!(is_private(&shown), "{shown}");
        let message = opened.message().unwrap();
        Self {
            person: person.clone(),
            opened,
            message,
        }
    }

    fn json(&self) -> Json {
        self.opened.reply().unwrap()
    }

    fn text(&self) -> String {
        text(&self.json())
    }

    /// Waits until the panel says this.
    async fn says(&self, wanted: &str) -> String {
        let shown = self
            .opened
            .until(SOON, |shown| text(shown).contains(wanted));
        match shown.await {
            Ok(shown) => text(&shown),
            Err(_) => panic!("the panel does not say {wanted:?}:\n{}", self.text()),
        }
    }

    async fn presses(&self, button: &str) -> Asked {
        let pressed = self.person.presses(&self.message, button).await.unwrap();
        pressed.acknowledged(SOON).await.unwrap();
        Asked {
            interaction: pressed,
        }
    }

    async fn chooses(&self, menu: &str, values: &[&str]) -> Asked {
        let chosen = self.person.chooses(&self.message, menu, values).await;
        let chosen = chosen.unwrap();
        chosen.acknowledged(SOON).await.unwrap();
        Asked {
            interaction: chosen,
        }
    }

    /// Goes to a field from the overview.
    async fn goes_to(&self, field: Field) {
        self.chooses(FIELDS, &[field.name()]).await;
        self.until(|shown| control(shown, &format!(":{}:", field.name())).is_some())
            .await;
    }

    async fn goes_back(&self) {
        self.presses("Back").await;
        self.until(|shown| control(shown, "settings:choose:").is_some())
            .await;
    }

    async fn until(&self, wanted: impl Fn(&Json) -> bool) {
        let shown = self.opened.until(SOON, wanted).await;
        assert!(shown.is_ok(), "{:#}", self.json());
    }

    async fn opens_form(&self, button: &str) -> Modal {
        let pressed = self.person.presses(&self.message, button).await.unwrap();
        pressed.modal(SOON).await.unwrap()
    }

    async fn writes(&self, button: &str, values: &[(&str, &str)]) {
        let form = self.opens_form(button).await;
        let sent = self.person.fills(&form, values).await.unwrap();
        sent.acknowledged(SOON).await.unwrap();
    }
}

fn text(shown: &Json) -> String {
    shown["content"].as_str().unwrap_or_default().to_owned()
}

fn components(shown: &Json) -> impl Iterator<Item = &Json> {
    let rows = shown["components"].as_array().into_iter().flatten();
    rows.flat_map(|row| row["components"].as_array().into_iter().flatten())
}

fn has_controls(shown: &Json) -> bool {
    components(shown).next().is_some()
}

/// The control whose name has this in it.
fn control<'a>(shown: &'a Json, name: &str) -> Option<&'a Json> {
    let has = |component: &&Json| {
        component["custom_id"]
            .as_str()
            .is_some_and(|id| id.contains(name))
    };
    components(shown).find(has)
}

/// The labels of the buttons that can be pressed.
fn enabled(shown: &Json) -> Vec<String> {
    let buttons = components(shown).filter(|one| one["type"] == 2 && one["disabled"] != true);
    let labels = buttons.map(|button| button["label"].as_str().unwrap().to_owned());
    labels.collect()
}

/// What is set in a place.
async fn kept(bot: &TestBot, id: u64) -> Settings {
    let guild = GuildId(bot.discord.everyone().id());
    let kept = bot.store().settings_of(guild, &[id]).await.unwrap();
    let kept = kept.into_iter().next();
    kept.map(|kept| kept.settings).unwrap_or_default()
}

/// Waits until a field of a place is set to this.
async fn until_set(bot: &TestBot, id: u64, value: &Value) {
    let set = tokio::time::timeout(SOON, async {
        while kept(bot, id).await.get(value.field()).as_ref() != Some(value) {
            look_again().await;
        }
    });
    if set.await.is_err() {
        panic!("{value:?} is not set: {:?}", kept(bot, id).await);
    }
}

/// Somebody who manages channels, or the server.
fn admin(bot: &TestBot, name: &str, permissions: Permissions) -> Person {
    let person = bot.discord.person(name);
    person.gets(bot.discord.role(&format!("{name}'s"), permissions));
    person
}

fn hosts(entries: &[&str]) -> Hosts {
    Hosts::of(entries).unwrap()
}

#[tokio::test]
async fn a_panel_is_opened_a_field_is_chosen_and_saved_and_shown() {
    let bot = TestBot::spawn().await;
    let (alice, general) = (
        admin(&bot, "alice", Permissions::MANAGE_CHANNELS),
        bot.channel(),
    );
    let panel = Panel::opens(&alice, &general).await;
    let shown = panel.text();
    assert!(
        shown.starts_with(&format!("### Settings of <#{}>", general.id())),
        "{shown}"
    );
    assert!(
        shown.contains("**Mode** the web · Operator’s settings"),
        "{shown}"
    );
    assert_eq!(enabled(&panel.json()), ["Server"]);
    panel.goes_to(Field::Mode).await;
    panel.chooses("Choose…", &["Scholarly texts"]).await;
    let shown = panel.says("Saved.").await;
    assert!(
        shown.contains("**Set here** scholarly texts · Channel"),
        "{shown}"
    );
    assert!(
        shown.contains("**Without that** the web · Operator’s settings"),
        "{shown}"
    );
    assert_eq!(kept(&bot, general.id()).await.mode, Some(Mode::Academic));
    panel.goes_back().await;
    assert!(panel.text().contains("**Mode** scholarly texts · Channel"));
    assert_eq!(enabled(&panel.json()), ["Server", "Reset all"]);
    let changes = bot
        .store()
        .changes(GuildId(bot.discord.everyone().id()), None, None, 10)
        .await;
    let by: Vec<u64> = changes
        .unwrap()
        .iter()
        .map(|change| change.by.id.0)
        .collect();
    assert_eq!(by, [alice.id()]);
    let mine = alice.sees(&general).len();
    let theirs = bot.discord.person("bob").sees(&general).len();
    assert_eq!(
        (mine, theirs),
        (1, 0),
        "one message, and nobody else sees it"
    );
}

#[tokio::test]
async fn a_field_is_inherited_again_and_everything_is_reset() {
    let bot = TestBot::spawn().await;
    let (alice, general) = (
        admin(&bot, "alice", Permissions::MANAGE_CHANNELS),
        bot.channel(),
    );
    let panel = Panel::opens(&alice, &general).await;
    panel.goes_to(Field::Mode).await;
    assert!(!enabled(&panel.json()).contains(&"Inherit".to_owned()));
    panel.chooses("Choose…", &["Scholarly texts"]).await;
    panel.says("Saved.").await;
    panel.presses("Inherit").await;
    panel.says("**Inherited** the web").await;
    assert!(kept(&bot, general.id()).await.is_empty());
    panel.chooses("Choose…", &["SEC filings"]).await;
    panel.says("**Set here** SEC filings").await;
    panel.goes_back().await;
    panel.presses("Reset all").await;
    panel
        .says("would be removed, and inherited again: Mode.")
        .await;
    assert_eq!(kept(&bot, general.id()).await.mode, Some(Mode::Sec));
    panel.presses("Reset all").await;
    panel.says("Saved.").await;
    assert!(kept(&bot, general.id()).await.is_empty());
    assert!(
        panel
            .text()
            .contains("**Mode** the web · Operator’s settings")
    );
}

#[tokio::test]
async fn of_two_admins_at_once_the_second_is_told_and_overwrites_nothing() {
    let bot = TestBot::spawn().await;
    let general = bot.channel();
    let alice = admin(&bot, "alice", Permissions::MANAGE_CHANNELS);
    let bob = admin(&bot, "bob", Permissions::MANAGE_CHANNELS);
    let hers = Panel::opens(&alice, &general).await;
    let his = Panel::opens(&bob, &general).await;
    hers.goes_to(Field::Mode).await;
    his.goes_to(Field::Mode).await;
    hers.chooses("Choose…", &["Scholarly texts"]).await;
    hers.says("Saved.").await;
    his.chooses("Choose…", &["SEC filings"]).await;
    let told = his.says("nothing of yours was saved").await;
    assert!(
        told.contains(&format!("<@{}> changed Mode", alice.id())),
        "{told}"
    );
    assert!(told.contains("**Set here** scholarly texts"), "{told}");
    assert_eq!(kept(&bot, general.id()).await.mode, Some(Mode::Academic));
    // Now he has seen it.
    his.chooses("Choose…", &["SEC filings"]).await;
    his.says("Saved.").await;
    assert_eq!(kept(&bot, general.id()).await.mode, Some(Mode::Sec));
    // A form is not even opened on what is no longer there, nor is a reset made.
    hers.presses("Back").await;
    hers.until(|shown| control(shown, "settings:choose:").is_some())
        .await;
    hers.goes_to(Field::Persona).await;
    his.goes_back().await;
    his.goes_to(Field::Persona).await;
    hers.writes("Write…", &[("instruction", "Be brief.")]).await;
    hers.says("Saved.").await;
    his.presses("Write…").await;
    let told = his.says("nothing of yours was saved").await;
    assert!(
        told.contains(&format!("<@{}> changed Writing instruction", alice.id())),
        "{told}"
    );
    assert_eq!(bob.modal(), None);
}

#[tokio::test]
async fn what_was_typed_and_overtaken_is_there_again() {
    let bot = TestBot::spawn().await;
    let general = bot.channel();
    let alice = admin(&bot, "alice", Permissions::MANAGE_CHANNELS);
    let bob = admin(&bot, "bob", Permissions::MANAGE_CHANNELS);
    let (hers, his) = (
        Panel::opens(&alice, &general).await,
        Panel::opens(&bob, &general).await,
    );
    his.goes_to(Field::Persona).await;
    let form = his.opens_form("Write…").await;
    hers.goes_to(Field::Mode).await;
    hers.chooses("Choose…", &["Scholarly texts"]).await;
    hers.says("Saved.").await;
    let sent = bob
        .fills(&form, &[("instruction", "Be brief.")])
        .await
        .unwrap();
    sent.acknowledged(SOON).await.unwrap();
    his.says("nothing of yours was saved").await;
    assert_eq!(kept(&bot, general.id()).await.persona, None);
    let again = his.opens_form("Write…").await;
    assert_eq!(again.components[0]["components"][0]["value"], "Be brief.");
    bob.fills(&again, &[("instruction", "Be brief.")])
        .await
        .unwrap();
    his.says("Saved.").await;
    let persona = Persona::Instruction(Instruction::parse("Be brief.").unwrap());
    assert_eq!(kept(&bot, general.id()).await.persona, Some(persona));
}

#[tokio::test]
async fn another_place_is_picked_and_its_way_is_gone_along() {
    let bot = TestBot::spawn().await;
    let (general, forum) = (bot.channel(), bot.discord.forum("questions"));
    let category = bot.discord.category("help");
    let alice = admin(
        &bot,
        "alice",
        Permissions::MANAGE_CHANNELS | Permissions::MANAGE_GUILD,
    );
    alice
        .changes(&forum, &json!({ "parent_id": category.id().to_string() }))
        .unwrap();
    let panel = Panel::opens(&alice, &general).await;
    panel.chooses(ELSEWHERE, &["questions"]).await;
    panel
        .says(&format!("### Settings of <#{}>", forum.id()))
        .await;
    assert_eq!(enabled(&panel.json()), ["Server", "Category"]);
    panel.presses("Category").await;
    panel
        .says(&format!("### Settings of <#{}>", category.id()))
        .await;
    panel.goes_to(Field::Mode).await;
    panel.chooses("Choose…", &["SEC filings"]).await;
    panel.says("**Set here** SEC filings · Category").await;
    panel.goes_back().await;
    panel.presses("Channel").await;
    panel
        .says(&format!("### Settings of <#{}>", forum.id()))
        .await;
    assert!(panel.text().contains("**Mode** SEC filings · Category"));
    panel.presses("Server").await;
    panel.says("### Settings of this server").await;
    assert_eq!(enabled(&panel.json()), ["Category", "Channel"]);
    assert_eq!(kept(&bot, category.id()).await.mode, Some(Mode::Sec));
    assert!(kept(&bot, forum.id()).await.is_empty() && kept(&bot, general.id()).await.is_empty());
}

#[tokio::test]
async fn a_thread_follows_its_channel_until_it_is_set_itself() {
    let bot = TestBot::spawn().await;
    let general = bot.channel();
    let alice = admin(&bot, "alice", Permissions::MANAGE_CHANNELS);
    let thread = alice.opens_thread_in(&general, "talk").unwrap();
    let panel = Panel::opens(&alice, &thread).await;
    assert_eq!(enabled(&panel.json()), ["Server", "Channel"]);
    panel.presses("Channel").await;
    panel
        .says(&format!("### Settings of <#{}>", general.id()))
        .await;
    panel.goes_to(Field::Mode).await;
    panel.chooses("Choose…", &["SEC filings"]).await;
    panel.says("Saved.").await;
    panel.goes_back().await;
    panel.presses("Thread").await;
    let shown = panel
        .says(&format!("### Settings of <#{}>", thread.id()))
        .await;
    assert!(shown.contains("**Mode** SEC filings · Channel"), "{shown}");
    panel.goes_to(Field::Mode).await;
    panel.chooses("Choose…", &["The web"]).await;
    let shown = panel.says("Saved.").await;
    assert!(shown.contains("**Set here** the web · Thread"), "{shown}");
    assert!(
        shown.contains("**Without that** SEC filings · Channel"),
        "{shown}"
    );
}

#[tokio::test]
async fn whoever_has_no_authority_opens_no_panel() {
    let bot = TestBot::spawn().await;
    let (carol, general) = (bot.discord.person("carol"), bot.channel());
    general.allows(&carol, Permissions::MANAGE_CHANNELS);
    let other = bot.discord.channel("other").id().to_string();
    let options = [("where", other.as_str())];
    let opened = carol
        .uses(&general, "settings panel", &options)
        .await
        .unwrap();
    let told = opened.until(SOON, |shown| text(shown).contains("you need"));
    let told = told.await.unwrap();
    assert!(is_private(&told) && !has_controls(&told));
}

#[tokio::test]
async fn rights_that_are_taken_away_end_an_open_panel() {
    let bot = TestBot::spawn().await;
    let (alice, general) = (bot.discord.person("alice"), bot.channel());
    let role = bot.discord.role("keepers", Permissions::MANAGE_CHANNELS);
    alice.gets(role);
    let panel = Panel::opens(&alice, &general).await;
    panel.goes_to(Field::Mode).await;
    alice.loses(role);
    panel.chooses("Choose…", &["SEC filings"]).await;
    let told = panel.says("To change these settings you need").await;
    assert!(!told.contains("Mode") && !has_controls(&panel.json()));
    assert!(kept(&bot, general.id()).await.is_empty());
    // The same for a form that was open before.
    alice.gets(role);
    let panel = Panel::opens(&alice, &general).await;
    panel.goes_to(Field::Persona).await;
    let form = panel.opens_form("Write…").await;
    alice.loses(role);
    alice
        .fills(&form, &[("instruction", "Be brief.")])
        .await
        .unwrap();
    panel.says("To change these settings you need").await;
    assert!(kept(&bot, general.id()).await.is_empty());
}

#[tokio::test]
async fn who_manages_a_channel_does_not_set_the_server() {
    let bot = TestBot::spawn().await;
    let (general, other) = (bot.channel(), bot.discord.channel("other"));
    let alice = bot.discord.person("alice");
    general.allows(&alice, Permissions::MANAGE_CHANNELS);
    let panel = Panel::opens(&alice, &general).await;
    let before = panel.text();
    let pressed = panel.presses("Server").await;
    let told = whispered(&pressed).await;
    assert!(told.contains("To change the settings of the server you need"));
    let picked = panel.chooses(ELSEWHERE, &["other"]).await;
    let told = whispered(&picked).await;
    assert!(told.contains("To change these settings you need"));
    assert_eq!(panel.text(), before);
    assert!(kept(&bot, other.id()).await.is_empty());
}

#[tokio::test]
async fn a_panel_works_on_after_a_restart() {
    let mut bot = TestBot::spawn().await;
    let (alice, general) = (
        admin(&bot, "alice", Permissions::MANAGE_CHANNELS),
        bot.channel(),
    );
    let panel = Panel::opens(&alice, &general).await;
    panel.goes_to(Field::Mode).await;
    bot.stop().await;
    bot.start().await;
    panel.chooses("Choose…", &["Scholarly texts"]).await;
    panel.says("Saved.").await;
    assert_eq!(kept(&bot, general.id()).await.mode, Some(Mode::Academic));
}

#[tokio::test]
async fn what_is_saved_and_cannot_be_shown_is_said_to_be_saved() {
    let bot = TestBot::spawn().await;
    let (alice, general) = (
        admin(&bot, "alice", Permissions::MANAGE_CHANNELS),
        bot.channel(),
    );
    let panel = Panel::opens(&alice, &general).await;
    panel.goes_to(Field::Mode).await;
    let refusal = FaultAction::Answer {
        status: 400,
        body: json!({ "code": 50035, "message": "Invalid Form Body" }),
    };
    let fault = Fault::new("PATCH", "/messages/@original", 1, refusal);
    bot.discord.fault(fault).unwrap();
    let chosen = panel.chooses("Choose…", &["Scholarly texts"]).await;
    let told = whispered(&chosen).await;
    assert!(told.starts_with("Your change is saved, but the panel could not be shown anew."));
    assert_eq!(kept(&bot, general.id()).await.mode, Some(Mode::Academic));
}

/// How a field is given a value in the panel.
enum By {
    /// A button that opens a form, and what is written in it.
    Form(&'static str, Vec<(&'static str, String)>),
    /// A menu, and what is chosen.
    Menu(&'static str, Vec<String>),
}

fn form(button: &'static str, inputs: &[(&'static str, &str)]) -> By {
    let inputs = inputs
        .iter()
        .map(|(name, text)| (*name, (*text).to_owned()));
    By::Form(button, inputs.collect())
}

fn menu(menu: &'static str, values: &[&str]) -> By {
    By::Menu(
        menu,
        values.iter().map(|value| (*value).to_owned()).collect(),
    )
}

/// A field, what is refused and with which words, what is saved, and what it is then set to.
type Row = (Field, Option<(By, &'static str)>, By, Value);

/// Every field with what is refused and why, where anything can be given that is, and with what is saved.
fn table(bot: &TestBot, general: &Channel) -> Vec<Row> {
    let role = bot.discord.role("readers", Permissions::NONE);
    let person = bot.discord.person("bob");
    let language = |name: &str| {
        let english = footnote_bot::conversation::language::Language::English;
        footnote_bot::render::settings::names::language_named(name, english).unwrap()
    };
    let country = footnote_bot::render::settings::names::country_named(
        "Japan",
        footnote_bot::conversation::language::Language::English,
    );
    let admitted = Admitted {
        roles: [RoleId(role.id())].into(),
        people: [PersonId(person.id())].into(),
    };
    let span = Span {
        after: Some("2020-01-31".parse().unwrap()),
        before: None,
    };
    let languages = SourceLanguages::of([language("German"), language("French")]);
    let kept = OwnPreset {
        name: "rust".to_owned(),
        domains: Domains::Only(hosts(&["docs.rs", "xn--bcher-kva.example"])),
    };
    vec![
        (
            Field::Domains,
            Some((
                form("Allow…", &[("domains", "not a domain!")]),
                "is not a domain",
            )),
            form(
                "Allow…",
                &[("domains", "https://docs.rs/x?y\nbücher.example")],
            ),
            Value::Domains(kept.domains.clone()),
        ),
        (
            Field::Freshness,
            Some((
                form("Dates…", &[("updated-after", "2026-02-30")]),
                "is not a day",
            )),
            form(
                "Dates…",
                &[("published-after", "2020-1-31"), ("updated-after", "")],
            ),
            Value::Freshness(Freshness::Dates(Dates::of(span, Span::default()).unwrap())),
        ),
        (
            Field::SourceLanguages,
            Some((
                form("Write…", &[("languages", "German, Klingonese")]),
                "is not a language",
            )),
            form("Write…", &[("languages", "German, fr")]),
            Value::SourceLanguages(languages.unwrap()),
        ),
        (
            Field::AnswerLanguage,
            Some((
                form("Write…", &[("language", "Klingonese")]),
                "is not a language",
            )),
            form("Write…", &[("language", "german")]),
            Value::AnswerLanguage(AnswerLanguage::Always(language("German"))),
        ),
        (
            Field::Country,
            Some((
                form("Write…", &[("country", "Atlantis")]),
                "is not a country",
            )),
            form("Write…", &[("country", "japan")]),
            Value::Country(Country::From(country.unwrap())),
        ),
        (
            Field::Mode,
            None,
            menu("Choose…", &["SEC filings"]),
            Value::Mode(Mode::Sec),
        ),
        (
            Field::ContextSize,
            None,
            menu("Choose…", &["Much"]),
            Value::ContextSize(ContextSize::High),
        ),
        (
            Field::Model,
            None,
            menu("Choose…", &["Thorough"]),
            Value::Model(Model::Depth(Depth::Thorough)),
        ),
        (
            Field::ConfirmAbove,
            Some((form("Write…", &[("amount", "1,000")]), "is not an amount")),
            form("Write…", &[("amount", "$2,5")]),
            Value::ConfirmAbove(Dollars::of_cents(250).unwrap()),
        ),
        (
            Field::Images,
            None,
            menu("Choose…", &["On"]),
            Value::Images(true),
        ),
        (
            Field::Related,
            None,
            menu("Choose…", &["On"]),
            Value::Related(true),
        ),
        (
            Field::Persona,
            Some((
                form("Write…", &[("instruction", "  ")]),
                "The instruction is empty",
            )),
            form("Write…", &[("instruction", "Answer in verse.")]),
            Value::Persona(Persona::Instruction(
                Instruction::parse("Answer in verse.").unwrap(),
            )),
        ),
        (
            Field::History,
            Some((
                form("Write…", &[("turns", "some"), ("tokens", "10")]),
                "is not a whole number",
            )),
            form("Write…", &[("turns", "2"), ("tokens", "1000")]),
            Value::History(HistoryBudget {
                turns: 2,
                tokens: 1_000,
            }),
        ),
        (
            Field::Threads,
            None,
            menu("Choose…", &["With the first answer"]),
            Value::Threads(Threads::Always),
        ),
        (
            Field::Access,
            Some((
                menu("Roles and people who may ask…", &[]),
                "nobody could ask any more",
            )),
            menu("Roles and people who may ask…", &["readers", "bob"]),
            Value::Access(Access::Only(admitted)),
        ),
        (
            Field::Members,
            None,
            menu("Choose…", &["Fresher sources", "Private answers"]),
            Value::Members(Members([Wishable::Recency, Wishable::Private].into())),
        ),
        (
            Field::Setters,
            Some((
                menu("Roles…", &["@everyone"]),
                "everyone could change settings",
            )),
            menu("Roles…", &["readers"]),
            Value::Setters(Setters([RoleId(role.id())].into())),
        ),
        (
            Field::Audit,
            None,
            menu("Channel…", &["general"]),
            Value::Audit(Audit::Channel(ChannelId(general.id()))),
        ),
        (
            Field::Presets,
            Some((
                form("Keep the current domains…", &[("name", "News")]),
                "cannot be the name of a list",
            )),
            form("Keep the current domains…", &[("name", "rust")]),
            Value::Presets(vec![kept]),
        ),
    ]
}

async fn given(panel: &Panel, by: &By) {
    match by {
        By::Form(button, inputs) => {
            let inputs: Vec<(&str, &str)> = inputs
                .iter()
                .map(|(name, text)| (*name, text.as_str()))
                .collect();
            panel.writes(button, &inputs).await;
        }
        By::Menu(menu, values) => {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            panel.chooses(menu, &values).await;
        }
    }
}

#[tokio::test]
async fn every_field_refuses_what_is_not_valid_and_takes_what_is() {
    let bot = TestBot::spawn_with(|settings| {
        settings.answers.thorough_model = Some("sonar-deep".to_owned());
        settings.answers.related_questions = false;
        settings.display.images = false;
    })
    .await;
    let general = bot.channel();
    let alice = admin(
        &bot,
        "alice",
        Permissions::MANAGE_CHANNELS | Permissions::MANAGE_GUILD,
    );
    let table = table(&bot, &general);
    let fields: Vec<Field> = table.iter().map(|(field, ..)| *field).collect();
    assert_eq!(fields, Field::ALL);
    let panel = Panel::opens(&alice, &general).await;
    panel.presses("Server").await;
    panel.says("### Settings of this server").await;
    let server = bot.discord.everyone().id();
    for (field, bad, good, value) in table {
        panel.goes_to(field).await;
        if let Some((bad, sentence)) = bad {
            given(&panel, &bad).await;
            let told = panel.says(sentence).await;
            assert!(told.starts_with("> "), "{field:?}: {told}");
            assert_eq!(kept(&bot, server).await.get(field), None, "{field:?}");
        }
        given(&panel, &good).await;
        until_set(&bot, server, &value).await;
        panel.says("> Saved.").await;
        panel.goes_back().await;
    }
    let kept = kept(&bot, server).await;
    assert_eq!(kept.fields().count(), Field::ALL.len());
}

#[tokio::test]
async fn lists_of_domains_are_used_added_to_taken_from_and_dropped() {
    let bot = TestBot::spawn().await;
    let (alice, general) = (
        admin(
            &bot,
            "alice",
            Permissions::MANAGE_CHANNELS | Permissions::MANAGE_GUILD,
        ),
        bot.channel(),
    );
    let panel = Panel::opens(&alice, &general).await;
    panel.goes_to(Field::Domains).await;
    panel.chooses("Use a list of domains…", &["Academic"]).await;
    panel.says("Saved.").await;
    let academic = kept(&bot, general.id()).await.domains;
    assert_eq!(academic, Some(Preset::Academic.domains()));
    panel.writes("Deny…", &[("domains", "docs.rs")]).await;
    panel
        .says("A list either allows domains or leaves them out")
        .await;
    panel.presses("All").await;
    until_set(&bot, general.id(), &Value::Domains(Domains::All)).await;
    panel.says("> Saved.").await;
    panel
        .writes("Deny…", &[("domains", "a.example, b.example")])
        .await;
    let denied = Value::Domains(Domains::Without(hosts(&["a.example", "b.example"])));
    until_set(&bot, general.id(), &denied).await;
    panel.says("a.example").await;
    panel.writes("Remove…", &[("domains", "a.example")]).await;
    let denied = Value::Domains(Domains::Without(hosts(&["b.example"])));
    until_set(&bot, general.id(), &denied).await;
}

#[tokio::test]
async fn what_was_typed_and_refused_is_in_the_form_again() {
    let bot = TestBot::spawn().await;
    let (alice, general) = (
        admin(&bot, "alice", Permissions::MANAGE_CHANNELS),
        bot.channel(),
    );
    let panel = Panel::opens(&alice, &general).await;
    panel.goes_to(Field::Freshness).await;
    panel
        .writes(
            "Dates…",
            &[
                ("published-after", "2020-01-01"),
                ("updated-before", "soon"),
            ],
        )
        .await;
    panel.says("is not a day").await;
    let form = panel.opens_form("Dates…").await;
    let value = |place: usize| form.components[place]["components"][0]["value"].clone();
    assert_eq!((value(0), value(3)), (json!("2020-01-01"), json!("soon")));
    alice
        .fills(
            &form,
            &[("published-after", "2020-01-01"), ("updated-before", "")],
        )
        .await
        .unwrap();
    panel.says("Saved.").await;
    let form = panel.opens_form("Dates…").await;
    assert_eq!(form.components[0]["components"][0]["value"], "2020-01-01");
    assert_eq!(form.components[3]["components"][0]["value"], Json::Null);
    let since = Freshness::Recency(Recency::Week);
    alice.dismisses(&form).unwrap();
    panel.chooses("Choose…", &["At most a week old"]).await;
    until_set(&bot, general.id(), &Value::Freshness(since)).await;
}

#[tokio::test]
async fn everyone_who_may_ask_is_shown_and_everyone_may_again() {
    let bot = TestBot::spawn().await;
    let (alice, general) = (
        admin(&bot, "alice", Permissions::MANAGE_CHANNELS),
        bot.channel(),
    );
    bot.discord.role("readers", Permissions::NONE);
    let panel = Panel::opens(&alice, &general).await;
    panel.goes_to(Field::Access).await;
    let everyone = control(&panel.json(), ":open:").cloned().unwrap();
    assert_eq!(everyone["label"], "Everyone");
    panel
        .chooses("Roles and people who may ask…", &["readers", "alice"])
        .await;
    panel.says("Saved.").await;
    let shown = panel.json();
    let picked = control(&shown, ":pick:").unwrap()["default_values"]
        .as_array()
        .unwrap();
    assert_eq!(picked.len(), 2);
    panel.presses("Everyone").await;
    until_set(&bot, general.id(), &Value::Access(Access::Everyone)).await;
}

#[tokio::test]
async fn a_control_that_was_tampered_with_does_nothing() {
    let bot = TestBot::spawn().await;
    let (alice, general) = (
        admin(&bot, "alice", Permissions::MANAGE_CHANNELS),
        bot.channel(),
    );
    // A channel that nobody knows is asked for.
    bot.discord.expects_rejections();
    let other = bot.discord.add_guild("elsewhere");
    let forged = |name: &str| {
        [
            name.replace(":mode:", ":images:"),
            name.replace(":mode:", ":setters:"),
            name.replace(&general.id().to_string(), &other.to_string()),
        ]
    };
    for attempt in 0..3 {
        let panel = Panel::opens(&alice, &general).await;
        panel.goes_to(Field::Mode).await;
        let shown = panel.json();
        let name = control(&shown, ":pick:").unwrap()["custom_id"]
            .as_str()
            .unwrap();
        let choosing = alice.chooses(&panel.message, "Choose…", &["SEC filings"]);
        bot.forges(name, &forged(name)[attempt], choosing).await;
        panel.until(|shown| !text(shown).contains("**Mode**")).await;
    }
    assert!(kept(&bot, general.id()).await.is_empty());
    assert!(kept(&bot, bot.discord.everyone().id()).await.is_empty());
}
