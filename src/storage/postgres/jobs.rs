//! Jobs: claimed, held and ended, by several processes at the same time.
//!
//! What changes several jobs at once locks them in the order in which they were made, so that no two wait for each other.

use async_trait::async_trait;
use sqlx::Row as _;
use sqlx::postgres::PgConnection;

use super::{Alone, PostgresStore, alone_with, kept_text};
use crate::clock::Moment;
use crate::conversation::ports::StoreError;
use crate::ids::QuestionId;
use crate::jobs::job::{
    Claim, GivenBack, Job, JobId, Kind, Lane, Lease, NewJob, Renewed, Turns, Waiting, Worker,
    Written,
};
use crate::jobs::ports::JobStore;
use crate::storage::turns::{NEXT, WAITING};
use crate::storage::{jobs, rows, signed, trouble};

/// Makes a job, unless there is one of its name.
const INSERT: &str = concat!(
    "INSERT INTO job (id, kind, question_id, lane, person_id, state, checkpoint, created_at, run_at) ",
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING",
);

const BY_ID: &str = "SELECT * FROM job WHERE id = $1";

const BY_QUESTION: &str = "SELECT * FROM job WHERE question_id = $1 ORDER BY seq DESC LIMIT 1";

const OPEN_OF: &str = "SELECT * FROM job WHERE kind = $1 AND state <> 'ended' ORDER BY seq";

const OPEN: &str = concat!(
    "SELECT count(*) AS in_lane, count(*) FILTER (WHERE person_id = $3) AS of_person ",
    "FROM job WHERE lane = $2 AND kind = $1 AND state <> 'ended' AND NOT cancelled AND NOT turn_over",
);

/// Whether anybody waits for their turn.
const ANYBODY_WAITS: &str =
    "SELECT EXISTS (SELECT 1 FROM job WHERE kind = $1 AND state = 'waiting') AS anybody";

const GIVE_TURN: &str = concat!(
    "UPDATE job SET state = 'ready', run_at = $2, turn_over = FALSE, turn = (SELECT coalesce(max(turn), 0) + 1 FROM job WHERE turn IS NOT NULL) ",
    "WHERE id = $1 AND state = 'waiting'",
);

/// Claims at most `$4` jobs for the worker `$1` at `$2` until `$3`.
const CLAIM: &str = concat!(
    "WITH due AS MATERIALIZED (SELECT seq FROM job WHERE state = 'ready' AND run_at <= $2 AND (worker IS NULL OR (worker <> $1 AND lease_until <= $2)) ",
    // What another process claims at this moment is not waited for.
    "ORDER BY run_at, seq LIMIT $4 FOR UPDATE SKIP LOCKED) ",
    "UPDATE job SET worker = $1, lease_until = $3, fence = fence + 1, attempts = attempts + 1 FROM due WHERE job.seq = due.seq RETURNING job.*",
);

const RENEW: &str = concat!(
    "UPDATE job SET lease_until = $2 WHERE seq IN (SELECT seq FROM job WHERE worker = $1 ORDER BY seq FOR UPDATE) ",
    "RETURNING id, fence, cancelled",
);

/// What every write under a lease is guarded by.
macro_rules! under_lease {
    ($change:literal) => {
        concat!(
            $change,
            " WHERE id = $1 AND worker = $2 AND fence = $3 AND state <> 'ended'"
        )
    };
}

const ADVANCE: &str = under_lease!("UPDATE job SET checkpoint = $4, attempts = 0");

const REMEMBER: &str = under_lease!("UPDATE job SET checkpoint = $4");

const PUT_OFF: &str = under_lease!(
    "UPDATE job SET run_at = $4, attempts = CASE WHEN $5 THEN attempts ELSE 0 END, turn_over = turn_over OR $6, worker = NULL, lease_until = NULL"
);

const END: &str = under_lease!(
    "UPDATE job SET checkpoint = $4, ended_at = $5, state = 'ended', worker = NULL, lease_until = NULL"
);

