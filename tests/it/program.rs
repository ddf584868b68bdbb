//! The program as an operator runs it: a process with variables, signals and a log.

use std::process::Stdio;
use std::time::Duration;

use discord_emulator::RateLimits;
use insta::assert_snapshot;
use secrecy::ExposeSecret;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};

use crate::harness::service::{Script, pieces};
use crate::harness::{SOON, TestBot, content};
use crate::threads::{messages, until};

/// `footnote run` against the local Discord of a world, logging everything that it ever would.
fn run(world: &TestBot) -> Child {
    let settings = world.settings();
    let discord = &settings.discord;
    Command::new(env!("CARGO_BIN_EXE_footnote"))
        .arg("run")
        .env_clear()
        .current_dir(settings.data_dir.parent().unwrap())
        .env(
            "DISCORD_TOKEN",
            discord.token.as_ref().unwrap().expose_secret(),
        )
        .env("DISCORD_ADDRESS", discord.address.as_ref().unwrap())
        .env("DISCORD_CA_FILE", discord.ca_file.as_ref().unwrap())
        .env("DISCORD_GATEWAY_URL", discord.gateway_url.as_ref().unwrap())
        .env(
            "SONAR_BASE_URL",
            settings.answers.base_url.as_ref().unwrap(),
        )
        .env("SONAR_API_KEY", "canary-key")
        .env("FOOTNOTE_DATA_DIR", &settings.data_dir)
        .env("FOOTNOTE_LOG", "debug")
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

async fn signal(child: &Child, name: &str) {
    let pid = child.id().unwrap().to_string();
    assert!(
        Command::new("kill")
            .args(["-s", name, &pid])
            .status()
            .await
            .unwrap()
            .success()
    );
}

/// Everything it logged, once it has ended with success.
async fn ended(mut child: Child) -> String {
    let mut log = String::new();
    let mut stderr = child.stderr.take().unwrap();
    let (read, status) = tokio::time::timeout(SOON, async {
        tokio::join!(stderr.read_to_string(&mut log), child.wait())
    })
    .await
    .unwrap();
    read.unwrap();
    assert!(status.unwrap().success(), "{log}");
    log
}

#[tokio::test]
async fn the_log_holds_no_secret_and_no_text_and_the_end_is_clean() {
    let world = TestBot::before_start(RateLimits::Calm, |_| {}).await;
    let child = run(&world);
    world.discord.bot_is_ready(SOON).await.unwrap();
    world.will_answer(
        "The canary-answer.[1]",
        &["https://example.org/canary-source"],
    );
    let alice = world.person("alice");
    let asked = alice.begins_to_ask("A canary-question?").await;
    asked.until(|text| text.contains("**Sources**")).await;
    world.service.next(Script::Status(500, "canary-body"));
    alice
        .begins_to_ask("A second canary-question?")
        .await
        .until(|text| text.contains("cannot be reached"))
        .await;
    let echo = r#"{"error":{"message":"bad input: A canary-question?","type":"invalid_message","code":400}}"#;
    world.service.next(Script::Status(400, echo));
    alice
        .begins_to_ask("A third canary-question?")
        .await
        .until(|text| text.contains("other words"))
        .await;
    signal(&child, "TERM").await;

    let log = ended(child).await;
    assert!(
        log.contains("question done") && log.contains("no answer"),
        "{log}"
    );
    let token = world
        .settings()
        .discord
        .token
        .as_ref()
        .unwrap()
        .expose_secret();
    assert!(!log.contains("canary") && !log.contains(token), "{log}");
}

#[tokio::test]
async fn a_killed_process_is_followed_by_one_that_tells_the_reader() {
    let world = TestBot::before_start(RateLimits::Calm, |_| {}).await;
    let mut killed = run(&world);
    world.discord.bot_is_ready(SOON).await.unwrap();
    world
        .service
        .next(Script::Stalls(pieces("Paris is the capital. It ", &[])));
    let asked = world
        .person("alice")
        .begins_to_ask("Capital of France?")
        .await;
    asked.until(|text| text.contains("Paris")).await;
    killed.kill().await.unwrap();

    let next = run(&world);
    asked
        .until(|text| text.contains("Footnote was restarted"))
        .await;
    signal(&next, "INT").await;
    ended(next).await;
    assert_eq!(
        world.service.asked().len(),
        1,
        "asking again would be paid twice"
    );
}

#[tokio::test]
async fn a_conversation_in_a_thread_survives_a_kill_in_the_middle_of_an_answer() {
    let world = TestBot::before_start(RateLimits::Calm, |_| {}).await;
    world.discord.allow_message_content(true);
    let mut killed = run(&world);
    world.discord.bot_is_ready(SOON).await.unwrap();
    world.will_answer("Paris.[1]", &["https://example.org/france"]);
    let alice = world.person("alice");
    let asked = alice.begins_to_ask("Capital of France?").await;
    asked.until(|text| text.contains("**Sources**")).await;
    let inside = alice.at(&until(|| asked.thread()).await);
    world
        .service
        .next(Script::Stalls(pieces("The Seine. It ", &[])));
    inside
        .person
        .says(&inside.channel, "And its river?")
        .unwrap();
    let shown = |wanted: &str| {
        let seen = inside.sees();
        let found = seen
            .iter()
            .filter(|message| content(message).contains(wanted));
        (found.count() == 1).then_some(())
    };
    until(|| shown("Writing")).await;
    killed.kill().await.unwrap();

    let next = run(&world);
    until(|| shown("Footnote was restarted")).await;
    assert_eq!(shown("Writing"), None);
    inside
        .person
        .says(&inside.channel, "And its hills?")
        .unwrap();
    until(|| shown("Yes. [1]")).await;
    signal(&next, "INT").await;
    ended(next).await;
    assert_snapshot!(messages(&world, 2), @r"
    user: Capital of France?
    assistant: Paris.
    user: And its hills?
    ");
    let texts = inside
        .sees()
        .iter()
        .filter(|message| !content(message).is_empty())
        .count();
    assert_eq!(texts, 4, "two questions and an answer to each");
}

#[tokio::test]
async fn a_second_process_on_the_same_data_is_refused() {
    let world = TestBot::before_start(RateLimits::Calm, |_| {}).await;
    let first = run(&world);
    world.discord.bot_is_ready(SOON).await.unwrap();
    let second = run(&world).wait_with_output();
    let second = tokio::time::timeout(Duration::from_secs(20), second)
        .await
        .unwrap()
        .unwrap();
    let told = String::from_utf8_lossy(&second.stderr);
    assert!(
        !second.status.success() && told.contains("another Footnote uses the data directory"),
        "{told}"
    );
    signal(&first, "TERM").await;
    ended(first).await;
}

#[tokio::test]
async fn a_demo_that_waits_for_a_silent_service_ends_when_told_to() {
    let world = TestBot::before_start(RateLimits::Calm, |_| {}).await;
    world.service.next(Script::Silent);
    let folder = tempfile::tempdir().unwrap();
    let demo = Command::new(env!("CARGO_BIN_EXE_footnote"))
        .args(["demo", "--ask", "Is anybody there?"])
        .env_clear()
        .current_dir(folder.path())
        .env(
            "SONAR_BASE_URL",
            world.settings().answers.base_url.as_ref().unwrap(),
        )
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    world.service.asked_in_all(1).await;
    signal(&demo, "INT").await;
    let output = tokio::time::timeout(SOON, demo.wait_with_output())
        .await
        .unwrap()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && told.contains("interrupted before there was an answer"),
        "{told}"
    );
}
