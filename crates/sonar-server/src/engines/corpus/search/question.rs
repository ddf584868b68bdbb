//! Reads a question: which terms it asks for, how rare they are, and what kind of answer it wants.
//! Looks at no passage.

use super::aliases::{Alias, Aliases};
use super::found::Query;
use super::weights::WEIGHTS;
use crate::engines::corpus::index::Index;
use crate::engines::corpus::index::tokens::{Kind, Tokeniser};

/// The most terms that are looked up; a longer question is cut.
pub(crate) const MAX_TERMS: usize = 32;

/// The most characters of a question that are read.
pub(crate) const MAX_CHARS: usize = 2_000;

/// As many essential terms as somebody has who tells a problem.
const TERMS_OF_A_PROBLEM: usize = 8;

/// Words that point back at something said before.
const POINTERS: &[&str] = &[
    "it", "its", "that", "this", "these", "those", "they", "them", "one", "ones", "same", "there",
    "instead", "else", "other",
];

/// Openings of a question that continues another.
const CONTINUATIONS: &[&str] = &[
    "and ",
    "but ",
    "or ",
    "also ",
    "what about",
    "how about",
    "why not",
    "then ",
];

/// Words after "how" that say which number is wanted; answers hold the number, not the word.
const MEASURES: &[&str] = &[
    "big", "deep", "far", "fast", "heavy", "high", "large", "long", "many", "much", "often", "old",
    "soon", "tall", "wide",
];

/// Words before the action in "How do I sort …".
const ASKERS: &[&str] = &["i", "you", "we", "one", "to"];

/// A question as it is searched.
#[derive(Clone, Debug, Default)]
pub(crate) struct Question {
    pub(crate) terms: Vec<Term>,
    pub(crate) kind: Wants,
    /// The number of the term that names the action: "sort" in "How do I sort …".
    pub(crate) action: Option<usize>,
    /// Stems that name where to look: "python" where documents lie at `docs.python.org`.
    pub(crate) places: Vec<String>,
}

/// Something a question asks for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Term {
    /// The token itself first, then other words for it.
    pub(crate) variants: Vec<Variant>,
    /// How rare it is: the natural logarithm of how many passages there are for each that has it.
    pub(crate) rarity: f32,
    /// Whether the documents hold it, or another word for it, anywhere.
    pub(crate) known: bool,
    /// How much it counts beside the others.
    pub(crate) weight: f32,
    /// Whether an answer must hold it to count as covering the question.
    pub(crate) essential: bool,
}

/// A token that stands for a term.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Variant {
    pub(crate) token: String,
    /// 1 for the word as asked.
    pub(crate) weight: f32,
    /// How rare it is itself.
    pub(crate) rarity: f32,
}

/// The kind of answer a question wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Wants {
    /// Steps or a name to call: "How do I …".
    Way,
    /// A number: "How many …".
    Number,
    /// A day or a year: "When …".
    Time,
    /// A reason: "Why …".
    Reason,
    /// What something is: "What is …".
    Meaning,
    /// Anything else.
    #[default]
    Fact,
}

impl Question {
    /// Reads one text.
    pub(crate) fn read(
        text: &str,
        index: &Index,
        tokeniser: &mut Tokeniser,
        aliases: &Aliases,
    ) -> Self {
        let text: String = text.chars().take(MAX_CHARS).collect();
        let mut question = Self {
            terms: Vec::new(),
            kind: wants(&text),
            ..Self::default()
        };
        let pieces = text
            .trim_end_matches(['?', ' '])
            .split(|c: char| c.is_whitespace() || c == '`');
        let pieces: Vec<&str> = pieces.collect();
        let plain: Vec<String> = pieces.iter().map(|piece| bare(piece)).collect();
        let plain: Vec<&str> = plain.iter().map(String::as_str).collect();
        let mut before = String::new();
        // The phrase that is being read: how many more words it has, and what it stands for until a word takes it in.
        let mut phrase: (usize, Option<&[Alias]>) = (0, None);
        for (at, piece) in pieces.iter().enumerate() {
            let lower = piece.to_lowercase();
            if phrase.0 == 0
                && let Some((count, meant)) = aliases.of_phrase(plain.get(at..).unwrap_or_default())
            {
                phrase = (count, Some(meant));
            }
            let measure = before == "how" && MEASURES.contains(&lower.as_str());
            let mut tokens = Vec::new();
            tokeniser.each(piece, &mut |token, kind| {
                let kind = if measure { Kind::Stop } else { kind };
                tokens.push((token.to_owned(), kind));
            });
            let action = ASKERS.contains(&before.as_str());
            before = lower;
            let next = question.terms.len();
            question.piece(tokens, index, aliases);
            phrase.0 = phrase.0.saturating_sub(1);
            if let Some(meant) = phrase.1
                && (question.terms.get(next).is_some_and(|term| term.essential) || phrase.0 == 0)
            {
                question.means(next, meant, index);
                phrase.1 = None;
            }
            let essential = question.terms.get(next).is_some_and(|term| term.essential);
            if action && essential && question.kind == Wants::Way && question.action.is_none() {
                question.action = Some(next);
            }
        }
        question.place(index);
        question
    }

