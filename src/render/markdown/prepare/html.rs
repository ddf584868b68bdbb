//! HTML in an answer: formatting becomes formatting, reasoning and scripts vanish, what no browser knows is text.

use super::{Format, Meaning, Scanner, math, within};

/// The longest tag that is looked at, in bytes.
const LONGEST_TAG: usize = 2_000;

/// The longest code in HTML, in bytes.
const LONGEST_CODE: usize = 1_000;

/// The longest text that is raised or lowered, in bytes.
const LONGEST_RAISED: usize = 60;

/// Tags that begin a line of their own.
const LINES: [&str; 35] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tr",
    "ul",
    "tbody",
];

/// Tags that say nothing by themselves.
const SILENT: [&str; 22] = [
    "abbr", "acronym", "bdi", "bdo", "big", "body", "colgroup", "font", "html", "ins", "mark", "q",
    "rp", "rt", "ruby", "small", "span", "svg", "tfoot", "thead", "u", "wbr",
];

/// The same, but words that may stand in angle brackets for something else: tags only with attributes.
const WORDS: [&str; 16] = [
    "audio", "button", "data", "form", "iframe", "img", "input", "label", "link", "meta", "object",
    "option", "select", "source", "time", "video",
];

/// Where reasoning begins and ends.
const REASONING: [(&str, &str); 2] = [("think", "</think>"), ("thinking", "</thinking>")];

/// Reads what begins with `<`.
pub(super) fn tag(scanner: &mut Scanner<'_, '_>) {
    let rest = scanner.rest();
    if rest.starts_with("<!--") {
        match scanner.until_outside_of_code(4, "-->") {
            Some(comment) => scanner.replace(4 + comment.len() + 3, Meaning::Nothing),
            None => scanner.replace(4, Meaning::Text("<!--".to_owned())),
        }
        return;
    }
    // The address of a link may be in these brackets.
    let opens_target = scanner.out.ends_with("](");
    let Some(tag) = Tag::read(rest).filter(|_| !opens_target) else {
        // The beginning of a tag begins a block of HTML, whatever becomes of it, and all up to its end would be part of that.
        if is_no_address(rest) && !opens_target && scanner.at_block_start() {
            scanner.replace(1, Meaning::Text("<".to_owned()));
        } else {
            scanner.copy(1);
        }
        return;
    };
    if reasoning(scanner, &tag) {
        return;
    }
    let length = tag.length;
    if is_placeholder(scanner, &tag) {
        let text = rest.get(..length).unwrap_or_default().to_owned();
        return scanner.replace(length, Meaning::Text(text));
    }
    let meaning = match tag.name.as_str() {
        "b" | "strong" => styled(&tag, Format::Bold),
        "th" | "td" => return cell(scanner, &tag),
        "i" | "em" | "cite" | "dfn" | "var" => styled(&tag, Format::Italic),
        "s" | "del" | "strike" => styled(&tag, Format::Struck),
        "code" | "kbd" | "samp" | "tt" => return code(scanner, &tag),
        "sub" | "sup" => return raised(scanner, &tag),
        "script" | "style" => return hidden(scanner, &tag),
        "a" => return link(scanner, &tag),
        "img" if !tag.attributes.is_empty() => return picture(scanner, &tag),
        name if LINES.contains(&name) => return line(scanner, &tag),
        name if SILENT.contains(&name) => Meaning::Nothing,
        name if WORDS.contains(&name) && !tag.attributes.is_empty() => Meaning::Nothing,
        _ => Meaning::Text(rest.get(..length).unwrap_or_default().to_owned()),
    };
    scanner.replace(length, meaning);
}

/// Whether what begins with `<` is neither an address in angle brackets nor a sign between numbers.
fn is_no_address(text: &str) -> bool {
    let behind = text.get(1..).unwrap_or_default();
    let end = behind.find(|c: char| c.is_whitespace() || c == '>');
    let word = behind.get(..end.unwrap_or(behind.len())).unwrap_or(behind);
    let begins_tag =
        word.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
    let is_address = word.contains([':', '@'])
        && behind
            .get(word.len()..)
            .is_some_and(|rest| rest.starts_with('>'));
    begins_tag && !is_address
}

