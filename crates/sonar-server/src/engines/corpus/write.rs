//! Writes what was found as Markdown, piece by piece. Chooses nothing and changes no word.

use super::search::found::{Chapter, Excerpt, Found, Level};

/// A delta ends at the first word boundary after so many characters.
const DELTA_CHARS: usize = 48;

/// The answer as Markdown deltas; their concatenation is the whole text, each ends at a word
/// boundary, and markers `[n]` count from 1 into [`Found::excerpts`].
///
/// Nothing that stands in a document can start a block, a link or a marker: such characters are
/// escaped outside inline code.
pub fn write(found: &Found) -> Vec<String> {
    deltas(&whole(found, &[], Around::default()))
}

/// What of an answer only its words around the quotations tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Around {
    /// Whether filters kept sources out.
    pub(crate) filtered: bool,
    /// Whether there are no documents that could have been searched.
    pub(crate) no_documents: bool,
    /// What the web had to do with it.
    pub(crate) web: WebPart,
}

/// What the web has to do with an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum WebPart {
    /// It was not searched.
    #[default]
    None,
    /// It was to be searched, and did not answer.
    Silent,
    /// It was searched, and nothing of it is quoted.
    Searched,
    /// Some of what is quoted is from there.
    Quoted,
}

/// The answer as Markdown, with a part under a heading of its own for each chapter. The numbers of their sources go on
/// from those of `found`. Where nothing was found, it says so, where it looked, and whether that is so only of what filters let in.
pub(crate) fn whole(found: &Found, chapters: &[Chapter], around: Around) -> String {
    if found.level == Level::Nothing || found.excerpts.is_empty() {
        return nothing(found, around);
    }
    let mut paragraphs = Vec::new();
    if found.level == Level::ClosestMatches {
        paragraphs.push(closest(around).to_owned());
    }
    let mut numbers = 1..;
    paragraphs.extend(sources(&found.excerpts, &mut numbers));
    for chapter in chapters {
        paragraphs.push(format!("## {}", escaped(&chapter.heading)));
        paragraphs.extend(sources(&chapter.excerpts, &mut numbers));
    }
    let count = numbers.start - 1;
    let sources = if count == 1 { "source" } else { "sources" };
    let local = match around.web {
        WebPart::Quoted => "",
        WebPart::None | WebPart::Silent | WebPart::Searched => "local ",
    };
    paragraphs.push(format!(
        "*Excerpts from {count} {local}{sources}, no language model.*"
    ));
    paragraphs.join("\n\n")
}

fn closest(around: Around) -> &'static str {
    match around.web {
        _ if around.no_documents => "Closest matches on the web:",
        WebPart::None => "Closest matches in the local sources:",
        WebPart::Silent => "Closest matches in the local sources; the web search did not answer:",
        WebPart::Searched | WebPart::Quoted => {
            "Closest matches in the local sources and on the web:"
        }
    }
}

fn sources(excerpts: &[Excerpt], numbers: &mut std::ops::RangeFrom<usize>) -> Vec<String> {
    let numbered = excerpts.iter().zip(numbers);
    numbered
        .map(|(excerpt, number)| source(excerpt, number))
        .collect()
}

fn nothing(found: &Found, around: Around) -> String {
    let on_the_web = matches!(around.web, WebPart::Searched | WebPart::Quoted);
    let place = match (around.no_documents, on_the_web) {
        (false, false) => " in the local sources",
        (false, true) => " in the local sources or on the web",
        (true, false) => "",
        (true, true) => " on the web",
    };
    let filtered = match around.filtered {
        true => " that passes the filters of the request",
        false => "",
    };
    let silent = match around.web {
        WebPart::Silent => "; the web search did not answer",
        WebPart::None | WebPart::Searched | WebPart::Quoted => "",
    };
    let mut text = format!("Nothing found{place}{filtered}{silent}.");
    let titles: Vec<String> = found
        .nearest
        .iter()
        .map(|page| escaped(&page.title))
        .collect();
    if !titles.is_empty() {
        text.push_str("\n\nNearest pages: ");
        text.push_str(&titles.join(" · "));
    }
    text
}

fn source(excerpt: &Excerpt, number: usize) -> String {
    let mut block = format!("**{}", escaped(&excerpt.title));
    if let Some(section) = &excerpt.section {
        block.push_str(" › ");
        block.push_str(&escaped(section));
    }
    block.push_str("**");
    for line in excerpt.text.lines() {
        block.push_str("\n> ");
        block.push_str(&escaped(line));
    }
    block.push_str(&format!(" [{number}]"));
    // A fence inside the code would end the block early, and not every reader knows longer fences.
    if let Some(code) = excerpt
        .code
        .as_ref()
        .filter(|code| !code.text.contains("```"))
    {
        let known = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '#');
        let language: String = code.language.chars().take_while(known).collect();
        block.push_str(&format!("\n```{language}\n{}\n```", code.text));
    }
    block
}

