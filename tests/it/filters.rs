//! What the search behind an answer is limited to: as the operator sets it, as the service is asked, as the answer tells.

use footnote_bot::conversation::outcome::Outcome;
use footnote_bot::search::{Filters, Recency};
use footnote_bot::settings::search::SearchSettings;
use serde_json::{Value, json};

use crate::harness::TestBot;
use crate::harness::service::Script;

/// What the service was asked with for a filter, and what is kept with the answer.
async fn asked_with(
    allowed: &[&str],
    denied: &[&str],
    recency: Option<Recency>,
) -> (Value, Filters) {
    let set = |entries: &[&str]| entries.iter().map(|entry| (*entry).to_owned()).collect();
    let bot = TestBot::spawn_with(|settings| {
        settings.search = SearchSettings {
            allowed_domains: set(allowed),
            denied_domains: set(denied),
            recency,
        };
    })
    .await;
    let asked = bot.person("alice").asks(&bot, "What is new?").await;
    let request = bot.service.asked().remove(0);
    let sent = json!([
        request["search_domain_filter"],
        request["search_recency_filter"]
    ]);
    match bot.outcome(asked.interaction.id()).await {
        Some(Outcome::Answered(answer)) => (sent, answer.filters),
        other => panic!("no answer: {other:?}"),
    }
}

#[tokio::test]
async fn the_operators_filters_are_sent_and_kept_with_the_answer() {
    let (sent, kept) = asked_with(
        &["https://docs.rs", "Rust-Lang.org"],
        &[],
        Some(Recency::Month),
    )
    .await;
    assert_eq!(sent, json!([["docs.rs", "rust-lang.org"], "month"]));
    assert_eq!(kept.allowed, ["docs.rs", "rust-lang.org"]);
    assert_eq!(kept.recency, Some(Recency::Month));

    let (sent, kept) = asked_with(&[], &["www.spam.example"], None).await;
    assert_eq!(sent, json!([["-www.spam.example"], null]));
    assert_eq!(kept.denied, ["www.spam.example"]);

    let (sent, kept) = asked_with(&[], &[], None).await;
    assert_eq!((sent, kept), (json!([null, null]), Filters::default()));
}

#[tokio::test]
async fn pictures_are_asked_for_where_they_are_to_be_shown_and_kept_with_the_answer() {
    let urls = ["https://example.org/tea"];
    let picture = (
        "https://pictures.example/tea.png",
        "https://example.org/tea",
    );
    let script = || {
        Script::images(
            "Tea is a plant.[1]",
            &urls,
            &[picture, ("data:image/png;base64,AAAA", "")],
        )
    };
    for wanted in [true, false] {
        let bot = TestBot::spawn_with(|settings| settings.display.images = wanted).await;
        bot.service.next(script());
        let asked = bot.person("alice").asks(&bot, "Tea?").await;
        let request = bot.service.asked().remove(0);
        assert_eq!(request["return_images"] == json!(true), wanted);
        let Some(Outcome::Answered(answer)) = bot.outcome(asked.interaction.id()).await else {
            panic!("no answer")
        };
        let kept: Vec<_> = answer
            .images
            .iter()
            .map(|image| image.url.as_str())
            .collect();
        let expected = if wanted { vec![picture.0] } else { vec![] };
        assert_eq!(kept, expected);
    }
}
