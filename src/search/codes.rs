//! The languages and the countries that a search can be limited to, by the codes that the service takes. Plain values.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The 183 codes of ISO 639-1 in force, sorted. The withdrawn ones (`sh`, `bh`, `mo`, `iw`, `in`, `ji`) are not among them.
///
/// See <https://www.loc.gov/standards/iso639-2/php/code_list.php>.
static LANGUAGES: [&str; 183] = [
    "aa", "ab", "ae", "af", "ak", "am", "an", "ar", "as", "av", "ay", "az", "ba", "be", "bg", "bi",
    "bm", "bn", "bo", "br", "bs", "ca", "ce", "ch", "co", "cr", "cs", "cu", "cv", "cy", "da", "de",
    "dv", "dz", "ee", "el", "en", "eo", "es", "et", "eu", "fa", "ff", "fi", "fj", "fo", "fr", "fy",
    "ga", "gd", "gl", "gn", "gu", "gv", "ha", "he", "hi", "ho", "hr", "ht", "hu", "hy", "hz", "ia",
    "id", "ie", "ig", "ii", "ik", "io", "is", "it", "iu", "ja", "jv", "ka", "kg", "ki", "kj", "kk",
    "kl", "km", "kn", "ko", "kr", "ks", "ku", "kv", "kw", "ky", "la", "lb", "lg", "li", "ln", "lo",
    "lt", "lu", "lv", "mg", "mh", "mi", "mk", "ml", "mn", "mr", "ms", "mt", "my", "na", "nb", "nd",
    "ne", "ng", "nl", "nn", "no", "nr", "nv", "ny", "oc", "oj", "om", "or", "os", "pa", "pi", "pl",
    "ps", "pt", "qu", "rm", "rn", "ro", "ru", "rw", "sa", "sc", "sd", "se", "sg", "si", "sk", "sl",
    "sm", "sn", "so", "sq", "sr", "ss", "st", "su", "sv", "sw", "ta", "te", "tg", "th", "ti", "tk",
    "tl", "tn", "to", "tr", "ts", "tt", "tw", "ty", "ug", "uk", "ur", "uz", "ve", "vi", "vo", "wa",
    "wo", "xh", "yi", "yo", "za", "zh", "zu",
];

/// The 249 codes of ISO 3166-1 alpha-2 that are officially assigned, sorted.
///
/// See <https://www.iso.org/obp/ui/#search/code/>.
static COUNTRIES: [&str; 249] = [
    "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX", "AZ",
    "BA", "BB", "BD", "BE", "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ", "BR", "BS",
    "BT", "BV", "BW", "BY", "BZ", "CA", "CC", "CD", "CF", "CG", "CH", "CI", "CK", "CL", "CM", "CN",
    "CO", "CR", "CU", "CV", "CW", "CX", "CY", "CZ", "DE", "DJ", "DK", "DM", "DO", "DZ", "EC", "EE",
    "EG", "EH", "ER", "ES", "ET", "FI", "FJ", "FK", "FM", "FO", "FR", "GA", "GB", "GD", "GE", "GF",
    "GG", "GH", "GI", "GL", "GM", "GN", "GP", "GQ", "GR", "GS", "GT", "GU", "GW", "GY", "HK", "HM",
    "HN", "HR", "HT", "HU", "ID", "IE", "IL", "IM", "IN", "IO", "IQ", "IR", "IS", "IT", "JE", "JM",
    "JO", "JP", "KE", "KG", "KH", "KI", "KM", "KN", "KP", "KR", "KW", "KY", "KZ", "LA", "LB", "LC",
    "LI", "LK", "LR", "LS", "LT", "LU", "LV", "LY", "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK",
    "ML", "MM", "MN", "MO", "MP", "MQ", "MR", "MS", "MT", "MU", "MV", "MW", "MX", "MY", "MZ", "NA",
    "NC", "NE", "NF", "NG", "NI", "NL", "NO", "NP", "NR", "NU", "NZ", "OM", "PA", "PE", "PF", "PG",
    "PH", "PK", "PL", "PM", "PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO", "RS", "RU", "RW",
    "SA", "SB", "SC", "SD", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS",
    "ST", "SV", "SX", "SY", "SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK", "TL", "TM", "TN", "TO",
    "TR", "TT", "TV", "TW", "TZ", "UA", "UG", "UM", "US", "UY", "UZ", "VA", "VC", "VE", "VG", "VI",
    "VN", "VU", "WF", "WS", "YE", "YT", "ZA", "ZM", "ZW",
];

