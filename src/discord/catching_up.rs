//! Messages that were missed while the bot was disconnected: finds them after a new session, and lets them be heard, oldest first. What was
//! heard already is known to the store, and is not answered again.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use serenity::all::{Guild, GuildChannel, Message, UnavailableGuild};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::answering::Edge;
use super::call::CallError;
use super::courier::again;
use super::happenings::Happening;
use super::listening::Hearing;
use crate::clock::Moment;
use crate::conversation::ports::StoreError;
use crate::ids::{ChannelId, GuildId, MessageId};

/// How often is noted up to when all was heard.
const NOTED_EVERY: Duration = Duration::from_secs(15);

/// Messages are handled side by side and in several channels: what was written this long before the newest one heard is looked at again.
const MARGIN_MS: i64 = 60_000;

/// The most channels of a server that are looked at, those with the newest messages first.
const CHANNELS_AT_MOST: usize = 200;

/// How long the servers of a new session may take to come.
const SERVERS_WITHIN: Duration = Duration::from_secs(120);

/// Direct conversations in which something was asked within so many milliseconds are looked into: thirty days.
const DIRECT_KNOWN_FOR_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

/// The most channels without a server that are looked at.
const DIRECT_AT_MOST: u32 = 100;

/// How many channels are read side by side, over all servers.
const SIDE_BY_SIDE: usize = 4;

/// How long one page may be tried to be read.
const PATIENCE: Duration = Duration::from_secs(60);

/// The most messages that Discord returns at once.
const PAGE: usize = 100;

/// The most pages that are read of one channel.
const PAGES_AT_MOST: usize = 5;

/// Up to when everything was heard. Memory only; what counts is noted in the store.
pub(super) struct HeardUntil {
    /// When the newest message that was heard was written.
    newest: AtomicI64,
    /// How many are catching up: until they are done, nothing is noted.
    catching_up: AtomicUsize,
    /// Who reads what was missed.
    reading: Semaphore,
    /// The servers that have yet to come in this session: what was missed in them is not caught up on yet.
    awaited: Mutex<HashMap<GuildId, Awaited>>,
    /// Whether something of this session could not be heard.
    misses: AtomicBool,
}

impl Default for HeardUntil {
    fn default() -> Self {
        Self {
            newest: AtomicI64::default(),
            catching_up: AtomicUsize::default(),
            awaited: Mutex::default(),
            misses: AtomicBool::default(),
            reading: Semaphore::new(SIDE_BY_SIDE),
        }
    }
}

/// A server of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaited {
    /// It is to come, and is waited for so long.
    Until(Instant),
    /// It came before its session was heard of.
    Came,
}

/// Somebody who catches up, until this is dropped.
struct CatchingUp<'a>(&'a HeardUntil);

impl HeardUntil {
    /// A message was heard.
    pub(super) fn heard(&self, message: MessageId) {
        self.newest
            .fetch_max(written_at(message).0, Ordering::Relaxed);
    }

    /// What is to be noted: nothing while something may be missing.
    fn newest(&self) -> Option<Moment> {
        let newest = self.newest.load(Ordering::Relaxed);
        let complete = !self.misses.load(Ordering::Relaxed)
            && self.catching_up.load(Ordering::Relaxed) == 0
            && !self.awaits_somebody();
        (newest > 0 && complete).then_some(Moment(newest))
    }

    /// Something could not be heard: nothing is noted any more, so that the next session catches up on it.
    pub(super) fn misses_something(&self) {
        self.misses.store(true, Ordering::Relaxed);
    }

    /// Whether a server of this session has yet to come; one that has not for so long has an outage of its own.
    fn awaits_somebody(&self) -> bool {
        let late = Instant::now();
        self.awaited.lock().is_ok_and(|awaited| {
            awaited
                .values()
                .any(|awaited| matches!(awaited, Awaited::Until(until) if *until > late))
        })
    }

    /// A session began in which these servers are to come.
    fn awaits(&self, servers: impl IntoIterator<Item = GuildId>) {
        self.misses.store(false, Ordering::Relaxed);
        if let Ok(mut awaited) = self.awaited.lock() {
            // The library promises no order among events: some may have come before their session.
            let before = std::mem::take(&mut *awaited);
            let until = Instant::now() + SERVERS_WITHIN;
            *awaited = servers
                .into_iter()
                .filter(|server| before.get(server) != Some(&Awaited::Came))
                .map(|server| (server, Awaited::Until(until)))
                .collect();
        }
    }

