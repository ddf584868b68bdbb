//! Questions, how they ended, and what was said before them.

use async_trait::async_trait;
use secrecy::ExposeSecret;
use sqlx::Row;
use sqlx::postgres::PgConnection;

use super::conversations::LIVING_IN;
use super::{Alone, PostgresStore, alone_with, kept_text};
use crate::clock::Moment;
use crate::conversation::answer::Source;
use crate::conversation::history::Turn;
use crate::conversation::outcome::Outcome;
use crate::conversation::ports::{Acceptance, Kept, QuestionStore, Ran, StoreError};
use crate::conversation::question::{Belongs, NewQuestion, Origin, Question, QuestionText, Reply};
use crate::ids::{ConversationId, QuestionId};
use crate::jobs::job::{Kind, Lease, NewJob, Written};
use crate::storage::ended::Ended;
use crate::storage::rows::{self, finish_name, task_name};
use crate::storage::{not_readable, signed, trouble};

/// What was said before a question, newest first.
const PAST: &str = concat!(
    "WITH RECURSIVE past (id, parent_id, depth) AS (",
    "SELECT id, parent_id, 0::bigint FROM question WHERE id = $1 ",
    "UNION ALL SELECT question.id, question.parent_id, past.depth + 1 ",
    "FROM past JOIN question ON question.id = past.parent_id WHERE past.depth < 2 * $2) ",
    "SELECT question.*, answer.text AS answer_text FROM past ",
    "JOIN question ON question.id = past.id JOIN answer ON answer.question_id = past.id ",
    "WHERE past.depth > 0 AND NOT question.withdrawn AND answer.text <> '' ORDER BY past.depth LIMIT $2",
);

/// What the last questions took that jobs of the kind `$1` answered: each once, however often it was asked anew.
const RESEARCHED: &str = concat!(
    "SELECT answer.took_ms, answer.cost_usd FROM job ",
    "JOIN question ON question.id = job.question_id JOIN answer ON answer.question_id = question.id ",
    "WHERE job.state = 'ended' AND job.kind = $1 AND question.ended_at IS NOT NULL AND question.failure IS NULL ",
    "AND job.seq = (SELECT max(newest.seq) FROM job AS newest WHERE newest.question_id = question.id) ",
    "ORDER BY job.ended_at DESC, job.seq DESC LIMIT $2",
);

/// Where a research is tried again, its outcome comes in new messages: those of the earlier one are no longer its.
const FORGET_POSTED: &str = "DELETE FROM posted WHERE question_id = $1";

#[async_trait]
impl QuestionStore for PostgresStore {
    async fn accept(
        &self,
        question: NewQuestion,
        job: Option<&NewJob>,
    ) -> Result<Acceptance, StoreError> {
        let job = job.cloned();
        self.transact(move |connection| {
            Box::pin(async move {
                alone_with(connection, Alone::Accepting).await?;
                let known = sqlx::query("SELECT 1 FROM question WHERE event_id = $1")
                    .bind(signed(question.event))
                    .fetch_optional(&mut *connection)
                    .await
                    .map_err(trouble)?;
                if known.is_some() {
                    return Ok(Acceptance::Known);
                }
                let (conversation, parent) = place(connection, &question).await.map_err(trouble)?;
                let id = insert(connection, &question, conversation, parent)
                    .await
                    .map_err(trouble)?;
                if let Some(job) = &job {
                    super::jobs::insert_about(connection, job, id).await?;
                }
                Ok(Acceptance::Accepted(Question {
                    id,
                    conversation,
                    attempt: 0,
                    opened_at: question.asked_at,
                    asked: question,
                }))
            })
        })
        .await
    }

    async fn record(
        &self,
        question: QuestionId,
        outcome: &Outcome,
        at: Moment,
    ) -> Result<(), StoreError> {
        let outcome = outcome.clone();
        self.transact(move |connection| {
            Box::pin(async move {
                end(connection, question, &outcome, at)
                    .await
                    .map_err(trouble)
            })
        })
        .await
    }

    async fn record_under(
        &self,
        lease: &Lease,
        checkpoint: &str,
        question: QuestionId,
        outcome: &Outcome,
        at: Moment,
    ) -> Result<Written, StoreError> {
        let (lease, checkpoint, outcome) = (*lease, checkpoint.to_owned(), outcome.clone());
        self.transact(move |connection| {
            Box::pin(async move {
                let written = super::jobs::advance(connection, &lease, &checkpoint)
                    .await
                    .map_err(trouble)?;
                if written == Written::Done {
                    end(connection, question, &outcome, at)
                        .await
                        .map_err(trouble)?;
                }
                Ok(written)
            })
        })
        .await
    }

