//! Makes one list of what documents and web found for a question. Must be pure, and quote nothing anew.

use rustc_hash::FxHashSet;

use crate::engines::corpus::search::find::{FURTHER_REPETITION, NEAREST, repetition};
use crate::engines::corpus::search::sub_questions::SubQuestion;
use crate::engines::corpus::{Budget, Excerpt, Extent, Found, Level};

/// One finding of two, within the budget of one.
///
/// The surer of the two goes first: the one that answers before the one that only comes near, then the one that covers more of
/// the question, then the documents, which the operator chose. What only comes near is not put beside what answers: so an
/// answer from documents stays what it is when the web has nothing better, and the other way round. Where both are as sure,
/// their sources take turns, as far as the words go. An address is quoted once, and so are the same words.
///
/// Somebody who writes from the sources gets those that only come near as well, and can leave them out.
pub(super) fn merged(documents: Found, web: Found, budget: &Budget) -> Found {
    let (first, second) = match surer(&web, &documents) {
        true => (web, documents),
        false => (documents, web),
    };
    let further = match budget.extent {
        Extent::Excerpt if first.level != second.level => Vec::new(),
        Extent::Excerpt | Extent::Passage => second.excerpts,
    };
    Found {
        level: first.level,
        coverage: first.coverage.max(second.coverage),
        // What was quoted within the budget of one stays as it is when nothing comes beside it.
        excerpts: if further.is_empty() {
            first.excerpts
        } else {
            in_turns(first.excerpts, further, budget)
        },
        nearest: once(first.nearest, second.nearest, NEAREST, |page| &page.url),
        ranked: once(first.ranked, second.ranked, usize::MAX, |place| &place.url),
    }
}

/// Headings of both in turns, each once.
pub(super) fn headings(
    first: Vec<SubQuestion>,
    second: Vec<SubQuestion>,
    most: usize,
) -> Vec<SubQuestion> {
    let mut known = FxHashSet::default();
    taking_turns(first, second)
        .filter(|question| known.insert(question.heading.to_lowercase()))
        .take(most)
        .collect()
}

fn surer(one: &Found, other: &Found) -> bool {
    let (level, other_level) = (certainty(one), certainty(other));
    level > other_level || (level == other_level && one.coverage > other.coverage)
}

fn certainty(found: &Found) -> u8 {
    match found.level {
        _ if found.excerpts.is_empty() => 0,
        Level::Answer => 2,
        Level::ClosestMatches => 1,
        Level::Nothing => 0,
    }
}

fn in_turns(first: Vec<Excerpt>, second: Vec<Excerpt>, budget: &Budget) -> Vec<Excerpt> {
    let mut quoted: Vec<Excerpt> = Vec::new();
    let mut words = 0;
    for excerpt in taking_turns(first, second) {
        let length = excerpt.text.split_whitespace().count();
        let is_new = quoted.iter().all(|other| {
            let repeated = repetition(&excerpt.text, &other.text);
            other.url != excerpt.url && repeated <= FURTHER_REPETITION
        });
        let fits = match budget.extent {
            Extent::Excerpt => quoted.is_empty() || words + length <= budget.words,
            Extent::Passage => true,
        };
        if is_new && fits && quoted.len() < budget.sources.max(1) {
            words += length;
            quoted.push(excerpt);
        }
    }
    quoted
}

/// The first of each, then the second of each, and so on.
fn taking_turns<T>(first: Vec<T>, second: Vec<T>) -> impl Iterator<Item = T> {
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    std::iter::from_fn(move || Some([first.next(), second.next()]))
        .take_while(|pair| pair.iter().any(Option::is_some))
        .flatten()
        .flatten()
}

