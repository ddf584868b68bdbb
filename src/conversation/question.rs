//! What a person asked, and where the answer has to go. Plain values.

use secrecy::SecretString;

use crate::clock::Moment;
use crate::ids::{ApplicationId, ChannelId, GuildId, InteractionId, PersonId, QuestionId};

/// The text of a question: not blank, and no longer than [`QuestionText::LONGEST`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionText(String);

/// Why a text is no question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAQuestion {
    /// Nothing but white space.
    Blank,
    /// More than [`QuestionText::LONGEST`] characters.
    TooLong,
}

impl QuestionText {
    /// The most characters (Unicode code points, as Discord counts) a question may have.
    pub const LONGEST: u16 = 2_000;

    /// Takes the text without the white space around it.
    ///
    /// # Errors
    ///
    /// [`NotAQuestion`] says which rule it breaks.
    pub fn parse(text: &str) -> Result<Self, NotAQuestion> {
        let text = text.trim();
        if text.is_empty() {
            return Err(NotAQuestion::Blank);
        }
        if text.chars().count() > usize::from(Self::LONGEST) {
            return Err(NotAQuestion::TooLong);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where a question was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The server; none in a direct conversation.
    pub guild: Option<GuildId>,
    /// The channel or thread.
    pub channel: ChannelId,
}

/// The reply that Discord holds open for a question, good for 15 minutes.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The interaction that is answered. Discord may deliver it twice; it is one question.
    pub interaction: InteractionId,
    /// The application that the reply belongs to.
    pub application: ApplicationId,
    /// What lets its holder write the reply.
    pub token: SecretString,
}

/// A question as it arrives, before it is recorded.
#[derive(Clone, Debug)]
pub struct NewQuestion {
    /// What was asked.
    pub text: QuestionText,
    /// Who asked.
    pub asker: PersonId,
    /// Where.
    pub place: Place,
    /// Where the answer goes.
    pub reply: Reply,
    /// When.
    pub asked_at: Moment,
}

/// A recorded question.
#[derive(Clone, Debug)]
pub struct Question {
    /// Its id in the store.
    pub id: QuestionId,
    /// What was asked, by whom, where and when.
    pub asked: NewQuestion,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_around_a_question_is_dropped() {
        assert_eq!(QuestionText::parse("  why?\n").unwrap().as_str(), "why?");
    }

    #[test]
    fn blank_and_overlong_texts_are_refused() {
        assert_eq!(QuestionText::parse(" \n\t"), Err(NotAQuestion::Blank));
        assert_eq!(
            QuestionText::parse(&"é".repeat(2_001)),
            Err(NotAQuestion::TooLong)
        );
        assert!(QuestionText::parse(&"é".repeat(2_000)).is_ok());
    }
}