const RELEASE: &str = concat!(
    "UPDATE job SET worker = NULL, lease_until = NULL, attempts = greatest(attempts - 1, 0) ",
    "WHERE seq IN (SELECT seq FROM job WHERE worker = $1 ORDER BY seq FOR UPDATE)",
);

const CANCEL: &str = concat!(
    "UPDATE job SET cancelled = TRUE, state = 'ready', run_at = CASE WHEN worker IS NULL THEN $2 ELSE run_at END ",
    "WHERE id = $1 AND state <> 'ended' RETURNING *",
);

const CANCEL_LANE: &str = concat!(
    "UPDATE job SET cancelled = TRUE, state = 'ready', run_at = CASE WHEN worker IS NULL THEN $2 ELSE run_at END ",
    "WHERE seq IN (SELECT seq FROM job WHERE lane = $1 AND state <> 'ended' ORDER BY seq FOR UPDATE) RETURNING id",
);

const LINE_UP: &str = concat!(
    "UPDATE job SET state = 'waiting', checkpoint = $3 ",
    "WHERE id = $1 AND state = 'ready' AND NOT cancelled AND worker IS NULL AND lane IS NOT NULL AND checkpoint = $2",
);

/// The first of two is what an index leads to; those that somebody works on are few.
const NEXT_DUE: &str = concat!(
    "SELECT min(due) AS due FROM (",
    "SELECT min(run_at) AS due FROM job WHERE state = 'ready' AND worker IS NULL UNION ALL ",
    "SELECT min(greatest(run_at, lease_until)) AS due FROM job WHERE worker IS NOT NULL) AS each",
);

const FORGET: &str = "DELETE FROM job WHERE state = 'ended' AND ended_at < $1";

/// Makes a job that is about a question.
pub(super) async fn insert_about(
    connection: &mut PgConnection,
    job: &NewJob,
    question: QuestionId,
) -> Result<(), StoreError> {
    let made = insert(connection, job, Some(question)).await;
    jobs::must_be_new(made.map_err(trouble)?)
}

/// Makes a job. True unless there is one of its name.
async fn insert(
    connection: &mut PgConnection,
    job: &NewJob,
    question: Option<QuestionId>,
) -> Result<bool, sqlx::Error> {
    let (state, run_at) = jobs::beginning(job);
    let made = sqlx::query(INSERT)
        .bind(job.id.to_string())
        .bind(job.kind.name())
        .bind(question.map(|question| question.0))
        .bind(job.lane.map(|lane| signed(lane.of)))
        .bind(job.lane.map(|lane| signed(lane.person.0)))
        .bind(state.name())
        .bind(kept_text(&job.checkpoint))
        .bind(job.at.0)
        .bind(run_at.0)
        .execute(connection)
        .await?;
    Ok(made.rows_affected() == 1)
}

/// Notes how far a job has come.
pub(super) async fn advance(
    connection: &mut PgConnection,
    lease: &Lease,
    checkpoint: &str,
) -> Result<Written, sqlx::Error> {
    sqlx::query(ADVANCE)
        .bind(lease.job.to_string())
        .bind(lease.worker.to_string())
        .bind(lease.fence)
        .bind(kept_text(checkpoint))
        .execute(connection)
        .await
        .map(|written| jobs::written(written.rows_affected()))
}

#[async_trait]
impl JobStore for PostgresStore {
    async fn now(&self) -> Result<Option<Moment>, StoreError> {
        let row =
            sqlx::query("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now")
                .fetch_one(&self.pool)
                .await
                .map_err(trouble)?;
        row.try_get("now")
            .map(|now| Some(Moment(now)))
            .map_err(trouble)
    }

    async fn add_job(&self, job: &NewJob) -> Result<bool, StoreError> {
        let mut connection = self.pool.acquire().await.map_err(trouble)?;
        insert(&mut connection, job, None).await.map_err(trouble)
    }

    async fn job(&self, id: JobId) -> Result<Option<Job>, StoreError> {
        let row = sqlx::query(BY_ID)
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await
            .map_err(trouble)?;
        row.as_ref().map(jobs::job).transpose().map_err(trouble)
    }

