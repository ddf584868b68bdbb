//! What a request means for a corpus: question, filters and budget. Must be pure; the time is an argument.

use sonar::{ChatRequest, Message, Recency, Role, SearchContextSize};
use time::{Date, Duration, OffsetDateTime};

use super::research;
use crate::dates;
use crate::engines::corpus::search::question::MAX_CHARS;
use crate::engines::corpus::{Budget, Domain, Extent, Filters, Query};
use crate::engines::web::Range;

/// What to search for.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) query: Query,
    pub(super) filters: Filters,
    pub(super) budget: Budget,
    pub(super) research: Option<Research>,
    /// How far back the web is to be searched.
    pub(super) range: Option<Range>,
    /// Whether anything is searched for.
    pub(super) searches: bool,
}

/// How far a research goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Research {
    /// The most headings that are searched for.
    pub(super) sub_questions: usize,
    /// The most sources in all.
    pub(super) sources: usize,
}

impl Plan {
    /// What a request means for an answer that is made of excerpts, or written from passages.
    pub(super) fn of(request: &ChatRequest, now: OffsetDateTime, extent: Extent) -> Self {
        let filters = filters(request, now);
        Self {
            query: query(&request.messages, &filters.languages),
            filters,
            budget: budget(request, extent),
            research: research(request),
            range: range(request, now),
            searches: request.disable_search != Some(true),
        }
    }
}

/// The last user message is the question; what it quotes, or else the user message before it, is what a short one hangs on. What a
/// tool said asks nothing, and no more is kept of either than is read.
fn query(messages: &[Message], languages: &[String]) -> Query {
    let mut asked = messages
        .iter()
        .rev()
        .filter(|message| message.role == Role::User)
        .map(|message| {
            message
                .content
                .text()
                .chars()
                .take(MAX_CHARS)
                .collect::<String>()
        });
    let (own, quoted) = apart(asked.next().unwrap_or_default());
    let (text, before) = match own.trim().is_empty() {
        true => (quoted, None),
        false => (own, Some(quoted).filter(|quoted| !quoted.is_empty())),
    };
    Query {
        text,
        before: before.or_else(|| asked.find(|text| !text.trim().is_empty())),
        language: question_language(languages),
    }
}

/// What a message says itself, and what it quotes as Markdown does, in lines that begin with `>`.
fn apart(text: String) -> (String, String) {
    if !text.contains('>') {
        return (text, String::new());
    }
    let (mut own, mut quoted) = (Vec::new(), Vec::new());
    for line in text.lines() {
        match line.strip_prefix('>') {
            Some(line) => quoted.push(line.trim()),
            None => own.push(line),
        }
    }
    (own.join("\n"), quoted.join("\n"))
}

/// Whoever asks for sources in one language asks in it; of several it can be any, and the documents' own is likeliest.
fn question_language(languages: &[String]) -> Option<String> {
    match languages {
        [language] => Some(language.clone()),
        _ => None,
    }
}

/// Of excerpts, a model is a number of sources, a context size a number of words; of passages, the size is their number.
fn budget(request: &ChatRequest, extent: Extent) -> Budget {
    let options = request.web_search_options.as_ref();
    let (words, passages) = match options.and_then(|options| options.search_context_size.as_ref()) {
        Some(SearchContextSize::High) => (250, 16),
        Some(SearchContextSize::Medium) => (150, 8),
        _ => (100, 4),
    };
    let sources = match extent {
        Extent::Passage => passages,
        Extent::Excerpt => excerpts(request),
    };
    Budget {
        sources: sources.min(wanted_sources(request)),
        words,
        extent,
    }
}

/// The most excerpts that readers get.
pub(super) fn excerpts(request: &ChatRequest) -> usize {
    match request.model.as_str() {
        "sonar-deep-research" => 8,
        "sonar" => 3,
        _ => 5,
    }
}

fn wanted_sources(request: &ChatRequest) -> usize {
    let wanted = request.num_search_results.map(usize::try_from);
    wanted.and_then(Result::ok).unwrap_or(usize::MAX)
}

fn research(request: &ChatRequest) -> Option<Research> {
    (request.model == "sonar-deep-research").then(|| Research {
        sub_questions: research::sub_questions(request.reasoning_effort.as_ref()),
        sources: research::SOURCES.min(wanted_sources(request)),
    })
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
            .filter_map(|entry| Domain::read(entry))
            .collect(),
        published_after: date(&request.search_after_date_filter).max(recent),
        published_before: date(&request.search_before_date_filter),
        updated_after: date(&request.last_updated_after_filter),
        updated_before: date(&request.last_updated_before_filter),
        languages: request.search_language_filter.clone().unwrap_or_default(),
    }
}

