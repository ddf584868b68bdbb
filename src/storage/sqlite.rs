//! The store on SQLite: one connection that writes, a pool that only reads, every commit on disk before it returns.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{Row, SqlSafeStr};

use crate::clock::Moment;
use crate::conversation::answer::{Answer, Draft, Finish, Source, Usage};
use crate::conversation::failure::Failure;
use crate::conversation::outcome::Outcome;
use crate::conversation::ports::{Acceptance, Store, StoreError, Unshown};
use crate::conversation::question::{NewQuestion, Place, Question, QuestionText, Reply};
use crate::ids::{ApplicationId, ChannelId, GuildId, InteractionId, PersonId, QuestionId};

/// How many connections may read at the same time.
const READERS: u32 = 4;

/// The store on SQLite.
pub struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
}

/// Why the database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A newer Footnote wrote it.
    #[error(
        "the database {path} was written by a newer Footnote: start that one again, or restore a backup"
    )]
    Newer {
        /// The file.
        path: PathBuf,
    },
    /// It is damaged, or no database. It is left as it is.
    #[error(
        "the database {path} cannot be read ({reason}): restore it from a backup, or move it away to begin anew"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        reason: String,
    },
}

impl SqliteStore {
    /// Opens the database, making it and bringing its tables up to date as needed.
    ///
    /// # Errors
    ///
    /// See [`OpenError`].
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        let damaged = |error: sqlx::Error| OpenError::Damaged {
            path: path.to_owned(),
            reason: error.to_string(),
        };
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true);
        // A second writer would only wait for the first, or fail; one connection makes them queue in order.
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone())
            .await
            .map_err(damaged)?;
        migrate(path, &writer).await?;
        let reading = options.create_if_missing(false).read_only(true);
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .min_connections(0)
            .connect_lazy_with(reading);
        Ok(Self { writer, readers })
    }
}

async fn migrate(path: &Path, writer: &SqlitePool) -> Result<(), OpenError> {
    let migrator = Migrator::with_migrations(vec![Migration::new(
        1,
        "questions".into(),
        MigrationType::Simple,
        include_str!("migrations/sqlite/0001_questions.sql").into_sql_str(),
        false,
    )]);
    migrator.run(writer).await.map_err(|error| match error {
        MigrateError::VersionMissing(_) => OpenError::Newer {
            path: path.to_owned(),
        },
        other => OpenError::Damaged {
            path: path.to_owned(),
            reason: other.to_string(),
        },
    })
}

#[async_trait]
impl Store for SqliteStore {
    async fn accept(&self, question: NewQuestion) -> Result<Acceptance, StoreError> {
        let row = sqlx::query(
            "INSERT INTO question (interaction_id, application_id, reply_token, guild_id, channel_id, asker_id, text, asked_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (interaction_id) DO NOTHING RETURNING id",
        )
        .bind(signed(question.reply.interaction.0))
        .bind(signed(question.reply.application.0))
        .bind(question.reply.token.expose_secret())
        .bind(question.place.guild.map(|guild| signed(guild.0)))
        .bind(signed(question.place.channel.0))
        .bind(signed(question.asker.0))
        .bind(question.text.as_str())
        .bind(question.asked_at.0)
        .fetch_optional(&self.writer)
        .await
        .map_err(trouble)?;
        let Some(row) = row else {
            return Ok(Acceptance::Known);
        };
        let id = QuestionId(row.try_get("id").map_err(trouble)?);
        Ok(Acceptance::Accepted(Question {
            id,
            asked: question,
        }))
    }

