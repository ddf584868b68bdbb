//! Gateway sessions: who opens one, who comes back to it, and what its connection has to send. Knows no socket.

use std::{
    collections::{HashMap, hash_map::RandomState},
    sync::Arc,
};

use serde_json::Value;
use tokio::sync::{Notify, mpsc};

use super::{
    close::Close,
    cut::{GatewayCut, GatewayFaults, Order},
    session::Session,
    settings::GatewaySettings,
    told::{Dispatch, Told},
};
use crate::{
    clock::Moment,
    faults::{event::EventFault, rules::Rules},
    snowflake::Snowflake,
    world::{Event, HOME},
};

/// Orders on their way to one connection.
const MOST_ORDERS: usize = 64;
/// Events that a connection takes at once.
const MOST_AT_ONCE: usize = 256;

/// Names one connection for as long as it lives.
pub(crate) type ConnectionId = u64;

/// All sessions and connections.
pub(crate) struct Sessions {
    pub(crate) settings: GatewaySettings,
    pub(crate) faults: GatewayFaults,
    pub(crate) event_faults: Rules<EventFault>,
    /// Until when nobody can connect.
    pub(crate) down_until: Option<Moment>,
    /// Until when nothing is read from open connections, nor sent.
    pub(crate) stalled_until: Option<Moment>,
    pub(super) by_id: HashMap<String, Session>,
    pub(super) connections: HashMap<ConnectionId, mpsc::Sender<Order>>,
    last_connection: ConnectionId,
    /// Events that faults hold back until then; with `true` also until the next event has gone out.
    pub(super) held: Vec<(Moment, bool, Event)>,
    pub(super) secret: RandomState,
    pub(super) revision: u64,
}

/// A session as its connection holds it.
#[derive(Clone)]
pub(crate) struct Held {
    pub(crate) id: String,
    pub(crate) intents: u64,
    /// The last number that was sent.
    pub(crate) sent: u64,
    pub(crate) wake: Arc<Notify>,
}

/// What a connection finds when it looks for something to send.
pub(crate) enum Next {
    Dispatches(Vec<Dispatch>),
    Nothing,
    /// The session is gone, was taken over, or has run too far ahead.
    Lost,
}

impl Sessions {
    pub(crate) fn new(settings: GatewaySettings, seed: u64) -> Self {
        Self {
            settings,
            faults: GatewayFaults::default(),
            event_faults: Rules::new(seed),
            down_until: None,
            stalled_until: None,
            by_id: HashMap::new(),
            connections: HashMap::new(),
            last_connection: 0,
            held: Vec::new(),
            secret: RandomState::new(),
            revision: 0,
        }
    }

    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether some bot would get an event of the guild, now or when it comes back.
    pub(crate) fn has_bot(&self) -> bool {
        let life = self.settings.session_life;
        self.by_id
            .values()
            .any(|session| session.serves(Some(Snowflake::from(HOME))) && session.is_alive(life))
    }

    /// Whether a bot is connected right now.
    pub(crate) fn is_connected(&self) -> bool {
        self.by_id
            .values()
            .any(|session| session.connection.is_some())
    }

    /// A connection has come; orders for it arrive at the receiver.
    pub(crate) fn connect(&mut self) -> (ConnectionId, mpsc::Receiver<Order>) {
        self.last_connection += 1;
        let (sender, receiver) = mpsc::channel(MOST_ORDERS);
        self.connections.insert(self.last_connection, sender);
        (self.last_connection, receiver)
    }

    /// A connection has ended. Its session waits for the bot, or ends with it.
    pub(crate) fn disconnect(&mut self, connection: ConnectionId, keep_session: bool) {
        self.connections.remove(&connection);
        self.revision += 1;
        let life = self.settings.session_life;
        self.by_id.retain(|_, session| {
            let own = session.connection == Some(connection);
            if own {
                session.is_left();
            }
            (!own || keep_session) && session.is_alive(life)
        });
    }

    /// Ends a session at once, as opcode 9 with `false` does.
    pub(crate) fn end(&mut self, id: &str) {
        self.by_id.remove(id);
        self.revision += 1;
    }

    /// Ends every session; connections are closed with this code.
    fn end_all(&mut self, code: u16) {
        self.by_id.clear();
        self.order(&Order::Cut(GatewayCut::Close(code)));
        self.revision += 1;
    }

    /// Ends every session, since their token is void.
    pub(crate) fn void_token(&mut self) {
        self.end_all(Close::AuthenticationFailed.code());
    }

    /// Ends every session and takes everything back that was ordered.
    pub(crate) fn reset(&mut self, settings: GatewaySettings) {
        self.end_all(4009);
        self.settings = settings;
        self.faults = GatewayFaults::default();
        self.event_faults.clear();
        (self.down_until, self.stalled_until) = (None, None);
        self.held.clear();
    }

    /// Tells one session something that concerns nobody else.
    pub(crate) fn tell(&mut self, id: &str, kind: &'static str, data: &Value) {
        if let Some(session) = self.by_id.get_mut(id) {
            session.push(Arc::new(Told::new(kind, data)));
        }
    }

