//! Rows as the domain's values. Reads no table itself.

use std::time::Duration;

use secrecy::SecretString;
use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::settings::read;
use super::{trouble, unsigned};
use crate::clock::Moment;
use crate::conversation::answer::{Draft, Finish, Source, Usage};
use crate::conversation::failure::Failure;
use crate::conversation::language::Language;
use crate::conversation::outcome::Outcome;
use crate::conversation::ports::{End, StoreError};
use crate::conversation::question::{
    Belongs, NewQuestion, Origin, Person, Place, Question, QuestionText, Quote, Reply, Task,
};
use crate::ids::{
    ApplicationId, ChannelId, ConversationId, GuildId, InteractionId, MessageId, PersonId,
    QuestionId,
};
use crate::search::wish::Wish;

/// A question.
pub(super) fn question(row: &SqliteRow) -> Result<Question, StoreError> {
    let text: String = row.try_get("text").map_err(trouble)?;
    let text = QuestionText::parse(&text)
        .map_err(|_| StoreError("a stored question has no readable text".into()))?;
    asked(row, text).map_err(trouble)
}

fn asked(row: &SqliteRow, text: QuestionText) -> Result<Question, sqlx::Error> {
    let parent: Option<i64> = row.try_get("parent_id")?;
    let event = unsigned(row.try_get("event_id")?);
    let asked_at = row.try_get("asked_at")?;
    let opened_at: Option<i64> = row.try_get("opened_at")?;
    Ok(Question {
        id: QuestionId(row.try_get("id")?),
        conversation: ConversationId(row.try_get("conversation_id")?),
        attempt: counted(row.try_get("attempt")?),
        opened_at: Moment(opened_at.unwrap_or(asked_at)),
        asked: NewQuestion {
            text,
            task: task_named(row.try_get("task")?),
            quote: quote(row)?,
            asker: Person {
                id: PersonId(unsigned(row.try_get("asker_id")?)),
                name: row.try_get("asker_name")?,
            },
            seen: row.try_get("seen")?,
            place: Place {
                guild: guild(row)?,
                channel: ChannelId(unsigned(row.try_get("channel_id")?)),
                present: row.try_get("present")?,
            },
            event,
            origin: origin(row, event)?,
            wish: match row.try_get::<Option<&str>, _>("wish")? {
                Some(_) => read(row, "wish")?,
                None => Wish::default(),
            },
            language: Language::of_locale(row.try_get("language")?).unwrap_or_default(),
            belongs: parent.map_or(Belongs::New, |parent| Belongs::After(QuestionId(parent))),
            asked_at: Moment(asked_at),
        },
    })
}

fn origin(row: &SqliteRow, event: u64) -> Result<Origin, sqlx::Error> {
    if let Some(token) = row.try_get::<Option<String>, _>("reply_token")? {
        return Ok(Origin::Interaction(Reply {
            interaction: InteractionId(unsigned(row.try_get("interaction_id")?)),
            application: ApplicationId(unsigned(row.try_get("application_id")?)),
            token: SecretString::from(token),
        }));
    }
    Ok(if row.try_get("by_message")? {
        Origin::Message(MessageId(event))
    } else {
        Origin::Past
    })
}

/// The server of a row, if it has one.
pub(super) fn guild(row: &SqliteRow) -> Result<Option<GuildId>, sqlx::Error> {
    let guild: Option<i64> = row.try_get("guild_id")?;
    Ok(guild.map(|guild| GuildId(unsigned(guild))))
}

/// The message a question is about.
pub(super) fn quote(row: &SqliteRow) -> Result<Option<Quote>, sqlx::Error> {
    let Some(text) = row.try_get::<Option<String>, _>("quote_text")? else {
        return Ok(None);
    };
    Ok(Some(Quote {
        author: row.try_get("quote_author")?,
        text,
        channel: ChannelId(unsigned(row.try_get("quote_channel")?)),
        message: MessageId(unsigned(row.try_get("quote_message")?)),
    }))
}

/// How a question ended.
pub(super) fn outcome(
    row: &SqliteRow,
    sources: Vec<Source>,
) -> Result<Option<Outcome>, sqlx::Error> {
    if row.try_get::<Option<i64>, _>("ended_at")?.is_none() {
        return Ok(None);
    }
    let draft = Draft {
        text: row.try_get("answer_text")?,
        sources,
        filters: decoration(row, "filters")?,
    };
    if let Some(name) = row.try_get::<Option<String>, _>("failure")? {
        return Ok(Some(Outcome::Failed {
            failure: Failure::named(&name),
            draft,
        }));
    }
    let usage = Usage {
        prompt_tokens: unsigned(row.try_get("prompt_tokens")?),
        completion_tokens: unsigned(row.try_get("completion_tokens")?),
        cost_usd: row.try_get("cost_usd")?,
    };
    let end = End {
        model: row.try_get("model")?,
        finish: finish_named(row.try_get("finish")?),
        usage,
        related: decoration(row, "related")?,
        images: decoration(row, "images")?,
    };
    let took = Duration::from_millis(unsigned(row.try_get("took_ms")?));
    Ok(Some(Outcome::Answered(draft.finished(end, took))))
}

/// What a column holds as JSON beside the text of an answer, or nothing where that cannot be read: the answer is worth showing without it.
fn decoration<T: DeserializeOwned + Default>(
    row: &SqliteRow,
    column: &str,
) -> Result<T, sqlx::Error> {
    let json: &str = row.try_get(column)?;
    // What serde says of it can repeat what it holds.
    Ok(serde_json::from_str(json).unwrap_or_else(|_| {
        tracing::error!(
            column,
            "what is kept beside an answer cannot be read; the answer is shown without it"
        );
        T::default()
    }))
}

/// A source.
pub(super) fn source(row: &SqliteRow) -> Result<Source, sqlx::Error> {
    Ok(Source {
        number: counted(row.try_get("number")?),
        title: row.try_get("title")?,
        url: row.try_get("url")?,
        date: row.try_get("date")?,
        last_updated: row.try_get("last_updated")?,
        snippet: row.try_get("snippet")?,
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

fn finish_named(name: String) -> Finish {
    match name.as_str() {
        "stop" => Finish::Complete,
        "length" => Finish::Length,
        _ => Finish::Other(name),
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
