//! Where an answer comes from, source by source, in pages for one reader. Decides what is on which page, never who sees it.

use super::Message;
use super::answer::shown;
use super::bibliography::Entry;
use super::controls;
use super::link::escaped;
use super::markdown::read;
use super::source_list::line;
use super::words::{Words, fill, words};
use crate::conversation::language::Language;
use crate::conversation::outcome::Outcome;
use crate::ids::QuestionId;

/// The most characters of a page without its last line, which says which page it is.
const PAGE: usize = 1_850;

/// The most characters that are shown of a source's text.
const LONGEST_SNIPPET: usize = 240;

/// The most characters of a date: the service gives it as a text.
const LONGEST_DATE: usize = 20;

/// The page of this number, from 0, of the sources of a question's outcome; beyond the last one the last. In the language of its reader.
pub fn page(question: QuestionId, outcome: &Outcome, page: u16, language: Language) -> Message {
    let words = words(language);
    let pages = pages(outcome, words);
    let last = pages.len().saturating_sub(1);
    let number = usize::from(page).min(last);
    let Some(mut content) = pages.into_iter().nth(number) else {
        return Message::new(words.no_sources.to_owned());
    };
    if last > 0 {
        let (page, pages) = ((number + 1).to_string(), (last + 1).to_string());
        content.push('\n');
        content.push_str(&fill(words.page, &[("page", &page), ("pages", &pages)]));
    }
    Message::new(content).with_buttons(controls::turning(language, question, number, last))
}

/// The texts of all pages: the cited sources first, each group under its head.
fn pages(outcome: &Outcome, words: &'static Words) -> Vec<String> {
    let (text, bibliography) = shown(outcome);
    let numbers = read(text, &bibliography, words).cites();
    let (cited, others): (Vec<&Entry<'_>>, Vec<&Entry<'_>>) = bibliography
        .entries()
        .iter()
        .partition(|entry| numbers.contains(&entry.number));
    let found = if cited.is_empty() {
        words.nothing_cited
    } else {
        words.also_found
    };
    let mut pages: Vec<String> = Vec::new();
    for (head, group) in [(words.cited, cited), (found, others)] {
        for (place, entry) in group.into_iter().enumerate() {
            let heading = if place == 0 { head } else { "" };
            let entry = described(entry, words);
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
    length(page) + length(heading) + length(entry) + 4 <= PAGE
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
fn described(entry: &Entry<'_>, words: &Words) -> String {
    let source = entry.source;
    let mut described = line(entry, words);
    let written = |text: &str, longest| {
        let is_there = !text.trim().is_empty();
        is_there.then(|| escaped(text, longest))
    };
    let [date, updated] = [&source.date, &source.last_updated]
        .map(|date| written(date.as_deref().unwrap_or_default(), LONGEST_DATE));
    if let Some(date) = &date {
        described.push_str(&format!(" · {date}"));
    }
    if let Some(updated) = updated.filter(|updated| Some(updated) != date.as_ref()) {
        described.push_str(" · ");
        described.push_str(&fill(words.updated, &[("date", &updated)]));
    }
    if let Some(snippet) = written(&source.snippet, LONGEST_SNIPPET) {
        described.push_str(&format!("\n> {snippet}"));
    }
    described
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::conversation::answer::{Answer, Draft, Finish, Source, Usage};
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
        > What page 2 says of \*\*tea\*\*.

        **Also found**
        `1` [Page 1](<https://example.org/1>) · example.org · 2026-01-02
        > What page 1 says of \*\*tea\*\*.
        `3` [Page 3](<https://example.org/3>) · example.org · 2026-01-02
        > What page 3 says of \*\*tea\*\*.
        ");
    }

    #[test]
    fn it_is_said_plainly_that_nothing_was_cited_or_found() {
        insta::assert_snapshot!(shown(&answered("Tea.", vec![source(1)]), 0), @r"
        **The answer cites none of its sources. These were found:**
        `1` [Page 1](<https://example.org/1>) · example.org · 2026-01-02
        > What page 1 says of \*\*tea\*\*.
        ");
        insta::assert_snapshot!(shown(&answered("Tea.", Vec::new()), 0), @"The answer service named no sources for this answer.");
    }

    #[test]
    fn what_a_broken_answer_cites_is_what_is_shown_of_it() {
        let outcome = Outcome::Failed {
            failure: Failure::Stopped,
            draft: Draft {
                text: "Tea is green.[1] Coffee is [2] and".to_owned(),
                sources: vec![source(1), source(2)],
                filters: crate::search::Filters::default(),
            },
        };
        let shown = shown(&outcome, 0);
        let (cited, others) = shown.split_once("**Also found**").unwrap();
        assert!(cited.contains("`1` ") && !cited.contains("`2` "), "{shown}");
        assert!(others.contains("`2` "), "{shown}");
    }

    #[test]
    fn what_a_source_says_stands_there_as_it_is_written() {
        let mut strange = source(1);
        strange.snippet = "# p < 0.05 in C#, __init__ of `x`".to_owned();
        insta::assert_snapshot!(shown(&answered("Tea.[1]", vec![strange]), 0), @r"
        **Cited in the answer**
        `1` [Page 1](<https://example.org/1>) · example.org · 2026-01-02
        > \# p < 0.05 in C#, \_\_init\_\_ of \`x\`
        ");
    }

    #[test]
    fn many_sources_are_paged_and_every_one_is_on_one_page() {
        let outcome = Outcome::Failed {
            failure: Failure::BrokeOff,
            draft: Draft {
                text: "Tea.[40] And".to_owned(),
                sources: (1..=40).map(source).collect(),
                filters: crate::search::Filters::default(),
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
            for page in pages(&answered("Tea.[1]", sources), words(Language::English)) {
                prop_assert!(page.chars().count() <= PAGE);
                for ping in ["@everyone", "<@"] {
                    prop_assert!(!page.contains(ping), "{page}");
                }
            }
        }
    }
}
