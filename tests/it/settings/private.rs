//! Private answers: only the asker sees them and goes on from them, they work as all others do, and nothing of them comes to be read elsewhere.

use discord_emulator::{Fault, FaultAction, Message};
use footnote_bot::conversation::outcome::Outcome;
use footnote_bot::search::domains::{Domains, Hosts};
use footnote_bot::search::fields::Value;
use footnote_bot::settings::conversations::Threads;
use serde_json::json;

use crate::harness::messages::until_gone;
use crate::harness::pressing::{buttons, is_private, whispered};
use crate::harness::service::{Script, done, pieces};
use crate::harness::{Asked, Asker, SOON, TestBot, content, look_again, whole};

const PRIVATE: [(&str, &str); 1] = [("private", "true")];
const TEA: &str = "https://example.org/tea";
const SENTENCE: &str = "A sentence that says something of note.[1] ";

/// A bot that opens a thread on every answer that others see.
async fn opening() -> TestBot {
    TestBot::spawn_with(|settings| settings.conversations.threads = Threads::Always).await
}

/// That of everything that is there, others see nothing.
fn nobody_else_sees_anything(bot: &TestBot) {
    assert_eq!(bot.person("bob").sees(), Vec::<serde_json::Value>::new());
}

/// What the asker sees in the channel, all of which only they do.
fn seen(asker: &Asker) -> Vec<String> {
    let seen = asker.sees();
    assert!(seen.iter().all(is_private), "{seen:?}");
    seen.iter().map(content).collect()
}

/// The last message in the channel.
fn last(asker: &Asker) -> Message {
    let seen = asker.sees();
    let id = seen.last().unwrap()["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    asker.channel.message(id).unwrap()
}

/// Waits until the asker sees so many messages.
async fn until_there_are(asker: &Asker, count: usize) {
    let there = async {
        while asker.sees().len() != count {
            look_again().await;
        }
    };
    tokio::time::timeout(SOON, there).await.unwrap();
}

async fn long_answer(bot: &TestBot, alice: &Asker, sentences: usize) -> Asked {
    bot.will_answer(&SENTENCE.repeat(sentences), &[TEA]);
    alice.asks_with(bot, "Everything?", &PRIVATE).await
}

#[tokio::test]
async fn only_the_asker_sees_a_private_answer_and_what_is_set_in_the_channel_is_in_force() {
    let bot = opening().await;
    let hosts = Hosts::of(["example.org"]).unwrap();
    bot.sets(&bot.channel(), Value::Domains(Domains::Only(hosts)))
        .await;
    let alice = bot.person("alice");
    bot.will_answer("Tea.[1]", &[TEA]);
    let asked = alice.asks_with(&bot, "Tea?", &PRIVATE).await;
    assert!(asked.shown().starts_with("Tea. [1]"), "{}", asked.shown());
    assert!(asked.shown().contains("example.org"));
    assert!(is_private(&asked.interaction.reply().unwrap()));
    assert_eq!(
        bot.service.asked()[0]["search_domain_filter"],
        json!(["example.org"])
    );
    assert!(asked.thread().is_none());
    nobody_else_sees_anything(&bot);

    // Answered anew, what is set there counts as before.
    bot.will_answer("Still tea.[1]", &[TEA]);
    alice.presses(&asked.message(), "Regenerate").await;
    asked.until(|text| text.starts_with("Still tea. [1]")).await;
    bot.settled().await;
    assert_eq!(
        bot.service.asked()[1]["search_domain_filter"],
        json!(["example.org"])
    );
    nobody_else_sees_anything(&bot);
    alice.presses(&asked.message(), "Delete").await;
    until_gone(&asked.message()).await;
}

#[tokio::test]
async fn a_private_answer_speaks_its_askers_language() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    alice.person.switches_to("de");
    let asked = alice.asks_with(&bot, "Tee?", &PRIVATE).await;
    assert!(asked.buttons().contains(&"Löschen".to_owned()));
}

#[tokio::test]
async fn a_long_private_answer_is_private_in_every_message_and_deleted_whole() {
    let bot = opening().await;
    let alice = bot.person("alice");
    long_answer(&bot, &alice, 100).await;
    let texts = seen(&alice);
    assert!(texts.len() > 2, "{}", texts.len());
    nobody_else_sees_anything(&bot);
    alice.presses(&last(&alice), "Delete").await;
    until_there_are(&alice, 0).await;
}

#[tokio::test]
async fn a_private_answer_beyond_what_messages_hold_ends_in_a_file() {
    let bot = opening().await;
    let alice = bot.person("alice");
    long_answer(&bot, &alice, 600).await;
    let texts = seen(&alice);
    assert_eq!(texts.len(), 5);
    assert!(texts[4].contains("in the attached file"), "{}", texts[4]);
    nobody_else_sees_anything(&bot);
}

