//! What becomes of an answer that was begun, or is there, in another form than it would have by now; and of one whose form Discord refuses.

use std::time::Duration;

use discord_emulator::{Fault, FaultAction, Permissions};
use footnote_bot::conversation::ports::Store;
use footnote_bot::ids::QuestionId;
use footnote_bot::settings::Settings;
use footnote_bot::settings::display::Format;
use serde_json::{Value, json};

use super::{FRANCE, between_people, late};
use crate::harness::messages::{buttons, until};
use crate::harness::service::{Script, pieces};
use crate::harness::{SOON, TestBot, look_again};

fn embeds(settings: &mut Settings) {
    settings.display.format = Format::Embed;
}

fn numbered(sentences: usize) -> String {
    let sentence = |number| format!("Fact {number:04} says something of note about France.[1] ");
    (0..sentences).map(sentence).collect()
}

/// What all of these messages say, in content and embeds.
fn all(messages: &[Value]) -> String {
    let text = |message: &Value| {
        let embeds = message["embeds"].as_array().unwrap().iter();
        let embeds = embeds.map(|embed| embed["description"].as_str().unwrap_or_default());
        let content = message["content"].as_str().unwrap();
        format!("{content}\n{}\n", embeds.collect::<String>())
    };
    messages.iter().map(text).collect()
}

/// Every numbered fact is there once.
fn assert_whole(messages: &[Value], facts: usize) {
    let text = all(messages);
    let times = |number: &usize| text.matches(&format!("Fact {number:04} ")).count();
    let wrong: Vec<usize> = (0..facts).filter(|number| times(number) != 1).collect();
    assert!(wrong.is_empty(), "lost or doubled: {wrong:?}");
}

async fn until_parts_are_noted(store: &dyn Store, parts: u32) {
    let noted = async {
        loop {
            let unshown = store
                .unshown(QuestionId(0), QuestionId(9), 9)
                .await
                .unwrap();
            if unshown.iter().any(|left| left.parts_shown == parts) {
                return;
            }
            look_again().await;
        }
    };
    tokio::time::timeout(SOON, noted).await.unwrap();
}

#[tokio::test]
async fn an_answer_that_was_begun_in_another_form_is_whole_after_a_restart() {
    for (begun, is_allowed_meanwhile) in [(3, false), (1, true)] {
        let mut bot = TestBot::spawn_with(embeds).await;
        bot.loses_replies();
        let may_embed = Permissions::EMBED_LINKS;
        bot.channel().denies(&bot.discord.bot(), may_embed);
        let path = format!("/channels/{}/messages", bot.channel().id());
        let lost = FaultAction::Answer {
            status: 503,
            body: Value::Null,
        };
        let mut fault = Fault {
            method: Some("POST".to_owned()),
            path,
            ..Fault::always(lost)
        };
        // The first message is the reply; of the others as many as this come through.
        fault.turns.skip = begun - 1;
        let fault = bot.discord.fault(fault).unwrap();
        bot.will_answer(&numbered(105), &[FRANCE]);
        let alice = bot.person("alice");
        alice.begins_to_ask("Everything about France?").await;
        until_parts_are_noted(bot.store().as_ref(), begun).await;
        bot.crash().await;
        bot.discord.remove_fault(fault);
        if is_allowed_meanwhile {
            bot.channel().allows(&bot.discord.bot(), may_embed);
        }
        bot.start().await;
        bot.recovered().await;
        assert_whole(&alice.sees(), 105);
    }
}

