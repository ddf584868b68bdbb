//! The answer piece by piece.

use futures_util::StreamExt;
use futures_util::stream;
use serde_json::json;
use sonar::Error;
use tokio::sync::oneshot;

use crate::service::{Service, event_stream, question, text};

const FIRST: &str = "data: {\"object\":\"chat.completion.chunk\",\"choices\":[{\"delta\":{\"content\":\"Bec\"}}]}\n\n";
const SECOND: &str = "data: {\"object\":\"chat.completion.chunk\",\"choices\":[{\"delta\":{\"content\":\"ause.\"}}]}\n\n";
const LAST: &str = "data: {\"object\":\"chat.completion.done\",\"choices\":[{\"delta\":{\"content\":\"\"},\"message\":{\"content\":\"Because.\"}}]}\n\n";
const FINISHED: &str =
    "data: {\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"stop\"}]}\n\n";

async fn check(pieces: &[&'static str], expected: &str) -> Option<Error> {
    let (pieces, error) = Service::streaming(pieces).await.stream().await;
    assert_eq!(text(&pieces), expected);
    error
}

#[tokio::test]
async fn every_good_end_is_one() {
    assert!(
        check(&[FIRST, SECOND, LAST, "data: [DONE]\n\n"], "Because.")
            .await
            .is_none()
    );
    assert!(check(&[FIRST, SECOND, LAST], "Because.").await.is_none());
    assert!(
        check(&[FIRST, SECOND, FINISHED], "Because.")
            .await
            .is_none()
    );
    assert!(
        check(&[FIRST, SECOND, "data: [DONE]\n\n"], "Because.")
            .await
            .is_none()
    );
    assert!(
        check(&[FIRST, SECOND, FINISHED.trim_end()], "Because.")
            .await
            .is_none()
    );
    assert!(check(&["data: [DONE]\n\n", FIRST], "").await.is_none());
}

#[tokio::test]
async fn an_answer_cut_short_says_so() {
    for pieces in [
        &[][..],
        &[FIRST],
        &[FIRST, ": keep-alive\n\n"],
        &[FIRST, "data: {\"object\":\"chat.comp"],
    ] {
        let expected = if pieces.is_empty() { "" } else { "Bec" };
        assert!(
            matches!(check(pieces, expected).await, Some(Error::Truncated { .. })),
            "{pieces:?}"
        );
    }
}

#[tokio::test]
async fn one_malformed_piece_is_skipped_and_a_second_is_not() {
    assert!(
        check(&[FIRST, "data: {oops\n\n", SECOND, LAST], "Because.")
            .await
            .is_none()
    );
    let error = check(
        &[FIRST, "data: {oops\n\n", "data: 7\n\n", SECOND, LAST],
        "Bec",
    )
    .await;
    assert!(matches!(error, Some(Error::Unreadable { .. })), "{error:?}");
}

#[tokio::test]
async fn both_forms_of_an_error_inside_a_stream_end_it() {
    for event in [
        "event: error\ndata: {\"error\":{\"message\":\"No.\",\"type\":\"t\",\"code\":400}}\n\n",
        "data: {\"error\":{\"message\":\"No.\",\"type\":\"t\",\"code\":400}}\n\n",
    ] {
        let error = check(&[FIRST, event, SECOND], "Bec").await;
        let Some(Error::Rejected { kind, message, .. }) = error else {
            panic!("{error:?}");
        };
        assert_eq!((kind.as_deref(), message.as_str()), (Some("t"), "No."));
    }
    let error = check(&[FIRST, "event: error\ndata: it broke\n\n"], "Bec").await;
    assert!(
        matches!(
            error,
            Some(Error::Unavailable {
                status: Some(500),
                ..
            })
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_stream_is_asked_for_and_its_pieces_come_as_they_are_sent() {
    let (go_on, wait) = oneshot::channel::<()>();
    let wait = std::sync::Mutex::new(Some(wait));
    let service = Service::replying(move || {
        let wait = wait.lock().unwrap().take().unwrap();
        let rest = stream::once(async move {
            wait.await.unwrap();
            LAST
        });
        event_stream(stream::iter([FIRST]).chain(rest))
    })
    .await;
    let client = service.builder().build().unwrap();
    let mut pieces = client.chat_stream(&question()).await.unwrap();

    assert_eq!(pieces.next().await.unwrap().unwrap().added_text(), "Bec");
    go_on.send(()).unwrap();
    assert!(pieces.next().await.unwrap().unwrap().is_last());
    assert!(pieces.next().await.is_none());

    let asked = service.asked().await;
    assert_eq!(asked.headers["accept"], "text/event-stream");
    assert_eq!(asked.body["stream"], json!(true));
}

#[tokio::test]
async fn dropping_the_stream_hangs_up() {
    let (gone, told) = oneshot::channel::<()>();
    let gone = std::sync::Mutex::new(Some(gone));
    let service = Service::replying(move || {
        let gone = gone.lock().unwrap().take();
        // The service speaks for ever and holds `gone` until its reply is dropped.
        event_stream(stream::unfold(gone, |gone| async move {
            tokio::task::yield_now().await;
            Some((": still here\n\n", gone))
        }))
    })
    .await;
    let client = service.builder().build().unwrap();
    drop(client.chat_stream(&question()).await.unwrap());
    assert!(
        told.await.is_err(),
        "the service drops its side when we hang up"
    );
}
