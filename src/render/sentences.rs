//! Every fixed text that a person reads. One place, so that tone and length are one.

use super::link::Link;
use std::time::Duration;

use super::{Form, Message};
use crate::conversation::controls::{About, QuestionForm};
use crate::conversation::failure::Failure;
use crate::conversation::in_flight::Full;
use crate::conversation::question::{NotAQuestion, QuestionText};
use crate::ids::{ChannelId, PersonId};

/// What the `/ask` command says of itself in Discord, at most 100 characters each.
pub const ASK_DESCRIPTION: &str = "Ask a question and get an answer with its sources.";
/// What its `question` option says of itself.
pub const QUESTION_DESCRIPTION: &str = "What do you want to know?";
/// The name of the command in a message's menu that takes a question about it, at most 32 characters.
pub const ASK_ABOUT: &str = "Ask about this";
/// The name of the command in a message's menu that has its claims checked, at most 32 characters.
pub const CHECK_THIS: &str = "Check this";

/// What is asked with a bare mention in a reply to somebody's message.
pub const ABOUT_THIS: &str = "What about this?";

/// Ends a message whose answer is still being written.
pub(super) const WRITING: &str = "-# Writing…";
/// Stands for an answer whose turn has not come.
pub(super) const WAITING: &str =
    "-# Another question of this conversation is being answered; yours is next in line.";
/// Shows where an answer comes from.
pub(super) const SOURCES_BUTTON: &str = "Sources";
/// Asks on from an answer.
pub(super) const FOLLOW_UP: &str = "Follow up";
/// Has a question answered once more.
pub(super) const REGENERATE: &str = "Regenerate";
/// Has a question answered that was not.
pub(super) const TRY_AGAIN: &str = "Try again";
/// Takes an answer away.
pub(super) const DELETE: &str = "Delete";
/// Has a question answered as it was edited.
pub(super) const ANSWER_EDITED: &str = "Answer the edited question";
/// Ends an answer that is being written.
pub(super) const STOP: &str = "Stop";
/// Turns back to the page before.
pub(super) const PREVIOUS: &str = "Previous";
/// Turns to the next page.
pub(super) const NEXT: &str = "Next";
/// Heads the related questions.
pub(super) const RELATED: &str = "Related questions";
/// Heads the list of the sources that the text cites.
pub(super) const SOURCES: &str = "**Sources**";
/// Heads the list of sources when the text cites none of them.
pub(super) const FOUND_NOT_CITED: &str = "**Found, but not cited in the text**";
/// Heads the sources that the text cites, among all that were found.
pub(super) const CITED: &str = "**Cited in the answer**";
/// Heads the sources that were found beside those.
pub(super) const ALSO_FOUND: &str = "**Also found**";
/// Heads the sources of an answer that cites none of them.
pub(super) const NOTHING_CITED: &str =
    "**The answer cites none of its sources. These were found:**";
/// Stands for the sources of an answer that has none.
pub(super) const NO_SOURCES: &str = "The answer service named no sources for this answer.";
/// Ends an answer whose question was edited since.
pub(super) const EDITED_SINCE: &str = "-# The question was edited after it was answered.";
/// Said when the service stopped at its length limit.
pub(super) const CUT_AT_LENGTH: &str = "-# The service ended the answer at its length limit.";
/// Said when an answer is longer than Footnote posts.
pub(super) const CUT_AT_PARTS: &str = "-# The answer goes on; it is too long to be posted whole.";
/// Said instead of an answer without text.
pub(super) const EMPTY_ANSWER: &str =
    "The answer service sent an empty answer. Please ask again, perhaps in other words.";

/// Why there is no answer, and what the reader can do.
pub(super) fn failure(failure: &Failure) -> String {
    let text = match failure {
        Failure::RateLimited {
            retry_after: Some(wait),
        } => {
            return format!(
                "The answer service is busy. Please ask again in {}.",
                in_words(*wait)
            );
        }
        Failure::RateLimited { retry_after: None } => {
            "The answer service is busy. Please ask again in a minute."
        }
        Failure::Unauthorized => {
            "The answer service refuses Footnote's key. Please tell whoever runs this bot."
        }
        Failure::OutOfCredit => {
            "Footnote's credit with the answer service is used up. Please tell whoever runs this bot."
        }
        Failure::Retired => {
            "The answer service no longer answers at its address. Please tell whoever runs this bot."
        }
        Failure::Rejected => {
            "The answer service cannot answer this question. Please ask it in other words."
        }
        Failure::Unavailable => {
            "The answer service cannot be reached right now. Please ask again in a few minutes."
        }
        Failure::TimedOut => "The answer service took too long. Please ask again.",
        Failure::Unreadable => {
            "The answer service sent something that is no answer. Please ask again in a few minutes."
        }
        Failure::BrokeOff => "The answer broke off before it was complete. Please ask again.",
        Failure::Stopped => "-# Stopped before it was complete.",
        Failure::Interrupted => "Footnote was restarted while it was answering. Please ask again.",
        Failure::Internal => "Something went wrong inside Footnote. Please ask again.",
    };
    text.to_owned()
}

