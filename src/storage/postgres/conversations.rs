//! Conversations: where they live, and who speaks in them.

use async_trait::async_trait;
use sqlx::Row;

use super::{PostgresStore, is_there_already};
use crate::conversation::home::Conversation;
use crate::conversation::ports::{ConversationStore, StoreError};
use crate::ids::{ChannelId, ConversationId};
use crate::storage::{rows, signed, trouble, unsigned};

/// The conversation that lives in a channel. A thread has the id of the message that it was opened on: where that is an answer of a
/// conversation that lives nowhere yet, it lives there, even if nobody has noted it so far.
pub(super) const LIVING_IN: &str = concat!(
    "SELECT conversation.*, (SELECT event_id FROM question WHERE conversation_id = conversation.id ORDER BY id LIMIT 1) AS first_event, 0 AS rank ",
    "FROM conversation WHERE home_id = $1 UNION ALL ",
    "SELECT conversation.*, (SELECT event_id FROM question WHERE conversation_id = conversation.id ORDER BY id LIMIT 1) AS first_event, 1 AS rank ",
    "FROM posted JOIN question ON question.id = posted.question_id ",
    "JOIN conversation ON conversation.id = question.conversation_id ",
    "WHERE posted.message_id = $1 AND conversation.home_id IS NULL ORDER BY rank LIMIT 1",
);

#[async_trait]
impl ConversationStore for PostgresStore {
    async fn conversation(&self, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
        sqlx::query(concat!(
            "SELECT *, (SELECT event_id FROM question WHERE conversation_id = $1 ORDER BY id LIMIT 1) AS first_event ",
            "FROM conversation WHERE id = $1",
        ))
            .bind(id.0)
            .fetch_optional(&self.pool)
            .await
            .and_then(|row| row.as_ref().map(rows::conversation).transpose())
            .map_err(trouble)
    }

    async fn living_in(&self, channel: ChannelId) -> Result<Option<Conversation>, StoreError> {
        sqlx::query(LIVING_IN)
            .bind(signed(channel.0))
            .fetch_optional(&self.pool)
            .await
            .and_then(|row| row.as_ref().map(rows::conversation).transpose())
            .map_err(trouble)
    }

    async fn settle(
        &self,
        conversation: ConversationId,
        home: ChannelId,
    ) -> Result<(), StoreError> {
        let settled = sqlx::query(concat!(
            "UPDATE conversation SET home_id = $2 WHERE id = $1 AND home_id IS NULL ",
            "AND NOT EXISTS (SELECT 1 FROM conversation WHERE home_id = $2)",
        ))
        .bind(conversation.0)
        .bind(signed(home.0))
        .execute(&self.pool)
        .await;
        match settled {
            // Another one came to live there at this moment.
            Err(error) if is_there_already(&error) => Ok(()),
            settled => settled.map(drop).map_err(trouble),
        }
    }

    async fn answers_in(&self, conversation: ConversationId) -> Result<u64, StoreError> {
        let row = sqlx::query(concat!(
            "SELECT count(*) AS answers FROM question ",
            "WHERE conversation_id = $1 AND ended_at IS NOT NULL AND failure IS NULL AND NOT withdrawn",
        ))
        .bind(conversation.0)
        .fetch_one(&self.pool)
        .await
        .map_err(trouble)?;
        row.try_get("answers").map(unsigned).map_err(trouble)
    }

    async fn others_joined(&self, conversation: ConversationId) -> Result<(), StoreError> {
        sqlx::query("UPDATE conversation SET others_joined = TRUE WHERE id = $1")
            .bind(conversation.0)
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(trouble)
    }

    async fn tell(&self, conversation: ConversationId) -> Result<bool, StoreError> {
        sqlx::query("UPDATE conversation SET told = TRUE WHERE id = $1 AND NOT told")
            .bind(conversation.0)
            .execute(&self.pool)
            .await
            .map(|told| told.rows_affected() == 1)
            .map_err(trouble)
    }
}
