//! A web that does not answer never fails an answer, and is never passed over in silence.

use std::time::Duration;

use serde_json::json;
use stand_ins::Trouble;
use stand_ins::pages::{Page, PageBody};
use stand_ins::searxng::{Hit, SearxngSettings};
use tokio::net::TcpListener;

use super::world::{COFFEE, HOW, Plan, World, citations, green_tea, text};

const COFFEE_QUESTION: &str = "At how many degrees is filter coffee brewed?";

/// What a world says whose web is out of order: to what the documents know, and to what they do not.
async fn says_so(world: &World) {
    let known = world.reply(COFFEE_QUESTION, json!({})).await;
    assert_eq!(
        citations(&known),
        ["https://coffee.example/coffee#filter-coffee"]
    );
    assert!(text(&known).ends_with("*Excerpts from 1 local source, no language model.*"));
    says_so_of(world, HOW).await;
}

async fn says_so_of(world: &World, unknown: &str) {
    let unknown = world.text(unknown).await;
    assert!(
        unknown.starts_with("Nothing found in the local sources; the web search did not answer."),
        "{unknown}"
    );
}

fn impatient(plan: Plan) -> Plan {
    plan.settings(|web| web.longest = Duration::from_millis(1500))
}

#[tokio::test]
async fn whatever_searxng_does_the_documents_answer() {
    for trouble in [
        Trouble::html(500),
        Trouble::html(502),
        Trouble::html(429),
        Trouble::html(302),
        Trouble::Cut { after: 20 },
        Trouble::Body("<html>Welcome</html>".to_owned()),
        Trouble::Body("{\"results\": 7}".to_owned()),
        Trouble::Body("[".repeat(100_000)),
        Trouble::Body(format!(
            "{{\"results\": [\"{}\"]}}",
            "x".repeat(5 * 1024 * 1024)
        )),
    ] {
        let world = World::new().await;
        world.searxng.script().always(trouble);
        says_so(&world).await;
    }
}

#[tokio::test]
async fn a_silent_searxng_is_waited_for_no_longer_than_the_operator_says() {
    for trouble in [Trouble::Silence, Trouble::Stall { after: 10 }] {
        let world = impatient(Plan::of(&[("coffee.md", COFFEE)])).start().await;
        world.searxng.script().always(trouble);
        says_so(&world).await;
    }
}

/// Nobody waits for one that just kept somebody waiting; what is known already is known all the same.
#[tokio::test]
async fn a_searxng_that_was_silent_is_left_alone_for_a_while() {
    let world = impatient(Plan::of(&[("coffee.md", COFFEE)])).start().await;
    let tea = green_tea();
    world.has(
        "http://tea.example/",
        "Green tea",
        "How green tea is steeped.",
        tea,
    );
    assert!(world.text(HOW).await.contains("eighty degrees"));
    world.searxng.script().then(Trouble::Silence);
    for _ in 0..3 {
        says_so_of(&world, "What is white tea?").await;
    }
    assert_eq!(world.queries().len(), 2);
    assert!(world.text(HOW).await.contains("eighty degrees"));
}

#[tokio::test]
async fn a_searxng_that_is_not_there_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let gone = format!("http://{address}/").parse().unwrap();
    let world = Plan::of(&[("coffee.md", COFFEE)])
        .settings(|web| web.searxng = gone)
        .start()
        .await;
    says_so(&world).await;
    let why = world.web.check().await.unwrap_err();
    insta::assert_snapshot!(why, @"SearXNG cannot be reached: start it, or mend web.searxng_url (FOOTNOTE_SEARXNG_URL)");
}

#[tokio::test]
async fn a_searxng_without_json_is_told_with_the_line_to_add() {
    let searxng = SearxngSettings {
        json: false,
        ..SearxngSettings::default()
    };
    let world = Plan::of(&[("coffee.md", COFFEE)])
        .searxng(searxng)
        .start()
        .await;
    says_so(&world).await;
    let why = world.web.check().await.unwrap_err();
    insta::assert_snapshot!(why, @"SearXNG refuses to answer in JSON (403): add `json` to the formats in its settings.yml, `search: {formats: [html, json]}`, and restart it");
}

/// An engine that does not answer looks like an empty web.
#[tokio::test]
async fn an_empty_web_behind_silent_engines_is_no_answer() {
    let world = World::new().await;
    world
        .searxng
        .unresponsive("duckduckgo", "timeout")
        .unresponsive("qwant", "CAPTCHA");
    says_so(&world).await;
    let why = world.web.check().await.unwrap_err();
    insta::assert_snapshot!(why, @"SearXNG found nothing, and search engines behind it do not answer: see them in its preferences, and turn others on in its settings.yml: duckduckgo (timeout), qwant (CAPTCHA)");
    world.shows(Hit::new(
        "http://weather.example/",
        "Weather",
        "The weather.",
    ));
    insta::assert_snapshot!(world.web.check().await.unwrap(), @"SearXNG answers in JSON: 1 result; of its search engines these did not answer: duckduckgo (timeout), qwant (CAPTCHA)");
}

#[tokio::test]
async fn a_web_that_is_back_is_searched_again() {
    let world = World::new().await;
    world.has(
        "http://tea.example/",
        "Green tea",
        "How green tea is steeped.",
        green_tea(),
    );
    world.searxng.script().then(Trouble::html(500));
    let first = world.text(HOW).await;
    assert!(first.starts_with("Nothing found"), "{first}");
    let second = world.text(HOW).await;
    assert!(second.contains("eighty degrees"), "{second}");
}

/// Of pages that do not come in time, what the search engine shows is quoted.
#[tokio::test]
async fn slow_pages_hold_up_no_answer() {
    let world = impatient(Plan::of(&[("coffee.md", COFFEE)])).start().await;
    let snippet = "Green tea is steeped at eighty degrees.";
    let never = Page::html("").with(PageBody::Never);
    world.has("http://slow.example/", "Green tea", snippet, never);
    let reply = world.reply(HOW, json!({})).await;
    assert_eq!(citations(&reply), ["http://slow.example/"]);
    assert!(text(&reply).contains(snippet));
    assert_eq!(world.fetched(), ["http://slow.example/"]);
}

#[tokio::test]
async fn bad_pages_keep_their_snippets() {
    let snippet = "Green tea is steeped at eighty degrees.";
    for page in [
        Page::new("application/pdf", "%PDF-1.4"),
        Page::html("<body><script>render()</script></body>"),
        Page::html(&"<div>".repeat(100_000)),
        Page::html("").with(PageBody::Endless(vec![b'x'; 4096])),
        Page::html("").packed(&vec![b' '; 20 * 1024 * 1024]),
        Page::redirect(302, "http://127.0.0.1/"),
        Page::redirect(302, "http://bad.example/"),
    ] {
        let world = World::new().await;
        world.has("http://bad.example/", "Green tea", snippet, page);
        let reply = world.reply(HOW, json!({})).await;
        assert_eq!(citations(&reply), ["http://bad.example/"]);
        assert!(text(&reply).contains(snippet));
    }
}
