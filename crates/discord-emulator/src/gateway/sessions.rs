//! Gateway sessions: who gets which event under which number, and what is replayed on resume. Knows no socket.

use std::{
    collections::{HashMap, VecDeque, hash_map::RandomState},
    hash::BuildHasher,
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};

use super::{
    close::Close,
    cut::GatewayCut,
    frames::{Identify, MESSAGE_CONTENT, Resume},
};
use crate::{
    snowflake::Snowflake,
    world::{Event, HOME, guild::INTENT_GUILDS},
};

/// How long a session waits for its bot to come back.
const KEPT: Duration = Duration::from_secs(120);
/// Dispatches kept for a replay; a session that falls further behind cannot be resumed.
const MOST_KEPT: usize = 4_096;
/// Orders on their way to one connection.
const MOST_ORDERS: usize = 8;

/// Names one connection for as long as it lives.
pub(crate) type ConnectionId = u64;

/// All sessions and connections.
#[derive(Default)]
pub(crate) struct Sessions {
    by_id: HashMap<String, Session>,
    connections: HashMap<ConnectionId, mpsc::Sender<GatewayCut>>,
    last_connection: ConnectionId,
    secret: RandomState,
    revision: u64,
}

/// One identified bot, connected or expected back.
struct Session {
    intents: u64,
    shard: (u64, u64),
    seq: u64,
    kept: VecDeque<Dispatch>,
    /// The connection that serves it now.
    connection: Option<ConnectionId>,
    /// Since when it waits for its bot, in real time: a test that moves the emulator's clock does not lose its bot.
    left: Option<Instant>,
    wake: Arc<Notify>,
}

/// One numbered event, ready to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Dispatch {
    pub(crate) seq: u64,
    pub(crate) text: String,
    pub(crate) interaction: Option<Snowflake>,
}

/// A session as its connection holds it.
#[derive(Clone)]
pub(crate) struct Held {
    pub(crate) id: String,
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
    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether some bot would get an event of the guild, now or when it comes back.
    pub(crate) fn has_bot(&self) -> bool {
        self.by_id
            .values()
            .any(|session| session.serves(Some(Snowflake::from(HOME))) && session.is_alive())
    }

    /// Whether a bot is connected right now.
    pub(crate) fn is_connected(&self) -> bool {
        self.by_id
            .values()
            .any(|session| session.connection.is_some())
    }

    /// A connection has come; orders for it arrive at the receiver.
    pub(crate) fn connect(&mut self) -> (ConnectionId, mpsc::Receiver<GatewayCut>) {
        self.last_connection += 1;
        let (sender, receiver) = mpsc::channel(MOST_ORDERS);
        self.connections.insert(self.last_connection, sender);
        (self.last_connection, receiver)
    }

    /// A connection has ended. Its session waits for the bot, or ends with it.
    pub(crate) fn disconnect(&mut self, connection: ConnectionId, keep_session: bool) {
        self.connections.remove(&connection);
        self.revision += 1;
        self.by_id.retain(|_, session| {
            let own = session.connection == Some(connection);
            if own {
                session.connection = None;
                session.left = Some(Instant::now());
            }
            (!own || keep_session) && session.is_alive()
        });
    }

    /// Opens a session and queues what a bot gets first.
    pub(crate) fn identify(
        &mut self,
        connection: ConnectionId,
        identify: &Identify,
        ready: &Value,
        guilds: &[(Snowflake, Value)],
    ) -> Held {
        let id = format!(
            "{:016x}{:016x}",
            self.secret.hash_one(connection),
            self.secret.hash_one((connection, "session"))
        );
        let shard = identify.shard.unwrap_or((0, 1));
        let mut session = Session {
            intents: identify.intents,
            shard,
            seq: 0,
            kept: VecDeque::new(),
            connection: Some(connection),
            left: None,
            wake: Arc::new(Notify::new()),
        };
        let mut ready = ready.clone();
        ready["session_id"] = json!(id);
        ready["shard"] = json!([shard.0, shard.1]);
        let own: Vec<&(Snowflake, Value)> = guilds
            .iter()
            .filter(|(id, _)| session.serves(Some(*id)))
            .collect();
        let unavailable = own
            .iter()
            .map(|(id, _)| json!({"id": id, "unavailable": true}));
        ready["guilds"] = unavailable.collect();
        session.push("READY", &ready, None);
        if session.intents & INTENT_GUILDS != 0 {
            for (_, guild) in own {
                session.push("GUILD_CREATE", guild, None);
            }
        }
        let held = Held {
            id: id.clone(),
            sent: 0,
            wake: Arc::clone(&session.wake),
        };
        self.by_id.insert(id, session);
        self.revision += 1;
        held
    }

