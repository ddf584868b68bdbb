//! What holds for every answer, whatever the documents and whatever is asked: generated documents and requests, through
//! the real engine and the real server.

pub(crate) mod documents;
pub(crate) mod reading;
pub(crate) mod requests;

use proptest::prelude::*;
use serde_json::{Value, json};
use sonar::ChatCompletion;
use sonar_server::Server;
use tokio::runtime::Runtime;

use crate::documents::serving;
use crate::scripted::{post, text};
use documents::{Library, library};
use reading::{marked_up, markers, pieces, prose, quotes};
use requests::{Asked, asked};

pub(crate) fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    }
}

proptest! {
    #![proptest_config(config(64))]

    /// Sources, markers, quotations, filters, streams, signs and repetition: all of it holds for the same answer.
    #[test]
    fn every_answer_keeps_every_promise(library in library(), asked in asked()) {
        Runtime::new().unwrap().block_on(async {
            let (server, _folder) = serving(&library.files()).await;
            let reply = post(&server, &asked.request).await;
            let status = reply.status();
            let body: Value = reply.json().await.unwrap();
            prop_assert_eq!(status, 200, "{}", body);
            let answer: ChatCompletion = serde_json::from_value(body.clone()).unwrap();
            sources_are_what_is_cited(&answer, &asked)?;
            quotations_are_verbatim(&answer, &asked, &library)?;
            filters_are_kept_to(&answer, &asked, &library)?;
            nothing_pings_or_misleads(&answer, &asked)?;
            however_it_is_sent_it_is_the_same(&server, &answer, &asked).await?;
            asked_again_it_is_the_same(&server, &body, &asked).await?;
            Ok(())
        })?;
    }

    /// A document that passes the filters can be found, and one that does not cannot: for each document by a word that it
    /// alone has.
    #[test]
    fn filters_let_in_exactly_what_they_should(library in library(), asked in asked()) {
        Runtime::new().unwrap().block_on(async {
            let (server, _folder) = serving(&library.files()).await;
            for document in &library.0 {
                let messages = json!([{ "role": "user", "content": document.own_word() }]);
                let mut request = asked.filters_alone();
                request["messages"] = messages;
                let reply: Value = post(&server, &request).await.json().await.unwrap();
                let cited = reply["citations"].to_string().contains(&document.address());
                prop_assert_eq!(cited, asked.lets_in(document), "{:?} {} {}", document, request, reply);
            }
            Ok(())
        })?;
    }
}

/// I1: `citations[i] == search_results[i].url`, and every marker is the number of a source.
pub(crate) fn sources_are_what_is_cited(
    answer: &ChatCompletion,
    asked: &Asked,
) -> Result<(), TestCaseError> {
    let results = answer.search_results.as_deref().unwrap();
    let urls: Vec<&String> = results.iter().map(|result| &result.url).collect();
    prop_assert_eq!(
        answer
            .citations
            .as_ref()
            .unwrap()
            .iter()
            .collect::<Vec<_>>(),
        urls
    );
    for number in markers(&prose(answer, asked)) {
        prop_assert!(
            (1..=results.len()).contains(&number),
            "[{}] of {}",
            number,
            results.len()
        );
    }
    Ok(())
}

/// I2: what is shown as a quotation stands so, white space aside, in the document whose number it bears.
pub(crate) fn quotations_are_verbatim(
    answer: &ChatCompletion,
    asked: &Asked,
    library: &Library,
) -> Result<(), TestCaseError> {
    let citations = answer.citations.as_ref().unwrap();
    for (number, lines) in quotes(&prose(answer, asked)) {
        let url = &citations[number - 1];
        let document = library.at(url);
        prop_assert!(document.is_some(), "{} is no document's address", url);
        let whole = document.unwrap().text();
        for line in lines {
            prop_assert!(whole.contains(&line), "{:?} is not in {:?}", line, whole);
        }
    }
    Ok(())
}

/// I3: every source and every image passes every filter of the request, and no question comes from a document that does
/// not.
fn filters_are_kept_to(
    answer: &ChatCompletion,
    asked: &Asked,
    library: &Library,
) -> Result<(), TestCaseError> {
    for result in answer.search_results.as_deref().unwrap() {
        let document = library.at(&result.url).unwrap();
        prop_assert!(
            asked.lets_in(document),
            "{:?} for {}",
            document,
            asked.request
        );
    }
    for image in answer.images.as_deref().unwrap_or_default() {
        prop_assert!(
            image.image_url.ends_with(asked.image_ending()),
            "{:?}",
            image
        );
        prop_assert!(
            answer
                .citations
                .as_ref()
                .unwrap()
                .contains(&image.origin_url)
        );
    }
    for question in answer.related_questions.as_deref().unwrap_or_default() {
        let mut allowed = library.0.iter().filter(|document| asked.lets_in(document));
        prop_assert!(
            allowed.any(|document| document.raises(question)),
            "{}",
            question
        );
    }
    Ok(())
}

/// I6: no mention and no link in the text comes from a document, and sources are links to follow.
pub(crate) fn nothing_pings_or_misleads(
    answer: &ChatCompletion,
    asked: &Asked,
) -> Result<(), TestCaseError> {
    let bare = marked_up(&prose(answer, asked));
    for sign in ["<@", "<#", "<script", "](", "!["] {
        prop_assert!(!bare.contains(sign), "{} in {}", sign, bare);
    }
    for url in answer.citations.as_ref().unwrap() {
        prop_assert!(
            url.starts_with("https://") || url.starts_with("http://"),
            "{}",
            url
        );
    }
    Ok(())
}

/// I4: the deltas of a stream add up to its message, which is that of the whole reply; so are sources and ending.
pub(crate) async fn however_it_is_sent_it_is_the_same(
    server: &Server,
    whole: &ChatCompletion,
    asked: &Asked,
) -> Result<(), TestCaseError> {
    for mode in ["full", "concise"] {
        let mut request = asked.request.clone();
        request["stream"] = json!(true);
        request["stream_mode"] = json!(mode);
        let body = post(server, &request).await.text().await.unwrap();
        let pieces = pieces(&body);
        let last = pieces.last().unwrap();
        prop_assert_eq!(text(&pieces), last.text());
        prop_assert_eq!(last.text(), whole.text());
        prop_assert_eq!(&last.search_results, &whole.search_results);
        prop_assert_eq!(&last.related_questions, &whole.related_questions);
        prop_assert_eq!(&last.images, &whole.images);
        prop_assert_eq!(&last.usage, &whole.usage);
        prop_assert_eq!(last.finish_reason(), whole.finish_reason());
    }
    Ok(())
}

/// I7: the same request gets the same bytes, id and time aside.
async fn asked_again_it_is_the_same(
    server: &Server,
    first: &Value,
    asked: &Asked,
) -> Result<(), TestCaseError> {
    let mut again: Value = post(server, &asked.request).await.json().await.unwrap();
    let mut first = first.clone();
    for reply in [&mut first, &mut again] {
        reply["id"] = json!("");
        reply["created"] = json!(0);
    }
    prop_assert_eq!(first.to_string(), again.to_string());
    Ok(())
}
