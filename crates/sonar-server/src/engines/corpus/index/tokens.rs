//! Turns text into the tokens that are searched: stems of words, identifiers whole and in parts,
//! operators. Knows no ranking.

use rust_stemmers::{Algorithm, Stemmer};
use rustc_hash::FxHashMap;

/// Operators and sigils that people ask about by name.
#[rustfmt::skip]
const OPERATORS: &[&str] = &[
    "?", "!", "&", "*", "->", "=>", "::", "..", "..=", "||", "&&", "|", "@", "_", "#", "'", "==",
    "!=", "<<", ">>", "%", "^", "+", "-", "+=", "-=", "/", "<", ">", "<=", ">=", "$", "&mut",
    "()", "[]", "{}", "{:?}",
];

/// English words that say nothing about the subject of a question.
#[rustfmt::skip]
const STOP_WORDS: &[&str] = &[
    "a", "about", "actually", "after", "again", "all", "also", "always", "am", "an", "and",
    "another", "any", "anyone", "anything", "are", "aren", "as", "at", "be", "because", "been",
    "before", "being", "best", "between", "both", "but", "by", "can", "cannot", "correctly",
    "could", "couldn", "d", "did", "didn", "differ", "difference", "differences", "do", "does",
    "doesn", "doing", "don", "done", "each", "easily", "either", "else", "etc", "ever", "every",
    "everything", "exactly", "explain", "few", "for", "from", "get", "gets", "getting", "give",
    "go", "goes", "going", "good", "got", "had", "happen", "happened", "happens", "has", "hasn",
    "have", "haven", "having", "he", "help", "her", "here", "him", "his", "how", "i", "if", "in",
    "instead", "into", "is", "isn", "it", "its", "just", "know", "like", "ll", "lot", "m", "make",
    "makes", "making", "many", "may", "me", "mean", "means", "might", "more", "most", "much",
    "must", "my", "need", "needs", "no", "not", "nothing", "now", "of", "off", "okay", "on",
    "one", "ones", "only", "or", "other", "our", "out", "over", "own", "perform", "please",
    "possible", "properly", "put", "quite", "rather", "re", "really", "s", "same", "say", "see",
    "several", "shall", "she", "should", "show", "simply", "so", "some", "someone", "something",
    "still", "such", "t", "tell", "than", "that", "the", "their", "them", "then", "there",
    "these", "they", "thing", "things", "this", "those", "through", "to", "too", "under", "up",
    "us", "use", "used", "uses", "using", "ve", "very", "want", "was", "wasn", "way", "ways",
    "we", "were", "what", "when", "where", "whether", "which", "who", "whose", "why", "will",
    "with", "within", "without", "won", "work", "works", "would", "wouldn", "yes", "yet", "you",
    "your",
];

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The stem of a word.
    Word,
    /// The stem of a word that is part of an identifier.
    Part,
    /// An identifier, an option, a sigil with its name or an operator, as a whole.
    Whole,
    /// A word that says nothing about a subject, as it is.
    Stop,
}

/// Reads text in one language. Keeps what it has stemmed, so reuse one for many texts.
pub(crate) struct Tokeniser {
    stemmer: Option<Stemmer>,
    english: bool,
    /// What was made of words before, as they were written.
    seen: FxHashMap<String, Read>,
}

/// A word as it is searched.
#[derive(Clone, Debug)]
struct Read {
    token: String,
    stop_word: bool,
}

impl std::fmt::Debug for Tokeniser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokeniser")
            .field("english", &self.english)
            .finish_non_exhaustive()
    }
}

/// How many words are kept at hand.
const MAX_SEEN: usize = 50_000;

impl Tokeniser {
    /// For a language by its code (`en`); words of languages without a stemmer are taken as they
    /// are.
    pub(crate) fn new(language: &str) -> Self {
        Self {
            stemmer: algorithm(language).map(Stemmer::create),
            english: language == "en",
            seen: FxHashMap::default(),
        }
    }

    /// Whether a word, in lower case, says nothing about a subject.
    fn is_stop_word(&self, word: &str) -> bool {
        self.english && STOP_WORDS.binary_search(&word).is_ok()
    }

