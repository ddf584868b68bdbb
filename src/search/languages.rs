//! The languages of sources and of answers, and the country that is searched from.

use serde::{Deserialize, Serialize};

use super::codes::{CountryCode, LanguageCode};

/// The languages that sources may be in, each once, at most [`SourceLanguages::MOST`]; none for any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<LanguageCode>", into = "Vec<LanguageCode>")]
pub struct SourceLanguages(Vec<LanguageCode>);

/// More than [`SourceLanguages::MOST`] languages: so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("name at most {most} languages instead of {0}", most = SourceLanguages::MOST)]
pub struct TooManyLanguages(pub usize);

impl SourceLanguages {
    /// The most languages. Source: the protocol.
    pub const MOST: usize = 10;

    /// Takes each language once.
    ///
    /// # Errors
    ///
    /// [`TooManyLanguages`].
    pub fn of(languages: impl IntoIterator<Item = LanguageCode>) -> Result<Self, TooManyLanguages> {
        let mut each = Vec::new();
        for language in languages {
            if !each.contains(&language) {
                each.push(language);
            }
        }
        if each.len() > Self::MOST {
            return Err(TooManyLanguages(each.len()));
        }
        Ok(Self(each))
    }

    /// The languages, in the order in which they were named.
    pub fn as_slice(&self) -> &[LanguageCode] {
        &self.0
    }
}

impl TryFrom<Vec<LanguageCode>> for SourceLanguages {
    type Error = TooManyLanguages;

    fn try_from(languages: Vec<LanguageCode>) -> Result<Self, TooManyLanguages> {
        Self::of(languages)
    }
}

impl From<SourceLanguages> for Vec<LanguageCode> {
    fn from(languages: SourceLanguages) -> Self {
        languages.0
    }
}

/// The language of answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerLanguage {
    /// That of the question.
    #[default]
    AsAsked,
    /// Always this one.
    Always(LanguageCode),
}

impl AnswerLanguage {
    /// The language, where it is set.
    pub fn code(self) -> Option<LanguageCode> {
        match self {
            Self::AsAsked => None,
            Self::Always(code) => Some(code),
        }
    }
}

/// The country that is searched from, for what differs from country to country.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Country {
    /// None in particular.
    #[default]
    Anywhere,
    /// This one.
    From(CountryCode),
}

impl Country {
    /// The country, where it is set.
    pub fn code(self) -> Option<CountryCode> {
        match self {
            Self::Anywhere => None,
            Self::From(code) => Some(code),
        }
    }
}
