//! What comes of a research reaches its asker the next best way, once: with an old reply, a busy Discord, and where the bot may not write.

use std::time::Duration;

use discord_emulator::{Fault, FaultAction, Permissions};
use footnote_bot::conversation::outcome::Outcome;
use footnote_bot::settings::conversations::Threads;
use serde_json::json;

use super::Library;
use crate::harness::messages::until;
use crate::harness::pressing::is_private;
use crate::harness::{Asked, Asker, content};

const SO: &str = "So it is. [1]";

/// Completes the only research with "So it is.", and waits until nothing is left to do.
async fn completes(library: &Library, event: u64) {
    library.taken_on(1).await;
    library
        .researches()
        .completes(0, "So it is.[1]", &["https://example.org/so"], Some(0.41));
    library.until_over(event).await;
}

#[tokio::test]
async fn after_a_quarter_of_an_hour_it_is_shown_by_the_bots_own_rights() {
    let library = Library::opens().await;
    let alice = library.person("alice");
    let asked = alice.has_researched("Tea?").await;
    asked.until(|text| text.contains("Researching")).await;
    let long = Duration::from_secs(20 * 60);
    library.discord.advance(long);
    library.clock.advance(long);
    completes(&library, asked.interaction.id()).await;
    let answer = alice.until_seen(SO).await;
    assert_eq!(library.pinged_by(&answer), [alice.person.id()]);
    let seen = alice.sees();
    assert!(content(&seen[0]).contains("Deep research: ["), "{seen:#?}");
    assert_eq!(seen.len(), 2);
    // It says which question it answers.
    assert_eq!(seen[1]["message_reference"]["message_id"], seen[0]["id"]);
}

#[tokio::test]
async fn a_message_that_arrived_unnoticed_is_not_doubled() {
    for action in [
        FaultAction::ResetAfter,
        FaultAction::ResetBefore,
        FaultAction::Answer {
            status: 502,
            body: json!({}),
        },
    ] {
        let library = Library::opens().await;
        library.loses_replies();
        let alice = library.person("alice");
        let asked = alice.has_researched("Tea?").await;
        asked.until(|text| text.contains("Researching")).await;
        let fault = Fault::new("POST", "/channels/{channel}/messages", 2, action.clone());
        library.discord.fault(fault).unwrap();
        completes(&library, asked.interaction.id()).await;
        let seen: Vec<String> = alice.sees().iter().map(content).collect();
        let answers = seen.iter().filter(|text| text.contains(SO)).count();
        assert_eq!(answers, 1, "{action:?}: {seen:?}");
    }
}

/// Has Discord take the answer and lose its replies to that, until the bot is killed.
async fn is_sent_unnoticed(library: &mut Library, alice: &Asker, asked: &Asked) {
    asked.until(|text| text.contains("Researching")).await;
    let lost = FaultAction::ResetAfter;
    let fault = Fault::new("POST", "/channels/{channel}/messages", 1_000, lost);
    library.discord.fault(fault).unwrap();
    library
        .researches()
        .completes(0, "So it is.[1]", &["https://example.org/so"], Some(0.41));
    alice.until_seen(SO).await;
    library.crash().await;
    library.discord.clear_faults();
    // Discord has forgotten its nonces by then.
    let long = Duration::from_secs(20 * 60);
    library.discord.advance(long);
    library.clock.advance(long);
}

#[tokio::test]
async fn one_that_was_sent_before_its_thread_could_be_opened_stays_where_it_is() {
    let mut library =
        Library::opens_with(|settings| settings.conversations.threads = Threads::Always).await;
    let alice = library.person("alice");
    let asked = alice.has_researched("Tea?").await;
    let no_thread = Fault::new(
        "POST",
        "/channels/{channel}/messages/{message}/threads",
        1_000,
        FaultAction::Answer {
            status: 503,
            body: json!({}),
        },
    );
    library.discord.fault(no_thread).unwrap();
    is_sent_unnoticed(&mut library, &alice, &asked).await;
    library.start().await;
    library.until_over(asked.interaction.id()).await;
    let seen: Vec<String> = alice.sees().iter().map(content).collect();
    let answers = seen.iter().filter(|text| text.contains(SO)).count();
    assert_eq!(answers, 1, "{seen:?}");
    assert!(asked.thread().is_none(), "the answer is not in it");
}

#[tokio::test]
async fn while_the_channel_cannot_be_read_nothing_is_sent_once_more() {
    let mut library = Library::opens().await;
    let alice = library.person("alice");
    let asked = alice.has_researched("Tea?").await;
    is_sent_unnoticed(&mut library, &alice, &asked).await;
    let unread = FaultAction::Answer {
        status: 503,
        body: json!({}),
    };
    let fault = Fault::new("GET", "/channels/{channel}/messages", 4, unread);
    library.discord.fault(fault).unwrap();
    library.start().await;
    library.until_over(asked.interaction.id()).await;
    let seen: Vec<String> = alice.sees().iter().map(content).collect();
    let answers = seen.iter().filter(|text| text.contains(SO)).count();
    assert_eq!(answers, 1, "{seen:?}");
}

#[tokio::test]
async fn a_private_research_is_seen_by_its_asker_alone() {
    let library = Library::opens().await;
    let (alice, bob) = (library.person("alice"), library.person("bob"));
    let asked = alice
        .has_researched_with("Tea?", &[("private", "true")])
        .await;
    completes(&library, asked.interaction.id()).await;
    alice.until_seen(SO).await;
    let seen = alice.sees();
    assert!(seen.iter().all(is_private), "{seen:#?}");
    assert_eq!(bob.sees().len(), 0);
}