    async fn job_of(&self, question: QuestionId) -> Result<Option<Job>, StoreError> {
        let row = sqlx::query(BY_QUESTION)
            .bind(question.0)
            .fetch_optional(&self.pool)
            .await
            .map_err(trouble)?;
        row.as_ref().map(jobs::job).transpose().map_err(trouble)
    }

    async fn open_of(&self, kind: Kind) -> Result<Vec<Job>, StoreError> {
        let rows = sqlx::query(OPEN_OF)
            .bind(kind.name())
            .fetch_all(&self.pool)
            .await
            .map_err(trouble)?;
        rows.iter()
            .map(jobs::job)
            .collect::<Result<_, sqlx::Error>>()
            .map_err(trouble)
    }

    async fn open_jobs(&self, kind: Kind, lane: Lane) -> Result<(u32, u32), StoreError> {
        let row = sqlx::query(OPEN)
            .bind(kind.name())
            .bind(signed(lane.of))
            .bind(signed(lane.person.0))
            .fetch_one(&self.pool)
            .await
            .map_err(trouble)?;
        let count = |column| row.try_get(column).map(rows::counted).map_err(trouble);
        Ok((count("in_lane")?, count("of_person")?))
    }

    async fn admit(&self, kind: Kind, turns: Turns, at: Moment) -> Result<Vec<JobId>, StoreError> {
        // This is asked often, and nobody waits as a rule: only who has something to write waits for those who write.
        let row = sqlx::query(ANYBODY_WAITS)
            .bind(kind.name())
            .fetch_one(&self.pool)
            .await
            .map_err(trouble)?;
        if !row.try_get("anybody").map_err(trouble)? {
            return Ok(Vec::new());
        }
        self.transact(move |connection| {
            Box::pin(async move {
                alone_with(connection, Alone::Admitting).await?;
                let next = sqlx::query(NEXT)
                    .bind(kind.name())
                    .bind(i64::from(turns.at_once))
                    .bind(i64::from(turns.of_one_lane))
                    .fetch_all(&mut *connection)
                    .await
                    .map_err(trouble)?;
                let mut admitted = Vec::with_capacity(next.len());
                for row in &next {
                    let id = jobs::id(row).map_err(trouble)?;
                    let given = sqlx::query(GIVE_TURN)
                        .bind(id.to_string())
                        .bind(at.0)
                        .execute(&mut *connection)
                        .await
                        .map_err(trouble)?;
                    // It may have been cancelled at this moment.
                    if given.rows_affected() == 1 {
                        admitted.push(id);
                    }
                }
                Ok(admitted)
            })
        })
        .await
    }

    async fn waiting(&self, kind: Kind, lane: u64) -> Result<Vec<Waiting>, StoreError> {
        let rows = sqlx::query(WAITING)
            .bind(kind.name())
            .bind(signed(lane))
            .fetch_all(&self.pool)
            .await
            .map_err(trouble)?;
        rows.iter()
            .map(jobs::waiting)
            .collect::<Result<_, sqlx::Error>>()
            .map_err(trouble)
    }

    async fn claim(
        &self,
        worker: Worker,
        limit: u32,
        at: Moment,
        until: Moment,
    ) -> Result<Vec<Claim>, StoreError> {
        let rows = sqlx::query(CLAIM)
            .bind(worker.to_string())
            .bind(at.0)
            .bind(until.0)
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await
            .map_err(trouble)?;
        Ok(jobs::claims(&rows, worker))
    }

    async fn renew(&self, worker: Worker, until: Moment) -> Result<Vec<Renewed>, StoreError> {
        let rows = sqlx::query(RENEW)
            .bind(worker.to_string())
            .bind(until.0)
            .fetch_all(&self.pool)
            .await
            .map_err(trouble)?;
        rows.iter()
            .map(|row| jobs::renewed(row, worker))
            .collect::<Result<_, sqlx::Error>>()
            .map_err(trouble)
    }

