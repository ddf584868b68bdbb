//! What a test does to the gateway: cuts, stalls, faults for events, of all sessions. Serves none.

use std::{sync::Arc, time::Duration};

use crate::{
    Emulator,
    faults::{
        error::FaultError,
        event::EventFault,
        rules::{Ordered, Rules},
    },
    gateway::{
        cut::{GatewayCut, GatewayFaults, Order},
        open_session::OpenSession,
        settings::GatewaySettings,
    },
    session::Session,
};

impl Emulator {
    /// Cuts every gateway connection that is open now, or tells it to end.
    pub fn drop_gateway(&self, how: GatewayCut) {
        self.order(&Order::Cut(how));
    }

    /// Demands a heartbeat of every connection (opcode 1).
    pub fn demand_heartbeat(&self) {
        self.order(&Order::DemandHeartbeat);
    }

    /// Sends this text as a payload on every connection, whatever it is.
    pub fn send_raw(&self, text: &str) {
        self.order(&Order::Raw(text.to_owned()));
    }

    /// Lets the next payload of every connection arrive broken: it cannot be inflated, or is no JSON.
    pub fn corrupt_next_payload(&self) {
        self.order(&Order::CorruptNext);
    }

    fn order(&self, order: &Order) {
        self.shared.act(|state, _| state.sessions.order(order));
    }

    /// Sends the latest event of every session a second time, as the real service sometimes does.
    pub fn repeat_last_dispatch(&self) {
        self.shared.act(|state, _| state.sessions.repeat_last());
    }

    /// Lets nobody connect to the gateway for this long by the emulator's clock; connections that are open stay.
    pub fn gateway_is_down(&self, for_so_long: Duration) {
        self.shared
            .act(|state, now| state.sessions.down_until = Some(now.plus(for_so_long)));
    }

    /// Reads and sends nothing on the gateway's connections for this long by the emulator's clock.
    pub fn stall_gateway(&self, for_so_long: Duration) {
        self.shared
            .act(|state, now| state.sessions.stalled_until = Some(now.plus(for_so_long)));
    }

    /// Sets how the gateway misbehaves, until it is set otherwise.
    pub fn gateway_faults(&self, faults: GatewayFaults) {
        self.shared.act(|state, _| state.sessions.faults = faults);
    }

    /// Sets how the gateway behaves.
    pub fn set_gateway(&self, settings: GatewaySettings) {
        self.shared
            .act(|state, _| state.sessions.settings = settings);
    }

    /// The gateway's sessions whose bot is connected or may come back, the oldest first.
    pub fn sessions(&self) -> Vec<OpenSession> {
        self.shared.act(|state, _| state.sessions.list())
    }

    /// One of the gateway's sessions, by its id; `None` when there is no such session.
    pub fn session(&self, id: &str) -> Option<Session> {
        let is_there = self.sessions().iter().any(|session| session.id == id);
        is_there.then(|| Session::new(Arc::clone(&self.shared), id))
    }

    /// Orders a fault for events; gives its id. It is tried behind those that were ordered before.
    ///
    /// # Errors
    ///
    /// Names what no event could meet.
    pub fn event_fault(&self, fault: EventFault) -> Result<u64, FaultError> {
        fault.check()?;
        let turns = fault.turns.clone();
        let add = |rules: &mut Rules<EventFault>| rules.add(fault, &turns);
        Ok(self
            .shared
            .act(|state, _| add(&mut state.sessions.event_faults)))
    }

    /// The faults for events, those used up included, and how often each was met. At most 1 000 are kept.
    pub fn event_faults(&self) -> Vec<Ordered<EventFault>> {
        self.shared
            .act(|state, _| state.sessions.event_faults.list())
    }

    /// Takes a fault for events back; tells whether it was there.
    pub fn remove_event_fault(&self, id: u64) -> bool {
        self.shared
            .act(|state, _| state.sessions.event_faults.remove(id))
    }

    /// Takes all faults for events back.
    pub fn clear_event_faults(&self) {
        self.shared
            .act(|state, _| state.sessions.event_faults.clear());
    }
}
