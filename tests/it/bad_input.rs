//! What people and operators get wrong: a clear sentence each, nothing promised, nothing lost.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use discord_emulator::RateLimits;
use footnote_bot::app::App;
use footnote_bot::clock::SystemClock;
use footnote_bot::demo::{Demo, DemoOptions};
use footnote_bot::settings::Settings;
use sonar_server::DocumentLinks;
use sonar_server::engines::corpus::Silent;

use crate::harness::service::{Script, done};
use crate::harness::{TestBot, content};

/// The program as an operator starts it: in an empty folder, with these variables alone.
fn footnote(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_footnote"))
        .current_dir(folder)
        .env_clear()
        .envs(variables.iter().copied())
        .args(arguments)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn check_says_what_is_missing_and_exits_with_one() {
    let folder = tempfile::tempdir().unwrap();
    let output = footnote(
        folder.path(),
        &["check"],
        &[("DISCORD_ADDRESS", "127.0.0.1:8443")],
    );
    assert!(!output.status.success());
    assert!(
        text(&output.stdout).starts_with("DISCORD_TOKEN is not set: "),
        "{output:?}"
    );
}

#[test]
fn check_of_a_server_without_a_bot_says_that_there_is_none_and_checks_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let check = |variables: &[(&str, &str)]| footnote(folder.path(), &["check"], variables);
    let output = check(&[]);
    assert!(output.status.success(), "{output:?}");
    insta::assert_snapshot!(text(&output.stdout), @r"
    DISCORD_TOKEN is not set: put the bot's token into the environment or into .env (developer portal → your application → Bot → Reset Token)
    All else is complete: `footnote serve` can start, and without a token `footnote run` cannot.
    ");

    let output = check(&[("FOOTNOTE_BIND", "0.0.0.0:8765")]);
    assert!(output.status.success(), "{output:?}");
    assert!(
        text(&output.stdout)
            .contains("0.0.0.0:8765 can be reached from other machines and there are no keys"),
        "{output:?}"
    );

    let output = check(&[("FOOTNOTE_SERVER_HOSTS", "https://answers.example")]);
    assert!(!output.status.success(), "{output:?}");
    let told = text(&output.stdout);
    assert!(
        told.contains("server.hosts") && !told.contains("can start"),
        "{told}"
    );
}

#[test]
fn check_reads_a_dotenv_file_and_is_content_with_a_token() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".env"), "DISCORD_TOKEN=a.b.c\n").unwrap();
    let output = footnote(folder.path(), &["check"], &[]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(
        text(&output.stdout),
        "The model sonar-deep-research researches.\nThe settings are complete: `footnote run` can start.\n"
    );
    std::fs::write(
        folder.path().join("footnote.toml"),
        "[research]\nmodel = \"\"\n",
    )
    .unwrap();
    let output = footnote(folder.path(), &["check"], &[]);
    assert!(
        text(&output.stdout).starts_with("Nothing is researched: research.model is empty.\n"),
        "{output:?}"
    );
}

#[test]
fn check_says_what_the_documents_hold_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let docs = folder.path().join("docs");
    std::fs::create_dir(&docs).unwrap();
    std::fs::write(
        docs.join("bees.md"),
        "---\ndate: soon\n---\n# Bees\n\nThey hum.\n",
    )
    .unwrap();
    std::fs::write(docs.join("empty.md"), "").unwrap();
    std::fs::write(
        docs.join("lines.jsonl"),
        "{\"url\": \"https://bees.example/\", \"date\": \"2026-01-01\", \"text\": \"Hum.\"}\n{\n",
    )
    .unwrap();
    std::fs::write(
        folder.path().join("footnote.toml"),
        "[engine]\ncorpus = [\"docs\"]\n",
    )
    .unwrap();
    let check = || footnote(folder.path(), &["check"], &[("DISCORD_TOKEN", "a.b.c")]);
    let output = check();
    assert!(output.status.success(), "{output:?}");
    insta::assert_snapshot!(text(&output.stdout), @r"
    docs: 3 files, 2 documents, 1 with a date of publication, 1 without any date, 1 without a title, 1 without a public address
    documents of each host: bees.example 1
    left out: docs/empty.md: holds no text
    left out: docs/lines.jsonl, line 2: no document in JSON: EOF while parsing an object
    docs/bees.md: `date` is no day written YYYY-MM-DD: `soon`
    docs: a base_url in its corpus.toml gives its files public addresses
    The model sonar-deep-research researches.
    The settings are complete: `footnote run` can start.
    ");
    assert!(!folder.path().join("data").exists());

    std::fs::write(docs.join("corpus.toml"), "date = \"ctime\"\n").unwrap();
    let output = check();
    assert!(!output.status.success());
    let told = text(&output.stdout);
    assert!(
        told.starts_with("docs/corpus.toml: `date` must be \"git\""),
        "{told}"
    );
}

#[test]
fn run_without_a_token_ends_with_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let output = footnote(folder.path(), &["run"], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stderr).lines().count(), 1, "{output:?}");
    assert!(
        text(&output.stderr).starts_with("footnote: DISCORD_TOKEN is not set"),
        "{output:?}"
    );
}

