//! The search and the model share one time, which begins with the question.

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::{Value, json};
use sonar_server::engines::local::LocalEngine;
use sonar_server::engines::writer::{Writer, WriterSettings};
use sonar_server::engines::{Engine, Event};
use stand_ins::Trouble;
use stand_ins::chat::ChatEndpoint;
use tempfile::TempDir;
use tokio::time::{Instant, advance, pause, resume};
use tokio_util::task::TaskTracker;

use super::world::asking;
use crate::documents::opened;

/// From the question to the last word of a model.
const SHARED: Duration = Duration::from_secs(290);

/// How long the reader of the events stays away after the search.
const AWAY: Duration = Duration::from_secs(100);

/// What comes at last, and how long after the question, when the model says nothing and may be silent longer than all may take.
async fn silence(fields: Value) -> (Vec<Event>, Duration) {
    let folder = TempDir::new().unwrap();
    let page = "# Green tea\n\nGreen tea is steeped at 80 degrees for two minutes.\n";
    std::fs::write(folder.path().join("tea.md"), page).unwrap();
    let chat = ChatEndpoint::start().await.unwrap();
    let mut settings = WriterSettings::new(chat.url(), "stand-in");
    (settings.first_token, settings.total) = (SHARED * 2, SHARED * 2);
    let corpus = std::sync::Arc::new(opened(folder.path()));
    let engine = LocalEngine::new(corpus).writing_with(Writer::new(&settings).unwrap());
    chat.script().then(Trouble::Silence);
    let request = serde_json::from_value(asking(fields)).unwrap();
    let mut events = engine.answer(std::sync::Arc::new(request));
    let asked = Instant::now();
    let mut seen = vec![events.next().await.unwrap()];
    assert!(matches!(seen[0], Event::Search(_)), "{seen:?}");
    pause();
    advance(AWAY).await;
    resume();
    let rest = TaskTracker::new().spawn(events.collect::<Vec<Event>>());
    while chat.calls() == 0 {
        tokio::task::yield_now().await;
    }
    // From here on only the deadline can end the wait, and the clock goes there at once.
    pause();
    seen.extend(rest.await.unwrap());
    assert_eq!(chat.calls(), 1, "nothing is asked twice");
    (seen, asked.elapsed())
}

/// Whatever the search took is not added to what the model may take.
#[track_caller]
fn within_the_shared_time(taken: Duration) {
    assert!(taken >= SHARED && taken < SHARED + AWAY, "{taken:?}");
}

#[tokio::test]
async fn a_model_has_what_the_search_left_of_the_time() {
    let (events, taken) = silence(json!({})).await;
    within_the_shared_time(taken);
    let text: String = events
        .iter()
        .filter_map(|event| match event {
            Event::Delta(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    assert!(
        text.starts_with("*The language model did not answer in time; these are the excerpts"),
        "{text}"
    );
    assert!(matches!(events.last(), Some(Event::Done(_))), "{events:?}");
}

#[tokio::test]
async fn json_has_what_the_search_left_of_the_time() {
    let schema = json!({ "type": "object", "minProperties": 1 });
    let format = json!({ "type": "json_schema", "json_schema": { "schema": schema } });
    let (events, taken) = silence(json!({ "response_format": format })).await;
    within_the_shared_time(taken);
    let Some(Event::Failed(failure)) = events.last() else {
        panic!("{events:?}");
    };
    assert_eq!(
        failure.message,
        "The language model did not answer in time."
    );
}