    async fn researched(&self, limit: u32) -> Result<Vec<Ran>, StoreError> {
        let rows = sqlx::query(RESEARCHED)
            .bind(Kind::Research.name())
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await
            .map_err(trouble)?;
        rows.iter()
            .map(rows::ran)
            .collect::<Result<_, sqlx::Error>>()
            .map_err(trouble)
    }

    async fn reopen(
        &self,
        question: QuestionId,
        reply: Option<&Reply>,
        at: Moment,
        job: Option<&NewJob>,
    ) -> Result<Option<Question>, StoreError> {
        let (reply, job) = (reply.cloned(), job.cloned());
        self.transact(move |connection| {
            Box::pin(async move {
        let row = sqlx::query(concat!(
            "UPDATE question SET attempt = attempt + 1, opened_at = $5, text = coalesce(edited_text, text), edited_text = NULL, failure = NULL, ended_at = NULL, ",
            "parts_shown = 0, shown_at = NULL, undeliverable = FALSE, interaction_id = $2, application_id = $3, reply_token = $4 ",
            "WHERE id = $1 AND ended_at IS NOT NULL AND NOT withdrawn RETURNING *",
        ))
        .bind(question.0)
        .bind(reply.as_ref().map(|reply| signed(reply.interaction.0)))
        .bind(reply.as_ref().map(|reply| signed(reply.application.0)))
        .bind(reply.as_ref().map(|reply| reply.token.expose_secret()))
        .bind(at.0)
        .fetch_optional(&mut *connection)
        .await
        .map_err(trouble)?;
        let reopened = row.as_ref().map(rows::question).transpose()?;
        if let Some(job) = job.as_ref().filter(|_| reopened.is_some()) {
            super::jobs::insert_about(connection, job, question).await?;
            sqlx::query(FORGET_POSTED)
                .bind(question.0)
                .execute(&mut *connection)
                .await
                .map_err(trouble)?;
        }
                Ok(reopened)
            })
        })
        .await
    }

    async fn replies_by(
        &self,
        question: QuestionId,
        reply: &Reply,
        at: Moment,
    ) -> Result<(), StoreError> {
        sqlx::query(concat!(
            "UPDATE question SET interaction_id = $2, application_id = $3, reply_token = $4, opened_at = $5 ",
            "WHERE id = $1 AND ended_at IS NULL AND NOT withdrawn",
        ))
        .bind(question.0)
        .bind(signed(reply.interaction.0))
        .bind(signed(reply.application.0))
        .bind(reply.token.expose_secret())
        .bind(at.0)
        .execute(&self.pool)
        .await
        .map(drop)
        .map_err(trouble)
    }

    async fn edited(&self, question: QuestionId, text: &QuestionText) -> Result<(), StoreError> {
        sqlx::query("UPDATE question SET edited_text = $2 WHERE id = $1 AND NOT withdrawn")
            .bind(question.0)
            .bind(kept_text(text.as_str()))
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(trouble)
    }

    async fn withdraw(&self, question: QuestionId) -> Result<(), StoreError> {
        self.transact(move |connection| {
            Box::pin(async move {
        sqlx::query(concat!(
            "DELETE FROM held_quote WHERE message_id = ",
            "(SELECT quote_message FROM question WHERE id = $1 AND quote_text IS NOT NULL)",
        ))
        .bind(question.0)
        .execute(&mut *connection)
        .await
        .map_err(trouble)?;
        // A dash stands for what was said: the row stays, so that the same event is never answered again.
        sqlx::query(concat!(
            "UPDATE question SET withdrawn = TRUE, text = '-', edited_text = NULL, quote_author = NULL, quote_text = NULL, reply_token = NULL, ",
            "undeliverable = TRUE WHERE id = $1",
        ))
        .bind(question.0)
        .execute(&mut *connection)
        .await
        .map_err(trouble)?;
        forget_outcome(connection, question)
            .await
            .map_err(trouble)?;
                Ok(())
            })
        })
        .await
    }

    async fn question(&self, question: QuestionId) -> Result<Option<Kept>, StoreError> {
        let row = sqlx::query(concat!(
            "SELECT question.*, answer.text AS answer_text, answer.model, answer.finish, answer.prompt_tokens, ",
            "answer.completion_tokens, answer.cost_usd, answer.related, answer.images, answer.filters, answer.took_ms ",
            "FROM question LEFT JOIN answer ON answer.question_id = question.id WHERE question.id = $1",
        ))
        .bind(question.0)
        .fetch_optional(&self.pool)
        .await
        .map_err(trouble)?;
        let Some(row) = row else {
            return Ok(None);
        };
        let sources = self.sources(question).await?;
        rows::kept(&row, sources).map(Some)
    }

