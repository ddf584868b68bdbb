//! Gives a session back to a bot that returns to it. Sends nothing itself.

use std::sync::Arc;

use serde_json::json;

use super::{
    close::Close,
    frames::Resume,
    sessions::{ConnectionId, Held, Sessions},
    told::Told,
};

impl Sessions {
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
        let life = self.settings.session_life;
        let Some(session) = self
            .by_id
            .get_mut(&resume.session_id)
            .filter(|session| session.is_alive(life))
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
        session.is_taken_up(connection, resume.seq);
        session.push(Arc::new(Told::new("RESUMED", &json!({}))));
        self.revision += 1;
        Ok(Some(Held {
            id: resume.session_id.clone(),
            intents: session.intents,
            sent: resume.seq,
            wake: Arc::clone(&session.wake),
        }))
    }
}
