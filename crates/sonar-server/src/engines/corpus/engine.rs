//! The corpus behind the server: what a request means here, and the answer as events. Must not rank or quote anything.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::available_parallelism;

use async_stream::stream;
use futures_util::stream::{BoxStream, StreamExt};
use sonar::{
    ChatRequest, Content, FinishReason, Message, Part, Recency, ResponseFormat, Role,
    SearchContextSize, SearchMode, SearchResult, SourceKind, Stop, Usage,
};
use time::{Date, Duration, OffsetDateTime};
use tokio::sync::Semaphore;

use super::{Budget, Corpus, DomainRule, Excerpt, Filters, Query, write};
use crate::domains::Domain;
use crate::engines::{Done, Engine, Event};
use crate::usage::{Estimate, characters};
use crate::{Failure, clock, dates};

/// Answers with excerpts of a corpus.
#[derive(Debug)]
pub struct CorpusEngine {
    corpus: Arc<Corpus>,
    /// Searching is work for a processor: more at once than there are of them would only slow each other down.
    searches: Arc<Semaphore>,
}

impl CorpusEngine {
    /// An engine that searches `corpus`, on as many threads at once as there are processors.
    #[must_use]
    pub fn new(corpus: Arc<Corpus>) -> Self {
        let at_once = available_parallelism().map_or(1, NonZeroUsize::get);
        Self {
            corpus,
            searches: Arc::new(Semaphore::new(at_once)),
        }
    }
}

impl Engine for CorpusEngine {
    fn name(&self) -> &'static str {
        "local-excerpts"
    }

    fn id_prefix(&self) -> &'static str {
        "local-"
    }

    fn honours(&self) -> &'static [&'static str] {
        &[
            "max_tokens",
            "stop",
            "n",
            "response_format",
            "disable_search",
            "num_search_results",
            "search_mode",
            "search_domain_filter",
            "search_recency_filter",
            "search_after_date_filter",
            "search_before_date_filter",
            "last_updated_after_filter",
            "last_updated_before_filter",
            "search_language_filter",
            "web_search_options.search_context_size",
        ]
    }

    fn check(&self, request: &ChatRequest) -> Result<(), Failure> {
        match beyond(request) {
            Some(message) => Err(Failure::unsupported(message)),
            None if asks_nothing(request) => Err(Failure::bad_request(
                "invalid_message",
                "messages: the last user message holds no text to search for.",
            )),
            None => Ok(()),
        }
    }

    fn answer(&self, request: Arc<ChatRequest>) -> BoxStream<'static, Event> {
        let (corpus, searches) = (Arc::clone(&self.corpus), Arc::clone(&self.searches));
        let plan = Plan::of(&request, clock::now());
        stream! {
            let Ok(permit) = searches.acquire_owned().await else {
                yield Event::Failed(Failure::internal());
                return;
            };
            let search = tokio::task::spawn_blocking(move || {
                let _permit = permit;
                let found = corpus.find(&plan.query, &plan.filters, &plan.budget);
                (plan, found)
            });
            let Ok((plan, found)) = search.await else {
                tracing::error!("the search of the corpus panicked");
                yield Event::Failed(Failure::internal());
                return;
            };
            yield Event::Sources(found.excerpts.iter().map(source).collect());
            let (deltas, finish) = plan.cut(write(&found));
            let usage = usage(&request, &deltas);
            for delta in deltas {
                yield Event::Delta(delta);
            }
            yield Event::Done(Box::new(Done { finish, usage, related: Vec::new(), images: Vec::new() }));
        }
        .boxed()
    }
}

/// What a request asks that excerpts cannot give.
fn beyond(request: &ChatRequest) -> Option<String> {
    let format = match &request.response_format {
        Some(ResponseFormat::JsonSchema { .. }) => Some("json_schema"),
        Some(ResponseFormat::Regex { .. }) => Some("regex"),
        Some(ResponseFormat::Text) | None => None,
    };
    if let Some(format) = format {
        return Some(format!(
            "response_format: {format} needs a language model; this engine quotes documents."
        ));
    }
    if request.disable_search == Some(true) {
        return Some("disable_search: an answer without a search needs a language model; this engine quotes documents.".to_owned());
    }
    if let Some(mode) = request
        .search_mode
        .as_ref()
        .filter(|mode| **mode != SearchMode::Web)
    {
        return Some(format!(
            "search_mode: {mode} is not available; this engine searches its own documents. Leave it out, or use web."
        ));
    }
    if request.n.is_some_and(|n| n > 1) {
        return Some("n: this engine gives one answer; leave it out, or use 1.".to_owned());
    }
    request.messages.iter().any(shows_more_than_text).then(|| {
        "messages: images, files and videos need a language model; this engine reads text."
            .to_owned()
    })
}

