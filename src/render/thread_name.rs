//! The name of a thread, made of the question that opens it.

use super::safe::misleads;

/// The most characters a thread's name may have.
///
/// See <https://discord.com/developers/docs/resources/channel#channel-object-channel-structure>.
const LONGEST: usize = 100;

/// The name of a thread that opens with this question: one line, cut between words, without signs that Discord would show as they stand
/// or not show at all.
pub fn thread_name(question: &str) -> String {
    let plain: String = question
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|c| !(misleads(*c) || matches!(c, '*' | '_' | '`' | '~' | '|' | '<' | '>' | '#')))
        .collect();
    let mut name = String::new();
    let mut length = 0;
    for word in plain.split_whitespace() {
        let more = word.chars().count() + usize::from(length > 0);
        if length + more > LONGEST - 1 {
            if name.is_empty() {
                name.extend(word.chars().take(LONGEST - 1));
            }
            name.push('…');
            return name;
        }
        if length > 0 {
            name.push(' ');
        }
        name.push_str(word);
        length += more;
    }
    if name.is_empty() {
        "?".to_owned()
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_is_one_line_cut_between_words() {
        assert_eq!(
            thread_name("  Why is\n**tea** green? "),
            "Why is tea green?"
        );
        assert_eq!(thread_name("***"), "?");
        assert_eq!(thread_name("\u{200b}"), "?", "nobody could see it");
        assert_eq!(
            thread_name("Why\ris\u{202e} tea green?"),
            "Why is tea green?"
        );
        let long = "Why do the leaves of the tea plant, which is an evergreen shrub, turn dark when they are dried slowly?";
        assert_eq!(
            thread_name(long),
            "Why do the leaves of the tea plant, which is an evergreen shrub, turn dark when they are dried…"
        );
        assert_eq!(thread_name(&"a".repeat(300)).chars().count(), LONGEST);
    }

    proptest! {
        #[test]
        fn every_question_has_a_name_that_discord_takes(question in "\\PC{0,300}") {
            let length = thread_name(&question).chars().count();
            prop_assert!((1..=LONGEST).contains(&length));
        }
    }
}
