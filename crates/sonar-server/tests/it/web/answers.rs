//! What is found on the web, and how it stands beside the documents.

use std::time::Duration;

use serde_json::{Value, json};
use sonar::{ChatRequest, Message, StreamMode};
use stand_ins::Trouble;
use stand_ins::pages::Page;
use stand_ins::searxng::Hit;

use super::world::{COFFEE, HOW, Plan, World, citations, green_tea, text};
use crate::scripted::{client, streamed};

const GREEN: &str = "http://tea.example/green";

async fn tea() -> World {
    let world = World::new().await;
    world.has(
        GREEN,
        "Green tea - Tea",
        "All about green tea and how it is steeped.",
        green_tea(),
    );
    world
}

#[tokio::test]
async fn a_page_of_the_web_is_quoted_with_its_section() {
    let world = tea().await;
    let reply = world.reply(HOW, json!({})).await;
    insta::assert_snapshot!(text(&reply), @r"
    **Green tea › Steeping**
    > Green tea is steeped at eighty degrees for two minutes. Boiling water makes green tea bitter. [1]

    *Excerpts from 1 source, no language model.*
    ");
    assert_eq!(citations(&reply), ["http://tea.example/green#steeping"]);
    let source = &reply["search_results"][0];
    assert_eq!(
        (&source["date"], &source["source"]),
        (&json!("2026-03-01"), &json!("web"))
    );
    assert_eq!(world.fetched(), [GREEN]);
    let asked = &world.searxng.asked()[0];
    assert_eq!(
        (
            asked.field("q"),
            asked.field("format"),
            asked.field("language")
        ),
        (HOW, "json", "en")
    );
    assert!(!asked.fields.contains_key("time_range"));
    assert_eq!(asked.fields.len(), 3);
}

#[tokio::test]
async fn a_page_that_cannot_be_fetched_keeps_its_snippet() {
    let world = World::new().await;
    let snippet = "Green tea is steeped at eighty degrees, they say.";
    world.shows(Hit::new("http://gone.example/", "Green tea", snippet));
    let reply = world.reply(HOW, json!({})).await;
    assert!(
        text(&reply).contains(&format!("> {snippet} [1]")),
        "{}",
        text(&reply)
    );
    assert_eq!(citations(&reply), ["http://gone.example/"]);
}

/// The documents know coffee, the web tea; and each answers what it knows as it would alone.
#[tokio::test]
async fn documents_answer_as_before_when_the_web_has_nothing_better() {
    let alone = Plan::of(&[("coffee.md", COFFEE)])
        .settings(|web| web.fetch_pages = 0)
        .start()
        .await;
    let question = "At how many degrees is filter coffee brewed?";
    let before = alone.reply(question, json!({})).await;
    let world = tea().await;
    world.shows(Hit::new(
        "http://shop.example/",
        "Buy filter papers",
        "Papers for every machine, brewed or not.",
    ));
    let after = world.reply(question, json!({})).await;
    assert_eq!(text(&before), text(&after));
    assert_eq!(
        citations(&after),
        ["https://coffee.example/coffee#filter-coffee"]
    );
    assert!(
        text(&after).ends_with("*Excerpts from 1 local source, no language model.*"),
        "{}",
        text(&after)
    );
}

/// An operator may have no documents at all. What is said is then of the web alone.
#[tokio::test]
async fn the_web_answers_alone_where_there_are_no_documents() {
    let alone = Plan::of(&[]).start().await;
    alone.has(GREEN, "Green tea", "All about green tea.", green_tea());
    let beside_documents = tea().await;
    let reply = alone.reply(HOW, json!({})).await;
    let expected = beside_documents.reply(HOW, json!({})).await;
    assert_eq!(text(&reply), text(&expected));
    assert_eq!(citations(&reply), ["http://tea.example/green#steeping"]);
    let nothing = alone.text("Who won the football world cup in Uruguay?");
    let nothing = nothing.await;
    assert!(
        nothing.starts_with("Nothing found on the web."),
        "{nothing}"
    );
    let research = json!({ "model": "sonar-deep-research", "reasoning_effort": "minimal" });
    let reply = alone.reply("What is green tea?", research).await;
    let asked = alone.queries().len() as u64 - 2;
    assert_eq!(reply["usage"]["num_search_queries"], json!(asked));
    alone.searxng.script().always(Trouble::html(500));
    let silent = alone.text("What is white tea?").await;
    insta::assert_snapshot!(silent, @"Nothing found; the web search did not answer.");
}

#[tokio::test]
async fn both_are_quoted_where_both_answer() {
    let document = "---\ntitle: Our teas\nurl: https://teas.example/\n---\n\n## Green tea\n\nGreen tea is steeped at seventy degrees in our house, since the leaves are young.\n";
    let world = Plan::of(&[("tea.md", document), ("coffee.md", COFFEE)])
        .start()
        .await;
    world.has(GREEN, "Green tea", "How green tea is steeped.", green_tea());
    let reply = world.reply(HOW, json!({ "model": "sonar-pro" })).await;
    let mut hosts: Vec<&str> = citations(&reply)
        .iter()
        .map(|url| url.split('/').nth(2).unwrap())
        .collect();
    hosts.sort_unstable();
    assert_eq!(hosts, ["tea.example", "teas.example"], "{}", text(&reply));
    assert!(
        text(&reply).ends_with("*Excerpts from 2 sources, no language model.*"),
        "{}",
        text(&reply)
    );
}

#[tokio::test]
async fn nothing_anywhere_is_said_of_both() {
    let world = tea().await;
    let told = world
        .text("Who won the football world cup in Uruguay?")
        .await;
    assert!(
        told.starts_with("Nothing found in the local sources or on the web."),
        "{told}"
    );
}

#[tokio::test]
async fn the_same_question_asks_nobody_twice() {
    let world = tea().await;
    let first = world.reply(HOW, json!({})).await;
    let again = world.reply(HOW, json!({ "model": "sonar-pro" })).await;
    assert_eq!((world.queries().len(), world.fetched().len()), (1, 1));
    assert_eq!(text(&first), text(&again));
    // Another question that finds the same page asks for it no second time; other filters are another query.
    world.text("What makes green tea bitter?").await;
    world
        .reply(HOW, json!({ "search_recency_filter": "year" }))
        .await;
    assert_eq!((world.queries().len(), world.fetched().len()), (3, 1));
}

#[tokio::test]
async fn nothing_is_kept_where_the_operator_wants_that() {
    let world = Plan::of(&[("coffee.md", COFFEE)])
        .settings(|web| web.keep = Duration::ZERO)
        .start()
        .await;
    world.has(GREEN, "Green tea", "How green tea is steeped.", green_tea());
    for _ in 0..2 {
        world.text(HOW).await;
    }
    assert_eq!((world.queries().len(), world.fetched().len()), (2, 2));
}

#[tokio::test]
async fn only_the_first_few_pages_are_fetched() {
    let world = Plan::of(&[("coffee.md", COFFEE)])
        .settings(|web| web.fetch_pages = 2)
        .start()
        .await;
    for number in 0..6 {
        let url = format!("http://tea{number}.example/");
        world.has(
            &url,
            "Green tea",
            &format!("How green tea number {number} is steeped."),
            green_tea(),
        );
    }
    world.text(HOW).await;
    let mut fetched = world.fetched();
    fetched.sort();
    assert_eq!(fetched, ["http://tea0.example/", "http://tea1.example/"]);
}

#[tokio::test]
async fn a_follow_up_is_asked_with_the_question_before_and_in_one_query() {
    let world = tea().await;
    let messages = json!([
        { "role": "user", "content": "What is green tea?" },
        { "role": "assistant", "content": "A tea." },
        { "role": "user", "content": "And how hot is it !g :de steeped?" },
    ]);
    world.reply(HOW, json!({ "messages": messages })).await;
    assert_eq!(
        world.queries(),
        ["What is green tea? And how hot is it g de steeped?"]
    );
}

/// One query for the question, and one for each heading that is searched for.
#[tokio::test]
async fn research_searches_for_headings_as_well() {
    let world = tea().await;
    let reply = world
        .reply(
            "What is green tea?",
            json!({ "model": "sonar-deep-research", "reasoning_effort": "minimal" }),
        )
        .await;
    let queries = world.queries();
    assert_eq!(queries[0], "What is green tea?");
    assert!((2..=3).contains(&queries.len()), "{queries:?}");
    assert!(
        queries[1..].iter().any(|query| query.contains("Steeping")),
        "{queries:?}"
    );
    assert_eq!(world.fetched(), [GREEN], "no page is fetched twice");
    let searches = reply["usage"]["num_search_queries"].as_u64().unwrap();
    assert_eq!(
        searches,
        2 * queries.len() as u64,
        "each search looks into both"
    );
}

#[tokio::test]
async fn a_search_that_nobody_was_asked_for_again_is_not_counted() {
    let world = tea().await;
    let research = json!({ "model": "sonar-deep-research", "reasoning_effort": "minimal" });
    let mut counts = Vec::new();
    for _ in 0..2 {
        let reply = world.reply("What is green tea?", research.clone()).await;
        counts.push(reply["usage"]["num_search_queries"].as_u64().unwrap());
    }
    let queries = world.queries().len() as u64;
    assert_eq!(
        counts,
        [2 * queries, queries],
        "the documents are searched again, the web is not"
    );
}

/// However many headings it looks into: the web is not emptied for one question.
#[tokio::test]
async fn research_fetches_as_many_pages_as_five_searches() {
    let world = Plan::of(&[("coffee.md", COFFEE)])
        .settings(|web| web.fetch_pages = 1)
        .start()
        .await;
    let topics = [
        "Steeping", "Harvest", "Storage", "Roasting", "Aroma", "Grading", "Packing", "Shipping",
    ];
    let told = |topic: &str| format!("{topic} of green tea takes care and patience.");
    let section = |topic: &&str| format!("<h2 id={topic}>{topic}</h2><p>{}</p>", told(topic));
    let sections: String = topics.iter().map(section).collect();
    let guide = format!(
        "<html lang=en><title>Green tea</title><main><h1>Green tea</h1><p>Green tea is a tea.</p>{sections}</main></html>"
    );
    world.has(GREEN, "Green tea", "What green tea is.", Page::html(&guide));
    for topic in topics {
        let url = format!("http://{}.example/", topic.to_lowercase());
        let page = format!(
            "<html lang=en><title>{topic}</title><main><p>{}</main>",
            told(topic)
        );
        world.has(&url, topic, &told(topic), Page::html(&page));
    }
    let research = json!({ "model": "sonar-deep-research", "reasoning_effort": "high" });
    world.reply("What is green tea?", research).await;
    let (queries, fetched) = (world.queries(), world.fetched());
    assert!(queries.len() > 5, "{queries:?}");
    assert_eq!(fetched.len(), 5, "{fetched:?}");
}

#[tokio::test]
async fn a_stream_tells_the_real_queries_and_the_pages_that_were_read() {
    let world = tea().await;
    let client = client(&world.server);
    let mut request = ChatRequest::new("sonar", vec![Message::user(HOW)]);
    let whole = client.chat(&request).await.unwrap();
    request.search_domain_filter = Some(vec!["tea.example".to_owned()]);
    request.stream_mode = Some(StreamMode::Concise);
    let (pieces, error) = streamed(&client, &request).await;
    assert!(error.is_none(), "{error:?}");
    let pieces: Vec<Value> = pieces
        .iter()
        .map(|piece| serde_json::to_value(piece).unwrap())
        .collect();
    let told = serde_json::to_string(&pieces).unwrap();
    assert!(told.contains(&format!("{HOW} site:tea.example")), "{told}");
    assert!(told.contains("fetch_url_content"), "{told}");
    let last = pieces.last().unwrap();
    assert_eq!(
        last["search_results"][0]["url"],
        json!(whole.sources()[0].url)
    );
}

#[tokio::test]
async fn nothing_on_a_page_breaks_out_of_its_quotation() {
    let world = World::new().await;
    let evil = "<html lang=en><title>Green tea @everyone [1](https://evil.example)</title><body><main><h1>Green tea</h1>\
        <p>Green tea is steeped at eighty degrees &lt;@123&gt; &lt;#4&gt; ```fence``` [9] [click](https://evil.example) &gt; **bold** \
        <a href='javascript:alert(1)'>link</a>.</p><p># Green tea is steeped @here</p></main></body></html>";
    let page = Page::html(evil);
    world.has(
        "http://evil.example/",
        "<@99> green tea",
        "Green tea is steeped <@7>.",
        page,
    );
    world.shows(Hit::new(
        "javascript:alert(1)",
        "Green tea steeped degrees",
        "Green tea is steeped at degrees.",
    ));
    for private in ["http://10.0.0.1/", "http://10.0.0.1:8080/admin"] {
        world.shows(Hit::new(
            private,
            "Green tea steeped degrees",
            "Green tea is steeped at degrees.",
        ));
    }
    let reply = world.reply(HOW, json!({})).await;
    let told = text(&reply);
    for sign in ["<@", "<#", "](", "\n# ", "[9]"] {
        assert!(
            !told
                .replace("\\<", "")
                .replace("\\]", "")
                .replace("\\[", "")
                .contains(sign),
            "{sign} in {told}"
        );
    }
    assert_eq!(citations(&reply), ["http://evil.example/"], "{told}");
}

/// Words that all found pages share are common among these, and still what was asked for.
#[tokio::test]
async fn many_pages_on_the_same_matter_answer_where_there_are_no_documents() {
    let world = Plan::of(&[]).start().await;
    for number in 0..12 {
        let url = format!("http://tea{number}.example/");
        world.has(
            &url,
            "Green tea",
            &format!("Green tea is steeped at eighty degrees, says house {number}."),
            green_tea(),
        );
    }
    let told = world.text(HOW).await;
    assert!(told.starts_with("**Green tea"), "{told}");
}
