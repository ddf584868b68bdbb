//! Turns markers `[n]` into links to source n, and makes harmless what would ping or mislead. Leaves code as it stands.

use std::collections::BTreeSet;

use super::link::{Link, label};
use super::safe::misleads;
use crate::conversation::answer::Source;
use crate::conversation::passages::{Passage, passages};

/// An answer's text as Discord is to show it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cited {
    /// The text, with links.
    pub text: String,
    /// The numbers of the sources it links to.
    pub cited: BTreeSet<u32>,
    /// How many markers were taken out because no source bears their number.
    pub removed: usize,
}

/// Links the markers of a text to its sources.
pub fn cite(text: &str, sources: &[Source]) -> Cited {
    let mut writer = Writer {
        sources,
        out: Cited::default(),
    };
    for passage in passages(text) {
        match passage {
            Passage::Code(code) => writer.out.text.push_str(code),
            Passage::Prose(prose) => writer.prose(prose),
        }
    }
    writer.out
}

struct Writer<'a> {
    sources: &'a [Source],
    out: Cited,
}

impl Writer<'_> {
    fn prose(&mut self, mut rest: &str) {
        while let Some(c) = rest.chars().next() {
            rest = match c {
                '[' => self.bracket(rest),
                '<' => self.angle(rest),
                '@' => self.at(rest),
                'h' if starts_an_address(rest) && self.at_a_word_start() => self.bare_address(rest),
                _ => self.plain(rest, c),
            };
        }
    }

    /// Copies one character, unless it is one that only misleads.
    fn plain<'t>(&mut self, rest: &'t str, c: char) -> &'t str {
        let (character, rest) = rest.split_at_checked(c.len_utf8()).unwrap_or((rest, ""));
        if !misleads(c) {
            self.push(character);
        }
        rest
    }

    /// Writes text of the answer. A `(` is kept apart from a bracket before it, so that the two make no link that is not ours.
    fn push(&mut self, text: &str) {
        if text.starts_with('(') && self.out.text.ends_with(']') {
            self.out.text.push(' ');
        }
        self.out.text.push_str(text);
    }

    /// A marker, a masked link, or just a bracket.
    fn bracket<'t>(&mut self, rest: &'t str) -> &'t str {
        if let Some((number, length)) = marker(rest) {
            self.cite(number);
            // `[1](address)`: the number decides where it leads, not the address beside it.
            let rest = after(rest, length);
            return target(rest).map_or(rest, |(_, length)| after(rest, length));
        }
        let Some((text, length)) = balanced(rest, '[', ']') else {
            return self.plain(rest, '[');
        };
        let Some((address, target_length)) = target(after(rest, length)) else {
            return self.plain(rest, '[');
        };
        let rest = after(rest, length + target_length);
        match marker(text) {
            // `[[1]](address)`: a marker as well.
            Some((number, length)) if length == text.len() => self.cite(number),
            _ => self.masked(text, address),
        }
        rest
    }

    fn cite(&mut self, number: u32) {
        let Some(source) = self.sources.iter().find(|source| source.number == number) else {
            self.out.removed += 1;
            let kept = self.out.text.trim_end_matches(' ').len();
            self.out.text.truncate(kept);
            return;
        };
        if self
            .out
            .text
            .chars()
            .next_back()
            .is_some_and(|last| !last.is_whitespace())
        {
            self.out.text.push(' ');
        }
        // A source that cannot be linked keeps its number, under which the list of sources names it.
        let shown = Link::to(&source.url).map_or_else(
            || format!("[{number}]"),
            |link| link.markdown(&number.to_string()),
        );
        self.out.text.push_str(&shown);
        self.out.cited.insert(number);
    }

    /// A masked link keeps its mask only when its host is among the sources and its label does not pose as an address.
    fn masked(&mut self, text: &str, address: &str) {
        let text = label(text);
        let Some(link) = Link::to(address) else {
            self.push(&text);
            return;
        };
        let known = self
            .sources
            .iter()
            .filter_map(|source| Link::to(&source.url))
            .any(|source| source.host() == link.host());
        let poses = text.contains('.') || text.contains("://");
        if known && !poses && !text.is_empty() {
            self.out.text.push_str(&link.markdown(&text));
        } else {
            self.push(&format!("{text} ({})", link.host()));
        }
    }

    /// `<address>` stays; what Discord would read as a mention, an emoji, a time or a command does not.
    fn angle<'t>(&mut self, rest: &'t str) -> &'t str {
        if let Some((address, length)) =
            between(rest, '<', '>').filter(|(inside, _)| starts_an_address(inside))
        {
            self.address(address);
            return after(rest, length);
        }
        self.out.text.push('<');
        let rest = after(rest, 1);
        if rest.starts_with(['@', '#', ':', '/'])
            || rest.starts_with("a:")
            || rest.starts_with("t:")
            || rest.starts_with("id:")
        {
            self.out.text.push(GAP);
        }
        rest
    }

    fn at<'t>(&mut self, rest: &'t str) -> &'t str {
        self.out.text.push('@');
        let rest = after(rest, 1);
        if rest.starts_with("everyone") || rest.starts_with("here") {
            self.out.text.push(GAP);
        }
        rest
    }

    fn at_a_word_start(&self) -> bool {
        !self
            .out
            .text
            .chars()
            .next_back()
            .is_some_and(char::is_alphanumeric)
    }

    fn bare_address<'t>(&mut self, rest: &'t str) -> &'t str {
        let end = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '[' | ']' | '"' | '|'))
            .unwrap_or(rest.len());
        let address = rest
            .get(..end)
            .unwrap_or(rest)
            .trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '*', '_', '\'']);
        self.address(address);
        after(rest, address.len())
    }

    /// An address in the text, without an unfurled preview; one that may not be linked is named only.
    fn address(&mut self, address: &str) {
        match Link::to(address) {
            Some(link) => self.out.text.push_str(&format!("<{}>", link.address())),
            None => self.push("(an address that is not shown)"),
        }
    }
}