    async fn record(
        &self,
        question: QuestionId,
        outcome: &Outcome,
        at: Moment,
    ) -> Result<(), StoreError> {
        let mut transaction = self
            .writer
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(trouble)?;
        let failure = match outcome {
            Outcome::Answered(_) => None,
            Outcome::Failed { failure, .. } => Some(failure.name()),
        };
        let ended = sqlx::query(concat!(
            "UPDATE question SET failure = $2, ended_at = $3 ",
            "WHERE id = $1 AND ($2 IS NULL OR ended_at IS NULL OR failure IS NOT NULL)",
        ))
        .bind(question.0)
        .bind(failure)
        .bind(at.0)
        .execute(&mut *transaction)
        .await
        .map_err(trouble)?;
        if ended.rows_affected() == 0 {
            return transaction.rollback().await.map_err(trouble);
        }
        // A later outcome replaces what an earlier one left.
        for clear in [
            "DELETE FROM answer WHERE question_id = $1",
            "DELETE FROM source WHERE question_id = $1",
        ] {
            sqlx::query(clear)
                .bind(question.0)
                .execute(&mut *transaction)
                .await
                .map_err(trouble)?;
        }
        let kept = Kept::of(outcome);
        sqlx::query(
            "INSERT INTO answer (question_id, text, model, finish, prompt_tokens, completion_tokens, cost_usd) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(question.0)
        .bind(kept.text)
        .bind(kept.model)
        .bind(finish_name(kept.finish))
        .bind(signed(kept.usage.prompt_tokens))
        .bind(signed(kept.usage.completion_tokens))
        .bind(kept.usage.cost_usd)
        .execute(&mut *transaction)
        .await
        .map_err(trouble)?;
        for source in kept.sources {
            sqlx::query(
                "INSERT INTO source (question_id, number, title, url, date, last_updated, snippet) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(question.0)
            .bind(i64::from(source.number))
            .bind(&source.title)
            .bind(&source.url)
            .bind(&source.date)
            .bind(&source.last_updated)
            .bind(&source.snippet)
            .execute(&mut *transaction)
            .await
            .map_err(trouble)?;
        }
        transaction.commit().await.map_err(trouble)
    }

    async fn parts_shown(&self, question: QuestionId, parts: u32) -> Result<(), StoreError> {
        sqlx::query("UPDATE question SET parts_shown = $2 WHERE id = $1")
            .bind(question.0)
            .bind(i64::from(parts))
            .execute(&self.writer)
            .await
            .map(drop)
            .map_err(trouble)
    }

    async fn shown(&self, question: QuestionId, at: Moment) -> Result<(), StoreError> {
        sqlx::query("UPDATE question SET shown_at = $2, reply_token = NULL WHERE id = $1")
            .bind(question.0)
            .bind(at.0)
            .execute(&self.writer)
            .await
            .map(drop)
            .map_err(trouble)
    }

    async fn undeliverable(&self, question: QuestionId) -> Result<(), StoreError> {
        sqlx::query("UPDATE question SET reply_token = NULL WHERE id = $1")
            .bind(question.0)
            .execute(&self.writer)
            .await
            .map(drop)
            .map_err(trouble)
    }

    async fn newest(&self) -> Result<Option<QuestionId>, StoreError> {
        let row = sqlx::query("SELECT max(id) AS newest FROM question")
            .fetch_one(&self.readers)
            .await
            .map_err(trouble)?;
        Ok(row
            .try_get::<Option<i64>, _>("newest")
            .map_err(trouble)?
            .map(QuestionId))
    }

    async fn unshown(
        &self,
        after: QuestionId,
        newest: QuestionId,
        limit: u32,
    ) -> Result<Vec<Unshown>, StoreError> {
        let rows = sqlx::query(concat!(
            "SELECT question.*, question.text AS question_text, answer.text AS answer_text, answer.model, answer.finish, ",
            "answer.prompt_tokens, answer.completion_tokens, answer.cost_usd ",
            "FROM question LEFT JOIN answer ON answer.question_id = question.id ",
            "WHERE shown_at IS NULL AND reply_token IS NOT NULL AND question.id > $1 AND question.id <= $2 ORDER BY question.id LIMIT $3",
        ))
        .bind(after.0)
        .bind(newest.0)
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
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

    async fn outcome(&self, interaction: InteractionId) -> Result<Option<Outcome>, StoreError> {
        let row = sqlx::query(concat!(
            "SELECT question.id, question.ended_at, question.failure, answer.text AS answer_text, answer.model, answer.finish, ",
            "answer.prompt_tokens, answer.completion_tokens, answer.cost_usd ",
            "FROM question LEFT JOIN answer ON answer.question_id = question.id WHERE interaction_id = $1",
        ))
        .bind(signed(interaction.0))
        .fetch_optional(&self.readers)
        .await
        .map_err(trouble)?;
        let Some(row) = row else {
            return Ok(None);
        };
        let sources = self
            .sources(QuestionId(row.try_get("id").map_err(trouble)?))
            .await?;
        outcome(&row, sources).map_err(trouble)
    }

    async fn close(&self) {
        self.readers.close().await;
        // Leaves one file behind instead of three; a failure costs nothing but that.
        let _unfolded = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&self.writer)
            .await;
        self.writer.close().await;
    }
}

impl SqliteStore {
    async fn read_unshown(&self, row: &SqliteRow) -> Result<Unshown, StoreError> {
        let question = question(row)?;
        let sources = self.sources(question.id).await?;
        let parts: i64 = row.try_get("parts_shown").map_err(trouble)?;
        Ok(Unshown {
            question,
            outcome: outcome(row, sources).map_err(trouble)?,
            parts_shown: u32::try_from(parts).unwrap_or_default(),
        })
    }

    async fn sources(&self, question: QuestionId) -> Result<Vec<Source>, StoreError> {
        let rows = sqlx::query("SELECT * FROM source WHERE question_id = $1 ORDER BY number")
            .bind(question.0)
            .fetch_all(&self.readers)
            .await
            .map_err(trouble)?;
        rows.iter()
            .map(source)
            .collect::<Result<_, sqlx::Error>>()
            .map_err(trouble)
    }
}

/// What of an outcome goes into the tables: a failed one keeps the text that had come.
struct Kept<'a> {
    text: &'a str,
    sources: &'a [Source],
    model: &'a str,
    finish: &'a Finish,
    usage: Usage,
}

impl<'a> Kept<'a> {
    fn of(outcome: &'a Outcome) -> Self {
        match outcome {
            Outcome::Answered(Answer {
                text,
                sources,
                model,
                finish,
                usage,
            }) => Self {
                text,
                sources,
                model,
                finish,
                usage: *usage,
            },
            Outcome::Failed {
                draft: Draft { text, sources },
                ..
            } => Self {
                text,
                sources,
                model: "",
                finish: &Finish::Complete,
                usage: Usage::default(),
            },
        }
    }
}

fn question(row: &SqliteRow) -> Result<Question, StoreError> {
    let text: String = row.try_get("question_text").map_err(trouble)?;
    let text = QuestionText::parse(&text)
        .map_err(|_| StoreError("a stored question has no readable text".into()))?;
    let read = || -> Result<Question, sqlx::Error> {
        Ok(Question {
            id: QuestionId(row.try_get("id")?),
            asked: NewQuestion {
                text,
                asker: PersonId(unsigned(row.try_get("asker_id")?)),
                place: Place {
                    guild: row
                        .try_get::<Option<i64>, _>("guild_id")?
                        .map(|guild| GuildId(unsigned(guild))),
                    channel: ChannelId(unsigned(row.try_get("channel_id")?)),
                },
                reply: Reply {
                    interaction: InteractionId(unsigned(row.try_get("interaction_id")?)),
                    application: ApplicationId(unsigned(row.try_get("application_id")?)),
                    token: SecretString::from(row.try_get::<String, _>("reply_token")?),
                },
                asked_at: Moment(row.try_get("asked_at")?),
            },
        })
    };
    read().map_err(trouble)
}

fn outcome(row: &SqliteRow, sources: Vec<Source>) -> Result<Option<Outcome>, sqlx::Error> {
    if row.try_get::<Option<i64>, _>("ended_at")?.is_none() {
        return Ok(None);
    }
    let draft = Draft {
        text: row.try_get("answer_text")?,
        sources,
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
    let finish = finish_named(row.try_get("finish")?);
    Ok(Some(Outcome::Answered(draft.finished(
        row.try_get("model")?,
        finish,
        usage,
    ))))
}

fn source(row: &SqliteRow) -> Result<Source, sqlx::Error> {
    Ok(Source {
        number: u32::try_from(row.try_get::<i64, _>("number")?).unwrap_or_default(),
        title: row.try_get("title")?,
        url: row.try_get("url")?,
        date: row.try_get("date")?,
        last_updated: row.try_get("last_updated")?,
        snippet: row.try_get("snippet")?,
    })
}

fn finish_name(finish: &Finish) -> &str {
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

fn trouble(error: sqlx::Error) -> StoreError {
    StoreError(Box::new(error))
}

/// SQLite's integers are signed; ids keep their bits.
fn signed(id: u64) -> i64 {
    id.cast_signed()
}

fn unsigned(id: i64) -> u64 {
    id.cast_unsigned()
}
