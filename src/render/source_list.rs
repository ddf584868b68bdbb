//! The sources below a part of an answer: in lines while they are few, else in one. Decides how they are listed, never which.

use std::collections::HashMap;

use super::bibliography::{Bibliography, Entry};
use super::markdown::escape;
use super::safe::misleads;
use super::words::Words;

/// The most sources that have a line of their own.
const LINES_AT_MOST: usize = 6;

/// The most characters of a host; of a longer one the end is shown, which says whose it is.
const LONGEST_HOST: usize = 40;

/// The most characters of the name of a document without a web address.
const LONGEST_NAME: usize = 100;

/// How each source of an answer is listed.
#[derive(Debug)]
pub(super) struct SourceList {
    entries: HashMap<u32, Listing>,
    /// What stands above the lines, and before what stands in one.
    head: &'static str,
    /// The most characters of lines.
    longest: usize,
}

#[derive(Debug)]
struct Listing {
    line: String,
    /// What it shares with other sources: its host.
    name: String,
    /// The characters of its line, of its number and of its name.
    lengths: [usize; 3],
}

/// How long a list has become.
#[derive(Clone, Debug, Default)]
pub(super) struct Listed<'l> {
    count: usize,
    lines: usize,
    /// The numbers, each with a space behind it.
    numbers: usize,
    names: Vec<&'l str>,
}

impl SourceList {
    /// A list of which at most `longest` characters are lines.
    pub(super) fn of(
        bibliography: &Bibliography<'_>,
        words: &'static Words,
        longest: usize,
    ) -> Self {
        let listing = |entry: &Entry<'_>| {
            let (line, name) = (line(entry, words), name(entry, words));
            let number = entry.number.to_string().len() + "``".len();
            let lengths = [line.chars().count(), number, name.chars().count()];
            Listing {
                line,
                name,
                lengths,
            }
        };
        let entries = bibliography.entries().iter();
        Self {
            entries: entries
                .map(|entry| (entry.number, listing(entry)))
                .collect(),
            head: words.sources,
            longest,
        }
    }

    /// Counts one more source in.
    pub(super) fn count<'l>(&'l self, number: u32, listed: &mut Listed<'l>) {
        let Some(Listing { name, lengths, .. }) = self.entries.get(&number) else {
            return;
        };
        listed.count += 1;
        listed.lines += 1 + lengths[0];
        listed.numbers += lengths[1] + 1;
        if !listed.names.contains(&name.as_str()) {
            listed.names.push(name);
            // Two names are three characters apart, and the head is one from the first.
            listed.numbers += lengths[2] + if listed.names.len() == 1 { 1 } else { 3 };
        }
    }

    /// How many characters [`SourceList::write`] writes for so many.
    pub(super) fn length(&self, listed: &Listed<'_>) -> usize {
        let head = self.head.chars().count();
        if listed.count == 0 {
            0
        } else if self.in_lines(listed) {
            "\n\n".len() + head + listed.lines
        } else {
            "\n\n-# ".len() + head + listed.numbers
        }
    }

    /// Lists the sources of these numbers, below a text and apart from it. Writes nothing for none.
    pub(super) fn write(&self, numbers: &[u32], out: &mut String) {
        let mut listed = Listed::default();
        for number in numbers {
            self.count(*number, &mut listed);
        }
        if listed.count == 0 {
            return;
        }
        let known = numbers
            .iter()
            .filter_map(|number| Some((number, self.entries.get(number)?)));
        if self.in_lines(&listed) {
            out.push_str("\n\n");
            out.push_str(self.head);
            for (_, listing) in known {
                out.push('\n');
                out.push_str(&listing.line);
            }
            return;
        }
        out.push_str("\n\n-# ");
        out.push_str(self.head);
        for (place, name) in listed.names.iter().enumerate() {
            out.push_str(if place == 0 { " " } else { " · " });
            for (number, _) in known.clone().filter(|(_, listing)| listing.name == *name) {
                out.push_str(&format!("`{number}` "));
            }
            out.push_str(name);
        }
    }

    fn in_lines(&self, listed: &Listed<'_>) -> bool {
        listed.count <= LINES_AT_MOST && listed.lines <= self.longest
    }
}

