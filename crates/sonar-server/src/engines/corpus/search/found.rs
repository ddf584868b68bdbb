//! What is asked of the corpus and what it gives back: plain data. Finds nothing.

use crate::engines::corpus::documents::Image;

/// A question.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// The question as it was asked.
    pub text: String,
    /// The question before it; a short follow-up is searched together with it.
    pub before: Option<String>,
    /// Language of the question (`en`); documents in other languages are left out. `None` takes
    /// the language of the settings.
    pub language: Option<String>,
}

/// How much an answer may hold.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// The most sources.
    pub sources: usize,
    /// The most words of prose over all sources.
    pub words: usize,
    /// What is given of each source.
    pub extent: Extent,
}

/// What is given of a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// The sentences that answer, for a reader.
    #[default]
    Excerpt,
    /// The passage they stand in as well, for somebody who writes from it: [`Excerpt::passage`]. Sections that come less near
    /// to the question are sources, too, and the words are a limit for the excerpt of each.
    Passage,
}

/// What the corpus has for a question.
#[derive(Clone, Debug)]
pub struct Found {
    /// How sure the corpus is.
    pub level: Level,
    /// Share of the question's words, weighted by how rare they are, that the best section covers:
    /// 0 to 1.
    pub coverage: f32,
    /// The sources in the order of their numbers: the first is `[1]`. Empty for [`Level::Nothing`].
    pub excerpts: Vec<Excerpt>,
    /// The pages nearest to the question, best first, at most three; for any level.
    pub nearest: Vec<Nearest>,
    /// Every section that was looked at closely, best first, quoted or not; at most a hundred.
    pub ranked: Vec<Place>,
}

/// What was found for one heading of a researched question, beside what was found for the question itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chapter {
    /// The heading that was asked for.
    pub(crate) heading: String,
    /// The further sources, whose numbers go on from those before. Never empty.
    pub(crate) excerpts: Vec<Excerpt>,
}

/// A section that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Title of the document.
    pub title: String,
    /// Heading of the section; `None` for the text before the first heading.
    pub heading: Option<String>,
    /// Address of the section, with `#anchor`.
    pub url: String,
    /// The document's number in the corpus that found it.
    pub(crate) document: u32,
}

/// How sure the corpus is of what it found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The excerpts answer the question as far as words can tell.
    Answer,
    /// The excerpts are the closest there is, and may miss the point.
    ClosestMatches,
    /// Nothing fits.
    Nothing,
}

/// A piece of one section, quoted word for word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// Title of the document.
    pub title: String,
    /// Heading of the section; `None` for the text before the first heading.
    pub section: Option<String>,
    /// Address of the section, with `#anchor`. An `http(s)` address where the document has a
    /// public one, else `local:/folder/file`, which is no link.
    pub url: String,
    /// When it was published: `YYYY-MM-DD`.
    pub date: Option<String>,
    /// When it was last changed: `YYYY-MM-DD`.
    pub last_updated: Option<String>,
    /// Language of the document: `en`.
    pub language: Option<String>,
    /// The prose, word for word; inline code stands in backticks, blocks are divided by line ends.
    pub text: String,
    /// A block of code of the section that belongs to the prose.
    pub code: Option<Code>,
    /// The whole passage that the text stands in, as Markdown; empty unless it was asked for by [`Extent::Passage`].
    pub passage: String,
    /// Pictures of the section, then the one that stands for its whole document; each with a known
    /// size and an `http(s)` address.
    pub images: Vec<Image>,
}

/// A block of code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Language as the document names it: `rust`; empty when it does not.
    pub language: String,
    /// The lines, word for word.
    pub text: String,
}

/// A page near the question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nearest {
    /// Title of the document.
    pub title: String,
    /// Address of the document.
    pub url: String,
}
