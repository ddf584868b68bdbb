//! Where an answer comes from, source by source, in pages for one reader. Decides what is on which page, never who sees it.

use super::answer::{PART_LIMIT, RENDERED, beginning, source_line};
use super::citations::cite;
use super::controls;
use super::link::plain;
use super::sentences::{ALSO_FOUND, CITED, NO_SOURCES, NOTHING_CITED};
use super::{MESSAGE_LIMIT, Message};
use crate::conversation::answer::Source;
use crate::conversation::language::Language;
use crate::conversation::outcome::Outcome;
use crate::ids::QuestionId;

/// The most characters that are shown of a source's text.
const LONGEST_SNIPPET: usize = 240;

/// The most characters of a date: the service gives it as a text.
const LONGEST_DATE: usize = 20;

/// Room for the line that says which page it is.
const PAGE_LINE: usize = 40;

/// The page of this number, from 0, of the sources of a question's outcome; beyond the last one the last.
pub fn page(question: QuestionId, outcome: &Outcome, page: u16, language: Language) -> Message {
    let pages = pages(outcome);
    let last = pages.len().saturating_sub(1);
    let number = usize::from(page).min(last);
    let Some(mut content) = pages.into_iter().nth(number) else {
        return Message::new(NO_SOURCES.to_owned());
    };
    if last > 0 {
        content.push_str(&format!("\n-# Page {} of {}", number + 1, last + 1));
    }
    Message::new(content).with_buttons(controls::turning(language, question, number, last))
}

/// The texts of all pages: the cited sources first, each group under its head.
fn pages(outcome: &Outcome) -> Vec<String> {
    let (text, sources) = match outcome {
        Outcome::Answered(answer) => (&answer.text, &answer.sources),
        Outcome::Failed { draft, .. } => (&draft.text, &draft.sources),
    };
    let numbers = cite(beginning(text, RENDERED), sources).cited;
    let (cited, others): (Vec<&Source>, Vec<&Source>) = sources
        .iter()
        .partition(|source| numbers.contains(&source.number));
    let found = if cited.is_empty() {
        NOTHING_CITED
    } else {
        ALSO_FOUND
    };
    let mut pages: Vec<String> = Vec::new();
    for (head, group) in [(CITED, cited), (found, others)] {
        let mut first = true;
        for source in group {
            let entry = entry(source);
            let heading = if first { head } else { "" };
            first = false;
            match pages.last_mut() {
                Some(page) if has_room(page, heading, &entry) => append(page, heading, &entry),
                _ => pages.push(format!("{head}\n{entry}")),
            }
        }
    }
    pages
}

fn has_room(page: &str, heading: &str, entry: &str) -> bool {
    let length = |text: &str| text.chars().count();
    // Between the three are at most four ends of lines.
    length(page) + length(heading) + length(entry) + 4 <= PART_LIMIT - PAGE_LINE
}

fn append(page: &mut String, heading: &str, entry: &str) {
    if !heading.is_empty() {
        page.push_str("\n\n");
        page.push_str(heading);
    }
    page.push('\n');
    page.push_str(entry);
}

/// A source with its number, title, true host, dates and a piece of its text.
fn entry(source: &Source) -> String {
    let mut entry = source_line(source);
    let dates = [
        ("", source.date.as_deref()),
        ("updated ", source.last_updated.as_deref()),
    ];
    for (what, date) in dates {
        let date = plain(date.unwrap_or_default(), LONGEST_DATE);
        if !date.is_empty() {
            entry.push_str(&format!(" · {what}{date}"));
        }
    }
    let snippet = plain(&source.snippet, LONGEST_SNIPPET);
    if !snippet.is_empty() {
        entry.push_str(&format!("\n> {snippet}"));
    }
    entry
}