    /// Takes in what a phrase stands for: as other words for the term at `next`, or as a term of its own when the phrase is
    /// made of words without a subject.
    fn means(&mut self, next: usize, meant: &[Alias], index: &Index) {
        match self.terms.get_mut(next).filter(|term| term.essential) {
            Some(term) => term.also(meant, index),
            None => {
                if let Some((first, others)) = meant.split_first() {
                    self.add(Term::new(&first.stem, others, index, WEIGHTS.phrase, false));
                }
            }
        }
    }

    /// Words that name where to look say nothing of what to look for, unless there are no others.
    fn place(&mut self, index: &Index) {
        let names_place = |term: &Term| {
            let token = term.variants.first().map_or("", |own| own.token.as_str());
            term.essential && index.is_place(token)
        };
        if self.essential().all(names_place) {
            return;
        }
        for term in self.terms.iter_mut().filter(|term| names_place(term)) {
            term.essential = false;
            term.weight = WEIGHTS.place_word;
            self.places
                .extend(term.variants.first().map(|own| own.token.clone()));
        }
    }

    fn piece(&mut self, tokens: Vec<(String, Kind)>, index: &Index, aliases: &Aliases) {
        let known =
            |(token, kind): &(String, Kind)| *kind == Kind::Whole && index.passages_with(token) > 0;
        let whole = tokens.iter().position(known);
        for (at, (token, kind)) in tokens.into_iter().enumerate() {
            let (weight, essential) = match (kind, whole) {
                (Kind::Stop, _) => (WEIGHTS.stop_word, false),
                (Kind::Whole, Some(whole)) => (1.0, at == whole),
                (Kind::Whole, None) => continue,
                (Kind::Word | Kind::Part, Some(_)) => (WEIGHTS.part_of_name, false),
                (Kind::Word | Kind::Part, None) => (1.0, true),
            };
            let others = if kind == Kind::Stop {
                &[]
            } else {
                aliases.of(&token)
            };
            self.add(Term::new(&token, others, index, weight, essential));
        }
    }

    fn add(&mut self, term: Term) {
        let same = self
            .terms
            .iter_mut()
            .find(|other| other.variants.first() == term.variants.first());
        if let Some(same) = same {
            same.essential |= term.essential;
            same.weight = same.weight.max(term.weight);
        } else if self.terms.len() < MAX_TERMS {
            self.terms.push(term);
        }
    }

    /// The terms of an earlier question as well, at a lower weight. Where the documents know at least half of its words, the others tell
    /// nothing of them: a name, a greeting.
    fn with(mut self, before: Self) -> Self {
        let (known, unknown): (Vec<&Term>, Vec<&Term>) =
            before.essential().partition(|term| term.known);
        let knows_it = known.len() >= unknown.len();
        for mut term in before.terms {
            if knows_it && !term.known {
                continue;
            }
            term.weight *= WEIGHTS.question_before;
            self.add(term);
        }
        self
    }

    /// Whether it asks what something is, or is no more than a name.
    pub(crate) fn wants_overview(&self) -> bool {
        let bare = self.kind == Wants::Fact && self.essential().count() <= 2;
        self.kind == Wants::Meaning || bare
    }

    /// How long it is beside one that tells a problem: 0 to 1, and no more for one that goes on and on. People who look a name
    /// up say two or three words.
    pub(crate) fn length(&self) -> f32 {
        let terms = self.essential().count();
        terms.min(TERMS_OF_A_PROBLEM) as f32 / TERMS_OF_A_PROBLEM as f32
    }

    /// The terms an answer must hold.
    pub(crate) fn essential(&self) -> impl Iterator<Item = &Term> {
        self.terms.iter().filter(|term| term.essential)
    }
}

