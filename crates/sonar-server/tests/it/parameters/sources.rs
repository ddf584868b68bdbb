//! Rows about where an answer comes from: filters, and how much is searched.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::world::{World, a_dozen, tea};

const GREEN: &str = "https://docs.tea.example/guide/green";
const BLACK: &str = "https://black.tea.example/";
const WHITE: &str = "https://leaves.example.org/white";
const GERMAN: &str = "https://tee.example/gruen";

/// The documents that may be cited are exactly these: each is, once the others are denied or out of the way.
async fn only(world: &World, fields: Value, expected: &[&str]) {
    let reply = world.answered(fields.clone()).await;
    for address in [GREEN, BLACK, WHITE, GERMAN] {
        if !expected.contains(&address) {
            assert!(!reply.cites(address), "{fields}: {:?}", reply.citations());
        }
    }
    match expected.first() {
        Some(best) => assert!(
            reply.citations()[0].starts_with(best),
            "{fields}: {:?}",
            reply.citations()
        ),
        None => assert!(
            reply.citations().is_empty(),
            "{fields}: {:?}",
            reply.citations()
        ),
    }
}

pub(super) async fn domains_are_kept_to() {
    let world = tea().await;
    for (entries, expected) in [
        (json!(["tea.example"]), &[GREEN, BLACK][..]),
        (json!(["Black.TEA.example."]), &[BLACK]),
        (json!(["https://www.tea.example"]), &[GREEN, BLACK]),
        (json!([".org"]), &[WHITE]),
        (
            json!(["docs.tea.example/guide", "black.tea.example"]),
            &[GREEN, BLACK],
        ),
        (
            json!(["docs.tea.example/gui", "black.tea.example"]),
            &[BLACK],
        ),
        (json!(["-docs.tea.example/guide", "-.org"]), &[BLACK]),
        (json!(["-docs.tea.example/Guide"]), &[GREEN]),
        (json!(["xn--tee-hoa.example"]), &[]),
        (json!(["s.example.org", "ea.example"]), &[]),
    ] {
        only(&world, json!({ "search_domain_filter": entries }), expected).await;
    }
    let many: Vec<String> = (0..21).map(|number| format!("a{number}.example")).collect();
    for entries in [
        json!(many),
        json!(["a.example:80"]),
        json!(["localhost"]),
        json!(["a.example", "-b.example"]),
    ] {
        world
            .refuses(
                json!({ "search_domain_filter": entries }),
                "search_domain_filter",
            )
            .await;
    }
}

/// A document of a day so long ago.
fn dated(age: Duration) -> String {
    let day = OffsetDateTime::now_utc().date() - age;
    format!(
        "---\ntitle: Green tea\nurl: https://day.example/\ndate: {}-{:02}-{:02}\n---\n\nGreen tea is steeped at eighty degrees.\n",
        day.year(),
        u8::from(day.month()),
        day.day()
    )
}

pub(super) async fn recent_means_the_days_it_reaches_into() {
    for (recency, inside, outside) in [
        ("hour", 0, 2),
        ("day", 1, 3),
        ("week", 7, 9),
        ("month", 30, 32),
        ("year", 365, 367),
    ] {
        for (days, cited) in [(inside, 1), (outside, 0)] {
            let world = World::of(&[("day.md", &dated(Duration::days(days)))]).await;
            let reply = world
                .answered(json!({ "search_recency_filter": recency }))
                .await;
            assert_eq!(reply.citations().len(), cited, "{recency}, {days} days");
        }
    }
    let beside = json!({ "search_recency_filter": "week", "search_after_date_filter": "3/1/2025" });
    tea().await.refuses(beside, "search_recency_filter").await;
}

pub(super) async fn publication_lies_between_the_days() {
    let world = tea().await;
    only(
        &world,
        json!({ "search_after_date_filter": "2/28/2026" }),
        &[GREEN],
    )
    .await;
    only(
        &world,
        json!({ "search_after_date_filter": "03/01/2026" }),
        &[],
    )
    .await;
    only(
        &world,
        json!({ "search_before_date_filter": "3/2/2024" }),
        &[BLACK],
    )
    .await;
    only(
        &world,
        json!({ "search_before_date_filter": "03/01/2024" }),
        &[],
    )
    .await;
    let both =
        json!({ "search_after_date_filter": "1/1/2024", "search_before_date_filter": "1/1/2025" });
    only(&world, both, &[BLACK]).await;
    for field in ["search_after_date_filter", "search_before_date_filter"] {
        world.refuses(json!({ field: "2025-03-01" }), field).await;
        world.refuses(json!({ field: "2/30/2025" }), field).await;
    }
    let nothing = world
        .answered(json!({ "search_after_date_filter": "1/1/2030" }))
        .await;
    let said = "Nothing found in the local sources that passes the filters of the request.";
    assert!(nothing.text().starts_with(said), "{}", nothing.text());
}