/// A source with its number, title and true host.
pub(super) fn line(entry: &Entry<'_>, words: &Words) -> String {
    let Entry { number, title, .. } = entry;
    match &entry.link {
        Some(link) => {
            let title = if title.is_empty() {
                words.untitled
            } else {
                title
            };
            let host = host(link.host());
            if entry.poses {
                let link = link.markdown(words.untitled);
                return format!("`{number}` {link} · {host} · {}", escape::line(title));
            }
            format!("`{number}` {} · {host}", link.markdown(title))
        }
        None => match (title.as_str(), local_name(&entry.source.url)) {
            ("", name) if name.is_empty() => format!("`{number}` {}", words.nameless_source),
            ("", name) => format!("`{number}` `{name}`"),
            (title, name) if name.is_empty() => format!("`{number}` {title}"),
            (title, name) => format!("`{number}` {title} · `{name}`"),
        },
    }
}

/// What a source is called where it has no line of its own.
fn name(entry: &Entry<'_>, words: &Words) -> String {
    match &entry.link {
        Some(link) => host(link.host()),
        None if entry.title.is_empty() => words.untitled.to_owned(),
        None => entry.title.clone(),
    }
}

/// A host, or the end of a long one, in Markdown.
fn host(host: &str) -> String {
    let length = host.chars().count();
    if length <= LONGEST_HOST {
        return escape::line(host);
    }
    let end: String = host.chars().skip(length + 1 - LONGEST_HOST).collect();
    escape::line(&format!("…{end}"))
}

/// Where a document without a web address is, as the built-in server names it.
fn local_name(url: &str) -> String {
    let name = url.strip_prefix("local:/").unwrap_or_default();
    name.chars()
        .filter(|c| !c.is_control() && !misleads(*c) && *c != '`')
        .take(LONGEST_NAME)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::answer::Source;
    use crate::conversation::language::Language;
    use crate::render::answer::tests::source;
    use crate::render::words::words;

    fn listed(sources: &[Source], longest: usize) -> String {
        let list = SourceList::of(
            &Bibliography::of(sources),
            words(Language::English),
            longest,
        );
        let numbers: Vec<u32> = sources.iter().map(|source| source.number).collect();
        let (mut out, mut length) = (String::new(), Listed::default());
        list.write(&numbers, &mut out);
        for number in numbers {
            list.count(number, &mut length);
        }
        assert_eq!(out.chars().count(), list.length(&length), "{out}");
        out
    }

    #[test]
    fn few_sources_have_a_line_each_and_many_share_one() {
        let mut sources = vec![
            source(1, "Tea [official]", "https://tea.example/a"),
            source(2, "", "https://tea.example/b"),
            source(3, "Notes", "local:/notes/tea.md"),
            source(4, "", "javascript:alert(1)"),
            source(5, "", "local:/notes/back`ups.txt"),
        ];
        insta::assert_snapshot!(listed(&sources, 600).trim_start(), @"
        **Sources**
        `1` [Tea (official)](<https://tea.example/a>) · tea.example
        `2` [source](<https://tea.example/b>) · tea.example
        `3` Notes · `notes/tea.md`
        `4` (a source without a title or an address that may be linked)
        `5` `notes/backups.txt`
        ");
        sources.extend((6..=8).map(|n| source(n, "Page", &format!("https://p{n}.example/"))));
        insta::assert_snapshot!(listed(&sources, 600).trim_start(), @"-# **Sources** `1` `2` tea.example · `3` Notes · `4` `5` source · `6` p6.example · `7` p7.example · `8` p8.example");
        assert_eq!(listed(&[], 600), "");
    }

    #[test]
    fn a_title_that_poses_as_another_address_masks_no_link() {
        let sources = [source(1, "paypal.com", "https://evil.example/")];
        insta::assert_snapshot!(listed(&sources, 600).trim_start(), @r"
        **Sources**
        `1` [source](<https://evil.example/>) · evil.example · paypal.com
        ");
    }

    #[test]
    fn a_host_is_shown_as_it_is() {
        let sources = [source(1, "One", "https://__evil__.example/")];
        insta::assert_snapshot!(listed(&sources, 600).trim_start(), @r"
        **Sources**
        `1` [One](<https://__evil__.example/>) · \_\_evil\_\_.example
        ");
    }

    #[test]
    fn long_addresses_take_no_room_from_the_text() {
        let path = "x".repeat(400);
        let host = format!("{}.example", "h".repeat(40));
        let sources = [
            source(1, "One", &format!("https://a.example/{path}")),
            source(2, "Two", &format!("https://{host}/{path}")),
        ];
        assert!(listed(&sources, 2_000).contains("**Sources**\n"));
        insta::assert_snapshot!(listed(&sources, 600).trim_start(), @"-# **Sources** `1` a.example · `2` …hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh.example");
    }
}
