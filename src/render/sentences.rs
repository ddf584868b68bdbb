//! Every sentence that a person reads beside an answer: what takes values becomes a sentence here. The texts themselves are in `words`.

use std::time::Duration;

use super::link::Link;
use super::words::{Words, fill, words};
use super::{Form, Message, settings};
use crate::conversation::controls::{About, QuestionForm};
use crate::conversation::failure::Failure;
use crate::conversation::in_flight::Full;
use crate::conversation::language::Language;
use crate::conversation::question::{NotAQuestion, QuestionText};
use crate::ids::PersonId;
use crate::research::desk::{self, CONFIRMATION};
use crate::search::change::Invalid;
use crate::search::wish::NotGranted;

/// What Discord shows of the commands.
#[derive(Clone, Copy, Debug)]
pub struct CommandTexts {
    /// What `/ask` says of itself, at most 100 characters.
    pub ask: &'static str,
    /// What `/research` says of itself, likewise. Its options are those of `/ask`, without the depth.
    pub research: &'static str,
    /// The name of its option for the question: lower case, at most 32 characters.
    pub option: &'static str,
    /// What that option says of itself, at most 100 characters.
    pub question: &'static str,
    /// The names of the options that narrow a question, as above, each with what it says of itself, at most 100 characters: from which domains
    /// its sources may be, how old they may be, how deep the answer goes, and whether only its asker sees it.
    pub wishes: [(&'static str, &'static str); 4],
    /// The name of the command in a message's menu that takes a question about it, at most 32 characters.
    pub ask_about: &'static str,
    /// The name of the command in a message's menu that has its claims checked, at most 32 characters.
    pub check_this: &'static str,
}

/// What Discord shows of the commands in a language.
pub fn commands(language: Language) -> CommandTexts {
    let words = words(language);
    CommandTexts {
        ask: words.ask_description,
        research: words.research_description,
        option: words.question_option,
        question: words.question_description,
        wishes: [
            (words.domains_option, words.domains_description),
            (words.recency_option, words.recency_description),
            (words.depth_option, words.depth_description),
            (words.private_option, words.private_description),
        ],
        ask_about: words.ask_about,
        check_this: words.check_this,
    }
}

/// What is asked with a bare mention in a reply to somebody's message.
pub fn about_this(language: Language) -> &'static str {
    words(language).about_this
}

/// Why there is no answer, and what the reader can do.
pub(super) fn failure(language: Language, failure: &Failure) -> String {
    let words = words(language);
    let text = match failure {
        Failure::RateLimited {
            retry_after: Some(wait),
        } => return fill(words.busy, &[("when", &in_words(words, *wait))]),
        Failure::RateLimited { retry_after: None } => words.busy_for_a_minute,
        Failure::Unauthorized => words.unauthorized,
        Failure::OutOfCredit => words.out_of_credit,
        Failure::Retired => words.retired,
        Failure::Rejected => words.rejected,
        Failure::NotGranted => words.not_granted,
        Failure::Unavailable => words.unavailable,
        Failure::TimedOut => words.timed_out,
        Failure::Unreadable => words.no_answer,
        Failure::BrokeOff => words.broke_off,
        Failure::Stopped => words.stopped,
        Failure::Interrupted => words.interrupted,
        Failure::Cancelled => words.research_cancelled,
        Failure::Unconfirmed => return within_the_wait(words.research_not_begun, words),
        Failure::GivenUp => words.research_given_up,
        Failure::Lost => words.research_lost,
        Failure::Internal => words.internal,
    };
    text.to_owned()
}

/// A text about a research that waits for its asker's word: how long it does, and what the button says.
pub(super) fn within_the_wait(text: &str, words: &Words) -> String {
    let minutes = (CONFIRMATION.as_secs() / 60).to_string();
    fill(text, &[("begin", words.begin), ("minutes", &minutes)])
}

