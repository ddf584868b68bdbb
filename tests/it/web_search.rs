//! The program with a SearXNG in its settings: what people see, what operators are told. The SearXNG is a stand-in, and no page is
//! fetched.

use std::path::Path;

use stand_ins::searxng::{Hit, Searxng, SearxngSettings};
use tokio::process::Command;

use crate::harness::program::{alone, output, told, with_a_page};

async fn searxng(json: bool) -> Searxng {
    let settings = SearxngSettings {
        json,
        ..SearxngSettings::default()
    };
    let searxng = Searxng::start(settings).await.unwrap();
    searxng.knows([
        Hit::new(
            "https://kettles.example/",
            "Quorbic kettles",
            "A quorbic kettle holds seventeen cups.",
        ),
        Hit::new(
            "https://weather.example/",
            "Weather",
            "The weather of today.",
        ),
    ]);
    searxng
}

/// The program in a folder of its own with one page, and a web to search.
fn footnote(folder: &Path, searxng: &Searxng) -> Command {
    let mut command = with_a_page(folder, "[web]\nfetch_pages = 0\n");
    command.env("FOOTNOTE_SEARXNG_URL", searxng.url());
    command
}

fn ask(question: &str) -> [&str; 3] {
    ["demo", "--ask", question]
}

#[tokio::test]
async fn an_address_is_all_that_answers_from_the_web_need() {
    let (searxng, folder) = (searxng(true).await, tempfile::tempdir().unwrap());
    let question = ask("How many cups does a quorbic kettle hold?");
    let demo = output(footnote(folder.path(), &searxng).args(question)).await;
    let (shown, log) = told(&demo);
    assert!(demo.status.success(), "{log}");
    assert!(
        shown.contains("A quorbic kettle holds seventeen cups."),
        "{shown}"
    );
    assert!(
        shown.contains("Excerpts from 1 source, no language model."),
        "{shown}"
    );
    assert!(shown.contains("kettles.example"), "{shown}");
    assert_eq!(searxng.asked().len(), 1);
}

#[tokio::test]
async fn a_web_that_does_not_answer_is_told_to_the_reader_and_once_to_the_operator() {
    let (searxng, folder) = (searxng(false).await, tempfile::tempdir().unwrap());
    let question = ask("How many cups does a quorbic kettle hold?");
    let (shown, log) = told(&output(footnote(folder.path(), &searxng).args(question)).await);
    assert!(
        shown.contains("Nothing found in the local sources; the web search did not answer."),
        "{shown}"
    );
    assert_eq!(log.matches("add `json` to the formats").count(), 1, "{log}");
    assert!(!log.contains("quorbic"), "{log}");
    let question = ask("How hot is zorvian tea steeped?");
    let (shown, _) = told(&output(footnote(folder.path(), &searxng).args(question)).await);
    assert!(shown.contains("83 degrees"), "{shown}");
}

/// With no folder and nothing bundled. Without the web as well, there is nothing to answer from, and it says what to set.
#[tokio::test]
async fn the_web_alone_is_enough_to_start() {
    let (searxng, folder) = (searxng(true).await, tempfile::tempdir().unwrap());
    let settings = "[engine]\nbundled = false\n[web]\nfetch_pages = 0\n";
    std::fs::write(folder.path().join("footnote.toml"), settings).unwrap();
    let program = || {
        let mut command = alone(folder.path());
        command.env("FOOTNOTE_SEARXNG_URL", searxng.url());
        command
    };
    let (shown, _) = told(&output(program().arg("check")).await);
    let said = "There are no documents: answers come from the web alone.";
    assert!(shown.contains(said), "{shown}");
    assert!(shown.contains("`footnote serve` can start"), "{shown}");
    let demo = output(program().args(ask("How many cups does a quorbic kettle hold?"))).await;
    let (shown, log) = told(&demo);
    assert!(demo.status.success(), "{log}");
    assert!(
        shown.contains("A quorbic kettle holds seventeen cups."),
        "{shown}"
    );
    for arguments in [&ask("Why?")[..], &["serve"]] {
        let refused = output(alone(folder.path()).args(arguments)).await;
        let (_, log) = told(&refused);
        assert!(!refused.status.success());
        let said = "FOOTNOTE_SEARXNG_URL) names no SearXNG";
        assert!(log.contains(said), "{log}");
    }
    let mut mistaken = program();
    mistaken.env("FOOTNOTE_SEARXNG_URL", "search.example");
    let (_, log) = told(&output(mistaken.arg("serve")).await);
    assert!(
        log.contains("FOOTNOTE_SEARXNG_URL) is not an address"),
        "{log}"
    );
}

#[tokio::test]
async fn check_asks_the_web_only_when_told_to() {
    let (works, refuses, folder) = (
        searxng(true).await,
        searxng(false).await,
        tempfile::tempdir().unwrap(),
    );
    let (shown, _) = told(&output(footnote(folder.path(), &works).arg("check")).await);
    assert!(works.asked().is_empty(), "{shown}");
    works.unresponsive("duckduckgo", "timeout");
    let online = output(footnote(folder.path(), &works).args(["check", "--online"])).await;
    let (shown, log) = told(&online);
    assert!(online.status.success(), "{shown}{log}");
    let expected = "SearXNG answers in JSON: 1 result; of its search engines these did not answer: duckduckgo (timeout).";
    assert!(shown.contains(expected), "{shown}");
    assert_eq!(works.asked().len(), 1);
    let online = output(footnote(folder.path(), &refuses).args(["check", "--online"])).await;
    let (shown, _) = told(&online);
    assert!(!online.status.success(), "{shown}");
    assert!(
        shown.contains("The web cannot be searched: SearXNG refuses to answer in JSON (403)"),
        "{shown}"
    );
}