fn shows_more_than_text(message: &Message) -> bool {
    match &message.content {
        Content::Parts(parts) => parts.iter().any(|part| !matches!(part, Part::Text { .. })),
        Content::Text(_) | Content::Null => false,
    }
}

/// Whether the turn to answer is empty. A conversation that ends otherwise is refused for its order.
fn asks_nothing(request: &ChatRequest) -> bool {
    let last = request.messages.last();
    last.is_some_and(|last| last.role == Role::User && last.content.text().trim().is_empty())
}

/// What a request means for a corpus.
#[derive(Debug)]
struct Plan {
    query: Query,
    filters: Filters,
    budget: Budget,
    most_characters: Option<usize>,
    stops: Vec<String>,
}

impl Plan {
    fn of(request: &ChatRequest, now: OffsetDateTime) -> Self {
        Self {
            query: query(&request.messages),
            filters: filters(request, now),
            budget: budget(request),
            most_characters: request.max_tokens.map(characters),
            stops: match request.stop.clone() {
                None => Vec::new(),
                Some(Stop::One(stop)) => vec![stop],
                Some(Stop::Many(stops)) => stops,
            },
        }
    }

    /// The text up to the first stop and the most characters, and why it ends.
    fn cut(&self, deltas: Vec<String>) -> (Vec<String>, FinishReason) {
        let whole = deltas.concat();
        let stops = self.stops.iter().filter(|stop| !stop.is_empty());
        let stopped = stops
            .filter_map(|stop| whole.split_once(stop.as_str()))
            .map(|(before, _)| before);
        let wanted = stopped.min_by_key(|before| before.len()).unwrap_or(&whole);
        let kept = self
            .most_characters
            .map_or(wanted, |most| at_sentence_end(wanted, most));
        let finish = if kept.len() < wanted.len() {
            FinishReason::Length
        } else {
            FinishReason::Stop
        };
        (only_first(deltas, kept.len()), finish)
    }
}

/// The longest beginning of at most `most` characters that ends with a sentence or a line, outside a block of code.
/// One without any such end is cut where it must be.
fn at_sentence_end(text: &str, most: usize) -> &str {
    let Some((end, _)) = text.char_indices().nth(most) else {
        return text;
    };
    let (fits, _) = text.split_at(end);
    let mut best = "";
    for (at, mark) in fits.char_indices() {
        let (upto, rest) = fits.split_at(at + mark.len_utf8());
        let ends = mark == '\n'
            || matches!(mark, '.' | '!' | '?') && rest.starts_with(char::is_whitespace);
        if ends && upto.matches("```").count() % 2 == 0 {
            best = upto;
        }
    }
    if best.is_empty() {
        fits
    } else {
        best.trim_end()
    }
}

/// The deltas whose concatenation is the first `length` bytes, which end at a character.
fn only_first(deltas: Vec<String>, length: usize) -> Vec<String> {
    let mut room = length;
    let mut kept = Vec::new();
    for mut delta in deltas {
        delta.truncate(room);
        room -= delta.len();
        if delta.is_empty() {
            break;
        }
        kept.push(delta);
    }
    kept
}

/// The last user turn is the question, the one before it what a short follow-up hangs on.
fn query(messages: &[Message]) -> Query {
    let mut asked = messages
        .iter()
        .rev()
        .filter(|message| matches!(message.role, Role::User | Role::Tool))
        .map(|message| message.content.text().into_owned());
    Query {
        text: asked.next().unwrap_or_default(),
        before: asked.find(|text| !text.trim().is_empty()),
        language: None,
    }
}

/// A model is a number of sources, a context size a number of words.
fn budget(request: &ChatRequest) -> Budget {
    let sources = match request.model.as_str() {
        "sonar-deep-research" => 8,
        "sonar" => 3,
        _ => 5,
    };
    let wanted = request
        .num_search_results
        .and_then(|most| usize::try_from(most).ok());
    let options = request.web_search_options.as_ref();
    let words = match options.and_then(|options| options.search_context_size.as_ref()) {
        Some(SearchContextSize::High) => 250,
        Some(SearchContextSize::Medium) => 150,
        _ => 100,
    };
    Budget {
        sources: wanted.map_or(sources, |most| sources.min(most.max(1))),
        words,
    }
}

