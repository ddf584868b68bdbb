//! One identified bot: what it may see, under which number, and what is kept for a replay. Knows no socket.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use super::{
    frames::{Identify, shard_of},
    sessions::ConnectionId,
    told::{Dispatch, Told},
};
use crate::{clock::Moment, snowflake::Snowflake, world::Event};

/// Dispatches kept for a replay once they were sent.
const MOST_KEPT: usize = 4_096;
/// Dispatches that may wait to be sent; a session that falls further behind is lost.
pub(super) const MOST_WAITING: usize = 65_536;

/// One identified bot, connected or expected back.
pub(super) struct Session {
    pub(super) intents: u64,
    pub(super) shard: (u64, u64),
    /// When it was opened.
    pub(super) since: Moment,
    pub(super) seq: u64,
    /// The last number its connection has sent.
    sent: u64,
    kept: VecDeque<Dispatch>,
    /// The last number that is no longer kept.
    forgotten: u64,
    /// The connection that serves it now.
    pub(super) connection: Option<ConnectionId>,
    /// Since when it waits for its bot, in real time: a test that moves the emulator's clock does not lose its bot.
    left: Option<Instant>,
    pub(super) wake: Arc<Notify>,
}

impl Session {
    pub(super) fn new(now: Moment, connection: ConnectionId, identify: &Identify) -> Self {
        Self {
            intents: identify.intents,
            shard: identify.shard.unwrap_or((0, 1)),
            since: now,
            seq: 0,
            sent: 0,
            kept: VecDeque::new(),
            forgotten: 0,
            connection: Some(connection),
            left: None,
            wake: Arc::new(Notify::new()),
        }
    }

    pub(super) fn is_alive(&self, life: Duration) -> bool {
        self.left.is_none_or(|left| left.elapsed() < life)
    }

    /// Its connection is gone.
    pub(super) fn is_left(&mut self) {
        self.connection = None;
        self.left = Some(Instant::now());
    }

    /// A connection takes it up where `seq` was the last number to arrive.
    pub(super) fn is_taken_up(&mut self, connection: ConnectionId, seq: u64) {
        self.connection = Some(connection);
        self.left = None;
        self.sent = seq;
    }

    /// Whether events of this guild belong to the session's shard; those without a guild belong to the first.
    pub(super) fn serves(&self, guild: Option<Snowflake>) -> bool {
        let (shard, count) = self.shard;
        guild.map_or(0, |guild| shard_of(guild, count)) == shard
    }

    pub(super) fn may_see(&self, event: &Event) -> bool {
        self.serves(event.guild) && (event.intents == 0 || self.intents & event.intents != 0)
    }

    /// Whether something after this number is no longer there to be sent.
    pub(super) fn has_forgotten(&self, sent: u64) -> bool {
        self.forgotten > sent
    }

    pub(super) fn push(&mut self, told: Arc<Told>) {
        self.seq += 1;
        let seq = self.seq;
        self.kept.push_back(Dispatch { seq, told });
        let oldest_is_sent = self
            .kept
            .front()
            .is_some_and(|oldest| oldest.seq <= self.sent);
        let is_surplus = self.kept.len() > MOST_KEPT && oldest_is_sent;
        if is_surplus || self.kept.len() > MOST_WAITING {
            self.forget_oldest();
        }
        self.wake.notify_one();
    }

    /// The next events behind `sent`, at most so many; those before it have been sent.
    pub(super) fn next(&mut self, sent: u64, most: usize) -> Vec<Dispatch> {
        self.sent = sent;
        while self.kept.len() > MOST_KEPT
            && self.kept.front().is_some_and(|oldest| oldest.seq <= sent)
        {
            self.forget_oldest();
        }
        let first = self.kept.partition_point(|dispatch| dispatch.seq <= sent);
        self.kept.range(first..).take(most).cloned().collect()
    }

    /// Tells once more what was told last.
    pub(super) fn repeat_last(&mut self) {
        if let Some(last) = self.kept.back().map(|last| Arc::clone(&last.told)) {
            self.push(last);
        }
    }

    fn forget_oldest(&mut self) {
        if let Some(oldest) = self.kept.pop_front() {
            self.forgotten = oldest.seq;
        }
    }
}
