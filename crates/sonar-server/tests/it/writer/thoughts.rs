//! Thoughts that the template of a chat begins, so that only their end is in the text: shown once at most.

use serde_json::json;
use stand_ins::Trouble;
use stand_ins::chat::Model;

use super::world::{GREEN, World};

/// Sentences that have gone out before the end of the thought is seen.
const THOUGHTS: &str =
    "The reader asks about tea. Perhaps it is black tea. Let me look at the passages again.";

fn thinks() -> Model {
    Model::Says(format!("{THOUGHTS}\n</think>\n\n{GREEN} [1]"))
}

/// A world whose model has shown its thoughts once.
async fn warned() -> World {
    let world = World::new().await;
    world.chat.play(thinks());
    let first = world.answered(json!({})).await;
    assert!(first.text().contains("Perhaps"), "{}", first.text());
    world
}

#[tokio::test]
async fn thoughts_without_a_beginning_are_shown_once_at_most() {
    let world = warned().await;
    for _ in 0..2 {
        let reply = world.answered(json!({})).await;
        assert!(
            reply
                .text()
                .starts_with(&format!("{GREEN} [1]\n\n*Written by")),
            "{}",
            reply.text()
        );
    }
    let pieces = world.streamed(json!({})).await;
    let text: String = pieces
        .iter()
        .map(|piece| piece.added_text().into_owned())
        .collect();
    assert!(text.starts_with(GREEN), "{text}");
}

#[tokio::test]
async fn json_tells_that_a_model_thinks_without_a_beginning() {
    let world = World::new().await;
    let schema = json!({ "type": "object", "required": ["celsius"] });
    let format = json!({ "type": "json_schema", "json_schema": { "schema": schema } });
    world
        .chat
        .play(Model::Says(format!("{THOUGHTS}</think>{{\"celsius\":80}}")));
    let reply = world.answered(json!({ "response_format": format })).await;
    assert_eq!(reply.text(), "{\"celsius\":80}");
    world.chat.play(thinks());
    let reply = world.answered(json!({})).await;
    assert!(reply.text().starts_with(GREEN), "{}", reply.text());
}

#[tokio::test]
async fn an_answer_without_thoughts_still_comes() {
    let world = warned().await;
    world.chat.play(Model::Faithful);
    let reply = world.answered(json!({})).await;
    assert!(reply.text().starts_with(GREEN), "{}", reply.text());
}

#[tokio::test]
async fn a_thought_that_was_cut_off_is_no_answer() {
    let world = warned().await;
    world.chat.play(Model::SaysUntilCut(THOUGHTS.to_owned()));
    let cut = world.answered(json!({})).await;
    world.chat.play(thinks());
    world.chat.script().then(Trouble::Cut { after: 1500 });
    let broken = world.answered(json!({})).await;
    for reply in [cut, broken] {
        assert!(
            reply
                .text()
                .starts_with("*The language model did not answer;"),
            "{}",
            reply.text()
        );
        assert!(!reply.text().contains("Perhaps"), "{}", reply.text());
    }
}
