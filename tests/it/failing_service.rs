//! An answer service that fails, lies or falls silent: one sentence for the reader, and never "thinking" for ever.

use footnote_bot::settings::Settings;
use insta::assert_snapshot;

use crate::harness::TestBot;
use crate::harness::service::{Script, done, pieces};

/// What the reader is shown when the service does this.
async fn shown(script: Script) -> String {
    shown_with(script, |_| {}).await
}

async fn shown_with(script: Script, change: impl FnOnce(&mut Settings)) -> String {
    let bot = TestBot::spawn_with(change).await;
    bot.service.next(script);
    let asked = bot.person("alice").asks(&bot, "Capital of France?").await;
    asked.shown()
}

#[tokio::test]
async fn errors_are_told_in_a_sentence() {
    assert_snapshot!(shown(Script::Status(500, "<html>oh no</html>")).await, @"The answer service cannot be reached right now. Please ask again in a few minutes.");
    assert_snapshot!(shown(Script::Status(404, "")).await, @"The answer service cannot be reached right now. Please ask again in a few minutes.");
    assert_snapshot!(shown(Script::Busy(20)).await, @"The answer service is busy. Please ask again in 20 seconds.");
    assert_snapshot!(shown(Script::Status(401, r#"{"error":{"message":"no","type":"invalid_api_key","code":401}}"#)).await, @"The answer service refuses Footnote’s key. Please tell whoever runs this bot.");
    assert_snapshot!(shown(Script::Status(401, r#"{"error":{"message":"no","type":"insufficient_quota","code":401}}"#)).await, @"Footnote’s credit with the answer service is used up. Please tell whoever runs this bot.");
    assert_snapshot!(shown(Script::Status(403, r#"{"error":{"message":"no","type":"chat_completions_not_available","code":403}}"#)).await, @"The answer service no longer answers at its address. Please tell whoever runs this bot.");
    assert_snapshot!(shown(Script::Status(400, r#"{"error":{"message":"no","type":"invalid_model","code":400}}"#)).await, @"The answer service cannot answer this question. Please ask it in other words.");
}

#[tokio::test]
async fn a_short_wait_is_waited_out_for_the_reader() {
    let bot = TestBot::spawn().await;
    bot.service.next(Script::Busy(1));
    let asked = bot.person("alice").asks(&bot, "Capital of France?").await;
    assert!(asked.shown().starts_with("Yes."), "{}", asked.shown());
    assert_eq!(bot.service.asked().len(), 2);
}

#[tokio::test]
async fn lies_are_told_in_a_sentence() {
    assert_snapshot!(shown(Script::Status(200, "<html>welcome</html>")).await, @"The answer service sent something that is no answer. Please ask again in a few minutes.");
    assert_snapshot!(shown(Script::Status(200, r#"{"choices": "#)).await, @"The answer service sent something that is no answer. Please ask again in a few minutes.");
    assert_snapshot!(shown(Script::answer("  ", &[])).await, @r"
    The answer service sent an empty answer. Please ask again, perhaps in other words.
    -# sonar · ? s · $0.0051
    ");
}

#[tokio::test]
async fn an_answer_that_breaks_off_keeps_what_had_come_and_says_so() {
    let bot = TestBot::spawn().await;
    bot.service.next(Script::Cut(pieces(
        "Paris is the capital.[1] It lies on the",
        &["https://example.org/france"],
    )));
    let asked = bot
        .person("alice")
        .begins_to_ask("Capital of France?")
        .await;
    asked.until(|text| text.contains("Paris")).await;
    bot.service.go_on();
    bot.settled().await;
    assert_snapshot!(asked.shown(), @r"
    Paris is the capital. [1](<https://example.org/france>)

    **Sources**
    `1` [Page at example.org/france](<https://example.org/france>) · example.org

    The answer broke off before it was complete. Please ask again.
    ");
    let ended = Script::Events(pieces("Paris is the capital. It lies on the", &[]));
    assert_snapshot!(shown(ended).await, @r"
    Paris is the capital.

    The answer broke off before it was complete. Please ask again.
    ");
}

#[tokio::test]
async fn silence_ends_when_a_limit_is_reached() {
    let first_byte = |settings: &mut Settings| settings.answers.first_byte_seconds = 1;
    assert_snapshot!(shown_with(Script::Silent, first_byte).await, @"The answer service took too long. Please ask again.");
    let idle = |settings: &mut Settings| settings.answers.idle_seconds = 1;
    assert_snapshot!(shown_with(Script::Stalls(pieces("Paris is the ", &[])), idle).await, @"The answer service took too long. Please ask again.");
}

#[tokio::test]
async fn a_service_that_is_not_there_is_told_in_a_sentence() {
    let nowhere =
        |settings: &mut Settings| settings.answers.base_url = Some("http://127.0.0.1:1".to_owned());
    assert_snapshot!(shown_with(Script::Silent, nowhere).await, @"The answer service cannot be reached right now. Please ask again in a few minutes.");
}

#[tokio::test]
async fn one_failure_does_not_keep_others_from_their_answers() {
    let bot = TestBot::spawn().await;
    bot.service.next(Script::Status(500, ""));
    bot.person("alice").asks(&bot, "First?").await;
    let asked = bot.person("bob").asks(&bot, "Second?").await;
    assert!(asked.shown().starts_with("Yes."));
}

#[tokio::test]
async fn a_piece_that_cannot_be_read_never_changes_the_meaning_silently() {
    let hole = ["data: {\"broken\n\n".to_owned()];
    let around = |end: String| {
        Script::Events(
            [
                pieces("The dose is 5 mg. Do ", &[]),
                hole.to_vec(),
                pieces("exceed it.", &[]),
                vec![end],
            ]
            .concat(),
        )
    };
    assert_snapshot!(shown(around(done(&[]))).await, @r"
    The dose is 5 mg.

    The answer service sent something that is no answer. Please ask again in a few minutes.
    ");
    let whole = done(&[]).replace(
        r#""content":"""#,
        r#""content":"The dose is 5 mg. Do not exceed it.""#,
    );
    assert_snapshot!(shown(around(whole)).await, @r"
    The dose is 5 mg. Do not exceed it.
    -# No sources cited · sonar · ? s · $0.0051
    ");
}

#[tokio::test]
async fn a_flood_without_a_sentence_is_bounded() {
    let bot = TestBot::spawn().await;
    bot.service.next(Script::Events(vec![
        pieces(&"word".repeat(500_000), &[]).concat(),
        done(&[]),
    ]));
    let asked = bot.person("alice").asks(&bot, "Everything?").await;
    assert!(asked.shown().starts_with("wordword"));
    assert!(bot.person("alice").sees().len() <= 12);
}

#[tokio::test]
async fn a_service_that_refuses_a_concise_stream_is_asked_without_from_then_on() {
    for refusal in [
        Script::Status(
            400,
            r#"{"error":{"message":"Extra inputs are not permitted: stream_mode","type":"invalid_request","code":400}}"#,
        ),
        Script::Status(
            422,
            r#"{"detail":[{"type":"extra_forbidden","loc":["body","stream_mode"],"msg":"Extra inputs are not permitted"}]}"#,
        ),
    ] {
        let bot = TestBot::spawn().await;
        bot.service.next(refusal);
        let alice = bot.person("alice");
        for question in ["First?", "Second?"] {
            let asked = alice.asks(&bot, question).await;
            assert!(asked.shown().starts_with("Yes."), "{}", asked.shown());
        }
        let requests = bot.service.asked();
        let modes: Vec<_> = requests
            .iter()
            .map(|asked| asked["stream_mode"].as_str())
            .collect();
        assert_eq!(modes, [Some("concise"), None, None]);
    }
}
