//! When the model fails or is slow: excerpts with a note, never silence, and nothing paid twice.

use std::time::Duration;

use serde_json::json;
use stand_ins::Trouble;
use stand_ins::chat::{ChatSettings, Manner, Model};

use super::world::{GREEN, World, markers};

const NO_ANSWER: &str =
    "*The language model did not answer; these are the excerpts it was given.*\n\n**Green tea";
const TOO_SLOW: &str = "*The language model did not answer in time; these are the excerpts it was given.*\n\n**Green tea";
const BROKE_OFF: &str =
    "\n\n*The language model broke off here; these are the excerpts it was given.*\n\n**Green tea";

fn instead(status: u16, content_type: &str, body: &str) -> Trouble {
    Trouble::Instead {
        status,
        headers: vec![("content-type".to_owned(), content_type.to_owned())],
        body: body.to_owned(),
    }
}

/// The excerpts cite, and their numbers are those of the sources.
fn quotes(text: &str, sources: usize) {
    let markers = markers(text);
    assert!(
        !markers.is_empty() && markers.iter().all(|number| (1..=sources).contains(number)),
        "{text}"
    );
    assert!(
        text.contains(&format!("> {GREEN}"))
            && (text.ends_with("no language model.*") != text.contains("*Written by stand-in ")),
        "{text}"
    );
}

#[tokio::test]
async fn a_model_that_fails_is_replaced_by_excerpts_with_a_note() {
    let world = World::new().await;
    let events = "data: {\"choices\":[{\"delta\":{\"content\":5}}]}\n\n";
    let failing = "data: {\"error\":{\"message\":\"canary: out of memory\"}}\n\n";
    for trouble in [
        instead(500, "application/json", "{\"error\":\"canary\"}"),
        instead(404, "application/json", "{\"error\":\"canary\"}"),
        instead(429, "text/plain", "canary"),
        instead(302, "text/plain", "canary"),
        instead(200, "text/html", "<html>canary</html>"),
        instead(200, "application/json", "{\"choices\":\"canary\"}"),
        instead(200, "application/json", "{}"),
        instead(200, "text/event-stream", events),
        instead(200, "text/event-stream", failing),
        instead(200, "text/event-stream", "data: <canary>\n\n"),
        instead(200, "text/event-stream", ""),
        Trouble::Cut { after: 0 },
    ] {
        world.chat.script().then(trouble.clone());
        let reply = world.answered(json!({})).await;
        let text = reply.text();
        assert!(text.starts_with(NO_ANSWER), "{trouble:?}: {text}");
        assert!(
            !reply.body.to_string().contains("canary"),
            "{trouble:?}: {text}"
        );
        quotes(text, reply.citations().len());
    }
    for model in [
        Model::SaysNothing,
        Model::ThinksOnly,
        Model::Says(" \n ".to_owned()),
    ] {
        world.chat.play(model.clone());
        let reply = world.answered(json!({})).await;
        assert!(
            reply.text().starts_with(NO_ANSWER),
            "{model:?}: {}",
            reply.text()
        );
    }
    assert_eq!(world.chat.calls(), 15, "nothing is asked twice");
}

#[tokio::test]
async fn nobody_there_is_told_with_excerpts() {
    let gone = World::with(
        &[(
            "tea.md",
            "# Green tea\n\nGreen tea is steeped at 80 degrees for two minutes.\n",
        )],
        ChatSettings::default(),
        |settings| {
            // The discard port: nothing listens there.
            "http://127.0.0.1:9/v1".clone_into(&mut settings.url);
        },
    )
    .await;
    assert!(gone.answered(json!({})).await.text().starts_with(NO_ANSWER));
}

#[tokio::test]
async fn a_wrong_key_is_told_with_excerpts() {
    let chat = ChatSettings {
        key: Some("right".to_owned()),
        ..ChatSettings::default()
    };
    let world = World::with(
        &[(
            "tea.md",
            "# Green tea\n\nGreen tea is steeped at 80 degrees for two minutes.\n",
        )],
        chat,
        |_| {},
    )
    .await;
    assert!(
        world
            .answered(json!({}))
            .await
            .text()
            .starts_with(NO_ANSWER)
    );
    assert_eq!(world.chat.tokens(), 0);
}

#[tokio::test]
async fn a_model_that_is_slow_is_replaced_by_excerpts_with_a_note() {
    let moment = Duration::from_millis(300);
    let world = World::with_patience(moment, Duration::from_secs(60)).await;
    world.chat.script().then(Trouble::Silence);
    let silent = world.answered(json!({})).await;
    assert!(silent.text().starts_with(TOO_SLOW), "{}", silent.text());
    quotes(silent.text(), silent.citations().len());
    world.chat.play(Model::OneTokenAMinute);
    let slow = world.answered(json!({})).await;
    assert_eq!(slow.text(), silent.text());
    // A head that comes at once is no token.
    world.chat.play(Model::Faithful);
    let head = "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n";
    world.chat.script().then(Trouble::Stall {
        after: head.len() + 200,
    });
    assert_eq!(world.answered(json!({})).await.text(), silent.text());
    assert_eq!(world.chat.calls(), 3, "nothing is asked twice");
}

