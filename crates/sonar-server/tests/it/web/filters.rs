//! No filter is broken by what comes from the web, whatever search engines and pages say: generated documents, some in the
//! folder, some on the web, some only known by what a search engine shows, and requests with filters of every kind.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use sonar::ChatCompletion;
use stand_ins::pages::Page;
use stand_ins::searxng::{Hit, SearxngSettings};
use time::Date;
use tokio::runtime::Runtime;

use super::world::{COFFEE, HOW, Plan, World, citations, green_tea};
use crate::invariants::documents::{Document, Library, day_between, library};
use crate::invariants::requests::{Asked, asked};
use crate::invariants::{
    config, however_it_is_sent_it_is_the_same, nothing_pings_or_misleads, quotations_are_verbatim,
    sources_are_what_is_cited,
};
use crate::scripted::post;

/// A document that no generated question asks for.
const ZEBRA: &str =
    "---\ntitle: Zebra\nurl: https://zebra.example/\n---\n\nZebras graze on savannas.\n";

/// Where a document is, and what the search engine says of it.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// In the folder, and unknown to the web.
    Folder,
    /// On the web, where it can be fetched.
    Page(Option<Date>),
    /// Known to the search engine, and gone.
    Snippet(Option<Date>),
}

fn place() -> impl Strategy<Value = Place> {
    let day = || prop::option::of(day_between(2024, 2026));
    prop_oneof![
        Just(Place::Folder),
        day().prop_map(Place::Page),
        day().prop_map(Place::Snippet)
    ]
}

/// Documents with their places. What has no address is in the folder.
fn scattered() -> impl Strategy<Value = Vec<(Document, Place)>> {
    (library(), prop::collection::vec(place(), 6)).prop_map(|(library, places)| {
        let scattered = library.0.into_iter().zip(places);
        scattered
            .map(|(document, place)| match document.host.is_empty() {
                true => (document, Place::Folder),
                false => (document, place),
            })
            .collect()
    })
}

fn url(document: &Document) -> String {
    let path: String = document
        .path
        .iter()
        .map(|segment| format!("{}/", segment.replace(' ', "%20")))
        .collect();
    format!(
        "http://{}/{path}d{}.html",
        document.host.join("."),
        document.number
    )
}

/// The end of its text, which holds the word that it alone has.
fn snippet(document: &Document) -> String {
    let text = document.text();
    let words: Vec<&str> = text.split(' ').collect();
    words[words.len().saturating_sub(20)..].join(" ")
}

async fn world(scattered: &[(Document, Place)], fetch_pages: usize, keep: Duration) -> World {
    let in_folder = scattered
        .iter()
        .filter(|(_, place)| matches!(place, Place::Folder));
    let folder = Library(in_folder.map(|(document, _)| document.clone()).collect());
    let mut files = folder.files();
    files.push(("zebra.md", ZEBRA));
    let world = Plan::of(&files)
        .settings(move |web| (web.fetch_pages, web.keep) = (fetch_pages, keep))
        .start()
        .await;
    for (document, place) in scattered {
        let (Place::Page(day) | Place::Snippet(day)) = place else {
            continue;
        };
        let hit = Hit {
            published: day.map(|day| format!("{day}T10:00:00")),
            ..Hit::new(&url(document), "A page", &snippet(document))
        };
        world.shows(hit);
        if matches!(place, Place::Page(_)) {
            world
                .pages
                .serves(&url(document), Page::html(&document.html()));
        }
    }
    world
}

/// What is known of a document where it is: the day of the page itself goes before the search engine's, and of a snippet nothing is
/// known but that day. Its language passes only where none is asked for.
fn known(document: &Document, place: Place, asked: &Asked) -> Document {
    let mut known = document.clone();
    match place {
        Place::Folder => {}
        Place::Page(day) => known.date = document.date.or(day),
        Place::Snippet(day) => {
            (known.date, known.updated) = (day, None);
            known.language = match asked.names_a_language() {
                true => "?".to_owned(),
                false => "en".to_owned(),
            };
        }
    }
    known
}

fn may_be_cited(url: &str, scattered: &[(Document, Place)], asked: &Asked) -> bool {
    let found = scattered
        .iter()
        .find(|(document, _)| url.contains(&document.address()));
    match found {
        // A page that was not fetched is known as its snippet is.
        Some((document, place @ Place::Page(day))) => [*place, Place::Snippet(*day)]
            .into_iter()
            .any(|place| asked.lets_in(&known(document, place, asked))),
        Some((document, place)) => asked.lets_in(&known(document, *place, asked)),
        None => false,
    }
}

