//! Lets what happens to messages be taken on in the order in which it happened, channel by channel. Memory only; may be lost.
//!
//! The library runs a task for each event and promises no order among them; whoever watches the connection itself announces what is
//! coming. What a task brings waits here until those that were announced before it have brought theirs; then the earliest goes first.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use dashmap::DashMap;
use dashmap::mapref::entry::{Entry, OccupiedEntry};
use serenity::all::Timestamp;
use tokio::sync::{Mutex as Turn, Notify, OwnedMutexGuard};
use tokio::time::timeout;

use crate::ids::{ChannelId, MessageId};

/// What may wait in all. Beyond it Discord brings more than can ever be answered.
const WAITING_AT_MOST: usize = 10_000;

/// How long what was announced is waited for by what comes behind it. It comes at once, unless its task failed.
const PATIENCE: Duration = Duration::from_secs(1);

/// What happens to messages, in every channel.
pub(super) struct Order<T> {
    channels: DashMap<ChannelId, Arc<Channel<T>>>,
    waiting: AtomicUsize,
    came: AtomicU64,
}

struct Channel<T> {
    line: Mutex<Line<T>>,
    turn: Arc<Turn<()>>,
    /// Told of everything that is brought.
    brought: Notify,
}

struct Line<T> {
    /// By message, and for one message in the order of the steps of its life.
    waiting: BTreeMap<(MessageId, Step, u64), T>,
    /// What was announced and not brought yet.
    announced: BTreeSet<(MessageId, Step)>,
}

/// A step in a message's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Written,
    /// When, where Discord says.
    Edited(Option<Timestamp>),
    Deleted,
}

/// What goes next in its channel. The next one has its turn when this is dropped.
pub(super) struct Next<'a, T> {
    order: &'a Order<T>,
    channel: ChannelId,
    turn: Option<OwnedMutexGuard<()>>,
}

impl<T> Default for Order<T> {
    fn default() -> Self {
        Self {
            channels: DashMap::new(),
            waiting: AtomicUsize::new(0),
            came: AtomicU64::new(0),
        }
    }
}

impl<T> Order<T> {
    /// Announces what will be brought: what comes behind it waits for it.
    pub(super) fn announce(&self, channel: ChannelId, message: MessageId, step: Step) {
        if self.waiting.load(Ordering::Relaxed) < WAITING_AT_MOST {
            let mut channel = self.channels.entry(channel).or_default();
            channel.value_mut().line().announced.insert((message, step));
        }
    }

    /// Brings something, and waits for a turn in its channel: with what goes next there, which something else may be. Whoever brought that
    /// gets this in turn. None when too much is waiting; then it is lost.
    pub(super) async fn turn(
        &self,
        channel: ChannelId,
        message: MessageId,
        step: Step,
        happened: T,
    ) -> Option<(T, Next<'_, T>)> {
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= WAITING_AT_MOST {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            self.withdraw(channel, message, step);
            tracing::error!("too many messages at once; one was not heard");
            return None;
        }
        let here = self.bring(channel, message, step, happened);
        // From here on its drop counts this as done, also where the wait is given up.
        let mut next = Next {
            order: self,
            channel,
            turn: None,
        };
        next.turn = Some(Arc::clone(&here.turn).lock_owned().await);
        let first = here.first().await;
        first.map(|happened| (happened, next))
    }

    /// Nobody waits any longer for what was announced.
    fn withdraw(&self, channel: ChannelId, message: MessageId, step: Step) {
        if let Entry::Occupied(here) = self.channels.entry(channel) {
            here.get().line().announced.remove(&(message, step));
            here.get().brought.notify_waiters();
            forget_if_left(here);
        }
    }

    fn bring(
        &self,
        channel: ChannelId,
        message: MessageId,
        step: Step,
        happened: T,
    ) -> Arc<Channel<T>> {
        let came = self.came.fetch_add(1, Ordering::Relaxed);
        let here = Arc::clone(&*self.channels.entry(channel).or_default());
        {
            let mut line = here.line();
            line.announced.remove(&(message, step));
            line.waiting.insert((message, step, came), happened);
        }
        here.brought.notify_waiters();
        here
    }
}

