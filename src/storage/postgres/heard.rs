//! What is needed to hear everything once: messages that a question is being written about, and up to when all was heard.

use async_trait::async_trait;
use sqlx::Row;

use super::{PostgresStore, kept_text};
use crate::clock::Moment;
use crate::conversation::ports::{HeardStore, HeldQuote, StoreError};
use crate::conversation::question::Quote;
use crate::ids::{ChannelId, QuoteId};
use crate::storage::{rows, signed, trouble, unsigned};

#[async_trait]
impl HeardStore for PostgresStore {
    async fn hold(&self, quote: &Quote, private: bool, at: Moment) -> Result<QuoteId, StoreError> {
        let row = sqlx::query(concat!(
            "INSERT INTO held_quote (author, text, channel_id, message_id, held_at, private) ",
            "VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        ))
        .bind(kept_text(&quote.author))
        .bind(kept_text(&quote.text))
        .bind(signed(quote.channel.0))
        .bind(signed(quote.message.0))
        .bind(at.0)
        .bind(private)
        .fetch_one(&self.pool)
        .await
        .map_err(trouble)?;
        row.try_get("id").map(QuoteId).map_err(trouble)
    }

    async fn held(&self, id: QuoteId) -> Result<Option<HeldQuote>, StoreError> {
        let row = sqlx::query("SELECT * FROM held_quote WHERE id = $1")
            .bind(id.0)
            .fetch_optional(&self.pool)
            .await
            .map_err(trouble)?;
        row.as_ref().map(rows::held).transpose().map_err(trouble)
    }

    async fn drop_held(&self, before: Moment) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM held_quote WHERE held_at < $1")
            .bind(before.0)
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(trouble)
    }

    async fn heard_until(&self, at: Moment) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO heard (id, until) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET until = greatest(heard.until, excluded.until)")
            .bind(at.0)
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(trouble)
    }

    async fn last_heard(&self) -> Result<Option<Moment>, StoreError> {
        let row = sqlx::query("SELECT until FROM heard")
            .fetch_optional(&self.pool)
            .await
            .map_err(trouble)?;
        row.map(|row| row.try_get("until").map(Moment))
            .transpose()
            .map_err(trouble)
    }

    async fn direct_since(&self, since: Moment, limit: u32) -> Result<Vec<ChannelId>, StoreError> {
        let rows = sqlx::query(concat!(
            "SELECT channel_id FROM question WHERE asked_at >= $1 AND guild_id IS NULL AND present ",
            "GROUP BY channel_id ORDER BY max(asked_at) DESC LIMIT $2",
        ))
        .bind(since.0)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await
        .map_err(trouble)?;
        rows.iter()
            .map(|row| row.try_get("channel_id").map(|id| ChannelId(unsigned(id))))
            .collect::<Result<_, sqlx::Error>>()
            .map_err(trouble)
    }
}