/// The shortest that holds what all filters on publication let in; none where these reach back further than any.
fn range(request: &ChatRequest, now: OffsetDateTime) -> Option<Range> {
    let recency = request.search_recency_filter.as_ref().and_then(Range::of);
    let after = request.search_after_date_filter.as_deref();
    let after = after.and_then(dates::read);
    let since = after.and_then(|after| Range::since(after, now.date()));
    recency.into_iter().chain(since).min()
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

#[cfg(test)]
mod tests {
    use super::*;
    use sonar::{ReasoningEffort, WebSearchOptions};
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
            let sources = |extent| budget(&request, extent).sources;
            let words = budget(&request, Extent::Excerpt).words;
            assert_eq!((sources(Extent::Excerpt), words), expected, "{model}");
            let passages = match words {
                250 => 16,
                150 => 8,
                _ => 4,
            };
            let most = most.map_or(passages, |most| passages.min(most as usize));
            assert_eq!(sources(Extent::Passage), most, "{model}");
        }
    }

    #[test]
    fn research_is_a_number_of_sub_questions() {
        let mut request = request();
        request.reasoning_effort = Some(ReasoningEffort::Low);
        assert_eq!(research(&request), None);
        request.model = "sonar-deep-research".to_owned();
        let expected = |sources| {
            Some(Research {
                sub_questions: 4,
                sources,
            })
        };
        assert_eq!(research(&request), expected(24));
        request.num_search_results = Some(5);
        assert_eq!(research(&request), expected(5));
    }

    #[test]
    fn the_last_user_turn_is_the_question() {
        let messages = [
            Message::system("Be brief."),
            Message::user("What is a slice?"),
            Message::assistant("A view."),
            Message::user("And how long is it?"),
        ];
        let query = query(&messages, &["de".to_owned()]);
        assert_eq!(query.language.as_deref(), Some("de"));
        assert_eq!(
            (query.text.as_str(), query.before.as_deref()),
            ("And how long is it?", Some("What is a slice?"))
        );
    }

    #[test]
    fn a_question_hangs_on_what_it_quotes() {
        let asked = |text: &str| {
            let earlier = [
                Message::user("What is a slice?"),
                Message::assistant("A view."),
            ];
            let query = query(&[&earlier[..], &[Message::user(text)]].concat(), &[]);
            (
                query.text.trim().to_owned(),
                query.before.unwrap_or_default(),
            )
        };
        let of = |text: &str, before: &str| (text.to_owned(), before.to_owned());
        assert_eq!(
            asked("Is that so?\n\n> A slice\n> is a view."),
            of("Is that so?", "A slice\nis a view.")
        );
        assert_eq!(
            asked("> Is that so?"),
            of("Is that so?", "What is a slice?")
        );
        assert_eq!(asked("Is a > b?"), of("Is a > b?", "What is a slice?"));
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
        assert_eq!(filters.domains, [Domain::read("-a.example/x").unwrap()]);
        assert_eq!(filters.published_after, Some(date!(2025 - 03 - 01)));
        assert_eq!(filters.published_before, Some(date!(2025 - 03 - 05)));
        assert_eq!(filters.updated_after, Some(date!(2025 - 04 - 01)));
        assert_eq!(filters.updated_before, Some(date!(2025 - 04 - 05)));
        assert_eq!(filters.languages, ["de"]);
    }

    #[test]
    fn the_web_is_searched_as_far_back_as_filters_let_in() {
        let range = |recency: Option<Recency>, after: Option<&str>| {
            let request = ChatRequest {
                search_recency_filter: recency,
                search_after_date_filter: after.map(str::to_owned),
                ..request()
            };
            range(&request, NOW)
        };
        assert_eq!(range(None, None), None);
        assert_eq!(range(Some(Recency::Hour), None), Some(Range::Day));
        let both = |recency, after| range(Some(recency), Some(after));
        assert_eq!(both(Recency::Month, "11/21/2026"), Some(Range::Day));
        assert_eq!(both(Recency::Week, "11/01/2026"), Some(Range::Week));
        assert_eq!(both(Recency::Year, "11/17/2024"), Some(Range::Year));
        assert_eq!(range(None, Some("11/17/2026")), Some(Range::Week));
        assert_eq!(range(None, Some("11/17/2024")), None);
    }

    #[test]
    fn a_recency_beside_a_date_takes_what_passes_both() {
        let after = |date: &str| {
            let request = ChatRequest {
                search_recency_filter: Some(Recency::Week),
                search_after_date_filter: Some(date.to_owned()),
                ..request()
            };
            filters(&request, NOW).published_after
        };
        assert_eq!(after("11/01/2026"), Some(date!(2026 - 11 - 14)));
        assert_eq!(after("11/20/2026"), Some(date!(2026 - 11 - 20)));
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
}
