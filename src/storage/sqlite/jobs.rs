//! Jobs: claimed, held and ended. This process alone works on them, so that its own clock will do, and it may end every lease.

use async_trait::async_trait;
use sqlx::Row as _;
use sqlx::sqlite::SqliteConnection;

use super::SqliteStore;
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
    "FROM job WHERE lane = $2 AND kind = $1 AND state <> 'ended' AND cancelled = 0 AND NOT turn_over",
);

/// Whether anybody waits for their turn.
const ANYBODY_WAITS: &str =
    "SELECT EXISTS (SELECT 1 FROM job WHERE kind = $1 AND state = 'waiting') AS anybody";

const GIVE_TURN: &str = concat!(
    "UPDATE job SET state = 'ready', run_at = $2, turn_over = 0, turn = (SELECT coalesce(max(turn), 0) + 1 FROM job WHERE turn IS NOT NULL) ",
    "WHERE id = $1",
);

/// Claims at most `$4` jobs for the worker `$1` at `$2` until `$3`.
const CLAIM: &str = concat!(
    "UPDATE job SET worker = $1, lease_until = $3, fence = fence + 1, attempts = attempts + 1 WHERE seq IN (",
    "SELECT seq FROM job WHERE state = 'ready' AND run_at <= $2 AND (worker IS NULL OR (worker <> $1 AND lease_until <= $2)) ORDER BY run_at, seq LIMIT $4) ",
    "RETURNING *",
);

const RENEW: &str =
    "UPDATE job SET lease_until = $2 WHERE worker = $1 RETURNING id, fence, cancelled";

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
    "UPDATE job SET run_at = $4, attempts = CASE WHEN $5 THEN attempts ELSE 0 END, turn_over = CASE WHEN $6 THEN 1 ELSE turn_over END, worker = NULL, lease_until = NULL"
);

const END: &str = under_lease!(
    "UPDATE job SET checkpoint = $4, ended_at = $5, state = 'ended', worker = NULL, lease_until = NULL"
);

const RELEASE: &str = "UPDATE job SET worker = NULL, lease_until = NULL, attempts = max(attempts - 1, 0) WHERE worker = $1";

const CANCEL: &str = concat!(
    "UPDATE job SET cancelled = 1, state = 'ready', run_at = CASE WHEN worker IS NULL THEN $2 ELSE run_at END ",
    "WHERE id = $1 AND state <> 'ended' RETURNING *",
);

const CANCEL_LANE: &str = concat!(
    "UPDATE job SET cancelled = 1, state = 'ready', run_at = CASE WHEN worker IS NULL THEN $2 ELSE run_at END ",
    "WHERE lane = $1 AND state <> 'ended' RETURNING id",
);

const LINE_UP: &str = concat!(
    "UPDATE job SET state = 'waiting', checkpoint = $3 ",
    "WHERE id = $1 AND state = 'ready' AND cancelled = 0 AND worker IS NULL AND lane IS NOT NULL AND checkpoint = $2",
);

/// The first of two is what an index leads to; those that somebody works on are few.
const NEXT_DUE: &str = concat!(
    "SELECT min(due) AS due FROM (",
    "SELECT min(run_at) AS due FROM job WHERE state = 'ready' AND worker IS NULL UNION ALL ",
    "SELECT min(max(run_at, lease_until)) AS due FROM job WHERE worker IS NOT NULL)",
);

const FORGET: &str = "DELETE FROM job WHERE state = 'ended' AND ended_at < $1";

/// Makes a job that is about a question.
pub(super) async fn insert_about(
    connection: &mut SqliteConnection,
    job: &NewJob,
    question: QuestionId,
) -> Result<(), StoreError> {
    let made = insert(connection, job, Some(question)).await;
    jobs::must_be_new(made.map_err(trouble)?)
}

/// Makes a job. True unless there is one of its name.
async fn insert(
    connection: &mut SqliteConnection,
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
        .bind(&job.checkpoint)
        .bind(job.at.0)
        .bind(run_at.0)
        .execute(connection)
        .await?;
    Ok(made.rows_affected() == 1)
}

/// Notes how far a job has come.
pub(super) async fn advance(
    connection: &mut SqliteConnection,
    lease: &Lease,
    checkpoint: &str,
) -> Result<Written, sqlx::Error> {
    sqlx::query(ADVANCE)
        .bind(lease.job.to_string())
        .bind(lease.worker.to_string())
        .bind(lease.fence)
        .bind(checkpoint)
        .execute(connection)
        .await
        .map(|written| jobs::written(written.rows_affected()))
}

