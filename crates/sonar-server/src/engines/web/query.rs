//! What SearXNG is asked for a question: the words, the language, the time. Must be pure, and must not be taken for a filter:
//! search engines take these as hints, and what they find is filtered again.

use sonar::Recency;
use time::Date;

use crate::domains::Domain;
use crate::engines::corpus::documents::language::primary;
use crate::engines::corpus::index::tokens::{Kind, Tokeniser};
use crate::engines::corpus::search::question::points_back;
use crate::engines::corpus::{Filters, Query};

/// The most characters of the words that are asked for; search engines read no more.
const MOST_CHARACTERS: usize = 300;

/// A question of more words stands for itself, even when it says "it".
const WORDS_OF_A_FOLLOW_UP: usize = 12;

/// Signs that make a word an order to SearXNG: which engine to ask, in which language, how long to wait.
const ORDERS: &[char] = &['!', '?', ':', '<'];

/// What is asked. Equal queries find the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct WebQuery {
    /// The words, with `site:` terms for the domains that are allowed.
    pub(crate) text: String,
    /// `en`; `None` for any.
    pub(crate) language: Option<String>,
    /// How far back results may lie; `None` for any time.
    pub(crate) range: Option<Range>,
}

/// How far back results may lie, in the words of SearXNG. The shortest is the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Range {
    Day,
    Week,
    Month,
    Year,
}

impl Range {
    /// As SearXNG writes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// The shortest that holds what a recency lets in; an hour is no range of SearXNG.
    pub(crate) fn of(recency: &Recency) -> Option<Self> {
        match recency {
            Recency::Hour | Recency::Day => Some(Self::Day),
            Recency::Week => Some(Self::Week),
            Recency::Month => Some(Self::Month),
            Recency::Year => Some(Self::Year),
            Recency::Other(_) => None,
        }
    }

    /// The shortest that holds every day after `after`.
    pub(crate) fn since(after: Date, today: Date) -> Option<Self> {
        let ranges = [
            (1, Self::Day),
            (7, Self::Week),
            (28, Self::Month),
            (365, Self::Year),
        ];
        let days = (today - after).whole_days();
        ranges
            .into_iter()
            .find_map(|(most, range)| (days <= most).then_some(range))
    }
}

impl WebQuery {
    /// What to ask for a question; nothing for one without a word. `usual` is the language of questions that name none.
    pub(crate) fn of(
        query: &Query,
        filters: &Filters,
        range: Option<Range>,
        usual: &str,
    ) -> Option<Self> {
        let mut text = match &query.before {
            Some(before) if follows(&query.text) => words(&[before, &query.text], MOST_CHARACTERS),
            _ => words(&[&query.text], MOST_CHARACTERS),
        };
        if text.is_empty() {
            return None;
        }
        let sites = filters.domains.iter().filter(|domain| !domain.denies);
        let sites: Vec<String> = sites.map(Domain::site_term).collect();
        if !sites.is_empty() {
            text.push(' ');
            text.push_str(&sites.join(" OR "));
        }
        let language = match filters.languages.as_slice() {
            [] => Some(primary(query.language.as_deref().unwrap_or(usual))),
            [language] => Some(primary(language)),
            _ => None,
        };
        Some(Self {
            text,
            language,
            range,
        })
    }
}

/// Whether a question hangs on the one before it. Documents can be searched in both readings; SearXNG is asked once.
fn follows(text: &str) -> bool {
    let mut subjects = 0;
    Tokeniser::new("en").each(text, &mut |_, kind| {
        subjects += usize::from(kind != Kind::Stop);
    });
    let is_short = text.split_whitespace().count() <= WORDS_OF_A_FOLLOW_UP;
    subjects == 0 || (is_short && points_back(text))
}