#[tokio::test]
async fn a_long_private_answer_can_be_answered_anew_again_and_again() {
    let bot = opening().await;
    let alice = bot.person("alice");
    long_answer(&bot, &alice, 100).await;
    // Longer, shorter, of one message, and long again.
    for (asked, sentences) in [(2, 115), (3, 60), (4, 1), (5, 100)] {
        bot.will_answer(&SENTENCE.repeat(sentences), &[TEA]);
        alice.presses(&last(&alice), "Regenerate").await;
        bot.answered_in_all(asked).await;
        let texts = seen(&alice);
        let said: usize = texts
            .iter()
            .map(|text| text.matches("something of note").count())
            .sum();
        assert_eq!(said, sentences, "{texts:?}");
        let with_controls = alice
            .sees()
            .iter()
            .filter(|one| !buttons(one).is_empty())
            .count();
        assert_eq!(with_controls, 1);
        nobody_else_sees_anything(&bot);
    }
    alice.presses(&last(&alice), "Delete").await;
    until_there_are(&alice, 0).await;
}

#[tokio::test]
async fn a_private_answer_that_is_being_written_can_be_stopped() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let begun = pieces(&SENTENCE.repeat(100), &[TEA]);
    bot.service.next(Script::Stalls(begun));
    let asked = alice.begins_to_ask_with("Everything?", &PRIVATE).await;
    // As much as one message shows of it.
    asked
        .until(|text| text.chars().count() > 1_500 && text.contains("Writing"))
        .await;
    alice.presses(&asked.message(), "Stop").await;
    bot.settled().await;
    let texts = seen(&alice);
    assert!(texts.len() > 1);
    assert!(
        texts
            .last()
            .unwrap()
            .contains("Stopped before it was complete")
    );
    nobody_else_sees_anything(&bot);
    alice.presses(&last(&alice), "Delete").await;
    until_there_are(&alice, 0).await;
}

#[tokio::test]
async fn the_sources_of_a_long_private_answer_are_shown_below_its_last_message() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    long_answer(&bot, &alice, 100).await;
    let sources = alice.presses(&last(&alice), "Sources").await;
    let shown = sources.until(|text| text.contains("**Cited")).await;
    assert!(shown.contains("example.org/tea"), "{shown}");
    nobody_else_sees_anything(&bot);
}

#[tokio::test]
async fn whatever_is_asked_on_from_a_private_answer_is_private_too() {
    let bot = TestBot::spawn_with(|settings| {
        settings.conversations.threads = Threads::Always;
        settings.answers.related_questions = true;
    })
    .await;
    let alice = bot.person("alice");
    bot.service
        .next(Script::related("Tea.[1]", &[TEA], &["And milk?"]));
    let first = alice.asks_with(&bot, "Tea?", &PRIVATE).await;
    let picked = alice
        .picks(&first.message(), "Related questions", "And milk?")
        .await;
    bot.settled().await;
    let further = alice
        .follows_up(&bot, &picked.message(), "And sugar?")
        .await;
    let menu = alice.uses_menu(&further.message(), "Ask about this").await;
    let form = menu.modal(SOON).await.unwrap();
    let asked = alice.writes(&form, "And lemon?").await;
    bot.settled().await;
    assert!(asked.shown().contains("Yes. [1]"), "{}", asked.shown());
    assert_eq!(bot.turns_of_last_question(), 7);
    assert_eq!(seen(&alice).len(), 4);
    let checked = alice.uses_menu(&asked.message(), "Check this").await;
    checked.acknowledged(SOON).await.unwrap();
    bot.settled().await;
    assert_eq!(seen(&alice).len(), 5);
    nobody_else_sees_anything(&bot);
}

#[tokio::test]
async fn what_is_asked_about_something_that_only_the_asker_sees_is_answered_to_them_alone() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let first = alice.asks_with(&bot, "Tea?", &PRIVATE).await;
    let sources = alice.presses(&first.message(), "Sources").await;
    sources.until(|text| !text.is_empty()).await;
    until_there_are(&alice, 2).await;
    let menu = alice.uses_menu(&last(&alice), "Ask about this").await;
    let form = menu.modal(SOON).await.unwrap();
    // It is told by what is kept, not by what the form's sender could put there.
    assert!(form.custom_id.starts_with("about:"), "{}", form.custom_id);
    let asked = alice.writes(&form, "Are they any good?").await;
    bot.settled().await;
    assert!(asked.shown().contains("Yes. [1]"), "{}", asked.shown());
    assert_eq!(seen(&alice).len(), 3);
    nobody_else_sees_anything(&bot);
}

