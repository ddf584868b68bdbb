//! A channel, thread, forum or direct message as a test or a terminal sees it, and what its settings are. Writes nothing.

use std::sync::Arc;

use serde_json::Value;

use crate::{
    guild::Role,
    message::Message,
    person::Person,
    shared::{Shared, State},
    snowflake::Snowflake,
    world::permissions::{Overwrite, Permissions},
};

/// A channel, thread, forum, category or direct message.
#[derive(Clone)]
pub struct Channel {
    shared: Arc<Shared>,
    id: Snowflake,
}

/// Whom a channel's settings are about: a role, or one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    id: Snowflake,
    kind: u8,
}

impl From<&Role> for Subject {
    fn from(role: &Role) -> Self {
        Self {
            id: role.snowflake(),
            kind: Overwrite::ROLE,
        }
    }
}

impl From<&Person> for Subject {
    fn from(person: &Person) -> Self {
        Self {
            id: person.id,
            kind: Overwrite::MEMBER,
        }
    }
}

impl Channel {
    pub(crate) fn new(shared: Arc<Shared>, id: Snowflake) -> Self {
        Self { shared, id }
    }

    /// The channel's id.
    pub fn id(&self) -> u64 {
        self.id.get()
    }

    pub(crate) fn snowflake(&self) -> Snowflake {
        self.id
    }

    /// The message with this id, such as one that the bot has posted; `None` when it is not here.
    pub fn message(&self, id: u64) -> Option<Message> {
        let id = Snowflake::from(id);
        let is_here = |state: &mut State, _| state.world.message(self.id, id).is_some();
        let is_here = self.shared.act(is_here);
        is_here.then(|| Message::new(Arc::clone(&self.shared), self.id, id))
    }

    /// The channel as plain text: one block a message, `name [APP]: content` and its embeds, oldest first.
    pub fn shows(&self) -> String {
        self.shared.act(|state, _| state.world.transcript(self.id))
    }

    /// The channel as the REST API shows it; `None` once it is deleted.
    pub fn json(&self) -> Option<Value> {
        self.shared.act(|state, _| {
            let channel = state.world.find_channel(self.id).ok()?;
            Some(state.world.channel_json(channel))
        })
    }

    /// Denies permissions here to a role or a member, whatever was allowed before.
    pub fn denies(&self, whom: impl Into<Subject>, permissions: Permissions) {
        self.shifts(whom.into(), Permissions::NONE, permissions);
    }

    /// Allows permissions here to a role or a member, whatever was denied before.
    pub fn allows(&self, whom: impl Into<Subject>, permissions: Permissions) {
        self.shifts(whom.into(), permissions, Permissions::NONE);
    }

    fn shifts(&self, whom: Subject, allowed: Permissions, denied: Permissions) {
        self.shared.act(|state, now| {
            let subject = (whom.id, whom.kind);
            state
                .world
                .shift_overwrite(now, self.id, subject, allowed, denied);
        });
    }

    /// People wait this many seconds between two messages here; 0 turns slow mode off, 21 600 is the most.
    pub fn slows_down(&self, seconds: u32) {
        self.shared
            .act(|state, now| state.world.slow_down(now, self.id, seconds));
    }

    /// Adds a tag to a forum, unless it has one of this name.
    pub fn has_tag(&self, name: &str) {
        self.shared
            .act(|state, now| state.world.tag(now, self.id, name));
    }

    /// Whether the posts of a forum must carry a tag.
    pub fn requires_tag(&self, needed: bool) {
        self.shared
            .act(|state, now| state.world.require_tag(now, self.id, needed));
    }
}
