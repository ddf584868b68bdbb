//! What the bot's store says, read from outside while it runs or once it is over. Never writes.

use std::path::Path;

use serde_json::Value;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection, Row};

/// A question as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) id: i64,
    /// The interaction or message that brought it.
    pub(crate) event: u64,
    /// Its number, such as `q17`.
    pub(crate) number: String,
    /// Whether it has an outcome.
    pub(crate) has_ended: bool,
    /// Why it has no whole answer.
    pub(crate) failure: Option<String>,
    /// Whether its outcome can be seen.
    pub(crate) is_shown: bool,
    /// Whether nobody can be shown its outcome.
    pub(crate) is_undeliverable: bool,
}

/// A research's job as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) question: Option<i64>,
    pub(crate) has_ended: bool,
    /// How far it is.
    pub(crate) stage: String,
    /// Whether a process holds a lease of it.
    pub(crate) is_held: bool,
    /// How often it was submitted without its being known whether the service had it.
    pub(crate) submitted_again: u64,
}

impl Job {
    /// Whether nobody waits for it any more: it has ended, or nothing is missing but to note what is paid in the end for what was cancelled.
    pub(crate) fn is_over(&self) -> bool {
        self.has_ended || ["settling", "over"].contains(&self.stage.as_str())
    }
}

/// All that matters of the store.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    pub(crate) questions: Vec<Question>,
    pub(crate) jobs: Vec<Job>,
}

impl Rows {
    /// What the store in this file says; nothing where there is none yet.
    pub(crate) async fn read(file: &Path) -> Self {
        let options = SqliteConnectOptions::new().filename(file).read_only(true);
        let Ok(mut store) = options.connect().await else {
            return Self::default();
        };
        let rows = Self::of(&mut store).await;
        store.close().await.unwrap();
        rows.unwrap()
    }

    async fn of(store: &mut SqliteConnection) -> Result<Self, sqlx::Error> {
        let tables =
            sqlx::query("SELECT name FROM sqlite_master WHERE name IN ('question', 'job')")
                .fetch_all(&mut *store)
                .await?;
        // A store that is just being made has no tables yet.
        if tables.len() < 2 {
            return Ok(Self::default());
        }
        let questions = sqlx::query(
            "SELECT id, event_id, text, ended_at, failure, shown_at, undeliverable FROM question ORDER BY id",
        )
        .fetch_all(&mut *store)
        .await?;
        let question = |row: &sqlx::sqlite::SqliteRow| {
            let text: String = row.get("text");
            Question {
                id: row.get("id"),
                event: row.get::<i64, _>("event_id").cast_unsigned(),
                number: crate::service::question_in(&text)
                    .unwrap_or_default()
                    .to_owned(),
                has_ended: row.get::<Option<i64>, _>("ended_at").is_some(),
                failure: row.get("failure"),
                is_shown: row.get::<Option<i64>, _>("shown_at").is_some(),
                is_undeliverable: row.get::<i64, _>("undeliverable") != 0,
            }
        };
        let questions = questions.iter().map(question).collect();
        let jobs = sqlx::query(
            "SELECT question_id, state, worker, checkpoint FROM job WHERE kind = 'research' ORDER BY seq",
        )
        .fetch_all(&mut *store)
        .await?;
        let job = |row: &sqlx::sqlite::SqliteRow| {
            let checkpoint: String = row.get("checkpoint");
            let record: Value = serde_json::from_str(&checkpoint).unwrap_or_default();
            Job {
                question: row.get("question_id"),
                has_ended: row.get::<String, _>("state") == "ended",
                stage: record["stage"]["is"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
                is_held: row.get::<Option<String>, _>("worker").is_some(),
                submitted_again: record["submitted_again"].as_u64().unwrap_or_default(),
            }
        };
        let jobs = jobs.iter().map(job).collect();
        Ok(Self { questions, jobs })
    }

    /// The question that an event brought.
    pub(crate) fn of_event(&self, event: u64) -> Option<&Question> {
        self.questions
            .iter()
            .find(|question| question.event == event)
    }

    /// Whether everything that was taken on has come to its end, and can be seen.
    pub(crate) fn are_settled(&self) -> bool {
        let is_seen = |question: &Question| question.is_shown || question.is_undeliverable;
        self.questions.iter().all(is_seen) && self.jobs.iter().all(Job::is_over)
    }
}
