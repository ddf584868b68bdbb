//! Who may ask where, by what is set there: judges whoever asks before their question is recorded. Asks Discord for somebody's roles only where
//! roles decide and nothing told them.

use std::time::Duration;

use dashmap::DashMap;
use serde::Deserialize;
use tokio::time::Instant;

use super::answering::Edge;
use super::arrival::Arrival;
use super::call::CallError;
use super::courier::again;
use super::taking::LOOK;
use crate::clock::Moment;
use crate::ids::{ChannelId, GuildId, PersonId, RoleId};
use crate::render::sentences::Refusal;
use crate::search::scope::Path;

/// How long it may be tried to learn somebody's roles: a message that was missed is not lost because Discord is slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long somebody who was told that they may not ask in a channel is not told so again by a message.
const TOLD_FOR: Duration = Duration::from_secs(60 * 60);

/// Beyond this many, all who were told are forgotten.
const TOLD_AT_MOST: usize = 10_000;

/// A member as Discord tells of them when it is asked.
#[derive(Deserialize)]
struct Member {
    roles: Vec<RoleId>,
}

/// Who was told where, and when, that they may not ask there. May be lost: then they are told once more.
#[derive(Default)]
pub(super) struct ToldLately {
    at: DashMap<(PersonId, ChannelId), Moment>,
}

impl ToldLately {
    /// Whether this person is to be told in this channel now; then they count as told.
    pub(super) fn is_due(&self, person: PersonId, channel: ChannelId, now: Moment) -> bool {
        let told = self.at.get(&(person, channel)).map(|at| *at);
        if told.is_some_and(|at| now.since(at) < TOLD_FOR) {
            return false;
        }
        if self.at.len() >= TOLD_AT_MOST {
            self.at.clear();
        }
        self.at.insert((person, channel), now);
        true
    }
}

impl Edge {
    /// Whether somebody may ask in a place; the refusal otherwise. `roles` are theirs in its server, where something told them.
    pub(super) async fn admit(
        &self,
        path: Option<&Path>,
        person: PersonId,
        roles: Option<&[RoleId]>,
    ) -> Result<(), Refusal> {
        // Nothing is set where the bot is not.
        let Some(guild) = path.map(|path| path.guild) else {
            return Ok(());
        };
        let in_force = self.desk.places().in_force(path).await;
        let in_force = in_force.map_err(|error| {
            tracing::error!(%guild, %error, "who may ask could not be read");
            Refusal::NotLookedUp
        })?;
        let access = &in_force.values.access;
        let mut admitted = access.admits(guild, person, roles.unwrap_or_default());
        if !admitted && roles.is_none() && access.asks_for_roles() {
            admitted = access.admits(guild, person, &self.roles_of(guild, person).await?);
        }
        if admitted {
            Ok(())
        } else {
            Err(Refusal::NotAdmitted)
        }
    }

    /// Whether whoever is about to write a question in a form may ask there, as far as that is known while Discord waits for the form. What
    /// comes back in it is judged again.
    pub(super) async fn admit_to_form(&self, arrival: &Arrival) -> Result<(), Refusal> {
        let judged = async {
            let path = self.path(arrival.place, arrival.channel.as_ref()).await?;
            let roles = Some(arrival.roles.as_slice());
            self.admit(path.as_ref(), arrival.person.id, roles).await
        };
        let judged = tokio::time::timeout(LOOK, judged).await;
        judged.unwrap_or(Ok(()))
    }

    /// Somebody's roles in a server, as Discord tells them when it is asked; none for who is not in it.
    async fn roles_of(&self, guild: GuildId, person: PersonId) -> Result<Vec<RoleId>, Refusal> {
        let channels = &self.ways.channels;
        let address = format!("/members/{person}");
        let read = || channels.get_of_server::<Member>(guild, &address);
        match again(Instant::now() + PATIENCE, read).await {
            Ok(member) => Ok(member.roles),
            Err(CallError::Gone { .. }) => Ok(Vec::new()),
            Err(error) => {
                tracing::warn!(%guild, %person, %error, "the roles of somebody who asks could not be learned");
                Err(Refusal::NotFoundOut)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_told_twice_within_an_hour_in_one_channel() {
        let told = ToldLately::default();
        let (alice, bob) = (PersonId(1), PersonId(2));
        let (here, there) = (ChannelId(1), ChannelId(2));
        let hour = 60 * 60 * 1_000;
        assert!(told.is_due(alice, here, Moment(0)));
        assert!(!told.is_due(alice, here, Moment(hour - 1)));
        assert!(told.is_due(bob, here, Moment(1)) && told.is_due(alice, there, Moment(1)));
        assert!(told.is_due(alice, here, Moment(hour)));
    }

    #[test]
    fn who_was_told_is_forgotten_before_there_are_too_many() {
        let told = ToldLately::default();
        for person in 0..=TOLD_AT_MOST as u64 {
            assert!(told.is_due(PersonId(person), ChannelId(1), Moment(0)));
        }
        assert_eq!(told.at.len(), 1);
    }
}