#[test]
fn unreadable_settings_are_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("footnote.toml"),
        "[answers]\nmodle = 1\n",
    )
    .unwrap();
    for command in ["check", "run", "serve", "demo"] {
        let output = footnote(folder.path(), &[command], &[]);
        assert!(!output.status.success());
        let told = text(&output.stdout) + &text(&output.stderr);
        assert!(
            told.contains(
                "the setting `answers.modle` (in footnote.toml) is wrong: unknown field `modle`"
            ),
            "{told}"
        );
    }
    let missing = footnote(folder.path(), &["--config", "nowhere.toml", "check"], &[]);
    assert!(
        text(&missing.stdout).starts_with("the settings file nowhere.toml cannot be read"),
        "{missing:?}"
    );
}

#[test]
fn a_broken_dotenv_line_is_told_without_being_shown() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".env"), "DISCORD_TOKEN='canary\n").unwrap();
    let output = footnote(folder.path(), &["check"], &[]);
    let told = text(&output.stdout) + &text(&output.stderr);
    assert!(
        !output.status.success()
            && told.contains(".env cannot be read")
            && !told.contains("canary"),
        "{told}"
    );
}

#[test]
fn serve_names_a_port_in_use_and_folders_that_are_missing_or_empty() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("docs")).unwrap();
    let empty = footnote(
        folder.path(),
        &["serve", "--port", "0", "--corpus", "docs"],
        &[],
    );
    assert!(
        !empty.status.success() && text(&empty.stderr).contains("docs"),
        "{empty:?}"
    );
    let missing = footnote(
        folder.path(),
        &["serve", "--port", "0", "--corpus", "nowhere"],
        &[],
    );
    assert!(
        !missing.status.success() && text(&missing.stderr).contains("nowhere"),
        "{missing:?}"
    );

    std::fs::write(folder.path().join("docs/page.md"), "# Page\n\nSome text.\n").unwrap();
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = footnote(
        folder.path(),
        &["serve", "--port", &port, "--corpus", "docs"],
        &[],
    );
    assert!(
        !output.status.success() && text(&output.stderr).contains(&port),
        "{output:?}"
    );
}

#[tokio::test]
async fn a_demo_on_a_port_in_use_says_so() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let options = DemoOptions {
        port,
        ..DemoOptions::default()
    };
    let error = Demo::start(Settings::defaults().unwrap(), &options, Arc::new(Silent))
        .await
        .err()
        .unwrap();
    assert!(
        error
            .to_string()
            .starts_with(&format!("port {port} is in use")),
        "{error}"
    );
}

#[tokio::test]
async fn a_wrong_token_and_an_unreachable_discord_are_told_apart() {
    let bot = TestBot::before_start(RateLimits::Calm, |settings| {
        settings.discord.token = Some("wrong.to.ken".into())
    })
    .await;
    bot.discord.expects_rejections();
    let refused = App::build(
        bot.settings(),
        DocumentLinks::Nowhere,
        Arc::new(Silent),
        Arc::new(SystemClock),
    )
    .await
    .err()
    .unwrap()
    .to_string();
    assert!(
        refused.starts_with("Discord refuses the token") && !refused.contains("wrong.to.ken"),
        "{refused}"
    );

    let mut nowhere = bot.settings().clone();
    nowhere.discord.address = Some("127.0.0.1:1".to_owned());
    let unreachable = App::build(
        &nowhere,
        DocumentLinks::Nowhere,
        Arc::new(Silent),
        Arc::new(SystemClock),
    )
    .await
    .err()
    .unwrap()
    .to_string();
    assert!(
        unreachable.starts_with("Discord cannot be reached"),
        "{unreachable}"
    );
}

#[tokio::test]
async fn a_blank_question_is_refused_to_its_asker_alone() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    alice
        .puts("   ")
        .await
        .until(|text| text.starts_with("That question is empty."))
        .await;
    assert!(bot.person("bob").sees().is_empty());
    assert!(bot.service.asked().is_empty());
}

#[tokio::test]
async fn more_questions_than_may_be_open_are_refused() {
    let bot = TestBot::spawn_with(|settings| settings.answers.open_at_most = 1).await;
    bot.service.next(Script::Paused(vec![], vec![done(&[])]));
    bot.person("alice").begins_to_ask("First?").await;
    let bob = bot.person("bob");
    bob.puts("Second?")
        .await
        .until(|text| text.starts_with("Too many questions"))
        .await;
    assert_eq!(
        bob.sees()
            .iter()
            .filter(|message| content(message).starts_with("Too many"))
            .count(),
        1
    );
    bot.service.go_on();
    bot.settled().await;
}

#[tokio::test]
async fn one_person_cannot_take_every_turn() {
    let bot = TestBot::spawn_with(|settings| settings.answers.open_per_person = 1).await;
    bot.service.next(Script::Paused(vec![], vec![done(&[])]));
    let alice = bot.person("alice");
    alice.begins_to_ask("First?").await;
    alice
        .puts("Second?")
        .await
        .until(|text| text.starts_with("You have several questions open"))
        .await;
    assert!(
        bot.person("bob")
            .begins_to_ask("Mine?")
            .await
            .until(|text| text.contains("**Sources**"))
            .await
            .starts_with("Yes.")
    );
    bot.service.go_on();
    bot.settled().await;
}
