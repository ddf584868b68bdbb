//! A Discord that is busy, broken or has forgotten a reply: the answer arrives the next best way, once.

use std::time::Duration;

use discord_emulator::{Fault, FaultAction, Message, Permissions};
use footnote_bot::settings::conversations::OnDelete;
use serde_json::{Value, json};

use crate::harness::service::{Script, done, pieces};
use crate::harness::{Asked, Asker, SOON, TestBot, content};
use crate::threads::until;

const EDIT: &str = "/messages/@original";
const GONE: FaultAction = FaultAction::Answer {
    status: 404,
    body: serde_json::Value::Null,
};

/// What everybody sees after one question met these faults.
async fn seen_after(faults: Vec<Fault>) -> Vec<String> {
    let bot = TestBot::spawn().await;
    bot.loses_replies();
    for fault in faults {
        bot.discord.fault(fault).expect("a request can meet it");
    }
    let alice = bot.person("alice");
    alice.puts("Yes?").await;
    bot.answered_in_all(1).await;
    alice.sees().iter().map(content).collect()
}

fn answer(status: u16, code: u64) -> FaultAction {
    FaultAction::Answer {
        status,
        body: json!({ "message": "as ordered", "code": code }),
    }
}

fn final_answers(seen: &[String]) -> usize {
    seen.iter()
        .filter(|text| text.contains("Yes. [1]") && text.contains("**Sources**"))
        .count()
}

#[tokio::test]
async fn an_edit_that_fails_for_a_while_is_repeated() {
    for action in [
        answer(500, 0),
        answer(502, 0),
        FaultAction::RateLimited {
            retry_after: Duration::from_millis(300),
        },
        FaultAction::ResetBefore,
        FaultAction::ResetAfter,
    ] {
        let seen = seen_after(vec![Fault::new("PATCH", EDIT, 3, action.clone())]).await;
        assert_eq!(
            (seen.len(), final_answers(&seen)),
            (1, 1),
            "{action:?}: {seen:?}"
        );
    }
}

#[tokio::test]
async fn a_reply_that_discord_has_forgotten_is_replaced_by_a_message() {
    for action in [
        answer(404, 10015),
        answer(404, 10008),
        answer(401, 50027),
        GONE,
    ] {
        let seen = seen_after(vec![Fault::new("PATCH", EDIT, 9, action.clone())]).await;
        assert_eq!(final_answers(&seen), 1, "{action:?}: {seen:?}");
        assert!(seen.last().unwrap().starts_with("-# For <@"), "{seen:?}");
    }
}

#[tokio::test]
async fn an_acknowledgement_that_had_arrived_is_taken_as_one() {
    let seen = seen_after(vec![Fault::new(
        "POST",
        "/callback",
        1,
        FaultAction::ResetAfter,
    )])
    .await;
    assert_eq!(final_answers(&seen), 1, "{seen:?}");
}

#[tokio::test]
async fn an_acknowledgement_that_was_lost_on_the_way_is_sent_again() {
    let seen = seen_after(vec![Fault::new(
        "POST",
        "/callback",
        1,
        FaultAction::ResetBefore,
    )])
    .await;
    assert_eq!((seen.len(), final_answers(&seen)), (1, 1), "{seen:?}");
    assert!(!seen[0].starts_with("-# For"), "{seen:?}");
}

#[tokio::test]
async fn a_late_acknowledgement_does_not_lose_the_answer() {
    let seen = seen_after(vec![
        Fault::new("POST", "/callback", 1, answer(404, 10062)),
        Fault::new("PATCH", EDIT, 9, answer(404, 10015)),
    ])
    .await;
    assert_eq!(final_answers(&seen), 1, "{seen:?}");
}

#[tokio::test]
async fn a_message_that_arrived_unnoticed_is_not_doubled() {
    let seen = seen_after(vec![
        Fault::new("PATCH", EDIT, 9, answer(404, 10015)),
        Fault::new("POST", "/messages", 2, FaultAction::ResetAfter),
    ])
    .await;
    assert_eq!(final_answers(&seen), 1, "{seen:?}");
}

#[tokio::test]
async fn a_cut_gateway_is_connected_again() {
    let bot = TestBot::spawn().await;
    for how in [
        discord_emulator::GatewayCut::Reset,
        discord_emulator::GatewayCut::Close(4000),
        discord_emulator::GatewayCut::Reconnect,
    ] {
        bot.discord.drop_gateway(how);
        // Discord keeps what happens meanwhile for the session, and sends it when the bot resumes.
        bot.person("alice").puts("Still there?").await;
        let before = bot.service.asked().len();
        bot.answered_in_all(before + 1).await;
    }
}

