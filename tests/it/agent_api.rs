//! The program with a key of the Agent API and nothing else: what people see, what operators are told. The service is a stand-in.

use std::path::Path;
use std::process::Stdio;

use discord_emulator::RateLimits;
use secrecy::ExposeSecret;
use stand_ins::agent::{AgentApi, AgentSettings, Refusal, Run, result, search_results};
use stand_ins::{Trouble, agent};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::harness::program::{alone, output, told};
use crate::harness::service::Script;
use crate::harness::{SOON, TestBot};

const KEY: &str = "canary-key";

async fn api() -> AgentApi {
    let settings = AgentSettings {
        keys: vec![KEY.to_owned()],
        ..AgentSettings::default()
    };
    AgentApi::start(settings).await.unwrap()
}

/// The program in a folder of its own, with nothing set but the key and where the service is.
fn footnote(folder: &Path, api: &AgentApi) -> Command {
    let mut command = alone(folder);
    command
        .env("PERPLEXITY_API_KEY", KEY)
        .env("PERPLEXITY_BASE_URL", api.url());
    command
}

fn sky() -> Run {
    let found = search_results(
        &["sky"],
        &[
            result(11, "Sky", "https://sky.example/"),
            result(12, "Air", "https://air.example/"),
        ],
    );
    Run::new()
        .found(found)
        .text_in_pieces("Air scatters blue light.[web:12]", 3)
}

#[tokio::test]
async fn a_key_is_all_that_demo_needs() {
    let (api, folder) = (api().await, tempfile::tempdir().unwrap());
    api.next_run(sky());
    let demo =
        output(footnote(folder.path(), &api).args(["demo", "--ask", "Why is the sky blue?"])).await;
    let (shown, log) = told(&demo);
    assert!(demo.status.success(), "{log}");
    assert!(
        shown.contains("Air scatters blue light. [2](<https://air.example/>)"),
        "{shown}"
    );
    assert_eq!(api.calls().runs(), 1);
}