/// Tags that format what is between them, or stand for it.
const AROUND: [&str; 19] = [
    "a", "b", "cite", "code", "del", "dfn", "em", "i", "kbd", "s", "samp", "script", "strike",
    "strong", "style", "sub", "sup", "tt", "var",
];

/// Tags whose end is often left out, or that have none.
const ENDLESS: [&str; 13] = [
    "br", "dd", "dt", "hr", "li", "p", "rp", "rt", "tbody", "td", "th", "tr", "wbr",
];

/// Whether what looks like a tag is a name in angle brackets, as in `SELECT * FROM <table>` and `Vec<i>`: a tag that needs an end and has none.
fn is_placeholder(scanner: &mut Scanner<'_, '_>, tag: &Tag<'_>) -> bool {
    let Some((name, is_block)) = needs_end(&tag.name) else {
        return false;
    };
    // Without their end, these two are text anyway.
    let is_text = tag.closes || !tag.attributes.is_empty() || matches!(name, "script" | "style");
    if is_text || scanner.is_closed(name, !is_block) {
        return false;
    }
    // Of an answer that is being written, the end may be yet to come.
    let behind = scanner.rest().get(tag.length..).unwrap_or_default();
    let behind = behind.trim_start_matches(' ');
    let alone = scanner.at_line_start() && (behind.is_empty() || behind.starts_with(['\n', '<']));
    !(is_block && alone)
}

/// The name of a tag that needs an end, and whether blocks may be in it.
fn needs_end(name: &str) -> Option<(&'static str, bool)> {
    let all = LINES.iter().chain(&SILENT).chain(&AROUND);
    let name = *all.into_iter().find(|known| **known == name)?;
    let is_block = LINES.contains(&name)
        || matches!(
            name,
            "body" | "colgroup" | "html" | "ruby" | "svg" | "tfoot" | "thead"
        );
    (!ENDLESS.contains(&name)).then_some((name, is_block))
}

/// What a tag at the start of a text means for what follows it.
pub(in crate::render) struct Pairs {
    /// Its name.
    pub(in crate::render) name: &'static str,
    /// Whether it is the end of what another one began.
    pub(in crate::render) closes: bool,
    /// In bytes.
    pub(in crate::render) length: usize,
}

impl Pairs {
    /// The tag at the start of a text, if what it means is not known before its end: without one it may be text.
    pub(in crate::render) fn at(text: &str) -> Option<Self> {
        let tag = Tag::read(text)?;
        let (name, is_block) = needs_end(&tag.name)?;
        let behind = text.get(tag.length..)?.trim_start_matches(' ');
        // A block that stands alone is one, whether it ends or not.
        let alone = is_block && (behind.is_empty() || behind.starts_with(['\n', '<']));
        let known = !AROUND.contains(&name) && !tag.attributes.is_empty();
        (tag.closes || !(alone || known)).then_some(Self {
            name,
            closes: tag.closes,
            length: tag.length,
        })
    }
}

/// Takes out what a model thought aloud. Without its end, all the rest is; without its beginning, all before.
fn reasoning(scanner: &mut Scanner<'_, '_>, tag: &Tag<'_>) -> bool {
    let Some((_, end)) = REASONING.iter().find(|(name, _)| *name == tag.name) else {
        return false;
    };
    // Models open it where a line begins and close it where one ends; what is within a sentence speaks of it.
    let behind = scanner.rest().get(tag.length..).unwrap_or_default();
    let ends_line = behind.trim_start_matches(' ').is_empty()
        || behind.trim_start_matches(' ').starts_with('\n');
    let begins_line = scanner.out.trim_end_matches(' ').is_empty()
        || scanner.out.trim_end_matches(' ').ends_with('\n');
    if (tag.closes && !ends_line) || (!tag.closes && !begins_line) {
        return false;
    }
    if tag.closes {
        scanner.out.clear();
        scanner.at += tag.length;
        return true;
    }
    let thought = scanner.until(tag.length, end).map(str::len);
    let length = thought.map_or(scanner.all_of_rest().len(), |thought| {
        tag.length + thought + end.len()
    });
    scanner.at += length;
    true
}