/// A half of an answer, and its end after `go_on`.
fn in_two_halves() -> Script {
    Script::Paused(
        pieces("Paris is the capital. It ", &[]),
        [pieces("lies on the Seine.", &[]), vec![done(&[])]].concat(),
    )
}

/// Alice in a thread, and a question of hers there that is being answered.
async fn asked_in_thread(bot: &TestBot) -> (Asker, Asked) {
    let alice = bot.person("alice");
    let thread = alice
        .person
        .opens_thread_in(&bot.channel(), "France")
        .unwrap();
    let alice = alice.at(&thread);
    bot.service.next(in_two_halves());
    let asked = alice.begins_to_ask("Capital of France?").await;
    asked.until(|text| text.contains("Paris")).await;
    (alice, asked)
}

fn texts(seen: &[serde_json::Value]) -> Vec<String> {
    let texts = seen.iter().map(content);
    texts.filter(|text| !text.is_empty()).collect()
}

const TEXT: &str = "Paris is the capital. It lies on the Seine.";

/// What it answers, where that is not to be seen.
const ASKED: &str = "-# **alice** asked: Capital of France?";

/// The message that says it.
const WHOLE: &str =
    "Paris is the capital. It lies on the Seine.\n-# No sources cited · sonar · ? s · $0.0051";

#[tokio::test]
async fn an_answer_in_a_thread_that_was_archived_meanwhile_is_posted_anew() {
    let bot = TestBot::spawn().await;
    bot.discord.expects_rejections();
    let (alice, _) = asked_in_thread(&bot).await;
    alice.person.archives(&alice.channel).unwrap();
    bot.service.go_on();
    bot.settled().await;

    let seen = texts(&alice.sees());
    assert_eq!(seen.len(), 1, "the half is gone: {seen:?}");
    assert!(
        seen[0].starts_with("-# For <@") && seen[0].ends_with(WHOLE),
        "{seen:?}"
    );
}

#[tokio::test]
async fn an_answer_in_a_thread_that_was_locked_meanwhile_goes_to_the_channel_it_is_in() {
    let bot = TestBot::spawn().await;
    bot.discord.expects_rejections();
    let (alice, _) = asked_in_thread(&bot).await;
    let owner = bot.person("you");
    owner.person.locks(&alice.channel).unwrap();
    bot.service.go_on();
    bot.settled().await;

    let seen = texts(&owner.sees());
    let answer = seen.last().unwrap();
    let lead = format!(
        "-# For <@{}>, who asked in <#{}>\n",
        alice.person.id(),
        alice.channel.id()
    );
    assert_eq!(answer, &format!("{lead}{ASKED}\n{WHOLE}"), "{seen:?}");
    let finals = seen
        .iter()
        .chain(&texts(&alice.sees()))
        .filter(|text| text.contains("Seine"))
        .count();
    assert_eq!(finals, 1);
}

#[tokio::test]
async fn an_answer_in_a_post_that_was_locked_meanwhile_goes_to_the_asker() {
    let bot = TestBot::spawn().await;
    bot.discord.expects_rejections();
    let alice = bot.person("alice");
    let forum = bot.discord.forum("questions");
    let post = alice
        .person
        .posts(&forum, "France", "I wonder.", &[])
        .unwrap();
    let alice = alice.at(&post);
    bot.service.next(in_two_halves());
    alice
        .begins_to_ask("Capital of France?")
        .await
        .until(|text| text.contains("Paris"))
        .await;
    bot.person("you").person.locks(&post).unwrap();
    bot.service.go_on();
    bot.settled().await;

    let directly = texts(&alice.at(&alice.person.direct_messages()).sees());
    assert_eq!(
        directly,
        [format!(
            "-# You asked in <#{}>, which is locked.\n{ASKED}\n{WHOLE}",
            post.id()
        )]
    );
}

#[tokio::test]
async fn an_answer_in_a_thread_that_is_gone_meanwhile_goes_to_the_asker() {
    let bot = TestBot::spawn().await;
    bot.discord.expects_rejections();
    bot.loses_replies();
    let (alice, _) = asked_in_thread(&bot).await;
    bot.person("you")
        .person
        .deletes_channel(&alice.channel)
        .unwrap();
    bot.service.go_on();
    bot.settled().await;

    let directly = texts(&alice.at(&alice.person.direct_messages()).sees());
    assert_eq!(
        directly,
        [format!(
            "-# The place where you asked is gone.\n{ASKED}\n{WHOLE}"
        )]
    );
}

