//! What languages and countries are called, and which of them somebody means who types a name. One file a language.
//!
//! The names are those of Unicode CLDR 47 (`languages` and `territories`, as in a list, © Unicode, Inc., under the Unicode License v3), for
//! every code of ISO 639-1 and ISO 3166-1; where a file departs from them, it says so. See <https://cldr.unicode.org> and <https://www.unicode.org/license.txt>.

mod english;

mod french;

mod german;

mod japanese;

mod others;

mod portuguese;

mod spanish;

use crate::conversation::language::Language;
use crate::search::codes::{CountryCode, LanguageCode};

/// The most that are offered: as many as Discord takes choices for what is being typed.
///
/// See <https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-autocomplete>.
const MOST: usize = 25;

/// Codes, each with a name.
type Rows = &'static [(&'static str, &'static str)];

/// What things are called in one language: each code with its name of at most 100 characters, sorted by code.
struct Names {
    languages: Rows,
    countries: Rows,
}

fn names(language: Language) -> &'static Names {
    match language {
        Language::English => &english::NAMES,
        Language::German => &german::NAMES,
        Language::French => &french::NAMES,
        Language::Spanish => &spanish::NAMES,
        Language::Portuguese => &portuguese::NAMES,
        Language::Japanese => &japanese::NAMES,
    }
}

/// What a language is called, as within a sentence: `Deutsch` in German, `allemand` in French.
pub fn language_name(code: LanguageCode, language: Language) -> &'static str {
    name(code, language)
}

/// What a country is called, as within a sentence.
pub fn country_name(code: CountryCode, language: Language) -> &'static str {
    name(code, language)
}

/// The languages that may be meant by what somebody has typed so far, the likeliest first, at most 25, with their names in that person's
/// language.
///
/// First the language whose code it is, then those that are called so, then those whose name begins with it, then those with a word that
/// does, then those whose name in English or other name does, then those whose name holds it anywhere. Case, diacritics and punctuation
/// make no difference. Where nothing is typed: the usual ones.
pub fn languages_like(typed: &str, language: Language) -> Vec<(LanguageCode, &'static str)> {
    like(typed, language)
}

/// The countries that may be meant by what somebody has typed so far: as [`languages_like`].
pub fn countries_like(typed: &str, language: Language) -> Vec<(CountryCode, &'static str)> {
    like(typed, language)
}

/// The language that somebody has typed: its code, or its whole name in that person's language or in English, or another name that it is
/// known by. Case, diacritics and punctuation make no difference.
pub fn language_named(typed: &str, language: Language) -> Option<LanguageCode> {
    named(typed, language)
}

/// The country that somebody has typed: as [`language_named`].
pub fn country_named(typed: &str, language: Language) -> Option<CountryCode> {
    named(typed, language)
}

/// What has a code and names.
trait Coded: Copy + 'static {
    /// The 25 codes that are offered before anything is typed, the most usual first.
    const USUAL: [&'static str; MOST];
    /// Names by which some are known too, in any language and [`folded`], each with its code.
    const OTHERS: Rows;

    fn all() -> impl Iterator<Item = Self>;

    fn of(code: &str) -> Option<Self>;

    fn code(self) -> &'static str;

    /// Which of the names are of such.
    fn rows(names: &Names) -> Rows;
}

impl Coded for LanguageCode {
    const USUAL: [&'static str; MOST] = [
        "en", "de", "fr", "es", "pt", "ja", "it", "nl", "pl", "ru", "uk", "tr", "ar", "he", "hi",
        "zh", "ko", "id", "vi", "sv", "da", "fi", "cs", "el", "ro",
    ];
    const OTHERS: Rows = others::LANGUAGES;

    fn all() -> impl Iterator<Item = Self> {
        Self::all()
    }

    fn of(code: &str) -> Option<Self> {
        Self::of(code)
    }

    fn code(self) -> &'static str {
        self.as_str()
    }

    fn rows(names: &Names) -> Rows {
        names.languages
    }
}

impl Coded for CountryCode {
    const USUAL: [&'static str; MOST] = [
        "US", "GB", "DE", "FR", "ES", "BR", "JP", "PT", "CA", "AU", "IN", "MX", "AR", "IT", "NL",
        "AT", "CH", "BE", "PL", "UA", "TR", "SE", "KR", "CN", "ID",
    ];
    const OTHERS: Rows = others::COUNTRIES;

    fn all() -> impl Iterator<Item = Self> {
        Self::all()
    }

    fn of(code: &str) -> Option<Self> {
        Self::of(code)
    }

    fn code(self) -> &'static str {
        self.as_str()
    }

    fn rows(names: &Names) -> Rows {
        names.countries
    }
}

/// The name of a code. A test shows that no language lacks one; the code would stand for it.
fn name<C: Coded>(code: C, language: Language) -> &'static str {
    let (code, rows) = (code.code(), C::rows(names(language)));
    let place = rows.binary_search_by_key(&code, |(code, _)| code).ok();
    place
        .and_then(|place| rows.get(place))
        .map_or(code, |(_, name)| name)
}

