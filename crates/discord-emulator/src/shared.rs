//! What all parts of the emulator share: the state behind one lock, the clock, and word of every change. Knows no protocol.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use serde_json::Value;
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    clock::{Clock, Moment},
    faults::{request::Fault, rules::Rules},
    gateway::sessions::Sessions,
    listener::Connections,
    record::{Judge, Record},
    report::Report,
    rest::{limits::Limits, log::Log},
    world::World,
};

/// One emulator.
pub(crate) struct Shared {
    pub(crate) clock: Clock,
    /// A plain mutex, because it is never held across an await.
    state: Mutex<State>,
    /// Told after every change that somebody could wait for.
    changed: watch::Sender<u64>,
    /// When something falls due next.
    due: watch::Sender<Option<Moment>>,
    pub(crate) gateway_url: String,
    /// The connections over TLS that are open.
    pub(crate) connections: Connections,
    pub(crate) tasks: TaskTracker,
    /// Cancelled when the emulator ends.
    pub(crate) stopping: CancellationToken,
}

/// All that changes.
pub(crate) struct State {
    pub(crate) world: World,
    pub(crate) sessions: Sessions,
    pub(crate) faults: Rules<Fault>,
    pub(crate) limits: Limits,
    pub(crate) log: Log,
    /// Kept only when a test wants to judge it.
    pub(crate) record: Option<Record>,
    /// Who looks at the record.
    pub(crate) judges: Vec<Judge>,
}

impl State {
    fn revision(&self) -> u64 {
        self.world.revision() + self.sessions.revision() + self.faults.revision()
    }

    fn next_deadline(&self) -> Option<Moment> {
        let deadlines = [self.world.next_deadline(), self.sessions.next_deadline()];
        deadlines.into_iter().flatten().min()
    }

    /// Keeps an event for the record, if there is one.
    pub(crate) fn note_event(&mut self, kind: &str, data: &Value) {
        if let Some(record) = &mut self.record {
            record.event(kind, data);
        }
    }

    pub(crate) fn report(&self) -> Report {
        Report {
            pings: self.world.pings().cloned().collect(),
            left_thinking: self.world.left_thinking(),
            unanswered: self.world.unanswered(),
            open_sessions: self.sessions.list().len(),
            ..self.log.report()
        }
    }
}

impl Shared {
    pub(crate) fn new(state: State, gateway_url: String) -> Self {
        Self {
            clock: Clock::start(),
            state: Mutex::new(state),
            changed: watch::Sender::new(0),
            due: watch::Sender::new(None),
            gateway_url,
            connections: Connections::default(),
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
        }
    }

    /// Does one thing to the state; what follows from it goes out before anybody else gets the lock.
    pub(crate) fn act<T>(&self, what: impl FnOnce(&mut State, Moment) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let before = state.revision();
        let now = self.clock.now();
        state.world.settle(now);
        state.sessions.settle(now);
        let result = what(&mut state, now);
        for event in state.world.take_events() {
            state.note_event(event.kind, &event.payload);
            state.sessions.deliver(now, event);
        }
        let after = state.revision();
        let due = state.next_deadline();
        self.due
            .send_if_modified(|known| std::mem::replace(known, due) != due);
        drop(state);
        if after != before {
            self.changed.send_replace(after);
        }
        result
    }

    /// Waits so long by the emulator's clock, or until the emulator ends.
    pub(crate) async fn pause(&self, by: Duration) {
        let until = self.clock.now().plus(by);
        tokio::select! {
            () = self.clock.wait_until(until) => {}
            () = self.stopping.cancelled() => {}
        }
    }

    /// Hears of every change from now on.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Waits until `look` finds something, looking again after every change; `None` when `within` real time has passed.
    pub(crate) async fn wait_for<T>(
        &self,
        within: Duration,
        mut look: impl FnMut(&State) -> Option<T>,
    ) -> Option<T> {
        let mut changes = self.changes();
        let found = async {
            loop {
                if let Some(found) = self.act(|state, _| look(state)) {
                    return Some(found);
                }
                changes.changed().await.ok()?;
            }
        };
        tokio::time::timeout(within, found).await.ok().flatten()
    }

    /// Lets deadlines take effect when they come, though nobody asks for anything.
    pub(crate) async fn keep_time(&self) {
        let mut dues = self.due.subscribe();
        loop {
            let due = *dues.borrow_and_update();
            let next = async {
                match due {
                    Some(due) => self.clock.wait_until(due).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = next => self.act(|_, _| ()),
                _ = dues.changed() => {}
                () = self.stopping.cancelled() => return,
            }
        }
    }
}