#[tokio::test]
async fn a_growing_reply_that_was_deleted_meanwhile_is_posted_anew() {
    let bot = TestBot::spawn().await;
    bot.discord.expects_rejections();
    let alice = bot.person("alice");
    bot.service.next(in_two_halves());
    let asked = alice.begins_to_ask("Capital of France?").await;
    asked.until(|text| text.contains("Paris")).await;
    let growing = asked.interaction.message().unwrap();
    bot.person("you").person.deletes(&growing).unwrap();
    bot.service.go_on();
    bot.settled().await;

    let seen = texts(&alice.sees());
    assert_eq!(seen, [format!("-# For <@{}>\n{WHOLE}", alice.person.id())]);
    assert!(
        alice.sees()[0]["components"][0].is_object(),
        "its controls are there"
    );
}

#[tokio::test]
async fn without_the_permission_to_post_a_long_answer_to_a_command_goes_on_behind_its_reply() {
    let bot = TestBot::spawn().await;
    bot.discord.expects_rejections();
    bot.channel()
        .denies(&bot.discord.bot(), Permissions::SEND_MESSAGES);
    bot.will_answer(&"A sentence that says something of note. ".repeat(120), &[]);
    let alice = bot.person("alice");
    let asked = alice.asks(&bot, "Everything?").await;

    let behind = asked.interaction.follow_ups();
    let sentences: usize = texts(&alice.sees())
        .iter()
        .map(|text| text.matches("of note").count())
        .sum();
    assert_eq!((behind.len(), sentences), (2, 120));
    assert!(texts(&alice.at(&alice.person.direct_messages()).sees()).is_empty());
}

/// Alice mentions the bot, and the answer grows.
async fn mentioned(bot: &TestBot) -> (Asker, Message) {
    let alice = bot.person("alice");
    bot.service.next(in_two_halves());
    let question = alice
        .person
        .mentions_bot(&alice.channel, "capital of France?")
        .unwrap();
    until(|| {
        let seen = texts(&alice.sees());
        seen.iter().any(|text| text.contains("Paris")).then_some(())
    })
    .await;
    (alice, question)
}

#[tokio::test]
async fn no_permission_to_post_where_somebody_mentioned_the_bot_sends_the_answer_to_them() {
    let bot = TestBot::spawn().await;
    bot.discord.expects_rejections();
    let channel = bot.channel();
    let thread = bot
        .person("you")
        .person
        .opens_thread_in(&channel, "France")
        .unwrap();
    for (place, permission, name) in [
        (&channel, Permissions::SEND_MESSAGES, "Send Messages"),
        (
            &thread,
            Permissions::SEND_MESSAGES_IN_THREADS,
            "Send Messages in Threads",
        ),
    ] {
        channel.denies(&bot.discord.bot(), permission);
        let alice = bot.person(name).at(place);
        alice
            .person
            .mentions_bot(place, "capital of France?")
            .unwrap();
        bot.answered_in_all(bot.service.asked().len() + 1).await;

        let directly = texts(&alice.at(&alice.person.direct_messages()).sees());
        let lead = format!(
            "-# I may not write in <#{}>: **{name}** is missing.\n-# **{name}** asked: capital of France?\nYes. [1]",
            place.id()
        );
        assert!(
            directly.len() == 1 && directly[0].starts_with(&lead),
            "{directly:?}"
        );
        assert!(
            texts(&alice.sees())
                .iter()
                .all(|text| !text.contains("Yes."))
        );
    }
}

#[tokio::test]
async fn whoever_takes_no_direct_messages_leaves_the_answer_undeliverable_and_nobody_waiting() {
    let mut bot = TestBot::spawn().await;
    bot.discord.expects_rejections();
    bot.channel()
        .denies(&bot.discord.bot(), Permissions::SEND_MESSAGES);
    let alice = bot.person("alice");
    alice.person.blocks_direct_messages(true);
    let question = alice
        .person
        .mentions_bot(&alice.channel, "capital of France?")
        .unwrap();
    bot.answered_in_all(1).await;
    assert!(bot.outcome(question.id()).await.is_some(), "it is kept");
    let requests = bot.discord.requests().len();
    bot.stop().await;
    bot.start().await;
    bot.recovered().await;
    let tried_again = bot.discord.requests()[requests..]
        .iter()
        .any(|request| request.path.ends_with("/messages"));
    assert!(!tried_again);
}

#[tokio::test]
async fn a_question_that_was_deleted_meanwhile_is_answered_without_a_reply_to_it() {
    let bot =
        TestBot::spawn_with(|settings| settings.conversations.on_delete = OnDelete::Keep).await;
    bot.service.next(Script::Paused(
        Vec::new(),
        [pieces(TEXT, &[]), vec![done(&[])]].concat(),
    ));
    let bob = bot.person("bob");
    let question = bob
        .person
        .mentions_bot(&bob.channel, "capital of France?")
        .unwrap();
    bot.service.asked_in_all(1).await;
    bob.person.deletes(&question).unwrap();
    bot.service.go_on();
    bot.settled().await;
    assert_eq!(texts(&bob.sees()), [WHOLE]);
}