    async fn asked_by(&self, event: u64) -> Result<Option<QuestionId>, StoreError> {
        let row = sqlx::query("SELECT id FROM question WHERE event_id = $1")
            .bind(signed(event))
            .fetch_optional(&self.pool)
            .await
            .map_err(trouble)?;
        row.map(|row| row.try_get("id").map(QuestionId))
            .transpose()
            .map_err(trouble)
    }

    async fn history(&self, question: QuestionId, at_most: u32) -> Result<Vec<Turn>, StoreError> {
        // Each step of the walk is one look-up by its key, and the walk ends after `at_most` answers, however long the past is. Questions
        // without an answer are stepped over, at most as many again.
        let rows = sqlx::query(PAST)
            .bind(question.0)
            .bind(i64::from(at_most))
            .fetch_all(&self.pool)
            .await
            .map_err(trouble)?;
        rows.iter()
            .map(rows::turn)
            .collect::<Result<_, sqlx::Error>>()
            .map_err(trouble)
    }

    async fn newest(&self) -> Result<Option<QuestionId>, StoreError> {
        let row = sqlx::query("SELECT max(id) AS newest FROM question")
            .fetch_one(&self.pool)
            .await
            .map_err(trouble)?;
        Ok(row
            .try_get::<Option<i64>, _>("newest")
            .map_err(trouble)?
            .map(QuestionId))
    }
}

impl PostgresStore {
    /// The sources of a question's outcome, in order.
    pub(super) async fn sources(&self, question: QuestionId) -> Result<Vec<Source>, StoreError> {
        let rows = sqlx::query("SELECT * FROM source WHERE question_id = $1 ORDER BY number")
            .bind(question.0)
            .fetch_all(&self.pool)
            .await
            .map_err(trouble)?;
        rows.iter()
            .map(rows::source)
            .collect::<Result<_, sqlx::Error>>()
            .map_err(not_readable)
    }
}

/// Finds the conversation of a new question, or begins it, and the question whose answer it goes on from.
async fn place(
    connection: &mut PgConnection,
    question: &NewQuestion,
) -> Result<(ConversationId, Option<i64>), sqlx::Error> {
    let here = signed(question.place.channel.0);
    let found = match question.belongs {
        Belongs::New => None,
        Belongs::After(parent) => sqlx::query("SELECT conversation_id FROM question WHERE id = $1")
            .bind(parent.0)
            .fetch_optional(&mut *connection)
            .await?
            .map(|row| {
                row.try_get("conversation_id")
                    .map(|id: i64| (id, Some(parent.0)))
            })
            .transpose()?,
        // What was asked last where it lives, or else what the thread was opened on; replies elsewhere are branches. Answers come one after
        // another, in the order of their questions: that question is answered before this one.
        Belongs::Here => newest_here(&mut *connection, here).await?,
    };
    if let Some((conversation, parent)) = found {
        sqlx::query("UPDATE conversation SET others_joined = TRUE WHERE id = $1 AND starter_id <> $2 AND NOT others_joined")
            .bind(conversation)
            .bind(signed(question.asker.id.0))
            .execute(connection)
            .await?;
        return Ok((ConversationId(conversation), parent));
    }
    let row = sqlx::query(
        "INSERT INTO conversation (guild_id, began_in, home_id, starter_id) VALUES ($1, $2, $3, $4) RETURNING id",
    )
    .bind(question.place.guild.map(|guild| signed(guild.0)))
    .bind(here)
    .bind((question.belongs == Belongs::Here).then_some(here))
    .bind(signed(question.asker.id.0))
    .fetch_one(connection)
    .await?;
    Ok((ConversationId(row.try_get("id")?), None))
}

/// The conversation that lives here, which it does from now on at the latest, and what a question asked here goes on from.
async fn newest_here(
    connection: &mut PgConnection,
    here: i64,
) -> Result<Option<(i64, Option<i64>)>, sqlx::Error> {
    let row = sqlx::query(LIVING_IN)
        .bind(here)
        .fetch_optional(&mut *connection)
        .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let conversation: i64 = row.try_get("id")?;
    sqlx::query("UPDATE conversation SET home_id = $2 WHERE id = $1 AND home_id IS NULL")
        .bind(conversation)
        .bind(here)
        .execute(&mut *connection)
        .await?;
    let row = sqlx::query(concat!(
        "SELECT coalesce(",
        "(SELECT id FROM question WHERE conversation_id = $1 AND channel_id = $2 ORDER BY id DESC LIMIT 1), ",
        "(SELECT question_id FROM posted WHERE message_id = $2), ",
        // Not what the asker went on with alone, in their direct conversation.
        "(SELECT max(question.id) FROM question JOIN conversation ON conversation.id = question.conversation_id ",
        "WHERE question.conversation_id = $1 AND question.guild_id IS NOT DISTINCT FROM conversation.guild_id)) AS newest",
    ))
    .bind(conversation)
    .bind(here)
    .fetch_one(connection)
    .await?;
    Ok(Some((conversation, row.try_get("newest")?)))
}

