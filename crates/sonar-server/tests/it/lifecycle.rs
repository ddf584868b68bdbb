//! Starting, stopping, hanging up, and engines that misbehave.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{FutureExt, StreamExt, stream};
use serde_json::{Value, json};
use sonar::Error;
use sonar_server::engines::Event;
use sonar_server::{Failure, JobSettings, Server, ServerSettings, StartError};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::scripted::{
    Scripted, TEXT, answer, answering, asking, client, delta, done, post, question, sources, start,
    streamed, text,
};

const SOON: Duration = Duration::from_millis(20);

/// An engine that says the first half, waits for the word, and says the rest. What is returned gives the word, or,
/// awaited, tells that the engine's stream was dropped.
fn waiting(before: usize) -> (Arc<Scripted>, oneshot::Sender<()>) {
    let (word, wait) = oneshot::channel::<()>();
    let wait = Mutex::new(Some(wait));
    let engine = Scripted::new(move |_| {
        let wait = wait.lock().unwrap().take().unwrap();
        let mut first = answer();
        let rest = first.split_off(before);
        stream::iter(first).chain(
            wait.into_stream()
                .flat_map(move |_| stream::iter(rest.clone())),
        )
    });
    (engine, word)
}

#[tokio::test]
async fn a_port_in_use_is_named_with_the_mend() {
    let first = answering().await;
    let settings = ServerSettings {
        bind: first.address(),
        ..ServerSettings::default()
    };
    let error = Server::start(settings, Scripted::playing(answer()))
        .await
        .unwrap_err();
    assert!(matches!(error, StartError::PortInUse { address } if address == first.address()));
    assert!(error.to_string().contains("choose another port"), "{error}");
}

#[tokio::test]
async fn what_is_in_the_way_shows_before_the_engine_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let settings = || ServerSettings {
        jobs: JobSettings {
            file: Some(folder.path().join("jobs.db")),
            ..JobSettings::default()
        },
        ..ServerSettings::default()
    };
    let reserved = Server::reserve(settings()).await.unwrap();
    let error = Server::reserve(settings()).await.unwrap_err();
    assert!(matches!(error, StartError::Jobs(_)), "{error}");

    let first = reserved.answer(Scripted::playing(answer())).unwrap();
    let taken = ServerSettings {
        bind: first.address(),
        ..ServerSettings::default()
    };
    let error = Server::reserve(taken).await.unwrap_err();
    assert!(matches!(error, StartError::PortInUse { .. }), "{error}");
    assert_eq!(post(&first, &asking(json!({}))).await.status(), 200);
}

#[tokio::test]
async fn closing_lets_an_answer_finish_and_accepts_no_more() {
    let (engine, word) = waiting(2);
    let server = start(engine, ServerSettings::default()).await;
    let client = client(&server);
    let mut pieces = client.chat_stream(&question()).await.unwrap();
    pieces.next().await.unwrap().unwrap();

    let mut closing = JoinSet::new();
    closing.spawn(server.close());
    while !matches!(
        client.chat(&question()).await,
        Err(Error::Unavailable { status: None, .. })
    ) {
        tokio::task::yield_now().await;
    }
    word.send(()).unwrap();
    let rest: Vec<_> = pieces.map(Result::unwrap).collect().await;
    assert_eq!(rest.last().unwrap().text(), TEXT);
    closing.join_next().await.unwrap().unwrap();
}

#[tokio::test]
async fn closing_tells_what_runs_beside_the_server_and_waits_for_it() {
    let server = answering().await;
    let (done, mut is_done) = oneshot::channel();
    server.beside(|closing| async move {
        closing.cancelled().await;
        tokio::task::yield_now().await;
        done.send(()).unwrap();
    });
    assert!(is_done.try_recv().is_err());
    server.close().await;
    assert!(is_done.try_recv().is_ok());
}

