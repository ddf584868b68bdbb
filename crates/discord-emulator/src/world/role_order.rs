//! The order of a guild's roles: who stands above whom, and who may give which role. Adds no permissions up.

use std::cmp::Reverse;

use serde_json::json;

use super::{
    Event, World,
    guild::{Guild, INTENT_GUILDS, Role},
    permissions::Permissions,
    refusal::Refusal,
};
use crate::{clock::Moment, snowflake::Snowflake};

/// Where a role stands; of two at one position the older is the higher.
type Rank = (usize, Reverse<Snowflake>);

impl Role {
    fn rank(&self) -> Rank {
        (self.position, Reverse(self.id))
    }
}

impl Guild {
    /// Whether somebody stands above a role: by the highest of their own, or as the owner.
    fn is_above(&self, person: Snowflake, role: &Role) -> bool {
        let own = self.members.get(&person).map(|member| &member.roles);
        let ranks = own
            .into_iter()
            .flatten()
            .filter_map(|id| self.roles.get(id));
        self.owner == person || ranks.map(Role::rank).max() > Some(role.rank())
    }
}

impl World {
    /// Puts a role of the home guild at this position; @everyone stays at the bottom, which is 0.
    pub(crate) fn place_role(&mut self, role: Snowflake, position: usize) {
        let home = self.home;
        let there = self.guilds.get_mut(&home).filter(|_| role != home);
        if let Some(role) = there.and_then(|guild| guild.roles.get_mut(&role)) {
            role.position = position.max(1);
            let payload = json!({"guild_id": home, "role": role.json()});
            let kind = "GUILD_ROLE_UPDATE";
            self.outbox
                .push(Event::of_guild(kind, home, INTENT_GUILDS, payload));
        }
        self.touch();
    }

    /// The bot gives a member a role, or takes it away.
    ///
    /// # Errors
    ///
    /// There is no such member or role; it may not manage roles; or the role is not below its own highest, belongs to a
    /// bot, or is everybody's.
    pub(crate) fn bot_assigns(
        &mut self,
        now: Moment,
        guild: Snowflake,
        person: Snowflake,
        role: Snowflake,
        has: bool,
    ) -> Result<(), Refusal> {
        let bot = self.application;
        let there = self.guild_for_bot(guild)?;
        if self.user(person).is_none() {
            return Err(Refusal::UnknownUser);
        }
        let member = there.members.get(&person).ok_or(Refusal::UnknownMember)?;
        let wanted = there.roles.get(&role).ok_or(Refusal::UnknownRole)?;
        if role == guild {
            return Err(Refusal::InvalidRole);
        }
        let may = self
            .guild_permissions(now, guild, bot)
            .contains(Permissions::MANAGE_ROLES);
        if !may || wanted.of_bot.is_some() || !there.is_above(bot, wanted) {
            return Err(Refusal::MissingPermissions);
        }
        if member.roles.contains(&role) != has {
            self.assign(now, guild, person, role, has);
        }
        Ok(())
    }
}
