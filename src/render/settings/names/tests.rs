//! That every code has a name in every language, and that what somebody types finds what they mean.

use std::collections::BTreeSet;

use super::*;

/// The codes of what is found, the likeliest first.
fn codes<C: Coded>(found: &[(C, &'static str)]) -> Vec<&'static str> {
    found.iter().map(|(code, _)| code.code()).collect()
}

/// What must hold of everything that has a code.
fn every_code_has_a_name_in_every_language<C: Coded>() {
    let all: Vec<&str> = C::all().map(C::code).collect();
    for language in Language::ALL {
        let rows = C::rows(names(language));
        let named: Vec<&str> = rows.iter().map(|(code, _)| *code).collect();
        assert_eq!(named, all, "{language:?}");
        let mut seen = BTreeSet::new();
        for (code, name) in rows {
            assert_eq!(name.trim(), *name, "{code} in {language:?}");
            let characters = name.chars().count();
            assert!(
                (1..=100).contains(&characters),
                "{characters} characters for {code} in {language:?}"
            );
            let folded = folded(name);
            assert!(!folded.is_empty(), "{name}");
            assert!(
                C::of(&folded).is_none_or(|other| other.code() == *code),
                "{name} in {language:?} is the code of another"
            );
            assert!(seen.insert(folded), "two are called {name} in {language:?}");
        }
    }
}

#[test]
fn every_language_and_country_has_a_name_of_its_own_in_every_language() {
    every_code_has_a_name_in_every_language::<LanguageCode>();
    every_code_has_a_name_in_every_language::<CountryCode>();
}

/// What must hold of the lists that we wrote ourselves.
fn lists_name_what_exists<C: Coded>() {
    let usual: BTreeSet<&str> = C::USUAL.into_iter().collect();
    assert_eq!(usual.len(), MOST);
    for code in C::USUAL {
        assert_eq!(C::of(code).map(C::code), Some(code));
    }
    let mut seen = BTreeSet::new();
    for (name, code) in C::OTHERS {
        assert_eq!(C::of(code).map(C::code), Some(*code), "{name}");
        assert_eq!(folded(name), *name);
        assert!(seen.insert(name), "{name} twice");
        for language in Language::ALL {
            let called = named::<C>(name, language).map(C::code);
            assert_eq!(called, Some(*code), "{name} in {language:?}");
        }
    }
}

#[test]
fn the_usual_ones_and_the_other_names_are_of_what_exists() {
    lists_name_what_exists::<LanguageCode>();
    lists_name_what_exists::<CountryCode>();
}

/// What must hold of what is found where a whole name is typed.
fn whole_names_are_found_first<C: Coded>() {
    for language in Language::ALL {
        for code in C::all() {
            let name = name(code, language);
            for typed in [name, &folded(name)] {
                let named = named::<C>(typed, language).map(C::code);
                assert_eq!(named, Some(code.code()), "{typed} in {language:?}");
            }
            let found = like::<C>(&name.to_uppercase(), language);
            let first = found.first().map(|(code, name)| (code.code(), *name));
            assert_eq!(first, Some((code.code(), name)), "{language:?}");
            assert!(found.len() <= MOST);
        }
    }
}

#[test]
fn a_whole_name_in_any_case_finds_what_is_called_so() {
    whole_names_are_found_first::<LanguageCode>();
    whole_names_are_found_first::<CountryCode>();
}

#[test]
fn names_are_those_of_the_readers_language() {
    let [german, japanese] = ["de", "ja"].map(|code| LanguageCode::of(code).unwrap());
    for (language, expected) in [
        (Language::English, ("German", "Japanese")),
        (Language::German, ("Deutsch", "Japanisch")),
        (Language::French, ("allemand", "japonais")),
        (Language::Spanish, ("alemán", "japonés")),
        (Language::Portuguese, ("alemão", "japonês")),
        (Language::Japanese, ("ドイツ語", "日本語")),
    ] {
        let found = (
            language_name(german, language),
            language_name(japanese, language),
        );
        assert_eq!(found, expected);
    }
    let austria = CountryCode::of("AT").unwrap();
    for (language, expected) in [
        (Language::English, "Austria"),
        (Language::German, "Österreich"),
        (Language::French, "Autriche"),
        (Language::Spanish, "Austria"),
        (Language::Portuguese, "Áustria"),
        (Language::Japanese, "オーストリア"),
    ] {
        assert_eq!(country_name(austria, language), expected);
    }
}

#[test]
fn the_nearest_language_comes_first() {
    for (typed, language, first) in [
        ("ger", Language::English, "de"),
        ("GER", Language::English, "de"),
        ("de", Language::English, "de"),
        ("pt-BR", Language::English, "pt"),
        ("uk", Language::English, "uk"),
        ("tur", Language::English, "tr"),
        ("s", Language::English, "es"),
        ("turk", Language::German, "tr"),
        ("franzo", Language::German, "fr"),
        ("portug", Language::French, "pt"),
        ("espan", Language::Spanish, "es"),
        ("german", Language::French, "de"),
        ("bokmal", Language::German, "nb"),
        ("mandarin", Language::German, "zh"),
        ("すぺいん", Language::Japanese, "es"),
        ("", Language::Japanese, "en"),
        ("klingon", Language::English, ""),
    ] {
        let found = codes(&languages_like(typed, language));
        assert_eq!(
            found.first().copied().unwrap_or_default(),
            first,
            "{typed} in {language:?}: {found:?}"
        );
    }
}

#[test]
fn the_nearest_country_comes_first() {
    for (typed, language, first) in [
        ("uk", Language::English, "GB"),
        ("U.S.A.", Language::English, "US"),
        ("united", Language::English, "US"),
        ("niger", Language::English, "NE"),
        ("nigeri", Language::English, "NG"),
        ("bosnia and h", Language::English, "BA"),
        ("st lucia", Language::English, "LC"),
        ("cote d'iv", Language::English, "CI"),
        ("turkey", Language::English, "TR"),
        ("turkiye", Language::English, "TR"),
        ("oster", Language::German, "AT"),
        ("O\u{308}ster", Language::German, "AT"),
        ("hongkong", Language::German, "HK"),
        ("etats", Language::French, "US"),
        ("germany", Language::Spanish, "DE"),
        ("ふらんす", Language::Japanese, "FR"),
        ("香港", Language::Japanese, "HK"),
        ("atlantis", Language::English, ""),
    ] {
        let found = codes(&countries_like(typed, language));
        assert_eq!(
            found.first().copied().unwrap_or_default(),
            first,
            "{typed} in {language:?}: {found:?}"
        );
    }
}

#[test]
fn what_is_nearer_is_before_what_is_less_near() {
    // The code, names that begin so, a word that does, and names that hold it: the usual one first.
    assert_eq!(
        codes(&languages_like("no", Language::French)),
        [
            "no", "nb", "nn", "nd", "se", "es", "zh", "da", "fi", "kr", "gv"
        ]
    );
    // What is called so, before what begins so.
    assert_eq!(
        codes(&countries_like("niger", Language::English)),
        ["NE", "NG"]
    );
    // The usual one, though its name comes later in the alphabet; a word that begins so, before one that holds it.
    assert_eq!(
        codes(&countries_like("sud", Language::French)),
        ["KR", "ZA", "GS", "SS", "SD"]
    );
    // A name in English that begins so (Germany), names that hold it (Níger, Nigeria).
    assert_eq!(
        codes(&countries_like("ger", Language::Spanish)),
        ["DE", "NE", "NG"]
    );
    // A name that begins so, before a word that does.
    assert_eq!(
        codes(&countries_like("guinea", Language::English)),
        ["GN", "GW", "GQ", "PG"]
    );
}

#[test]
fn before_anything_is_typed_the_usual_ones_are_offered() {
    for typed in ["", "  ", "?"] {
        let found = languages_like(typed, Language::German);
        assert_eq!(found.len(), MOST);
        assert_eq!(found[0], (LanguageCode::of("en").unwrap(), "Englisch"));
        let found = countries_like(typed, Language::German);
        assert_eq!(found.len(), MOST);
        assert_eq!(
            found[0],
            (CountryCode::of("US").unwrap(), "Vereinigte Staaten")
        );
    }
    // As many would be found without the limit, and more.
    assert_eq!(languages_like("a", Language::English).len(), MOST);
    assert_eq!(countries_like("a", Language::English).len(), MOST);
}

#[test]
fn what_somebody_typed_is_named_by_code_or_whole_name_only() {
    for (typed, language, code) in [
        ("de", Language::French, Some("de")),
        ("DE-at", Language::French, Some("de")),
        ("Allemand", Language::French, Some("de")),
        ("german", Language::French, Some("de")),
        ("Deutsch", Language::French, None),
        ("ger", Language::English, None),
        ("", Language::English, None),
        ("!", Language::English, None),
    ] {
        let named = language_named(typed, language).map(LanguageCode::as_str);
        assert_eq!(named, code, "{typed} in {language:?}");
    }
    for (typed, language, code) in [
        ("uk", Language::German, Some("GB")),
        ("osterreich", Language::German, Some("AT")),
        ("AUSTRIA", Language::German, Some("AT")),
        ("Trinidad and Tobago", Language::German, Some("TT")),
        ("Österreich", Language::English, None),
        ("Germ", Language::English, None),
        ("", Language::English, None),
    ] {
        let named = country_named(typed, language).map(CountryCode::as_str);
        assert_eq!(named, code, "{typed} in {language:?}");
    }
}

#[test]
fn a_text_is_folded_so_that_ways_to_write_it_are_one() {
    for (text, expected) in [
        ("Côte d’Ivoire", "cote d ivoire"),
        ("COTE D'IVOIRE", "cote d ivoire"),
        ("Cote\u{302} D`Ivoire", "cote d ivoire"),
        ("St. Kitts & Nevis", "st kitts and nevis"),
        ("Großbritannien", "grossbritannien"),
        ("İstanbul", "istanbul"),
        ("ふらんす", "フランス"),
        ("ＵＳＡ", "usa"),
        (" (–) ", ""),
    ] {
        assert_eq!(folded(text), expected, "{text}");
    }
}