#[tokio::test]
async fn closing_does_not_wait_for_ever() {
    let (engine, mut word) = waiting(2);
    let settings = ServerSettings {
        grace: SOON,
        ..ServerSettings::default()
    };
    let server = start(engine, settings).await;
    let mut pieces = client(&server).chat_stream(&question()).await.unwrap();
    pieces.next().await.unwrap().unwrap();
    server.close().await;
    assert!(
        word.closed().now_or_never().is_some(),
        "no task of the answer is left"
    );

    let rest: Vec<_> = pieces.collect().await;
    let error = rest.into_iter().find_map(Result::err);
    assert!(
        matches!(
            error,
            Some(Error::Unavailable {
                status: Some(503),
                ..
            })
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn hanging_up_drops_the_engines_stream() {
    let (engine, mut word) = waiting(2);
    let server = start(engine, ServerSettings::default()).await;
    let mut pieces = client(&server).chat_stream(&question()).await.unwrap();
    pieces.next().await.unwrap().unwrap();
    drop(pieces);
    word.closed().await;
}

#[tokio::test]
async fn hanging_up_before_a_whole_answer_drops_the_engines_stream() {
    let (asked, told) = oneshot::channel();
    let (word, mut dropped) = {
        let (engine, word) = waiting(0);
        let asked = Mutex::new(Some(asked));
        let engine = Scripted::new(move |request| {
            asked.lock().unwrap().take().unwrap().send(()).unwrap();
            use sonar_server::engines::Engine as _;
            engine.answer(Arc::new(request.clone()))
        });
        (engine, word)
    };
    let server = start(word, ServerSettings::default()).await;
    let client = client(&server);
    let mut asking = JoinSet::new();
    asking.spawn(async move { client.chat(&question()).await });
    told.await.unwrap();
    drop(asking);
    dropped.closed().await;
}

#[tokio::test]
async fn a_silent_stream_is_kept_alive() {
    for before in [0, 2] {
        let (engine, word) = waiting(before);
        let settings = ServerSettings {
            keep_alive: SOON,
            ..ServerSettings::default()
        };
        let server = start(engine, settings).await;
        let mut reply = post(
            &server,
            &asking(json!({ "stream": true, "stream_mode": "concise" })),
        )
        .await;
        let mut said = String::new();
        while !said.contains(": keep-alive\n\n") {
            said.push_str(std::str::from_utf8(&reply.chunk().await.unwrap().unwrap()).unwrap());
        }
        word.send(()).unwrap();
        while let Some(chunk) = reply.chunk().await.unwrap() {
            said.push_str(std::str::from_utf8(&chunk).unwrap());
        }
        assert!(said.ends_with("data: [DONE]\n\n"), "{said}");
    }
}

/// What becomes of an engine that plays these events: the error of a whole answer, and what a stream gave.
async fn outcome(events: Vec<Event>) -> (Option<u16>, String, Option<u16>) {
    let server = start(Scripted::playing(events), ServerSettings::default()).await;
    let status = |error: Option<Error>| match error {
        None => None,
        Some(Error::Unavailable { status, .. }) => status,
        Some(other) => panic!("{other:?}"),
    };
    let whole = client(&server).chat(&question()).await.err();
    let (pieces, error) = streamed(&client(&server), &question()).await;
    (status(whole), text(&pieces), status(error))
}

#[tokio::test]
async fn an_engine_that_fails_or_loses_its_way_fails_the_answer() {
    let failure = Failure::new(axum_status(502), "engine_unreachable", "Nobody is there.");
    let failed = || Event::Failed(failure.clone());
    for (events, expected) in [
        (vec![failed()], (Some(502), "", Some(502))),
        (
            vec![sources(), delta("Half "), failed()],
            (Some(502), "Half ", Some(502)),
        ),
        (
            vec![sources(), delta("Half ")],
            (Some(500), "Half ", Some(500)),
        ),
        (vec![], (Some(500), "", Some(500))),
        (
            vec![delta("No source. "), done()],
            (Some(500), "", Some(500)),
        ),
        (
            vec![sources(), delta("a"), sources(), done()],
            (Some(500), "a", Some(500)),
        ),
        (vec![sources(), done(), delta("late")], (None, "", None)),
    ] {
        let (whole, text, streamed) = outcome(events).await;
        assert_eq!((whole, text.as_str(), streamed), expected);
    }
}

fn axum_status(code: u16) -> axum::http::StatusCode {
    axum::http::StatusCode::from_u16(code).unwrap()
}

#[tokio::test]
async fn an_engine_that_panics_costs_one_answer_and_not_the_connection() {
    let panics = || stream::once(async { panic!("deliberately") });
    let engines: [Arc<Scripted>; 3] = [
        Scripted::new(|_| -> stream::Empty<Event> { panic!("deliberately") }),
        Scripted::new(move |_| panics()),
        Scripted::new(move |_| stream::iter([sources(), delta("Half ")]).chain(panics())),
    ];
    for engine in engines {
        let server = start(engine, ServerSettings::default()).await;
        for _ in 0..2 {
            let reply = post(&server, &asking(json!({}))).await;
            assert_eq!(reply.status(), 500);
            assert!(reply.headers().contains_key("x-request-id"));
            let body: Value = reply.json().await.unwrap();
            assert_eq!(body["error"]["type"], "internal_error");
        }
        let (_, error) = streamed(&client(&server), &question()).await;
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
}
