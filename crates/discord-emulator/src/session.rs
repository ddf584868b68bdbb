//! One session of the gateway as a test holds it, to do to it alone what [`Emulator`](crate::Emulator) does to all. Serves none.

use std::sync::Arc;

use crate::{
    gateway::cut::{GatewayCut, Order},
    shared::Shared,
};

/// One session of the gateway.
///
/// What is done to it tells whether it was there to have it done: false when its bot is not connected.
#[derive(Clone)]
pub struct Session {
    shared: Arc<Shared>,
    id: String,
}

impl Session {
    pub(crate) fn new(shared: Arc<Shared>, id: &str) -> Self {
        Self {
            shared,
            id: id.to_owned(),
        }
    }

    /// The session's id, as in READY.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Cuts its connection, or tells it to end.
    pub fn cut(&self, how: GatewayCut) -> bool {
        self.order(Order::Cut(how))
    }

    /// Demands a heartbeat of its bot (opcode 1).
    pub fn demand_heartbeat(&self) -> bool {
        self.order(Order::DemandHeartbeat)
    }

    /// Sends its bot this text as a payload, whatever it is.
    pub fn send_raw(&self, text: &str) -> bool {
        self.order(Order::Raw(text.to_owned()))
    }

    /// Lets the next payload arrive broken: it cannot be inflated, or is no JSON.
    pub fn corrupt_next_payload(&self) -> bool {
        self.order(Order::CorruptNext)
    }

    /// Sends its latest event a second time; a bot that is not connected gets it when it comes back.
    pub fn repeat_last_dispatch(&self) -> bool {
        self.shared
            .act(|state, _| state.sessions.repeat_last_of(&self.id))
    }

    fn order(&self, order: Order) -> bool {
        self.shared
            .act(|state, _| state.sessions.order_one(&self.id, order))
    }
}
