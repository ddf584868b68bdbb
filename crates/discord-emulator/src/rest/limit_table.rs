//! The table of rate limits as data: what is limited to how much. Counts nothing.
//!
//! None of the sizes is official; they were observed on the real service, and a bot must read them from the headers.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// So many in so much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// How many are let through in one window.
    pub limit: u32,
    /// How long a window is; it opens with its first request. In JSON `seconds`, a number.
    #[serde(rename = "seconds", with = "crate::seconds")]
    pub per: Duration,
}

impl Rate {
    const fn new(limit: u32, per_ms: u64) -> Self {
        Self {
            limit,
            per: Duration::from_millis(per_ms),
        }
    }
}

/// What is limited to how much; `None` (in JSON `null`) is not limited at all.
///
/// In JSON, rows that are not named are as in [`LimitTable::REALISTIC`], and unknown names are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitTable {
    /// All requests with the bot's token; interaction routes are exempt.
    pub global: Option<Rate>,
    /// `POST /channels/{channel}/messages`, for each channel.
    pub post_message: Option<Rate>,
    /// `PATCH /channels/{channel}/messages/{message}`, for each channel.
    pub edit_message: Option<Rate>,
    /// Whether edits are counted in the bucket of posts instead of their own, as before 2026.
    pub edits_share_the_bucket_of_posts: bool,
    /// `DELETE /channels/{channel}/messages/{message}`, for each channel.
    pub delete_message: Option<Rate>,
    /// Edits of messages that are older than an hour, for each channel. The 429 carries code 30046.
    pub old_edits: Option<Rate>,
    /// Adding and removing reactions, for each channel.
    pub reactions: Option<Rate>,
    /// `POST /channels/{channel}/typing`, for each channel.
    pub typing: Option<Rate>,
    /// `POST /interactions/{interaction}/{token}/callback`, for each interaction.
    pub callback: Option<Rate>,
    /// Follow-ups, and reading, editing and deleting what answered an interaction, for each token.
    pub interaction_reply: Option<Rate>,
    /// All follow-ups in a channel, over all tokens. Its 429 is shared; no header tells of it before.
    pub followups: Option<Rate>,
    /// Opening threads and posts, for each guild. Its 429 is shared.
    pub create_thread: Option<Rate>,
    /// The other routes of threads, for each guild.
    pub threads: Option<Rate>,
    /// `PATCH /channels/{channel}` with a name, for each channel.
    pub rename: Option<Rate>,
    /// New commands of the application, for each guild and for all of them together; beyond it 30034 is answered.
    pub command_creates: Option<Rate>,
    /// Every other route with the bot's token, each by itself for each channel or guild. It is as much as `global`, so
    /// that it only shows in the headers.
    pub others: Option<Rate>,
    /// Identifies on the gateway, for each `shard_id % max_concurrency`; `limit` is `max_concurrency`.
    pub identify: Option<Rate>,
    /// All identifies. Beyond it every session ends and the token is void for the rest of the window.
    pub identifies: Option<Rate>,
    /// Opcode 8 on the gateway, for each guild. Beyond it comes a `RATE_LIMITED` event.
    pub request_members: Option<Rate>,
    /// Answers with 401, 403 or a 429 that is not shared. Beyond it the address is blocked.
    pub invalid_requests: Option<Rate>,
    /// How long the block lasts. In JSON `block_seconds`.
    #[serde(rename = "block_seconds", with = "crate::seconds")]
    pub block: Duration,
}

