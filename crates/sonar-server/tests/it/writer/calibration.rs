//! How well the check of sentences tells right citations from wrong ones, on the handbook's own questions.

use serde_json::json;
use sonar_server::engines::corpus::{Corpus, CorpusSettings, RustDocs, Silent};
use stand_ins::chat::{ChatEndpoint, Model};

use super::world::written;
use crate::scripted::post;

/// The handbook's headings that are questions.
fn questions() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/handbook");
    let mut questions = Vec::new();
    for page in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(page.unwrap().path()).unwrap();
        let headings = text.lines().filter_map(|line| line.strip_prefix("## "));
        questions.extend(
            headings
                .filter(|heading| heading.ends_with('?'))
                .map(str::to_owned),
        );
    }
    questions.sort();
    questions
}

fn handbook() -> Corpus {
    let settings = CorpusSettings {
        folders: Vec::new(),
        handbook: true,
        rust_docs: RustDocs::Off,
        index_dir: None,
        language: "en".to_owned(),
    };
    Corpus::open(&settings, &Silent).unwrap()
}

/// How many sentences cite something, and how many of those are not marked.
async fn supported(model: Model) -> (usize, usize) {
    let chat = ChatEndpoint::start().await.unwrap();
    chat.play(model);
    let server = written(handbook(), &chat, |_| {}).await;
    let (mut cited, mut supported) = (0, 0);
    for question in questions() {
        let request = json!({
            "model": "sonar", "messages": [{ "role": "user", "content": question }],
            "web_search_options": { "search_context_size": "medium" },
        });
        let reply: serde_json::Value = post(&server, &request).await.json().await.unwrap();
        let sources = reply["citations"].as_array().unwrap().len();
        let text = reply["choices"][0]["message"]["content"].as_str().unwrap();
        if sources < 2 {
            continue;
        }
        for number in 1..=sources {
            let marked = text.matches(&format!(" [{number}] [unconfirmed]")).count();
            let all = text.matches(&format!(" [{number}]")).count();
            cited += all;
            supported += all - marked;
        }
    }
    (cited, supported)
}

/// Of sentences with their right citation at least 95 % count as supported, of those with another one less than 20 %.
#[tokio::test]
async fn right_citations_are_told_from_shuffled_ones() {
    let share = |(cited, supported): (usize, usize)| {
        assert!(cited > 100, "only {cited} sentences were cited");
        supported as f64 / cited as f64
    };
    let faithful = share(supported(Model::Faithful).await);
    let shuffled = share(supported(Model::CitesTheWrongPassage).await);
    println!("supported: {faithful:.3} of faithful citations, {shuffled:.3} of shuffled ones");
    assert!(faithful >= 0.95, "{faithful}");
    assert!(shuffled < 0.2, "{shuffled}");
}
