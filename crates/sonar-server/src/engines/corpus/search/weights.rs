//! What ranking goes by: every weight of it, each with what it weighs. Computes nothing.

/// How BM25 counts a word that stands in a text more than once.
#[derive(Debug)]
pub(crate) struct Saturation {
    /// How soon more of the same word stops counting.
    pub(crate) more: f32,
    /// How much long texts are held back.
    pub(crate) length: f32,
}

/// What the ranking goes by.
#[derive(Debug)]
pub(crate) struct Weights {
    /// How passages are counted, to find the best one of a section.
    pub(crate) of_passages: Saturation,
    /// How sections are counted.
    pub(crate) of_sections: Saturation,
    /// Sections that are read closely.
    pub(crate) candidates: usize,
    /// A shorter or longer form of the word that is asked for.
    pub(crate) short_form: f32,
    /// A word that is not the one asked for, but means it.
    pub(crate) other_word: f32,
    /// A word of the same meaning, by the thesaurus.
    pub(crate) same_meaning: f32,
    /// What a phrase without a word of its own stands for.
    pub(crate) phrase: f32,
    /// A word that names where to look.
    pub(crate) place_word: f32,
    /// Passage and headings have the very words of the question.
    pub(crate) very_words: f32,
    /// For being sure: the question is as long as a problem.
    pub(crate) long: f32,
    /// For being sure: passage and headings have all that is asked for, in the words of the question.
    pub(crate) whole: f32,
    /// What is left of the score of a section from elsewhere.
    pub(crate) elsewhere: f32,
    /// How much more the heading that asks counts, for a question that is as long as a problem.
    pub(crate) asks: f32,
    /// A word without a subject; only headings hold them.
    pub(crate) stop_word: f32,
    /// A part of a name that was asked for as a whole.
    pub(crate) part_of_name: f32,
    /// A term of the question before.
    pub(crate) question_before: f32,
    /// BM25 of the section, as a share of the highest.
    pub(crate) bm25: f32,
    /// The section with its headings covers the question.
    pub(crate) coverage: f32,
    /// The passage with its headings covers the question.
    pub(crate) passage: f32,
    /// Title and headings cover the question.
    pub(crate) context: f32,
    /// Words of the question that stand side by side.
    pub(crate) pairs: f32,
    /// The heading is what is asked for.
    pub(crate) heading: f32,
    /// Heading and first sentence of the section cover the question.
    pub(crate) lead: f32,
    /// The whole path of title and headings is what is asked for.
    pub(crate) subject: f32,
    /// The section's first word is the action that the question asks for.
    pub(crate) action: f32,
    /// The question asks what something is, or only names it, and the passage opens its section.
    pub(crate) opening: f32,
    /// The question asks for a way, and the passage shows code.
    pub(crate) example: f32,
}

/// Tuned on the development halves of the sets in `tests/eval`; `footnote eval` tells what a
/// change does.
pub(crate) const WEIGHTS: Weights = Weights {
    of_passages: Saturation {
        more: 0.6,
        length: 0.35,
    },
    of_sections: Saturation {
        more: 1.0,
        length: 0.35,
    },
    candidates: 150,
    short_form: 0.9,
    other_word: 0.7,
    same_meaning: 0.7,
    phrase: 0.3,
    place_word: 0.2,
    very_words: 0.43,
    long: 1.44,
    whole: 1.2,
    elsewhere: 0.4,
    asks: 0.5,
    stop_word: 0.25,
    part_of_name: 0.5,
    question_before: 0.6,
    bm25: 1.0,
    coverage: 0.3,
    passage: 0.07,
    context: 0.1,
    pairs: 0.3,
    heading: 0.76,
    lead: 0.34,
    subject: 0.65,
    action: 0.2,
    opening: 0.03,
    example: 0.14,
};