#[async_trait]
impl JobStore for SqliteStore {
    async fn now(&self) -> Result<Option<Moment>, StoreError> {
        Ok(None)
    }

    async fn add_job(&self, job: &NewJob) -> Result<bool, StoreError> {
        let mut connection = self.writer.acquire().await.map_err(trouble)?;
        insert(&mut connection, job, None).await.map_err(trouble)
    }

    async fn job(&self, id: JobId) -> Result<Option<Job>, StoreError> {
        let row = sqlx::query(BY_ID)
            .bind(id.to_string())
            .fetch_optional(&self.readers)
            .await
            .map_err(trouble)?;
        row.as_ref().map(jobs::job).transpose().map_err(trouble)
    }

    async fn job_of(&self, question: QuestionId) -> Result<Option<Job>, StoreError> {
        let row = sqlx::query(BY_QUESTION)
            .bind(question.0)
            .fetch_optional(&self.readers)
            .await
            .map_err(trouble)?;
        row.as_ref().map(jobs::job).transpose().map_err(trouble)
    }

    async fn open_of(&self, kind: Kind) -> Result<Vec<Job>, StoreError> {
        let rows = sqlx::query(OPEN_OF)
            .bind(kind.name())
            .fetch_all(&self.readers)
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
            .fetch_one(&self.readers)
            .await
            .map_err(trouble)?;
        let count = |column| row.try_get(column).map(rows::counted).map_err(trouble);
        Ok((count("in_lane")?, count("of_person")?))
    }

    async fn admit(&self, kind: Kind, turns: Turns, at: Moment) -> Result<Vec<JobId>, StoreError> {
        // This is asked often, and nobody waits as a rule: only who has something to write waits for those who write.
        let row = sqlx::query(ANYBODY_WAITS)
            .bind(kind.name())
            .fetch_one(&self.readers)
            .await
            .map_err(trouble)?;
        if !row.try_get("anybody").map_err(trouble)? {
            return Ok(Vec::new());
        }
        let mut transaction = self.begin().await?;
        let next = sqlx::query(NEXT)
            .bind(kind.name())
            .bind(i64::from(turns.at_once))
            .bind(i64::from(turns.of_one_lane))
            .fetch_all(&mut *transaction)
            .await
            .map_err(trouble)?;
        let next = next.iter().map(jobs::id).collect::<Result<Vec<_>, _>>();
        let next = next.map_err(trouble)?;
        for id in &next {
            sqlx::query(GIVE_TURN)
                .bind(id.to_string())
                .bind(at.0)
                .execute(&mut *transaction)
                .await
                .map_err(trouble)?;
        }
        transaction.commit().await.map_err(trouble)?;
        Ok(next)
    }

    async fn waiting(&self, kind: Kind, lane: u64) -> Result<Vec<Waiting>, StoreError> {
        let rows = sqlx::query(WAITING)
            .bind(kind.name())
            .bind(signed(lane))
            .fetch_all(&self.readers)
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
        let mut transaction = self.begin().await?;
        let rows = sqlx::query(CLAIM)
            .bind(worker.to_string())
            .bind(at.0)
            .bind(until.0)
            .bind(i64::from(limit))
            .fetch_all(&mut *transaction)
            .await
            .map_err(trouble)?;
        transaction.commit().await.map_err(trouble)?;
        Ok(jobs::claims(&rows, worker))
    }

    async fn renew(&self, worker: Worker, until: Moment) -> Result<Vec<Renewed>, StoreError> {
        let rows = sqlx::query(RENEW)
            .bind(worker.to_string())
            .bind(until.0)
            .fetch_all(&self.writer)
            .await
            .map_err(trouble)?;
        rows.iter()
            .map(|row| jobs::renewed(row, worker))
            .collect::<Result<_, sqlx::Error>>()
            .map_err(trouble)
    }

    async fn advance(&self, lease: &Lease, checkpoint: &str) -> Result<Written, StoreError> {
        let mut connection = self.writer.acquire().await.map_err(trouble)?;
        advance(&mut connection, lease, checkpoint)
            .await
            .map_err(trouble)
    }

