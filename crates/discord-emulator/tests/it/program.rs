//! The program as a bot author starts it: what it prints, what can be reached there, how it ends.

#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_discord-emulator"))
}

fn run(arguments: &[&str]) -> Output {
    program().args(arguments).output().unwrap()
}

/// A running program, and what it has said of itself by name.
struct Running {
    child: Child,
    said: Vec<String>,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        Self::reading(9, arguments)
    }

    /// Reads so many lines of what it says, and then no more.
    fn reading(lines: usize, arguments: &[&str]) -> Self {
        let mut child = program()
            .args(["--port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let said = out.lines().map(Result::unwrap).take(lines).collect();
        Self { child, said }
    }

    fn names(&self, what: &str) -> String {
        let line = self.said.iter().find(|line| line.starts_with(what));
        let line = line.unwrap_or_else(|| panic!("no {what} in {:?}", self.said));
        line.trim_start_matches(what).trim().to_owned()
    }

    /// Ends it as Ctrl-C does; gives its exit code.
    fn interrupted(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status().unwrap();
        assert!(sent.success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // After an orderly end there is nothing left to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn get(address: &str, token: &str) -> (u16, Value) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.get(address).header("authorization", token);
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn any_bot_can_reach_it_without_tls() {
    let running = Running::start(&["--guilds", "3"]);
    let token = format!("Bot {}", running.names("bot token"));
    let rest = running.names("REST");
    let (status, gateway) = get(&format!("{rest}/gateway"), &token).await;
    assert_eq!(
        (status, gateway["url"].as_str()),
        (200, Some(running.names("gateway").as_str()))
    );
    let (status, me) = get(&format!("{rest}/users/@me"), &token).await;
    assert_eq!(
        (status, me["id"].as_str()),
        (200, Some(running.names("application").as_str()))
    );
    let (status, unauthorized) = get(&format!("{rest}/users/@me"), "Bot wrong").await;
    assert_eq!((status, unauthorized["code"].as_u64()), (401, Some(0)));
    assert_eq!(running.interrupted(), Some(0));
}

#[tokio::test]
async fn it_goes_on_when_nobody_reads_what_it_says() {
    let running = Running::reading(2, &[]);
    let page = running.names("page");
    assert_eq!(get(&format!("{page}api/v10/gateway"), "").await.0, 200);
    assert_eq!(running.interrupted(), Some(0));
}

#[test]
fn the_certificate_goes_where_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    let running = Running::start(&["--ca-file", file.to_str().unwrap()]);
    assert!(
        std::fs::read_to_string(file)
            .unwrap()
            .starts_with("-----BEGIN CERTIFICATE-----")
    );
    assert_eq!(running.interrupted(), Some(0));
}

#[tokio::test]
async fn a_table_of_rate_limits_can_come_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("limits.json");
    std::fs::write(&file, r#"{"global": {"limit": 1, "seconds": 3600}}"#).unwrap();
    let running = Running::start(&["--rate-limits", file.to_str().unwrap()]);
    let token = format!("Bot {}", running.names("bot token"));
    let me = format!("{}/users/@me", running.names("REST"));
    assert_eq!(get(&me, &token).await.0, 200);
    assert_eq!(get(&me, &token).await.0, 429);
}

#[test]
fn help_names_every_argument() {
    let help = String::from_utf8(run(&["--help"]).stdout).unwrap();
    for argument in [
        "--port",
        "--tls-port",
        "--ca-file",
        "--log",
        "--rate-limits",
        "--guilds",
        "--message-content",
        "--members",
        "--presences",
        "--seed",
    ] {
        assert!(help.contains(argument), "{argument} is not in the help");
    }
}

#[test]
fn bad_input_is_one_sentence_and_code_2() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("table.json");
    std::fs::write(&table, r#"{"typo": null}"#).unwrap();
    let table = table.to_str().unwrap();
    for (arguments, names) in [
        (vec!["--port", "many"], "many"),
        (vec!["--guilds", "0"], "--guilds"),
        (vec!["--rate-limits", "mild"], "mild"),
        (vec!["--rate-limits", table], "typo"),
        (vec!["--port", &port], &port),
        (
            vec!["--port", "0", "--log", "/nowhere/at/all.jsonl"],
            "/nowhere/at/all.jsonl",
        ),
        (
            vec!["--port", "0", "--ca-file", "/nowhere/at/all.pem"],
            "/nowhere/at/all.pem",
        ),
    ] {
        let ended = run(&arguments);
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(names), "{arguments:?}: {said}");
    }
}
