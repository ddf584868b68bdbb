//! The stand-in of a SearXNG, asked over HTTP.

use reqwest::{Client, Response};
use serde_json::Value;
use stand_ins::searxng::{Hit, Searxng, SearxngSettings};

async fn searxng(json: bool, keeps_to_sites: bool) -> Searxng {
    let searxng = Searxng::start(SearxngSettings {
        json,
        keeps_to_sites,
        ..SearxngSettings::default()
    })
    .await
    .unwrap();
    let hit =
        |number: usize| Hit::new(&format!("https://n{number}.example/"), "Tea", "Hot leaves.");
    searxng.knows((0..30).map(hit));
    searxng
}

async fn get(searxng: &Searxng, query: &str) -> Response {
    let address = format!("{}/search?{query}", searxng.url());
    Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .get(address)
        .send()
        .await
        .unwrap()
}

async fn results(searxng: &Searxng, query: &str) -> Vec<Value> {
    let found: Value = get(searxng, query).await.json().await.unwrap();
    found["results"].as_array().unwrap().clone()
}

#[tokio::test]
async fn results_come_in_pages_and_say_little_of_dates() {
    let searxng = searxng(true, false).await;
    searxng.knows([
        Hit::new("https://dated.example/", "Pot", "Clay.").published("2026-03-01T00:00:00")
    ]);
    assert_eq!(results(&searxng, "q=hot+tea&format=json").await.len(), 20);
    assert_eq!(
        results(&searxng, "q=hot+tea&format=json&pageno=2")
            .await
            .len(),
        10
    );
    assert!(results(&searxng, "q=coffee&format=json").await.is_empty());
    let tea = results(&searxng, "q=tea&format=json").await;
    assert!(tea.iter().all(|result| result["publishedDate"].is_null()));
    assert!(
        tea.iter()
            .any(|result| result.get("publishedDate").is_none())
    );
    let pot = results(&searxng, "q=clay+pot&format=json").await;
    assert_eq!(pot[0]["publishedDate"], "2026-03-01T00:00:00");
    assert_eq!(searxng.asked().len(), 5);
    assert_eq!(searxng.asked()[1].field("pageno"), "2");
}

#[tokio::test]
async fn json_is_refused_until_it_is_switched_on() {
    let refused = get(&searxng(false, false).await, "q=tea&format=json").await;
    assert_eq!(refused.status(), 403);
    assert_eq!(
        refused.headers()["content-type"],
        "text/html; charset=utf-8"
    );
}

#[tokio::test]
async fn what_it_does_not_know_is_refused_or_passed_over() {
    let searxng = searxng(true, false).await;
    for query in [
        "format=json",
        "q=+&format=json",
        "q=tea&format=json&time_range=hour",
        "q=tea&format=json&language=english",
        "q=tea&format=json&pageno=0",
    ] {
        let refused = get(&searxng, query).await;
        assert_eq!(refused.status(), 400, "{query}");
        let told: Value = refused.json().await.unwrap();
        assert!(told["error"].is_string(), "{query}");
    }
    for query in [
        "q=tea&format=json&time_range=week&language=de-AT&categories=general",
        "q=tea&format=json&safesearch=9&nonsense=1&language=all",
    ] {
        assert_eq!(results(&searxng, query).await.len(), 20, "{query}");
    }
}

#[tokio::test]
async fn sites_are_a_hint_unless_it_keeps_to_them() {
    let query = "q=tea+site:n7.example&format=json";
    assert_eq!(results(&searxng(true, false).await, query).await.len(), 20);
    let kept = results(&searxng(true, true).await, query).await;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0]["url"], "https://n7.example/");
}
