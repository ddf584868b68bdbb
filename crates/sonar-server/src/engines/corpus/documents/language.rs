//! Languages as documents and requests name them: `en`, `pt-BR`. Recognises none by its text.

/// `en` and `en-GB` are the same language here.
pub(crate) fn same_language(one: &str, other: &str) -> bool {
    primary(one) == primary(other)
}

/// `en` of `en-GB`.
pub(crate) fn primary(tag: &str) -> String {
    let primary = tag.split(['-', '_']).next().unwrap_or_default();
    primary.to_lowercase()
}

/// Whether a tag looks like a language's: letters and digits in a few short parts.
pub(crate) fn is_tag(tag: &str) -> bool {
    let mut parts = tag.split(['-', '_']);
    let primary = parts.next().unwrap_or_default();
    let short = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    tag.len() <= 35
        && (2..=3).contains(&primary.len())
        && primary.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_makes_no_other_language() {
        assert!(same_language("en-GB", "EN_us") && !same_language("en", "eo"));
        assert_eq!(primary("pt-BR"), "pt");
    }

    #[test]
    fn a_tag_is_short_and_plain() {
        assert!(
            ["en", "pt-BR", "zh-Hans-CN", "en_us", "gsw"]
                .into_iter()
                .all(is_tag)
        );
        assert!(
            !["", "e", "english", "en-", "dé", "de AT"]
                .into_iter()
                .any(is_tag)
        );
    }
}
