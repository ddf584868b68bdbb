//! The program with a chat endpoint in its settings: what people see, what operators are told. The endpoint is a stand-in.

use std::path::Path;

use stand_ins::chat::{ChatEndpoint, ChatSettings, Model};
use tokio::process::Command;

use crate::harness::program::{output, told, with_a_page};

const KEY: &str = "canary-key";

async fn chat() -> ChatEndpoint {
    let settings = ChatSettings {
        key: Some(KEY.to_owned()),
        ..ChatSettings::default()
    };
    ChatEndpoint::start_with(settings).await.unwrap()
}

/// The program in a folder of its own with one page, and a model that is to write.
fn footnote(folder: &Path, chat: &ChatEndpoint) -> Command {
    let mut command = with_a_page(folder, "");
    command
        .env("FOOTNOTE_WRITER_URL", chat.url())
        .env("FOOTNOTE_WRITER_MODEL", "stand-in")
        .env("FOOTNOTE_WRITER_KEY", KEY);
    command
}

const ASK: [&str; 3] = ["demo", "--ask", "How hot is zorvian tea steeped?"];

#[tokio::test]
async fn an_endpoint_and_a_model_are_all_that_written_answers_need() {
    let (chat, folder) = (chat().await, tempfile::tempdir().unwrap());
    let demo = output(footnote(folder.path(), &chat).args(ASK)).await;
    let (shown, log) = told(&demo);
    assert!(demo.status.success(), "{log}");
    assert!(
        shown.contains("Zorvian tea is steeped at 83 degrees for nine minutes."),
        "{shown}"
    );
    assert!(
        shown.contains("Written by stand-in from 1 source."),
        "{shown}"
    );
    assert!(!shown.contains(KEY) && !log.contains(KEY), "{shown}{log}");
    assert_eq!(chat.calls(), 1);
}

#[tokio::test]
async fn a_model_that_says_what_is_not_there_is_shown_with_a_mark() {
    let (chat, folder) = (chat().await, tempfile::tempdir().unwrap());
    chat.play(Model::ChangesNumbers);
    let (shown, _) = told(&output(footnote(folder.path(), &chat).args(ASK)).await);
    assert!(
        shown.contains("steeped at 94 degrees") && shown.contains("[unconfirmed]"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_model_that_fails_leaves_the_excerpts() {
    let (chat, folder) = (chat().await, tempfile::tempdir().unwrap());
    chat.play(Model::SaysNothing);
    let (shown, _) = told(&output(footnote(folder.path(), &chat).args(ASK)).await);
    assert!(
        shown.contains("The language model did not answer; these are the excerpts it was given."),
        "{shown}"
    );
    assert!(shown.contains("83 degrees"), "{shown}");
}

#[tokio::test]
async fn check_asks_the_endpoint_only_when_told_to_and_costs_nothing() {
    let (chat, folder) = (chat().await, tempfile::tempdir().unwrap());
    let quiet = output(footnote(folder.path(), &chat).arg("check")).await;
    let (shown, log) = told(&quiet);
    assert!(quiet.status.success(), "{shown}{log}");
    let remark = format!(
        "The language model stand-in at {} writes the answers.",
        chat.url()
    );
    assert!(shown.contains(&remark), "{shown}");
    assert_eq!((chat.calls(), chat.looked()), (0, 0));

    let online = output(footnote(folder.path(), &chat).args(["check", "--online"])).await;
    let (shown, log) = told(&online);
    assert!(online.status.success(), "{shown}{log}");
    assert!(
        shown.contains(&format!("The chat endpoint {} answers", chat.url())),
        "{shown}"
    );
    assert_eq!((chat.calls(), chat.looked(), chat.tokens()), (0, 1, 0));

    for (variable, value, why) in [
        (
            "FOOTNOTE_WRITER_MODEL",
            "llama3.2",
            "it has no model `llama3.2`",
        ),
        (
            "FOOTNOTE_WRITER_KEY",
            "canary-other",
            "it does not accept the key",
        ),
        (
            "FOOTNOTE_WRITER_URL",
            "http://127.0.0.1:9/v1",
            "nothing answers there",
        ),
    ] {
        let mut command = footnote(folder.path(), &chat);
        let online = output(command.env(variable, value).args(["check", "--online"])).await;
        let (shown, log) = told(&online);
        assert!(
            !online.status.success() && shown.contains(why),
            "{shown}{log}"
        );
        assert!(
            !shown.contains("canary") && !log.contains("canary"),
            "{shown}{log}"
        );
    }
}

#[tokio::test]
async fn an_endpoint_without_a_model_is_a_fault_that_is_told() {
    let (chat, folder) = (chat().await, tempfile::tempdir().unwrap());
    for arguments in [["check"].as_slice(), &["serve", "--port", "0"]] {
        let mut command = footnote(folder.path(), &chat);
        let ended = output(command.env_remove("FOOTNOTE_WRITER_MODEL").args(arguments)).await;
        let (shown, log) = told(&ended);
        assert!(!ended.status.success(), "{arguments:?}: {shown}{log}");
        let said = format!("{shown}{log}");
        assert!(
            said.contains("writer.model (FOOTNOTE_WRITER_MODEL) is not set"),
            "{said}"
        );
    }
}
