//! Tells code from prose in Markdown, as Discord does: fenced blocks and inline code. Changes nothing.

/// A piece of a text, in order; together the pieces are the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passage<'a> {
    /// Text in which markers, links and mentions mean something.
    Prose(&'a str),
    /// Code, with its backticks, shown as it stands.
    Code(&'a str),
}

/// Splits a text into prose and code. A fence or a backtick that is never closed is prose, as Discord shows it.
pub fn passages(text: &str) -> Vec<Passage<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((prose, code, after)) = next_code(rest) {
        if !prose.is_empty() {
            found.push(Passage::Prose(prose));
        }
        found.push(Passage::Code(code));
        rest = after;
    }
    if !rest.is_empty() {
        found.push(Passage::Prose(rest));
    }
    found
}

/// The prose before the next code, the code, and what comes after it.
fn next_code(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let open = from + text.get(from..)?.find('`')?;
        let ticks = run_of_backticks(text.get(open..)?);
        match end_of_code(text, open, ticks) {
            Some(end) => return Some((text.get(..open)?, text.get(open..end)?, text.get(end..)?)),
            None => from = open + ticks,
        }
    }
}

/// Where the code that opens at `open` with `ticks` backticks ends: after a run of the same length, or for a fence after the next fence.
fn end_of_code(text: &str, open: usize, ticks: usize) -> Option<usize> {
    let mut from = open + ticks;
    loop {
        let close = from + text.get(from..)?.find('`')?;
        let run = run_of_backticks(text.get(close..)?);
        let closes = if ticks >= 3 { run >= 3 } else { run == ticks };
        if closes {
            return Some(close + run);
        }
        from = close + run;
    }
}

fn run_of_backticks(text: &str) -> usize {
    text.bytes().take_while(|byte| *byte == b'`').count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: &[Passage<'_>]) {
        assert_eq!(passages(text), expected);
    }

    #[test]
    fn inline_code_and_fences_are_code_and_the_rest_is_prose() {
        check(
            "a `b` c",
            &[
                Passage::Prose("a "),
                Passage::Code("`b`"),
                Passage::Prose(" c"),
            ],
        );
        check(
            "```rust\nx[0]\n```\nz",
            &[Passage::Code("```rust\nx[0]\n```"), Passage::Prose("\nz")],
        );
        check("``a ` b``", &[Passage::Code("``a ` b``")]);
    }

    #[test]
    fn an_open_backtick_is_prose() {
        check("it's `open [1]", &[Passage::Prose("it's `open [1]")]);
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_text(text in "[`a\\n ]{0,40}|\\PC{0,40}") {
            let joined: String = passages(&text).into_iter().map(|p| match p { Passage::Prose(t) | Passage::Code(t) => t }).collect();
            prop_assert_eq!(joined, text);
        }
    }
}
