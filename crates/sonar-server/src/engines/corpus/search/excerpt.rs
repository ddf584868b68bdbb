//! Chooses what to quote from a passage: the sentences that answer, and the code that goes with
//! them. Changes no word.

use super::found::Code;
use super::question::{Question, Term, Wants};
use crate::engines::corpus::documents::Block;
use crate::engines::corpus::index::passages::{Passage, count_words};
use crate::engines::corpus::index::sentences;
use crate::engines::corpus::index::tokens::Tokeniser;

/// A passage of so many words is quoted whole.
const WHOLE_UP_TO: usize = 75;

/// An excerpt grows to about so many words.
const WORDS_AIMED_AT: usize = 70;

/// The longest code that goes along, in lines.
const CODE_LINES: usize = 24;

/// What a bonus is worth beside the share of the question that a sentence covers.
mod weights {
    /// The sentence has what this kind of question wants.
    pub(super) const WANTED: f32 = 0.15;
    /// It opens the passage.
    pub(super) const FIRST: f32 = 0.12;
}

/// What is quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Quote {
    /// Blocks are divided by line ends.
    pub(crate) text: String,
    pub(crate) code: Option<Code>,
}

/// A sentence and the block it stands in.
struct Sentence<'a> {
    block: usize,
    text: &'a str,
    words: usize,
}

/// The quote of at most `words` words (one sentence at least) from `passage`; `following` are the
/// passages of the same section after it, for their code.
pub(crate) fn quote(
    question: &Question,
    passage: &Passage,
    following: &[Passage],
    words: usize,
    tokeniser: &mut Tokeniser,
) -> Quote {
    let sentences = list(passage);
    let total: usize = sentences.iter().map(|sentence| sentence.words).sum();
    let (from, to) = if total <= WHOLE_UP_TO.min(words) {
        (0, sentences.len())
    } else {
        let best = best(question, &sentences, tokeniser);
        grow(&sentences, best, words.min(WORDS_AIMED_AT))
    };
    let to = up_to_code(&sentences, passage, from, to);
    let chosen = sentences.get(from..to).unwrap_or_default();
    let last = chosen.last().map(|sentence| sentence.block);
    Quote {
        text: joined(chosen),
        code: code(question, passage, following, last, chosen),
    }
}

/// All of a passage as Markdown, and the code of its quote where that stands further on in the section.
pub(crate) fn whole(passage: &Passage, code: Option<&Code>) -> String {
    let mut blocks: Vec<String> = passage.iter().map(markdown).collect();
    let has = |code: &Code| {
        let same = |block: &Block| matches!(block, Block::Code { text, .. } if *text == code.text);
        passage.iter().any(same)
    };
    let more = code.filter(|code| !has(code));
    blocks.extend(more.map(|code| fenced(&code.language, &code.text)));
    blocks.join("\n")
}

fn markdown(block: &Block) -> String {
    match block {
        Block::Prose(text) | Block::Label(text) => text.clone(),
        Block::Item(text) => format!("- {text}"),
        Block::Code { language, text } => fenced(language, text),
    }
}

fn fenced(language: &str, code: &str) -> String {
    format!("```{language}\n{code}\n```")
}

fn list(passage: &Passage) -> Vec<Sentence<'_>> {
    let mut all = Vec::new();
    for (block, text) in passage
        .iter()
        .enumerate()
        .filter_map(|(at, block)| Some((at, block.quotable()?)))
    {
        for text in sentences::split(text) {
            all.push(Sentence {
                block,
                text,
                words: count_words(text),
            });
        }
    }
    all
}