/// A wait in the unit that a person would use, rounded up.
fn in_words(wait: Duration) -> String {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    let (count, unit) = match seconds {
        0..=90 => (seconds.max(1), "second"),
        91..=5_400 => (seconds.div_ceil(60), "minute"),
        _ => (seconds.div_ceil(3_600), "hour"),
    };
    if count == 1 {
        format!("a {unit}")
    } else {
        format!("{count} {unit}s")
    }
}

/// Who asked what, above an answer to a question that others do not see.
pub(super) fn asked(name: &str, question: &str) -> String {
    format!("-# **{name}** asked: {question}")
}

/// The same for a question about a message.
pub(super) fn asked_about(name: &str, message: &Link, question: &str) -> String {
    format!(
        "-# **{name}** asked about {}: {question}",
        message.markdown("a message")
    )
}

/// The same for a message that is to be checked.
pub(super) fn asked_to_check(name: &str, message: Option<&Link>) -> String {
    let message = message.map_or_else(|| "a message".to_owned(), |link| link.markdown("a message"));
    format!("-# **{name}** asked to check {message}")
}

/// A text that is no question.
pub fn not_a_question(fault: NotAQuestion) -> Message {
    Message::new(match fault {
        NotAQuestion::Blank => {
            "That question is empty. Please write what you want to know.".to_owned()
        }
        NotAQuestion::TooLong => format!(
            "That question is too long. Please use at most {} characters.",
            QuestionText::LONGEST
        ),
    })
}

/// Too many questions are open.
pub fn full(full: Full) -> Message {
    let text = match full {
        Full::Everyone => {
            "Too many questions are being answered right now. Please ask again in a minute."
        }
        Full::ThisPerson => {
            "You have several questions open already. Please wait for an answer, then ask again."
        }
    };
    Message::new(text.to_owned())
}

/// A message that addresses the bot and asks nothing.
pub fn asks_nothing() -> Message {
    Message::new(
        "What would you like to know? Reply to this message with your question.".to_owned(),
    )
}

/// A reply to the bot that Discord does not let it read.
pub fn unreadable() -> Message {
    Message::new("Footnote can only read messages that mention it here. Please mention it in your reply, or press Follow up below the answer.".to_owned())
}

/// A mention about a message that Discord does not let the bot read.
pub fn quoted_unreadable() -> Message {
    Message::new(format!(
        "Footnote cannot read the message that you reply to. Please open that message's menu instead: Apps, then {ASK_ABOUT}."
    ))
}

/// The question could not be recorded, so nothing was promised.
pub fn not_recorded() -> Message {
    Message::new("Footnote cannot take questions right now: its store does not answer. Please ask again in a few minutes.".to_owned())
}

/// A command that this version cannot carry out.
pub fn not_understood() -> Message {
    Message::new("Footnote does not understand this command. It may have changed: please try again in a minute.".to_owned())
}

/// A permission of the bot's, as Discord's settings of a channel call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Seeing the channel at all.
    ViewChannel,
    /// Writing in a channel.
    SendMessages,
    /// Writing in a thread or a post.
    SendMessagesInThreads,
    /// Opening a thread that everyone sees.
    CreatePublicThreads,
}

impl Permission {
    const fn name(self) -> &'static str {
        match self {
            Self::ViewChannel => "View Channel",
            Self::SendMessages => "Send Messages",
            Self::SendMessagesInThreads => "Send Messages in Threads",
            Self::CreatePublicThreads => "Create Public Threads",
        }
    }
}

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

/// A message that is not where its reader looks for it, led by why; the lead has at most 100 characters. Names are shown and ping nobody.
pub fn led(asker: PersonId, detour: Detour, message: &Message) -> Message {
    let lead = match detour {
        Detour::Beside => format!("For <@{asker}>"),
        Detour::Above(thread) => format!("For <@{asker}>, who asked in <#{thread}>"),
        Detour::Lacks(channel, permission) => format!(
            "I may not write in <#{channel}>: **{}** is missing.",
            permission.name()
        ),
        Detour::Locked(thread) => format!("You asked in <#{thread}>, which is locked."),
        Detour::Gone => "The place where you asked is gone.".to_owned(),
    };
    Message {
        content: format!("-# {lead}\n{}", message.content),
        ..message.clone()
    }
}