    async fn advance(&self, lease: &Lease, checkpoint: &str) -> Result<Written, StoreError> {
        let mut connection = self.pool.acquire().await.map_err(trouble)?;
        advance(&mut connection, lease, checkpoint)
            .await
            .map_err(trouble)
    }

    async fn remember(&self, lease: &Lease, checkpoint: &str) -> Result<Written, StoreError> {
        sqlx::query(REMEMBER)
            .bind(lease.job.to_string())
            .bind(lease.worker.to_string())
            .bind(lease.fence)
            .bind(kept_text(checkpoint))
            .execute(&self.pool)
            .await
            .map(|written| jobs::written(written.rows_affected()))
            .map_err(trouble)
    }

    async fn put_off(
        &self,
        lease: &Lease,
        run_at: Moment,
        how: GivenBack,
    ) -> Result<Written, StoreError> {
        sqlx::query(PUT_OFF)
            .bind(lease.job.to_string())
            .bind(lease.worker.to_string())
            .bind(lease.fence)
            .bind(run_at.0)
            .bind(how == GivenBack::Failed)
            .bind(how == GivenBack::TurnOver)
            .execute(&self.pool)
            .await
            .map(|written| jobs::written(written.rows_affected()))
            .map_err(trouble)
    }

    async fn end_job(
        &self,
        lease: &Lease,
        checkpoint: &str,
        at: Moment,
    ) -> Result<Written, StoreError> {
        sqlx::query(END)
            .bind(lease.job.to_string())
            .bind(lease.worker.to_string())
            .bind(lease.fence)
            .bind(kept_text(checkpoint))
            .bind(at.0)
            .execute(&self.pool)
            .await
            .map(|written| jobs::written(written.rows_affected()))
            .map_err(trouble)
    }

    async fn release(&self, worker: Worker) -> Result<(), StoreError> {
        sqlx::query(RELEASE)
            .bind(worker.to_string())
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(trouble)
    }

    async fn reclaim(&self) -> Result<(), StoreError> {
        // They may be those of another process that is well.
        Ok(())
    }

    async fn cancel_job(&self, id: JobId, at: Moment) -> Result<Option<Job>, StoreError> {
        let row = sqlx::query(CANCEL)
            .bind(id.to_string())
            .bind(at.0)
            .fetch_optional(&self.pool)
            .await
            .map_err(trouble)?;
        row.as_ref().map(jobs::job).transpose().map_err(trouble)
    }

    async fn cancel_lane(&self, lane: u64, at: Moment) -> Result<Vec<JobId>, StoreError> {
        self.transact(move |connection| {
            Box::pin(async move {
                // Turns are given in another order than that in which jobs were made.
                alone_with(connection, Alone::Admitting).await?;
                let rows = sqlx::query(CANCEL_LANE)
                    .bind(signed(lane))
                    .bind(at.0)
                    .fetch_all(connection)
                    .await
                    .map_err(trouble)?;
                rows.iter()
                    .map(jobs::id)
                    .collect::<Result<_, sqlx::Error>>()
                    .map_err(trouble)
            })
        })
        .await
    }

    async fn line_up(
        &self,
        id: JobId,
        instead_of: &str,
        checkpoint: &str,
    ) -> Result<bool, StoreError> {
        sqlx::query(LINE_UP)
            .bind(id.to_string())
            .bind(kept_text(instead_of))
            .bind(kept_text(checkpoint))
            .execute(&self.pool)
            .await
            .map(|lined_up| lined_up.rows_affected() == 1)
            .map_err(trouble)
    }

    async fn next_due(&self) -> Result<Option<Moment>, StoreError> {
        let row = sqlx::query(NEXT_DUE)
            .fetch_one(&self.pool)
            .await
            .map_err(trouble)?;
        let due: Option<i64> = row.try_get("due").map_err(trouble)?;
        Ok(due.map(Moment))
    }

    async fn forget_jobs(&self, before: Moment) -> Result<u64, StoreError> {
        sqlx::query(FORGET)
            .bind(before.0)
            .execute(&self.pool)
            .await
            .map(|forgotten| forgotten.rows_affected())
            .map_err(trouble)
    }
}
