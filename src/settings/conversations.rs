//! How Footnote behaves in a conversation: threads, groups, edits, deletions, how much of the past is sent along.

use serde::{Deserialize, Serialize};

/// When a thread is opened for a conversation that began in a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Threads {
    /// With the first answer.
    Always,
    /// With the second answer.
    FollowedUp,
    /// Never.
    Never,
}

/// Who is answered without a mention once a second person has written in a thread. Before that, the one who asked is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// Everyone.
    Everyone,
    /// The one who began the conversation.
    Asker,
    /// Nobody: only who mentions the bot or replies to it is answered.
    Mention,
}

/// What becomes of an answer when its question is edited.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum OnEdit {
    /// A button offers to answer it anew.
    Offer,
    /// Nothing.
    Ignore,
}

/// What becomes of an answer when its question is deleted.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum OnDelete {
    /// It is deleted too.
    Remove,
    /// It stays.
    Keep,
}

/// The `[conversations]` table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConversationSettings {
    /// `threads`: when a thread is opened.
    pub threads: Threads,
    /// `group`: who is answered without a mention once a second person has written in a thread.
    pub group: Group,
    /// `on_edit`: what an edit of a question does.
    pub on_edit: OnEdit,
    /// `on_delete`: what the deletion of a question does.
    pub on_delete: OnDelete,
    /// `history_turns`: the most earlier questions with their answers that are sent along, 0 to 100.
    pub history_turns: u32,
    /// `history_tokens`: the most tokens of them, by estimate, 0 to 1,000,000.
    pub history_tokens: usize,
    /// `bots`: the bots and webhooks whose messages are heard, by their ids.
    pub bots: Vec<u64>,
    /// `catch_up_minutes`: how long ago a message may have been written that was missed while disconnected, 0 to 10,080.
    pub catch_up_minutes: u64,
}

impl ConversationSettings {
    /// The most turns of the past that may be sent along.
    pub const MOST_TURNS: u32 = 100;
    /// The most tokens of the past that may be sent along.
    pub const MOST_TOKENS: u64 = 1_000_000;
    /// The longest that may be caught up on, in minutes: a week.
    pub const LONGEST_MINUTES: u64 = 7 * 24 * 60;
}
