//! What Discord shows of the commands about settings, in every language. A subcommand or an option without texts fails a test.

mod commands;

mod options;

use crate::conversation::language::Language;
use commands::COMMANDS;
use options::OPTIONS;

/// A key with a text of at most 100 characters in each language, in the order of [`Language::ALL`].
struct Row(&'static str, [&'static str; Language::ALL.len()]);

/// What a subcommand or a group says of itself, by its path behind `/settings`; that of `settings` itself too.
pub fn command(path: &str, language: Language) -> &'static str {
    text(COMMANDS, path, language)
}

/// What an option of the subcommand of this path says of itself. The same for all of a kind: `who2` is a `who`.
pub fn option(path: &str, name: &str, language: Language) -> &'static str {
    let of_path = text(OPTIONS, &format!("{path} {name}"), language);
    if of_path.is_empty() {
        let name = name.trim_end_matches(|c: char| c.is_ascii_digit());
        return text(OPTIONS, name, language);
    }
    of_path
}

/// Empty where there is none, which Discord would not take.
fn text(rows: &'static [Row], key: &str, language: Language) -> &'static str {
    let row = rows.iter().find(|Row(known, _)| *known == key);
    let place = Language::ALL.iter().position(|known| *known == language);
    row.zip(place)
        .and_then(|(Row(_, texts), place)| texts.get(place).copied())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_text_fits_and_is_in_its_language() {
        for Row(key, texts) in COMMANDS.iter().chain(OPTIONS) {
            for text in texts {
                let length = text.chars().count();
                assert!((1..=100).contains(&length), "{key}: {text} ({length})");
            }
            let different: BTreeSet<&str> = texts.iter().copied().collect();
            assert!(different.len() >= 5, "{key}: {texts:?}");
        }
    }

    #[test]
    fn each_key_is_there_once() {
        for rows in [COMMANDS, OPTIONS] {
            let keys: BTreeSet<&str> = rows.iter().map(|Row(key, _)| *key).collect();
            assert_eq!(keys.len(), rows.len());
        }
    }
}
