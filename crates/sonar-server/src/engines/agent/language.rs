//! Languages by their codes: the protocol also takes names, the Agent API does not. Must be pure.

/// Names of languages, in English and in themselves, with their codes (ISO 639-1).
const NAMES: &[(&str, &str)] = &[
    ("arabic", "ar"),
    ("العربية", "ar"),
    ("bengali", "bn"),
    ("bulgarian", "bg"),
    ("catalan", "ca"),
    ("chinese", "zh"),
    ("中文", "zh"),
    ("croatian", "hr"),
    ("czech", "cs"),
    ("danish", "da"),
    ("dutch", "nl"),
    ("english", "en"),
    ("estonian", "et"),
    ("finnish", "fi"),
    ("french", "fr"),
    ("français", "fr"),
    ("german", "de"),
    ("deutsch", "de"),
    ("greek", "el"),
    ("hebrew", "he"),
    ("hindi", "hi"),
    ("hungarian", "hu"),
    ("icelandic", "is"),
    ("indonesian", "id"),
    ("italian", "it"),
    ("italiano", "it"),
    ("japanese", "ja"),
    ("日本語", "ja"),
    ("korean", "ko"),
    ("한국어", "ko"),
    ("latvian", "lv"),
    ("lithuanian", "lt"),
    ("malay", "ms"),
    ("norwegian", "no"),
    ("persian", "fa"),
    ("polish", "pl"),
    ("portuguese", "pt"),
    ("português", "pt"),
    ("romanian", "ro"),
    ("russian", "ru"),
    ("русский", "ru"),
    ("serbian", "sr"),
    ("slovak", "sk"),
    ("slovenian", "sl"),
    ("spanish", "es"),
    ("español", "es"),
    ("swahili", "sw"),
    ("swedish", "sv"),
    ("tamil", "ta"),
    ("thai", "th"),
    ("turkish", "tr"),
    ("ukrainian", "uk"),
    ("urdu", "ur"),
    ("vietnamese", "vi"),
];

/// The code of a language that is named by its code or its name; `None` for one that is not known.
pub(super) fn code(language: &str) -> Option<String> {
    let language = language.trim().to_lowercase();
    let base = language.split('-').next().unwrap_or_default();
    if base.len() == 2 && base.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Some(base.to_owned());
    }
    let named = NAMES.iter().find(|(name, _)| *name == language);
    named.map(|(_, code)| (*code).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_known_by_its_code_or_its_name() {
        for (language, expected) in [
            ("de", Some("de")),
            ("pt-BR", Some("pt")),
            ("German", Some("de")),
            (" Français ", Some("fr")),
            ("Klingon", None),
        ] {
            assert_eq!(code(language).as_deref(), expected, "{language}");
        }
    }
}
