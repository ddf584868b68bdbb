//! The request that asks for an answer within its limits. Sends nothing that the protocol refuses.

use sonar::{
    ChatRequest, Message, SearchContextSize, SearchMode, StreamMode, UserLocation, WebSearchOptions,
};

use crate::search::freshness::Day;
use crate::search::service::{ContextSize, Mode};
use crate::search::wish::Limits;
use crate::search::{Filters, Recency};

/// The request for an answer, streamed so that it tells what is searched.
pub(super) fn request(limits: &Limits, messages: Vec<Message>) -> ChatRequest {
    let filters = &limits.filters;
    let languages = filters.languages.iter().map(ToString::to_string);
    let languages: Vec<String> = languages.collect();
    ChatRequest {
        // Most services that do not know of it stream as they always did; those that refuse it are asked without.
        stream_mode: Some(StreamMode::Concise),
        return_related_questions: limits.related.then_some(true),
        return_images: limits.images.then_some(true),
        search_mode: match filters.mode {
            // Some services know of no modes; the web is what all search.
            Mode::Web => None,
            Mode::Academic => Some(SearchMode::Academic),
            Mode::Sec => Some(SearchMode::Sec),
        },
        search_domain_filter: domains(filters),
        search_recency_filter: filters.recency.map(|recency| match recency {
            Recency::Hour => sonar::Recency::Hour,
            Recency::Day => sonar::Recency::Day,
            Recency::Week => sonar::Recency::Week,
            Recency::Month => sonar::Recency::Month,
            Recency::Year => sonar::Recency::Year,
        }),
        search_after_date_filter: filters.published.after.map(date),
        search_before_date_filter: filters.published.before.map(date),
        last_updated_after_filter: filters.updated.after.map(date),
        last_updated_before_filter: filters.updated.before.map(date),
        search_language_filter: (!languages.is_empty()).then_some(languages),
        language_preference: filters.answer_language.map(|language| language.to_string()),
        web_search_options: options(limits),
        ..ChatRequest::new(limits.model.clone(), messages)
    }
}

/// The request for a research, which is not streamed. How hard the model thinks is left to the service.
pub(super) fn researched(limits: &Limits, messages: Vec<Message>) -> ChatRequest {
    ChatRequest {
        stream_mode: None,
        ..request(limits, messages)
    }
}

/// The allowed domains, else the denied ones: the protocol takes one of the two lists.
fn domains(filters: &Filters) -> Option<Vec<String>> {
    if !filters.allowed.is_empty() {
        return Some(filters.allowed.clone());
    }
    let denied = filters.denied.iter().map(|domain| format!("-{domain}"));
    (!filters.denied.is_empty()).then(|| denied.collect())
}

fn options(limits: &Limits) -> Option<WebSearchOptions> {
    let context_size = match limits.context_size {
        ContextSize::Usual => None,
        ContextSize::Low => Some(SearchContextSize::Low),
        ContextSize::Medium => Some(SearchContextSize::Medium),
        ContextSize::High => Some(SearchContextSize::High),
    };
    let location = limits.filters.country.map(|country| UserLocation {
        country: Some(country.to_string()),
        ..UserLocation::default()
    });
    (context_size.is_some() || location.is_some()).then(|| WebSearchOptions {
        search_context_size: context_size,
        user_location: location,
        ..WebSearchOptions::default()
    })
}

