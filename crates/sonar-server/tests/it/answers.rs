//! Answers, read with our own client in both ways.

use std::num::NonZeroU32;

use sonar::{FinishReason, StreamMode};
use sonar_server::{Dialect, ServerSettings};

use crate::scripted::{
    Scripted, TEXT, answer, answering, client, delta, done, question, sources, start, streamed,
    text,
};

#[tokio::test]
async fn an_answer_is_the_same_whole_or_streamed() {
    let server = answering().await;
    let client = client(&server);
    let whole = client.chat(&question()).await.unwrap();
    assert_eq!(whole.text(), TEXT);
    assert_eq!(whole.finish_reason(), Some(&FinishReason::Stop));
    assert_eq!(whole.sources()[0].url, "https://a.example/because");

    for mode in [None, Some(StreamMode::Full), Some(StreamMode::Concise)] {
        let mut request = question();
        request.stream_mode = mode;
        let (pieces, error) = streamed(&client, &request).await;
        assert!(error.is_none(), "{error:?}");
        assert_eq!(text(&pieces), TEXT);
        let last = pieces.last().unwrap();
        assert_eq!(
            (last.text(), last.sources(), &last.usage),
            (whole.text(), whole.sources(), &whole.usage)
        );
    }
    server.close().await;
}

#[tokio::test]
async fn related_questions_come_when_asked_for() {
    let server = answering().await;
    let mut request = question();
    assert_eq!(
        client(&server)
            .chat(&request)
            .await
            .unwrap()
            .related_questions,
        None
    );
    request.return_related_questions = Some(true);
    let related = client(&server)
        .chat(&request)
        .await
        .unwrap()
        .related_questions;
    assert_eq!(related, Some(vec!["And then?".to_owned()]));
}

#[tokio::test]
async fn a_stream_without_the_sentinel_is_complete_too() {
    let settings = ServerSettings {
        dialect: Dialect {
            done_sentinel: false,
            ..Dialect::default()
        },
        ..ServerSettings::default()
    };
    let server = start(Scripted::playing(answer()), settings).await;
    let (pieces, error) = streamed(&client(&server), &question()).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(text(&pieces), TEXT);
}

#[tokio::test]
async fn paced_text_comes_in_more_pieces_and_is_the_same() {
    let quoted = "> one two three four five six seven eight nine ten, é 🙂 done. [1]\n\n*End.*";
    let events = vec![sources(), delta(quoted), done()];
    let settings = ServerSettings {
        pace: NonZeroU32::new(100),
        ..ServerSettings::default()
    };
    let server = start(Scripted::playing(events.clone()), settings).await;
    let mut request = question();
    request.stream_mode = Some(StreamMode::Concise);
    let (paced, error) = streamed(&client(&server), &request).await;
    assert!(error.is_none(), "{error:?}");

    let at_once = start(Scripted::playing(events), ServerSettings::default()).await;
    let (unpaced, _) = streamed(&client(&at_once), &request).await;
    assert_eq!(
        (text(&paced), text(&unpaced)),
        (quoted.to_owned(), quoted.to_owned())
    );
    let added = |pieces: &[sonar::ChatChunk]| {
        pieces
            .iter()
            .filter(|piece| !piece.added_text().is_empty())
            .count()
    };
    assert_eq!(added(&unpaced), 1);
    assert!(added(&paced) > 1);
}

#[tokio::test]
async fn twenty_ask_at_once_and_each_is_answered() {
    let engine = Scripted::new(|request: &sonar::ChatRequest| {
        let text = request.messages[0].content.text().into_owned();
        futures_util::stream::iter([sources(), delta(&text), done()])
    });
    let server = start(engine, ServerSettings::default()).await;
    let client = client(&server);
    let asked = (0..20).map(|number| {
        let client = client.clone();
        async move {
            let mut request = question();
            request.messages[0].content = format!("Number {number}?").into();
            let (pieces, error) = streamed(&client, &request).await;
            (number, text(&pieces), error.is_none())
        }
    });
    for (number, text, complete) in futures_util::future::join_all(asked).await {
        assert_eq!((text, complete), (format!("Number {number}?"), true));
    }
}
