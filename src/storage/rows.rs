//! Rows as the domain's values. Reads no table itself.

use std::time::Duration;

use super::columns::Columns;
use super::{not_readable, unsigned};
use crate::clock::Moment;
use crate::conversation::answer::{Draft, Finish, Source, Usage};
use crate::conversation::failure::Failure;
use crate::conversation::history::Turn;
use crate::conversation::home::Conversation;
use crate::conversation::language::Language;
use crate::conversation::outcome::Outcome;
use crate::conversation::ports::{End, HeldQuote, Kept, Posted, Ran, StoreError, Unshown};
use crate::conversation::question::{
    Belongs, NewQuestion, Origin, Person, Place, Question, QuestionText, Quote, Reply, Task,
};
use crate::ids::{
    ApplicationId, ChannelId, ConversationId, GuildId, InteractionId, MessageId, PersonId,
    QuestionId,
};
use crate::search::wish::Wish;
use secrecy::SecretString;
use serde::de::DeserializeOwned;

/// A question.
pub(super) fn question(row: &impl Columns) -> Result<Question, StoreError> {
    let text = row.text("text").map_err(not_readable)?;
    let text = QuestionText::parse(text)
        .map_err(|_| not_readable("a stored question has no readable text"))?;
    asked(row, text).map_err(not_readable)
}

fn asked(row: &impl Columns, text: QuestionText) -> Result<Question, sqlx::Error> {
    let parent = row.opt_int("parent_id")?;
    let event = unsigned(row.int("event_id")?);
    let asked_at = row.int("asked_at")?;
    let opened_at = row.opt_int("opened_at")?;
    Ok(Question {
        id: QuestionId(row.int("id")?),
        conversation: ConversationId(row.int("conversation_id")?),
        attempt: counted(row.int("attempt")?),
        opened_at: Moment(opened_at.unwrap_or(asked_at)),
        asked: NewQuestion {
            text,
            task: task_named(row.text("task")?),
            quote: quote(row)?,
            asker: asker(row)?,
            seen: row.flag("seen")?,
            place: Place {
                guild: guild(row)?,
                channel: ChannelId(unsigned(row.int("channel_id")?)),
                present: row.flag("present")?,
            },
            event,
            origin: origin(row, event)?,
            wish: match row.opt_text("wish")? {
                Some(_) => read(row, "wish")?,
                None => Wish::default(),
            },
            language: Language::of_locale(row.text("language")?).unwrap_or_default(),
            belongs: parent.map_or(Belongs::New, |parent| Belongs::After(QuestionId(parent))),
            asked_at: Moment(asked_at),
        },
    })
}

fn origin(row: &impl Columns, event: u64) -> Result<Origin, sqlx::Error> {
    if let Some(token) = row.opt_text("reply_token")? {
        return Ok(Origin::Interaction(Reply {
            interaction: InteractionId(unsigned(row.int("interaction_id")?)),
            application: ApplicationId(unsigned(row.int("application_id")?)),
            token: SecretString::from(token),
        }));
    }
    Ok(if row.flag("by_message")? {
        Origin::Message(MessageId(event))
    } else {
        Origin::Past
    })
}

/// The server of a row, if it has one.
pub(super) fn guild(row: &impl Columns) -> Result<Option<GuildId>, sqlx::Error> {
    let guild = row.opt_int("guild_id")?;
    Ok(guild.map(|guild| GuildId(unsigned(guild))))
}

/// The message a question is about.
pub(super) fn quote(row: &impl Columns) -> Result<Option<Quote>, sqlx::Error> {
    let Some(text) = row.opt_text("quote_text")? else {
        return Ok(None);
    };
    Ok(Some(Quote {
        author: row.text("quote_author")?.to_owned(),
        text: text.to_owned(),
        channel: ChannelId(unsigned(row.int("quote_channel")?)),
        message: MessageId(unsigned(row.int("quote_message")?)),
    }))
}

/// How a question ended.
pub(super) fn outcome(
    row: &impl Columns,
    sources: Vec<Source>,
) -> Result<Option<Outcome>, sqlx::Error> {
    if row.opt_int("ended_at")?.is_none() {
        return Ok(None);
    }
    let draft = Draft {
        text: row.text("answer_text")?.to_owned(),
        sources,
        filters: decoration(row, "filters")?,
    };
    if let Some(name) = row.opt_text("failure")? {
        return Ok(Some(Outcome::Failed {
            failure: Failure::named(name),
            draft,
        }));
    }
    let usage = Usage {
        prompt_tokens: unsigned(row.int("prompt_tokens")?),
        completion_tokens: unsigned(row.int("completion_tokens")?),
        cost_usd: row.opt_real("cost_usd")?,
    };
    let end = End {
        model: row.text("model")?.to_owned(),
        finish: finish_named(row.text("finish")?),
        usage,
        related: decoration(row, "related")?,
        images: decoration(row, "images")?,
    };
    let took = Duration::from_millis(unsigned(row.int("took_ms")?));
    Ok(Some(Outcome::Answered(draft.finished(end, took))))
}

/// What a column holds as JSON. What serde says of it can repeat what it holds, so only the column is named.
pub(super) fn read<T: DeserializeOwned>(
    row: &impl Columns,
    column: &str,
) -> Result<T, sqlx::Error> {
    let json = row.text(column)?;
    serde_json::from_str(json)
        .map_err(|_| unreadable(column, "it holds what this version cannot read"))
}

/// That a column holds what means nothing.
pub(super) fn unreadable(column: &str, what: &'static str) -> sqlx::Error {
    sqlx::Error::ColumnDecode {
        index: column.to_owned(),
        source: what.into(),
    }
}