    /// The stem of a word.
    pub(crate) fn stem(&self, word: &str) -> String {
        let lower = word.to_lowercase();
        match &self.stemmer {
            Some(stemmer) => stemmer.stem(&lower).into_owned(),
            None => lower,
        }
    }

    /// Calls `token` with every token of `text` in reading order. What stands whole comes before its
    /// parts.
    pub(crate) fn each(&mut self, text: &str, token: &mut dyn FnMut(&str, Kind)) {
        let pieces = text.split(|c: char| c.is_whitespace() || c == '`');
        for piece in pieces.filter(|piece| !piece.is_empty()) {
            self.piece(piece, token);
        }
    }

    fn piece(&mut self, piece: &str, token: &mut dyn FnMut(&str, Kind)) {
        if is_plain_word(piece) {
            return self.word(piece, Kind::Word, token);
        }
        let core = piece.trim_matches(['.', ',', ';', ':', '"', '“', '”', '’', '‘', '(', ')', '…']);
        if is_plain_word(core) {
            self.word(core, Kind::Word, token);
        } else {
            self.marked(piece, core, token);
        }
    }

    /// A piece of more than one word, or with marks that mean something.
    fn marked(&mut self, piece: &str, core: &str, token: &mut dyn FnMut(&str, Kind)) {
        if let Some(operator) = [piece, core]
            .into_iter()
            .find(|text| OPERATORS.contains(text))
        {
            return token(operator, Kind::Whole);
        }
        if let Some(sigil) = with_sigil(core) {
            token(&sigil, Kind::Whole);
        }
        for run in core.split(|c: char| !is_word_char(c)) {
            let run = run.trim_matches(['_', '.', '\'', '’']);
            if !run.is_empty() {
                self.run(run, token);
            }
        }
    }

    fn run(&mut self, run: &str, token: &mut dyn FnMut(&str, Kind)) {
        if run.starts_with(|c: char| c.is_ascii_digit()) && run.contains('.') {
            return number(run, token);
        }
        for name in run.split(['.', '\'', '’']).filter(|name| !name.is_empty()) {
            let parts = parts(name);
            if parts.len() < 2 {
                self.word(name, Kind::Word, token);
                continue;
            }
            token(&name.to_lowercase(), Kind::Whole);
            for part in parts {
                self.word(part, Kind::Part, token);
            }
        }
    }

    fn word(&mut self, word: &str, kind: Kind, token: &mut dyn FnMut(&str, Kind)) {
        if let Some(read) = self.seen.get(word) {
            return read.tell(kind, token);
        }
        if self.seen.len() >= MAX_SEEN {
            self.seen.clear();
        }
        let lower = word.to_lowercase();
        let stop_word = self.is_stop_word(&lower);
        let read = Read {
            token: if stop_word { lower } else { self.stem(word) },
            stop_word,
        };
        read.tell(kind, token);
        self.seen.insert(word.to_owned(), read);
    }
}

impl Read {
    fn tell(&self, kind: Kind, token: &mut dyn FnMut(&str, Kind)) {
        let kind = if self.stop_word { Kind::Stop } else { kind };
        token(&self.token, kind);
    }
}

/// Whether a text is one word and nothing else, as most are: a Latin letter, then small ones and digits. The way through
/// [`Tokeniser::marked`] would give the same.
fn is_plain_word(text: &str) -> bool {
    let (first, rest) = match text.as_bytes() {
        [first, rest @ ..] => (first, rest),
        [] => return false,
    };
    let small = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    first.is_ascii_alphabetic() && rest.iter().all(small)
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '\'' | '’')
}

/// `1.75.0` also as `1.75`, the way people shorten versions.
fn number(run: &str, token: &mut dyn FnMut(&str, Kind)) {
    token(run, Kind::Word);
    if let Some((short, "0")) = run.rsplit_once('.') {
        token(short, Kind::Part);
    }
}

