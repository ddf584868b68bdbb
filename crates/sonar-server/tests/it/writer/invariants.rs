//! What holds for every answer that a model writes, whatever it writes: generated texts, through the real engine and server.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::json;
use stand_ins::chat::{Manner, Model};
use tokio::runtime::Runtime;

use super::world::World;

/// Something like an answer, and anything else.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "Green tea is steeped at 80 degrees for two minutes.",
        "Black tea is old.",
        "[1]",
        " [2]",
        "[9]",
        "[1, 2]",
        "【1】",
        "[^2]",
        "[3†source]",
        "(1)",
        "[[1]](https://e.example/)",
        "[here](https://e.example/)",
        "![x](https://e.example/x)",
        "<@1>",
        "<#2>",
        "<script>",
        "\\",
        "[",
        "]",
        "(",
        "`",
        "`a[9]`",
        "```\n",
        "~~~\n",
        "    ",
        "> ",
        "\n",
        "\n\n",
        " ",
        ". ",
        "- ",
        "# Tea",
        "<think>",
        "</think>",
        "Sources:",
        "[1]: https://e.example/",
        "ä",
        "|",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// I4 and I7: sent in any way, and asked again, it is the same answer, never empty, and says who wrote it. What stands in it is
/// checked where it is made.
#[test]
fn every_written_answer_keeps_every_promise() {
    let runtime = Runtime::new().unwrap();
    let world = runtime.block_on(World::new());
    let mut runner = TestRunner::new(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(96)
    });
    let cases = (texts(), 1_usize..20);
    let checked = runner.run(&cases, |(text, piece)| {
        runtime.block_on(keeps_every_promise(&world, text, piece))
    });
    checked.unwrap();
}

async fn keeps_every_promise(
    world: &World,
    text: String,
    piece: usize,
) -> Result<(), TestCaseError> {
    world.chat.play(Model::Says(text));
    world.chat.write(Manner::default());
    let reply = world.answered(json!({})).await;
    world.chat.write(Manner {
        piece,
        ..Manner::default()
    });
    for mode in ["full", "concise"] {
        let pieces = world.streamed(json!({ "stream_mode": mode })).await;
        let added: String = pieces
            .iter()
            .map(|piece| piece.added_text().into_owned())
            .collect();
        prop_assert_eq!(&added, reply.text());
        prop_assert_eq!(pieces.last().unwrap().text(), reply.text());
    }
    let again = world.answered(json!({})).await;
    prop_assert_eq!(again.text(), reply.text());

    let last = reply.text().lines().last().unwrap_or_default();
    let told = ["*Written by stand-in", "*Excerpts from "]
        .iter()
        .any(|begins| last.starts_with(begins));
    prop_assert!(told, "{}", reply.text());
    Ok(())
}