/// Every address that a reply holds as the address of something found.
fn addresses(body: &str) -> Vec<String> {
    let parts = body.split("\"url\":\"").skip(1);
    parts
        .map(|part| part.split('"').next().unwrap().to_owned())
        .collect()
}

proptest! {
    #![proptest_config(config(32))]

    #[test]
    fn every_answer_keeps_every_promise(scattered in scattered(), asked in asked(), fetch_pages in 0_usize..6) {
        Runtime::new().unwrap().block_on(async {
            // Nothing is kept: what is asked a second time is then counted like the first.
            let world = world(&scattered, fetch_pages, Duration::ZERO).await;
            let reply = post(&world.server, &asked.request).await;
            let status = reply.status();
            let body: Value = reply.json().await.unwrap();
            prop_assert_eq!(status, 200, "{}", body);
            let answer: ChatCompletion = serde_json::from_value(body.clone()).unwrap();
            for url in citations(&body) {
                prop_assert!(may_be_cited(url, &scattered, &asked), "{} for {}", url, asked.request);
            }
            let all = Library(scattered.iter().map(|(document, _)| document.clone()).collect());
            sources_are_what_is_cited(&answer, &asked)?;
            quotations_are_verbatim(&answer, &asked, &all)?;
            nothing_pings_or_misleads(&answer, &asked)?;
            however_it_is_sent_it_is_the_same(&world.server, &answer, &asked).await?;
            // What a stream tells on the way keeps to the filters as well.
            let mut request = asked.request.clone();
            request["stream"] = json!(true);
            request["stream_mode"] = json!("concise");
            let told = post(&world.server, &request).await.text().await.unwrap();
            for url in addresses(&told) {
                prop_assert!(may_be_cited(&url, &scattered, &asked), "{} for {}", url, asked.request);
            }
            Ok(())
        })?;
    }

    /// What passes the filters can be found, and what does not cannot: each by a word that it alone has.
    #[test]
    fn filters_let_in_exactly_what_they_should(scattered in scattered(), asked in asked()) {
        // A page that the search engine gives another day than it has itself may stay unread.
        let scattered: Vec<_> = scattered.into_iter().map(|(document, place)| match place {
            Place::Page(Some(_)) if document.date.is_some() => {
                let day = document.date;
                (document, Place::Page(day))
            }
            place => (document, place),
        }).collect();
        Runtime::new().unwrap().block_on(async {
            let world = world(&scattered, 10, Duration::from_secs(600)).await;
            for (document, place) in &scattered {
                let mut request = asked.filters_alone();
                request["messages"] = json!([{ "role": "user", "content": document.own_word() }]);
                let reply: Value = post(&world.server, &request).await.json().await.unwrap();
                let cited = reply["citations"].to_string().contains(&document.address());
                let expected = asked.lets_in(&known(document, *place, &asked));
                prop_assert_eq!(cited, expected, "{:?} {:?} {} {}", document, place, request, reply);
            }
            Ok(())
        })?;
    }
}

/// Neither the page nor the words of the search engine: these are of the page where it leads. Whoever filters nothing reads it, and
/// then the filters hold for what is kept of it.
#[tokio::test]
async fn a_page_that_redirects_out_of_the_filters_is_neither_fetched_nor_quoted() {
    let world = World::new().await;
    let leaves = Page::redirect(302, "http://shop.example/green");
    let (title, snippet) = ("Green tea", "Green tea is steeped at eighty degrees.");
    world.has("http://tea.example/", title, snippet, leaves);
    world.pages.serves("http://shop.example/green", green_tea());
    let (first, target) = ("http://tea.example/", "http://shop.example/green");
    let filtered = json!({ "search_domain_filter": ["tea.example"] });
    assert!(citations(&world.reply(HOW, filtered.clone()).await).is_empty());
    assert_eq!(world.fetched(), [first]);
    let reply = world.reply(HOW, json!({})).await;
    assert_eq!(citations(&reply), ["http://shop.example/green#steeping"]);
    assert_eq!(world.fetched(), [first, first, target]);
    assert!(citations(&world.reply(HOW, filtered).await).is_empty());
    assert_eq!(world.fetched().len(), 3);
}

