//! Reactions: adding them, taking them away, and who has reacted with what. Changes no message's text.

use serde_json::{Value, json};

use super::{
    World, emoji::Emoji, messages::Message, permissions::Permissions, refusal::Refusal,
    telling::Intents,
};
use crate::{clock::Moment, snowflake::Snowflake};

/// Different emoji on one message.
const MOST_KINDS: usize = 20;

/// One emoji on a message, with those who chose it, the first first.
#[derive(Clone, Debug)]
pub(crate) struct Reaction {
    pub(crate) emoji: Emoji,
    pub(crate) people: Vec<Snowflake>,
}

/// Which message is reacted to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    pub(crate) channel: Snowflake,
    pub(crate) message: Snowflake,
}

impl World {
    /// Somebody reacts to a message; doing it twice changes nothing.
    pub(crate) fn react(
        &mut self,
        now: Moment,
        actor: Snowflake,
        target: Target,
        emoji: &Emoji,
    ) -> Result<(), Refusal> {
        let place = self.find_channel(target.channel)?;
        self.require(now, place, actor, Permissions::READ_MESSAGE_HISTORY)?;
        let message = self.visible_message(target.channel, target.message)?;
        self.refuse_closed_to(now, place, actor)?;
        let present = message.reactions.iter().find(|one| one.emoji == *emoji);
        match present {
            Some(present) if present.people.contains(&actor) => return Ok(()),
            Some(_) => {}
            None if message.reactions.len() >= MOST_KINDS => {
                return Err(Refusal::TooManyReactions);
            }
            None => self.require(now, place, actor, Permissions::ADD_REACTIONS)?,
        }
        let author = message.author;
        self.change_reactions(target, |reactions| {
            match reactions.iter_mut().find(|one| one.emoji == *emoji) {
                Some(present) => present.people.push(actor),
                None => reactions.push(Reaction {
                    emoji: emoji.clone(),
                    people: vec![actor],
                }),
            }
        });
        let mut payload = json!({"user_id": actor, "channel_id": target.channel, "message_id": target.message,
            "emoji": emoji.json(), "message_author_id": author, "burst": false, "type": 0});
        if let Some(guild) = self.guild_of(target.channel) {
            payload["member"] = self.full_member_json(guild, actor);
        }
        let kind = "MESSAGE_REACTION_ADD";
        self.tell_in(now, target.channel, kind, Intents::REACTIONS, payload);
        Ok(())
    }

    /// Somebody's reaction is taken away: their own, or with a permission another's.
    pub(crate) fn unreact(
        &mut self,
        now: Moment,
        actor: Snowflake,
        target: Target,
        emoji: &Emoji,
        person: Snowflake,
    ) -> Result<(), Refusal> {
        let needed = if actor == person {
            Permissions::READ_MESSAGE_HISTORY
        } else {
            Permissions::MANAGE_MESSAGES
        };
        let message = self.open_message(now, actor, target, needed)?;
        let has = |one: &Reaction| one.emoji == *emoji && one.people.contains(&person);
        if !message.reactions.iter().any(has) {
            return Err(Refusal::UnknownEmoji);
        }
        self.change_reactions(target, |reactions| {
            for one in reactions.iter_mut().filter(|one| one.emoji == *emoji) {
                one.people.retain(|id| *id != person);
            }
            reactions.retain(|one| !one.people.is_empty());
        });
        let payload = json!({"user_id": person, "channel_id": target.channel, "message_id": target.message,
            "emoji": emoji.json(), "burst": false, "type": 0});
        let kind = "MESSAGE_REACTION_REMOVE";
        self.tell_in(now, target.channel, kind, Intents::REACTIONS, payload);
        Ok(())
    }

    /// All reactions are taken away, or all with one emoji.
    pub(crate) fn clear_reactions(
        &mut self,
        now: Moment,
        actor: Snowflake,
        target: Target,
        emoji: Option<&Emoji>,
    ) -> Result<(), Refusal> {
        self.open_message(now, actor, target, Permissions::MANAGE_MESSAGES)?;
        self.change_reactions(target, |reactions| {
            reactions.retain(|one| emoji.is_some_and(|emoji| one.emoji != *emoji));
        });
        let mut payload = json!({"channel_id": target.channel, "message_id": target.message});
        let kind = match emoji {
            Some(emoji) => {
                payload["emoji"] = emoji.json();
                "MESSAGE_REACTION_REMOVE_EMOJI"
            }
            None => "MESSAGE_REACTION_REMOVE_ALL",
        };
        self.tell_in(now, target.channel, kind, Intents::REACTIONS, payload);
        Ok(())
    }

    /// Who has reacted with an emoji, by id, behind `after`.
    pub(crate) fn reacted_with(
        &self,
        now: Moment,
        target: Target,
        emoji: &Emoji,
        after: Option<Snowflake>,
        limit: usize,
    ) -> Result<Value, Refusal> {
        let needed = Permissions::READ_MESSAGE_HISTORY;
        let message = self.reacted_message(now, self.application, target, needed)?;
        let reaction = message.reactions.iter().find(|one| one.emoji == *emoji);
        let mut people = reaction.map_or_else(Vec::new, |one| one.people.clone());
        people.sort_unstable();
        people.retain(|id| after.is_none_or(|after| *id > after));
        let shown = people.into_iter().take(limit);
        Ok(shown.map(|id| self.user_json(id)).collect())
    }

    /// The reactions as a message shows them to the bot.
    pub(super) fn reactions_json(&self, message: &Message) -> Value {
        self.reactions_for(message, self.application)
    }

    /// The reactions as somebody sees them: `me` tells their own.
    pub(crate) fn reactions_for(&self, message: &Message, viewer: Snowflake) -> Value {
        let one = |reaction: &Reaction| {
            let count = reaction.people.len();
            json!({"emoji": reaction.emoji.json(), "count": count, "count_details": {"burst": 0, "normal": count},
                "burst_colors": [], "me": reaction.people.contains(&viewer), "me_burst": false})
        };
        message.reactions.iter().map(one).collect()
    }

    /// A message whose reactions can change: not in a thread that is archived or locked.
    fn open_message(
        &self,
        now: Moment,
        actor: Snowflake,
        target: Target,
        needed: Permissions,
    ) -> Result<&Message, Refusal> {
        let message = self.reacted_message(now, actor, target, needed)?;
        self.refuse_closed_to(now, self.find_channel(target.channel)?, actor)?;
        Ok(message)
    }

    fn reacted_message(
        &self,
        now: Moment,
        actor: Snowflake,
        target: Target,
        needed: Permissions,
    ) -> Result<&Message, Refusal> {
        let place = self.find_channel(target.channel)?;
        self.require(now, place, actor, needed)?;
        self.visible_message(target.channel, target.message)
    }

    fn change_reactions(&mut self, target: Target, change: impl FnOnce(&mut Vec<Reaction>)) {
        let channel = self.channels.get_mut(&target.channel);
        if let Some(message) = channel.and_then(|one| one.messages.get_mut(&target.message)) {
            change(&mut message.reactions);
        }
        self.touch();
    }
}