/// The words of texts without orders to SearXNG, whole ones of at most `most` characters together; of a single word that is
/// longer, its beginning.
fn words(texts: &[&str], most: usize) -> String {
    let mut kept = String::new();
    for word in texts.iter().flat_map(|text| text.split_whitespace()) {
        let word = word.trim_start_matches(ORDERS);
        let length = kept.chars().count() + word.chars().count();
        if word.is_empty() {
            continue;
        }
        if length >= most {
            if kept.is_empty() {
                kept = word.chars().take(most).collect();
            }
            break;
        }
        if !kept.is_empty() {
            kept.push(' ');
        }
        kept.push_str(word);
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::date;

    use super::*;

    fn asked(text: &str, before: Option<&str>, domains: &[&str], languages: &[&str]) -> WebQuery {
        let query = Query {
            text: text.to_owned(),
            before: before.map(str::to_owned),
            language: None,
        };
        let read = |entry: &&str| Domain::read(entry).unwrap();
        let filters = Filters {
            domains: domains.iter().map(read).collect(),
            languages: languages
                .iter()
                .map(|&language| language.to_owned())
                .collect(),
            ..Filters::default()
        };
        WebQuery::of(&query, &filters, None, "en").unwrap_or_default()
    }

    #[test]
    fn the_words_are_those_of_the_question() {
        let check = |text: &str, before: Option<&str>, expected: &str| {
            assert_eq!(asked(text, before, &[], &[]).text, expected);
        };
        check(" How hot\nis green tea? ", None, "How hot is green tea?");
        check(
            "How hot is green tea?",
            Some("What is a kettle?"),
            "How hot is green tea?",
        );
        check(
            "Why?",
            Some("Is green tea bitter?"),
            "Is green tea bitter? Why?",
        );
        check(
            "How hot is it?",
            Some("Green tea"),
            "Green tea How hot is it?",
        );
        check("!!g :de <9 !wp ?x tea !", None, "g de 9 wp x tea");
    }

    #[test]
    fn allowed_domains_are_asked_for_and_denied_ones_are_not_told() {
        let check = |domains: &[&str], expected: &str| {
            assert_eq!(asked("tea", None, domains, &[]).text, expected);
        };
        check(&["www.a.example"], "tea site:a.example");
        check(
            &["a.example", "https://b.example/docs/x", ".gov"],
            "tea site:a.example OR site:b.example/docs/x OR site:gov",
        );
        check(&["-a.example"], "tea");
    }

    #[test]
    fn one_language_is_asked_for() {
        let check = |languages: &[&str], expected: Option<&str>| {
            let language = asked("tea", None, &[], languages).language;
            assert_eq!(language.as_deref(), expected);
        };
        check(&[], Some("en"));
        check(&["de-AT"], Some("de"));
        check(&["de", "fr"], None);
    }

    #[test]
    fn a_day_is_in_the_shortest_range_that_holds_it() {
        let today = date!(2026 - 11 - 22);
        let since = |after| Range::since(after, today);
        assert_eq!(since(date!(2026 - 11 - 25)), Some(Range::Day));
        assert_eq!(since(date!(2026 - 11 - 21)), Some(Range::Day));
        assert_eq!(since(date!(2026 - 11 - 20)), Some(Range::Week));
        assert_eq!(since(date!(2026 - 11 - 01)), Some(Range::Month));
        assert_eq!(since(date!(2026 - 01 - 01)), Some(Range::Year));
        assert_eq!(since(date!(2025 - 01 - 01)), None);
        assert_eq!(Range::of(&Recency::Hour), Some(Range::Day));
    }

    proptest! {
        #[test]
        fn a_question_of_any_length_makes_a_short_query(text in any::<String>(), repeat in 1_usize..40) {
            let query = asked(&text.repeat(repeat), None, &[], &[]).text;
            prop_assert!(query.chars().count() <= MOST_CHARACTERS);
            let order = query.split_whitespace().find(|word| word.starts_with(ORDERS));
            prop_assert_eq!(order, None);
        }
    }
}