/// How near what is typed comes to something; the nearest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    Code,
    Called,
    Begins,
    WordBegins,
    OtherNameBegins,
    Holds,
}

fn like<C: Coded>(typed: &str, language: Language) -> Vec<(C, &'static str)> {
    let text = folded(typed);
    if text.is_empty() {
        let usual = C::USUAL.into_iter().filter_map(C::of);
        return usual.map(|code| (code, name(code, language))).collect();
    }
    let by_code = C::of(typed).map(C::code);
    let mut found: Vec<_> = C::all()
        .filter_map(|code| {
            let name = name(code, language);
            let called = folded(name);
            let nearness = if by_code == Some(code.code()) {
                Nearness::Code
            } else {
                nearness(&text, &called, code)?
            };
            // Among those that are equally near, the usual ones are likelier.
            let usual = C::USUAL.iter().position(|usual| *usual == code.code());
            Some((nearness, usual.unwrap_or(MOST), called, (code, name)))
        })
        .collect();
    found.sort_by(|(a, of_a, name_of_a, _), (b, of_b, name_of_b, _)| {
        (a, of_a, name_of_a).cmp(&(b, of_b, name_of_b))
    });
    let found = found.into_iter().map(|(_, _, _, found)| found);
    found.take(MOST).collect()
}

/// How near a text comes to something that is called so, both folded. None where the text is nowhere in its names.
fn nearness<C: Coded>(text: &str, called: &str, code: C) -> Option<Nearness> {
    let in_english = folded(name(code, Language::English));
    let mut other_names = C::OTHERS
        .iter()
        .filter(|(_, of)| *of == code.code())
        .map(|(name, _)| *name)
        .chain([in_english.as_str()]);
    if text == called || other_names.clone().any(|name| name == text) {
        Some(Nearness::Called)
    } else if called.starts_with(text) {
        Some(Nearness::Begins)
    } else if called.contains(&format!(" {text}")) {
        Some(Nearness::WordBegins)
    } else if other_names.any(|name| name.starts_with(text)) {
        Some(Nearness::OtherNameBegins)
    } else if called.contains(text) {
        Some(Nearness::Holds)
    } else {
        None
    }
}

fn named<C: Coded>(typed: &str, language: Language) -> Option<C> {
    let text = folded(typed);
    let called = |language| C::all().find(|code| folded(name(*code, language)) == text);
    let other = || C::OTHERS.iter().find(|(name, _)| *name == text);
    C::of(typed)
        .or_else(|| called(language))
        .or_else(|| called(Language::English))
        .or_else(|| other().and_then(|(_, code)| C::of(code)))
}

/// A text as it is compared: in lower case, without diacritics, in Katakana for Hiragana, in ASCII for its wide forms, with `and` for `&`,
/// and with one space for whatever else is neither letter nor digit, but none for a full stop (`St. Lucia`, `U.S.A.`) and none around.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            // Diacritics that follow their letter.
            '\u{300}'..='\u{36f}' | '.' => {}
            'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' => folded.push('a'),
            'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => folded.push('c'),
            'ď' | 'đ' | 'ð' => folded.push('d'),
            'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => folded.push('e'),
            'ĝ' | 'ğ' | 'ġ' | 'ģ' => folded.push('g'),
            'ĥ' | 'ħ' => folded.push('h'),
            'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'ǐ' => folded.push('i'),
            'ĵ' => folded.push('j'),
            'ķ' => folded.push('k'),
            'ĺ' | 'ļ' | 'ľ' | 'ł' => folded.push('l'),
            'ñ' | 'ń' | 'ņ' | 'ň' => folded.push('n'),
            'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'ǒ' => folded.push('o'),
            'ŕ' | 'ŗ' | 'ř' => folded.push('r'),
            'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => folded.push('s'),
            'ţ' | 'ť' | 'ț' => folded.push('t'),
            'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ǔ' => folded.push('u'),
            'ŵ' => folded.push('w'),
            'ý' | 'ÿ' | 'ŷ' => folded.push('y'),
            'ź' | 'ż' | 'ž' => folded.push('z'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            '&' => folded.push_str(" and "),
            'ぁ'..='ゖ' => folded.push(moved(c, 'ぁ', 'ァ')),
            'ａ'..='ｚ' => folded.push(moved(c, 'ａ', 'a')),
            c if c.is_alphanumeric() => folded.push(c),
            _ => folded.push(' '),
        }
    }
    let words: Vec<&str> = folded.split_whitespace().collect();
    words.join(" ")
}

/// The character of one run that stands where another stands in its own.
fn moved(c: char, from: char, to: char) -> char {
    let place = u32::from(c) - u32::from(from);
    char::from_u32(u32::from(to) + place).unwrap_or(c)
}

#[cfg(test)]
mod tests;