/// A day as the protocol writes it.
fn date(day: Day) -> String {
    let (year, month, day) = day.parts();
    format!("{month:02}/{day:02}/{year:04}")
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::ids::GuildId;
    use crate::search::change::Ground;
    use crate::search::fields::Settings;
    use crate::search::freshness::Span;
    use crate::search::generator;
    use crate::search::in_force::InForce;
    use crate::search::persona::Persona;
    use crate::search::scope::{Level, Scope};
    use crate::search::service::{Dollars, HistoryBudget};
    use crate::search::wish::Wish;

    /// Limits that limit nothing.
    pub(in crate::answers) fn unlimited() -> Limits {
        Limits {
            filters: Filters::default(),
            context_size: ContextSize::Usual,
            model: "sonar".to_owned(),
            images: false,
            related: false,
            persona: Persona::Usual,
            history: HistoryBudget {
                turns: 0,
                tokens: 0,
            },
            confirm_above: Dollars::default(),
        }
    }

    fn asked(change: impl FnOnce(&mut Limits)) -> Value {
        let mut limits = unlimited();
        change(&mut limits);
        let request = request(&limits, vec![Message::user("Why?")]);
        request.check(sonar::DomainLimit::default()).unwrap();
        let mut sent = serde_json::to_value(request).unwrap();
        let fields = sent.as_object_mut().unwrap();
        for usual in ["messages", "stream_mode"] {
            fields.remove(usual);
        }
        sent
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        /// What is in force was made by any steps, each as it is judged when somebody takes it.
        #[test]
        fn whatever_is_saved_and_wished_makes_a_request_that_the_protocol_takes(
            at_the_server in vec(generator::step(), 0..6),
            in_the_channel in vec(generator::step(), 0..6),
            wish in generator::wish(),
        ) {
            let operator = generator::deep_operator();
            let guild = GuildId(1);
            let channel = Scope { guild, level: Level::Channel, id: 2 };
            let mut in_force = operator.defaults.clone();
            for (scope, steps) in [(Scope::server(guild), at_the_server), (channel, in_the_channel)] {
                let inherited = in_force;
                let mut own = Settings::default();
                for step in steps {
                    let ground = Ground {
                        scope,
                        own: &own,
                        inherited: &inherited,
                        operator: &operator,
                        today: generator::today(),
                    };
                    own = step.taken(&ground).unwrap_or(own);
                }
                in_force = InForce::of(&inherited, [(scope.level, &own)]).values;
            }
            let of_nobody = Wish::default();
            for wish in [&of_nobody, &wish] {
                let Ok(limits) = wish.within(&in_force, &operator, generator::today()) else {
                    prop_assert!(!wish.is_nothing(), "what is saved is answered within");
                    continue;
                };
                let request = request(&limits, vec![Message::user("Why?")]);
                prop_assert_eq!(request.check(sonar::DomainLimit::default()), Ok(()));
            }
        }

        /// The same for any values, however they came to be.
        #[test]
        fn any_values_make_a_request_that_the_protocol_takes(
            in_force in generator::complete(),
            wish in generator::wish(),
        ) {
            if let Ok(limits) = wish.within(&in_force, &generator::operator(), generator::today()) {
                let request = request(&limits, vec![Message::user("Why?")]);
                prop_assert_eq!(request.check(sonar::DomainLimit::default()), Ok(()));
            }
        }
    }

    #[test]
    fn nothing_is_sent_that_is_not_set() {
        assert_eq!(asked(|_| ()), json!({ "model": "sonar" }));
    }

    #[test]
    fn a_research_is_asked_for_like_an_answer_but_not_as_a_stream() {
        let limits = Limits {
            images: true,
            ..unlimited()
        };
        let messages = || vec![Message::user("Why?")];
        let mut answer = serde_json::to_value(request(&limits, messages())).unwrap();
        let streamed = answer.as_object_mut().unwrap().remove("stream_mode");
        assert_eq!(streamed, Some(json!("concise")));
        let research = serde_json::to_value(researched(&limits, messages())).unwrap();
        assert_eq!(research, answer);
    }

    #[test]
    fn every_limit_is_sent_as_the_protocol_writes_it() {
        let day = |text: &str| Some(text.parse().unwrap());
        let sent = asked(|limits| {
            limits.model = "sonar-pro".to_owned();
            limits.context_size = ContextSize::High;
            limits.images = true;
            limits.related = true;
            limits.filters = Filters {
                allowed: ["docs.rs", ".gov", "xn--bcher-kva.example"]
                    .map(str::to_owned)
                    .to_vec(),
                // Held against what comes back; the protocol takes one list.
                denied: vec!["spam.docs.rs".to_owned()],
                published: Span {
                    after: day("2026-01-02"),
                    before: day("2026-11-23"),
                },
                updated: Span {
                    after: day("2025-12-31"),
                    before: None,
                },
                languages: ["de", "en"]
                    .map(|code| crate::search::codes::LanguageCode::of(code).unwrap())
                    .to_vec(),
                answer_language: crate::search::codes::LanguageCode::of("fr"),
                country: crate::search::codes::CountryCode::of("AT"),
                mode: Mode::Academic,
                ..Filters::default()
            };
        });
        assert_eq!(
            sent,
            json!({
                "model": "sonar-pro",
                "return_images": true,
                "return_related_questions": true,
                "search_mode": "academic",
                "search_domain_filter": ["docs.rs", ".gov", "xn--bcher-kva.example"],
                "search_after_date_filter": "01/02/2026",
                "search_before_date_filter": "11/23/2026",
                "last_updated_after_filter": "12/31/2025",
                "search_language_filter": ["de", "en"],
                "language_preference": "fr",
                "web_search_options": { "search_context_size": "high", "user_location": { "country": "AT" } },
            })
        );
    }

    #[test]
    fn what_is_denied_is_sent_with_a_minus_and_an_age_by_its_name() {
        let sent = asked(|limits| {
            limits.filters.denied = ["docs.rs", ".gov"].map(str::to_owned).to_vec();
            limits.filters.recency = Some(Recency::Month);
        });
        assert_eq!(
            sent,
            json!({
                "model": "sonar",
                "search_domain_filter": ["-docs.rs", "-.gov"],
                "search_recency_filter": "month",
            })
        );
    }
}