    async fn remember(&self, lease: &Lease, checkpoint: &str) -> Result<Written, StoreError> {
        sqlx::query(REMEMBER)
            .bind(lease.job.to_string())
            .bind(lease.worker.to_string())
            .bind(lease.fence)
            .bind(checkpoint)
            .execute(&self.writer)
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
            .execute(&self.writer)
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
            .bind(checkpoint)
            .bind(at.0)
            .execute(&self.writer)
            .await
            .map(|written| jobs::written(written.rows_affected()))
            .map_err(trouble)
    }

    async fn release(&self, worker: Worker) -> Result<(), StoreError> {
        sqlx::query(RELEASE)
            .bind(worker.to_string())
            .execute(&self.writer)
            .await
            .map(drop)
            .map_err(trouble)
    }

    async fn reclaim(&self) -> Result<(), StoreError> {
        sqlx::query("UPDATE job SET worker = NULL, lease_until = NULL WHERE worker IS NOT NULL")
            .execute(&self.writer)
            .await
            .map(drop)
            .map_err(trouble)
    }

    async fn cancel_job(&self, id: JobId, at: Moment) -> Result<Option<Job>, StoreError> {
        let row = sqlx::query(CANCEL)
            .bind(id.to_string())
            .bind(at.0)
            .fetch_optional(&self.writer)
            .await
            .map_err(trouble)?;
        row.as_ref().map(jobs::job).transpose().map_err(trouble)
    }

    async fn cancel_lane(&self, lane: u64, at: Moment) -> Result<Vec<JobId>, StoreError> {
        let rows = sqlx::query(CANCEL_LANE)
            .bind(signed(lane))
            .bind(at.0)
            .fetch_all(&self.writer)
            .await
            .map_err(trouble)?;
        rows.iter()
            .map(jobs::id)
            .collect::<Result<_, sqlx::Error>>()
            .map_err(trouble)
    }

    async fn line_up(
        &self,
        id: JobId,
        instead_of: &str,
        checkpoint: &str,
    ) -> Result<bool, StoreError> {
        sqlx::query(LINE_UP)
            .bind(id.to_string())
            .bind(instead_of)
            .bind(checkpoint)
            .execute(&self.writer)
            .await
            .map(|lined_up| lined_up.rows_affected() == 1)
            .map_err(trouble)
    }

    async fn next_due(&self) -> Result<Option<Moment>, StoreError> {
        let row = sqlx::query(NEXT_DUE)
            .fetch_one(&self.readers)
            .await
            .map_err(trouble)?;
        let due: Option<i64> = row.try_get("due").map_err(trouble)?;
        Ok(due.map(Moment))
    }

    async fn forget_jobs(&self, before: Moment) -> Result<u64, StoreError> {
        sqlx::query(FORGET)
            .bind(before.0)
            .execute(&self.writer)
            .await
            .map(|forgotten| forgotten.rows_affected())
            .map_err(trouble)
    }
}

#[cfg(test)]
mod tests {
    use sqlx::AssertSqlSafe;

    use super::*;

    #[tokio::test]
    async fn what_workers_ask_again_and_again_is_looked_up_and_never_searched_through() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("footnote.db")).await;
        let store = store.unwrap();
        for asked in [
            BY_ID,
            BY_QUESTION,
            OPEN,
            ANYBODY_WAITS,
            NEXT,
            WAITING,
            GIVE_TURN,
            CLAIM,
            RENEW,
            ADVANCE,
            REMEMBER,
            PUT_OFF,
            END,
            RELEASE,
            CANCEL,
            CANCEL_LANE,
            LINE_UP,
            NEXT_DUE,
            FORGET,
        ] {
            // A place that nothing is bound to is null, which is planned like any value.
            let explained = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {asked}")));
            let steps = explained.fetch_all(&store.writer).await.unwrap();
            assert!(!steps.is_empty(), "{asked}");
            for step in steps {
                let step: String = step.get("detail");
                // What was found already is walked through, and an index of nothing but what is sought: those that are due, or worked on.
                let few = [
                    "own",
                    "placed",
                    "(subquery",
                    "CONSTANT",
                    "job_due",
                    "job_of_worker",
                ];
                let few = few.iter().any(|few| step.contains(few));
                let whole = step.starts_with("SCAN") && !few;
                assert!(!whole, "{step}: {asked}");
            }
        }
    }
}
