//! The route of one request with its parameters: what the request is about, and what it uses up of which limits. Finds no route.

use super::{
    arrival::Arrival,
    limit_table::Row,
    limits::{Cost, Key},
    route::{Hidden, Route},
};
use crate::{clock::Moment, snowflake::Snowflake, world::World};

/// An edit of a message that is older than this is limited by itself, in milliseconds: ids are no more precise.
const OLD_MS: u64 = 3600 * 1000;

/// A route with the parameters of one request.
pub(crate) struct Found {
    pub(crate) route: &'static Route,
    pub(crate) parameters: Vec<(&'static str, String)>,
}

impl Found {
    /// The row that limits the route by itself; where none does, the one of all others.
    pub(crate) fn row(&self) -> Row {
        self.route.bucket.map_or(Row::Others, |bucket| bucket.row)
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(one, _)| *one == name);
        found.map(|(_, value)| value.as_str())
    }

    fn id(&self, name: &str) -> Option<Snowflake> {
        self.parameter(name)?.parse().ok()
    }

    pub(crate) fn channel(&self) -> Option<Snowflake> {
        self.id("channel")
    }

    /// The guild of the path, or of its channel.
    pub(crate) fn guild(&self, world: &World) -> Option<Snowflake> {
        self.id("guild")
            .or_else(|| world.find_channel(self.channel()?).ok()?.guild)
    }

    /// The interaction that the path or its token names.
    pub(crate) fn interaction(&self) -> Option<Snowflake> {
        let of_token = || self.parameter("token")?.split('.').nth(1)?.parse().ok();
        self.id("interaction").or_else(of_token)
    }

    /// What the request uses up of which limits.
    pub(crate) fn cost(&self, now: Moment, world: &World, arrival: &Arrival) -> Cost {
        let bucket = match self.route.bucket {
            Some(bucket) => Some((bucket.row, self.key(bucket.key, world))),
            None => self
                .route
                .needs_token
                .then(|| (Row::Others, self.own_key())),
        };
        let hidden = self
            .route
            .hidden
            .and_then(|hidden| self.hidden_cost(hidden, now, world, arrival));
        Cost {
            is_global: self.route.needs_token,
            bucket,
            hidden,
        }
    }

    /// The key of a route that shares its bucket with no other.
    fn own_key(&self) -> String {
        let place = self
            .parameter("channel")
            .or_else(|| self.parameter("guild"));
        format!("{} {}", self.route.name(), place.unwrap_or_default())
    }

    fn key(&self, key: Key, world: &World) -> String {
        let parameter = |name: &str| self.parameter(name).unwrap_or_default().to_owned();
        match key {
            Key::Channel => parameter("channel"),
            Key::Interaction => parameter("interaction"),
            Key::Token => parameter("token"),
            Key::Guild => self
                .guild(world)
                .map_or_else(String::new, |id| id.to_string()),
        }
    }

    fn hidden_cost(
        &self,
        hidden: Hidden,
        now: Moment,
        world: &World,
        arrival: &Arrival,
    ) -> Option<(Row, String)> {
        match hidden {
            Hidden::Followup => {
                let channel = world.channel_of_token(self.parameter("token")?)?;
                Some((Row::Followups, channel.to_string()))
            }
            Hidden::Edit => {
                let is_old = now.as_millis() > self.id("message")?.moment().as_millis() + OLD_MS;
                is_old.then(|| (Row::OldEdits, self.key(Key::Channel, world)))
            }
            Hidden::Change => {
                let has_name = arrival.json().ok()?.get("name").is_some();
                has_name.then(|| (Row::Rename, self.key(Key::Channel, world)))
            }
        }
    }
}
