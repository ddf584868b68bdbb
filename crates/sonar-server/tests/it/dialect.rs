//! The ways of the protocol that changed over the years: each switch, and what a client then reads.

use serde_json::{Value, json};
use sonar_server::{Dialect, OrderWording, Server, ServerSettings};

use crate::scripted::{
    Scripted, TEXT, answer, asking, client, post, question, start, streamed, text,
};

async fn speaking(dialect: Dialect) -> Server {
    let settings = ServerSettings {
        dialect,
        ..ServerSettings::default()
    };
    start(Scripted::playing(answer()), settings).await
}

/// The sentence of the refusal, or nothing when there is an answer.
async fn refusal(server: &Server, fields: Value) -> Option<String> {
    let body: Value = post(server, &asking(fields)).await.json().await.unwrap();
    body["error"]["message"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn messages_out_of_order_are_refused_in_the_words_of_the_year() {
    let turn = |role: &str| json!({ "role": role, "content": "x" });
    let twice = json!({ "messages": [turn("user"), turn("user")] });
    let unasked = json!({ "messages": [turn("user"), turn("assistant")] });
    let old = speaking(Dialect {
        order_wording: OrderWording::Old,
        ..Dialect::default()
    })
    .await;
    insta::assert_snapshot!(refusal(&old, twice).await.unwrap(), @"After the (optional) system message(s), user and assistant roles should be alternating.");
    insta::assert_snapshot!(refusal(&old, unasked).await.unwrap(), @"Last message must have role `user`.");
}

#[tokio::test]
async fn a_mixed_domain_filter_and_recency_beside_dates_can_be_let_through() {
    let mixed = json!({ "search_domain_filter": ["a.example", "-b.a.example"] });
    let both = json!({ "search_recency_filter": "week", "search_after_date_filter": "1/1/2025" });
    let strict = speaking(Dialect::default()).await;
    let lenient = speaking(Dialect {
        mixed_domains: true,
        recency_with_dates: true,
        ..Dialect::default()
    })
    .await;
    for fields in [mixed, both] {
        assert!(refusal(&strict, fields.clone()).await.is_some(), "{fields}");
        assert_eq!(refusal(&lenient, fields.clone()).await, None, "{fields}");
    }
}

#[tokio::test]
async fn sources_can_be_kept_for_the_last_piece() {
    let server = speaking(Dialect {
        citations_only_last: true,
        ..Dialect::default()
    })
    .await;
    let (pieces, error) = streamed(&client(&server), &question()).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(text(&pieces), TEXT);
    let (last, before) = pieces.split_last().unwrap();
    assert_eq!(last.citations.as_ref().map(Vec::len), Some(1));
    assert_eq!(last.sources().len(), 1);
    for piece in before {
        assert_eq!((&piece.citations, &piece.search_results), (&None, &None));
    }
}

#[tokio::test]
async fn the_cost_can_be_left_out() {
    let server = speaking(Dialect {
        cost: false,
        ..Dialect::default()
    })
    .await;
    let whole = client(&server).chat(&question()).await.unwrap();
    let (pieces, _) = streamed(&client(&server), &question()).await;
    for usage in pieces
        .iter()
        .chain([&whole])
        .map(|piece| piece.usage.as_ref())
    {
        let usage = usage.unwrap();
        assert!(usage.cost.is_none() && usage.prompt_tokens > 0);
    }
}

#[tokio::test]
async fn the_delta_of_a_whole_reply_can_be_left_out() {
    let server = speaking(Dialect {
        delta: false,
        ..Dialect::default()
    })
    .await;
    let body: Value = post(&server, &asking(json!({})))
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(body["choices"][0].get("delta"), None);
    assert_eq!(body["choices"][0]["message"]["content"], TEXT);
    let (pieces, _) = streamed(&client(&server), &question()).await;
    assert_eq!(text(&pieces), TEXT, "a stream is nothing without it");
}
