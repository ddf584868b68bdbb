//! The corpus engine behind the server, on a folder of two small documents.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use futures_util::StreamExt;
use serde_json::{Value, json};
use sonar::{ChatCompletion, ChatRequest, Message, StreamMode};
use sonar_server::engines::corpus::{Corpus, CorpusSettings, RustDocs, Silent};
use sonar_server::engines::local::LocalEngine;
use sonar_server::engines::{Engine, Event};
use sonar_server::{Server, ServerSettings};
use tempfile::TempDir;

use crate::scripted::{client, post, start, streamed, text};

const TEA: &str = "---\ntitle: Tea\nurl: https://tea.example/tea\ndate: 2026-03-01\n---\n\n## Green tea\n\nGreen tea is steeped at eighty degrees for two minutes. Boiling water makes green tea bitter.\n";
const COFFEE: &str = "---\ntitle: Coffee\nurl: https://coffee.example/coffee\ndate: 2024-03-01\n---\n\n## Filter coffee\n\nFilter coffee is brewed at ninety-four degrees. The water should pour slowly over the ground coffee.\n";

async fn library() -> (Server, TempDir) {
    serving(&[("tea.md", TEA), ("coffee.md", COFFEE)]).await
}

/// A server that answers from these documents and no others.
pub(crate) async fn serving(documents: &[(&str, &str)]) -> (Server, TempDir) {
    let folder = TempDir::new().unwrap();
    for (name, text) in documents {
        fs::write(folder.path().join(name), text).unwrap();
    }
    (folder_served(folder.path()).await, folder)
}

/// A server that answers from a folder and nothing else.
pub(crate) async fn folder_served(folder: &Path) -> Server {
    let engine = Arc::new(LocalEngine::new(Arc::new(opened(folder))));
    start(engine, ServerSettings::default()).await
}

/// The documents of a folder and no others.
pub(crate) fn opened(folder: &Path) -> Corpus {
    let settings = CorpusSettings {
        folders: vec![folder.to_owned()],
        handbook: false,
        rust_docs: RustDocs::Off,
        index_dir: None,
        language: "en".to_owned(),
    };
    Corpus::open(&settings, &Silent).unwrap()
}

fn asking(text: &str) -> ChatRequest {
    ChatRequest::new("sonar", vec![Message::user(text)])
}

const HOW: &str = "At how many degrees is green tea steeped?";

#[tokio::test]
async fn a_question_is_answered_with_a_quotation_and_its_source() {
    let (server, _folder) = library().await;
    let answer = client(&server).chat(&asking(HOW)).await.unwrap();
    assert!(answer.id.starts_with("local-"));
    let text = answer.text();
    assert!(
        text.contains("Green tea is steeped at eighty degrees for two minutes."),
        "{text}"
    );
    assert!(text.contains("[1]"), "{text}");
    assert!(text.ends_with("no language model.*"), "{text}");
    let sources = answer.sources();
    assert!(
        sources[0].url.starts_with("https://tea.example/tea"),
        "{sources:?}"
    );
    assert_eq!(sources[0].date.as_deref(), Some("2026-03-01"));
    let cost = answer.usage.unwrap().cost.unwrap();
    assert_eq!((cost.total_cost, cost.request_cost), (0.0, Some(0.0)));
}

/// Readers may be slow and conversations long: what was asked is let go of before the first source is sent.
#[tokio::test]
async fn an_answer_on_its_way_holds_no_conversation() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("tea.md"), TEA).unwrap();
    let engine = LocalEngine::new(Arc::new(opened(folder.path())));
    let request = Arc::new(asking(HOW));
    let asked = Arc::downgrade(&request);
    let mut events = engine.answer(request);
    let is_sources = |event: &Event| matches!(event, Event::Sources(_));
    while !is_sources(&events.next().await.unwrap()) {}
    assert!(asked.upgrade().is_none());
}

#[tokio::test]
async fn the_answer_is_the_same_whole_or_streamed_and_asked_again() {
    let (server, _folder) = library().await;
    let client = client(&server);
    let whole = client.chat(&asking(HOW)).await.unwrap();
    for mode in [StreamMode::Full, StreamMode::Concise] {
        let mut request = asking(HOW);
        request.stream_mode = Some(mode);
        let (pieces, error) = streamed(&client, &request).await;
        assert!(error.is_none(), "{error:?}");
        assert_eq!(text(&pieces), whole.text());
        let (last, before) = pieces.split_last().unwrap();
        assert_eq!(last.search_results, whole.search_results);
        let fee = |piece: &ChatCompletion| piece.usage.clone()?.cost?.request_cost;
        assert_eq!(fee(last), Some(0.0));
        assert!(
            before.iter().all(|piece| fee(piece).is_none()),
            "only the end tells the fee"
        );
    }
}