async fn insert(
    connection: &mut PgConnection,
    question: &NewQuestion,
    conversation: ConversationId,
    parent: Option<i64>,
) -> Result<QuestionId, sqlx::Error> {
    let reply = match &question.origin {
        Origin::Interaction(reply) => Some(reply),
        Origin::Message(_) | Origin::Past => None,
    };
    let quote = question.quote.as_ref();
    let row = sqlx::query(concat!(
        "INSERT INTO question (conversation_id, parent_id, event_id, by_message, application_id, interaction_id, reply_token, guild_id, ",
        "channel_id, present, asker_id, asker_name, seen, task, text, quote_author, quote_text, quote_channel, quote_message, language, asked_at, wish) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22) RETURNING id",
    ))
    .bind(conversation.0)
    .bind(parent)
    .bind(signed(question.event))
    .bind(matches!(question.origin, Origin::Message(_)))
    .bind(reply.map(|reply| signed(reply.application.0)))
    .bind(reply.map(|reply| signed(reply.interaction.0)))
    .bind(reply.map(|reply| reply.token.expose_secret()))
    .bind(question.place.guild.map(|guild| signed(guild.0)))
    .bind(signed(question.place.channel.0))
    .bind(question.place.present)
    .bind(signed(question.asker.id.0))
    .bind(kept_text(&question.asker.name))
    .bind(question.seen)
    .bind(task_name(question.task))
    .bind(kept_text(question.text.as_str()))
    .bind(quote.map(|quote| kept_text(&quote.author)))
    .bind(quote.map(|quote| kept_text(&quote.text)))
    .bind(quote.map(|quote| signed(quote.channel.0)))
    .bind(quote.map(|quote| signed(quote.message.0)))
    .bind(question.language.code())
    .bind(question.asked_at.0)
    .bind((!question.wish.is_nothing()).then(|| serde_json::json!(question.wish).to_string()))
    .fetch_one(connection)
    .await?;
    Ok(QuestionId(row.try_get("id")?))
}

/// Records how a question ended, unless a failure would replace an answer, or it was withdrawn.
async fn end(
    connection: &mut PgConnection,
    question: QuestionId,
    outcome: &Outcome,
    at: Moment,
) -> Result<(), sqlx::Error> {
    let failure = match outcome {
        Outcome::Answered(_) => None,
        Outcome::Failed { failure, .. } => Some(failure.name()),
    };
    let ended = sqlx::query(concat!(
        "UPDATE question SET failure = $2, ended_at = $3 WHERE id = $1 AND NOT withdrawn ",
        "AND ($2::text IS NULL OR ended_at IS NULL OR failure IS NOT NULL)",
    ))
    .bind(question.0)
    .bind(failure)
    .bind(at.0)
    .execute(&mut *connection)
    .await?;
    if ended.rows_affected() == 0 {
        return Ok(());
    }
    forget_outcome(connection, question).await?;
    keep_outcome(connection, question, &Ended::of(outcome)).await
}

async fn forget_outcome(
    connection: &mut PgConnection,
    question: QuestionId,
) -> Result<(), sqlx::Error> {
    for clear in [
        "DELETE FROM answer WHERE question_id = $1",
        "DELETE FROM source WHERE question_id = $1",
    ] {
        sqlx::query(clear)
            .bind(question.0)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn keep_outcome(
    connection: &mut PgConnection,
    question: QuestionId,
    ended: &Ended<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO answer (question_id, text, model, finish, prompt_tokens, completion_tokens, cost_usd, related, images, filters, took_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(question.0)
    .bind(kept_text(ended.text))
    .bind(kept_text(ended.model))
    .bind(kept_text(finish_name(ended.finish)))
    .bind(signed(ended.usage.prompt_tokens))
    .bind(signed(ended.usage.completion_tokens))
    .bind(ended.usage.cost_usd)
    .bind(serde_json::json!(ended.related).to_string())
    .bind(serde_json::json!(ended.images).to_string())
    .bind(serde_json::json!(ended.filters).to_string())
    .bind(i64::try_from(ended.took.as_millis()).unwrap_or(i64::MAX))
    .execute(&mut *connection)
    .await?;
    for source in ended.sources {
        sqlx::query(
            "INSERT INTO source (question_id, number, title, url, date, last_updated, snippet) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(question.0)
        .bind(i64::from(source.number))
        .bind(kept_text(&source.title))
        .bind(kept_text(&source.url))
        .bind(source.date.as_deref().map(kept_text))
        .bind(source.last_updated.as_deref().map(kept_text))
        .bind(kept_text(&source.snippet))
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