/// What a column holds as JSON beside the text of an answer, or nothing where that cannot be read: the answer is worth showing without it.
fn decoration<T: DeserializeOwned + Default>(
    row: &impl Columns,
    column: &str,
) -> Result<T, sqlx::Error> {
    let json = row.text(column)?;
    // What serde says of it can repeat what it holds.
    Ok(serde_json::from_str(json).unwrap_or_else(|_| {
        tracing::error!(
            column,
            "what is kept beside an answer cannot be read; the answer is shown without it"
        );
        T::default()
    }))
}

/// What was said before.
pub(super) fn turn(row: &impl Columns) -> Result<Turn, sqlx::Error> {
    Ok(Turn {
        asker: asker(row)?,
        text: row.text("text")?.to_owned(),
        task: task_named(row.text("task")?),
        quote: quote(row)?,
        answer: row.text("answer_text")?.to_owned(),
    })
}

fn asker(row: &impl Columns) -> Result<Person, sqlx::Error> {
    Ok(Person {
        id: PersonId(unsigned(row.int("asker_id")?)),
        name: row.text("asker_name")?.to_owned(),
    })
}

/// A question as it is kept, whatever became of it.
pub(super) fn kept(row: &impl Columns, sources: Vec<Source>) -> Result<Kept, StoreError> {
    let withdrawn = row.flag("withdrawn").map_err(not_readable)?;
    let shown_at = row.opt_int("shown_at").map_err(not_readable)?;
    let parts_shown = row.int("parts_shown").map_err(not_readable)?;
    let outcome = if withdrawn {
        None
    } else {
        outcome(row, sources).map_err(not_readable)?
    };
    let edited = row.opt_text("edited_text").map_err(not_readable)?;
    Ok(Kept {
        question: question(row)?,
        outcome,
        edited: edited.and_then(|text| QuestionText::parse(text).ok()),
        shown: shown_at.is_some() || parts_shown > 0,
        withdrawn,
    })
}

/// A question whose outcome nobody has seen.
pub(super) fn unshown(row: &impl Columns, sources: Vec<Source>) -> Result<Unshown, StoreError> {
    Ok(Unshown {
        question: question(row)?,
        outcome: outcome(row, sources)
            .map_err(not_readable)?
            .ok_or_else(|| not_readable("a question that has ended has no outcome"))?,
        parts_shown: counted(row.int("parts_shown").map_err(not_readable)?),
    })
}

/// Where a message of an answer is.
pub(super) fn posted(row: &impl Columns) -> Result<Posted, sqlx::Error> {
    Ok(Posted {
        part: counted(row.int("part")?),
        channel: ChannelId(unsigned(row.int("channel_id")?)),
        message: MessageId(unsigned(row.int("message_id")?)),
    })
}

/// What a research took.
pub(super) fn ran(row: &impl Columns) -> Result<Ran, sqlx::Error> {
    Ok(Ran {
        took: Duration::from_millis(unsigned(row.int("took_ms")?)),
        usd: row.opt_real("cost_usd")?,
    })
}

/// A conversation.
pub(super) fn conversation(row: &impl Columns) -> Result<Conversation, sqlx::Error> {
    let home = row.opt_int("home_id")?;
    Ok(Conversation {
        id: ConversationId(row.int("id")?),
        guild: guild(row)?,
        began_in: ChannelId(unsigned(row.int("began_in")?)),
        home: home.map(|home| ChannelId(unsigned(home))),
        starter: PersonId(unsigned(row.int("starter_id")?)),
        first_event: row.opt_int("first_event")?.map_or(0, unsigned),
        others_joined: row.flag("others_joined")?,
        told: row.flag("told")?,
    })
}

/// A quoted message that is kept for a while.
pub(super) fn held(row: &impl Columns) -> Result<HeldQuote, sqlx::Error> {
    Ok(HeldQuote {
        quote: Quote {
            author: row.text("author")?.to_owned(),
            text: row.text("text")?.to_owned(),
            channel: ChannelId(unsigned(row.int("channel_id")?)),
            message: MessageId(unsigned(row.int("message_id")?)),
        },
        private: row.flag("private")?,
    })
}

/// A source.
pub(super) fn source(row: &impl Columns) -> Result<Source, sqlx::Error> {
    Ok(Source {
        number: counted(row.int("number")?),
        title: row.text("title")?.to_owned(),
        url: row.text("url")?.to_owned(),
        date: row.opt_text("date")?.map(str::to_owned),
        last_updated: row.opt_text("last_updated")?.map(str::to_owned),
        snippet: row.text("snippet")?.to_owned(),
    })
}

/// A count that a column holds.
pub(super) fn counted(count: i64) -> u32 {
    u32::try_from(count).unwrap_or_default()
}

/// The name of a reason why a text ends.
pub(super) fn finish_name(finish: &Finish) -> &str {
    match finish {
        Finish::Complete => "stop",
        Finish::Length => "length",
        Finish::Other(reason) => reason,
    }
}

fn finish_named(name: &str) -> Finish {
    match name {
        "stop" => Finish::Complete,
        "length" => Finish::Length,
        _ => Finish::Other(name.to_owned()),
    }
}

/// The name of what is to be done about a question.
pub(super) fn task_name(task: Task) -> &'static str {
    match task {
        Task::Answer => "answer",
        Task::Check => "check",
    }
}

/// The task that a name stands for.
pub(super) fn task_named(name: &str) -> Task {
    match name {
        "check" => Task::Check,
        _ => Task::Answer,
    }
}