impl LimitTable {
    /// What has been observed on the real service.
    pub const REALISTIC: Self = Self {
        global: Some(Rate::new(50, 1_000)),
        post_message: Some(Rate::new(5, 5_000)),
        edit_message: Some(Rate::new(5, 5_000)),
        edits_share_the_bucket_of_posts: false,
        delete_message: Some(Rate::new(5, 1_000)),
        old_edits: Some(Rate::new(3, 6_000)),
        reactions: Some(Rate::new(1, 250)),
        typing: Some(Rate::new(5, 5_000)),
        callback: Some(Rate::new(5, 1_000)),
        interaction_reply: Some(Rate::new(5, 2_000)),
        followups: Some(Rate::new(30, 60_000)),
        create_thread: Some(Rate::new(50, 300_000)),
        threads: Some(Rate::new(10, 10_000)),
        rename: Some(Rate::new(2, 600_000)),
        command_creates: Some(Rate::new(200, 86_400_000)),
        others: Some(Rate::new(50, 1_000)),
        identify: Some(Rate::new(1, 5_000)),
        identifies: Some(Rate::new(1_000, 86_400_000)),
        request_members: Some(Rate::new(1, 30_000)),
        invalid_requests: Some(Rate::new(10_000, 600_000)),
        block: Duration::from_secs(24 * 3600),
    };

    /// Nothing is limited.
    pub const CALM: Self = Self {
        global: None,
        post_message: None,
        edit_message: None,
        edits_share_the_bucket_of_posts: false,
        delete_message: None,
        old_edits: None,
        reactions: None,
        typing: None,
        callback: None,
        interaction_reply: None,
        followups: None,
        create_thread: None,
        threads: None,
        rename: None,
        command_creates: None,
        others: None,
        identify: None,
        identifies: None,
        request_members: None,
        invalid_requests: None,
        block: Duration::from_secs(24 * 3600),
    };

    pub(crate) fn rate(&self, row: Row) -> Option<Rate> {
        match row {
            Row::Global => self.global,
            Row::PostMessage => self.post_message,
            Row::EditMessage => self.edit_message,
            Row::DeleteMessage => self.delete_message,
            Row::OldEdits => self.old_edits,
            Row::Reactions => self.reactions,
            Row::Typing => self.typing,
            Row::Callback => self.callback,
            Row::Reply => self.interaction_reply,
            Row::Followups => self.followups,
            Row::CreateThread => self.create_thread,
            Row::Threads => self.threads,
            Row::Rename => self.rename,
            Row::Others => self.others,
            Row::Identify => self.identify,
            Row::Identifies => self.identifies,
            Row::RequestMembers => self.request_members,
            Row::InvalidRequests => self.invalid_requests,
        }
    }

    /// The row that is counted in place of another.
    pub(crate) fn counted_as(&self, row: Row) -> Row {
        match row {
            Row::EditMessage if self.edits_share_the_bucket_of_posts => Row::PostMessage,
            row => row,
        }
    }
}

impl Default for LimitTable {
    fn default() -> Self {
        Self::REALISTIC
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Row {
    Global,
    PostMessage,
    EditMessage,
    DeleteMessage,
    OldEdits,
    Reactions,
    Typing,
    Callback,
    Reply,
    Followups,
    CreateThread,
    Threads,
    Rename,
    Others,
    Identify,
    Identifies,
    RequestMembers,
    InvalidRequests,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_a_file_replaces_the_observed_one() {
        let read: LimitTable =
            serde_json::from_str(r#"{"typing": {"limit": 2, "seconds": 0.5}, "global": null}"#)
                .unwrap();
        let changed = LimitTable {
            typing: Some(Rate::new(2, 500)),
            global: None,
            ..LimitTable::REALISTIC
        };
        assert_eq!(read, changed);
        let written = serde_json::to_string(&changed).unwrap();
        assert_eq!(
            serde_json::from_str::<LimitTable>(&written).unwrap(),
            changed
        );
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for wrong in [
            r#"{"typo": null}"#,
            r#"{"typing": {"limit": -1, "seconds": 1}}"#,
            r#"{"typing": {"limit": 1, "seconds": -1}}"#,
            r#"{"typing": {"limit": 1, "seconds": 1e300}}"#,
            r#"{"typing": 5}"#,
        ] {
            assert!(
                serde_json::from_str::<LimitTable>(wrong).is_err(),
                "{wrong}"
            );
        }
    }
}