/// A code that the tables above hold: how it is kept, shown, written and read.
macro_rules! code {
    ($(#[$doc:meta])* $name:ident, $table:ident, $expected:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(&'static str);

        impl $name {
            /// Every code, in the order of the alphabet.
            pub fn all() -> impl Iterator<Item = Self> {
                $table.iter().map(|code| Self(code))
            }

            /// The code, two ASCII letters in the case that the standard writes them in.
            pub const fn as_str(self) -> &'static str {
                self.0
            }

            /// The code that is written exactly so in the standard.
            fn exactly(code: &str) -> Option<Self> {
                let place = $table.binary_search(&code).ok()?;
                $table.get(place).map(|code| Self(code))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            /// Takes what [`Self::of`] takes; refuses anything else and says what is expected.
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::of(&text).ok_or_else(|| {
                    de::Error::invalid_value(de::Unexpected::Str(&text), &$expected)
                })
            }
        }
    };
}

code!(
    /// A language, by its code of ISO 639-1: two lower-case letters, as `de`.
    LanguageCode,
    LANGUAGES,
    "a language code of ISO 639-1, such as \"de\""
);

code!(
    /// A country or territory, by its code of ISO 3166-1 alpha-2: two upper-case letters, as `DE`.
    CountryCode,
    COUNTRIES,
    "a country code of ISO 3166-1, such as \"DE\""
);

impl LanguageCode {
    /// The language of a code in any case, or of a locale that begins with one (`pt-BR`, `en_US`, `zh-Hant-TW`). None for one that is not in the standard.
    pub fn of(code: &str) -> Option<Self> {
        let mut subtags = code.trim().split(['-', '_']);
        let language = subtags.next()?;
        // What may follow in a locale, see https://www.rfc-editor.org/rfc/rfc5646#section-2.1.
        let locale = subtags.all(|subtag| {
            (1..=8).contains(&subtag.len()) && subtag.bytes().all(|b| b.is_ascii_alphanumeric())
        });
        if !locale {
            return None;
        }
        Self::exactly(&language.to_ascii_lowercase())
    }
}

impl CountryCode {
    /// The country of a code in any case; `UK`, which the standard only reserves, is taken for `GB`. None for one that is not in the standard.
    pub fn of(code: &str) -> Option<Self> {
        match code.trim().to_ascii_uppercase().as_str() {
            "UK" => Self::exactly("GB"),
            code => Self::exactly(code),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted_and_hold_each_code_once_in_its_form() {
        assert!(LANGUAGES.is_sorted_by(|one, next| one < next));
        assert!(COUNTRIES.is_sorted_by(|one, next| one < next));
        for code in LANGUAGES {
            assert!(
                code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase()),
                "{code}"
            );
        }
        for code in COUNTRIES {
            assert!(
                code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()),
                "{code}"
            );
        }
    }

    #[test]
    fn every_code_is_read_as_it_is_written() {
        assert_eq!(LanguageCode::all().count(), 183);
        for code in LanguageCode::all() {
            assert_eq!(LanguageCode::of(code.as_str()), Some(code));
            let json = serde_json::to_string(&code).unwrap();
            assert_eq!(json, format!("\"{code}\""));
            assert_eq!(serde_json::from_str::<LanguageCode>(&json).unwrap(), code);
        }
        assert_eq!(CountryCode::all().count(), 249);
        for code in CountryCode::all() {
            assert_eq!(CountryCode::of(code.as_str()), Some(code));
            let json = serde_json::to_string(&code).unwrap();
            assert_eq!(json, format!("\"{code}\""));
            assert_eq!(serde_json::from_str::<CountryCode>(&json).unwrap(), code);
        }
    }

    #[test]
    fn a_language_is_taken_in_any_case_and_from_a_locale() {
        for (written, code) in [
            ("de", Some("de")),
            (" DE\n", Some("de")),
            ("pt-BR", Some("pt")),
            ("en_US", Some("en")),
            ("es-419", Some("es")),
            ("zh-Hant-TW", Some("zh")),
            ("zz", None),
            ("sh", None),
            ("ger", None),
            ("de-", None),
            ("de de", None),
            ("it-isn't", None),
            ("", None),
            ("ｄｅ", None),
        ] {
            let found = LanguageCode::of(written).map(LanguageCode::as_str);
            assert_eq!(found, code, "{written:?}");
        }
    }

    #[test]
    fn a_country_is_taken_in_any_case() {
        for (written, code) in [
            ("DE", Some("DE")),
            (" de ", Some("DE")),
            ("uk", Some("GB")),
            ("GB", Some("GB")),
            ("EU", None),
            ("XX", None),
            ("DEU", None),
            ("de-AT", None),
            ("", None),
        ] {
            let found = CountryCode::of(written).map(CountryCode::as_str);
            assert_eq!(found, code, "{written:?}");
        }
    }

    #[test]
    fn what_is_no_code_is_refused_by_name_and_with_an_example() {
        assert_eq!(
            serde_json::from_str::<LanguageCode>(r#""german""#)
                .unwrap_err()
                .to_string(),
            r#"invalid value: string "german", expected a language code of ISO 639-1, such as "de""#
        );
        assert_eq!(
            serde_json::from_str::<CountryCode>(r#""Germany""#)
                .unwrap_err()
                .to_string(),
            r#"invalid value: string "Germany", expected a country code of ISO 3166-1, such as "DE""#
        );
    }
}