#[tokio::test]
async fn a_long_private_answer_is_one_message_with_the_whole_attached() {
    let library = Library::opens().await;
    let (alice, bob) = (library.person("alice"), library.person("bob"));
    let asked = alice
        .has_researched_with("Tea?", &[("private", "true")])
        .await;
    library.taken_on(1).await;
    let long = "Tea is a drink that is made of leaves.\n\n".repeat(120);
    library.researches().completes(0, &long, &[], Some(0.41));
    library.until_over(asked.interaction.id()).await;
    let shown = alice.until_seen("Tea is a drink").await;
    let attached = shown.json().unwrap()["attachments"].clone();
    assert_eq!(attached.as_array().map(Vec::len), Some(1), "{attached}");
    assert_eq!(alice.sees().len(), 1, "a follow-up could be there twice");
    assert_eq!(bob.sees().len(), 0);
}

#[tokio::test]
async fn a_private_research_that_took_long_comes_directly() {
    let library = Library::opens().await;
    library.loses_replies();
    let (alice, bob) = (library.person("alice"), library.person("bob"));
    let asked = alice
        .has_researched_with("Tea?", &[("private", "true")])
        .await;
    asked.until(|text| text.contains("Researching")).await;
    let long = Duration::from_secs(20 * 60);
    library.discord.advance(long);
    library.clock.advance(long);
    completes(&library, asked.interaction.id()).await;
    alice.is_alone_with_the_bot().until_seen(SO).await;
    assert_eq!(bob.sees().len(), 0);
}

#[tokio::test]
async fn in_a_direct_conversation_it_is_answered_there() {
    let library =
        Library::opens_with(|settings| settings.conversations.threads = Threads::Always).await;
    let alice = library.person("alice").is_alone_with_the_bot();
    let asked = alice.has_researched("Tea?").await;
    completes(&library, asked.interaction.id()).await;
    let answer = alice.until_seen(SO).await;
    assert_eq!(library.pinged_by(&answer), [alice.person.id()]);
    assert!(asked.thread().is_none());
}

#[tokio::test]
async fn where_the_bot_is_not_it_takes_the_place_of_the_progress() {
    let library = Library::opens().await;
    let alice = library.person("alice");
    alice.person.installs();
    library.discord.removes_bot();
    let asked = alice.has_researched("Tea?").await;
    completes(&library, asked.interaction.id()).await;
    let shown = asked.until(|text| text.contains(SO)).await;
    assert!(shown.contains("$0.41"), "{shown}");
    let outcome = library.outcome(asked.interaction.id()).await;
    assert!(matches!(outcome, Some(Outcome::Answered(_))));
}

#[tokio::test]
async fn without_the_right_to_write_it_comes_directly_and_says_why() {
    let library = Library::opens().await;
    library.loses_replies();
    let alice = library.person("alice");
    let asked = alice.has_researched("Tea?").await;
    asked.until(|text| text.contains("Researching")).await;
    let bot = library.discord.bot();
    library.channel().denies(&bot, Permissions::SEND_MESSAGES);
    completes(&library, asked.interaction.id()).await;
    let directly = alice.is_alone_with_the_bot();
    let answer = directly.until_seen(SO).await;
    let text = answer.reads();
    assert!(text.contains("**Send Messages** is missing"), "{text}");
    assert!(text.contains("\n-# **alice** asked: Tea?\n"), "{text}");
    // The channel is told that it is over, without a link that leads nobody else anywhere.
    let shown = alice.sees().iter().map(content).collect::<String>();
    assert!(shown.contains("Deep research: the answer"), "{shown}");
    assert_eq!(library.pinged_by(&answer), [alice.person.id()]);
}

#[tokio::test]
async fn without_the_right_to_open_threads_it_is_answered_in_the_channel() {
    let library =
        Library::opens_with(|settings| settings.conversations.threads = Threads::Always).await;
    library.loses_replies();
    let alice = library.person("alice");
    let bot = library.discord.bot();
    library
        .channel()
        .denies(&bot, Permissions::CREATE_PUBLIC_THREADS);
    let asked = alice.has_researched("Tea?").await;
    completes(&library, asked.interaction.id()).await;
    alice.until_seen(SO).await;
    assert!(asked.thread().is_none());
}

#[tokio::test]
async fn without_the_right_to_write_in_threads_it_is_answered_in_the_channel() {
    let library =
        Library::opens_with(|settings| settings.conversations.threads = Threads::Always).await;
    library.loses_replies();
    let alice = library.person("alice");
    let bot = library.discord.bot();
    library
        .channel()
        .denies(&bot, Permissions::SEND_MESSAGES_IN_THREADS);
    let asked = alice.has_researched("Tea?").await;
    completes(&library, asked.interaction.id()).await;
    alice.until_seen(SO).await;
}

#[tokio::test]
async fn progress_that_somebody_deleted_does_not_come_back() {
    let library = Library::opens().await;
    library.loses_replies();
    let alice = library.person("alice");
    library
        .sets_everywhere(footnote_bot::search::fields::Value::Model(
            footnote_bot::search::service::Model::Depth(
                footnote_bot::search::service::Depth::Research,
            ),
        ))
        .await;
    let question = alice.mentions_bot("Tea?");
    library.taken_on(1).await;
    let progress = library.reply_to(&question).await;
    until(&progress, |json| content(json).contains("Researching")).await;
    library
        .person("mia")
        .deletes_as_moderator(&library, &progress);
    let looked = library.researches().looked_again();
    tokio::time::timeout(crate::harness::SOON, looked)
        .await
        .unwrap();
    completes(&library, question.id()).await;
    alice.until_seen(SO).await;
    assert_eq!(library.replies_to(&question).len(), 0);
    assert_eq!(alice.sees().len(), 2, "{:#?}", alice.sees());
}
