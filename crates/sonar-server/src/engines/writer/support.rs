//! Tells whether a sentence stands in the passages that it cites, by its words. Must be pure; it judges words, not meaning.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::engines::corpus::index::tokens::{Kind, Tokeniser};

/// The share of a sentence's words, each weighted by how few of the passages have it, that must stand in what it cites.
const WORDS: f32 = 0.7;

/// A sentence of fewer words that say something, and with no number and no name, claims nothing that could be looked for.
const FEWEST_WORDS: usize = 2;

/// What a sentence is worth as far as words can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Its words, numbers and names stand in what it cites; or, where it cites nothing, in one of the passages.
    Supported,
    /// They do not.
    Unsupported,
    /// There is nothing to look for.
    ClaimsNothing,
}

/// What of a sentence can be found in its passages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lookup {
    /// Its words, numbers and names.
    Words,
    /// Its numbers alone, since it is written in another language.
    Numbers,
}

/// The passages of an answer, by their words.
#[derive(Debug)]
pub(super) struct Support {
    tokeniser: Tokeniser,
    lookup: Lookup,
    /// Whether capital letters tell names. In German they begin every noun.
    names: bool,
    passages: Vec<Words>,
    /// How many passages have a word.
    spread: FxHashMap<String, usize>,
}

/// What a text holds that can be looked for.
#[derive(Clone, Debug, Default)]
struct Words {
    /// Stems and identifiers that say something.
    words: FxHashSet<String>,
    /// Every number, as digits.
    numbers: FxHashSet<String>,
    /// Stems of capitalised words within sentences.
    names: FxHashSet<String>,
    /// Stems of every word, those that say nothing included.
    all: FxHashSet<String>,
}

impl Support {
    /// Of passages in the order of their numbers, each with its title, in a language by its code.
    pub(super) fn new<'a>(
        passages: impl IntoIterator<Item = &'a str>,
        language: &str,
        lookup: Lookup,
    ) -> Self {
        let mut tokeniser = Tokeniser::new(language);
        let passages: Vec<Words> = passages
            .into_iter()
            .map(|text| Words::of(text, &mut tokeniser))
            .collect();
        let mut spread = FxHashMap::default();
        for word in passages.iter().flat_map(|passage| &passage.words) {
            *spread.entry(word.clone()).or_default() += 1;
        }
        Self {
            tokeniser,
            lookup,
            names: !language.starts_with("de"),
            passages,
            spread,
        }
    }

    /// Judges a sentence, without its markers, by the passages whose numbers it cites.
    pub(super) fn judge(&mut self, sentence: &str, cited: &[usize]) -> Verdict {
        let sentence = without_list_sign(sentence);
        let mut said = Words::of(sentence, &mut self.tokeniser);
        if !self.names {
            said.names.clear();
        }
        if self.lookup == Lookup::Numbers || has_no_spaces(sentence) {
            said.words.clear();
            said.names.clear();
        }
        if said.words.len() < FEWEST_WORDS && said.numbers.is_empty() && said.names.is_empty() {
            return Verdict::ClaimsNothing;
        }
        let bare = sentence.trim_end_matches(['*', '_']);
        let announces = bare.ends_with([':', '?']) && cited.is_empty();
        if announces || speaks_of_the_sources(sentence) {
            return Verdict::ClaimsNothing;
        }
        let passages = |numbers: &[usize]| -> Vec<&Words> {
            let of = |number: &usize| self.passages.get(number.checked_sub(1)?);
            numbers.iter().filter_map(of).collect()
        };
        let supported = if cited.is_empty() {
            self.passages
                .iter()
                .any(|passage| self.holds(&[passage], &said))
        } else {
            self.holds(&passages(cited), &said)
        };
        if supported {
            Verdict::Supported
        } else {
            Verdict::Unsupported
        }
    }

    fn holds(&self, passages: &[&Words], said: &Words) -> bool {
        let stands = |of: fn(&Words) -> &FxHashSet<String>, word: &String| {
            passages.iter().any(|passage| of(passage).contains(word))
        };
        let (mut found, mut all) = (0.0, 0.0);
        // Sums of floats depend on their order.
        let mut words: Vec<&String> = said.words.iter().collect();
        words.sort_unstable();
        for word in words {
            let weight = self.weight(word);
            all += weight;
            if stands(|words| &words.words, word) {
                found += weight;
            }
        }
        found >= all * WORDS
            && said
                .numbers
                .iter()
                .all(|number| stands(|words| &words.numbers, number))
            && said
                .names
                .iter()
                .all(|name| stands(|words| &words.all, name))
    }

    /// The fewer passages have a word, the more it weighs. One that none has is often a mere turn of phrase, and weighs no more
    /// than one that sets a passage apart.
    fn weight(&self, word: &str) -> f32 {
        let having = self.spread.get(word).copied().unwrap_or_default().max(1);
        let passages = self.passages.len();
        ((passages as f32 + 1.0) / having as f32).ln_1p()
    }
}