/// A line of prose as Markdown that shows every character as it is meant: inline code stays code,
/// addresses stay whole, everything else that Markdown reads as a sign is escaped.
pub(crate) fn escaped(line: &str) -> String {
    let mut markdown = String::with_capacity(line.len() + 8);
    let mut pieces = line.split('`').peekable();
    let mut code = false;
    while let Some(piece) = pieces.next() {
        let closes = pieces.peek().is_some();
        if code && closes {
            markdown.push('`');
            markdown.push_str(piece);
            markdown.push('`');
            code = false;
        } else {
            if code {
                markdown.push_str("\\`");
            }
            escape_prose(piece, &mut markdown);
            code = true;
        }
    }
    escape_opening(markdown)
}

fn escape_prose(prose: &str, markdown: &mut String) {
    for word in prose.split_inclusive(char::is_whitespace) {
        if word.starts_with("https://") || word.starts_with("http://") {
            markdown.push_str(word);
            continue;
        }
        let mut before = None;
        let mut characters = word.chars().peekable();
        while let Some(c) = characters.next() {
            if is_sign(before, c, characters.peek().copied()) {
                markdown.push('\\');
            }
            markdown.push(c);
            before = Some(c);
        }
    }
}

/// Whether Markdown reads a character of a word as more than itself. `sort_by_key` and a `*` between spaces are themselves.
fn is_sign(before: Option<char>, c: char, after: Option<char>) -> bool {
    let alphanumeric = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let space = |c: Option<char>| c.is_none_or(char::is_whitespace);
    match c {
        '_' => !(alphanumeric(before) && alphanumeric(after)),
        '*' => !(space(before) && space(after)),
        '#' => before.is_none(),
        _ => matches!(c, '\\' | '~' | '|' | '<' | '>' | '[' | ']'),
    }
}

/// A line that would open a list gets a backslash before the sign.
fn escape_opening(line: String) -> String {
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let after = line.chars().nth(digits);
    let sign_at = match line.chars().next() {
        Some('-' | '+' | '=') => Some(0),
        Some(c) if c.is_ascii_digit() && matches!(after, Some('.' | ')')) => Some(digits),
        _ => None,
    };
    match sign_at {
        Some(at) => {
            let (before, sign): (String, String) = (
                line.chars().take(at).collect(),
                line.chars().skip(at).collect(),
            );
            format!("{before}\\{sign}")
        }
        None => line,
    }
}

/// The text in pieces of about [`DELTA_CHARS`].
pub(crate) fn deltas(text: &str) -> Vec<String> {
    let mut deltas = Vec::new();
    let mut delta = String::new();
    for word in text.split_inclusive(char::is_whitespace) {
        delta.push_str(word);
        if delta.chars().count() >= DELTA_CHARS {
            deltas.push(std::mem::take(&mut delta));
        }
    }
    if !delta.is_empty() {
        deltas.push(delta);
    }
    deltas
}

#[cfg(test)]
mod tests {
    use super::super::search::found::{Code, Nearest};
    use super::*;

    #[test]
    fn a_sign_is_escaped_only_where_markdown_reads_it_as_one() {
        for (text, expected) in [
            ("sort_by_key", "sort_by_key"),
            ("_early_ and __init__", r"\_early\_ and \_\_init\_\_"),
            ("O(m * n) is *fast*", r"O(m * n) is \*fast\*"),
            ("# a C# [1]", r"\# a C# \[1\]"),
        ] {
            assert_eq!(escaped(text), expected);
        }
    }

    fn excerpt(title: &str, text: &str) -> Excerpt {
        Excerpt {
            title: title.to_owned(),
            section: Some("Care".to_owned()),
            url: "https://tea.example/#care".to_owned(),
            date: None,
            last_updated: None,
            language: None,
            text: text.to_owned(),
            code: None,
            passage: String::new(),
            images: Vec::new(),
        }
    }

    fn found(level: Level, excerpts: Vec<Excerpt>) -> Found {
        let nearest = ["Tea", "Pots"].map(|title| Nearest {
            title: title.to_owned(),
            url: String::new(),
        });
        Found {
            level,
            coverage: 1.0,
            excerpts,
            nearest: nearest.into(),
            ranked: Vec::new(),
        }
    }

