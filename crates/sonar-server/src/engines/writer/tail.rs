//! Leaves out the list of sources that many models put behind a text. Must be pure, and leave out nothing that more text follows.

use super::sentences::{Sentence, marker};

/// Headings of such lists.
const HEADINGS: &[&str] = &[
    "bibliography",
    "citations",
    "fontes",
    "fonti",
    "footnotes",
    "fuentes",
    "quellen",
    "reference",
    "references",
    "références",
    "source",
    "sources",
    "sources cited",
    "sources used",
    "works cited",
];

/// A text in the making, sentence by sentence. What may be such a list is held back until it is known how it goes on.
#[derive(Debug, Default)]
pub(super) struct Tail {
    held: Vec<Sentence>,
}

impl Tail {
    /// Takes the next sentence and gives those that stay. What is held when the text is over is left out.
    pub(super) fn push(&mut self, sentence: Sentence) -> Vec<Sentence> {
        let listed = !self.held.is_empty() && is_of_list(&sentence);
        if listed || is_heading(&sentence) {
            self.held.push(sentence);
            return Vec::new();
        }
        let mut released = std::mem::take(&mut self.held);
        released.push(sentence);
        released
    }
}

fn is_heading(sentence: &Sentence) -> bool {
    if !sentence.begins_line || sentence.code {
        return false;
    }
    let signs = |c: char| matches!(c, '#' | '*' | '_' | ':') || c.is_whitespace();
    let bare = sentence.text.trim_matches(signs);
    let (heading, rest) = bare.split_once(':').unwrap_or((bare, ""));
    let heading = heading.trim_matches(signs).to_lowercase();
    let decorated = sentence.text.starts_with(['#', '*', '_']) || sentence.text.contains(':');
    let rest = rest.trim_matches(signs);
    decorated && HEADINGS.contains(&heading.as_str()) && (rest.is_empty() || names_source(rest))
}

/// A sentence within a line belongs where its line does.
fn is_of_list(sentence: &Sentence) -> bool {
    let number = sentence
        .text
        .trim_start_matches(|c: char| c.is_ascii_digit());
    let counted = number.len() < sentence.text.len() && number.starts_with(['.', ')', ':']);
    !sentence.code
        && !cites_at_its_end(&sentence.text)
        && (!sentence.begins_line
            || sentence.text.starts_with(['-', '*', '+', '•', '<'])
            || names_source(&sentence.text)
            || counted)
}

/// A sentence that cites: a source in a list has its number before it.
fn cites_at_its_end(text: &str) -> bool {
    let signs = |c: char| c.is_ascii_punctuation() && c != '[' || c == '•' || c.is_whitespace();
    let bare = text.trim_end_matches(['.', '!', '?']);
    let last = bare.rfind('[').and_then(|at| bare.get(at..));
    let cites = last.is_some_and(|last| marker(last) == Some(last.len()));
    cites && !names_source(text.trim_start_matches(signs))
}

fn names_source(text: &str) -> bool {
    marker(text).is_some() || text.starts_with("http") || text.starts_with("\\<http")
}

#[cfg(test)]
mod tests {
    use super::super::sentences::Sentences;
    use super::*;

    fn kept(text: &str) -> String {
        let mut sentences = Sentences::default();
        let mut tail = Tail::default();
        let mut all = sentences.push(text).unwrap();
        all.extend(sentences.finish());
        let kept = all.into_iter().flat_map(|sentence| tail.push(sentence));
        let kept: String = kept.map(|kept| kept.before + &kept.text).collect();
        kept.trim().to_owned()
    }

    #[test]
    fn a_list_of_sources_at_the_end_goes() {
        for tail in [
            "Sources:\n[1] Tea. A page.\n[2] Pots",
            "**Sources:**\n- Tea, https://tea.example\n- Pots",
            "## References\n\n1. Tea\n2. Pots. 2024.",
            "Quellen: [1], [2]",
            "*Sources used:*\n\n* [1]: https://tea.example",
            "References:",
        ] {
            assert_eq!(kept(&format!("Hot. [1]\n\n{tail}")), "Hot. [1]", "{tail}");
        }
    }

    #[test]
    fn what_only_looks_like_one_stays() {
        for text in [
            "Sources:\n- Tea\n- Pots\n\nBoth are old. [1]",
            "References:\n- Tea is hot. [1]\n- Pots are old [2].",
            "References:\n\n1. Tea is hot. [1]\n2. Pots are old. [2]",
            "Sources of heat are rare.",
            "Source: the sun, says the book. [1]",
            "The end\n- Tea",
            "```\nSources:\n- a\n```",
        ] {
            assert_eq!(kept(text), text);
        }
    }
}