/// A wait in the unit that a person would use, rounded up.
fn in_words(words: &Words, wait: Duration) -> String {
    let seconds = wait
        .as_secs()
        .saturating_add(u64::from(wait.subsec_nanos() > 0));
    let (count, unit) = match seconds {
        0..=90 => (seconds.max(1), words.in_seconds),
        91..=5_400 => (seconds.div_ceil(60), words.in_minutes),
        _ => (seconds.div_ceil(3_600), words.in_hours),
    };
    unit.of(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Who asked what, above an answer to a question that others do not see.
pub(super) fn asked(language: Language, name: &str, question: &str) -> String {
    let values = [("name", name), ("question", question)];
    fill(words(language).asked, &values)
}

/// The same for a question about a message.
pub(super) fn asked_about(
    language: Language,
    name: &str,
    message: &Link,
    question: &str,
) -> String {
    let words = words(language);
    let message = message.markdown(words.a_message);
    let values = [
        ("name", name),
        ("message", &message),
        ("question", question),
    ];
    fill(words.asked_about, &values)
}

/// The same for a message that is to be checked.
pub(super) fn asked_to_check(language: Language, name: &str, message: Option<&Link>) -> String {
    let words = words(language);
    let message = message.map_or_else(
        || words.a_message.to_owned(),
        |link| link.markdown(words.a_message),
    );
    fill(
        words.asked_to_check,
        &[("name", name), ("message", &message)],
    )
}

/// Why something that a person did leads to nothing. In which language they are told is decided where they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A text that is no question.
    NotAQuestion(NotAQuestion),
    /// Too many questions are open.
    Full(Full),
    /// A message that addresses the bot and asks nothing.
    AsksNothing,
    /// A reply to the bot that Discord does not let it read.
    Unreadable,
    /// A mention about a message that Discord does not let the bot read.
    QuotedUnreadable,
    /// The question could not be recorded, so nothing was promised.
    NotRecorded,
    /// A command that this version cannot carry out.
    NotUnderstood,
    /// A control below an answer that is no longer kept, or that belongs to another place.
    Gone,
    /// A deed that is the asker's and the moderators'.
    NotYours,
    /// A research that only whoever has it done may let begin.
    NotYoursToBegin,
    /// A question in a place where only others may ask. Who they are is not told.
    NotAdmitted,
    /// A wish for one question that is not granted where it is asked.
    NotGranted(NotGranted),
    /// A wish for one question that is none.
    InvalidWish(Invalid),
    /// A question that is to be answered anew, or taken away, while it is open.
    BeingAnswered,
    /// An answer that is to be stopped and has ended.
    NotBeingWritten,
    /// An edit that is to be answered and was.
    NotEdited,
    /// The store did not say what was looked for.
    NotLookedUp,
    /// Discord did not say in time what decides whether and how a question is answered: where its channel is, or which roles somebody has.
    NotFoundOut,
    /// Discord does not let the bot know where the channel is, and so what is set for it.
    Unplaced,
    /// A message that is to be asked about, or checked, and has no text.
    NoText,
    /// A form that comes back when what it was about is forgotten.
    FormExpired,
    /// Messages of an answer that Discord did not let be deleted.
    NotDeleted,
    /// A question that is to be researched where no model is set for that.
    NoResearch,
    /// Too many researches are open.
    ResearchFull(desk::Full),
    /// A research that is to begin or to be cancelled, and has begun or ended already.
    ResearchOver,
    /// A fault of ours outside of any question.
    Internal,
}

impl Refusal {
    /// Says it.
    pub fn message(self, language: Language) -> Message {
        let words = words(language);
        let text = match self {
            Self::NotAQuestion(NotAQuestion::Blank) => words.blank,
            Self::NotAQuestion(NotAQuestion::TooLong) => {
                let most = QuestionText::LONGEST.to_string();
                return Message::new(fill(words.too_long, &[("most", &most)]));
            }
            Self::Full(Full::Everyone) => words.full,
            Self::Full(Full::ThisPerson) => words.full_for_you,
            Self::AsksNothing => words.asks_nothing,
            Self::Unreadable => {
                let values = [("follow_up", words.follow_up)];
                return Message::new(fill(words.unreadable, &values));
            }
            Self::QuotedUnreadable => {
                let values = [("ask_about", words.ask_about)];
                return Message::new(fill(words.quoted_unreadable, &values));
            }
            Self::NotRecorded => words.not_recorded,
            Self::NotUnderstood => words.not_understood,
            Self::Gone => words.gone,
            Self::NotYours => words.not_yours,
            Self::NotYoursToBegin => words.not_yours_to_begin,
            Self::NotAdmitted => words.not_admitted,
            Self::NotGranted(reason) => {
                return Message::new(settings::not_granted(&reason, language));
            }
            Self::InvalidWish(reason) => return Message::new(settings::invalid(&reason, language)),
            Self::BeingAnswered => words.being_answered,
            Self::NotBeingWritten => words.not_being_written,
            Self::NotEdited => words.not_edited,
            Self::NotLookedUp => words.not_looked_up,
            Self::NotFoundOut => words.not_found_out,
            Self::Unplaced => words.unplaced,
            Self::NoText => words.no_text,
            Self::FormExpired => words.form_expired,
            Self::NotDeleted => words.not_deleted,
            Self::NoResearch => words.no_research,
            Self::ResearchFull(full) => {
                let (count, open) = match full {
                    desk::Full::Server(open) => (words.research_full, open),
                    desk::Full::Person(open) => (words.research_full_for_you, open),
                };
                return Message::new(count.of(usize::try_from(open).unwrap_or(usize::MAX)));
            }
            Self::ResearchOver => words.research_past,
            Self::Internal => words.internal,
        };
        Message::new(text.to_owned())
    }
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
    pub(super) fn name(self, words: &Words) -> &'static str {
        match self {
            Self::ViewChannel => words.view_channel,
            Self::SendMessages => words.send_messages,
            Self::SendMessagesInThreads => words.send_in_threads,
            Self::CreatePublicThreads => words.create_threads,
        }
    }
}