impl<T> Default for Channel<T> {
    fn default() -> Self {
        Self {
            line: Mutex::new(Line {
                waiting: BTreeMap::new(),
                announced: BTreeSet::new(),
            }),
            turn: Arc::new(Turn::new(())),
            brought: Notify::new(),
        }
    }
}

impl<T> Channel<T> {
    /// The earliest of what waits, once nothing before it is still to come. To be called by whoever has the turn.
    async fn first(&self) -> Option<T> {
        let in_time = timeout(PATIENCE, self.nothing_before()).await;
        let mut line = self.line();
        let ((message, step, _), happened) = line.waiting.pop_first()?;
        if in_time.is_err() {
            tracing::warn!(
                "something that Discord told was not taken on in time; what came behind it does not wait any longer"
            );
            line.announced = line.announced.split_off(&(message, step));
        }
        Some(happened)
    }

    /// Until nothing is still to come before the earliest of what waits.
    async fn nothing_before(&self) {
        loop {
            let mut brought = pin!(self.brought.notified());
            brought.as_mut().enable();
            if self.line().first_is_next() {
                return;
            }
            brought.await;
        }
    }

    fn line(&self) -> MutexGuard<'_, Line<T>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Line<T> {
    fn first_is_next(&self) -> bool {
        match (self.waiting.first_key_value(), self.announced.first()) {
            (Some(((message, step, _), _)), Some(announced)) => (*message, *step) <= *announced,
            _ => true,
        }
    }
}

impl<T> Drop for Next<'_, T> {
    fn drop(&mut self) {
        self.turn.take();
        self.order.waiting.fetch_sub(1, Ordering::Relaxed);
        if let Entry::Occupied(here) = self.order.channels.entry(self.channel) {
            forget_if_left(here);
        }
    }
}

/// Forgets a channel in which nothing waits and nothing is to come. Nobody brings anything while the entry is held, and whoever holds the
/// channel besides the map is still in its line.
fn forget_if_left<T>(here: OccupiedEntry<'_, ChannelId, Arc<Channel<T>>>) {
    if Arc::strong_count(here.get()) == 1 && here.get().line().announced.is_empty() {
        here.remove();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: ChannelId = ChannelId(1);

    fn edited_at(second: i64) -> Step {
        Step::Edited(Some(Timestamp::from_unix_timestamp(second).unwrap()))
    }

    #[tokio::test]
    async fn what_comes_together_goes_in_the_order_in_which_it_happened() {
        let order = Order::default();
        let gone = Mutex::new(Vec::new());
        let bring = async |message, step, name: &'static str| {
            let (happened, _next) = order
                .turn(HERE, MessageId(message), step, name)
                .await
                .unwrap();
            gone.lock().unwrap().push(happened);
        };
        order.announce(HERE, MessageId(1), Step::Written);
        order.announce(HERE, MessageId(1), edited_at(8));
        order.announce(HERE, MessageId(1), edited_at(9));
        order.announce(HERE, MessageId(2), Step::Written);
        order.announce(HERE, MessageId(2), Step::Deleted);
        tokio::join!(
            bring(2, Step::Deleted, "second deleted"),
            bring(2, Step::Written, "second"),
            bring(1, edited_at(9), "first edited again"),
            bring(1, edited_at(8), "first edited"),
            bring(1, Step::Written, "first"),
        );
        assert_eq!(
            *gone.lock().unwrap(),
            [
                "first",
                "first edited",
                "first edited again",
                "second",
                "second deleted"
            ]
        );
        assert!(order.channels.is_empty());
        assert_eq!(order.waiting.load(Ordering::Relaxed), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_announced_and_never_comes_is_not_waited_for_for_ever() {
        let order = Order::default();
        order.announce(HERE, MessageId(1), Step::Written);
        let (happened, next) = order
            .turn(HERE, MessageId(2), Step::Written, "second")
            .await
            .unwrap();
        assert_eq!(happened, "second");
        drop(next);
        assert!(order.channels.is_empty());
    }

    #[tokio::test]
    async fn no_more_waits_than_is_allowed() {
        let order = Order::default();
        order.announce(HERE, MessageId(1), Step::Written);
        order.waiting.store(WAITING_AT_MOST, Ordering::Relaxed);
        let turn = order.turn(HERE, MessageId(1), Step::Written, ()).await;
        assert!(turn.is_none());
        assert!(order.channels.is_empty());
    }
}