fn filters(request: &ChatRequest, now: OffsetDateTime) -> Filters {
    let date = |field: &Option<String>| field.as_deref().and_then(dates::read);
    let recent = request
        .search_recency_filter
        .as_ref()
        .and_then(|recency| last_day_too_old(recency, now));
    Filters {
        domains: request
            .search_domain_filter
            .iter()
            .flatten()
            .filter_map(|entry| rule(entry))
            .collect(),
        published_after: date(&request.search_after_date_filter).max(recent),
        published_before: date(&request.search_before_date_filter),
        updated_after: date(&request.last_updated_after_filter),
        updated_before: date(&request.last_updated_before_filter),
        languages: request.search_language_filter.clone().unwrap_or_default(),
    }
}

fn rule(entry: &str) -> Option<DomainRule> {
    let domain = Domain::read(entry)?;
    Some(match domain.denies {
        true => DomainRule::Deny(domain.pattern),
        false => DomainRule::Allow(domain.pattern),
    })
}

/// Documents are dated by the day: one counts as recent when any moment of its day lies within the time.
fn last_day_too_old(recency: &Recency, now: OffsetDateTime) -> Option<Date> {
    let span = match recency {
        Recency::Hour => Duration::HOUR,
        Recency::Day => Duration::DAY,
        Recency::Week => Duration::WEEK,
        Recency::Month => Duration::days(30),
        Recency::Year => Duration::days(365),
        Recency::Other(_) => return None,
    };
    now.checked_sub(span)?.date().previous_day()
}

fn source(excerpt: &Excerpt) -> SearchResult {
    let title = match &excerpt.section {
        Some(section) if *section != excerpt.title => format!("{} › {section}", excerpt.title),
        _ => excerpt.title.clone(),
    };
    SearchResult {
        title,
        url: excerpt.url.clone(),
        date: excerpt.date.clone(),
        last_updated: excerpt.last_updated.clone(),
        snippet: Some(excerpt.text.clone()),
        source: Some(SourceKind::Web),
        ..SearchResult::default()
    }
}

