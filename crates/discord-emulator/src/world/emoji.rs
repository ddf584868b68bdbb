//! Emoji as a path names them. The emulator's guilds have none of their own, so only Unicode's are known.

use serde_json::{Value, json};

use super::refusal::Refusal;

/// The longest emoji, in code points: a family of four with skin tones has eleven.
const LONGEST: usize = 16;

/// One emoji of Unicode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Emoji(String);

impl Emoji {
    /// Reads what a path holds once it is decoded.
    ///
    /// # Errors
    ///
    /// "Unknown emoji" for everything else: a text, a custom emoji, one that was encoded twice or not at all.
    pub(crate) fn read(text: &str) -> Result<Self, Refusal> {
        let length = text.chars().count();
        let is_keycap = text.ends_with('\u{20E3}');
        let fits = |c: char| is_part(c) || (is_keycap && (c.is_ascii_digit() || "#*".contains(c)));
        if (1..=LONGEST).contains(&length) && text.chars().all(fits) && text.chars().any(is_base) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Refusal::UnknownEmoji)
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    pub(crate) fn json(&self) -> Value {
        json!({"id": null, "name": self.0})
    }
}

/// What an emoji can begin with or consist of.
fn is_base(c: char) -> bool {
    matches!(u32::from(c),
        0xA9 | 0xAE | 0x203C | 0x2049 | 0x20E3 | 0x2122 | 0x2139 | 0x2194..=0x21AA | 0x231A..=0x23FF | 0x24C2
        | 0x25AA..=0x27BF | 0x2934 | 0x2935 | 0x2B05..=0x2B55 | 0x3030 | 0x303D | 0x3297 | 0x3299
        | 0x1F000..=0x1FAFF)
}

/// A base, or what joins and colours bases: joiner, variation selector, tags.
fn is_part(c: char) -> bool {
    is_base(c) || matches!(u32::from(c), 0x200D | 0xFE0F | 0xE0020..=0xE007F)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn emoji_are_told_from_other_text() {
        for emoji in ["👍", "👍🏽", "❤️", "👨‍👩‍👧‍👦", "🇩🇪", "1️⃣", "⭐", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "✅"]
        {
            assert!(Emoji::read(emoji).is_ok(), "{emoji}");
        }
        for other in [
            "",
            "a",
            "1",
            "thumbsup",
            "%F0%9F%91%8D",
            "ð\u{9f}\u{91}\u{8d}",
            "party:12345",
            "\u{fe0f}",
        ] {
            assert_eq!(Emoji::read(other), Err(Refusal::UnknownEmoji), "{other}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd_to_read(text in "\\PC*") {
            let _ = Emoji::read(&text);
        }
    }
}
