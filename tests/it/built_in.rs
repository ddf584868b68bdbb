//! The whole way with nothing scripted: the bot, the built-in server, documents in a folder.

use std::sync::Arc;

use footnote_bot::demo::{self, Demo, DemoOptions, Print};
use footnote_bot::settings::Settings;
use serde_json::Value;
use sonar_server::engines::corpus::Silent;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// Documents of this test alone: the tests need nothing that a machine may or may not have installed.
fn documents() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("corpus.toml"),
        "base_url = \"https://docs.example/\"\n",
    )
    .unwrap();
    let bees = "# Keeping bees\n\n## How do I calm a hive?\n\nBlow cool smoke into the entrance of the hive and wait two minutes before opening it. The bees fill themselves with honey and become calm.\n\n## Feeding in winter\n\nGive sugar dough instead of syrup once the nights are cold.\n";
    std::fs::write(folder.path().join("bees.md"), bees).unwrap();
    std::fs::write(
        folder.path().join("boats.md"),
        "# Boats\n\n## Mooring\n\nTie the bow line first when the wind comes from ahead.\n",
    )
    .unwrap();
    std::fs::write(
        folder.path().join("broken.md"),
        b"# Broken\n\n\xff\xfe not UTF-8\n",
    )
    .unwrap();
    folder
}

fn settings(documents: &TempDir) -> Settings {
    let mut settings = Settings::defaults().unwrap();
    settings.data_dir = documents.path().join("data-of-the-test");
    settings.engine.corpus = vec![documents.path().to_owned()];
    settings.engine.bundled = false;
    settings
}

async fn ask(question: &str, print: Print) -> String {
    let documents = documents();
    let demo = Demo::start(
        settings(&documents),
        &DemoOptions::default(),
        Arc::new(Silent),
    )
    .await
    .unwrap();
    let mut out = Vec::new();
    demo::ask(demo, question, print, &CancellationToken::new(), &mut out)
        .await
        .unwrap();
    String::from_utf8(out).unwrap()
}

/// A changed document is answered from while the program runs.
#[tokio::test]
async fn a_changed_document_is_answered_from_without_a_restart() {
    let documents = documents();
    let mut settings = settings(&documents);
    settings.engine.reload_seconds = 1;
    let demo = Demo::start(settings, &DemoOptions::default(), Arc::new(Silent))
        .await
        .unwrap();
    let (person, channel) = (
        demo.emulator.person("alice"),
        demo.emulator.channel("general"),
    );
    std::fs::write(
        documents.path().join("bread.md"),
        "# Bread\n\n## Proofing\n\nLet the dough rise beneath a damp towel until it doubles.\n",
    )
    .unwrap();
    while !channel.shows().contains("beneath a damp towel") {
        person
            .uses(&channel, "ask", &[("question", "How does dough rise?")])
            .await
            .unwrap();
        demo.desk.in_flight().idle().await;
    }
    demo.close().await.unwrap();
}

#[tokio::test]
async fn a_question_is_answered_with_an_excerpt_and_its_address() {
    let shown = ask("How do I calm a hive?", Print::Text).await;
    assert!(
        shown.contains("Blow cool smoke into the entrance of the hive"),
        "{shown}"
    );
    assert!(shown.contains("[1](<https://docs.example/bees"), "{shown}");
    assert!(shown.contains("**Sources**"), "{shown}");
}

#[tokio::test]
async fn a_question_that_nothing_answers_is_told_so_and_is_no_failure() {
    let shown = ask("Who won the chess world cup in Baku?", Print::Text).await;
    assert!(
        shown.contains("Nothing found in the local sources."),
        "{shown}"
    );
}

#[tokio::test]
async fn json_holds_the_messages_and_their_timings() {
    let shown: Value =
        serde_json::from_str(&ask("How do I calm a hive?", Print::Json).await).unwrap();
    let message = &shown["messages"][0];
    assert!(message["content"].as_str().unwrap().contains("cool smoke"));
    assert_eq!(message["author"]["bot"], true);
    for moment in [
        "received_ms",
        "acknowledged_ms",
        "first_text_ms",
        "final_ms",
    ] {
        assert!(shown["timings"][moment].is_number(), "{moment}: {shown}");
    }
}
