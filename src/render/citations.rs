//! Turns markers `[n]` into links to source n, and makes harmless what would ping or mislead. Leaves code as it stands.

use std::collections::BTreeSet;

use super::link::{Link, label};
use super::passages::{Passage, passages};
use crate::conversation::answer::Source;

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
        if !misleads(c) {
            self.out.text.push(c);
        }
        after(rest, c.len_utf8())
    }

    /// A marker, a masked link, or just a bracket.
    fn bracket<'t>(&mut self, rest: &'t str) -> &'t str {
        if let Some((number, length)) = marker(rest) {
            self.cite(number);
            // `[1](address)`: the number decides where it leads, not the address beside it.
            let rest = after(rest, length);
            return target(rest).map_or(rest, |(_, length)| after(rest, length));
        }
        match masked_link(rest) {
            Some((text, address, length)) => {
                self.masked(text, address);
                after(rest, length)
            }
            None => self.plain(rest, '['),
        }
    }

    fn cite(&mut self, number: u32) {
        let Some(source) = self.sources.iter().find(|source| source.number == number) else {
            self.out.removed += 1;
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
            self.out.text.push_str(&text);
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
            self.out.text.push_str(&format!("{text} ({})", link.host()));
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
            None => self.out.text.push_str("(an address that is not shown)"),
        }
    }
}

/// Invisible, and enough to keep Discord from reading a mention.
const GAP: char = '\u{200b}';

/// Direction overrides and invisible characters, with which a text can pose as another.
fn misleads(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{200b}' | '\u{2060}')
}

/// The number of a marker at the start of the text, and the marker's length in bytes.
fn marker(text: &str) -> Option<(u32, usize)> {
    let (digits, length) = between(text, '[', ']')?;
    let number = (!digits.is_empty()
        && digits.len() <= 4
        && digits.bytes().all(|byte| byte.is_ascii_digit()))
    .then(|| digits.parse())?;
    Some((number.ok()?, length))
}

/// Label, address and length of a masked link at the start of the text.
fn masked_link(text: &str) -> Option<(&str, &str, usize)> {
    let (label, length) = between(text, '[', ']').filter(|(label, _)| !label.contains('\n'))?;
    let (address, target_length) = target(after(text, length))?;
    Some((label, address, length + target_length))
}

/// The address in `(address)` or `(<address>)` at the start of the text, and the length of it all.
fn target(text: &str) -> Option<(&str, usize)> {
    let (inside, length) = between(text, '(', ')').filter(|(inside, _)| !inside.contains('\n'))?;
    let inside = inside.trim();
    let address = inside
        .strip_prefix('<')
        .and_then(|inside| inside.strip_suffix('>'))
        .unwrap_or(inside);
    // A title may follow: `(address "title")`.
    Some((address.split_whitespace().next()?, length))
}

/// What stands between an opening character at the very start and the next closing one; and the length of it all.
fn between(text: &str, open: char, close: char) -> Option<(&str, usize)> {
    let rest = text.strip_prefix(open)?;
    let end = rest.find(close)?;
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
        check("[here](javascript:alert(1))", "here)");
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
        fn any_text_at_all_is_rendered(text in "\\PC{0,200}") {
            let _rendered = cite(&text, &[source(1, "https://a.example/")]);
        }
    }
}
