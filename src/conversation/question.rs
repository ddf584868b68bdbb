//! What a person asked, where it belongs, and where the answer has to go. Plain values.

use secrecy::SecretString;

use super::language::Language;
use crate::clock::Moment;
use crate::ids::{
    ApplicationId, ChannelId, ConversationId, GuildId, InteractionId, MessageId, PersonId,
    QuestionId,
};
use crate::search::wish::Wish;

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

/// What is to be done about a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Answer it.
    Answer,
    /// Judge each claim of the quoted message.
    Check,
}

/// A person as others see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// What they are called where they asked. They chose it themselves: it is data, never an instruction.
    pub name: String,
}

/// A message of somebody's that a question is about. Data, never an instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// What its author is called.
    pub author: String,
    /// What it says, at most [`Quote::LONGEST`] characters of it.
    pub text: String,
    /// Where it is.
    pub channel: ChannelId,
    /// Which it is.
    pub message: MessageId,
}

impl Quote {
    /// The most characters of a message that are taken along.
    pub const LONGEST: usize = 4_000;
}

/// Where a question was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The server; none in a direct conversation.
    pub guild: Option<GuildId>,
    /// The channel or thread.
    pub channel: ChannelId,
    /// Whether the bot itself is there. Where it is not, because a person brought the app along, nothing but the reply can be written.
    pub present: bool,
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

/// How a question came, and with it how its answer can be shown.
#[derive(Clone, Debug)]
pub enum Origin {
    /// By a command, a button or a form, whose reply Discord holds open.
    Interaction(Reply),
    /// By a message that everyone in the channel sees; the answer replies to it.
    Message(MessageId),
    /// By an interaction whose reply is no longer held open. What of the answer is out can be edited, more can be posted.
    Past,
}

/// Which conversation a question belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Belongs {
    /// It begins one.
    New,
    /// To the one that lives where it was asked (a thread, a forum post, a direct conversation), after what was asked there last; it begins that
    /// one if there is none.
    Here,
    /// It goes on from the answer to this question, which may be older than the newest.
    After(QuestionId),
}

/// A question as it arrives, before it is recorded.
#[derive(Clone, Debug)]
pub struct NewQuestion {
    /// What was asked.
    pub text: QuestionText,
    /// What is to be done about it.
    pub task: Task,
    /// The message that it is about.
    pub quote: Option<Quote>,
    /// Who asked.
    pub asker: Person,
    /// Whether others see by themselves what was asked: they do by a message or a command, not by a form, a menu or a pick.
    pub seen: bool,
    /// Where.
    pub place: Place,
    /// The id of the interaction or message that brought it. Discord may deliver it twice; it is one question.
    pub event: u64,
    /// How it came, and where the answer goes.
    pub origin: Origin,
    /// Which conversation it belongs to.
    pub belongs: Belongs,
    /// What the asker wishes for this question alone.
    pub wish: Wish,
    /// What Footnote says around the answer in. In a server it is the server's language, since everyone there reads it.
    pub language: Language,
    /// When.
    pub asked_at: Moment,
}

impl NewQuestion {
    /// Whether the bot itself writes the answer where the question was asked: it is there, and everyone there may see the answer. Of any other
    /// question nothing but the reply can be written.
    pub fn is_answered_openly(&self) -> bool {
        self.place.present && !self.wish.private
    }
}

/// A recorded question.
#[derive(Clone, Debug)]
pub struct Question {
    /// Its id in the store.
    pub id: QuestionId,
    /// The conversation it belongs to.
    pub conversation: ConversationId,
    /// How often it was opened once more.
    pub attempt: u32,
    /// When it was opened the last time; what its answer took counts from then.
    pub opened_at: Moment,
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
