//! What is shown besides the text: that an answer is being looked for, that it is complete, embeds, pictures, files.

mod forms;
mod other_forms;

use std::time::Duration;

use discord_emulator::{Fault, FaultAction, Message, Permissions};
use footnote_bot::settings::Settings;
use insta::assert_snapshot;
use secrecy::SecretString;
use serde_json::{Value, json};
use stand_ins::Trouble;
use stand_ins::agent::{AgentApi, AgentSettings, Run, Step, result, search_results};
use stand_ins::chat::{ChatEndpoint, Model};
use stand_ins::searxng::{Searxng, SearxngSettings};

use crate::harness::messages::{until, until_gone};
use crate::harness::service::{Script, concise, done, pieces, searching};
use crate::harness::{Asker, TestBot, content};

const FRANCE: &str = "https://example.org/france";

/// An answer that comes when the test lets it go on; nothing is heard of it before.
fn late(text: &str) -> Script {
    Script::Paused(
        Vec::new(),
        [pieces(text, &[FRANCE]), vec![done(&[FRANCE])]].concat(),
    )
}

/// Alice with the app installed, talking to bob where the bot is not.
fn between_people(bot: &TestBot) -> Asker {
    let (alice, bob) = (bot.person("alice"), bot.person("bob"));
    alice.person.installs();
    let channel = alice.person.direct_messages_with(&bob.person);
    alice.at(&channel)
}

/// Alice asks by `/ask`, and it takes so long until the answer comes.
async fn answered_after(bot: &TestBot, script: Script, seconds: u64) -> Message {
    bot.service.next(script);
    let asked = bot
        .person("alice")
        .begins_to_ask("Capital of France?")
        .await;
    bot.service.asked_in_all(1).await;
    bot.clock.advance(Duration::from_secs(seconds));
    bot.service.go_on();
    bot.settled().await;
    asked.message()
}

fn texts(bot: &TestBot) -> Vec<String> {
    let seen = bot.person("alice").sees();
    seen.iter().map(content).collect()
}

#[tokio::test]
async fn a_silent_service_is_said_to_be_searching() {
    let bot = TestBot::spawn().await;
    bot.service.next(late("Paris is the capital.[1]"));
    let asked = bot
        .person("alice")
        .begins_to_ask("Capital of France?")
        .await;
    let stage = asked.until(|text| text.contains("Searching")).await;
    assert_snapshot!(stage, @"-# Searching…");
    assert_eq!(asked.buttons(), ["Stop"]);
    bot.service.go_on();
    bot.settled().await;
    assert!(asked.shown().starts_with("Paris is the capital. [1]"));
}

#[tokio::test]
async fn what_is_searched_for_is_shown_until_there_is_text() {
    let bot = TestBot::spawn().await;
    let queries = ["capital of France", "@everyone **Paris** <@1>"];
    let rest = concise(&queries, "Paris is the capital.[1]", &[FRANCE]);
    bot.service
        .next(Script::Paused(vec![searching(&queries)], rest));
    let alice = bot.person("alice");
    let asks = alice.mentions_bot("capital of France?");
    let reply = bot.reply_to(&asks).await;
    let stage = until(&reply, |message| content(message).contains("capital")).await;
    let safe = "@\u{200b}everyone \\*\\*Paris\\*\\* <\u{200b}@1>";
    let searching = format!("-# Searching: capital of France · {safe}");
    assert_eq!(content(&stage), searching);
    bot.service.go_on();
    bot.settled().await;
    assert!(
        reply.reads().starts_with("Paris is the capital. [1]"),
        "{}",
        reply.reads()
    );
    assert_eq!(bot.replies_to(&asks).len(), 1);
}

#[tokio::test]
async fn a_concise_stream_is_answered_like_any_other() {
    let bot = TestBot::spawn().await;
    bot.service.next(Script::concise(
        &["France"],
        "Paris is the capital.[1]",
        &[FRANCE],
    ));
    let asked = bot.person("alice").asks(&bot, "Capital of France?").await;
    assert!(
        asked
            .shown()
            .starts_with("Paris is the capital. [1](<https://example.org/france>)")
    );
}

