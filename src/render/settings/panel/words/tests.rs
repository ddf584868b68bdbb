//! What must hold of every text of the panel, in every language.

use std::collections::{BTreeMap, BTreeSet};

use super::words;
use crate::conversation::language::Language;

/// The texts that are labels of buttons, above fields of forms, or in menus before something is chosen, with the most characters of each.
const LIMITS: [(&str, usize); 27] = [
    ("reset", 80),
    ("inherit", 80),
    ("back", 80),
    ("allow", 30),
    ("deny", 30),
    ("remove", 30),
    ("dates", 80),
    ("write", 80),
    ("keep", 80),
    ("fields", 150),
    ("elsewhere", 150),
    ("drop", 150),
    ("preset", 150),
    ("choose", 150),
    ("who", 150),
    ("roles", 150),
    ("channel", 150),
    ("domains_field", 45),
    ("published_after", 45),
    ("published_before", 45),
    ("updated_after", 45),
    ("updated_before", 45),
    ("one_language", 45),
    ("languages", 45),
    ("country", 45),
    ("turns", 45),
    ("tokens", 45),
];

fn texts(language: Language) -> BTreeMap<String, String> {
    let all = serde_json::to_value(words(language)).unwrap();
    serde_json::from_value(all).unwrap()
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    let after = text.split('{').skip(1);
    after
        .map(|after| after.split_once('}').unwrap().0)
        .collect()
}

#[test]
fn every_text_is_there_and_clean_and_names_the_same_things() {
    let english = texts(Language::English);
    for language in Language::ALL {
        for (name, text) in texts(language) {
            assert_eq!(text.trim(), text, "{language:?} {name}");
            assert!(
                !text.is_empty() && !text.contains("  "),
                "{language:?} {name}"
            );
            let wanted = placeholders(&english[&name]);
            assert_eq!(placeholders(&text), wanted, "{language:?} {name}");
        }
    }
}

#[test]
fn every_label_fits_where_it_stands() {
    for language in Language::ALL {
        let texts = texts(language);
        for (name, most) in LIMITS {
            let length = texts[name].chars().count();
            assert!(length <= most, "{language:?} {name}: {length}");
        }
        for name in ["documentation", "academic", "news", "official"] {
            assert!(texts[name].chars().count() <= 100, "{language:?} {name}");
        }
        for name in ["instruction", "list_name"] {
            assert!(texts[name].chars().count() <= 45, "{language:?} {name}");
        }
    }
}

#[test]
fn no_control_of_one_view_is_called_like_another() {
    for language in Language::ALL {
        let words = words(language);
        let beside = [
            words.allow,
            words.deny,
            words.remove,
            words.inherit,
            words.back,
        ];
        let different: BTreeSet<&str> = beside.into_iter().collect();
        assert_eq!(different.len(), beside.len(), "{language:?}");
    }
}
