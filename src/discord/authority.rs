//! Who may set what where: by their permissions in the place that is set, or by a role that the server chose. What Discord's settings of the
//! commands say is never trusted alone.

use std::time::Duration;

use serde::Deserialize;
use serenity::all::{ChannelType, PermissionOverwrite, PermissionOverwriteType, Permissions};
use tokio::time::Instant;

use super::answering::Edge;
use super::arrival::Arrival;
use super::call::{CallError, id};
use super::courier::again;
use crate::ids::{ChannelId, PersonId, RoleId};
use crate::render::settings::Refused;
use crate::search::scope::{Level, Path};

/// How long Discord may take to tell what somebody may do elsewhere.
const PATIENCE: Duration = Duration::from_secs(5);

/// What somebody may do with the settings of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Authority {
    /// Whether they may see what is set there.
    pub(super) may_view: bool,
    /// Whether they may set what is not the managers' alone.
    pub(super) may_set: bool,
    /// Whether they manage the server, and so decide who decides.
    pub(super) manages_server: bool,
}

/// A server, as far as its roles decide what its members may do.
#[derive(Debug, Deserialize)]
struct Server {
    #[serde(deserialize_with = "id")]
    id: u64,
    #[serde(deserialize_with = "id")]
    owner_id: u64,
    roles: Vec<Role>,
}

#[derive(Debug, Deserialize)]
struct Role {
    #[serde(deserialize_with = "id")]
    id: u64,
    permissions: Permissions,
}

/// A channel, as far as it decides what is allowed in it.
#[derive(Deserialize)]
struct Place {
    #[serde(rename = "type")]
    kind: ChannelType,
    #[serde(default)]
    permission_overwrites: Vec<PermissionOverwrite>,
}

impl Edge {
    /// What the person of an interaction may do with the settings of the place at the end of a way.
    ///
    /// # Errors
    ///
    /// [`Refused::NoServer`] where the bot is in no server, [`Refused::NotInThisServer`] for a place of another one,
    /// [`Refused::NotSeen`] where the bot does not see the place and nobody can say what is allowed there, and [`Refused::NotLookedUp`] when it cannot be found out: then nothing is allowed.
    pub(super) async fn authority(
        &self,
        arrival: &Arrival,
        path: &Path,
    ) -> Result<Authority, Refused> {
        let guild = arrival.place.guild.filter(|_| arrival.place.present);
        let guild = guild.ok_or(Refused::NoServer)?;
        if guild != path.guild {
            return Err(Refused::NotInThisServer);
        }
        let own = arrival.permissions;
        if own.administrator() || own.manage_guild() {
            return Ok(Authority {
                may_view: true,
                may_set: true,
                manages_server: true,
            });
        }
        let server = Path::server(guild);
        let server = self.desk.places().in_force(Some(&server)).await;
        let server = server.map_err(|error| {
            tracing::error!(%guild, %error, "who may change settings could not be read");
            Refused::NotLookedUp
        })?;
        let setters = &server.values.setters.0;
        let is_setter = arrival.roles.iter().any(|role| setters.contains(role));
        let here = path.here();
        let permissions = match here.channel() {
            None => Some(Permissions::VIEW_CHANNEL),
            Some(channel) if channel == arrival.place.channel => Some(own),
            Some(_) => self.permissions_elsewhere(arrival, path).await?,
        };
        // A setter may set whatever else they may do.
        let permissions = permissions.or(is_setter.then_some(Permissions::empty()));
        let permissions = permissions.ok_or(Refused::NotSeen)?;
        let manages = here.level > Level::Server && permissions.manage_channels();
        let may_set = is_setter || manages;
        Ok(Authority {
            may_view: may_set || permissions.view_channel(),
            may_set,
            manages_server: false,
        })
    }

    /// The same, where nothing may be done without the right to set.
    ///
    /// # Errors
    ///
    /// As [`Edge::authority`], and [`Refused::NoAuthority`] for those who may not set anything there.
    pub(super) async fn authority_to_set(
        &self,
        arrival: &Arrival,
        path: &Path,
    ) -> Result<Authority, Refused> {
        let authority = self.authority(arrival, path).await?;
        if authority.may_set {
            Ok(authority)
        } else {
            Err(Refused::NoAuthority(path.here().level))
        }
    }

