//! What the worker does to jobs: finds the next one, begins it, ends it, gives it back, and forgets what has expired.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Result, Store};

/// How many expired jobs are removed in one go, so that nobody waits long for the store.
const BATCH: i64 = 200;

/// A job whose turn it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::jobs) struct Waiting {
    pub(in crate::jobs) id: String,
    pub(in crate::jobs) lane: String,
    /// How often it was begun already.
    pub(in crate::jobs) attempts: u32,
}

/// What is to be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::jobs) struct Begun {
    /// The request, as JSON.
    pub(in crate::jobs) request: String,
    /// What the run is called that answers it elsewhere.
    pub(in crate::jobs) run: Option<String>,
}

impl Store {
    /// The oldest waiting job of the lane that comes after the one served last: each lane in turn, whatever waits in others.
    ///
    /// Either those that run elsewhere, or those that do not: the others wait for the engine they were submitted to.
    pub(in crate::jobs) async fn next(
        &self,
        last_lane: &str,
        elsewhere: bool,
        now: i64,
    ) -> Result<Option<Waiting>> {
        let mut connection = self.connection().await?;
        for query in [
            "SELECT id, lane, attempts FROM job WHERE status = 'CREATED' AND NOT handing_over AND (run IS NOT NULL) = $3 AND expires_at > $1 AND lane > $2 \
             ORDER BY lane, number LIMIT 1",
            "SELECT id, lane, attempts FROM job WHERE status = 'CREATED' AND NOT handing_over AND (run IS NOT NULL) = $3 AND expires_at > $1 AND lane <= $2 \
             ORDER BY lane, number LIMIT 1",
        ] {
            let row = sqlx::query(query)
                .bind(now)
                .bind(last_lane)
                .bind(elsewhere)
                .fetch_optional(&mut *connection)
                .await?;
            if let Some(row) = row {
                return Ok(Some(Waiting {
                    id: row.try_get("id")?,
                    lane: row.try_get("lane")?,
                    attempts: row.try_get("attempts")?,
                }));
            }
        }
        Ok(None)
    }

    /// Begins a job, and counts that it was begun before anything else can happen. What runs elsewhere is only looked at, and
    /// not counted; it goes on since it was first looked at. Gives nothing when the job is not waiting any more.
    pub(in crate::jobs) async fn begin(&self, id: &str, now: i64) -> Result<Option<Begun>> {
        let mut connection = self.connection().await?;
        let row = sqlx::query(
            "UPDATE job SET status = 'IN_PROGRESS', started_at = coalesce(run_began_at, $2), \
             run_began_at = iif(run IS NULL, NULL, coalesce(run_began_at, $2)), attempts = attempts + (run IS NULL) \
             WHERE id = $1 AND status = 'CREATED' RETURNING request, run",
        )
        .bind(id)
        .bind(now)
        .fetch_optional(&mut *connection)
        .await?;
        let begun = |row: SqliteRow| -> Result<Begun> {
            Ok(Begun {
                request: row.try_get("request")?,
                run: row.try_get("run")?,
            })
        };
        row.map(begun).transpose()
    }

    /// Ends a running job with its answer, as JSON.
    pub(in crate::jobs) async fn complete(
        &self,
        id: &str,
        engine: &str,
        response: &str,
        now: i64,
    ) -> Result<()> {
        let mut connection = self.connection().await?;
        sqlx::query(
            "UPDATE job SET status = 'COMPLETED', completed_at = $2, engine = $3, response = $4, request = NULL \
             WHERE id = $1 AND status = 'IN_PROGRESS'",
        )
        .bind(id)
        .bind(now)
        .bind(engine)
        .bind(response)
        .execute(&mut *connection)
        .await?;
        Ok(())
    }

    /// Ends a job without an answer: one that runs, or one that was handed over without a reply.
    pub(in crate::jobs) async fn fail(&self, id: &str, message: &str, now: i64) -> Result<()> {
        let mut connection = self.connection().await?;
        sqlx::query(
            "UPDATE job SET status = 'FAILED', failed_at = $2, error_message = $3, request = NULL, handing_over = 0 \
             WHERE id = $1 AND (status = 'IN_PROGRESS' OR handing_over)",
        )
        .bind(id)
        .bind(now)
        .bind(message)
        .execute(&mut *connection)
        .await?;
        Ok(())
    }

    /// Lets a running job wait again, as if it had not been begun: nothing went wrong with it.
    pub(in crate::jobs) async fn give_back(&self, id: &str) -> Result<()> {
        let mut connection = self.connection().await?;
        sqlx::query(
            "UPDATE job SET status = 'CREATED', started_at = NULL, attempts = attempts - (run IS NULL) \
             WHERE id = $1 AND status = 'IN_PROGRESS'",
        )
        .bind(id)
        .execute(&mut *connection)
        .await?;
        Ok(())
    }

    /// Removes some of the expired jobs that do not run; true when more may be left.
    pub(in crate::jobs) async fn forget(&self, now: i64) -> Result<bool> {
        let mut connection = self.connection().await?;
        let forgotten = sqlx::query(
            "DELETE FROM job WHERE id IN \
             (SELECT id FROM job WHERE expires_at <= $1 AND status <> 'IN_PROGRESS' ORDER BY expires_at LIMIT $2)",
        )
        .bind(now)
        .bind(BATCH)
        .execute(&mut *connection)
        .await?;
        Ok(forgotten.rows_affected() == BATCH.unsigned_abs())
    }
}