const _: () = assert!(PART_LIMIT + PAGE_LINE < MESSAGE_LIMIT);

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::conversation::answer::{Answer, Draft, Finish, Usage};
    use crate::conversation::failure::Failure;
    use crate::search::Filters;

    fn source(number: u32) -> Source {
        Source {
            number,
            title: format!("Page {number}"),
            url: format!("https://example.org/{number}"),
            date: Some("2026-01-02".to_owned()),
            last_updated: None,
            snippet: format!("What page {number} says\nof **tea**."),
        }
    }

    fn answered(text: &str, sources: Vec<Source>) -> Outcome {
        Outcome::Answered(Answer {
            text: text.to_owned(),
            sources,
            model: "sonar".to_owned(),
            finish: Finish::Complete,
            usage: Usage::default(),
            related: Vec::new(),
            images: Vec::new(),
            filters: Filters::default(),
            took: Duration::ZERO,
        })
    }

    fn shown(outcome: &Outcome, number: u16) -> String {
        page(QuestionId(7), outcome, number, Language::English)
            .content()
            .to_owned()
    }

    #[test]
    fn cited_sources_come_first_with_what_they_say() {
        let mut updated = source(2);
        updated.last_updated = Some("2026-03-04".to_owned());
        insta::assert_snapshot!(shown(&answered("Tea.[2]", vec![source(1), updated, source(3)]), 0), @r"
        **Cited in the answer**
        `2` [Page 2](<https://example.org/2>) · example.org · 2026-01-02 · updated 2026-03-04
        > What page 2 says of tea.

        **Also found**
        `1` [Page 1](<https://example.org/1>) · example.org · 2026-01-02
        > What page 1 says of tea.
        `3` [Page 3](<https://example.org/3>) · example.org · 2026-01-02
        > What page 3 says of tea.
        ");
    }

    #[test]
    fn it_is_said_plainly_that_nothing_was_cited_or_found() {
        insta::assert_snapshot!(shown(&answered("Tea.", vec![source(1)]), 0), @r"
        **The answer cites none of its sources. These were found:**
        `1` [Page 1](<https://example.org/1>) · example.org · 2026-01-02
        > What page 1 says of tea.
        ");
        insta::assert_snapshot!(shown(&answered("Tea.", Vec::new()), 0), @"The answer service named no sources for this answer.");
    }

    #[test]
    fn many_sources_are_paged_and_every_one_is_on_one_page() {
        let outcome = Outcome::Failed {
            failure: Failure::BrokeOff,
            draft: Draft {
                text: "Tea.[40]".to_owned(),
                sources: (1..=40).map(source).collect(),
            },
        };
        let pages: Vec<Message> = (0..)
            .map(|number| page(QuestionId(7), &outcome, number, Language::English))
            .take_while(|page| page.buttons().iter().any(|button| button.label == "Next"))
            .collect();
        assert!(!pages.is_empty());
        let last = page(QuestionId(7), &outcome, u16::MAX, Language::English);
        let all: String = pages.iter().chain([&last]).map(Message::content).collect();
        for number in 1..=40 {
            assert_eq!(all.matches(&format!("`{number}` ")).count(), 1, "{number}");
        }
        assert!(all.starts_with("**Cited in the answer**\n`40` "));
        assert!(
            last.content()
                .ends_with(&format!("Page {0} of {0}", pages.len() + 1))
        );
        let turns = |page: &Message| -> Vec<&str> {
            page.buttons().iter().map(|button| button.label).collect()
        };
        assert_eq!(turns(&pages[0]), ["Next"]);
        assert_eq!(turns(&last), ["Previous"]);
    }

    proptest! {
        #[test]
        fn no_source_makes_a_page_too_long_or_mentions_anybody(title in "\\PC{0,90}", snippet in "(\\PC|@everyone|<@1>|\n){0,200}", path in "[a-z()<>]{0,400}", count in 1u32..9) {
            let sources = (1..=count).map(|number| Source { title: title.clone(), snippet: snippet.clone(), url: format!("https://example.org/{path}"), ..source(number) }).collect();
            for page in pages(&answered("Tea.[1]", sources)) {
                prop_assert!(page.chars().count() + PAGE_LINE <= MESSAGE_LIMIT);
                prop_assert!(!page.contains('@'));
            }
        }
    }
}