    /// A server came, and is caught up on from now on.
    fn came(&self, server: GuildId) {
        if let Ok(mut awaited) = self.awaited.lock()
            && awaited.remove(&server).is_none()
        {
            awaited.insert(server, Awaited::Came);
        }
    }

    fn catch_up(&self) -> CatchingUp<'_> {
        self.catching_up.fetch_add(1, Ordering::Relaxed);
        CatchingUp(self)
    }
}

impl Drop for CatchingUp<'_> {
    fn drop(&mut self) {
        self.0.catching_up.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What was missed in a channel.
struct Missed {
    channel: ChannelId,
    guild: Option<GuildId>,
    /// Messages after this one, and none before.
    after: MessageId,
    /// What was written up to here may have been heard.
    heard_until: Moment,
}

impl Edge {
    /// Catches up in the direct conversations, after a new session.
    pub(super) async fn session_began(self: &Arc<Self>, servers: &[UnavailableGuild]) {
        let _catching_up = self.heard_until.catch_up();
        let servers = servers.iter().map(|server| GuildId(server.id.get()));
        self.heard_until.awaits(servers);
        let Some((since, heard_until)) = self.missed_since().await else {
            return;
        };
        let known_since = Moment(self.desk.clock().now().0 - DIRECT_KNOWN_FOR_MS);
        let channels = self
            .desk
            .store()
            .direct_since(known_since, DIRECT_AT_MOST)
            .await;
        let channels = match channels {
            Ok(channels) => channels,
            Err(error) => {
                return tracing::error!(%error, "where something was asked could not be read");
            }
        };
        let missed = channels.into_iter().map(|channel| Missed {
            channel,
            guild: None,
            after: first_at(since),
            heard_until,
        });
        self.catch_up(missed.collect()).await;
    }

    /// Catches up in the channels and threads of a server that has just become known.
    pub(super) async fn guild_came(self: &Arc<Self>, guild: &Guild) {
        let _catching_up = self.heard_until.catch_up();
        self.heard_until.came(GuildId(guild.id.get()));
        let Some((since, heard_until)) = self.missed_since().await else {
            return;
        };
        // What was said before the bot came was not said to it.
        let joined = Moment(guild.joined_at.unix_timestamp() * 1_000);
        let after = first_at(Moment(since.0.max(joined.0)));
        let mut newer: Vec<(MessageId, ChannelId)> = guild
            .channels
            .values()
            .chain(&guild.threads)
            .filter_map(last_said)
            .filter(|(last, _)| *last > after)
            .collect();
        newer.sort_unstable_by(|one, other| other.cmp(one));
        if newer.len() > CHANNELS_AT_MOST {
            tracing::warn!(guild = %guild.id, channels = newer.len(), "more was said in the meantime than is caught up on");
            newer.truncate(CHANNELS_AT_MOST);
        }
        let missed = newer.into_iter().map(|(_, channel)| Missed {
            channel,
            guild: Some(GuildId(guild.id.get())),
            after,
            heard_until,
        });
        self.catch_up(missed.collect()).await;
    }

    /// Notes up to when all was heard, again and again, and forgets the messages that forms were opened about long ago.
    pub(super) async fn note_what_was_heard(&self) -> Infallible {
        loop {
            self.drop_held().await;
            // Noted at times only: a write for every message would cost more than hearing the last ones again does after a crash.
            tokio::time::sleep(NOTED_EVERY).await;
            self.note_heard_until().await;
        }
    }

    /// Notes up to when all was heard.
    pub(super) async fn note_heard_until(&self) {
        if let Some(newest) = self.heard_until.newest()
            && let Err(error) = self.desk.store().heard_until(newest).await
        {
            tracing::error!(%error, "up to when everything was heard could not be noted");
        }
    }

    /// Before the first start there was nothing to hear: notes that everything counts as heard up to now, unless more is known.
    pub(super) async fn begin_to_hear(&self) -> Result<(), StoreError> {
        let store = self.desk.store();
        if store.last_heard().await?.is_none() {
            store.heard_until(self.desk.clock().now()).await?;
        }
        Ok(())
    }

    /// From when on messages may have been missed, and up to when they may have been heard nevertheless. None when nothing is to be caught
    /// up on.
    async fn missed_since(&self) -> Option<(Moment, Moment)> {
        let last = match self.desk.store().last_heard().await {
            Ok(last) => last?,
            Err(error) => {
                tracing::error!(%error, "up to when everything was heard could not be read");
                return None;
            }
        };
        let since = missed_since(last, self.desk.clock().now(), self.rules.catch_up)?;
        Some((since, last))
    }

    async fn catch_up(self: &Arc<Self>, missed: Vec<Missed>) {
        stream::iter(missed)
            .for_each_concurrent(SIDE_BY_SIDE, |missed| async move {
                match self.catch_up_in(&missed).await {
                    // It is gone, or not the bot's to read.
                    Ok(()) | Err(CallError::Gone { .. } | CallError::Refused { .. }) => {}
                    Err(error) => {
                        self.heard_until.misses_something();
                        tracing::warn!(channel = %missed.channel, %error, "what was missed in a channel could not be read");
                    }
                }
            })
            .await;
    }

    async fn catch_up_in(self: &Arc<Self>, missed: &Missed) -> Result<(), CallError> {
        let mut after = missed.after;
        for _ in 0..PAGES_AT_MOST {
            let address = format!("/messages?after={after}&limit={PAGE}");
            let deadline = Instant::now() + PATIENCE;
            let reading = self.heard_until.reading.acquire().await;
            let read = || self.ways.channels.get(missed.channel, &address);
            let mut page: Vec<Message> = again(deadline, read).await?;
            drop(reading);
            page.sort_unstable_by_key(|message| message.id);
            let full = page.len() >= PAGE;
            for mut message in page {
                // What is read does not say where it is.
                message.guild_id = missed.guild.map(|guild| guild.0.into());
                after = MessageId(message.id.get());
                let hearing = if written_at(after) > missed.heard_until {
                    Hearing::Live
                } else {
                    Hearing::Again
                };
                let written = Happening::Written(Box::new(message), hearing);
                self.happens(missed.channel, written).await;
            }
            if !full {
                return Ok(());
            }
        }
        tracing::warn!(channel = %missed.channel, "more was said in a channel than is caught up on");
        Ok(())
    }
}

/// From when on what was missed is answered: all that came after `last` was heard, but for what is longer ago than `catch_up`.
fn missed_since(last: Moment, now: Moment, catch_up: Duration) -> Option<Moment> {
    if catch_up.is_zero() {
        return None;
    }
    let catch_up = i64::try_from(catch_up.as_millis()).unwrap_or(i64::MAX);
    let longest = now.0.saturating_sub(catch_up);
    Some(Moment(longest.max(last.0.saturating_sub(MARGIN_MS))))
}

fn last_said(channel: &GuildChannel) -> Option<(MessageId, ChannelId)> {
    let last = MessageId(channel.last_message_id?.get());
    Some((last, ChannelId(channel.id.get())))
}

/// The beginning of Discord's time, in milliseconds since the Unix epoch.
///
/// See <https://discord.com/developers/docs/reference#snowflakes>.
const DISCORD_EPOCH_MS: i64 = 1_420_070_400_000;

/// When a message was written, as its id says.
fn written_at(message: MessageId) -> Moment {
    Moment((message.0 >> 22).cast_signed() + DISCORD_EPOCH_MS)
}

/// An id before those of all messages that are written from this moment on.
fn first_at(moment: Moment) -> MessageId {
    let since = u64::try_from(moment.0 - DISCORD_EPOCH_MS).unwrap_or(0);
    MessageId((since << 22).saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_tell_when_messages_were_written() {
        let moment = Moment(1_700_000_000_000);
        let before = first_at(moment);
        assert!(written_at(before) < moment);
        assert_eq!(written_at(MessageId(before.0 + 1)), moment);
        assert_eq!(first_at(Moment(0)), MessageId(0));
    }

    #[test]
    fn what_was_missed_too_long_ago_is_left_alone() {
        let now = Moment(10_000_000);
        let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
        let ago = |minutes: i64| Moment(now.0 - minutes * 60_000);
        assert_eq!(missed_since(ago(30), now, minutes(0)), None);
        assert_eq!(missed_since(ago(30), now, minutes(20)), Some(ago(20)));
        // What was heard last is looked at once more.
        assert_eq!(missed_since(ago(30), now, minutes(60)), Some(ago(31)));
        assert_eq!(missed_since(now, now, minutes(60)), Some(ago(1)));
    }

    #[test]
    fn nothing_is_noted_while_something_may_be_missing() {
        let heard = HeardUntil::default();
        assert_eq!(heard.newest(), None);
        let message = MessageId(first_at(Moment(1_700_000_000_000)).0 + 1);
        heard.heard(message);
        let catching_up = heard.catch_up();
        assert_eq!(heard.newest(), None);
        drop(catching_up);
        assert_eq!(heard.newest(), Some(Moment(1_700_000_000_000)));
        heard.heard(MessageId(1 << 22));
        assert_eq!(heard.newest(), Some(Moment(1_700_000_000_000)));
    }
}
