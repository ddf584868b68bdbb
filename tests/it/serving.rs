//! `footnote serve` as an operator runs it: what its clients were promised outlives the process.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::harness::SOON;

/// A process that serves the documents of a folder, and where it listens.
struct Serving {
    child: Child,
    at: String,
}

async fn serve(folder: &Path) -> Serving {
    let mut child = Command::new(env!("CARGO_BIN_EXE_footnote"))
        .args(["serve", "--port", "0", "--corpus", "docs"])
        .env_clear()
        .current_dir(folder)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = tokio::time::timeout(SOON, said.next_line()).await.unwrap();
    let line = line.unwrap().unwrap();
    let at = line.split_whitespace().last().unwrap().to_owned();
    Serving { child, at }
}

#[tokio::test]
async fn a_job_outlives_the_process_that_took_it() {
    let folder = tempfile::tempdir().unwrap();
    let docs = folder.path().join("docs");
    std::fs::create_dir(&docs).unwrap();
    let page =
        "# Kettles\n\n## How do I descale a kettle?\n\nBoil vinegar in the kettle to descale it.\n";
    std::fs::write(docs.join("kettles.md"), page).unwrap();
    std::fs::write(
        folder.path().join("footnote.toml"),
        "[server.jobs]\ndelay_seconds = 1",
    )
    .unwrap();

    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut first = serve(folder.path()).await;
    let question = json!([{ "role": "user", "content": "How do I descale a kettle?" }]);
    let body = json!({ "request": { "model": "sonar", "messages": question } });
    let submitted = http.post(format!("{}/async/chat/completions", first.at));
    let submitted = submitted.json(&body).send().await.unwrap();
    let job: Value = submitted.json().await.unwrap();
    assert_eq!(job["status"], "CREATED");
    first.child.kill().await.unwrap();

    let second = serve(folder.path()).await;
    let path = format!(
        "{}/v1/async/sonar/{}",
        second.at,
        job["id"].as_str().unwrap()
    );
    let answered = async {
        loop {
            let shown = http.get(&path).send().await.unwrap();
            let shown: Value = shown.json().await.unwrap();
            if shown["status"] == "COMPLETED" {
                return shown["response"].to_string();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let answer = tokio::time::timeout(SOON, answered).await.unwrap();
    assert!(answer.contains("Boil vinegar"), "{answer}");
}

#[tokio::test]
async fn a_server_that_strangers_can_reach_without_a_key_says_so_when_it_starts() {
    let folder = tempfile::tempdir().unwrap();
    let log = async |variables: &[(&str, &str)]| {
        let serving = Command::new(env!("CARGO_BIN_EXE_footnote"))
            .arg("serve")
            .env_clear()
            .envs(variables.iter().copied())
            .current_dir(folder.path())
            .output();
        let ended = tokio::time::timeout(SOON, serving).await.unwrap().unwrap();
        String::from_utf8_lossy(&ended.stderr).into_owned()
    };
    // An address that no machine has: the server says what it has to say, and ends.
    let open = ("FOOTNOTE_BIND", "192.0.2.1:8765");
    let warned = "can be reached from other machines and there are no keys";
    let told = log(&[open]).await;
    assert!(
        told.contains(warned) && told.contains("FOOTNOTE_SERVER_KEYS"),
        "{told}"
    );
    let told = log(&[open, ("FOOTNOTE_SERVER_KEYS", "canary")]).await;
    assert!(
        told.contains("cannot listen on 192.0.2.1:8765") && !told.contains(warned),
        "{told}"
    );
    assert!(!told.contains("canary"), "{told}");
}

#[tokio::test]
async fn a_second_server_with_the_same_jobs_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let docs = folder.path().join("docs");
    std::fs::create_dir(&docs).unwrap();
    std::fs::write(docs.join("a.md"), "# A\n\nText.\n").unwrap();
    let _first = serve(folder.path()).await;
    // The first one has read it; that the second one does not come so far shows in what it complains about.
    std::fs::remove_file(docs.join("a.md")).unwrap();
    let second = Command::new(env!("CARGO_BIN_EXE_footnote"))
        .args(["serve", "--port", "0", "--corpus", "docs"])
        .env_clear()
        .current_dir(folder.path())
        .output();
    let second = tokio::time::timeout(SOON, second).await.unwrap().unwrap();
    let told = String::from_utf8_lossy(&second.stderr);
    assert!(
        !second.status.success() && told.contains("another server keeps its jobs in data/jobs.db"),
        "{told}"
    );
}