#[tokio::test]
async fn a_key_is_all_that_serve_needs() {
    let (api, folder) = (api().await, tempfile::tempdir().unwrap());
    let mut serve = footnote(folder.path(), &api)
        .args(["serve", "--port", "0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(serve.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().unwrap();
    let address = line.rsplit(' ').next().unwrap();
    let request = serde_json::json!({ "model": "sonar", "messages": [{ "role": "user", "content": "Why?" }] });
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let reply = client
        .post(format!("{address}/chat/completions"))
        .json(&request)
        .send()
        .await
        .unwrap();
    assert_eq!(reply.headers()["x-answer-engine"], "agent-api");
    assert_eq!(reply.status(), 200);
    assert_eq!(api.calls().plain, 1);
}

/// `footnote run` on the local Discord of a world, with the key alone.
fn run(world: &TestBot, api: &AgentApi) -> Command {
    let settings = world.settings();
    let discord = &settings.discord;
    let mut command = footnote(settings.data_dir.parent().unwrap(), api);
    command
        .arg("run")
        .env(
            "DISCORD_TOKEN",
            discord.token.as_ref().unwrap().expose_secret(),
        )
        .env("DISCORD_ADDRESS", discord.address.as_ref().unwrap())
        .env("DISCORD_CA_FILE", discord.ca_file.as_ref().unwrap())
        .env("DISCORD_GATEWAY_URL", discord.gateway_url.as_ref().unwrap())
        .env("FOOTNOTE_LOG", "debug")
        .stderr(Stdio::piped());
    command
}

#[tokio::test]
async fn a_key_is_all_that_run_needs_and_nobody_is_shown_what_the_service_says_of_itself() {
    let (world, api) = (
        TestBot::before_start(RateLimits::Calm, |_| {}).await,
        api().await,
    );
    let child = run(&world, &api).spawn().unwrap();
    world.discord.bot_is_ready(SOON).await.unwrap();
    let alice = world.person("alice");
    api.next_run(sky());
    let asked = alice.begins_to_ask("Why is the sky blue?").await;
    asked
        .until(|text| text.contains("[2](<https://air.example/>)"))
        .await;
    let refusal =
        |status: u16, kind: &str| Refusal::new(status, kind, format!("canary-words with {KEY}"));
    for (refusal, sentence) in [
        (refusal(401, "invalid_api_key"), "refuses Footnote’s key"),
        (
            refusal(401, "insufficient_quota"),
            "credit with the answer service is used up",
        ),
        (refusal(400, "invalid_request"), "in other words"),
        (refusal(500, "internal_error"), "cannot be reached"),
    ] {
        api.script().then(refusal.with_headers(&[]));
        let asked = alice.begins_to_ask("And now?").await;
        let shown = asked.until(|text| text.contains(sentence)).await;
        assert!(!shown.contains("canary"), "{shown}");
    }
    let wait = refusal(429, "request_rate_limit_exceeded").with_headers(&[("retry-after", "40")]);
    api.script().then(wait);
    let asked = alice.begins_to_ask("And then?").await;
    asked
        .until(|text| text.contains("Please ask again in 40 seconds"))
        .await;
    api.next_run(Run::new().ends(agent::End::Failed(
        "canary-words".to_owned(),
        "internal_error".to_owned(),
    )));
    let asked = alice.begins_to_ask("At last?").await;
    asked.until(|text| text.contains("cannot be reached")).await;
    assert_eq!(
        api.calls().runs(),
        2,
        "what was refused began nothing, and nothing was asked twice"
    );
    drop(child);
}

#[tokio::test]
async fn check_asks_a_service_only_when_told_to_and_costs_nothing() {
    let (api, folder) = (api().await, tempfile::tempdir().unwrap());
    let quiet = output(footnote(folder.path(), &api).arg("check")).await;
    let (shown, _) = told(&quiet);
    assert!(
        shown.contains("Answers come from the Agent API at"),
        "{shown}"
    );
    assert_eq!(api.calls().all(), 0);

    let online = output(footnote(folder.path(), &api).args(["check", "--online"])).await;
    let (shown, log) = told(&online);
    assert!(online.status.success(), "{shown}{log}");
    assert!(shown.contains("answers and takes the key."), "{shown}");
    assert_eq!((api.calls().runs(), api.money()), (0, 0.0));

    for (trouble, why) in [
        (Refusal::invalid_key().with_headers(&[]), "refuses the key"),
        (Refusal::out_of_credit().with_headers(&[]), "credit"),
        (
            Trouble::Instead {
                status: 404,
                headers: vec![],
                body: "<html>".to_owned(),
            },
            "404",
        ),
        (
            Trouble::Instead {
                status: 200,
                headers: vec![],
                body: "<html>".to_owned(),
            },
            "none of its own",
        ),
    ] {
        api.script().then(trouble);
        let online = output(footnote(folder.path(), &api).args(["check", "--online"])).await;
        let (shown, log) = told(&online);
        assert!(!online.status.success() && shown.contains(why), "{shown}");
        assert!(!shown.contains(KEY) && !log.contains(KEY), "{shown}{log}");
    }
    let nobody = footnote(folder.path(), &api)
        .env("PERPLEXITY_BASE_URL", "http://127.0.0.1:1")
        .args(["check", "--online"])
        .output()
        .await
        .unwrap();
    let (shown, _) = told(&nobody);
    assert!(
        shown.contains("cannot be reached: mend agent.base_url (PERPLEXITY_BASE_URL)"),
        "{shown}"
    );
    assert!(
        !shown.contains("server's log"),
        "there is no server: {shown}"
    );
}

#[tokio::test]
async fn whoever_names_a_retired_endpoint_is_told_what_to_set_instead() {
    let world = TestBot::before_start(RateLimits::Calm, |_| {}).await;
    let body = r#"{"error":{"message":"Sonar is now the Agent API.","type":"chat_completions_not_available","code":403}}"#;
    let folder = tempfile::tempdir().unwrap();
    for (arguments, ok) in [
        (["check", "--online"].as_slice(), false),
        (&["demo", "--ask", "Why?"], false),
    ] {
        world.service.next(Script::Status(403, body));
        let mut command = alone(folder.path());
        command
            .env("DISCORD_TOKEN", "a.b.c")
            .env(
                "SONAR_BASE_URL",
                world.settings().answers.base_url.as_ref().unwrap(),
            )
            .args(arguments);
        let ended = output(&mut command).await;
        let (shown, log) = told(&ended);
        assert_eq!(ended.status.success(), ok);
        let said = format!("{shown}{log}");
        assert!(
            said.contains("unset SONAR_BASE_URL and SONAR_API_KEY, and set PERPLEXITY_API_KEY"),
            "{said}"
        );
    }
}