impl Term {
    fn new(token: &str, others: &[Alias], index: &Index, weight: f32, essential: bool) -> Self {
        let own = Variant {
            token: token.to_owned(),
            weight: 1.0,
            rarity: index.rarity(token),
        };
        let known = index.passages_with(token) > 0;
        let mut term = Self {
            rarity: own.rarity,
            variants: vec![own],
            known,
            weight,
            essential,
        };
        term.also(others, index);
        term
    }

    /// Takes in other words for it. A word nobody wrote is as rare as its rarest other name, when it has one.
    fn also(&mut self, others: &[Alias], index: &Index) {
        let unknown = index.passages_with(self.variants.first().map_or("", |own| &own.token)) == 0;
        for other in others {
            let has = self
                .variants
                .iter()
                .any(|variant| variant.token == other.stem);
            if has || index.passages_with(&other.stem) == 0 {
                continue;
            }
            let rarity = index.rarity(&other.stem);
            self.rarity = match (unknown, self.known) {
                (true, false) => rarity,
                (true, true) => self.rarity.max(rarity),
                (false, _) => self.rarity,
            };
            self.known = true;
            self.variants.push(Variant {
                token: other.stem.clone(),
                weight: other.weight,
                rarity,
            });
        }
    }

    /// How well a token stands for this term: 0 for not at all.
    pub(crate) fn matched_by(&self, token: &str) -> f32 {
        let variant = self.variants.iter().find(|variant| variant.token == token);
        variant.map_or(0.0, |variant| variant.weight)
    }

    /// What the term weighs when the question is compared with a passage.
    pub(crate) fn worth(&self) -> f32 {
        self.rarity * self.weight
    }
}

/// The ways to read a query, the likeliest first: a follow-up that points back is read together with
/// the question before, a short one alone and then together.
pub(crate) fn readings(
    query: &Query,
    index: &Index,
    tokeniser: &mut Tokeniser,
    aliases: &Aliases,
) -> Vec<Question> {
    let alone = Question::read(&query.text, index, tokeniser, aliases);
    let Some(before) = query.before.as_deref() else {
        return vec![alone];
    };
    let together = |tokeniser: &mut Tokeniser| {
        let before = Question::read(before, index, tokeniser, aliases);
        alone.clone().with(before)
    };
    if points_back(&query.text) || alone.essential().count() == 0 {
        vec![together(tokeniser)]
    } else if alone.essential().count() < 4 {
        let together = together(tokeniser);
        vec![alone, together]
    } else {
        vec![alone]
    }
}

/// A word as phrases are written: in lower case, without what stands around it.
fn bare(piece: &str) -> String {
    piece
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_lowercase()
}

/// Whether a question continues another, or points at something said before.
pub(crate) fn points_back(text: &str) -> bool {
    let text = text.to_lowercase();
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    CONTINUATIONS
        .iter()
        .any(|opening| text.starts_with(opening))
        || words.any(|word| POINTERS.contains(&word))
}

fn wants(text: &str) -> Wants {
    let text = text.trim().to_lowercase();
    let starts = |openings: &[&str]| openings.iter().any(|opening| text.starts_with(opening));
    if starts(&[
        "how many",
        "how much",
        "how long",
        "how often",
        "how big",
        "how large",
    ]) {
        Wants::Number
    } else if starts(&[
        "how",
        "can i",
        "can you",
        "what is the way",
        "what's the way",
        "show",
        "is there a way",
    ]) {
        Wants::Way
    } else if starts(&[
        "when was",
        "when did",
        "when were",
        "what year",
        "what date",
        "since when",
        "in which",
    ]) {
        Wants::Time
    } else if starts(&["why", "what for", "for what reason"]) {
        Wants::Reason
    } else if starts(&[
        "what is",
        "what are",
        "what's",
        "what does",
        "what do",
        "define",
        "explain",
    ]) {
        Wants::Meaning
    } else {
        Wants::Fact
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_follow_up_points_back() {
        assert!(points_back("And in reverse?"));
        assert!(points_back("How do I undo that?"));
        assert!(!points_back("What is a closure?"));
    }

    #[test]
    fn kinds_of_question() {
        assert_eq!(wants("How do I sort?"), Wants::Way);
        assert_eq!(wants("How many cups?"), Wants::Number);
        assert_eq!(wants("When was it built?"), Wants::Time);
        assert_eq!(wants("What's tea?"), Wants::Meaning);
        assert_eq!(wants("Which tea?"), Wants::Fact);
    }
}