/// Invisible, and enough to keep Discord from reading a mention.
const GAP: char = '\u{200b}';

/// The number of a marker at the start of the text, and the marker's length in bytes. A number beyond all numbers is one that
/// no source bears.
fn marker(text: &str) -> Option<(u32, usize)> {
    let (digits, length) = between(text, '[', ']')?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| (digits.parse().unwrap_or(u32::MAX), length))
}

/// The address in `(address)` or `(<address>)` at the start of the text, and the length of it all.
fn target(text: &str) -> Option<(&str, usize)> {
    let (inside, length) = balanced(text, '(', ')')?;
    let inside = inside.trim();
    let address = inside
        .strip_prefix('<')
        .and_then(|inside| inside.strip_suffix('>'))
        .unwrap_or(inside);
    // A title may follow: `(address "title")`.
    Some((address.split_whitespace().next()?, length))
}

/// The longest bracket that is looked at, in bytes: what is longer is no link, and looking at it would cost too much.
const LONGEST_BRACKET: usize = 2_048;

/// What stands within a bracket at the very start, other brackets of its kind included; and the length of it all.
fn balanced(text: &str, open: char, close: char) -> Option<(&str, usize)> {
    if !text.starts_with(open) {
        return None;
    }
    let mut depth = 0usize;
    for (at, c) in text
        .char_indices()
        .take_while(|(at, _)| *at < LONGEST_BRACKET)
    {
        depth += usize::from(c == open);
        depth -= usize::from(c == close);
        if depth == 0 {
            return Some((text.get(open.len_utf8()..at)?, at + close.len_utf8()));
        }
    }
    None
}

/// What stands between an opening character at the very start and the next closing one; and the length of it all.
fn between(text: &str, open: char, close: char) -> Option<(&str, usize)> {
    let rest = text.strip_prefix(open)?;
    let end = rest
        .char_indices()
        .take_while(|(at, _)| *at < LONGEST_BRACKET)
        .find(|(_, c)| *c == close)?
        .0;
    Some((rest.get(..end)?, open.len_utf8() + end + close.len_utf8()))
}