/// No thread could be opened on an answer.
pub fn no_thread(missing: Permission) -> Message {
    Message::new(format!(
        "Footnote would open a thread for this conversation here, but lacks the permission **{}**. Whoever manages the server can grant it.",
        missing.name()
    ))
}

/// The first words in a thread whose messages the bot cannot read. The name is shown and pings nobody.
pub fn how_to_go_on(me: PersonId) -> Message {
    Message::new(format!(
        "-# To go on here, mention <@{me}>, reply to an answer, use `/ask`, or press **{FOLLOW_UP}** below an answer: Footnote cannot read other messages."
    ))
}

/// The form for a question about an answer, or about somebody's message.
pub fn question_form(purpose: QuestionForm) -> Form {
    Form {
        title: match purpose.about {
            About::Answer(_) => FOLLOW_UP,
            About::Message(_) => ASK_ABOUT,
        },
        label: QUESTION_DESCRIPTION,
        longest: QuestionText::LONGEST,
        purpose,
    }
}

/// A control below an answer that is no longer kept, or that belongs to another place.
pub fn gone() -> Message {
    Message::new(
        "Footnote no longer has this question and its answer. Please ask it anew.".to_owned(),
    )
}

/// A deed that is the asker's and the moderators'.
pub fn not_yours() -> Message {
    Message::new("Only the person who asked this question can do that, or somebody who may manage messages here.".to_owned())
}

/// A question that is to be answered anew, or taken away, while it is open.
pub fn being_answered() -> Message {
    Message::new(
        "This question is being answered right now. Please wait for the answer, or stop it first."
            .to_owned(),
    )
}

/// An answer that is to be stopped and has ended.
pub fn not_being_written() -> Message {
    Message::new("This answer is not being written any more.".to_owned())
}

/// An edit that is to be answered and was.
pub fn not_edited() -> Message {
    Message::new("The question has not changed since it was answered.".to_owned())
}

/// The store did not say what was looked for.
pub fn not_looked_up() -> Message {
    Message::new("Footnote cannot look this up right now: its store does not answer. Please try again in a few minutes.".to_owned())
}

/// A message that is to be asked about, or checked, and has no text.
pub fn no_text() -> Message {
    Message::new("That message has no text that Footnote can read.".to_owned())
}

/// A form that comes back when what it was about is forgotten.
pub fn form_expired() -> Message {
    Message::new("That form was open for too long. Please choose the message once more.".to_owned())
}

/// Messages of an answer that Discord did not let be deleted.
pub fn not_deleted() -> Message {
    Message::new("The answer is forgotten, but Discord does not let Footnote delete all of its messages. Somebody who may manage messages here can.".to_owned())
}

/// A fault of ours outside of any question.
pub fn internal() -> Message {
    Message::new(failure(&Failure::Internal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_discord_shows_of_a_command_is_short_enough() {
        for text in [ASK_DESCRIPTION, QUESTION_DESCRIPTION] {
            assert!((1..=100).contains(&text.chars().count()), "{text}");
        }
    }

    #[test]
    fn what_discord_shows_of_menus_and_forms_is_short_enough() {
        for name in [ASK_ABOUT, CHECK_THIS] {
            assert!((1..=32).contains(&name.chars().count()), "{name}");
        }
        for about in [
            About::Answer(crate::ids::QuestionId(1)),
            About::Message(crate::ids::QuoteId(1)),
        ] {
            let form = question_form(QuestionForm {
                about,
                present: true,
            });
            for text in [form.title, form.label] {
                assert!((1..=45).contains(&text.chars().count()), "{text}");
            }
        }
    }

    #[test]
    fn what_leads_a_message_leaves_room_for_it() {
        let (asker, channel) = (PersonId(u64::MAX), ChannelId(u64::MAX));
        let message = Message::new("Yes.".to_owned());
        for detour in [
            Detour::Beside,
            Detour::Above(channel),
            Detour::Lacks(channel, Permission::SendMessagesInThreads),
            Detour::Locked(channel),
            Detour::Gone,
        ] {
            let led = led(asker, detour, &message);
            let lead = led.content().strip_suffix("Yes.").unwrap();
            assert!(lead.chars().count() <= 100, "{lead}");
        }
    }

    #[test]
    fn a_wait_is_told_in_the_unit_a_person_would_use() {
        let told = |wait| {
            failure(&Failure::RateLimited {
                retry_after: Some(wait),
            })
        };
        insta::assert_snapshot!(told(Duration::from_millis(300)), @"The answer service is busy. Please ask again in a second.");
        insta::assert_snapshot!(told(Duration::from_millis(20_200)), @"The answer service is busy. Please ask again in 21 seconds.");
        insta::assert_snapshot!(told(Duration::from_secs(86_400)), @"The answer service is busy. Please ask again in 24 hours.");
    }
}