#[tokio::test]
async fn an_answer_is_stopped_or_fails_where_it_was_being_looked_for() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    bot.service.next(Script::Silent);
    let asks = alice.mentions_bot("capital of France?");
    let reply = bot.reply_to(&asks).await;
    alice.presses(&reply, "Stop").await;
    bot.settled().await;
    assert_snapshot!(reply.reads(), @"-# Stopped before it was complete.");

    bot.service.next(Script::Cut(vec![searching(&["Spain"])]));
    let asks = alice.mentions_bot("capital of Spain?");
    let reply = bot.reply_to(&asks).await;
    bot.service.go_on();
    bot.settled().await;
    assert_snapshot!(reply.reads(), @"The answer broke off before it was complete. Please ask again.");
    assert_eq!(bot.replies_to(&asks).len(), 1);
}

#[tokio::test]
async fn an_answer_that_was_being_looked_for_at_a_crash_is_ended_in_the_same_message() {
    let mut bot = TestBot::spawn().await;
    bot.service.next(Script::Silent);
    let asks = bot.person("alice").mentions_bot("capital of France?");
    let reply = bot.reply_to(&asks).await;
    bot.crash().await;
    bot.start().await;
    bot.recovered().await;
    assert_snapshot!(reply.reads(), @"Footnote was restarted while it was answering. Please ask again.");
    assert_eq!(bot.replies_to(&asks).len(), 1);
}

#[tokio::test]
async fn an_answer_that_took_long_is_announced_and_goes_with_its_announcement() {
    let bot = TestBot::spawn().await;
    let answer = answered_after(&bot, late("Paris is the capital.[1]"), 45).await;
    let texts = texts(&bot);
    let [_, announced] = texts.as_slice() else {
        panic!("{texts:?}")
    };
    let link = format!("/{}/{}>)", bot.channel().id(), answer.id());
    assert!(announced.contains(&link), "{announced}");
    let alice = bot.person("alice");
    assert!(
        announced.starts_with("-# alice: [the answer is complete]"),
        "{announced}"
    );
    assert!(announced.ends_with(", after 45 s."), "{announced}");

    // Whoever replies to it goes on from the answer.
    let announcement = alice.channel.message(id(&alice.sees()[1])).unwrap();
    let asks = alice.replies_with_a_mention(&bot, &announcement, "And of Spain?");
    bot.answer_to(&asks).await;
    assert_eq!(bot.turns_of_last_question(), 3);

    alice.presses(&answer, "Delete").await;
    until_gone(&answer).await;
    until_gone(&announcement).await;
}

#[tokio::test]
async fn an_answer_that_is_written_anew_takes_its_announcement_away() {
    let bot = TestBot::spawn().await;
    let answer = answered_after(&bot, late("Paris.[1]"), 45).await;
    assert_eq!(texts(&bot).len(), 2);
    bot.person("alice").presses(&answer, "Regenerate").await;
    bot.answered_in_all(2).await;
    assert_eq!(texts(&bot).len(), 1);
    assert!(answer.reads().starts_with("Yes. [1]"));
}

#[tokio::test]
async fn an_announced_answer_can_still_be_offered_to_be_answered_as_edited() {
    let bot = TestBot::that_reads(|_| {}).await;
    bot.service.next(late("Paris.[1]"));
    let alice = bot.person("alice");
    let asks = alice.mentions_bot("capital of France?");
    // What is first shown when all of it is there is a new message, which needs no announcement.
    bot.reply_to(&asks).await;
    bot.clock.advance(Duration::from_secs(45));
    bot.service.go_on();
    let answer = bot.answer_to(&asks).await;
    alice.edits(&asks, &format!("{} capital of Spain?", bot.mention()));
    until(&answer, |message| content(message).contains("was edited")).await;
    assert_eq!(texts(&bot).len(), 3);
}

#[tokio::test]
async fn nothing_is_announced_that_shows_as_unread_by_itself() {
    for (script, seconds, threshold, messages) in [
        (late("Paris.[1]"), 20, 30, 1),
        (late("Paris.[1]"), 800, 0, 1),
        (Script::Status(500, "{}"), 45, 30, 1),
    ] {
        let change = |settings: &mut Settings| {
            settings.display.announce_seconds = threshold;
        };
        let bot = TestBot::spawn_with(change).await;
        answered_after(&bot, script, seconds).await;
        assert_eq!(texts(&bot).len(), messages);
    }
    let bot = TestBot::spawn().await;
    let long = "A sentence that says something of note.[1] ".repeat(60);
    answered_after(&bot, late(&long), 45).await;
    assert!(texts(&bot).len() > 1);
    assert!(
        texts(&bot)
            .iter()
            .all(|text| !text.contains("the answer is complete"))
    );
}