#[tokio::test]
async fn nobody_else_goes_on_from_a_private_answer_or_changes_it() {
    let bot = TestBot::spawn().await;
    let (alice, bob) = (bot.person("alice"), bot.person("bob"));
    bob.person.gets(
        bot.discord
            .role("moderators", discord_emulator::Permissions::MANAGE_MESSAGES),
    );
    bot.will_answer("Secret tea.[1]", &[TEA]);
    let secret = alice.asks_with(&bot, "Secret?", &PRIVATE).await;
    let open = alice.asks(&bot, "Open?").await;
    let question = |asked: &Asked| {
        let store = bot.store();
        let event = asked.interaction.id();
        async move { store.asked_by(event).await.unwrap().unwrap() }
    };
    let (secret, theirs) = (question(&secret).await, question(&open).await);
    for (deed, button) in [
        ("sources", "Sources"),
        ("again", "Regenerate"),
        ("delete", "Delete"),
    ] {
        let message = open.message();
        let pressing = bob.person.presses(&message, button);
        let (own, other) = (format!("{deed}:{theirs}"), format!("{deed}:{secret}"));
        let pressed = bot.forges(&own, &other, pressing).await;
        let told = match button {
            "Sources" => pressed.until(|text| !text.is_empty()).await,
            _ => whispered(&pressed).await,
        };
        assert!(told.contains("no longer has this question"), "{told}");
    }
    let form = bob.opens_form(&open.message(), "Follow up").await;
    let (own, other) = (
        format!("follow:{theirs}:here"),
        format!("follow:{secret}:here"),
    );
    let fields = [("question", "And?")];
    let sending = bob.person.fills(&form, &fields);
    let sent = bot.forges(&own, &other, sending).await;
    assert!(sent.shown().contains("no longer has this question"));
    assert_eq!(bot.service.asked().len(), 2);
    let kept = bot.store().question(secret).await.unwrap().unwrap();
    let Some(Outcome::Answered(answer)) = kept.outcome else {
        panic!("it is gone")
    };
    assert!(answer.text.starts_with("Secret tea."));
}

#[tokio::test]
async fn what_is_asked_in_private_in_a_thread_is_no_part_of_what_is_said_there() {
    let bot = TestBot::that_reads(|_| {}).await;
    let alice = bot.person("alice");
    let thread = alice.opens_thread("tea");
    let alice = alice.is_in(&thread);
    bot.answer_to(&alice.mentions_bot("what is tea?")).await;
    bot.will_answer("Secret tea.[1]", &[TEA]);
    alice.asks_with(&bot, "Secret?", &PRIVATE).await;
    assert_eq!(bot.turns_of_last_question(), 1);
    bot.answer_to(&alice.says("and milk?")).await;
    assert_eq!(bot.turns_of_last_question(), 3);
    alice.asks(&bot, "And sugar?").await;
    assert_eq!(bot.turns_of_last_question(), 5);
    let sent = json!(bot.service.asked()[3]).to_string();
    assert!(!sent.contains("Secret"), "{sent}");
}

#[tokio::test]
async fn a_private_answer_that_could_not_be_shown_is_never_shown_to_others() {
    let mut bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let rest = [pieces(&SENTENCE.repeat(100), &[TEA]), vec![done(&[TEA])]].concat();
    bot.service.next(Script::Paused(vec![], rest));
    let asked = alice.begins_to_ask_with("Everything?", &PRIVATE).await;
    tokio::time::timeout(SOON, bot.service.asked_in_all(1))
        .await
        .unwrap();
    let down = Fault::new("PATCH", "/messages/@original", 1_000, FaultAction::Hang);
    bot.discord.fault(down).unwrap();
    bot.service.go_on();
    bot.until_stored(&asked).await;
    bot.crash().await;
    bot.discord.clear_faults();
    bot.start().await;
    bot.recovered().await;
    assert!(seen(&alice).len() > 1);
    nobody_else_sees_anything(&bot);

    // Once its reply is over, nothing shows it any more.
    bot.service.next(Script::Silent);
    let asked = alice.begins_to_ask_with("More?", &PRIVATE).await;
    tokio::time::timeout(SOON, bot.service.asked_in_all(2))
        .await
        .unwrap();
    bot.crash().await;
    bot.discord.advance(std::time::Duration::from_secs(16 * 60));
    bot.loses_replies();
    bot.start().await;
    bot.recovered().await;
    assert!(bot.outcome(asked.interaction.id()).await.is_some());
    nobody_else_sees_anything(&bot);
}

#[tokio::test]
async fn a_private_answer_in_a_direct_conversation_is_private() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice").is_alone_with_the_bot();
    let asked = alice.asks_with(&bot, "Tea?", &PRIVATE).await;
    assert!(is_private(&asked.interaction.reply().unwrap()));
    bot.will_answer("Less.", &[]);
    alice.presses(&asked.message(), "Regenerate").await;
    asked.until(|text| text == whole("Less.")).await;
}