#[tokio::test]
async fn an_edited_question_leaves_an_answer_whole_that_would_be_cut_otherwise_by_now() {
    let bot = TestBot::that_reads(embeds).await;
    bot.discord.tolerates_rejections();
    let may_embed = Permissions::EMBED_LINKS;
    bot.channel().denies(&bot.discord.bot(), may_embed);
    bot.will_answer(&numbered(105), &[FRANCE]);
    let alice = bot.person("alice");
    let asks = alice.mentions_bot("everything about France?");
    bot.answered_in_all(1).await;
    let last = alice.sees().last().unwrap()["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    // Anybody's interaction tells that embeds may be shown again.
    bot.channel().allows(&bot.discord.bot(), may_embed);
    bot.will_answer("Yes.[1]", &[FRANCE]);
    bot.person("bob").asks(&bot, "Well?").await;
    alice.edits(&asks, &format!("{} everything about Spain?", bot.mention()));
    let last = alice.channel.message(last).unwrap();
    until(&last, |message| {
        all(std::slice::from_ref(message)).contains("was edited")
    })
    .await;
    assert_whole(&alice.sees(), 105);
}

#[tokio::test]
async fn an_announcement_never_becomes_a_part_of_its_answer() {
    let mut bot = TestBot::that_reads(embeds).await;
    bot.discord.tolerates_rejections();
    bot.service.next(late(&numbered(40)));
    let alice = bot.person("alice");
    let asks = alice.mentions_bot("everything about France?");
    bot.reply_to(&asks).await;
    bot.clock.advance(Duration::from_secs(45));
    bot.service.go_on();
    bot.answered_in_all(1).await;
    let before = alice.sees();
    assert_eq!(before.len(), 3, "question, answer, announcement");
    let may_embed = Permissions::EMBED_LINKS;
    bot.channel().denies(&bot.discord.bot(), may_embed);
    bot.will_answer("Yes.[1]", &[FRANCE]);
    bot.person("bob").asks(&bot, "Well?").await;
    alice.edits(&asks, &format!("{} everything about Spain?", bot.mention()));
    // What is heard after the edit is answered, and what the edit brought about is over when the bot has ended.
    bot.will_answer("Yes.[1]", &[FRANCE]);
    let later = alice.mentions_bot("what is tea?");
    bot.answer_to(&later).await;
    bot.stop().await;
    let after = alice.sees();
    assert_whole(&after, 40);
    assert_eq!(after[2], before[2]);
}

#[tokio::test]
async fn an_answer_whose_embeds_discord_does_not_take_comes_as_text() {
    let change = |settings: &mut Settings| {
        settings.display.images = true;
    };
    let bot = TestBot::spawn_with(change).await;
    bot.loses_replies();
    let malformed = FaultAction::Answer {
        status: 400,
        body: json!({"code": 50035, "message": "Invalid Form Body"}),
    };
    bot.discord
        .fault(Fault::new("PATCH", "/webhooks/", 1, malformed))
        .unwrap();
    let pictures = [("https://pictures.example/paris.png", FRANCE)];
    bot.service.next(Script::images(
        "Paris is the capital.[1]",
        &[FRANCE],
        &pictures,
    ));
    let asked = bot.person("alice").asks(&bot, "Capital of France?").await;
    let reply = asked.interaction.reply().unwrap();
    assert_eq!(reply["embeds"], json!([]));
    assert!(all(&[reply]).starts_with("Paris is the capital. [1]"));
    assert_eq!(bot.person("alice").sees().len(), 1);
}

#[tokio::test]
async fn a_picture_that_is_on_a_machine_without_a_name_is_left_out() {
    let bot = TestBot::spawn_with(|settings| settings.display.images = true).await;
    let pictures = [("http://[::1]/x.png", FRANCE)];
    bot.service.next(Script::images(
        "Paris is the capital.[1]",
        &[FRANCE],
        &pictures,
    ));
    let asked = bot.person("alice").asks(&bot, "Capital of France?").await;
    assert!(asked.shown().starts_with("Paris is the capital. [1]"));
}

#[tokio::test]
async fn a_growing_answer_is_shown_as_text_where_embeds_are_refused() {
    let bot = TestBot::spawn_with(embeds).await;
    bot.loses_replies();
    let may_embed = Permissions::EMBED_LINKS;
    bot.channel().denies(&bot.discord.bot(), may_embed);
    let begun = "Paris is the capital. It lies on the Seine. And";
    bot.service.next(Script::Stalls(pieces(begun, &[FRANCE])));
    let asks = bot.person("alice").mentions_bot("capital of France?");
    let grows = async {
        while !all(&bot.replies_to(&asks)).contains("It lies on the Seine.") {
            look_again().await;
        }
    };
    tokio::time::timeout(SOON, grows).await.unwrap();
}

#[tokio::test]
async fn nothing_is_announced_where_the_bot_could_not_take_it_away() {
    let bot = TestBot::spawn().await;
    let alice = between_people(&bot);
    bot.service.next(late("Paris.[1]"));
    alice.begins_to_ask("And in short?").await;
    bot.service.asked_in_all(1).await;
    bot.clock.advance(Duration::from_secs(45));
    bot.service.go_on();
    bot.settled().await;
    assert_eq!(alice.sees().len(), 1);
}

#[tokio::test]
async fn the_next_question_does_not_wait_for_an_announcement_that_discord_does_not_take() {
    let bot = TestBot::spawn().await;
    bot.loses_replies();
    let path = format!("/channels/{}/messages", bot.channel().id());
    let lost = FaultAction::Answer {
        status: 503,
        body: Value::Null,
    };
    let fault = Fault {
        method: Some("POST".to_owned()),
        path,
        ..Fault::always(lost)
    };
    bot.discord.fault(fault).unwrap();
    bot.service.next(late("Paris.[1]"));
    let alice = bot.person("alice");
    let asked = alice.begins_to_ask("Capital of France?").await;
    bot.service.asked_in_all(1).await;
    bot.clock.advance(Duration::from_secs(45));
    bot.service.go_on();
    asked.until(|text| text.starts_with("Paris. [1]")).await;
    // It is noted before it is announced.
    let id = bot
        .store()
        .asked_by(asked.interaction.id())
        .await
        .unwrap()
        .unwrap();
    let noted = async {
        while !bot.store().question(id).await.unwrap().unwrap().shown {
            look_again().await;
        }
    };
    tokio::time::timeout(SOON, noted).await.unwrap();
    let form = alice.opens_form(&asked.message(), "Follow up").await;
    bot.will_answer("Madrid.[1]", &[FRANCE]);
    alice.writes(&form, "And Spain?").await;
    let next = bot.service.asked_in_all(2);
    tokio::time::timeout(Duration::from_secs(30), next)
        .await
        .unwrap();
}

#[tokio::test]
async fn what_an_answer_written_anew_took_counts_from_the_press() {
    let bot = TestBot::spawn().await;
    bot.will_answer("Paris.[1]", &[FRANCE]);
    let alice = bot.person("alice");
    let asked = alice.asks(&bot, "Capital of France?").await;
    bot.clock.advance(Duration::from_secs(86_400));
    bot.service.next(late("Paris, as before.[1]"));
    alice.presses(&asked.message(), "Regenerate").await;
    bot.service.asked_in_all(2).await;
    bot.clock.advance(Duration::from_secs(20));
    bot.service.go_on();
    bot.settled().await;
    let shown = all(&alice.sees());
    assert!(shown.contains("1 source · sonar · 20 s"), "{shown}");
    let controls = buttons(&alice.sees()[0]);
    assert!(controls.contains(&"Regenerate".to_owned()), "{controls:?}");
}

#[tokio::test]
async fn a_channel_that_takes_nothing_is_not_remembered_as_one_without_embeds() {
    let bot = TestBot::spawn_with(embeds).await;
    bot.discord.tolerates_rejections();
    let may_write = Permissions::SEND_MESSAGES;
    bot.channel().denies(&bot.discord.bot(), may_write);
    bot.will_answer("Paris.[1]", &[FRANCE]);
    let alice = bot.person("alice");
    alice.mentions_bot("capital of France?");
    bot.answered_in_all(1).await;
    bot.channel().allows(&bot.discord.bot(), may_write);
    bot.will_answer("Madrid.[1]", &[FRANCE]);
    let asks = alice.mentions_bot("capital of Spain?");
    let answer = bot.answer_to(&asks).await.json().unwrap();
    assert!(answer["embeds"][0].is_object(), "{answer}");
}

#[tokio::test]
async fn a_press_of_stop_shows_the_end_as_text_where_embeds_are_not_taken() {
    let mut bot = TestBot::spawn_with(embeds).await;
    bot.loses_replies();
    let alice = bot.person("alice");
    alice.person.blocks_direct_messages(true);
    let begun = "Paris is the capital. It ";
    bot.service.next(Script::Stalls(pieces(begun, &[FRANCE])));
    let asked = alice.begins_to_ask("Capital of France?").await;
    let is_growing = |message: &Value| all(std::slice::from_ref(message)).contains("Paris");
    asked.interaction.until(SOON, is_growing).await.unwrap();
    bot.crash().await;
    // By now nothing but a press can write the message.
    bot.discord.advance(Duration::from_secs(16 * 60));
    for method in ["PATCH", "POST"] {
        let unseen = FaultAction::Answer {
            status: 403,
            body: json!({"code": 50001, "message": "Missing Access"}),
        };
        let path = format!("/channels/{}/messages", bot.channel().id());
        let fault = Fault {
            method: Some(method.to_owned()),
            path,
            ..Fault::always(unseen)
        };
        bot.discord.fault(fault).unwrap();
    }
    bot.start().await;
    bot.recovered().await;
    let malformed = FaultAction::Answer {
        status: 400,
        body: json!({"code": 50035, "message": "Invalid Form Body"}),
    };
    // As set, and without pictures.
    bot.discord
        .fault(Fault::new("PATCH", "/webhooks/", 2, malformed))
        .unwrap();
    let message = asked.message();
    alice.presses(&message, "Stop").await;
    let ended = until(&message, |message| {
        all(std::slice::from_ref(message)).contains("restarted")
    })
    .await;
    assert_eq!(ended["embeds"], json!([]));
    assert_eq!(buttons(&ended), ["Try again", "Delete"]);
}
