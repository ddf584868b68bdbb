//! Lists as people type them, the same in commands and in forms: apart by commas, semicolons, line ends or spaces.

use crate::conversation::language::Language;
use crate::render::settings::names::language_named;
use crate::search::change::Invalid;
use crate::search::codes::LanguageCode;
use crate::search::domains::Hosts;
use crate::search::languages::SourceLanguages;

/// What separates entries, besides white space; those of Japanese too.
const SEPARATORS: [char; 6] = [',', ';', '、', '，', '；', '\n'];

/// The entries of a list, which may have spaces in them.
fn entries(typed: &str) -> impl Iterator<Item = &str> {
    let entries = typed.split(SEPARATORS).map(str::trim);
    entries.filter(|entry| !entry.is_empty())
}

/// Domains.
///
/// # Errors
///
/// [`Invalid::Hosts`] where there is none, or one that is no domain.
pub(super) fn hosts(typed: &str) -> Result<Hosts, Invalid> {
    let entries = entries(typed).flat_map(str::split_whitespace);
    Hosts::of(entries).map_err(Invalid::Hosts)
}

/// The languages of sources, by their names or codes.
///
/// # Errors
///
/// [`Invalid::NoLanguage`] where none is named, since that would limit nothing, or something is no language, and
/// [`Invalid::TooManyLanguages`].
pub(super) fn source_languages(
    typed: &str,
    language: Language,
) -> Result<SourceLanguages, Invalid> {
    let named = |name: &str| language_named(name, language);
    let mut codes: Vec<LanguageCode> = Vec::new();
    for entry in entries(typed) {
        // A name can have several words; what is none can be several codes.
        if let Some(code) = named(entry) {
            codes.push(code);
            continue;
        }
        for word in entry.split_whitespace() {
            codes.push(named(word).ok_or_else(|| Invalid::NoLanguage(word.to_owned()))?);
        }
    }
    if codes.is_empty() {
        return Err(Invalid::NoLanguage(typed.to_owned()));
    }
    SourceLanguages::of(codes).map_err(Invalid::TooManyLanguages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_apart_by_whatever_people_write() {
        let hosts = hosts("docs.rs, rust-lang.org;go.dev、example.org\nexample.com example.net");
        assert_eq!(hosts.unwrap().as_slice().len(), 6);
    }

    #[test]
    fn languages_are_named_or_nothing_is_set() {
        let codes = |typed| {
            let languages = source_languages(typed, Language::English).unwrap();
            let codes = languages.as_slice().iter();
            codes.map(|code| code.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(codes("de fr"), ["de", "fr"]);
        assert_eq!(codes("German、 French"), ["de", "fr"]);
        for nothing in [",", " ", "、;"] {
            assert_eq!(
                source_languages(nothing, Language::English),
                Err(Invalid::NoLanguage(nothing.to_owned()))
            );
        }
    }
}