/// What both have, in turns and each address once, up to `most`.
fn once<T>(first: Vec<T>, second: Vec<T>, most: usize, address: impl Fn(&T) -> &String) -> Vec<T> {
    let mut known = FxHashSet::default();
    taking_turns(first, second)
        .filter(|thing| known.insert(address(thing).clone()))
        .take(most)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engines::corpus::Nearest;

    const BUDGET: Budget = Budget {
        sources: 3,
        words: 20,
        extent: Extent::Excerpt,
    };

    fn excerpt(url: &str, text: &str) -> Excerpt {
        Excerpt {
            title: String::new(),
            section: None,
            url: url.to_owned(),
            date: None,
            last_updated: None,
            language: None,
            text: text.to_owned(),
            code: None,
            passage: String::new(),
            images: Vec::new(),
        }
    }

    fn found(level: Level, coverage: f32, excerpts: &[(&str, &str)]) -> Found {
        let nearest = |(url, _): &(&str, &str)| Nearest {
            title: String::new(),
            url: (*url).to_owned(),
        };
        Found {
            level,
            coverage,
            excerpts: excerpts
                .iter()
                .map(|(url, text)| excerpt(url, text))
                .collect(),
            nearest: excerpts.iter().map(nearest).collect(),
            ranked: Vec::new(),
        }
    }

    fn check(documents: Found, web: Found, level: Level, expected: &[&str]) {
        let merged = merged(documents, web, &BUDGET);
        let urls: Vec<&str> = merged
            .excerpts
            .iter()
            .map(|quoted| quoted.url.as_str())
            .collect();
        assert_eq!(urls, expected);
        assert_eq!(merged.level, level);
    }

    const TEA: &[(&str, &str)] = &[
        ("tea", "hot leaves in water"),
        ("pot", "holds what is poured"),
    ];
    const WEB: &[(&str, &str)] = &[
        ("web", "something else entirely"),
        ("net", "found by many others"),
    ];

    #[test]
    fn the_surer_goes_first_and_what_is_as_sure_takes_turns() {
        use Level::{Answer, ClosestMatches, Nothing};
        check(
            found(Answer, 0.8, TEA),
            found(Answer, 0.9, WEB),
            Answer,
            &["web", "tea", "net"],
        );
        check(
            found(Answer, 0.9, TEA),
            found(Answer, 0.9, WEB),
            Answer,
            &["tea", "web", "pot"],
        );
        check(
            found(Answer, 0.5, TEA),
            found(ClosestMatches, 0.9, WEB),
            Answer,
            &["tea", "pot"],
        );
        check(
            found(ClosestMatches, 0.9, TEA),
            found(Answer, 0.5, WEB),
            Answer,
            &["web", "net"],
        );
        check(
            found(Answer, 0.5, TEA),
            found(Nothing, 0.9, &[]),
            Answer,
            &["tea", "pot"],
        );
        check(
            found(Nothing, 0.2, &[]),
            found(ClosestMatches, 0.1, WEB),
            ClosestMatches,
            &["web", "net"],
        );
        check(
            found(Nothing, 0.2, &[]),
            found(Nothing, 0.1, &[]),
            Nothing,
            &[],
        );
    }

    #[test]
    fn an_address_and_the_same_words_are_quoted_once() {
        let again = &[
            ("tea", "told otherwise on the web"),
            ("copy", "hot leaves in water"),
        ];
        let documents = found(Level::Answer, 1.0, TEA);
        check(
            documents,
            found(Level::Answer, 1.0, again),
            Level::Answer,
            &["tea", "pot"],
        );
    }

    #[test]
    fn words_and_sources_are_those_of_one_answer() {
        let long =
            "one two three four five six seven eight nine ten eleven twelve thirteen fourteen";
        let documents = found(Level::Answer, 1.0, &[("tea", long)]);
        let web = found(
            Level::Answer,
            0.9,
            &[("long", "a b c d e f g"), ("web", "a b c d")],
        );
        check(documents, web, Level::Answer, &["tea", "web"]);
    }

    fn any_found() -> impl Strategy<Value = Found> {
        let level =
            prop::sample::select(vec![Level::Answer, Level::ClosestMatches, Level::Nothing]);
        let excerpts = prop::collection::vec(("[a-f]", "([a-h] ){1,12}"), 0..5);
        (level, 0.0_f32..1.0, excerpts).prop_map(|(level, coverage, excerpts)| {
            let excerpts: Vec<(&str, &str)> = excerpts
                .iter()
                .map(|(url, text)| (url.as_str(), text.as_str()))
                .collect();
            match level {
                Level::Nothing => found(level, coverage, &[]),
                _ => found(level, coverage, &excerpts),
            }
        })
    }

    proptest! {
        #[test]
        fn what_has_nothing_beside_it_stays_as_it_is(documents in any_found()) {
            let nothing = Found { excerpts: Vec::new(), ..documents.clone() };
            let quoted = documents.excerpts.clone();
            prop_assert_eq!(merged(documents.clone(), nothing.clone(), &BUDGET).excerpts, quoted.clone());
            prop_assert_eq!(merged(nothing, documents, &BUDGET).excerpts, quoted);
        }

        #[test]
        fn nothing_is_made_up_and_no_bound_is_passed(documents in any_found(), web in any_found()) {
            let all: Vec<Excerpt> = documents.excerpts.iter().chain(&web.excerpts).cloned().collect();
            let sure = certainty(&documents).max(certainty(&web));
            let alone = [documents.excerpts.clone(), web.excerpts.clone()];
            let merged = merged(documents, web, &BUDGET);
            if alone.contains(&merged.excerpts) {
                // Nothing came beside it: it is as it was found.
                return Ok(());
            }
            prop_assert_eq!(certainty(&merged), sure);
            prop_assert!(merged.excerpts.iter().all(|quoted| all.contains(quoted)));
            prop_assert!(merged.excerpts.len() <= BUDGET.sources);
            let words: Vec<usize> = merged.excerpts.iter().map(|quoted| quoted.text.split_whitespace().count()).collect();
            prop_assert!(words.len() <= 1 || words.iter().sum::<usize>() <= BUDGET.words);
            let mut urls: Vec<&String> = merged.excerpts.iter().map(|quoted| &quoted.url).collect();
            urls.sort();
            urls.dedup();
            prop_assert_eq!(urls.len(), merged.excerpts.len());
            prop_assert_eq!(merged.excerpts.is_empty(), all.is_empty());
        }
    }
}