    #[test]
    fn an_answer_quotes_its_sources_with_their_numbers() {
        let mut first = excerpt("Tea", "Use `x_y`.\nBoil it.");
        first.code = Some(Code {
            language: "sh,x".to_owned(),
            text: "boil".to_owned(),
        });
        let text = write(&found(
            Level::Answer,
            vec![first, excerpt("Pots", "Hold tea.")],
        ))
        .concat();
        insta::assert_snapshot!(text, @r"
        **Tea › Care**
        > Use `x_y`.
        > Boil it. [1]
        ```sh
        boil
        ```

        **Pots › Care**
        > Hold tea. [2]

        *Excerpts from 2 local sources, no language model.*
        ");
    }

    #[test]
    fn less_certain_answers_say_so() {
        let text = write(&found(Level::ClosestMatches, vec![excerpt("Tea", "Hot.")])).concat();
        assert!(text.starts_with("Closest matches in the local sources:\n\n**Tea"));
        assert!(text.ends_with("*Excerpts from 1 local source, no language model.*"));
        let text = write(&found(Level::Nothing, Vec::new())).concat();
        assert_eq!(
            text,
            "Nothing found in the local sources.\n\nNearest pages: Tea · Pots"
        );
        let filtered = Around {
            filtered: true,
            ..Around::default()
        };
        let text = whole(&found(Level::Nothing, Vec::new()), &[], filtered);
        assert!(
            text.starts_with("Nothing found in the local sources that passes the filters of the request.\n\nNearest"),
            "{text}"
        );
    }

    #[test]
    fn the_words_around_say_where_it_was_looked() {
        let first_line = |level, excerpts: &[Excerpt], around| {
            let text = whole(&found(level, excerpts.to_vec()), &[], around);
            text.lines().next().unwrap().to_owned()
        };
        let around = |filtered, web| Around {
            filtered,
            web,
            ..Around::default()
        };
        let nothing = |filtered, web| first_line(Level::Nothing, &[], around(filtered, web));
        insta::assert_snapshot!(nothing(false, WebPart::Searched), @"Nothing found in the local sources or on the web.");
        insta::assert_snapshot!(nothing(true, WebPart::Searched), @"Nothing found in the local sources or on the web that passes the filters of the request.");
        insta::assert_snapshot!(nothing(false, WebPart::Silent), @"Nothing found in the local sources; the web search did not answer.");
        insta::assert_snapshot!(nothing(true, WebPart::Silent), @"Nothing found in the local sources that passes the filters of the request; the web search did not answer.");
        let tea = [excerpt("Tea", "Hot.")];
        let closest = |web| first_line(Level::ClosestMatches, &tea, around(false, web));
        insta::assert_snapshot!(closest(WebPart::Quoted), @"Closest matches in the local sources and on the web:");
        insta::assert_snapshot!(closest(WebPart::Silent), @"Closest matches in the local sources; the web search did not answer:");
        let last_line = |web| {
            let text = whole(&found(Level::Answer, tea.to_vec()), &[], around(false, web));
            text.lines().last().unwrap().to_owned()
        };
        insta::assert_snapshot!(last_line(WebPart::Quoted), @"*Excerpts from 1 source, no language model.*");
        insta::assert_snapshot!(last_line(WebPart::Searched), @"*Excerpts from 1 local source, no language model.*");
        let alone = |level, excerpts: &[Excerpt], filtered, web| {
            let around = Around {
                no_documents: true,
                ..around(filtered, web)
            };
            first_line(level, excerpts, around)
        };
        let nothing = |filtered, web| alone(Level::Nothing, &[], filtered, web);
        insta::assert_snapshot!(nothing(false, WebPart::None), @"Nothing found.");
        insta::assert_snapshot!(nothing(false, WebPart::Searched), @"Nothing found on the web.");
        insta::assert_snapshot!(nothing(true, WebPart::Searched), @"Nothing found on the web that passes the filters of the request.");
        insta::assert_snapshot!(nothing(false, WebPart::Silent), @"Nothing found; the web search did not answer.");
        insta::assert_snapshot!(alone(Level::ClosestMatches, &tea, false, WebPart::Quoted), @"Closest matches on the web:");
    }

    #[test]
    fn documents_cannot_break_out_of_their_quote() {
        let check = |text: &str, expected: &str| assert_eq!(escaped(text), expected);
        check("# Not a heading", "\\# Not a heading");
        check("- no list", "\\- no list");
        check("12. no list", "12\\. no list");
        check(
            "a *b* _c_ [1](x) <@1>",
            "a \\*b\\* \\_c\\_ \\[1\\](x) \\<@1\\>",
        );
        check("``` fence", "``\\` fence");
        check("`a*b` and ` alone", "`a*b` and \\` alone");
        check("see https://x.example/a_b", "see https://x.example/a_b");
        let mut fenced = excerpt("Tea", "Hot.");
        fenced.code = Some(Code {
            language: String::new(),
            text: "```\n# out".to_owned(),
        });
        assert!(
            !write(&found(Level::Answer, vec![fenced]))
                .concat()
                .contains("# out")
        );
    }

    #[test]
    fn deltas_end_at_word_boundaries() {
        let long = "word ".repeat(100);
        let pieces = write(&found(Level::Answer, vec![excerpt("Tea", long.trim())]));
        let (last, others) = pieces.split_last().unwrap();
        assert!(
            others.len() > 5
                && others
                    .iter()
                    .all(|delta| delta.ends_with(char::is_whitespace))
        );
        assert!(!last.is_empty());
    }
}
