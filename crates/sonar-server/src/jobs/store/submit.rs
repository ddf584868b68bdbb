//! Takes in a job: once for each idempotency key, and only while there is room.

use sqlx::{Connection, Row, SqliteConnection};

use super::{Result, Store, job};
use crate::jobs::JobSettings;
use crate::jobs::job::Job;

/// A job to be taken in.
#[derive(Clone, Debug)]
pub(in crate::jobs) struct NewJob {
    /// Its id, if it is taken in.
    pub(in crate::jobs) id: String,
    pub(in crate::jobs) owner: String,
    pub(in crate::jobs) lane: String,
    pub(in crate::jobs) idempotency_key: Option<String>,
    pub(in crate::jobs) model: String,
    /// The request, as JSON.
    pub(in crate::jobs) request: String,
    /// Whether a service behind this one is to begin it first.
    pub(in crate::jobs) handing_over: bool,
}

/// What became of a submission.
#[derive(Debug)]
pub(in crate::jobs) enum Submitted {
    /// It is a job now.
    Accepted(Job),
    /// It was one before, under the same key.
    Known(Job),
    /// Too many jobs of this client wait.
    TooManyOfOne,
    /// Too many jobs wait.
    TooMany,
    /// The jobs take all the room they may.
    Full,
}

impl Store {
    /// Takes in a job, or finds the one with its key. When this returns, the job is on disk.
    pub(in crate::jobs) async fn submit(
        &self,
        new: &NewJob,
        settings: &JobSettings,
        now: i64,
    ) -> Result<Submitted> {
        let mut connection = self.connection().await?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        if let Some(key) = &new.idempotency_key
            && let Some(known) = known(&mut transaction, &new.owner, key, now).await?
        {
            transaction.commit().await?;
            return Ok(Submitted::Known(known));
        }
        if let Some(refused) = refused(&mut transaction, &new.lane, settings).await? {
            return Ok(refused);
        }
        let keep = i64::try_from(settings.keep.as_secs()).unwrap_or(i64::MAX);
        let accepted = insert(&mut transaction, new, now, now.saturating_add(keep)).await?;
        transaction.commit().await?;
        Ok(Submitted::Accepted(accepted))
    }

    /// Gives a job that was handed over the id that says so.
    pub(in crate::jobs) async fn handed_over(&self, id: &str, new: &str, run: &str) -> Result<()> {
        let mut connection = self.connection().await?;
        sqlx::query("UPDATE job SET id = $2, run = $3, handing_over = 0 WHERE id = $1")
            .bind(id)
            .bind(new)
            .bind(run)
            .execute(&mut *connection)
            .await?;
        Ok(())
    }

    /// Forgets a job that the service did not take, key and all.
    pub(in crate::jobs) async fn take_back(&self, id: &str) -> Result<()> {
        let mut connection = self.connection().await?;
        sqlx::query("DELETE FROM job WHERE id = $1 AND handing_over")
            .bind(id)
            .execute(&mut *connection)
            .await?;
        Ok(())
    }

    /// Takes in a job that runs elsewhere and is not kept here any more. One that is there stays as it is.
    pub(in crate::jobs) async fn adopt(
        &self,
        new: &NewJob,
        run: &str,
        created_at: i64,
        expires_at: i64,
    ) -> Result<()> {
        let mut connection = self.connection().await?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let there = sqlx::query("SELECT 1 FROM job WHERE id = $1")
            .bind(&new.id)
            .fetch_optional(&mut *transaction)
            .await?;
        if there.is_none() {
            insert(&mut transaction, new, created_at, expires_at).await?;
            sqlx::query("UPDATE job SET run = $2 WHERE id = $1")
                .bind(&new.id)
                .bind(run)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

/// The job with this key; one that has expired gives its key back.
async fn known(
    connection: &mut SqliteConnection,
    owner: &str,
    key: &str,
    now: i64,
) -> Result<Option<Job>> {
    sqlx::query("DELETE FROM job WHERE owner = $1 AND idempotency_key = $2 AND expires_at <= $3")
        .bind(owner)
        .bind(key)
        .bind(now)
        .execute(&mut *connection)
        .await?;
    let row = sqlx::query(concat!(
        "SELECT ",
        shown!(),
        " FROM job WHERE owner = $1 AND idempotency_key = $2"
    ))
    .bind(owner)
    .bind(key)
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(job).transpose()
}

async fn refused(
    connection: &mut SqliteConnection,
    lane: &str,
    settings: &JobSettings,
) -> Result<Option<Submitted>> {
    let row = sqlx::query(
        "SELECT (SELECT count(*) FROM job WHERE status = 'CREATED') AS waiting, \
         (SELECT count(*) FROM job WHERE status = 'CREATED' AND lane = $1) AS waiting_of_one, \
         (SELECT (page_count - freelist_count) * page_size \
          FROM pragma_page_count, pragma_freelist_count, pragma_page_size) AS taken",
    )
    .bind(lane)
    .fetch_one(connection)
    .await?;
    let reached = |name: &str, most: u64| -> Result<bool> {
        let count: i64 = row.try_get(name)?;
        Ok(u64::try_from(count).unwrap_or_default() >= most)
    };
    Ok(
        if reached("waiting_of_one", settings.waiting_of_one as u64)? {
            Some(Submitted::TooManyOfOne)
        } else if reached("waiting", settings.waiting as u64)? {
            Some(Submitted::TooMany)
        } else if reached("taken", settings.space)? {
            Some(Submitted::Full)
        } else {
            None
        },
    )
}

async fn insert(
    connection: &mut SqliteConnection,
    new: &NewJob,
    now: i64,
    expires_at: i64,
) -> Result<Job> {
    let row = sqlx::query(concat!(
        "INSERT INTO job (id, owner, number, lane, idempotency_key, model, request, created_at, expires_at, handing_over, status) ",
        "VALUES ($1, $2, (SELECT coalesce(max(number), 0) + 1 FROM job WHERE owner = $2), $3, $4, $5, $6, $7, $8, $9, 'CREATED') ",
        "RETURNING ",
        shown!(),
    ))
    .bind(&new.id)
    .bind(&new.owner)
    .bind(&new.lane)
    .bind(&new.idempotency_key)
    .bind(&new.model)
    .bind(&new.request)
    .bind(now)
    .bind(expires_at)
    .bind(new.handing_over)
    .fetch_one(connection)
    .await?;
    job(&row)
}
