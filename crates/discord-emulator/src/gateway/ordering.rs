//! Hands a test's orders to connections: to all, or to that of one session. Carries none of them out.

use super::{cut::Order, sessions::Sessions};

impl Sessions {
    /// Orders every connection to do this.
    pub(crate) fn order(&self, order: &Order) {
        for connection in self.connections.values() {
            // A connection with so many orders waiting is about to end anyway.
            let _ = connection.try_send(order.clone());
        }
    }

    /// Orders the connection of this session to do this; false when its bot is not connected.
    pub(crate) fn order_one(&self, session: &str, order: Order) -> bool {
        let connection = self.by_id.get(session).and_then(|one| one.connection);
        let sender = connection.and_then(|id| self.connections.get(&id));
        // As above.
        sender.map(|sender| sender.try_send(order)).is_some()
    }

    /// Sends the last event of every session once more, under a new number.
    pub(crate) fn repeat_last(&mut self) {
        for session in self.by_id.values_mut() {
            session.repeat_last();
        }
    }

    /// Sends the last event of this session once more, under a new number; false when there is no such session.
    pub(crate) fn repeat_last_of(&mut self, session: &str) -> bool {
        let session = self.by_id.get_mut(session);
        session.map(super::session::Session::repeat_last).is_some()
    }
}