impl Words {
    fn of(text: &str, tokeniser: &mut Tokeniser) -> Self {
        let mut words = Self::default();
        tokeniser.each(text, &mut |token, kind| {
            words.all.insert(token.to_owned());
            let plain_number = token.bytes().all(|byte| byte.is_ascii_digit());
            if kind != Kind::Stop && !plain_number {
                words.words.insert(token.to_owned());
            }
        });
        words.numbers = numbers(text);
        words.names = names(text).map(|name| tokeniser.stem(name)).collect();
        words
    }
}

/// Numbers as they are written, without what divides thousands; `1.5` is one, and so is `2026` of `2026-11-22`.
fn numbers(text: &str) -> FxHashSet<String> {
    let mut numbers = FxHashSet::default();
    let mut number = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let digit_next = letters.peek().is_some_and(char::is_ascii_digit);
        match letter {
            _ if letter.is_ascii_digit() => number.push(letter),
            '.' if !number.is_empty() && digit_next => number.push(letter),
            ',' | '_' | '\u{202f}' if !number.is_empty() && digit_next => {}
            _ if !number.is_empty() => {
                numbers.insert(std::mem::take(&mut number));
            }
            _ => {}
        }
    }
    if !number.is_empty() {
        numbers.insert(number);
    }
    numbers
}

/// Capitalised words that do not begin a sentence, a line or a quotation.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| {
        let mut begins = true;
        line.split_whitespace().filter_map(move |piece| {
            let began = std::mem::replace(&mut begins, piece.ends_with(['.', '!', '?', ':']));
            let opens = piece.starts_with(['"', '“', '(', '*', '_']);
            let sign = |c: char| !c.is_alphanumeric();
            let bare = piece.trim_matches(sign);
            let bare = bare
                .strip_suffix("'s")
                .or(bare.strip_suffix("’s"))
                .unwrap_or(bare);
            let word = bare.chars().all(char::is_alphanumeric);
            let name = word && bare.chars().count() > 1 && bare.starts_with(char::is_uppercase);
            // The sign of a list begins nothing yet.
            begins |= began && bare.is_empty();
            (name && !began && !opens).then_some(bare)
        })
    })
}

