//! The sessions as a test or a terminal sees them. Changes none.

use serde::Serialize;

use super::sessions::Sessions;

/// A session as a test or a terminal sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OpenSession {
    /// The session's id, as in READY.
    pub id: String,
    /// Whether its bot is connected; otherwise it is expected back.
    pub connected: bool,
    /// The intents it was opened with.
    pub intents: u64,
    /// Its shard, and how many there are.
    pub shard: (u64, u64),
    /// When it was opened, by the emulator's clock, in ISO 8601.
    pub since: String,
    /// The number of its latest event.
    pub seq: u64,
}

impl Sessions {
    /// The sessions whose bot is connected or may come back, the oldest first.
    pub(crate) fn list(&self) -> Vec<OpenSession> {
        let life = self.settings.session_life;
        let alive = self
            .by_id
            .iter()
            .filter(|(_, session)| session.is_alive(life));
        let mut list: Vec<OpenSession> = alive
            .map(|(id, session)| OpenSession {
                id: id.clone(),
                connected: session.connection.is_some(),
                intents: session.intents,
                shard: session.shard,
                since: session.since.to_iso(),
                seq: session.seq,
            })
            .collect();
        list.sort_by(|one, other| {
            (&one.since, one.shard, &one.id).cmp(&(&other.since, other.shard, &other.id))
        });
        list
    }
}