/// A cell of a table: bold in its head, and kept apart from the next one.
fn cell(scanner: &mut Scanner<'_, '_>, tag: &Tag<'_>) {
    let meaning = match tag.name.as_str() {
        "th" => styled(tag, Format::Bold),
        _ => Meaning::Nothing,
    };
    scanner.replace(tag.length, meaning);
    let next = scanner.rest().trim_start();
    let is_cell = Tag::read(next)
        .is_some_and(|next| !next.closes && matches!(next.name.as_str(), "th" | "td"));
    if tag.closes && is_cell {
        scanner
            .stands
            .add("", Meaning::Text(" · ".to_owned()), &mut scanner.out);
    }
}

fn styled(tag: &Tag<'_>, format: Format) -> Meaning {
    if tag.closes {
        Meaning::Closes(format)
    } else {
        Meaning::Opens(format)
    }
}

/// A tag that begins a line.
fn line(scanner: &mut Scanner<'_, '_>, tag: &Tag<'_>) {
    let heads = matches!(
        tag.name.as_str(),
        "summary" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6"
    );
    let format = heads.then(|| styled(tag, Format::Bold));
    let bullet = (tag.name == "li" && !tag.closes).then(|| Meaning::Text("• ".to_owned()));
    if tag.closes {
        if let Some(format) = format {
            scanner.stands.add("", format, &mut scanner.out);
        }
        scanner.replace(tag.length, Meaning::Break);
        return;
    }
    scanner.replace(tag.length, Meaning::Break);
    for meaning in format.into_iter().chain(bullet) {
        scanner.stands.add("", meaning, &mut scanner.out);
    }
}

fn code(scanner: &mut Scanner<'_, '_>, tag: &Tag<'_>) {
    let close = format!("</{}>", tag.name);
    let inside = scanner.rest().get(tag.length..).unwrap_or_default();
    match within(inside, LONGEST_CODE).split_once(close.as_str()) {
        Some((code, _)) if !tag.closes && !code.trim().is_empty() => {
            let words: Vec<&str> = code.split_whitespace().collect();
            let text = decoded(&words.join(" "));
            scanner.replace(tag.length + code.len() + close.len(), Meaning::Code(text));
        }
        _ => scanner.replace(tag.length, Meaning::Nothing),
    }
}

/// Raised and lowered text; a marker is often raised, and stays one.
fn raised(scanner: &mut Scanner<'_, '_>, tag: &Tag<'_>) {
    let close = format!("</{}>", tag.name);
    let inside = scanner.rest().get(tag.length..).unwrap_or_default();
    let found = within(inside, LONGEST_RAISED).split_once(close.as_str());
    let Some((text, _)) =
        found.filter(|(text, _)| !tag.closes && !text.contains(['[', '<', '$', '`']))
    else {
        scanner.replace(tag.length, Meaning::Nothing);
        return;
    };
    let text = decoded(text);
    let shown = if tag.name == "sup" {
        math::raised(&text)
    } else {
        math::lowered(&text)
    };
    let length = tag.length
        + inside
            .split_once(close.as_str())
            .map_or(0, |(text, _)| text.len())
        + close.len();
    scanner.replace(length, Meaning::Text(shown));
}

/// What is code for a browser and nothing for a reader.
fn hidden(scanner: &mut Scanner<'_, '_>, tag: &Tag<'_>) {
    let close = if tag.name == "script" {
        "</script>"
    } else {
        "</style>"
    };
    let inside = scanner
        .until_outside_of_code(tag.length, close)
        .map(str::len);
    match inside.filter(|_| !tag.closes) {
        Some(inside) => scanner.replace(tag.length + inside + close.len(), Meaning::Nothing),
        None => {
            let text = scanner
                .rest()
                .get(..tag.length)
                .unwrap_or_default()
                .to_owned();
            scanner.replace(tag.length, Meaning::Text(text));
        }
    }
}