    /// What the person of an interaction may do in a channel that it is not from: what is allowed in a thread is what is allowed in its
    /// channel. None where the bot does not see the channel, since then nobody can say.
    async fn permissions_elsewhere(
        &self,
        arrival: &Arrival,
        path: &Path,
    ) -> Result<Option<Permissions>, Refused> {
        let Some(channel) = path.channel.or(path.category) else {
            return Ok(None);
        };
        let Some(place) = told(self.place_elsewhere(channel).await)? else {
            return Ok(None);
        };
        let channels = &self.ways.channels;
        let server = again(Instant::now() + PATIENCE, || {
            channels.get_of_server::<Server>(path.guild, "")
        });
        let Some(server) = told(server.await)? else {
            return Ok(None);
        };
        let (person, roles) = (arrival.person.id, &arrival.roles);
        let permissions = permissions_in(&server, &place.permission_overwrites, person, roles);
        let Some(thread) = path.thread.filter(|_| !permissions.manage_threads()) else {
            return Ok(Some(permissions));
        };
        let Some(thread_place) = told(self.place_elsewhere(thread).await)? else {
            return Ok(None);
        };
        // Of a private thread only those know who are in it, or keep order.
        if thread_place.kind == ChannelType::PrivateThread && !self.is_in(thread, person).await? {
            return Ok(Some(permissions - Permissions::VIEW_CHANNEL));
        }
        Ok(Some(permissions))
    }

    async fn place_elsewhere(&self, channel: ChannelId) -> Result<Place, CallError> {
        let channels = &self.ways.channels;
        again(Instant::now() + PATIENCE, || channels.get(channel, "")).await
    }

    async fn is_in(&self, thread: ChannelId, person: PersonId) -> Result<bool, Refused> {
        let (channels, below) = (&self.ways.channels, format!("/thread-members/{person}"));
        let member = again(Instant::now() + PATIENCE, || {
            channels.get::<serde::de::IgnoredAny>(thread, &below)
        });
        Ok(told(member.await)?.is_some())
    }
}

/// What Discord told; none for what it does not let the bot see.
fn told<T>(answer: Result<T, CallError>) -> Result<Option<T>, Refused> {
    match answer {
        Ok(told) => Ok(Some(told)),
        Err(CallError::Gone { .. } | CallError::Refused { .. }) => Ok(None),
        Err(error) => {
            tracing::warn!(%error, "what somebody may do in a channel could not be found out");
            Err(Refused::NotLookedUp)
        }
    }
}

/// What a member with these roles may do in a channel with these overwrites.
///
/// See <https://discord.com/developers/docs/topics/permissions#permission-overwrites>.
fn permissions_in(
    server: &Server,
    overwrites: &[PermissionOverwrite],
    person: PersonId,
    roles: &[RoleId],
) -> Permissions {
    let everyone = RoleId(server.id);
    let has = |role: u64| role == everyone.0 || roles.contains(&RoleId(role));
    let held = server.roles.iter().filter(|role| has(role.id));
    let base = held.fold(Permissions::empty(), |all, role| all | role.permissions);
    if server.owner_id == person.0 || base.administrator() {
        return Permissions::all();
    }
    let of_roles = |wanted: &dyn Fn(u64) -> bool| {
        let named = overwrites.iter().filter(|overwrite| {
            matches!(overwrite.kind, PermissionOverwriteType::Role(role) if wanted(role.get()))
        });
        named.fold(
            (Permissions::empty(), Permissions::empty()),
            |(denied, allowed), overwrite| (denied | overwrite.deny, allowed | overwrite.allow),
        )
    };
    let of_person = overwrites.iter().find(|overwrite| {
        matches!(overwrite.kind, PermissionOverwriteType::Member(member) if member.get() == person.0)
    });
    let of_person = of_person.map_or_else(Default::default, |overwrite| {
        (overwrite.deny, overwrite.allow)
    });
    let steps = [
        of_roles(&|role| role == everyone.0),
        of_roles(&|role| role != everyone.0 && has(role)),
        of_person,
    ];
    let permissions = steps.into_iter().fold(base, |so_far, (denied, allowed)| {
        (so_far - denied) | allowed
    });
    // Who does not see a channel can do nothing in it, whatever else is allowed.
    if permissions.view_channel() {
        permissions
    } else {
        Permissions::empty()
    }
}

#[cfg(test)]
mod tests;