#[tokio::test]
async fn a_growing_message_that_was_deleted_meanwhile_is_posted_anew() {
    let bot = TestBot::spawn().await;
    bot.discord.expects_rejections();
    let (alice, question) = mentioned(&bot).await;
    let growing = alice.sees().pop().unwrap();
    let growing = alice
        .channel
        .message(growing["id"].as_str().unwrap().parse().unwrap())
        .unwrap();
    bot.person("you").person.deletes(&growing).unwrap();
    bot.service.go_on();
    bot.settled().await;

    let seen = alice.sees();
    let answer = seen.last().unwrap();
    assert_eq!((seen.len(), content(answer).as_str()), (2, WHOLE));
    assert_eq!(
        answer["message_reference"]["message_id"],
        question.id().to_string()
    );
}

#[tokio::test]
async fn a_growing_message_that_arrived_unnoticed_becomes_the_answer() {
    let bot = TestBot::spawn().await;
    bot.discord
        .fault(Fault::new(
            "POST",
            "/channels/{channel}/messages",
            1,
            FaultAction::ResetAfter,
        ))
        .unwrap();
    let (alice, _) = mentioned(&bot).await;
    bot.service.go_on();
    bot.settled().await;
    let seen = texts(&alice.sees());
    assert_eq!((seen.len(), seen[1].as_str()), (2, WHOLE), "{seen:?}");
}

#[tokio::test]
async fn without_the_permission_to_read_the_history_the_answer_comes_without_a_reply() {
    let bot = TestBot::spawn().await;
    bot.discord.expects_rejections();
    bot.channel()
        .denies(&bot.discord.bot(), Permissions::READ_MESSAGE_HISTORY);
    let (alice, _) = mentioned(&bot).await;
    bot.service.go_on();
    bot.settled().await;
    let seen = texts(&alice.sees());
    assert_eq!((seen.len(), seen[1].as_str()), (2, WHOLE), "{seen:?}");
}

#[tokio::test]
async fn a_fresh_post_whose_first_message_is_late_is_answered_all_the_same() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let forum = bot.discord.forum("questions");
    bot.discord
        .fault(Fault::new(
            "POST",
            "/channels/{channel}/messages",
            2,
            answer(400, 40058),
        ))
        .unwrap();
    let mention = format!("<@{}> capital of France?", bot.discord.application_id());
    let post = alice.person.posts(&forum, "France", &mention, &[]).unwrap();
    bot.answered_in_all(1).await;
    let seen = texts(&alice.at(&post).sees());
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert!(texts(&alice.at(&alice.person.direct_messages()).sees()).is_empty());
}

#[tokio::test]
async fn a_message_that_waits_long_for_its_turn_shows_that_it_is_being_written() {
    let bot = TestBot::spawn_with(|settings| settings.answers.at_once = 1).await;
    bot.service.next(Script::Silent);
    bot.person("bob").begins_to_ask("Capital of Spain?").await;
    tokio::time::timeout(SOON, bot.service.asked_in_all(1))
        .await
        .unwrap();
    let alice = bot.person("alice");
    let asks = alice.mentions_bot("capital of France?");
    // Discord shows it for ten seconds.
    let typed = || {
        bot.discord
            .requests()
            .iter()
            .filter(|request| request.path.ends_with("/typing"))
            .count()
    };
    until(|| (typed() == 2).then_some(())).await;
    assert!(bot.replies_to(&asks).is_empty());
}

#[tokio::test]
async fn what_was_asked_in_a_private_thread_stays_with_the_asker_when_it_is_locked() {
    let bot = TestBot::spawn().await;
    bot.discord.expects_rejections();
    let alice = bot.person("alice");
    let thread = alice
        .person
        .opens_private_thread_in(&bot.channel(), "secret")
        .unwrap();
    let alice = alice.at(&thread);
    bot.service.next(Script::Paused(
        pieces("The secret is known. It ", &[]),
        [pieces("is swordfish.", &[]), vec![done(&[])]].concat(),
    ));
    let asked = alice.begins_to_ask("What is our secret?").await;
    asked.until(|text| text.contains("secret")).await;
    bot.person("you").person.locks(&alice.channel).unwrap();
    bot.service.go_on();
    bot.settled().await;

    let told = |seen: Vec<Value>| {
        seen.iter()
            .any(|message| content(message).contains("swordfish"))
    };
    assert!(!told(bot.person("bob").sees()));
    let direct = alice.person.direct_messages();
    assert!(told(alice.at(&direct).sees()));
}
