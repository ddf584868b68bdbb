//! The forms that an answer is shown in: plain or embed, full or compact, with pictures, with a file; and what becomes of each when Discord
//! does not take it.

use discord_emulator::{Fault, FaultAction, Message, Permissions};
use footnote_bot::settings::Settings;
use footnote_bot::settings::display::{Density, Format};
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::between_people;
use crate::harness::messages::until;
use crate::harness::service::Script;
use crate::harness::{Asker, SOON, TestBot, content, look_again, without_time};

const FRANCE: &str = "https://example.org/france";

/// A bot whose answers look so.
async fn looking(format: Format, density: Density) -> TestBot {
    TestBot::spawn_with(|settings| {
        settings.display.format = format;
        settings.display.density = density;
    })
    .await
}

/// What a message says, and what its embeds do, without how long it took.
fn all_of(message: &Value) -> String {
    let embeds = message["embeds"].as_array().unwrap().iter();
    let texts = embeds.map(|embed| {
        let of = |place: &str| {
            embed
                .pointer(place)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        format!(
            "[{}|{}|{}|{}]",
            of("/title"),
            of("/description"),
            of("/footer/text"),
            of("/image/url")
        )
    });
    let content = message["content"].as_str().unwrap().to_owned();
    let lines = [content].into_iter().chain(texts);
    without_time(&lines.collect::<Vec<_>>().join("\n"))
}

async fn shown(format: Format, density: Density) -> String {
    let bot = looking(format, density).await;
    bot.will_answer("Paris is the capital.[1]", &[FRANCE]);
    let asked = bot.person("alice").asks(&bot, "Capital of France?").await;
    all_of(&asked.interaction.reply().unwrap())
}

#[tokio::test]
async fn an_answer_is_plain_or_an_embed_full_or_compact_as_set() {
    assert_snapshot!(shown(Format::Plain, Density::Full).await, @r"
    Paris is the capital. [1](<https://example.org/france>)

    **Sources**
    `1` [Page at example.org/france](<https://example.org/france>) · example.org
    -# 1 source · sonar · ? s · $0.0051
    ");
    assert_snapshot!(shown(Format::Plain, Density::Compact).await, @r"
    Paris is the capital. [1](<https://example.org/france>)
    -# 1 source
    ");
    assert_snapshot!(shown(Format::Embed, Density::Full).await, @r"

    [|Paris is the capital. [1](<https://example.org/france>)

    **Sources**
    `1` [Page at example.org/france](<https://example.org/france>) · example.org|1 source · sonar · ? s · $0.0051|]
    ");
    assert_snapshot!(shown(Format::Embed, Density::Compact).await, @r"

    [|Paris is the capital. [1](<https://example.org/france>)|1 source|]
    ");
}

/// An answer of so many sentences, each of which is known by its number.
fn numbered(sentences: usize) -> String {
    let sentence = |number| format!("Fact {number:04} says something of note about France.[1] ");
    (0..sentences).map(sentence).collect()
}

fn file_of(message: &Value) -> Option<&Value> {
    message["attachments"].as_array().unwrap().first()
}

async fn text_of(file: &Value) -> String {
    let fetched = reqwest::get(file["url"].as_str().unwrap()).await.unwrap();
    fetched.text().await.unwrap()
}

/// Asks for a long answer: what Alice sees of it.
async fn long_answer(bot: &TestBot, sentences: usize) -> Vec<Value> {
    bot.will_answer(&numbered(sentences), &[FRANCE]);
    let alice = bot.person("alice");
    alice.asks(bot, "Everything about France?").await;
    alice.sees()
}

/// As many sentences as five messages do not hold.
const TOO_MANY: usize = 400;

#[tokio::test]
async fn what_no_message_holds_is_in_the_attached_file() {
    for format in [Format::Plain, Format::Embed] {
        let bot = looking(format, Density::Full).await;
        let seen = long_answer(&bot, 2 * TOO_MANY).await;
        assert_eq!(seen.len(), 5);
        let (last, before) = seen.split_last().unwrap();
        assert!(before.iter().all(|message| file_of(message).is_none()));
        let file = file_of(last).unwrap();
        assert_eq!(file["filename"], "rest-of-the-answer.md");
        let rest = text_of(file).await;
        assert!(rest.contains(FRANCE), "{rest}");
        let all: String = seen.iter().map(all_of).chain([rest]).collect();
        for number in 0..2 * TOO_MANY {
            let fact = format!("Fact {number:04} ");
            assert_eq!(all.matches(&fact).count(), 1, "{fact}");
        }
    }
}

#[tokio::test]
async fn an_answer_written_anew_loses_the_file_and_gains_another() {
    let bot = TestBot::spawn().await;
    let first = long_answer(&bot, TOO_MANY).await;
    let old = text_of(file_of(&first[4]).unwrap()).await;
    let alice = bot.person("alice");
    let last = message(&alice, &first[4]);

    bot.will_answer(&numbered(TOO_MANY + 1), &[FRANCE]);
    alice.presses(&last, "Regenerate").await;
    bot.answered_in_all(2).await;
    let seen = alice.sees();
    let new = text_of(file_of(seen.last().unwrap()).unwrap()).await;
    assert!(new.contains("Fact 0400 ") && !old.contains("Fact 0400 "));
    assert_eq!(seen[4]["attachments"].as_array().unwrap().len(), 1);

    // As many messages, and no rest: the fifth stays, without its file.
    bot.will_answer(&numbered(95), &[FRANCE]);
    alice
        .presses(&message(&alice, seen.last().unwrap()), "Regenerate")
        .await;
    bot.answered_in_all(3).await;
    let seen = alice.sees();
    assert_eq!((seen.len(), &seen[4]["id"]), (5, &first[4]["id"]));
    assert!(seen.iter().all(|message| file_of(message).is_none()));
}

#[tokio::test]
async fn what_an_earlier_answer_framed_is_gone_while_the_next_is_written() {
    let bot = looking(Format::Embed, Density::Full).await;
    bot.will_answer("Paris.[1]", &[FRANCE]);
    let alice = bot.person("alice");
    let asked = alice.asks(&bot, "Capital of France?").await;
    let answer = asked.message();
    assert_eq!(
        answer.json().unwrap()["embeds"].as_array().unwrap().len(),
        1
    );
    bot.service.next(Script::Silent);
    alice.presses(&answer, "Regenerate").await;
    let stage = until(&answer, |message| content(message).contains("Searching")).await;
    assert_eq!(stage["embeds"], json!([]));
    alice.presses(&answer, "Stop").await;
    bot.settled().await;
    assert!(all_of(&answer.json().unwrap()).contains("Stopped before it was complete."));
    assert!(!answer.reads().contains("Searching"));
}

#[tokio::test]
async fn a_file_that_discord_does_not_take_leaves_a_message_that_says_so() {
    for (status, code) in [(413, 40005), (413, 0), (400, 40005)] {
        let bot = TestBot::spawn().await;
        bot.discord.tolerates_rejections();
        let channel = format!("/channels/{}/messages", bot.channel().id());
        let body = json!({ "message": "as ordered", "code": code });
        let mut refusal = Fault::new("POST", &channel, 1, FaultAction::Answer { status, body });
        // The first message is the reply; of the four behind it the last bears the file.
        refusal.turns.skip = 3;
        bot.discord.fault(refusal).unwrap();
        let seen = long_answer(&bot, TOO_MANY).await;
        assert_eq!(seen.len(), 5);
        assert_eq!(file_of(&seen[4]), None);
        let said = content(&seen[4]);
        assert!(
            said.contains("does not let Footnote attach the rest"),
            "{said}"
        );
        assert!(!said.contains("in the attached file"), "{said}");
    }
}

#[tokio::test]
async fn a_bot_that_may_attach_nothing_says_so() {
    let bot = TestBot::spawn().await;
    bot.discord.tolerates_rejections();
    bot.channel()
        .denies(&bot.discord.bot(), Permissions::ATTACH_FILES);
    let seen = long_answer(&bot, TOO_MANY).await;
    assert_eq!((seen.len(), file_of(&seen[4])), (5, None));
    assert!(content(&seen[4]).contains("does not let Footnote attach the rest"));
    assert_eq!(refused(&bot), 0, "the interaction tells it");
}

/// How many calls Discord refused for want of a permission.
fn refused(bot: &TestBot) -> usize {
    let requests = bot.discord.requests().into_iter();
    requests.filter(|request| request.status == 403).count()
}

#[tokio::test]
async fn a_channel_that_takes_no_files_is_tried_once_in_some_minutes() {
    let bot = TestBot::spawn().await;
    bot.discord.tolerates_rejections();
    bot.channel()
        .denies(&bot.discord.bot(), Permissions::ATTACH_FILES);
    let alice = bot.person("alice");
    for _ in 0..2 {
        bot.will_answer(&numbered(TOO_MANY), &[FRANCE]);
        let asks = alice.mentions_bot("everything about France?");
        bot.answer_to(&asks).await;
        let seen = alice.sees();
        let last = seen.last().unwrap();
        assert_eq!(file_of(last), None);
        assert!(content(last).contains("does not let Footnote attach the rest"));
    }
    assert_eq!(refused(&bot), 1);
}

#[tokio::test]
async fn an_answer_that_is_posted_twice_bears_its_file_once() {
    let bot = TestBot::spawn().await;
    let channel = format!("/channels/{}/messages", bot.channel().id());
    let mut lost = Fault::new("POST", &channel, 1, FaultAction::ResetAfter);
    lost.turns.skip = 3;
    bot.discord.fault(lost).unwrap();
    let seen = long_answer(&bot, TOO_MANY).await;
    assert_eq!(seen.len(), 5);
    assert_eq!(seen[4]["attachments"].as_array().unwrap().len(), 1);
    let edits = bot.discord.requests().into_iter();
    let edits =
        edits.filter(|request| request.method == "PATCH" && request.path.starts_with("/channels/"));
    assert_eq!(edits.count(), 0, "it says already what it is to say");
}

#[tokio::test]
async fn where_embeds_may_not_be_shown_answers_are_plain_and_without_pictures() {
    let change = |settings: &mut Settings| {
        settings.display.format = Format::Embed;
        settings.display.images = true;
    };
    let pictures = [("https://pictures.example/paris.png", FRANCE)];
    let answer = || Script::images("Paris is the capital.[1]", &[FRANCE], &pictures);
    // An interaction says so before anything is shown.
    let bot = TestBot::spawn_with(change).await;
    bot.channel()
        .denies(&bot.discord.bot(), Permissions::EMBED_LINKS);
    bot.service.next(answer());
    let asked = bot.person("alice").asks(&bot, "Capital of France?").await;
    let reply = asked.interaction.reply().unwrap();
    assert_eq!(reply["embeds"], json!([]));
    assert!(content(&reply).starts_with("Paris is the capital. [1]"));

    // Of a message it is known only once Discord refuses.
    let bot = TestBot::spawn_with(change).await;
    bot.discord.tolerates_rejections();
    bot.channel()
        .denies(&bot.discord.bot(), Permissions::EMBED_LINKS);
    bot.service.next(answer());
    let asks = bot.person("alice").mentions_bot("capital of France?");
    let reply = bot.answer_to(&asks).await.json().unwrap();
    assert_eq!(reply["embeds"], json!([]));
    assert!(content(&reply).starts_with("Paris is the capital. [1]"));
    assert_eq!(bot.replies_to(&asks).len(), 1);
}

#[tokio::test]
async fn pictures_are_shown_below_the_answer_with_the_pages_that_they_are_from() {
    let bot = TestBot::spawn_with(|settings| settings.display.images = true).await;
    let pictures = [
        ("https://pictures.example/paris.png", FRANCE),
        ("javascript:alert(1)", FRANCE),
    ];
    bot.service.next(Script::images(
        "Paris is the capital.[1]",
        &[FRANCE],
        &pictures,
    ));
    let asked = bot.person("alice").asks(&bot, "Capital of France?").await;
    assert_snapshot!(all_of(&asked.interaction.reply().unwrap()), @r"
    Paris is the capital. [1](<https://example.org/france>)

    **Sources**
    `1` [Page at example.org/france](<https://example.org/france>) · example.org
    -# 1 source · sonar · ? s · $0.0051
    [Picture of example.org/france|||https://pictures.example/paris.png]
    ");
}

fn message(alice: &Asker, seen: &Value) -> Message {
    let id = seen["id"].as_str().unwrap().parse().unwrap();
    alice.channel.message(id).unwrap()
}

#[tokio::test]
async fn where_the_bot_is_not_there_are_files_and_embeds_too() {
    let bot = looking(Format::Embed, Density::Full).await;
    let alice = between_people(&bot);
    bot.will_answer(&numbered(2 * TOO_MANY), &[FRANCE]);
    alice.asks(&bot, "Everything about France?").await;
    let seen = alice.sees();
    assert_eq!(seen.len(), 5);
    assert!(seen.iter().all(|message| message["embeds"][0].is_object()));
    let rest = text_of(file_of(&seen[4]).unwrap()).await;
    assert!(rest.contains(&format!("Fact {:04} ", 2 * TOO_MANY - 1)));
}

#[tokio::test]
async fn an_answer_that_a_crash_kept_from_being_shown_comes_with_its_form() {
    let mut bot = TestBot::spawn_with(|settings| {
        settings.display.format = Format::Embed;
        settings.display.images = true;
    })
    .await;
    bot.loses_replies();
    bot.service.next(Script::images(
        "Paris is the capital.[1]",
        &[FRANCE],
        &[("https://pictures.example/paris.png", FRANCE)],
    ));
    let channel = format!("/channels/{}/messages", bot.channel().id());
    let lost = FaultAction::Answer {
        status: 503,
        body: Value::Null,
    };
    let fault = bot.discord.fault(Fault {
        method: Some("POST".to_owned()),
        path: channel,
        ..Fault::always(lost)
    });
    let fault = fault.unwrap();
    let alice = bot.person("alice");
    let asks = alice.mentions_bot("capital of France?");
    let question = bot.question_of(&asks).await;
    let store = bot.store();
    let ended = async {
        while store
            .question(question)
            .await
            .unwrap()
            .unwrap()
            .outcome
            .is_none()
        {
            look_again().await;
        }
    };
    tokio::time::timeout(SOON, ended).await.unwrap();
    drop(store);
    bot.crash().await;
    bot.discord.remove_fault(fault);
    bot.start().await;
    bot.recovered().await;
    let replies = bot.replies_to(&asks);
    assert_eq!(replies.len(), 1);
    assert_eq!(replies[0]["embeds"].as_array().unwrap().len(), 2);
    assert!(all_of(&replies[0]).contains("https://pictures.example/paris.png"));
}
