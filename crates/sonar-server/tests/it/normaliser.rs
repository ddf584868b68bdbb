//! The client's promises against this server: what it puts in order and what it lets through is accepted here.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::stream;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use sonar::{
    ChatRequest, Client, Content, DomainLimit, MediaUrl, Message, Part, Recency, Role, normalise,
};
use sonar_server::ServerSettings;

use crate::scripted::{Scripted, answer, client, start};

fn text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        "[a-zä🙂 \n]{0,6}",
        Just("<think>".to_owned()),
        Just("</think>".to_owned()),
        Just("[[1]](<https://a.example>)".to_owned()),
    ];
    prop::collection::vec(word, 0..4).prop_map(|words| words.concat())
}

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![
        text().prop_map(|text| Part::Text { text }),
        Just(Part::ImageUrl {
            image_url: MediaUrl::Plain("https://a.example/x.png".to_owned())
        }),
    ]
}

fn message() -> impl Strategy<Value = Message> {
    let role = prop_oneof![
        Just(Role::System),
        Just(Role::User),
        Just(Role::Assistant),
        Just(Role::Tool),
        "[a-z]{0,9}".prop_map(Role::from),
    ];
    let content = prop_oneof![
        4 => text().prop_map(Content::Text),
        1 => prop::collection::vec(part(), 0..3).prop_map(Content::Parts),
        1 => Just(Content::Null),
    ];
    (role, content).prop_map(|(role, content)| Message {
        role,
        content,
        ..Message::default()
    })
}

/// Requests that break rules about as often as they keep them.
fn request() -> impl Strategy<Value = ChatRequest> {
    let entry = prop_oneof![
        4 => r"(https?://)?(www\.)?[a-zA-Zä]{1,4}(\.[a-z]{2,4}){1,2}(/[a-z ]{0,4}){0,2}",
        2 => r"\.[a-z]{1,3}",
        1 => r"-?[-a-z.:/?@# ]{0,12}",
    ];
    let day = prop_oneof![
        4 => r"(0?[1-9]|1[0-2])/(0?[1-9]|[12][0-9])/20[0-9]{2}",
        1 => r"[01]?[0-9]/[0-3]?[0-9]/20[0-9]{2}",
        1 => r"[0-9/-]{0,10}",
    ];
    let numbers = (
        proptest::option::of(10_u32..130_000),
        proptest::option::of(-0.2..2.2),
        proptest::option::of(0_u32..12),
    );
    (
        prop::collection::vec(message(), 0..3),
        proptest::option::of(prop::collection::vec(entry, 0..3)),
        proptest::option::of(day),
        proptest::option::of(Just(Recency::Week)),
        numbers,
        proptest::option::of(prop::collection::vec("[a-z]{2}|[a-zA-Z]{1,3}", 0..3)),
    )
        .prop_map(
            |(messages, domains, day, recency, (tokens, warmth, count), languages)| ChatRequest {
                search_domain_filter: domains,
                search_after_date_filter: day,
                search_recency_filter: recency,
                max_tokens: tokens,
                temperature: warmth,
                top_k: count,
                search_language_filter: languages,
                ..ChatRequest::new("sonar", messages)
            },
        )
}

/// Whether this server answers the request; what it says when it does not.
async fn accepted(client: &Client, request: &ChatRequest) -> Result<(), TestCaseError> {
    match client.chat(request).await {
        Ok(_) => Ok(()),
        Err(error) => Err(TestCaseError::fail(format!("refused: {error}"))),
    }
}

/// Puts each of many values to one server.
fn against_the_server<S: Strategy>(
    values: &S,
    ask: &impl AsyncFn(&Client, S::Value) -> Result<(), TestCaseError>,
) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let settings = ServerSettings {
        requests_a_minute: std::num::NonZeroU32::MAX,
        ..ServerSettings::default()
    };
    let engine = Scripted::new(|_| stream::iter(answer()));
    let server = runtime.block_on(start(engine, settings));
    let client = client(&server);
    let config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(values, |value| runtime.block_on(ask(&client, value)))
        .unwrap();
}

#[test]
fn whatever_history_goes_in_what_comes_out_is_accepted() {
    let histories = prop::collection::vec(message(), 0..10);
    against_the_server(
        &histories,
        &async |client, history| match normalise(history) {
            Ok(messages) => accepted(client, &ChatRequest::new("sonar", messages)).await,
            Err(invalid) => {
                prop_assert_eq!(invalid.field, "messages");
                Ok(())
            }
        },
    );
}

#[test]
fn what_the_client_lets_through_is_accepted() {
    let (sent, kept) = (AtomicUsize::new(0), AtomicUsize::new(0));
    against_the_server(&request(), &async |client, mut request| {
        let messages = normalise(std::mem::take(&mut request.messages));
        request.messages = messages.unwrap_or_else(|_| vec![Message::user("Why?")]);
        if request.check(DomainLimit::default()).is_err() {
            kept.fetch_add(1, Ordering::Relaxed);
            return Ok(());
        }
        sent.fetch_add(1, Ordering::Relaxed);
        accepted(client, &request).await
    });
    let (sent, kept) = (sent.into_inner(), kept.into_inner());
    assert!(
        sent > 20 && kept > 20,
        "{sent} sent, {kept} kept: this tries too little of one kind"
    );
}