    /// What a connection has to send next; what it holds as sent is.
    pub(crate) fn next(&mut self, connection: ConnectionId, held: &Held) -> Next {
        let session = self
            .by_id
            .get_mut(&held.id)
            .filter(|session| session.connection == Some(connection));
        let Some(session) = session.filter(|session| !session.has_forgotten(held.sent)) else {
            return Next::Lost;
        };
        let waiting = session.next(held.sent, MOST_AT_ONCE);
        if waiting.is_empty() {
            Next::Nothing
        } else {
            Next::Dispatches(waiting)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::{
        super::{
            frames::{Identify, MESSAGE_CONTENT, Resume},
            session::MOST_WAITING,
        },
        *,
    };

    fn sessions() -> Sessions {
        Sessions::new(GatewaySettings::default(), 0)
    }

    fn now() -> Moment {
        Moment::since_epoch(Duration::from_secs(1))
    }

    fn identify(intents: u64, shard: &Value) -> Identify {
        serde_json::from_value(
            json!({"token": "t", "intents": intents, "shard": shard, "properties": {}}),
        )
        .unwrap()
    }

    /// A connection that has identified itself, in a world with the home guild.
    fn opened(sessions: &mut Sessions, identify: &Identify) -> (ConnectionId, Held) {
        let (connection, _orders) = sessions.connect();
        let home = [(Snowflake::from(HOME), json!({}))];
        let held = sessions.identify(now(), connection, identify, &json!({}), &home);
        (connection, held)
    }

    fn resume(id: &str, seq: u64) -> Resume {
        serde_json::from_value(json!({"token": "t", "session_id": id, "seq": seq})).unwrap()
    }

    fn event(kind: &'static str, intents: u64) -> Event {
        let without_content = Some(json!({"content": ""}));
        Event {
            kind,
            payload: json!({"content": "secret"}),
            guild: Some(Snowflake::from(HOME)),
            intents,
            without_content,
            interaction: None,
        }
    }

    fn kinds(sessions: &mut Sessions, connection: ConnectionId, held: &Held) -> Vec<String> {
        let Next::Dispatches(waiting) = sessions.next(connection, held) else {
            return Vec::new();
        };
        let frames = waiting
            .iter()
            .map(|dispatch| serde_json::from_str::<Value>(&dispatch.text()).unwrap());
        frames
            .map(|frame| {
                format!(
                    "{} {} {}",
                    frame["s"],
                    frame["t"].as_str().unwrap(),
                    frame["d"]["content"]
                )
            })
            .collect()
    }

    #[test]
    fn events_are_numbered_and_filtered_by_intents() {
        let mut sessions = sessions();
        let (connection, held) = opened(&mut sessions, &identify(1, &Value::Null));
        sessions.deliver(now(), event("INTERACTION_CREATE", 0));
        sessions.deliver(now(), event("MESSAGE_CREATE", 1 << 9));
        assert_eq!(
            kinds(&mut sessions, connection, &held),
            [
                "1 READY null",
                "2 GUILD_CREATE null",
                "3 INTERACTION_CREATE \"\""
            ]
        );
    }

    #[test]
    fn content_needs_its_intent() {
        let mut sessions = sessions();
        let (connection, held) = opened(
            &mut sessions,
            &identify(1 << 9 | MESSAGE_CONTENT, &Value::Null),
        );
        sessions.deliver(now(), event("MESSAGE_CREATE", 1 << 9));
        assert_eq!(
            kinds(&mut sessions, connection, &held)[1],
            "2 MESSAGE_CREATE \"secret\""
        );
    }

    #[test]
    fn a_resumed_session_replays_what_was_missed() {
        let mut sessions = sessions();
        let (first, held) = opened(&mut sessions, &identify(0, &Value::Null));
        sessions.disconnect(first, true);
        sessions.deliver(now(), event("INTERACTION_CREATE", 0));
        let (second, _orders) = sessions.connect();
        let again = sessions
            .resume(second, &resume(&held.id, 1))
            .unwrap()
            .unwrap();
        assert_eq!(
            kinds(&mut sessions, second, &again),
            ["2 INTERACTION_CREATE \"\"", "3 RESUMED null"]
        );
        assert!(matches!(sessions.next(first, &held), Next::Lost));
    }

    #[test]
    fn a_session_that_is_gone_or_too_far_ahead_is_not_resumed() {
        let mut sessions = sessions();
        let (connection, held) = opened(&mut sessions, &identify(0, &Value::Null));
        assert!(
            sessions
                .resume(connection, &resume("nobody", 1))
                .unwrap()
                .is_none()
        );
        assert_eq!(
            sessions.resume(connection, &resume(&held.id, 99)).err(),
            Some(Close::InvalidSeq)
        );
        let (connection, held) = opened(&mut sessions, &identify(0, &Value::Null));
        sessions.disconnect(connection, false);
        assert!(
            sessions
                .resume(connection, &resume(&held.id, 1))
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn a_session_too_far_behind_is_lost_not_replayed_with_a_gap() {
        let mut sessions = sessions();
        let (connection, held) = opened(&mut sessions, &identify(0, &Value::Null));
        for _ in 0..=MOST_WAITING {
            sessions.deliver(now(), event("INTERACTION_CREATE", 0));
        }
        assert!(matches!(sessions.next(connection, &held), Next::Lost));
        assert!(
            sessions
                .resume(connection, &resume(&held.id, 1))
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn the_guild_belongs_to_one_shard() {
        let mut sessions = sessions();
        let own = (HOME >> 22) % 2;
        for shard in [0, 1] {
            let (connection, held) = opened(&mut sessions, &identify(0, &json!([shard, 2])));
            sessions.deliver(now(), event("INTERACTION_CREATE", 0));
            assert_eq!(
                kinds(&mut sessions, connection, &held).len() == 2,
                shard == own
            );
        }
    }
}
