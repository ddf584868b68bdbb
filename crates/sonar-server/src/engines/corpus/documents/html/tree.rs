//! Parses HTML within limits: a page that is nested or written so that parsing it would take minutes or gigabytes is refused.
//! Decides nothing about its content.

use std::time::{Duration, Instant};

use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{ParseOpts, driver};
use scraper::{ElementRef, Html, HtmlTreeSink, Selector};

/// The most elements within each other. The parser walks up through them at every tag, and people stay far below.
const MAX_DEPTH: usize = 500;

/// The most pieces of a page. The standard's rules for tags that are not closed can make far more of them than a file has
/// bytes.
const MAX_NODES: usize = 500_000;

/// The most attributes of one tag: the parser compares each with all before it.
const MAX_ATTRIBUTES: usize = 2_000;

/// How much is parsed between two looks at the limits. What a piece of this size can make of a page within the limits fits
/// into memory.
const PIECE_BYTES: usize = 1_024;

/// How long parsing may take: a hundred times what the largest pages need. For what the other limits do not see.
pub(super) const LONGEST: Duration = Duration::from_secs(10);

/// A page that is not parsed, and why in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused(pub(crate) &'static str);

/// The tree of a page, for which parsing may take so long.
///
/// # Errors
///
/// [`Refused`] for a page beyond the limits.
pub(super) fn parse_within(text: &str, longest: Duration) -> Result<Html, Refused> {
    let started = Instant::now();
    if has_endless_tag(text) {
        return Err(Refused("a tag has more than 2,000 attributes"));
    }
    let sink = HtmlTreeSink::new(Html::new_document());
    let mut parser = driver::parse_document(sink, ParseOpts::default());
    let (mut rest, mut seen) = (text, 0);
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.ceil_char_boundary(PIECE_BYTES));
        parser.process(StrTendril::from_slice(piece));
        rest = after;
        seen = within_limits(&parser.tokenizer.sink.sink, seen)?;
        if started.elapsed() > longest {
            return Err(Refused("reading it takes too long"));
        }
    }
    Ok(parser.finish())
}

/// Looks at what came since the last look; returns how many nodes there are.
fn within_limits(sink: &HtmlTreeSink, seen: usize) -> Result<usize, Refused> {
    let page = sink.0.borrow();
    let nodes = page.tree.nodes();
    let count = nodes.len();
    if count > MAX_NODES {
        return Err(Refused("it has more than 500,000 elements"));
    }
    for node in nodes.rev().take(count.saturating_sub(seen)) {
        if !node.has_children() && node.ancestors().nth(MAX_DEPTH).is_some() {
            return Err(Refused("its elements are nested more than 500 deep"));
        }
    }
    Ok(count)
}

/// Whether between a `<` and the next `>` stand more words than a tag may have attributes. What is hidden from this look,
/// behind a quotation mark in a script for instance, costs time and runs into [`LONGEST`].
fn has_endless_tag(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let opens = byte == b'<'
            && bytes
                .clone()
                .next()
                .is_some_and(|byte| byte.is_ascii_alphabetic());
        if opens && words_of_tag(&mut bytes) > MAX_ATTRIBUTES {
            return true;
        }
    }
    false
}

/// Counts the words up to the end of a tag; what stands in quotes after `=` is part of one.
fn words_of_tag(bytes: &mut std::str::Bytes<'_>) -> usize {
    let (mut words, mut inside, mut value) = (0, false, false);
    while let Some(byte) = bytes.next() {
        match byte {
            b'>' => return words,
            b'"' | b'\'' if value => {
                bytes.find(|other| *other == byte);
                (inside, value) = (false, false);
            }
            b'/' | b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' => inside = false,
            b'=' if inside => value = true,
            _ => {
                words += usize::from(!inside);
                (inside, value) = (true, false);
            }
        }
    }
    words
}

/// The first element that a selector matches; a selector that cannot be read matches none.
pub(crate) fn first<'a>(page: &'a Html, selector: &str) -> Option<ElementRef<'a>> {
    let selector = Selector::parse(selector).ok()?;
    page.select(&selector).next()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As much as a file may hold.
    fn filled(piece: impl Fn(usize) -> String) -> String {
        let mut text = String::new();
        let mut at = 0;
        while text.len() < 2 * 1024 * 1024 - 64 {
            text.push_str(&piece(at));
            at += 1;
        }
        text
    }

    /// Each of these takes minutes or gigabytes without the limits.
    #[test]
    fn hostile_pages_are_refused_or_read() {
        let check = |text: String, expected: Option<&str>| {
            let why = parse_within(&text, Duration::MAX)
                .err()
                .map(|Refused(why)| why);
            let start: String = text.chars().take(40).collect();
            assert_eq!(why, expected, "{start}");
        };
        let deep = Some("its elements are nested more than 500 deep");
        check(filled(|_| "<div>".to_owned()), deep);
        check(filled(|at| format!("<b id={at}>")), deep);
        check(filled(|_| "<table><td>".to_owned()), deep);
        check(filled(|_| "<svg>".to_owned()), deep);
        check(filled(|_| "<a><b></a></b><div>".to_owned()), deep);
        check(filled(|_| "<template>".to_owned()), deep);
        let formatting: String = (0..400).map(|at| format!("<b id={at}>")).collect();
        let reopened = format!("<p>{formatting}{}", "</p><p>x".repeat(100_000));
        check(reopened, Some("it has more than 500,000 elements"));
        let tag = filled(|at| format!(" a{at}"));
        check(
            format!("<p{tag}>"),
            Some("a tag has more than 2,000 attributes"),
        );
        check("<!-- ".repeat(20_000), None);
        check("&amp".repeat(20_000), None);
        check("<".repeat(20_000), None);
        check("\"".repeat(20_000), None);
        check("</p></div>".repeat(20_000), None);
    }

    #[test]
    fn a_page_that_takes_too_long_is_given_up() {
        let why = parse_within("<p>Tea.", Duration::ZERO).err();
        assert_eq!(why, Some(Refused("reading it takes too long")));
    }

    #[test]
    fn long_values_are_no_endless_tag() {
        let picture = format!(
            "<img src=\"data:{}\" alt='{}'>",
            "a b ".repeat(5_000),
            "<".repeat(5_000)
        );
        assert!(parse_within(&picture, LONGEST).is_ok());
    }

    proptest! {
        /// Reading piece by piece changes nothing.
        #[test]
        fn the_tree_is_that_of_the_whole_page(
            parts in proptest::collection::vec(
                prop::sample::select(vec!["<p>", "</p>", "<b>", "</b>", "<table>", "<td>", "<li>", "é", "text ", "<a href='x'>", "&amp;", "<!-- c -->", "<script>1<2</script>"]),
                0..600,
            ),
        ) {
            let text = parts.concat();
            if let Ok(page) = parse_within(&text, LONGEST) {
                prop_assert_eq!(page.html(), Html::parse_document(&text).html());
            }
        }
    }
}
