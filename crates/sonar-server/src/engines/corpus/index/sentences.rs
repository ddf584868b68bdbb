//! Divides prose into sentences. Changes no character.

/// Short forms whose full stop ends no sentence.
const ABBREVIATIONS: &[&str] = &[
    "approx", "cf", "dr", "e.g", "eg", "etc", "fig", "i.e", "ie", "mr", "mrs", "ms", "no", "prof",
    "st", "vs",
];

/// The sentences of a text in order, each a piece of it without the white space around it.
pub(crate) fn split(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut brackets = 0_usize;
    let mut code = false;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '`' => code = !code,
            '(' | '[' if !code => brackets += 1,
            ')' | ']' if !code => brackets = brackets.saturating_sub(1),
            '.' | '!' | '?' if !code => {
                let end = closed(&mut chars, at + c.len_utf8(), &mut brackets);
                let before = text.get(start..at).unwrap_or_default();
                let after = text.get(end..).unwrap_or_default();
                if brackets == 0 && ends_here(c, before, after) {
                    sentences.extend(text.get(start..end).map(str::trim));
                    start = end;
                }
            }
            _ => {}
        }
    }
    sentences.extend(text.get(start..).map(str::trim));
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

/// Takes in the quotes and brackets that close right after an end mark.
fn closed(
    chars: &mut std::iter::Peekable<std::str::CharIndices<'_>>,
    mut end: usize,
    brackets: &mut usize,
) -> usize {
    while let Some(&(at, c)) = chars.peek() {
        match c {
            ')' | ']' => *brackets = brackets.saturating_sub(1),
            '"' | '”' | '’' | '»' => {}
            _ => break,
        }
        end = at + c.len_utf8();
        chars.next();
    }
    end
}

pub(crate) fn ends_here(mark: char, before: &str, after: &str) -> bool {
    let mut next = after.chars();
    let spaced = next.next().is_none_or(char::is_whitespace);
    let starts_anew = !next.next().is_some_and(char::is_lowercase);
    // Only then is the word looked at: a long row of dots would be gone through for each of them.
    if !(spaced && starts_anew) {
        return false;
    }
    let word = before
        .rsplit(|c: char| c.is_whitespace() || c == '(')
        .next()
        .unwrap_or_default();
    let short = mark == '.' && ABBREVIATIONS.contains(&word.to_lowercase().as_str());
    let initial = mark == '.' && word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    !short && !initial
}

#[cfg(test)]
mod tests {
    use super::split;

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(split(text), expected);
    }

    #[test]
    fn sentences_end_where_readers_think_so() {
        check("One. Two! Three?", &["One.", "Two!", "Three?"]);
        check("Use e.g. Vec. Then stop", &["Use e.g. Vec.", "Then stop"]);
        check(
            "It is 1.5 long. Dr. No said.",
            &["It is 1.5 long.", "Dr. No said."],
        );
        check(
            "Call `a. B` now. (See this. And that.) End.",
            &["Call `a. B` now.", "(See this. And that.)", "End."],
        );
        check(
            "Use println! to print. the rest",
            &["Use println! to print. the rest"],
        );
        check("", &[]);
    }

    #[test]
    fn a_row_of_dots_is_gone_through_once() {
        let dots = format!("Tea{} Hot.", ".".repeat(1_000_000));
        assert_eq!(split(&dots).len(), 2);
    }
}