    /// Gives a session to a new connection.
    ///
    /// # Errors
    ///
    /// `Ok(None)` when the bot must identify anew; a close code when it names a number that was never sent.
    pub(crate) fn resume(
        &mut self,
        connection: ConnectionId,
        resume: &Resume,
    ) -> Result<Option<Held>, Close> {
        let Some(session) = self
            .by_id
            .get_mut(&resume.session_id)
            .filter(|session| session.is_alive())
        else {
            return Ok(None);
        };
        if resume.seq > session.seq {
            self.by_id.remove(&resume.session_id);
            return Err(Close::InvalidSeq);
        }
        if session.has_forgotten(resume.seq) {
            self.by_id.remove(&resume.session_id);
            return Ok(None);
        }
        session.connection = Some(connection);
        session.left = None;
        session.push("RESUMED", &json!({}), None);
        session.wake.notify_one();
        self.revision += 1;
        Ok(Some(Held {
            id: resume.session_id.clone(),
            sent: resume.seq,
            wake: Arc::clone(&session.wake),
        }))
    }

    /// Ends a session at once, as opcode 9 with `false` does.
    pub(crate) fn end(&mut self, id: &str) {
        self.by_id.remove(id);
        self.revision += 1;
    }

    /// Hands an event to every session that may see it.
    pub(crate) fn deliver(&mut self, event: &Event) {
        for session in self
            .by_id
            .values_mut()
            .filter(|session| session.may_see(event))
        {
            let payload = match &event.without_content {
                Some(stripped) if session.intents & MESSAGE_CONTENT == 0 => stripped,
                _ => &event.payload,
            };
            session.push(event.kind, payload, event.interaction);
            session.wake.notify_one();
        }
    }

    /// What a connection has to send next.
    pub(crate) fn next(&self, connection: ConnectionId, held: &Held) -> Next {
        let session = self
            .by_id
            .get(&held.id)
            .filter(|session| session.connection == Some(connection));
        let Some(session) = session.filter(|session| !session.has_forgotten(held.sent)) else {
            return Next::Lost;
        };
        let first = session
            .kept
            .partition_point(|dispatch| dispatch.seq <= held.sent);
        let waiting: Vec<Dispatch> = session.kept.range(first..).cloned().collect();
        if waiting.is_empty() {
            Next::Nothing
        } else {
            Next::Dispatches(waiting)
        }
    }

    /// Sends the last event of every session once more, under a new number.
    pub(crate) fn repeat_last(&mut self) {
        for session in self.by_id.values_mut() {
            let Some(last) = session.kept.back() else {
                continue;
            };
            let interaction = last.interaction;
            if let Ok(frame) = serde_json::from_str::<Value>(&last.text) {
                let kind = frame["t"].as_str().unwrap_or_default();
                session.push(kind, &frame["d"], interaction);
                session.wake.notify_one();
            }
        }
    }

    /// Orders every connection to end in this way.
    pub(crate) fn order(&self, cut: GatewayCut) {
        for connection in self.connections.values() {
            // A connection with so many orders waiting is about to end anyway.
            let _ = connection.try_send(cut);
        }
    }
}

impl Session {
    fn is_alive(&self) -> bool {
        self.left.is_none_or(|left| left.elapsed() < KEPT)
    }

    /// Whether events of this guild belong to the session's shard; those without a guild belong to the first.
    fn serves(&self, guild: Option<Snowflake>) -> bool {
        let (shard, count) = self.shard;
        guild.map_or(0, |guild| (guild.get() >> 22) % count.max(1)) == shard
    }

    fn may_see(&self, event: &Event) -> bool {
        self.serves(event.guild) && (event.intents == 0 || self.intents & event.intents != 0)
    }

