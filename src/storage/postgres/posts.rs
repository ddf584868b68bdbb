//! Where outcomes can be seen, and which nobody has seen yet.

use async_trait::async_trait;
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::{PostgresStore, is_there_already};
use crate::clock::Moment;
use crate::conversation::failure::Failure;
use crate::conversation::ports::{PostStore, Posted, StoreError, Unshown};
use crate::ids::{MessageId, QuestionId};
use crate::storage::columns::Columns as _;
use crate::storage::{rows, signed, trouble};

/// Ends the questions up to `$1` that a process left open. Those that a job answers are not ended: whoever goes on with the job answers them.
const INTERRUPT: &str = concat!(
    "UPDATE question SET failure = $3, ended_at = $2 ",
    "WHERE shown_at IS NULL AND ended_at IS NULL AND NOT withdrawn AND id <= $1 ",
    "AND NOT EXISTS (SELECT 1 FROM job WHERE job.question_id = question.id AND job.state <> 'ended') RETURNING id",
);

#[async_trait]
impl PostStore for PostgresStore {
    async fn posted(&self, question: QuestionId, posted: Posted) -> Result<(), StoreError> {
        let noted = sqlx::query(concat!(
            "INSERT INTO posted (message_id, question_id, part, channel_id) ",
            "SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM posted WHERE message_id = $1) ",
            "ON CONFLICT (question_id, part) DO UPDATE SET message_id = excluded.message_id, channel_id = excluded.channel_id",
        ))
        .bind(signed(posted.message.0))
        .bind(question.0)
        .bind(i64::from(posted.part))
        .bind(signed(posted.channel.0))
        .execute(&self.pool)
        .await;
        match noted {
            // The message was noted at this moment.
            Err(error) if is_there_already(&error) => Ok(()),
            noted => noted.map(drop).map_err(trouble),
        }
    }

    async fn messages(&self, question: QuestionId) -> Result<Vec<Posted>, StoreError> {
        let rows = sqlx::query("SELECT * FROM posted WHERE question_id = $1 ORDER BY part")
            .bind(question.0)
            .fetch_all(&self.pool)
            .await
            .map_err(trouble)?;
        rows.iter()
            .map(rows::posted)
            .collect::<Result<_, sqlx::Error>>()
            .map_err(trouble)
    }

    async fn unposted(&self, message: MessageId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM posted WHERE message_id = $1")
            .bind(signed(message.0))
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(trouble)
    }

    async fn answered_by(&self, message: MessageId) -> Result<Option<QuestionId>, StoreError> {
        let row = sqlx::query("SELECT question_id FROM posted WHERE message_id = $1")
            .bind(signed(message.0))
            .fetch_optional(&self.pool)
            .await
            .map_err(trouble)?;
        row.map(|row| row.try_get("question_id").map(QuestionId))
            .transpose()
            .map_err(trouble)
    }

    async fn parts_shown(&self, question: QuestionId, parts: u32) -> Result<(), StoreError> {
        sqlx::query("UPDATE question SET parts_shown = $2 WHERE id = $1")
            .bind(question.0)
            .bind(i64::from(parts))
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(trouble)
    }

    async fn shown(&self, question: QuestionId, at: Moment) -> Result<(), StoreError> {
        // Where the bot is not there itself, and where only the asker sees the answer, the reply's token is the only way to delete what it
        // wrote, as long as it lasts.
        sqlx::query(concat!(
            "UPDATE question SET shown_at = $2, ",
            "reply_token = CASE WHEN present AND NOT coalesce((wish::json ->> 'private')::boolean, FALSE) THEN NULL ELSE reply_token END WHERE id = $1",
        ))
            .bind(question.0)
            .bind(at.0)
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(trouble)
    }

    async fn undeliverable(&self, question: QuestionId) -> Result<(), StoreError> {
        sqlx::query("UPDATE question SET undeliverable = TRUE, reply_token = NULL WHERE id = $1")
            .bind(question.0)
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(trouble)
    }

    async fn interrupt(&self, newest: QuestionId, at: Moment) -> Result<(), StoreError> {
        self.transact(move |connection| {
            Box::pin(async move {
                let ended = sqlx::query(INTERRUPT)
                    .bind(newest.0)
                    .bind(at.0)
                    .bind(Failure::Interrupted.name())
                    .fetch_all(&mut *connection)
                    .await
                    .map_err(trouble)?;
                let ended = ended.iter().map(|row| row.int("id"));
                let ended = ended.collect::<Result<Vec<i64>, _>>().map_err(trouble)?;
                // What an earlier attempt left goes: the reader has seen it replaced.
                for each in [
                    "DELETE FROM source WHERE question_id = ANY($1)",
                    "DELETE FROM answer WHERE question_id = ANY($1)",
                    concat!(
                        "INSERT INTO answer (question_id, text, model, finish, prompt_tokens, completion_tokens) ",
                        "SELECT ended, '', '', 'stop', 0, 0 FROM unnest($1) AS ended",
                    ),
                ] {
                    sqlx::query(each)
                        .bind(&ended)
                        .execute(&mut *connection)
                        .await
                        .map_err(trouble)?;
                }
                Ok(())
            })
        })
        .await
    }

    async fn left_behind(&self, limit: u32) -> Result<Vec<QuestionId>, StoreError> {
        let rows = sqlx::query(concat!(
            "SELECT DISTINCT question.id FROM question JOIN posted ON posted.question_id = question.id ",
            "WHERE question.withdrawn ORDER BY question.id DESC LIMIT $1",
        ))
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await
        .map_err(trouble)?;
        rows.iter()
            .map(|row| row.try_get("id").map(QuestionId))
            .collect::<Result<_, sqlx::Error>>()
            .map_err(trouble)
    }

    async fn unshown(
        &self,
        after: QuestionId,
        newest: QuestionId,
        limit: u32,
    ) -> Result<Vec<Unshown>, StoreError> {
        let rows = sqlx::query(concat!(
            "SELECT question.*, answer.text AS answer_text, answer.model, answer.finish, answer.prompt_tokens, ",
            "answer.completion_tokens, answer.cost_usd, answer.related, answer.images, answer.filters, answer.took_ms ",
            "FROM question LEFT JOIN answer ON answer.question_id = question.id ",
            "WHERE shown_at IS NULL AND NOT undeliverable AND question.ended_at IS NOT NULL AND question.id > $1 AND question.id <= $2 ",
            // What a job answers it also shows.
            "AND NOT EXISTS (SELECT 1 FROM job WHERE job.question_id = question.id AND job.state <> 'ended') ORDER BY question.id LIMIT $3",
        ))
        .bind(after.0)
        .bind(newest.0)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await
        .map_err(trouble)?;
        let mut unshown = Vec::with_capacity(rows.len());
        for row in &rows {
            match self.read_unshown(row).await {
                Ok(read) => unshown.push(read),
                Err(error) => tracing::error!(%error, "a stored question cannot be read"),
            }
        }
        Ok(unshown)
    }
}

impl PostgresStore {
    async fn read_unshown(&self, row: &PgRow) -> Result<Unshown, StoreError> {
        let question = QuestionId(row.int("id").map_err(trouble)?);
        rows::unshown(row, self.sources(question).await?)
    }
}