fn best(question: &Question, sentences: &[Sentence<'_>], tokeniser: &mut Tokeniser) -> usize {
    let all: f32 = question.essential().map(Term::worth).sum();
    let mut best = (0, f32::MIN);
    for (at, sentence) in sentences.iter().enumerate() {
        let mut covered = vec![0.0_f32; question.terms.len()];
        tokeniser.each(sentence.text, &mut |token, _| {
            for (term, covered) in question.terms.iter().zip(&mut covered) {
                *covered = covered.max(term.matched_by(token));
            }
        });
        let terms = question
            .terms
            .iter()
            .zip(covered)
            .filter(|(term, _)| term.essential);
        let share = terms
            .map(|(term, covered)| term.worth() * covered)
            .sum::<f32>()
            / all.max(f32::MIN_POSITIVE);
        let wanted = if has_wanted(question.kind, sentence.text) {
            weights::WANTED
        } else {
            0.0
        };
        let first = if at == 0 { weights::FIRST } else { 0.0 };
        let score = share + wanted + first;
        if score > best.1 {
            best = (at, score);
        }
    }
    best.0
}

fn has_wanted(kind: Wants, sentence: &str) -> bool {
    let has = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
    match kind {
        Wants::Number => sentence.contains(|c: char| c.is_ascii_digit()),
        Wants::Time => sentence
            .split(|c: char| !c.is_ascii_digit())
            .any(|digits| digits.len() == 4),
        Wants::Reason => has(&[
            "because",
            "ecause ",
            "reason",
            "so that",
            "in order to",
            "since ",
        ]),
        Wants::Meaning => has(&[
            " is a ",
            " is an ",
            " is the ",
            " are ",
            " means ",
            " refers to ",
        ]),
        Wants::Way => has(&["use ", "using ", "call ", "You can ", "you can ", "To "]),
        Wants::Fact => false,
    }
}

/// From the best sentence backwards over openings that need what stands before, then forwards.
fn grow(sentences: &[Sentence<'_>], best: usize, words: usize) -> (usize, usize) {
    let count = |at: usize| sentences.get(at).map_or(0, |sentence| sentence.words);
    let (mut from, mut to, mut total) = (best, best + 1, count(best));
    while from > 0 && leans_back(sentences, from) && total + count(from - 1) <= words {
        from -= 1;
        total += count(from);
    }
    while to < sentences.len() && total + count(to) <= words {
        total += count(to);
        to += 1;
    }
    (from, to)
}

/// Ends a quote where it announces code: after the announcement when the code can go along, else
/// before it, unless nothing would be left.
fn up_to_code(sentences: &[Sentence<'_>], passage: &Passage, from: usize, to: usize) -> usize {
    let code_after = |sentence: &Sentence<'_>| match passage.get(sentence.block + 1) {
        Some(Block::Code { language, text }) if sentence.text.ends_with(':') => {
            Some(short(language, text).is_some())
        }
        _ => None,
    };
    for at in from..to {
        match sentences.get(at).and_then(code_after) {
            Some(true) => return at + 1,
            Some(false) if at > from => return at,
            _ => {}
        }
    }
    to
}

fn leans_back(sentences: &[Sentence<'_>], at: usize) -> bool {
    const OPENINGS: &[&str] = &[
        "It",
        "Its",
        "This",
        "That",
        "These",
        "Those",
        "They",
        "However",
        "But",
        "So",
        "Therefore",
        "Then",
        "Thus",
        "Instead",
        "Otherwise",
        "For",
        "In",
        "Also",
        "Here",
        "Such",
        "Similarly",
        "Note",
    ];
    let first = sentences
        .get(at)
        .and_then(|sentence| sentence.text.split_whitespace().next());
    first.is_some_and(|word| OPENINGS.contains(&word.trim_end_matches(',')))
}

fn joined(sentences: &[Sentence<'_>]) -> String {
    let mut text = String::new();
    let mut block = None;
    for sentence in sentences {
        if let Some(before) = block {
            text.push(if before == sentence.block { ' ' } else { '\n' });
        }
        text.push_str(sentence.text);
        block = Some(sentence.block);
    }
    text
}

/// Code goes along when the quote announces it with a colon, or when the question asks for a way
/// and the section has an example.
fn code(
    question: &Question,
    passage: &Passage,
    following: &[Passage],
    last: Option<usize>,
    chosen: &[Sentence<'_>],
) -> Option<Code> {
    let after = passage.get(last? + 1..)?;
    let announced = chosen
        .last()
        .is_some_and(|sentence| sentence.text.ends_with(':'));
    if let (true, Some(Block::Code { language, text })) = (announced, after.first()) {
        return short(language, text);
    }
    if question.kind != Wants::Way {
        return None;
    }
    let rest = after.iter().chain(following.iter().flatten());
    rest.filter_map(|block| match block {
        Block::Code { language, text } => Some(short(language, text)),
        _ => None,
    })
    .next()?
}

fn short(language: &str, text: &str) -> Option<Code> {
    (text.lines().count() <= CODE_LINES).then(|| Code {
        language: language.to_owned(),
        text: text.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prose(text: &str) -> Block {
        Block::Prose(text.to_owned())
    }

    fn code(text: &str) -> Block {
        Block::Code {
            language: "rust".to_owned(),
            text: text.to_owned(),
        }
    }

    fn quoted(kind: Wants, passage: &[Block], words: usize) -> Quote {
        let question = Question {
            kind,
            ..Question::default()
        };
        let mut tokeniser = Tokeniser::new("en");
        quote(&question, &passage.to_vec(), &[], words, &mut tokeniser)
    }

    #[test]
    fn a_short_passage_is_quoted_whole() {
        let passage = [prose("One. Two."), prose("Three.")];
        let quote = quoted(Wants::Fact, &passage, 150);
        assert_eq!(quote.text, "One. Two.\nThree.");
        assert_eq!(quote.code, None);
    }

    #[test]
    fn announced_code_goes_along_and_ends_the_quote() {
        let passage = [
            prose("Pour it. Like this:"),
            code("pour()"),
            prose("Or so:"),
            code("spill()"),
        ];
        let quote = quoted(Wants::Fact, &passage, 150);
        assert_eq!(quote.text, "Pour it. Like this:");
        assert_eq!(quote.code.unwrap().text, "pour()");
    }

    #[test]
    fn code_that_is_too_long_is_not_announced() {
        let passage = [prose("Pour it. Like this:"), code(&"pour()\n".repeat(40))];
        let quote = quoted(Wants::Way, &passage, 150);
        assert_eq!(
            quote,
            Quote {
                text: "Pour it.".to_owned(),
                code: None
            }
        );
    }

    #[test]
    fn an_example_goes_along_when_a_way_is_asked_for() {
        let passage = [
            prose("Pours the tea."),
            Block::Label("Examples".to_owned()),
            code("pour()"),
        ];
        assert_eq!(
            quoted(Wants::Way, &passage, 150).code.unwrap().text,
            "pour()"
        );
        assert_eq!(quoted(Wants::Meaning, &passage, 150).code, None);
    }

    #[test]
    fn a_quote_keeps_within_its_words() {
        let long = "Seven words are in this very sentence. ".repeat(30);
        for words in [7, 20, 70] {
            let quote = quoted(Wants::Fact, &[prose(long.trim())], words);
            assert!(count_words(&quote.text) <= words, "{words}: {}", quote.text);
        }
    }
}