fn usage(request: &ChatRequest, deltas: &[String]) -> Usage {
    let mut estimate = Estimate::new(request);
    for delta in deltas {
        estimate.add(delta);
    }
    Usage {
        num_search_queries: (request.model == "sonar-deep-research").then_some(1),
        ..estimate.usage()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sonar::WebSearchOptions;
    use time::macros::{date, datetime};

    const NOW: OffsetDateTime = datetime!(2026-11-22 00:30 UTC);

    fn request() -> ChatRequest {
        ChatRequest::new("sonar", vec![Message::user("Why?")])
    }

    #[test]
    fn a_model_is_a_number_of_sources_and_a_size_a_number_of_words() {
        for (model, size, most, expected) in [
            ("sonar", None, None, (3, 100)),
            ("sonar-pro", Some(SearchContextSize::Medium), None, (5, 150)),
            (
                "sonar-reasoning-pro",
                Some(SearchContextSize::High),
                Some(2),
                (2, 250),
            ),
            (
                "sonar-deep-research",
                Some(SearchContextSize::Low),
                Some(20),
                (8, 100),
            ),
            ("sonar", None, Some(0), (1, 100)),
        ] {
            let request = ChatRequest {
                model: model.to_owned(),
                num_search_results: most,
                web_search_options: Some(WebSearchOptions {
                    search_context_size: size,
                    ..WebSearchOptions::default()
                }),
                ..request()
            };
            let budget = budget(&request);
            assert_eq!((budget.sources, budget.words), expected, "{model}");
        }
    }

    #[test]
    fn the_last_user_turn_is_the_question() {
        let query = query(&[
            Message::system("Be brief."),
            Message::user("What is a slice?"),
            Message::assistant("A view."),
            Message::user("And how long is it?"),
        ]);
        assert_eq!(
            (query.text.as_str(), query.before.as_deref()),
            ("And how long is it?", Some("What is a slice?"))
        );
    }

    #[test]
    fn every_filter_reaches_the_corpus() {
        let filters = filters(
            &ChatRequest {
                search_domain_filter: Some(vec!["-https://www.a.example/x".to_owned()]),
                search_after_date_filter: Some("3/1/2025".to_owned()),
                search_before_date_filter: Some("03/05/2025".to_owned()),
                last_updated_after_filter: Some("4/1/2025".to_owned()),
                last_updated_before_filter: Some("4/5/2025".to_owned()),
                search_language_filter: Some(vec!["de".to_owned()]),
                ..request()
            },
            NOW,
        );
        assert_eq!(
            filters.domains,
            [DomainRule::Deny("a.example/x".to_owned())]
        );
        assert_eq!(filters.published_after, Some(date!(2025 - 03 - 01)));
        assert_eq!(filters.published_before, Some(date!(2025 - 03 - 05)));
        assert_eq!(filters.updated_after, Some(date!(2025 - 04 - 01)));
        assert_eq!(filters.updated_before, Some(date!(2025 - 04 - 05)));
        assert_eq!(filters.languages, ["de"]);
    }

    #[test]
    fn recent_begins_with_the_day_the_time_reaches_back_into() {
        for (recency, expected) in [
            (Recency::Hour, date!(2026 - 11 - 20)),
            (Recency::Day, date!(2026 - 11 - 20)),
            (Recency::Week, date!(2026 - 11 - 14)),
            (Recency::Month, date!(2026 - 10 - 22)),
            (Recency::Year, date!(2025 - 11 - 21)),
        ] {
            assert_eq!(last_day_too_old(&recency, NOW), Some(expected), "{recency}");
        }
    }

    #[test]
    fn what_excerpts_cannot_give_is_named() {
        let with = |change: fn(&mut ChatRequest)| {
            let mut request = request();
            change(&mut request);
            beyond(&request)
                .unwrap_or_default()
                .split(':')
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        assert_eq!(with(|_| {}), "");
        assert_eq!(
            with(|request| request.response_format = Some(ResponseFormat::Text)),
            ""
        );
        assert_eq!(
            with(
                |request| request.response_format = Some(ResponseFormat::JsonSchema {
                    json_schema: Default::default()
                })
            ),
            "response_format"
        );
        assert_eq!(
            with(|request| request.disable_search = Some(true)),
            "disable_search"
        );
        assert_eq!(
            with(|request| request.search_mode = Some(SearchMode::Sec)),
            "search_mode"
        );
        assert_eq!(
            with(|request| request.search_mode = Some(SearchMode::Web)),
            ""
        );
        assert_eq!(with(|request| request.n = Some(2)), "n");
        assert_eq!(
            with(|request| {
                let image = serde_json::json!([{ "type": "image_url", "image_url": "https://a.example/x.png" }]);
                request.messages[0].content = serde_json::from_value(image).unwrap();
            }),
            "messages"
        );
    }

    #[test]
    fn an_empty_question_asks_nothing() {
        assert!(!asks_nothing(&request()));
        assert!(asks_nothing(&ChatRequest::new(
            "sonar",
            vec![Message::user(" \n")]
        )));
        assert!(asks_nothing(&ChatRequest::new(
            "sonar",
            vec![Message {
                role: Role::User,
                ..Message::default()
            }]
        )));
    }

    fn check_cut(
        max_tokens: Option<u32>,
        stops: &[&str],
        text: &str,
        expected: &str,
        ends: &FinishReason,
    ) {
        let request = ChatRequest {
            max_tokens,
            stop: Some(Stop::Many(
                stops.iter().map(|stop| (*stop).to_owned()).collect(),
            )),
            ..request()
        };
        let deltas = text.split_inclusive(' ').map(str::to_owned).collect();
        let (deltas, finish) = Plan::of(&request, NOW).cut(deltas);
        assert_eq!((deltas.concat().as_str(), &finish), (expected, ends));
    }

    #[test]
    fn an_answer_is_cut_at_a_stop_or_at_a_sentence() {
        let text = "One is here. Two is là. Three.";
        check_cut(None, &[], text, text, &FinishReason::Stop);
        check_cut(
            None,
            &["Three", "là"],
            text,
            "One is here. Two is ",
            &FinishReason::Stop,
        );
        check_cut(None, &["Four", ""], text, text, &FinishReason::Stop);
        check_cut(
            Some(6),
            &[],
            text,
            "One is here. Two is là.",
            &FinishReason::Length,
        );
        check_cut(Some(5), &[], text, "One is here.", &FinishReason::Length);
        check_cut(
            Some(5),
            &["Two"],
            text,
            "One is here. ",
            &FinishReason::Stop,
        );
        check_cut(Some(2), &[], "ééééééééé", "éééééééé", &FinishReason::Length);
        check_cut(
            Some(5),
            &[],
            "A.\n```\nlet a = 1;\n```\nB.",
            "A.",
            &FinishReason::Length,
        );
    }
}