/// `&str`, `'static`, `--force`, `vec!`: a name with the mark that makes it another thing.
fn with_sigil(core: &str) -> Option<String> {
    let name_like = |name: &str| {
        let mut chars = name.chars();
        chars.next().is_some_and(char::is_alphabetic)
            && chars.all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
    };
    let marked = ["--", "-", "&", "'", "@", "$", "#"]
        .iter()
        .any(|mark| core.strip_prefix(mark).is_some_and(name_like));
    if marked && !core.ends_with('\'') {
        return Some(core.to_lowercase());
    }
    let (name, rest) = core.split_once('!')?;
    let called = rest.starts_with(['(', '[', '{']) || rest.is_empty();
    (called && name_like(name)).then(|| format!("{}!", name.to_lowercase()))
}

/// The words an identifier is made of: `sort_by_key`, `HashMap`, `utf8Lossy`. One for a plain
/// word.
pub(crate) fn parts(name: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    for piece in name.split('_').filter(|piece| !piece.is_empty()) {
        let mut start = 0;
        let mut before: Option<char> = None;
        for (at, c) in piece.char_indices() {
            if c.is_uppercase() && before.is_some_and(char::is_lowercase) {
                parts.extend(piece.get(start..at));
                start = at;
            }
            before = Some(c);
        }
        parts.extend(piece.get(start..));
    }
    parts
}

fn algorithm(language: &str) -> Option<Algorithm> {
    Some(match language {
        "ar" => Algorithm::Arabic,
        "da" => Algorithm::Danish,
        "de" => Algorithm::German,
        "el" => Algorithm::Greek,
        "en" => Algorithm::English,
        "es" => Algorithm::Spanish,
        "fi" => Algorithm::Finnish,
        "fr" => Algorithm::French,
        "hu" => Algorithm::Hungarian,
        "it" => Algorithm::Italian,
        "nl" => Algorithm::Dutch,
        "no" | "nb" => Algorithm::Norwegian,
        "pt" => Algorithm::Portuguese,
        "ro" => Algorithm::Romanian,
        "ru" => Algorithm::Russian,
        "sv" => Algorithm::Swedish,
        "ta" => Algorithm::Tamil,
        "tr" => Algorithm::Turkish,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let mut seen = Vec::new();
        Tokeniser::new("en").each(text, &mut |token, kind| {
            if kind != Kind::Stop {
                seen.push(token.to_owned());
            }
        });
        assert_eq!(seen, expected, "{text}");
    }

    #[test]
    fn identifiers_are_found_whole_and_in_parts() {
        check(
            "`slice::sort_by_key` sorts.",
            &["slice", "sort_by_key", "sort", "key", "sort"],
        );
        check("a HashMap", &["hashmap", "hash", "map"]);
        check("use println!(\"x\")", &["println!", "println", "x"]);
    }

    #[test]
    fn symbols_survive() {
        check("What does the ? operator do?", &["?", "oper"]);
        check(
            "a &str and a 'static one",
            &["&str", "str", "'static", "static"],
        );
        check(
            "cargo build --force",
            &["cargo", "build", "--force", "forc"],
        );
        check("-> and ..=", &["->", "..="]);
    }

    #[test]
    fn versions_are_found_short_and_long() {
        check("Rust 1.75.0.", &["rust", "1.75.0", "1.75"]);
        check("Don't panic, it's fine", &["panic", "fine"]);
    }

    proptest! {
        #[test]
        fn a_plain_word_is_read_as_any_other_piece_is(text in "[(`\"]?[A-Za-z0-9']{1,8}[.,!?:)`…]{0,2}") {
            let mut tokeniser = Tokeniser::new("en");
            for piece in text.split('`') {
                let core = piece.trim_matches(['.', ',', ';', ':', '"', '“', '”', '’', '‘', '(', ')', '…']);
                let (mut told, mut expected) = (Vec::new(), Vec::new());
                tokeniser.piece(piece, &mut |token, kind| told.push((token.to_owned(), kind)));
                tokeniser.marked(piece, core, &mut |token, kind| expected.push((token.to_owned(), kind)));
                prop_assert_eq!(told, expected);
            }
        }
    }

    #[test]
    fn stop_words_are_in_order() {
        assert!(STOP_WORDS.is_sorted());
    }
}