fn starts_an_address(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

fn after(text: &str, length: usize) -> &str {
    text.get(length..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn source(number: u32, url: &str) -> Source {
        Source {
            number,
            title: format!("Title {number}"),
            url: url.to_owned(),
            date: None,
            last_updated: None,
            snippet: String::new(),
        }
    }

    fn check(text: &str, expected: &str) {
        let sources = [
            source(1, "https://a.example/one"),
            source(2, "https://b.example/two"),
            source(3, "javascript:alert(1)"),
        ];
        assert_eq!(cite(text, &sources).text, expected);
    }

    #[test]
    fn markers_become_links_to_their_sources() {
        check("Paris.[1]", "Paris. [1](<https://a.example/one>)");
        check(
            "Both. [1][2]",
            "Both. [1](<https://a.example/one>) [2](<https://b.example/two>)",
        );
        check(
            "[2](https://evil.example) says",
            "[2](<https://b.example/two>) says",
        );
    }

    #[test]
    fn markers_without_a_source_are_taken_out_and_counted() {
        let cited = cite("So.[7] It is.[0]", &[source(1, "https://a.example/")]);
        assert_eq!((cited.text.as_str(), cited.removed), ("So. It is.", 2));
    }

    #[test]
    fn a_source_that_cannot_be_linked_keeps_its_number() {
        check("Unsafe.[3]", "Unsafe. [3]");
        check("A [0]. B [99999999999999999999].", "A. B.");
    }

    #[test]
    fn code_is_left_alone() {
        check(
            "`a[1]` and\n```\nb[1] @everyone\n```",
            "`a[1]` and\n```\nb[1] @everyone\n```",
        );
    }

    #[test]
    fn a_masked_link_keeps_its_mask_only_to_a_source() {
        check(
            "[here](https://a.example/other)",
            "[here](<https://a.example/other>)",
        );
        check("[here](https://evil.example/)", "here (evil.example)");
        check("[a.example](https://b.example/)", "a.example (b.example)");
        check("[here](javascript:alert(1))", "here");
        check("[docs [x]](https://evil.example)", "docs x (evil.example)");
        check("[a\nb](https://evil.example)", "a b (evil.example)");
        check(
            "See [[1]](https://evil.example/x).",
            "See [1](<https://a.example/one>).",
        );
        check("[see [1]](https://evil.example/x)", "see 1 (evil.example)");
    }

    #[test]
    fn nothing_in_prose_pings_or_poses() {
        check(
            "@everyone <@123> <@&4> <#5> <t:1:R> </ask:1>",
            "@\u{200b}everyone <\u{200b}@123> <\u{200b}@&4> <\u{200b}#5> <\u{200b}t:1:R> <\u{200b}/ask:1>",
        );
        check("a\u{202e}b", "ab");
    }

    #[test]
    fn bare_addresses_unfurl_nothing() {
        check("See https://c.example/x.", "See <https://c.example/x>.");
        check("See <https://c.example/x>", "See <https://c.example/x>");
    }

    proptest! {
        #[test]
        fn every_shown_number_leads_to_its_source(text in "([a-z .`@<>()]|\\[[0-9]\\]|\\[x\\]\\(https://evil\\.example\\)){0,40}") {
            let sources = [source(1, "https://a.example/one"), source(2, "https://b.example/two")];
            let cited = cite(&text, &sources);
            for (number, address) in [(1, "one"), (2, "two")] {
                let host = if number == 1 { "a" } else { "b" };
                let good = format!("[{number}](<https://{host}.example/{address}>)");
                let prose: String = passages(&cited.text).into_iter().filter_map(|p| match p { Passage::Prose(t) => Some(t), Passage::Code(_) => None }).collect();
                prop_assert_eq!(prose.matches(&format!("[{number}]")).count(), prose.matches(&good).count(), "{}", cited.text);
            }
        }

        #[test]
        fn no_masked_link_leads_anywhere_but_to_a_source(text in "([a-z .\n]|\\[|\\]|\\(|\\)|\\[[0-9]\\]|\\]\\(https://evil\\.example/?\\)|<https://evil\\.example>){0,40}") {
            let sources = [source(1, "https://a.example/one")];
            let cited = cite(&text, &sources).text;
            for after in cited.split("](").skip(1) {
                prop_assert!(!after.trim_start_matches('<').starts_with("https://evil"), "{cited}");
            }
        }

        #[test]
        fn any_text_at_all_is_rendered(text in "\\PC{0,200}") {
            let _rendered = cite(&text, &[source(1, "https://a.example/")]);
        }
    }
}
