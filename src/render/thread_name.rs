//! The name of a thread, made of the question that opens it.

use super::link::{one_line, shortened};

/// The most characters a thread's name may have.
///
/// See <https://discord.com/developers/docs/resources/channel#channel-object-channel-structure>.
const LONGEST: usize = 100;

/// The name of a thread that opens with this question: one line, cut between words. Names are no Markdown, so its signs mean what they say.
pub fn thread_name(question: &str) -> String {
    let line = one_line(question, LONGEST);
    let mut name = String::new();
    let mut length = 0;
    for word in line.split_whitespace() {
        let more = word.chars().count() + usize::from(length > 0);
        if length + more > LONGEST - 1 {
            if name.is_empty() {
                return shortened(word, LONGEST);
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
            "Why is **tea** green?"
        );
        assert_eq!(thread_name("***"), "***");
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

    #[test]
    fn a_name_asks_what_the_question_asks() {
        assert_eq!(
            thread_name("What is 2*3? Is 5<6 in C#?"),
            "What is 2*3? Is 5<6 in C#?"
        );
    }

    #[test]
    fn a_name_is_seen_and_brings_nothing_along_that_is_not() {
        assert_eq!(thread_name("\u{200d}\u{200d}"), "?");
        assert_eq!(thread_name("x\u{e0041}\u{e0042}"), "x");
        let stacked = format!("a{}", "\u{301}".repeat(30));
        assert!(thread_name(&stacked).chars().count() < 15);
        // What a person sees as one character is not cut.
        let families = thread_name(&"👩\u{200d}👩\u{200d}👧".repeat(40));
        assert!(families.ends_with("👧…"), "{families}");
    }

    proptest! {
        #[test]
        fn every_question_has_a_name_that_discord_takes(question in "\\PC{0,300}") {
            let length = thread_name(&question).chars().count();
            prop_assert!((1..=LONGEST).contains(&length));
        }
    }
}
