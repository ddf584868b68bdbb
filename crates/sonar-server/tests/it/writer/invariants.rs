//! What holds for every answer that a model writes, whatever it writes: generated texts, through the real engine and server.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::json;
use stand_ins::chat::{Manner, Model};
use tokio::runtime::Runtime;

use super::world::World;

/// Something like an answer, and anything else, with these ways to think among it.
fn texts(thoughts: &[&'static str]) -> impl Strategy<Value = String> {
    let pieces = [
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
        "Sources:",
        "[1]: https://e.example/",
        "ä",
        "|",
    ];
    let pieces = [&pieces, thoughts].concat();
    prop::collection::vec(prop::sample::select(pieces), 0..24).prop_map(|pieces| pieces.concat())
}

/// I4 and I7: sent in any way, and asked again, it is the same answer, never empty, and says who wrote it. What stands in it is
/// checked where it is made.
#[test]
fn every_written_answer_keeps_every_promise() {
    let runtime = Runtime::new().unwrap();
    let world = runtime.block_on(World::new());
    check(
        &runtime,
        &world,
        texts(&["\n<think>Hm. [1]\n</think>", "<think>"]),
    );
}

/// The first thought without a beginning changes how the engine reads what comes after it, so that this model has had one.
#[test]
fn a_model_that_thinks_without_a_beginning_keeps_every_promise() {
    let runtime = Runtime::new().unwrap();
    let world = runtime.block_on(async {
        let world = World::new().await;
        world
            .chat
            .play(Model::Says("Hm.\n</think>\nGreen tea. [1]".to_owned()));
        world.answered(json!({})).await;
        world
    });
    check(&runtime, &world, texts(&["<think>", "</think>"]));
}

fn check(runtime: &Runtime, world: &World, texts: impl Strategy<Value = String>) {
    let mut runner = TestRunner::new(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(96)
    });
    let checked = runner.run(&(texts, 1_usize..20), |(text, piece)| {
        runtime.block_on(keeps_every_promise(world, text, piece))
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