/// How long a model may take, longer each time: on a busy machine the shortest is too short for its first word.
const PATIENCE: [u64; 4] = [500, 2_000, 8_000, 32_000];

#[tokio::test]
async fn a_model_that_never_comes_to_an_end_is_ended() {
    let mut ended = String::new();
    for moment in PATIENCE.map(Duration::from_millis) {
        let world = World::with_patience(moment, moment).await;
        let piece = Manner {
            piece: 1000,
            ..Manner::default()
        };
        world.chat.write(piece);
        world.chat.play(Model::Says(format!(
            "{GREEN} [1] Black tea {}",
            "and so on ".repeat(300)
        )));
        world.chat.script().then(Trouble::Stall { after: 2500 });
        world
            .answered(json!({}))
            .await
            .text()
            .clone_into(&mut ended);
        if !ended.starts_with(TOO_SLOW) {
            break;
        }
    }
    assert!(
        ended.starts_with(&format!("{GREEN} [1]{BROKE_OFF}")),
        "{ended}"
    );
}

#[tokio::test]
async fn what_had_left_stays_when_a_model_breaks_off() {
    let world = World::new().await;
    world.chat.play(Model::StopsHalfWay);
    let reply = world.answered(json!({})).await;
    let text = reply.text();
    assert!(
        text.starts_with(&format!("{GREEN} [1]")) && text.contains(BROKE_OFF),
        "{text}"
    );
    quotes(text, reply.citations().len());
    assert_eq!(reply.finish(), "stop");
    let pieces = world.streamed(json!({})).await;
    let added: String = pieces
        .iter()
        .map(|piece| piece.added_text().into_owned())
        .collect();
    assert_eq!(added, text);
}

/// Wherever the connection breaks, the answer is the model's up to there, or none of it.
#[tokio::test]
async fn wherever_a_stream_is_cut_there_is_an_answer() {
    let world = World::new().await;
    let whole = world.answered(json!({})).await.text().to_owned();
    let written = whole.split("\n\n*Written").next().unwrap();
    let (mut none, mut some, mut all) = (0, 0, 0);
    for after in (0..14_000).step_by(700) {
        world.chat.script().then(Trouble::Cut { after });
        let reply = world.answered(json!({})).await;
        let text = reply.text();
        if text.starts_with(NO_ANSWER) {
            none += 1;
        } else if let Some((before, _)) = text.split_once("\n\n*The language model broke off here")
        {
            assert!(
                !before.is_empty() && written.starts_with(before),
                "{after}: {before}"
            );
            some += 1;
        } else {
            assert_eq!(text, whole);
            all += 1;
        }
    }
    assert!(none > 0 && some > 0 && all > 0, "{none} {some} {all}");
}

#[tokio::test]
async fn a_sentence_without_an_end_is_ended() {
    let world = World::new().await;
    let endless = format!("{GREEN} [1] And {}", "so on and ".repeat(4000));
    world.chat.write(Manner {
        piece: 500,
        ..Manner::default()
    });
    world.chat.play(Model::Says(endless));
    let reply = world.answered(json!({})).await;
    assert!(
        reply.text().starts_with(&format!("{GREEN} [1]{BROKE_OFF}")),
        "{}",
        reply.text()
    );
}

#[tokio::test]
async fn without_sources_a_failure_is_a_failure() {
    let world = World::with_patience(Duration::from_millis(300), Duration::from_secs(60)).await;
    world
        .chat
        .script()
        .then(instead(500, "text/plain", "canary"));
    let reply = world.asked(json!({ "disable_search": true })).await;
    assert_eq!(
        (reply.status, reply.message()),
        (502, "The language model did not answer.")
    );
    world.chat.script().then(Trouble::Silence);
    let reply = world.asked(json!({ "disable_search": true })).await;
    assert_eq!(
        (reply.status, reply.message()),
        (504, "The language model did not answer in time.")
    );
}

/// One answer at a time: the second waits for its turn, and that time counts.
#[tokio::test]
async fn whoever_waits_too_long_for_a_turn_gets_excerpts() {
    let documents = [(
        "tea.md",
        "# Green tea\n\nGreen tea is steeped at 80 degrees for two minutes.\n",
    )];
    let mut calls = 0;
    for moment in PATIENCE.map(Duration::from_millis) {
        let world = World::with(&documents, ChatSettings::default(), |settings| {
            (settings.at_once, settings.first_token, settings.total) =
                (1, moment, Duration::from_secs(600));
        })
        .await;
        world.chat.script().then(Trouble::Stall { after: 1000 });
        world.chat.script().then(Trouble::Silence);
        // It has a turn as long as its reader stays, if its first word came in time.
        let first = world.begun(json!({})).await;
        world.model_is_asked().await;
        let reply = world.answered(json!({})).await;
        assert!(reply.text().starts_with(TOO_SLOW), "{}", reply.text());
        drop(first);
        calls = world.chat.calls();
        if calls == 1 {
            break;
        }
    }
    assert_eq!(calls, 1);
}