#[tokio::test]
async fn an_announcement_that_is_posted_twice_is_one() {
    let bot = TestBot::spawn().await;
    let channel = format!("/channels/{}/messages", bot.channel().id());
    bot.discord
        .fault(Fault::new("POST", &channel, 1, FaultAction::ResetAfter))
        .unwrap();
    answered_after(&bot, late("Paris.[1]"), 45).await;
    assert_eq!(texts(&bot).len(), 2, "{:?}", texts(&bot));
}

#[tokio::test]
async fn an_announcement_that_is_refused_leaves_the_answer_as_it_is() {
    let bot = TestBot::spawn().await;
    bot.discord.tolerates_rejections();
    bot.channel()
        .denies(&bot.discord.bot(), Permissions::SEND_MESSAGES);
    let answer = answered_after(&bot, late("Paris.[1]"), 45).await;
    assert!(answer.reads().starts_with("Paris. [1]"));
    assert_eq!(texts(&bot).len(), 1);
}

fn id(message: &Value) -> u64 {
    message["id"].as_str().unwrap().parse().unwrap()
}

/// Whether what the bot asks tells what it searches, while the text has not come: the built-in server, with this changed.
async fn told_of_the_search(change: impl FnOnce(&mut Settings)) -> String {
    let folder = tempfile::tempdir().unwrap();
    let page = "# Zorvian tea\n\n## How hot is zorvian tea steeped?\n\nZorvian tea is steeped at 83 degrees.\n";
    std::fs::write(folder.path().join("zorvian.md"), page).unwrap();
    let bot = TestBot::spawn_with(|settings| {
        settings.answers.base_url = None;
        settings.engine.bundled = false;
        settings.engine.corpus = vec![folder.path().to_owned()];
        change(settings);
    })
    .await;
    let alice = bot.person("alice");
    let asked = alice.begins_to_ask("How hot is zorvian tea?").await;
    let stage = asked.until(|text| text.contains("Searching: ")).await;
    alice.presses(&asked.message(), "Stop").await;
    bot.settled().await;
    stage
}

#[tokio::test]
async fn the_built_in_server_tells_what_it_searches_while_a_model_writes() {
    let chat = ChatEndpoint::start().await.unwrap();
    chat.play(Model::OneTokenAMinute);
    let stage = told_of_the_search(|settings| {
        settings.writer.url = Some(chat.url());
        settings.writer.model = Some("stand-in".to_owned());
    });
    assert_snapshot!(stage.await, @"-# Searching: How hot is zorvian tea?");
}

#[tokio::test]
async fn the_built_in_server_tells_what_the_agent_api_searches() {
    let keyed = AgentSettings {
        keys: vec!["key".to_owned()],
        ..AgentSettings::default()
    };
    let api = AgentApi::start(keyed).await.unwrap();
    let found = search_results(
        &["zorvian tea temperature"],
        &[result(11, "Tea", "https://tea.example/")],
    );
    // Behind what was found comes more than arrives.
    let more = json!({ "type": "response.in_progress", "padding": "x".repeat(200_000) });
    let run = Run::new().found(found).then(Step::Event(more));
    api.next_run(run);
    api.script().then(Trouble::Stall { after: 100_000 });
    let stage = told_of_the_search(|settings| {
        settings.agent.base_url = api.url();
        settings.agent.api_key = Some(SecretString::from("key"));
    });
    assert_snapshot!(stage.await, @"-# Searching: zorvian tea temperature");
}

#[tokio::test]
async fn the_built_in_server_tells_what_it_searches_the_web_for_while_the_web_does_not_answer() {
    let searxng = Searxng::start(SearxngSettings::default()).await.unwrap();
    searxng.script().always(Trouble::Silence);
    let stage = told_of_the_search(|settings| {
        settings.web.searxng_url = Some(searxng.url());
    });
    assert_snapshot!(stage.await, @"-# Searching: How hot is zorvian tea?");
}