/// Whether a sentence is mostly of scripts that put no spaces between words, so that no words can be told apart.
fn has_no_spaces(sentence: &str) -> bool {
    let unspaced = |c: &char| {
        matches!(*c, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
            || matches!(*c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
    };
    let letters = sentence.chars().filter(|c| c.is_alphabetic());
    let (all, some) = (letters.clone().count(), letters.filter(unspaced).count());
    some * 2 > all
}

/// An item of a list without its sign or number.
fn without_list_sign(sentence: &str) -> &str {
    let sentence = sentence.trim_start_matches(['-', '*', '+', '•', '>', ' ']);
    let rest = sentence.trim_start_matches(|c: char| c.is_ascii_digit());
    let item = rest
        .strip_prefix(['.', ')'])
        .filter(|item| item.starts_with(' '));
    item.filter(|_| rest.len() < sentence.len())
        .unwrap_or(sentence)
}

/// "The sources do not say when" claims nothing about the world.
fn speaks_of_the_sources(sentence: &str) -> bool {
    const SOURCES: &[&str] = &[
        "context",
        "document",
        "documents",
        "excerpt",
        "excerpts",
        "information",
        "passage",
        "passages",
        "source",
        "sources",
    ];
    const NOT: &[&str] = &["cannot", "don't", "doesn't", "not", "nothing"];
    const NONE: &[&str] = &["neither", "no", "none"];
    const SAY: &[&str] = &[
        "address", "answer", "cover", "describe", "discuss", "explain", "give", "mention", "name",
        "provide", "say", "specify", "state", "tell",
    ];
    let lower = sentence.to_lowercase().replace('’', "'");
    let words = lower.split(|c: char| !(c.is_alphanumeric() || c == '\''));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let says = |word: &&str| {
        SAY.contains(word)
            || word
                .strip_suffix('s')
                .is_some_and(|verb| SAY.contains(&verb))
    };
    let near = |from: usize| words.iter().skip(from).take(NEAR);
    let said_near = |from: usize| near(from).any(says);
    words.iter().enumerate().any(|(at, word)| {
        let not = near(at + 1).position(|word| NOT.contains(word));
        let before = words.get(at.saturating_sub(NEAR)..at).unwrap_or_default();
        SOURCES.contains(word)
            && (not.is_some_and(|not| said_near(at + not + 2))
                || (before.iter().any(|word| NONE.contains(word)) && said_near(at + 1)))
    })
}

/// How many words apart what belongs together stands.
const NEAR: usize = 4;

#[cfg(test)]
mod tests {
    use super::Verdict::{ClaimsNothing, Supported, Unsupported};
    use super::*;

    fn tea() -> Support {
        let passages = [
            "Green tea\nGreen tea from Uji is steeped at 80 degrees for 2 minutes. Boiling water makes green tea bitter.",
            "Black tea\nBlack tea is steeped at 95 degrees. Assam needs 1,500 mm of rain.",
            "Pots\nClay pots keep black tea warm; `pour_over()` empties them.",
        ];
        Support::new(passages, "en", Lookup::Words)
    }

    #[track_caller]
    fn check(sentence: &str, cited: &[usize], expected: Verdict) {
        assert_eq!(
            tea().judge(sentence, cited),
            expected,
            "{sentence} {cited:?}"
        );
    }

    #[test]
    fn a_sentence_is_supported_by_what_it_cites() {
        check("Steep green tea at 80 degrees.", &[1], Supported);
        check("Steep green tea at 80 degrees.", &[2], Unsupported);
        check(
            "Green tea takes 80 degrees, black tea 95 degrees.",
            &[1, 2],
            Supported,
        );
        check(
            "Green tea takes 80 degrees, black tea 95 degrees.",
            &[1],
            Unsupported,
        );
        check("Call `pour_over()` to empty clay pots.", &[3], Supported);
    }

    #[test]
    fn numbers_and_names_must_stand_there() {
        check("Green tea is steeped at 81 degrees.", &[1], Unsupported);
        check(
            "Green tea is steeped for 80 minutes at 2 degrees.",
            &[1],
            Supported,
        );
        check(
            "Green tea from Kyoto is steeped at 80 degrees.",
            &[1],
            Unsupported,
        );
        check("Rain of 1500 mm is what Assam needs.", &[2], Supported);
        check("3. Green tea is steeped at 80 degrees.", &[1], Supported);
    }

    #[test]
    fn a_sentence_that_cites_nothing_may_stand_anywhere() {
        check("Black tea is steeped at 95 degrees.", &[], Supported);
        check("Coffee beans are roasted in drums.", &[], Unsupported);
    }

    #[test]
    fn in_another_language_or_script_only_numbers_are_looked_up() {
        let passages = ["Green tea\nGreen tea is steeped at 80 degrees."];
        let mut german = Support::new(passages, "en", Lookup::Numbers);
        let judged = [
            ("Grüner Tee zieht bei 80 Grad.", Supported),
            ("Grüner Tee zieht bei 90 Grad.", Unsupported),
            ("Grüner Tee schmeckt nach Gras.", ClaimsNothing),
        ];
        for (sentence, expected) in judged {
            assert_eq!(german.judge(sentence, &[1]), expected, "{sentence}");
        }
        check("绿茶在80度下冲泡。", &[1], Supported);
        check("绿茶在81度下冲泡。", &[1], Unsupported);
        let nouns =
            ["Tee\nGrüner Tee wird bei 80 Grad aufgegossen, denn heißes Wasser macht ihn bitter."];
        let mut nouns = Support::new(nouns, "de", Lookup::Words);
        let judged = nouns.judge(
            "Grüner Tee wird bei 80 Grad aufgegossen, denn große Hitze macht ihn bitter.",
            &[1],
        );
        assert_eq!(judged, Supported);
    }

    #[test]
    fn what_claims_nothing_is_not_judged() {
        check("Yes, you can do that.", &[], ClaimsNothing);
        check("The three main steps of brewing are:", &[], ClaimsNothing);
        check("Which coffee beans are roasted?", &[], ClaimsNothing);
        check("Coffee is roasted:", &[1], Unsupported);
        check(
            "The sources do not say when Uji tea is picked.",
            &[],
            ClaimsNothing,
        );
        check(
            "None of the passages mention coffee beans.",
            &[],
            ClaimsNothing,
        );
        check("Source maps are not larger than 900 GB.", &[1], Unsupported);
        check(
            "Do not say that documents weigh 900 tons.",
            &[1],
            Unsupported,
        );
        check(
            "The passages don’t mention coffee beans.",
            &[1],
            ClaimsNothing,
        );
    }
}