/// A link, as Markdown has it.
fn link(scanner: &mut Scanner<'_, '_>, tag: &Tag<'_>) {
    let close = "</a>";
    let inside = scanner.rest().get(tag.length..).unwrap_or_default();
    let found = within(inside, LONGEST_TAG).split_once(close);
    match (tag.attribute("href"), found) {
        (Some(href), Some((label, _)))
            if !label.contains(['<', '[', ']', '`', '$']) && !label.trim().is_empty() =>
        {
            scanner
                .out
                .push_str(&format!("[{}](<{}>)", label.trim(), target(href)));
            scanner.at += tag.length + label.len() + close.len();
        }
        _ => scanner.replace(tag.length, Meaning::Nothing),
    }
}

fn picture(scanner: &mut Scanner<'_, '_>, tag: &Tag<'_>) {
    let name = tag.attribute("alt").unwrap_or_default();
    let name: String = name.chars().filter(|c| !"[]<>`$\\".contains(*c)).collect();
    let address = target(tag.attribute("src").unwrap_or_default());
    scanner.out.push_str(&format!("![{name}](<{address}>)"));
    scanner.at += tag.length;
}

/// An address as Markdown takes it between angle brackets.
fn target(address: &str) -> String {
    let kept = |c: &char| !c.is_whitespace() && !"<>\\".contains(*c);
    decoded(address).chars().filter(kept).collect()
}

/// A text with the few characters that HTML cannot do without.
fn decoded(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (name, character)| {
        text.replace(name, character)
    })
}

/// A tag.
struct Tag<'t> {
    /// In small letters.
    name: String,
    closes: bool,
    attributes: &'t str,
    /// In bytes, with its brackets.
    length: usize,
}

impl<'t> Tag<'t> {
    /// The tag at the start of a text.
    fn read(text: &'t str) -> Option<Self> {
        let inside = within(text, LONGEST_TAG).strip_prefix('<')?;
        let closes = inside.starts_with('/');
        let named = inside.strip_prefix('/').unwrap_or(inside);
        let behind = named.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-');
        let name = named.get(..named.len() - behind.len())?;
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let mut quote = None;
        let end = behind.char_indices().find(|(_, c)| {
            match (quote, c) {
                (None, '"' | '\'') => quote = Some(*c),
                (Some(open), c) if open == *c => quote = None,
                _ => {}
            }
            quote.is_none() && matches!(c, '>' | '<')
        })?;
        let attributes = behind.get(..end.0).filter(|_| end.1 == '>')?;
        let parted = attributes.is_empty() || attributes.starts_with([' ', '/', '\n', '\t']);
        if !parted || attributes.contains("\n\n") {
            return None;
        }
        Some(Self {
            name: name.to_ascii_lowercase(),
            closes,
            attributes: attributes.trim().trim_end_matches('/'),
            length: text.len() - text.strip_prefix('<')?.len()
                + usize::from(closes)
                + name.len()
                + end.0
                + 1,
        })
    }

    /// The value of an attribute.
    fn attribute(&self, name: &str) -> Option<&'t str> {
        let mut rest = self.attributes;
        while let Some((before, behind)) = rest.split_once('=') {
            let behind = behind.trim_start();
            let (value, after) = match behind.chars().next() {
                Some(quote @ ('"' | '\'')) => behind.get(1..)?.split_once(quote)?,
                _ => behind.split_once(' ').unwrap_or((behind, "")),
            };
            let known = before.split_whitespace().next_back().unwrap_or_default();
            if known.eq_ignore_ascii_case(name) {
                return Some(value);
            }
            rest = after;
        }
        None
    }
}