#[tokio::test]
async fn filters_are_asked_for_as_far_as_searxng_has_them() {
    let world = Plan::of(&[("coffee.md", COFFEE)])
        .settings(|web| web.keep = Duration::ZERO)
        .start()
        .await;
    world.has(
        "http://tea.example/green",
        "Green tea",
        "How green tea is steeped.",
        green_tea(),
    );
    let day = time::OffsetDateTime::now_utc().date() - time::Duration::days(3);
    let after = format!("{}/{}/{}", u8::from(day.month()), day.day(), day.year());
    for (fields, q, language, range) in [
        (json!({}), HOW.to_owned(), "en", ""),
        (
            json!({ "search_domain_filter": ["www.tea.example", "b.example/docs"] }),
            format!("{HOW} site:tea.example OR site:b.example/docs"),
            "en",
            "",
        ),
        (
            json!({ "search_domain_filter": ["-tea.example"] }),
            HOW.to_owned(),
            "en",
            "",
        ),
        (
            json!({ "search_language_filter": ["de"] }),
            HOW.to_owned(),
            "de",
            "",
        ),
        (
            json!({ "search_language_filter": ["de", "fr"] }),
            HOW.to_owned(),
            "",
            "",
        ),
        (
            json!({ "search_recency_filter": "hour" }),
            HOW.to_owned(),
            "en",
            "day",
        ),
        (
            json!({ "search_recency_filter": "week" }),
            HOW.to_owned(),
            "en",
            "week",
        ),
        (
            json!({ "search_recency_filter": "year" }),
            HOW.to_owned(),
            "en",
            "year",
        ),
        (
            json!({ "search_after_date_filter": after }),
            HOW.to_owned(),
            "en",
            "week",
        ),
        (
            json!({ "search_after_date_filter": "1/1/2020" }),
            HOW.to_owned(),
            "en",
            "",
        ),
    ] {
        world.reply(HOW, fields.clone()).await;
        let asked = world.searxng.asked();
        let asked = asked.last().unwrap();
        assert_eq!(asked.field("q"), q, "{fields}");
        assert_eq!(
            (asked.field("language"), asked.field("time_range")),
            (language, range),
            "{fields}"
        );
    }
}

/// A page of today is found by every recency, one without a date by none, whatever the search engine keeps to.
#[tokio::test]
async fn an_undated_page_passes_no_filter_on_dates() {
    let world = World::new().await;
    let undated = "<html lang=en><title>Green tea</title><main><p>Green tea is steeped at eighty degrees.</main>";
    world.has(
        "http://undated.example/",
        "Green tea",
        "Green tea is steeped.",
        Page::html(undated),
    );
    let today = time::OffsetDateTime::now_utc().date();
    let dated = Hit::new(
        "http://today.example/",
        "Green tea",
        "Green tea is steeped at ninety degrees.",
    );
    world.shows(dated.published(&format!("{today}T00:00:00")));
    for recency in ["hour", "day", "week", "month", "year"] {
        let reply = world
            .reply(HOW, json!({ "search_recency_filter": recency }))
            .await;
        assert_eq!(citations(&reply), ["http://today.example/"], "{recency}");
    }
    let reply = world
        .reply(HOW, json!({ "search_before_date_filter": "1/1/2020" }))
        .await;
    assert!(citations(&reply).is_empty());
}

#[tokio::test]
async fn a_search_engine_that_keeps_to_sites_changes_nothing_but_what_it_finds() {
    for keeps_to_sites in [true, false] {
        let searxng = SearxngSettings {
            keeps_to_sites,
            ..SearxngSettings::default()
        };
        let world = Plan::of(&[("coffee.md", COFFEE)])
            .searxng(searxng)
            .start()
            .await;
        for host in ["a.example", "docs.a.example", "b.example", "nota.example"] {
            let url = format!("http://{host}/");
            world.has(
                &url,
                "Green tea",
                &format!("How green tea is steeped, by {host}."),
                green_tea(),
            );
        }
        let fields = json!({ "search_domain_filter": ["a.example"], "model": "sonar-pro" });
        let reply = world.reply(HOW, fields).await;
        let cited = citations(&reply);
        assert!(
            !cited.is_empty()
                && cited
                    .iter()
                    .all(|url| url.contains("a.example/") && !url.contains("nota")),
            "{cited:?}"
        );
        let mut fetched = world.fetched();
        fetched.sort();
        assert_eq!(
            fetched,
            ["http://a.example/", "http://docs.a.example/"],
            "what no filter lets in is not fetched"
        );
    }
}
