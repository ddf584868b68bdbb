//! The troubles of a reply, as a client meets them.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use futures_util::StreamExt;
use proptest::prelude::*;
use reqwest::Client;
use serde_json::json;
use stand_ins::{Reply, Running, Script, Trouble};
use tokio::time::timeout;

/// A stand-in whose replies are a list of one string, which the script may spoil.
async fn start(script: &Script) -> Running {
    let reply = async |State(script): State<Script>| {
        let reply = Reply::json(200, &json!(["good"])).header("x-good", "yes");
        reply.sent(script.take()).await
    };
    let routes = Router::new().route("/", get(reply));
    Running::start(0, routes.with_state(script.clone()))
        .await
        .unwrap()
}

/// The status, and the bytes that came before the end or the break.
async fn fetch(running: &Running) -> (u16, Vec<u8>, bool) {
    let client = Client::builder().build().unwrap();
    let mut response = client.get(running.url()).send().await.unwrap();
    let status = response.status().as_u16();
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return (status, bytes, true),
            Err(_) => return (status, bytes, false),
        }
    }
}

#[tokio::test]
async fn each_trouble_comes_once_and_in_order() {
    let script = Script::default();
    let running = start(&script).await;
    let instead = Trouble::Instead {
        status: 503,
        headers: Vec::new(),
        body: "<html>".to_owned(),
    };
    script
        .then(instead)
        .then_well()
        .then(Trouble::Body("[7]".to_owned()))
        .then(Trouble::Pieces { of: 1 });
    assert_eq!(fetch(&running).await, (503, b"<html>".to_vec(), true));
    assert_eq!(fetch(&running).await, (200, b"[\"good\"]".to_vec(), true));
    assert_eq!(fetch(&running).await, (200, b"[7]".to_vec(), true));
    assert_eq!(fetch(&running).await, (200, b"[\"good\"]".to_vec(), true));
    assert_eq!(fetch(&running).await, (200, b"[\"good\"]".to_vec(), true));
}

#[tokio::test]
async fn a_cut_lets_just_so_many_bytes_through() {
    let script = Script::default();
    let running = start(&script).await;
    for after in 0..=8 {
        script.then(Trouble::Cut { after });
        let (status, bytes, whole) = fetch(&running).await;
        assert_eq!(
            (status, bytes.as_slice(), whole),
            (200, &b"[\"good\"]"[..after], false)
        );
    }
}

#[tokio::test]
async fn a_stall_and_silence_do_not_end_by_themselves() {
    let script = Script::default();
    let running = start(&script).await;
    let short = Duration::from_millis(200);
    script
        .then(Trouble::Stall { after: 3 })
        .then(Trouble::Silence);
    for _ in 0..2 {
        assert!(timeout(short, fetch(&running)).await.is_err());
    }
    assert_eq!(fetch(&running).await.0, 200);
}

#[tokio::test]
async fn a_stand_in_that_is_closed_breaks_what_it_was_sending() {
    let script = Script::default();
    let running = start(&script).await;
    script.then(Trouble::Stall { after: 3 });
    let client = Client::builder().build().unwrap();
    let mut response = client.get(running.url()).send().await.unwrap();
    assert_eq!(response.chunk().await.unwrap().unwrap().as_ref(), b"[\"g");
    let url = running.url();
    running.close().await;
    assert!(response.chunk().await.is_err());
    assert!(client.get(url).send().await.is_err());
}

/// The bytes of a reply that arrive, and whether its end does.
async fn arriving(reply: Reply, trouble: Option<Trouble>) -> (Vec<u8>, bool) {
    let mut body = reply.sent(trouble).await.into_body().into_data_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = body.next().await {
        match chunk {
            Ok(chunk) => bytes.extend_from_slice(&chunk),
            Err(_) => return (bytes, false),
        }
    }
    (bytes, true)
}

proptest! {
    /// Whatever the pieces: all of them arrive well or cut up, and of a cut just what is before it.
    #[test]
    fn a_trouble_changes_no_byte_that_arrives(
        pieces in prop::collection::vec("\\PC{0,20}", 0..6),
        number in 0_usize..150,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let whole = pieces.concat().into_bytes();
            let reply = Reply::events(pieces, Duration::ZERO);
            prop_assert_eq!(arriving(reply.clone(), None).await, (whole.clone(), true));
            let in_pieces = Trouble::Pieces { of: number };
            prop_assert_eq!(arriving(reply.clone(), Some(in_pieces)).await, (whole.clone(), true));
            let cut = Trouble::Cut { after: number };
            let before = whole.iter().copied().take(number).collect();
            prop_assert_eq!(arriving(reply.clone(), Some(cut)).await, (before, false));
            let another = Trouble::Body("another".to_owned());
            prop_assert_eq!(arriving(reply, Some(another)).await, (b"another".to_vec(), true));
            Ok(())
        })?;
    }
}
