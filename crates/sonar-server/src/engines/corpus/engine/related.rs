//! Questions that could follow an answer, as the documents themselves put them. Must be pure, and invent nothing.

use crate::engines::corpus::tokens::{Kind, Tokeniser};
use crate::engines::corpus::{Found, Level, Place};

/// The most questions.
const QUESTIONS: usize = 5;

/// How many of the ranked sections are near enough.
const NEAR: usize = 40;

/// The longest question, in characters.
const LONGEST: usize = 120;

/// Titles that begin so are questions already.
const ASKING: &[&str] = &["how", "what", "when", "where", "which", "who", "why"];

/// Headings near the question that are questions themselves, best first; then what the nearest other pages are about.
/// Where nothing was found, nothing follows.
pub(super) fn related(found: &Found, tokeniser: &mut Tokeniser) -> Vec<String> {
    if found.level == Level::Nothing {
        return Vec::new();
    }
    let is_quoted = |place: &&Place| found.excerpts.iter().any(|quoted| quoted.url == place.url);
    let near = || {
        found
            .ranked
            .iter()
            .take(NEAR)
            .filter(|place| !is_quoted(place))
    };
    let headings = near()
        .filter_map(|place| place.heading.as_deref())
        .filter(|heading| heading.ends_with('?'));
    let mut questions: Vec<String> = Vec::new();
    for heading in headings {
        if stands_alone(heading, tokeniser) {
            add(&mut questions, heading.to_owned());
        }
    }
    let quoted_page = |place: &&Place| {
        let page = |url: &str| url.split('#').next().unwrap_or_default().to_owned();
        found
            .excerpts
            .iter()
            .any(|quoted| page(&quoted.url) == page(&place.url))
    };
    for place in near().filter(|place| !quoted_page(place)) {
        add(&mut questions, about(&place.title));
    }
    questions
}

fn add(questions: &mut Vec<String>, question: String) {
    let fits = questions.len() < QUESTIONS && question.chars().count() <= LONGEST;
    if fits && !questions.contains(&question) {
        questions.push(question);
    }
}

/// Whether a heading says what it is about: "When is this useful?" does not.
fn stands_alone(heading: &str, tokeniser: &mut Tokeniser) -> bool {
    let mut subjects = 0;
    tokeniser.each(heading, &mut |_, kind| {
        subjects += usize::from(kind != Kind::Stop);
    });
    subjects >= 2
}

/// The title of a page as a question.
fn about(title: &str) -> String {
    let first = title.split_whitespace().next().unwrap_or_default();
    if title.ends_with('?') {
        title.to_owned()
    } else if ASKING.contains(&first.to_lowercase().as_str()) {
        format!("{title}?")
    } else {
        format!("What is {title}?")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(title: &str, heading: Option<&str>, url: &str) -> Place {
        Place {
            title: title.to_owned(),
            heading: heading.map(str::to_owned),
            url: url.to_owned(),
            document: 0,
        }
    }

    fn found(level: Level, ranked: Vec<Place>) -> Found {
        Found {
            level,
            coverage: 1.0,
            excerpts: Vec::new(),
            nearest: Vec::new(),
            ranked,
        }
    }

    fn near() -> Vec<Place> {
        vec![
            place("Tea", Some("Steeping"), "a#steeping"),
            place("Tea", Some("Why is this so?"), "a#why"),
            place("Tea", Some("How hot is boiling water?"), "a#hot"),
            place("How to pour", None, "b"),
            place("Is tea good?", None, "c"),
            place("Tea", Some("How hot is boiling water?"), "d#hot"),
        ]
    }

    #[test]
    fn the_documents_own_questions_come_first() {
        let questions = related(&found(Level::Answer, near()), &mut Tokeniser::new("en"));
        assert_eq!(
            questions,
            [
                "How hot is boiling water?",
                "What is Tea?",
                "How to pour?",
                "Is tea good?"
            ]
        );
    }

    #[test]
    fn nothing_follows_from_nothing() {
        let nothing = found(Level::Nothing, near());
        assert!(related(&nothing, &mut Tokeniser::new("en")).is_empty());
        let nowhere = found(Level::Answer, Vec::new());
        assert!(related(&nowhere, &mut Tokeniser::new("en")).is_empty());
    }
}
