//! What readers do with an answer: see its sources, ask on, have it answered anew, take it away, stop it. Also after a restart.

use discord_emulator::{EventAction, EventFault, Permissions};
use insta::assert_snapshot;
use sqlx::ConnectOptions;

use crate::harness::messages::until;
use crate::harness::pressing::{buttons, is_private, whispered};
use crate::harness::service::{Script, done, pieces};
use crate::harness::{Asked, SOON, TestBot, content, look_again, whole};

const FRANCE: &str = "https://example.org/france";
const NOT_YOURS: &str = "Only the person who asked this question can do that, or somebody who may manage messages here.";

/// An answer of the bot's to something that alice asked.
async fn answered(bot: &TestBot) -> Asked {
    bot.will_answer(
        "Paris is the capital.[1]",
        &[FRANCE, "https://example.net/more"],
    );
    bot.person("alice").asks(bot, "Capital of France?").await
}

#[tokio::test]
async fn an_answer_has_its_controls_below_it() {
    let bot = TestBot::spawn().await;
    let asked = answered(&bot).await;
    assert_eq!(
        asked.buttons(),
        ["Sources", "Follow up", "Regenerate", "Delete"]
    );
}

#[tokio::test]
async fn sources_are_shown_to_the_one_who_asks_for_them() {
    let bot = TestBot::spawn().await;
    let asked = answered(&bot).await;
    let pressed = bot.person("bob").presses(&asked.message(), "Sources").await;
    let shown = pressed.until(|text| text.contains("**Cited")).await;
    assert_snapshot!(shown, @r"
    **Cited in the answer**
    `1` [Page at example.org/france](<https://example.org/france>) · example.org · 2026-01-02

    **Also found**
    `2` [Page at example.net/more](<https://example.net/more>) · example.net · 2026-01-02
    ");
    assert!(is_private(&pressed.interaction.reply().unwrap()));
    assert_eq!(bot.person("alice").sees().len(), 1, "nobody else sees them");
}

#[tokio::test]
async fn many_sources_are_turned_page_by_page() {
    let bot = TestBot::spawn().await;
    let urls: Vec<String> = (1..=40)
        .map(|number| format!("https://example.org/{number}"))
        .collect();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    bot.will_answer("Much.[40]", &urls);
    let bob = bot.person("bob");
    let asked = bob.asks(&bot, "Everything?").await;
    let pressed = bob.presses(&asked.message(), "Sources").await;
    pressed.until(|text| text.contains("Page 1 of")).await;
    let page = pressed.message();
    assert_eq!(buttons(&page.json().unwrap()), ["Next"]);
    bob.presses(&page, "Next")
        .await
        .until(|text| text.contains("Page 2 of"))
        .await;
    assert_eq!(buttons(&page.json().unwrap())[0], "Previous");
    bob.presses(&page, "Previous")
        .await
        .until(|text| text.contains("Page 1 of"))
        .await;
    assert!(page.reads().starts_with("**Cited in the answer**\n`40` "));
}

#[tokio::test]
async fn follow_up_opens_a_form_and_the_answer_knows_what_was_said() {
    let bot = TestBot::spawn_with(|settings| settings.discord.message_content = false).await;
    let asked = answered(&bot).await;
    let bob = bot.person("bob");
    let form = bob.opens_form(&asked.message(), "Follow up").await;
    assert_eq!(form.title, "Follow up");
    let further = bob.writes(&form, "How many people live there?").await;
    bot.settled().await;
    assert!(further.shown().contains("\nYes. [1]"));
    let sent = bot.service.asked()[1]["messages"].to_string();
    assert!(sent.contains("Capital of France?") && sent.contains("Paris is the capital."));
    assert!(sent.contains("How many people live there?"));
}

#[tokio::test]
async fn regenerate_answers_once_more_in_the_same_message() {
    let bot = TestBot::spawn().await;
    let asked = answered(&bot).await;
    let message = asked.message();
    bot.will_answer("It is Paris.[1]", &[FRANCE]);
    bot.person("alice").presses(&message, "Regenerate").await;
    bot.answered_in_all(2).await;
    assert!(message.reads().starts_with("It is Paris."));
    assert_eq!(bot.person("bob").sees().len(), 1);
    assert_eq!(
        bot.service.asked()[0],
        bot.service.asked()[1],
        "the same question"
    );
    assert_eq!(asked.buttons()[2], "Regenerate");
}

#[tokio::test]
async fn while_it_is_answered_anew_it_says_so_at_once() {
    let bot = TestBot::spawn().await;
    let asked = answered(&bot).await;
    let rest = [pieces("It is Paris.", &[]), vec![done(&[])]].concat();
    bot.service.next(Script::Paused(Vec::new(), rest));
    let message = asked.message();
    let pressed = bot.person("alice").presses(&message, "Regenerate").await;
    let begun = pressed.until(|text| text.contains("Searching")).await;
    assert_snapshot!(begun, @"-# Searching…");
    assert_eq!(asked.buttons(), ["Stop"]);
    bot.service.go_on();
    bot.answered_in_all(2).await;
    assert_eq!(content(&message.json().unwrap()), whole("It is Paris."));
}

#[tokio::test]
async fn pressing_twice_quickly_is_one_deed() {
    let bot = TestBot::spawn().await;
    let asked = answered(&bot).await;
    bot.service
        .next(Script::Paused(Vec::new(), vec![done(&[])]));
    let (alice, message) = (bot.person("alice"), asked.message());
    let first = alice.person.presses(&message, "Regenerate").await.unwrap();
    let second = alice.person.presses(&message, "Regenerate").await.unwrap();
    first.acknowledged(SOON).await.unwrap();
    second.acknowledged(SOON).await.unwrap();
    let told = tokio::time::timeout(SOON, async {
        loop {
            let told = [first.follow_ups(), second.follow_ups()].concat();
            if !told.is_empty() {
                return told;
            }
            look_again().await
        }
    });
    let told = told.await.unwrap();
    assert_snapshot!(content(&told[0]), @"This question is being answered right now. Please wait for the answer, or stop it first.");
    bot.service.go_on();
    bot.answered_in_all(2).await;
    assert_eq!(bot.service.asked().len(), 2);

    let first = alice.person.presses(&message, "Delete").await.unwrap();
    let second = alice.person.presses(&message, "Delete").await.unwrap();
    first.acknowledged(SOON).await.unwrap();
    second.acknowledged(SOON).await.unwrap();
    gone(&message).await;
}

#[tokio::test]
async fn an_answer_of_several_messages_is_answered_anew_in_as_many_as_it_takes() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    bot.will_answer(
        &"A sentence that says something of note.[1] ".repeat(150),
        &[FRANCE],
    );
    alice.asks(&bot, "Everything about France?").await;
    let seen = alice.sees();
    assert!(seen.len() > 2);
    let last = seen.last().unwrap()["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    bot.will_answer("Less.", &[]);
    alice
        .presses(&bot.channel().message(last).unwrap(), "Regenerate")
        .await;
    bot.answered_in_all(2).await;
    let seen = alice.sees();
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert_eq!(content(&seen[0]), whole("Less."));
    assert_eq!(buttons(&seen[0]), ["Follow up", "Regenerate", "Delete"]);
}

/// An answer of many messages whose first one a moderator has deleted; its last message.
async fn without_its_first_message(bot: &TestBot) -> discord_emulator::Message {
    let alice = bot.person("alice");
    bot.will_answer(&numbered("Old"), &[FRANCE]);
    alice.asks(bot, "Everything about France?").await;
    let seen = alice.sees();
    assert!(seen.len() > 2);
    let message = |seen: &serde_json::Value| {
        let id = seen["id"].as_str().unwrap().parse().unwrap();
        bot.channel().message(id).unwrap()
    };
    let (first, last) = (message(&seen[0]), message(seen.last().unwrap()));
    bot.person("mo").deletes_as_moderator(bot, &first);
    let (store, first) = (bot.store(), footnote_bot::ids::MessageId(first.id()));
    tokio::time::timeout(SOON, async {
        while store.answered_by(first).await.unwrap().is_some() {
            look_again().await
        }
    })
    .await
    .unwrap();
    last
}

/// A text of many sentences, each with its number.
fn numbered(word: &str) -> String {
    let sentence = |number| format!("{word} number {number} says something of note.[1] ");
    (0..100).map(sentence).collect()
}

#[tokio::test]
async fn an_answer_without_its_first_message_is_answered_anew_in_the_pressed_one() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let last = without_its_first_message(&bot).await;
    bot.will_answer("Less.", &[]);
    alice.presses(&last, "Regenerate").await;
    bot.answered_in_all(2).await;
    bot.settled().await;
    let seen = alice.sees();
    assert_eq!(
        seen.iter().map(content).collect::<Vec<_>>(),
        [whole("Less.")]
    );
    alice.presses(&last, "Delete").await;
    gone(&last).await;
}

#[tokio::test]
async fn an_answer_without_its_first_message_is_answered_anew_whole_and_in_order() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let last = without_its_first_message(&bot).await;
    bot.will_answer(&numbered("New"), &[FRANCE]);
    alice.presses(&last, "Regenerate").await;
    bot.answered_in_all(2).await;
    bot.settled().await;
    let seen = alice.sees();
    let all: String = seen.iter().map(content).collect();
    let places: Vec<_> = (0..100)
        .map(|number| all.find(&format!("New number {number} ")))
        .collect();
    assert!(places.iter().all(Option::is_some), "{all}");
    assert!(places.is_sorted(), "{all}");
    assert!(!all.contains("Old"), "{all}");
}

#[tokio::test]
async fn what_failed_can_be_tried_again() {
    let bot = TestBot::spawn().await;
    bot.service.next(Script::Status(500, "{}"));
    let alice = bot.person("alice");
    let asked = alice.asks(&bot, "Capital of France?").await;
    assert_eq!(asked.buttons(), ["Try again", "Delete"]);
    alice.presses(&asked.message(), "Try again").await;
    bot.answered_in_all(2).await;
    assert!(asked.shown().starts_with("Yes. [1]"));
}

#[tokio::test]
async fn delete_takes_all_of_the_answer_away_and_out_of_the_history() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    bot.will_answer(
        &"A sentence that says something of note.[1] ".repeat(150),
        &[FRANCE],
    );
    let asked = alice.asks(&bot, "Everything about France?").await;
    let last = alice.sees().last().unwrap()["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let pressed = alice
        .presses(&bot.channel().message(last).unwrap(), "Delete")
        .await;
    tokio::time::timeout(SOON, async {
        while !alice.sees().is_empty() {
            look_again().await
        }
    })
    .await
    .unwrap();
    assert!(pressed.interaction.follow_ups().is_empty());
    let store = bot.store();
    let question = store
        .asked_by(asked.interaction.id())
        .await
        .unwrap()
        .unwrap();
    let kept = store.question(question).await.unwrap().unwrap();
    assert!(kept.withdrawn && kept.outcome.is_none());
}

#[tokio::test]
async fn only_the_asker_and_moderators_change_an_answer_and_others_are_told_so() {
    let bot = TestBot::spawn().await;
    let asked = answered(&bot).await;
    let (bob, message) = (bot.person("bob"), asked.message());
    for button in ["Regenerate", "Delete"] {
        let pressed = bob.presses(&message, button).await;
        assert_eq!(whispered(&pressed).await, NOT_YOURS);
    }
    assert_eq!(bot.service.asked().len(), 1);
    let moderator = bot.person("mo");
    moderator
        .person
        .gets(bot.discord.role("moderators", Permissions::MANAGE_MESSAGES));
    moderator.presses(&message, "Regenerate").await;
    bot.answered_in_all(2).await;
    moderator.presses(&message, "Delete").await;
    gone(&message).await;
}

#[tokio::test]
async fn stop_ends_an_answer_and_what_is_there_stays_marked() {
    let bot = TestBot::spawn().await;
    bot.service.next(Script::Stalls(pieces(
        "Paris is the capital.[1] It ",
        &[FRANCE],
    )));
    let alice = bot.person("alice");
    let asked = alice.begins_to_ask("Capital of France?").await;
    asked.until(|text| text.contains("Paris")).await;
    assert_eq!(asked.buttons(), ["Stop"]);
    let other = bot.person("bob").presses(&asked.message(), "Stop").await;
    assert!(
        whispered(&other)
            .await
            .starts_with("Only the person who asked")
    );
    alice.presses(&asked.message(), "Stop").await;
    bot.settled().await;
    assert_snapshot!(asked.shown(), @r"
    Paris is the capital. [1](<https://example.org/france>)

    **Sources**
    `1` [Page at example.org/france](<https://example.org/france>) · example.org
    -# Stopped before it was complete.
    ");
    assert_eq!(asked.buttons(), ["Sources", "Try again", "Delete"]);
}

#[tokio::test]
async fn related_questions_can_be_picked_and_go_on_from_the_answer() {
    let bot = TestBot::spawn_with(|settings| settings.answers.related_questions = true).await;
    let related = [
        "How many people live in Paris?",
        "Which river flows through it?",
    ];
    bot.service
        .next(Script::related("Paris.[1]", &[FRANCE], &related));
    let asked = bot.person("alice").asks(&bot, "Capital of France?").await;
    let bob = bot.person("bob");
    let picked = bob
        .picks(&asked.message(), "Related questions", related[1])
        .await;
    bot.settled().await;
    assert!(picked.shown().contains("\nYes. [1]"));
    let sent = bot.service.asked()[1]["messages"].to_string();
    assert!(
        sent.contains("Capital of France?") && sent.contains(related[1]),
        "{sent}"
    );
}

#[tokio::test]
async fn a_related_question_picked_while_it_is_answered_anew_is_told_to_wait() {
    let bot = TestBot::spawn_with(|settings| settings.answers.related_questions = true).await;
    let alice = bot.person("alice");
    bot.service.next(Script::related(
        &numbered("Something"),
        &[FRANCE],
        &["And Spain?"],
    ));
    alice.asks(&bot, "Everything about France?").await;
    let last = alice.sees().last().unwrap()["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let last = bot.channel().message(last).unwrap();
    bot.service
        .next(Script::Paused(Vec::new(), vec![done(&[])]));
    alice.presses(&last, "Regenerate").await;
    bot.service.asked_in_all(2).await;
    let picked = alice.picks(&last, "Related questions", "And Spain?").await;
    assert!(
        picked
            .shown()
            .starts_with("This question is being answered right now.")
    );
    bot.service.go_on();
    bot.settled().await;
    assert_eq!(bot.service.asked().len(), 2);
}

#[tokio::test]
async fn controls_work_after_a_restart_and_after_a_crash() {
    let mut bot = TestBot::spawn_with(|settings| settings.answers.related_questions = true).await;
    bot.service
        .next(Script::related("Paris.[1]", &[FRANCE], &["And Spain?"]));
    let alice = bot.person("alice");
    let asked = alice.asks(&bot, "Capital of France?").await;
    let message = asked.message();
    for crash in [false, true] {
        if crash {
            bot.crash().await;
        } else {
            bot.stop().await;
        }
        bot.start().await;
        let before = bot.service.asked().len();
        let sources = alice.presses(&message, "Sources").await;
        sources.until(|text| text.contains("**Cited")).await;
        let further = alice.follows_up(&bot, &message, "And Italy?").await;
        assert!(further.shown().contains("\nYes. [1]"));
        alice
            .picks(&message, "Related questions", "And Spain?")
            .await;
        bot.settled().await;
        bot.service.next(Script::related(
            "Still Paris.[1]",
            &[FRANCE],
            &["And Spain?"],
        ));
        alice.presses(&message, "Regenerate").await;
        bot.answered_in_all(before + 3).await;
        assert!(message.reads().starts_with("Still Paris."));
    }
    bot.crash().await;
    bot.start().await;
    alice.presses(&message, "Delete").await;
    gone(&message).await;
}

#[tokio::test]
async fn a_control_of_an_answer_that_is_gone_says_so() {
    let mut bot = TestBot::spawn().await;
    let asked = answered(&bot).await;
    bot.stop().await;
    std::fs::remove_dir_all(&bot.settings().data_dir).unwrap();
    bot.start().await;
    let alice = bot.person("alice");
    let message = asked.message();
    let sources = alice.presses(&message, "Sources").await;
    assert_snapshot!(sources.until(|text| !text.is_empty()).await, @"Footnote no longer has this question and its answer. Please ask it anew.");
    for button in ["Regenerate", "Delete"] {
        let pressed = alice.presses(&message, button).await;
        assert!(
            whispered(&pressed)
                .await
                .starts_with("Footnote no longer has")
        );
    }
    let pressed = alice.presses(&message, "Follow up").await;
    assert!(pressed.shown().starts_with("Footnote no longer has"));
    assert!(is_private(&pressed.interaction.reply().unwrap()));
}

#[tokio::test]
async fn a_control_reaches_no_answer_of_another_channel() {
    let bot = TestBot::spawn().await;
    let asked = answered(&bot).await;
    let alice = bot.person("alice");
    let elsewhere = alice.at(&bot.discord.channel("elsewhere"));
    bot.will_answer("Only for those elsewhere.[1]", &[FRANCE]);
    let theirs = elsewhere.asks(&bot, "A secret?").await;
    let name = |asked: &Asked| {
        let reply = asked.interaction.reply().unwrap();
        reply["components"][0]["components"][0]["custom_id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (mine, theirs) = (name(&asked), name(&theirs));
    assert_ne!(mine, theirs);
    let pressed = bot
        .forges(
            &mine,
            &theirs,
            alice.person.presses(&asked.message(), "Sources"),
        )
        .await;
    let shown = pressed.until(|text| !text.is_empty()).await;
    assert_eq!(
        shown,
        "Footnote no longer has this question and its answer. Please ask it anew."
    );
}

#[tokio::test]
async fn a_waiting_question_can_be_stopped_and_the_line_goes_on() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let thread = alice.person.opens_thread_in(&bot.channel(), "Tea").unwrap();
    let alice = alice.at(&thread);
    bot.service
        .next(Script::Paused(pieces("One. ", &[]), vec![done(&[])]));
    let first = alice.begins_to_ask("First?").await;
    first.until(|text| text.contains("One.")).await;
    let second = alice.begins_to_ask("Second?").await;
    second.until(|text| text.contains("next in line")).await;
    let third = alice.begins_to_ask("Third?").await;
    third.until(|text| text.contains("next in line")).await;
    alice.presses(&second.message(), "Stop").await;
    second.until(|text| text.contains("Stopped before")).await;
    assert_eq!(second.buttons(), ["Try again", "Delete"]);
    assert!(first.shown().contains("Writing"), "the first goes on");
    bot.service.go_on();
    bot.settled().await;
    assert_eq!(first.shown(), whole("One."));
    assert!(third.shown().starts_with("Yes. [1]"));
    assert_eq!(
        bot.service.asked().len(),
        2,
        "the stopped one was never sent"
    );
}

#[tokio::test]
async fn a_press_is_acknowledged_while_the_store_is_at_work() {
    let bot = TestBot::spawn().await;
    let asked = answered(&bot).await;
    let (alice, message) = (bot.person("alice"), asked.message());
    let file = bot.settings().data_dir.join("footnote.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let mut other = options.connect().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE")
        .execute(&mut other)
        .await
        .unwrap();
    let pressed = alice.presses(&message, "Delete").await;
    let sources = alice.presses(&message, "Sources").await;
    sources.until(|text| text.contains("**Cited")).await;
    let form = alice.opens_form(&message, "Follow up").await;
    alice.person.dismisses(&form).unwrap();
    let kept = bot.outcome(asked.interaction.id()).await;
    assert!(kept.is_some(), "the store was at work all the while");
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    // Deleted, or refused where this took longer than the store is waited for.
    tokio::time::timeout(SOON, async {
        while message.json().is_some() && pressed.interaction.follow_ups().is_empty() {
            look_again().await
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn an_edited_question_is_answered_as_it_reads_now_also_after_a_restart() {
    let mut bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let question = alice.mentions_bot("what is tee?");
    let answer = bot.answer_to(&question).await;
    alice.edits(&question, &format!("{} what is tea?", bot.mention()));
    let offered = "Answer the edited question";
    until(&answer, |message| {
        buttons(message).iter().any(|label| label == offered)
    })
    .await;
    bot.stop().await;
    bot.start().await;
    let bob = bot.person("bob");
    assert_eq!(
        whispered(&bob.presses(&answer, offered).await).await,
        NOT_YOURS
    );
    bot.will_answer("Tea is a drink.", &[]);
    alice.presses(&answer, offered).await;
    bot.answered_in_all(2).await;
    assert_eq!(bot.last_question(), "what is tea?");
    assert_eq!(content(&answer.json().unwrap()), whole("Tea is a drink."));
    assert_eq!(
        buttons(&answer.json().unwrap()),
        ["Follow up", "Regenerate", "Delete"]
    );
}

#[tokio::test]
async fn a_press_that_discord_tells_of_twice_is_one_deed() {
    let bot = TestBot::spawn().await;
    let asked = answered(&bot).await;
    bot.discord.tolerates_rejections();
    bot.service
        .next(Script::Paused(Vec::new(), vec![done(&[])]));
    let (alice, message) = (bot.person("alice"), asked.message());
    let twice = EventFault::new("INTERACTION_CREATE", 1, EventAction::Double);
    bot.discord.event_fault(twice).unwrap();
    let pressed = alice.presses(&message, "Regenerate").await;
    // What comes behind the repeated press is dealt with, so the repeat was told of too.
    bot.person("bob").begins_to_ask("Another?").await;
    bot.service.go_on();
    bot.answered_in_all(3).await;
    assert!(pressed.interaction.follow_ups().is_empty());
    assert_eq!(bot.service.asked().len(), 3);
}

#[tokio::test]
async fn a_crash_while_it_is_answered_anew_is_told_in_the_same_message() {
    let mut bot = TestBot::spawn().await;
    let asked = answered(&bot).await;
    let (alice, message) = (bot.person("alice"), asked.message());
    bot.service
        .next(Script::Stalls(pieces("Once more, it is Paris. It ", &[])));
    alice.presses(&message, "Regenerate").await;
    asked.until(|text| text.contains("Once more")).await;
    bot.crash().await;
    bot.start().await;
    asked.until(|text| text.contains("restarted")).await;
    assert_eq!(asked.buttons(), ["Try again", "Delete"]);
    assert_eq!(alice.sees().len(), 1);
    alice.presses(&message, "Try again").await;
    bot.answered_in_all(3).await;
    assert!(message.reads().starts_with("Yes. [1]"));
}

#[tokio::test]
async fn controls_work_in_a_direct_conversation() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let alice = alice.at(&alice.person.direct_messages());
    bot.will_answer("Paris.[1]", &[FRANCE]);
    let asked = alice.asks(&bot, "Capital of France?").await;
    let message = asked.message();
    alice
        .presses(&message, "Sources")
        .await
        .until(|text| text.contains("**Cited"))
        .await;
    alice.follows_up(&bot, &message, "And Italy?").await;
    alice.presses(&message, "Regenerate").await;
    bot.answered_in_all(3).await;
    assert!(message.reads().starts_with("Yes. [1]"));
    alice.presses(&message, "Delete").await;
    gone(&message).await;
}

#[tokio::test]
async fn controls_work_where_the_bot_itself_sees_nothing() {
    let bot = TestBot::spawn().await;
    bot.channel()
        .denies(&bot.discord.bot(), Permissions::VIEW_CHANNEL);
    let asked = answered(&bot).await;
    let (alice, message) = (bot.person("alice"), asked.message());
    alice
        .presses(&message, "Sources")
        .await
        .until(|text| text.contains("**Cited"))
        .await;
    alice.presses(&message, "Regenerate").await;
    bot.answered_in_all(2).await;
    assert!(message.reads().starts_with("Yes. [1]"));
    bot.discord.expects_rejections();
    alice.presses(&message, "Delete").await;
    gone(&message).await;
}

#[tokio::test]
async fn a_message_that_says_writing_for_ever_is_mended_by_a_press_of_stop() {
    let mut bot = TestBot::spawn().await;
    bot.loses_replies();
    bot.channel()
        .denies(&bot.discord.bot(), Permissions::VIEW_CHANNEL);
    let alice = bot.person("alice");
    alice.person.blocks_direct_messages(true);
    bot.service
        .next(Script::Stalls(pieces("Paris is the capital. It ", &[])));
    let asked = alice.begins_to_ask("Capital of France?").await;
    asked.until(|text| text.contains("Paris")).await;
    bot.crash().await;
    // By now nothing but a press can write the message.
    bot.discord.advance(std::time::Duration::from_secs(16 * 60));
    bot.start().await;
    bot.recovered().await;
    let message = asked.message();
    assert!(message.reads().contains("Writing"));
    alice.presses(&message, "Stop").await;
    asked.until(|text| text.contains("restarted")).await;
    assert_eq!(asked.buttons(), ["Try again", "Delete"]);
}

/// Waits until a message is deleted.
async fn gone(message: &discord_emulator::Message) {
    tokio::time::timeout(SOON, async {
        while message.json().is_some() {
            look_again().await
        }
    })
    .await
    .unwrap();
}
