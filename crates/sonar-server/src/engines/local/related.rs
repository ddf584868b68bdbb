//! Questions that could follow an answer, as the documents themselves put them. Must be pure, and invent nothing.

use rustc_hash::FxHashSet;

use crate::engines::corpus::index::tokens::{Kind, Tokeniser};
use crate::engines::corpus::{Found, Level, Place};

/// The most questions.
const QUESTIONS: usize = 5;

/// How many of the ranked sections are near enough.
const NEAR: usize = 40;

/// The longest question, in characters.
const LONGEST: usize = 120;

/// A title of more words is hardly the name of something.
const WORDS_OF_A_NAME: usize = 4;

/// Titles that begin so are questions already.
const ASKING: &[&str] = &["how", "what", "when", "where", "which", "who", "why"];

/// Headings near the question that are questions themselves, best first; then what the nearest other pages are about, where
/// a title makes a question. Where nothing was found, nothing follows.
pub(super) fn related(asked: &str, found: &Found, tokeniser: &mut Tokeniser) -> Vec<String> {
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
    let own = headings.filter(|heading| stands_alone(heading, tokeniser));
    let mut questions: Vec<String> = own.map(str::to_owned).collect();
    let quoted_page = |place: &&Place| {
        let page = |url: &str| url.split('#').next().unwrap_or_default().to_owned();
        found
            .excerpts
            .iter()
            .any(|quoted| page(&quoted.url) == page(&place.url))
    };
    for place in near().filter(|place| !quoted_page(place)) {
        questions.extend(about(&place.title));
    }
    listed(questions, asked)
}

/// Each question once, and not what was asked already.
fn listed(questions: Vec<String>, asked: &str) -> Vec<String> {
    let mut known = FxHashSet::from_iter([asked.trim().to_lowercase()]);
    questions
        .into_iter()
        .filter(|question| question.chars().count() <= LONGEST)
        .filter(|question| known.insert(question.to_lowercase()))
        .take(QUESTIONS)
        .collect()
}

/// Whether a heading says what it is about: "When is this useful?" does not.
fn stands_alone(heading: &str, tokeniser: &mut Tokeniser) -> bool {
    let mut subjects = 0;
    tokeniser.each(heading, &mut |_, kind| {
        subjects += usize::from(kind != Kind::Stop);
    });
    subjects >= 2
}

/// The title of a page as a question. One that is a sentence or a deed, such as "Making tea", makes none.
fn about(title: &str) -> Option<String> {
    let first = title.split_whitespace().next()?;
    if title.ends_with('?') {
        Some(title.to_owned())
    } else if ASKING.contains(&first.to_lowercase().as_str()) {
        Some(format!("{title}?"))
    } else {
        let names = title.split_whitespace().count() <= WORDS_OF_A_NAME && !first.ends_with("ing");
        let verb = if is_plural(title) { "are" } else { "is" };
        names.then(|| format!("What {verb} {title}?"))
    }
}

/// Whether a title ends like a word for many things; the name of something in code is one thing.
fn is_plural(title: &str) -> bool {
    let singular = ["ss", "us", "is"].iter().any(|end| title.ends_with(end));
    title.ends_with('s') && !singular && !title.contains(['_', ':', '.'])
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
            place("Making tea", None, "e"),
            place("A pot that does not break when it falls", None, "f"),
            place("Is it strong?", None, "g"),
            place("Oolong leaves", None, "h"),
            place("Tea", Some("How hot is boiling water?"), "d#hot"),
        ]
    }

    #[test]
    fn the_documents_own_questions_come_first() {
        let questions = related(
            "IS TEA GOOD? ",
            &found(Level::Answer, near()),
            &mut Tokeniser::new("en"),
        );
        assert_eq!(
            questions,
            [
                "How hot is boiling water?",
                "What is Tea?",
                "How to pour?",
                "Is it strong?",
                "What are Oolong leaves?"
            ]
        );
    }

    #[test]
    fn nothing_follows_from_nothing() {
        let nothing = found(Level::Nothing, near());
        assert!(related("", &nothing, &mut Tokeniser::new("en")).is_empty());
        let nowhere = found(Level::Answer, Vec::new());
        assert!(related("", &nowhere, &mut Tokeniser::new("en")).is_empty());
    }
}
