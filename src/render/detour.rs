//! Answers that are not where their readers look for them.

use super::sentences::Permission;
use super::words::{fill, words};
use super::{MESSAGE_LIMIT, Message, heading, mention};
use crate::conversation::language::Language;
use crate::conversation::question::NewQuestion;
use crate::ids::ChannelId;

/// Why an answer is not where its reader looks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detour {
    /// It is in the channel of the question, and no reply.
    Beside,
    /// It is in the channel that this thread is in.
    Above(ChannelId),
    /// It came directly, since the bot lacks a permission in this channel.
    Lacks(ChannelId, Permission),
    /// It came directly, since this thread is locked.
    Locked(ChannelId),
    /// It came directly, since the place of the question is gone.
    Gone,
}

/// The most characters of what leads a message.
pub(super) const LONGEST_LEAD: usize = 100;

/// A message that is not where its reader looks for it, led by why.
///
/// The lead takes at most 100 characters. Where there is room for it the question follows, unless it is to be seen there or, where
/// the message is the first of its answer, stands in it. Names are shown and ping nobody.
pub fn led(
    language: Language,
    asked: &NewQuestion,
    detour: Detour,
    message: &Message,
    is_first: bool,
) -> Message {
    let words = words(language);
    let asker = mention(asked.asker.id);
    let place = |channel: ChannelId| format!("<#{channel}>");
    let lead = match detour {
        Detour::Beside => fill(words.beside, &[("asker", &asker)]),
        Detour::Above(thread) => {
            let values = [("asker", asker.as_str()), ("thread", &place(thread))];
            fill(words.above, &values)
        }
        Detour::Lacks(channel, permission) => {
            let permission = permission.name(words);
            let values = [
                ("channel", place(channel)),
                ("permission", permission.to_owned()),
            ];
            fill(
                words.lacks,
                &values
                    .each_ref()
                    .map(|(name, value)| (*name, value.as_str())),
            )
        }
        Detour::Locked(thread) => fill(words.locked, &[("thread", &place(thread))]),
        Detour::Gone => words.place_gone.to_owned(),
    };
    // Whom a message pings is what it begins with, wherever it is.
    let pinged = message.pings.map(mention);
    let behind = pinged
        .as_deref()
        .and_then(|pinged| message.content.strip_prefix(pinged));
    let (above, below) = match (&pinged, behind) {
        (Some(pinged), Some(behind)) => (format!("{pinged}\n-# {lead}"), behind.to_owned()),
        _ => (format!("-# {lead}"), format!("\n{}", message.content)),
    };
    let is_told = detour == Detour::Beside || (is_first && !asked.seen);
    let question = (!is_told).then(|| heading::line(asked));
    let content = question
        .map(|question| format!("{above}\n{question}{below}"))
        .filter(|content| content.chars().count() <= MESSAGE_LIMIT)
        .unwrap_or_else(|| format!("{above}{below}"));
    message.clone().with_content(content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::question::QuestionText;
    use crate::ids::PersonId;
    use crate::render::answer::tests::question;

    #[test]
    fn what_leads_a_message_leaves_room_for_it_in_every_language() {
        let channel = ChannelId(u64::MAX);
        let mut unseen = question(false).asked;
        unseen.asker.id = PersonId(u64::MAX);
        let message = Message::new("Yes.".to_owned());
        for detour in [
            Detour::Beside,
            Detour::Above(channel),
            Detour::Lacks(channel, Permission::ViewChannel),
            Detour::Lacks(channel, Permission::SendMessages),
            Detour::Lacks(channel, Permission::SendMessagesInThreads),
            Detour::Locked(channel),
            Detour::Gone,
        ] {
            for language in Language::ALL {
                let led = led(language, &unseen, detour, &message, true);
                let lead = led.content().strip_suffix("Yes.").unwrap();
                assert!(lead.chars().count() <= LONGEST_LEAD, "{lead}");
            }
        }
    }

    #[test]
    fn the_question_is_said_where_it_is_not_seen_and_there_is_room() {
        let mut asked = question(true).asked;
        asked.text = QuestionText::parse("Tea?").unwrap();
        let led = |detour, text: &str| {
            let led = led(
                Language::English,
                &asked,
                detour,
                &Message::new(text.to_owned()),
                true,
            );
            led.content().to_owned()
        };
        insta::assert_snapshot!(led(Detour::Gone, "Yes."), @r"
        -# The place where you asked is gone.
        -# **Alice** asked: Tea?
        Yes.
        ");
        insta::assert_snapshot!(led(Detour::Beside, "Yes."), @r"
        -# For <@1>
        Yes.
        ");
        // What others do not see is said by the first message of an answer alone.
        let unseen = question(false).asked;
        for is_first in [true, false] {
            let message = Message::new("Yes.".to_owned());
            let led = super::led(Language::English, &unseen, Detour::Gone, &message, is_first);
            assert_eq!(led.content().contains("asked:"), !is_first);
        }
        let long = "a".repeat(MESSAGE_LIMIT - 50);
        let without = led(Detour::Gone, &long);
        assert_eq!(without.lines().count(), 2);
        assert!(without.chars().count() <= MESSAGE_LIMIT);
    }
}