    /// Whether something after this number is no longer there to be sent.
    fn has_forgotten(&self, sent: u64) -> bool {
        self.kept
            .front()
            .is_some_and(|oldest| oldest.seq > sent + 1)
    }

    fn push(&mut self, kind: &str, payload: &Value, interaction: Option<Snowflake>) {
        self.seq += 1;
        let text = json!({"op": 0, "t": kind, "s": self.seq, "d": payload}).to_string();
        self.kept.push_back(Dispatch {
            seq: self.seq,
            text,
            interaction,
        });
        if self.kept.len() > MOST_KEPT {
            self.kept.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identify(intents: u64, shard: &Value) -> Identify {
        serde_json::from_value(json!({"token": "t", "intents": intents, "shard": shard})).unwrap()
    }

    fn home() -> Vec<(Snowflake, Value)> {
        vec![(Snowflake::from(HOME), json!({}))]
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

    fn kinds(sessions: &Sessions, connection: ConnectionId, held: &Held) -> Vec<String> {
        let Next::Dispatches(waiting) = sessions.next(connection, held) else {
            return Vec::new();
        };
        let frames = waiting
            .iter()
            .map(|dispatch| serde_json::from_str::<Value>(&dispatch.text).unwrap());
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
        let mut sessions = Sessions::default();
        let (connection, _orders) = sessions.connect();
        let held = sessions.identify(connection, &identify(1, &Value::Null), &json!({}), &home());
        sessions.deliver(&event("INTERACTION_CREATE", 0));
        sessions.deliver(&event("MESSAGE_CREATE", 1 << 9));
        assert_eq!(
            kinds(&sessions, connection, &held),
            [
                "1 READY null",
                "2 GUILD_CREATE null",
                "3 INTERACTION_CREATE \"\""
            ]
        );
    }

    #[test]
    fn content_needs_its_intent() {
        let mut sessions = Sessions::default();
        let (connection, _orders) = sessions.connect();
        let held = sessions.identify(
            connection,
            &identify(1 << 9 | MESSAGE_CONTENT, &Value::Null),
            &json!({}),
            &home(),
        );
        sessions.deliver(&event("MESSAGE_CREATE", 1 << 9));
        assert_eq!(
            kinds(&sessions, connection, &held)[1],
            "2 MESSAGE_CREATE \"secret\""
        );
    }

    #[test]
    fn a_resumed_session_replays_what_was_missed() {
        let mut sessions = Sessions::default();
        let (first, _orders) = sessions.connect();
        let held = sessions.identify(first, &identify(0, &Value::Null), &json!({}), &home());
        sessions.disconnect(first, true);
        sessions.deliver(&event("INTERACTION_CREATE", 0));
        let (second, _orders) = sessions.connect();
        let again = sessions
            .resume(second, &resume(&held.id, 1))
            .unwrap()
            .unwrap();
        assert_eq!(
            kinds(&sessions, second, &again),
            ["2 INTERACTION_CREATE \"\"", "3 RESUMED null"]
        );
        assert!(matches!(sessions.next(first, &held), Next::Lost));
    }

    #[test]
    fn a_session_that_is_gone_or_too_far_ahead_is_not_resumed() {
        let mut sessions = Sessions::default();
        let (connection, _orders) = sessions.connect();
        let held = sessions.identify(connection, &identify(0, &Value::Null), &json!({}), &home());
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
        let held = sessions.identify(connection, &identify(0, &Value::Null), &json!({}), &home());
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
        let mut sessions = Sessions::default();
        let (connection, _orders) = sessions.connect();
        let held = sessions.identify(connection, &identify(0, &Value::Null), &json!({}), &home());
        for _ in 0..=MOST_KEPT {
            sessions.deliver(&event("INTERACTION_CREATE", 0));
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
        let mut sessions = Sessions::default();
        let own = (HOME >> 22) % 2;
        for shard in [0, 1] {
            let (connection, _orders) = sessions.connect();
            let held = sessions.identify(
                connection,
                &identify(0, &json!([shard, 2])),
                &json!({}),
                &home(),
            );
            sessions.deliver(&event("INTERACTION_CREATE", 0));
            assert_eq!(kinds(&sessions, connection, &held).len() == 2, shard == own);
        }
    }
}