#[tokio::test]
async fn filters_keep_documents_out() {
    let (server, _folder) = library().await;
    for field in [
        json!({ "search_domain_filter": ["-tea.example"] }),
        json!({ "search_domain_filter": ["coffee.example"] }),
        json!({ "search_before_date_filter": "1/1/2025" }),
        json!({ "search_language_filter": ["de"] }),
        json!({ "search_recency_filter": "hour" }),
    ] {
        let mut request =
            json!({ "model": "sonar", "messages": [{ "role": "user", "content": HOW }] });
        request
            .as_object_mut()
            .unwrap()
            .extend(field.as_object().unwrap().clone());
        let reply = post(&server, &request).await;
        assert_eq!(reply.headers()["x-answer-engine"], "local-excerpts");
        assert!(!reply.headers().contains_key("x-sonar-ignored"), "{field}");
        let body: Value = reply.json().await.unwrap();
        let citations = body["citations"].to_string();
        assert!(!citations.contains("tea.example"), "{field}: {citations}");
    }
}

#[tokio::test]
async fn what_the_documents_do_not_hold_is_said_plainly() {
    let (server, _folder) = library().await;
    let answer = client(&server)
        .chat(&asking("Who won the football world cup?"))
        .await
        .unwrap();
    assert!(
        answer
            .text()
            .starts_with("Nothing found in the local sources."),
        "{}",
        answer.text()
    );
    assert!(answer.sources().is_empty());
}

#[tokio::test]
async fn a_short_limit_cuts_at_a_sentence() {
    let (server, _folder) = library().await;
    let mut request = asking(HOW);
    request.max_tokens = Some(23);
    let answer = client(&server).chat(&request).await.unwrap();
    assert_eq!(answer.finish_reason(), Some(&sonar::FinishReason::Length));
    assert!(
        answer.text().ends_with("two minutes. [1]"),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn what_excerpts_cannot_give_is_refused_by_name() {
    let (server, _folder) = library().await;
    for (field, value) in [
        (
            "response_format",
            json!({ "type": "json_schema", "json_schema": { "schema": {} } }),
        ),
        ("disable_search", json!(true)),
        ("search_mode", json!("academic")),
        ("n", json!(2)),
    ] {
        let mut request =
            json!({ "model": "sonar", "messages": [{ "role": "user", "content": HOW }] });
        request[field] = value;
        let reply = post(&server, &request).await;
        assert_eq!(reply.status(), 400);
        let body: Value = reply.json().await.unwrap();
        assert_eq!(body["error"]["type"], "unsupported_parameter");
        assert!(
            body["error"]["message"]
                .as_str()
                .unwrap()
                .starts_with(&format!("{field}: ")),
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_source_without_a_public_address_can_be_followed_to_the_server() {
    let text =
        "# Mint\n\n## Mint tea <b>\n\nMint tea is steeped at ninety degrees for six minutes.\n";
    let (server, _folder) = serving(&[("mint leaves.md", text)]).await;
    let question = asking("At how many degrees is mint tea steeped?");
    let whole = client(&server).chat(&question).await.unwrap();
    let url = &whole.sources()[0].url;
    assert!(
        url.starts_with(&format!("http://{}/documents/", server.address())),
        "{url}"
    );
    assert_eq!(whole.citations.as_deref(), Some(&[url.clone()][..]));

    let page = reqwest::get(url).await.unwrap();
    assert_eq!(page.status(), 200);
    let (anchor, page) = (url.rsplit('#').next().unwrap(), page.text().await.unwrap());
    assert!(
        page.contains("Mint tea is steeped at ninety degrees for six minutes."),
        "{page}"
    );
    assert!(
        page.contains(&format!("id=\"{anchor}\"")) && !page.contains("<b>"),
        "{page}"
    );

    for missing in ["nothing", "%2e%2e/secret", "mint leaves.md"] {
        let url = format!("http://{}/documents/{missing}", server.address());
        assert_eq!(reqwest::get(url).await.unwrap().status(), 404, "{missing}");
    }
}
