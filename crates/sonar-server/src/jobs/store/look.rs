//! Shows jobs to their owner, until they expire.

use sqlx::Row;

use super::{Result, Store, entry, job};
use crate::jobs::job::{Job, Page};
use crate::jobs::page::{Asked, token};

impl Store {
    /// The job of this owner, with its result.
    pub(in crate::jobs) async fn get(
        &self,
        owner: &str,
        id: &str,
        now: i64,
    ) -> Result<Option<Job>> {
        let mut connection = self.connection().await?;
        let row = sqlx::query(concat!(
            "SELECT ",
            shown!(),
            " FROM job WHERE id = $1 AND owner = $2 AND expires_at > $3 AND NOT handing_over"
        ))
        .bind(id)
        .bind(owner)
        .bind(now)
        .fetch_optional(&mut *connection)
        .await?;
        row.as_ref().map(job).transpose()
    }

    /// A page of this owner's jobs, newest first.
    pub(in crate::jobs) async fn list(&self, owner: &str, asked: Asked, now: i64) -> Result<Page> {
        let limit = usize::try_from(asked.limit).unwrap_or(usize::MAX);
        let mut connection = self.connection().await?;
        // One more than asked for tells whether there is a next page.
        let rows = sqlx::query(
            "SELECT number, id, model, status, created_at, started_at, completed_at, failed_at FROM job \
             WHERE owner = $1 AND number < $2 AND expires_at > $3 AND NOT handing_over ORDER BY number DESC LIMIT $4",
        )
        .bind(owner)
        .bind(asked.before)
        .bind(now)
        .bind(i64::from(asked.limit) + 1)
        .fetch_all(&mut *connection)
        .await?;
        let last = rows.get(limit.saturating_sub(1));
        let next_token = match last {
            Some(last) if rows.len() > limit => Some(token(last.try_get("number")?)),
            _ => None,
        };
        Ok(Page {
            requests: rows.iter().take(limit).map(entry).collect::<Result<_>>()?,
            next_token,
        })
    }
}
