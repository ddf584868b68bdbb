//! Lets what happens to messages be taken on in the order in which it happened, channel by channel. Memory only; may be lost.
//!
//! The library runs a task for each event and promises no order among them. What a task brings waits here until those that came with it
//! have brought theirs; then the earliest goes first.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

use crate::ids::{ChannelId, MessageId};

/// What may wait in all. Beyond it Discord brings more than can ever be answered.
const WAITING_AT_MOST: usize = 10_000;

/// What happens to messages, in every channel.
pub(super) struct Order<T> {
    channels: DashMap<ChannelId, Arc<Channel<T>>>,
    waiting: AtomicUsize,
    came: AtomicU64,
}

struct Channel<T> {
    /// By message, and for one message in the order of the steps of its life.
    waiting: Mutex<BTreeMap<(MessageId, Step, u64), T>>,
    turn: Arc<Turn<()>>,
}

/// A step in a message's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Written,
    Edited,
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
            tracing::error!("too many messages at once; one was not heard");
            return None;
        }
        let line = self.bring(channel, message, step, happened);
        // From here on its drop counts this as done, also where the wait is given up.
        let mut next = Next {
            order: self,
            channel,
            turn: None,
        };
        tokio::task::yield_now().await;
        next.turn = Some(Arc::clone(&line.turn).lock_owned().await);
        let first = line
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_first();
        first.map(|(_, happened)| (happened, next))
    }

    fn bring(
        &self,
        channel: ChannelId,
        message: MessageId,
        step: Step,
        happened: T,
    ) -> Arc<Channel<T>> {
        let came = self.came.fetch_add(1, Ordering::Relaxed);
        let line = self.channels.entry(channel).or_insert_with(|| {
            Arc::new(Channel {
                waiting: Mutex::new(BTreeMap::new()),
                turn: Arc::new(Turn::new(())),
            })
        });
        line.waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert((message, step, came), happened);
        Arc::clone(&line)
    }
}

impl<T> Drop for Next<'_, T> {
    fn drop(&mut self) {
        self.turn.take();
        self.order.waiting.fetch_sub(1, Ordering::Relaxed);
        if let Entry::Occupied(line) = self.order.channels.entry(self.channel) {
            // Nobody brings anything while the entry is held. Whoever holds the line besides the map is still in it.
            if Arc::strong_count(line.get()) == 1 {
                line.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: ChannelId = ChannelId(1);

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
        tokio::join!(
            bring(2, Step::Deleted, "second deleted"),
            bring(2, Step::Written, "second"),
            bring(1, Step::Edited, "first edited"),
            bring(1, Step::Written, "first"),
        );
        assert_eq!(
            *gone.lock().unwrap(),
            ["first", "first edited", "second", "second deleted"]
        );
        assert!(order.channels.is_empty());
        assert_eq!(order.waiting.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn no_more_waits_than_is_allowed() {
        let order = Order::default();
        order.waiting.store(WAITING_AT_MOST, Ordering::Relaxed);
        let turn = order.turn(HERE, MessageId(1), Step::Written, ()).await;
        assert!(turn.is_none());
        assert!(order.channels.is_empty());
    }
}