pub(super) async fn the_last_change_lies_between_the_days() {
    let world = tea().await;
    only(
        &world,
        json!({ "last_updated_after_filter": "4/30/2026" }),
        &[GREEN],
    )
    .await;
    only(
        &world,
        json!({ "last_updated_after_filter": "5/1/2026" }),
        &[],
    )
    .await;
    only(
        &world,
        json!({ "last_updated_before_filter": "5/1/2026" }),
        &[BLACK],
    )
    .await;
    for field in ["last_updated_after_filter", "last_updated_before_filter"] {
        world.refuses(json!({ field: "soon" }), field).await;
    }
}

pub(super) async fn languages_are_kept_to() {
    let world = tea().await;
    let german =
        json!([{ "role": "user", "content": "Bei wie viel Grad wird grüner Tee aufgegossen?" }]);
    only(
        &world,
        json!({ "messages": german, "search_language_filter": ["de"] }),
        &[GERMAN],
    )
    .await;
    only(&world, json!({ "messages": german }), &[]).await;
    only(
        &world,
        json!({ "search_language_filter": ["en", "fr"] }),
        &[GREEN, BLACK, WHITE],
    )
    .await;
    only(&world, json!({ "search_language_filter": ["fr"] }), &[]).await;
    world
        .refuses(
            json!({ "search_language_filter": ["english"] }),
            "search_language_filter",
        )
        .await;
}

pub(super) async fn only_documents_are_searched() {
    let world = tea().await;
    only(
        &world,
        json!({ "search_mode": "web" }),
        &[GREEN, BLACK, WHITE],
    )
    .await;
    for mode in ["academic", "sec"] {
        world
            .refuses(json!({ "search_mode": mode }), "search_mode")
            .await;
    }
}

pub(super) async fn fewer_sources_can_be_asked_for() {
    let world = a_dozen().await;
    for (wanted, count) in [(1, 1), (2, 2), (100, 3)] {
        let reply = world
            .answered(json!({ "num_search_results": wanted }))
            .await;
        assert_eq!(reply.citations().len(), count, "{wanted}");
    }
    world
        .refuses(json!({ "num_search_results": 0 }), "num_search_results")
        .await;
}

/// Documents of some sixty words each that answer alike.
async fn several() -> World {
    let sentence = |document: usize, number: usize| {
        format!("Green {} leaf.", format!("w{document}x{number} ").repeat(8))
    };
    let text = |document: usize| {
        let sentences: Vec<String> = (0..5).map(|number| sentence(document, number)).collect();
        format!(
            "# Leaf\n\nGreen tea is steeped at eighty degrees. {}\n",
            sentences.join(" ")
        )
    };
    let texts: Vec<String> = (0..6).map(text).collect();
    let names = ["a.md", "b.md", "c.md", "d.md", "e.md", "f.md"];
    let documents: Vec<(&str, &str)> = names
        .into_iter()
        .zip(texts.iter().map(String::as_str))
        .collect();
    World::of(&documents).await
}

pub(super) async fn the_context_size_is_a_number_of_words() {
    let world = several().await;
    for (size, most) in [("low", 100), ("medium", 150), ("high", 250)] {
        let options = json!({ "search_context_size": size });
        let reply = world
            .answered(json!({ "model": "sonar-pro", "web_search_options": options }))
            .await;
        let results = reply.body["search_results"].as_array().unwrap();
        let snippets = results
            .iter()
            .map(|result| result["snippet"].as_str().unwrap());
        let words: usize = snippets
            .map(|snippet| snippet.split_whitespace().count())
            .sum();
        assert!(words <= most && words > most - 50, "{size}: {words}");
        assert_eq!(reply.body["usage"]["search_context_size"], size);
    }
}

pub(super) async fn every_search_is_fast() {
    let world = tea().await;
    world
        .ignores(
            json!({ "web_search_options": { "search_type": "fast" } }),
            &[],
        )
        .await;
    for kind in ["pro", "auto"] {
        let options = json!({ "search_type": kind });
        world
            .ignores(
                json!({ "web_search_options": options }),
                &["web_search_options.search_type"],
            )
            .await;
    }
}

pub(super) async fn documents_are_the_same_everywhere() {
    let world = tea().await;
    let place = json!({ "latitude": 48.1, "longitude": 11.6, "country": "DE", "city": "München", "region": "Bayern" });
    let options = json!({ "user_location": place });
    world
        .ignores(
            json!({ "web_search_options": options }),
            &["web_search_options.user_location"],
        )
        .await;
    let nowhere = json!({ "user_location": { "latitude": 48.1, "longitude": 11.6 } });
    world
        .refuses(json!({ "web_search_options": nowhere }), "country")
        .await;
}

pub(super) async fn safe_search_is_named() {
    tea()
        .await
        .ignores(json!({ "safe_search": true }), &["safe_search"])
        .await;
}

pub(super) async fn there_is_no_answer_without_a_search() {
    let world = tea().await;
    world.ignores(json!({ "disable_search": false }), &[]).await;
    world
        .refuses(json!({ "disable_search": true }), "disable_search")
        .await;
}

pub(super) async fn every_question_is_searched() {
    let world = tea().await;
    world
        .ignores(json!({ "enable_search_classifier": false }), &[])
        .await;
    world
        .ignores(
            json!({ "enable_search_classifier": true }),
            &["enable_search_classifier"],
        )
        .await;
}
