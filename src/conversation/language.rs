//! The languages that Footnote itself speaks: its fixed texts, never an answer's own. Plain values.

/// A language that every fixed text exists in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// What is spoken where nothing else is known.
    #[default]
    English,
    /// German.
    German,
    /// French.
    French,
    /// Spanish, of Spain and of Latin America alike.
    Spanish,
    /// Portuguese, as Brazil writes it.
    Portuguese,
    /// Japanese.
    Japanese,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 6] = [
        Self::English,
        Self::German,
        Self::French,
        Self::Spanish,
        Self::Portuguese,
        Self::Japanese,
    ];

    /// Its two-letter code (ISO 639-1).
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Portuguese => "pt",
            Self::Japanese => "ja",
        }
    }

    /// The locales of Discord's that it is spoken in.
    ///
    /// See <https://discord.com/developers/docs/reference#locales>.
    pub const fn locales(self) -> &'static [&'static str] {
        match self {
            Self::English => &["en-US", "en-GB"],
            Self::German => &["de"],
            Self::French => &["fr"],
            Self::Spanish => &["es-ES", "es-419"],
            Self::Portuguese => &["pt-BR"],
            Self::Japanese => &["ja"],
        }
    }

    /// The language of a locale as Discord names it (`de`, `pt-BR`, `es-419`), or of a two-letter code. None for one that Footnote does not speak.
    ///
    /// See <https://discord.com/developers/docs/reference#locales>.
    pub fn of_locale(locale: &str) -> Option<Self> {
        let code = locale.split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|language| language.code().eq_ignore_ascii_case(code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_of_discords_names_a_language_or_none() {
        for (locale, language) in [
            ("en-GB", Some(Language::English)),
            ("de", Some(Language::German)),
            ("es-419", Some(Language::Spanish)),
            ("pt-BR", Some(Language::Portuguese)),
            ("ja", Some(Language::Japanese)),
            ("sv-SE", None),
            ("", None),
        ] {
            assert_eq!(Language::of_locale(locale), language, "{locale}");
        }
        for language in Language::ALL {
            assert!(!language.locales().is_empty());
            for locale in language.locales() {
                assert_eq!(Language::of_locale(locale), Some(language), "{locale}");
            }
        }
    }
}