/// No thread could be opened on an answer.
pub fn no_thread(language: Language, missing: Permission) -> Message {
    let words = words(language);
    let values = [("permission", missing.name(words))];
    Message::new(fill(words.no_thread, &values))
}

/// The first words in a thread whose messages the bot cannot read. The name is shown and pings nobody.
pub fn how_to_go_on(language: Language, me: PersonId) -> Message {
    let words = words(language);
    let me = format!("<@{me}>");
    let values = [("me", me.as_str()), ("follow_up", words.follow_up)];
    Message::new(fill(words.how_to_go_on, &values))
}

/// The form for a question about an answer, or about somebody's message.
pub fn question_form(language: Language, purpose: QuestionForm) -> Form {
    let words = words(language);
    Form {
        title: match purpose.about {
            About::Answer(_) => words.follow_up,
            About::Message(_) => words.ask_about,
        },
        label: words.question_description,
        longest: QuestionText::LONGEST,
        purpose,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_told_in_the_unit_a_person_would_use() {
        let told = |language, wait| {
            let retry_after = Some(wait);
            failure(language, &Failure::RateLimited { retry_after })
        };
        let english = |wait| told(Language::English, wait);
        insta::assert_snapshot!(english(Duration::from_millis(300)), @"The answer service is busy. Please ask again in a second.");
        insta::assert_snapshot!(english(Duration::from_millis(20_200)), @"The answer service is busy. Please ask again in 21 seconds.");
        insta::assert_snapshot!(english(Duration::from_secs(86_400)), @"The answer service is busy. Please ask again in 24 hours.");
        let five_minutes = Duration::from_secs(300);
        insta::assert_snapshot!(told(Language::German, five_minutes), @"Der Antwortdienst ist ausgelastet. Bitte in 5 Minuten erneut fragen.");
        insta::assert_snapshot!(told(Language::French, five_minutes), @"Le service de réponse est surchargé. Veuillez reposer votre question dans 5 minutes.");
        insta::assert_snapshot!(told(Language::Spanish, five_minutes), @"El servicio de respuestas está ocupado. Por favor, vuelva a preguntar dentro de 5 minutos.");
        insta::assert_snapshot!(told(Language::Portuguese, five_minutes), @"O serviço de respostas está ocupado. Por favor, pergunte novamente em 5 minutos.");
        insta::assert_snapshot!(told(Language::Japanese, five_minutes), @"回答サービスが混み合っています。5分後にもう一度質問してください。");
        for language in Language::ALL {
            assert!(told(language, Duration::MAX).chars().count() <= 200);
        }
    }
}
