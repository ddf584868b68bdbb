//! What a route works with: the world, the time, and the request's parts. Sends nothing.

use std::ops::RangeInclusive;

use serde_json::Value;

use super::limits::Limits;
use crate::{
    clock::Moment,
    snowflake::Snowflake,
    world::{World, refusal::Refusal, uploads::Upload},
};

/// One request on its way through its route.
pub(crate) struct Call<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) limits: &'a Limits,
    pub(crate) now: Moment,
    pub(crate) gateway_url: &'a str,
    pub(crate) parameters: Vec<(&'static str, String)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Value,
    /// The files beside the body.
    pub(crate) files: &'a [Upload],
}

impl Call<'_> {
    /// A parameter of the path; every route names its own.
    pub(crate) fn text(&self, name: &str) -> String {
        let found = self.parameters.iter().find(|(one, _)| *one == name);
        found.map_or_else(String::new, |(_, value)| value.clone())
    }

    pub(crate) fn id(&self, name: &str) -> Result<Snowflake, Refusal> {
        let text = self.text(name);
        text.parse().map_err(|_| {
            let field = format!("{name}_id");
            Refusal::field(
                &field,
                "NUMBER_TYPE_COERCE",
                format!("Value \"{text}\" is not snowflake."),
            )
        })
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(one, _)| one == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A switch in the query: `True`, `true` and `1` turn it on.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        matches!(self.query(name), Some("true" | "True" | "1"))
    }

    /// A number in the query within these bounds.
    pub(crate) fn number(
        &self,
        name: &str,
        bounds: RangeInclusive<usize>,
    ) -> Result<Option<usize>, Refusal> {
        let Some(text) = self.query(name) else {
            return Ok(None);
        };
        let (least, most) = (bounds.start(), bounds.end());
        match text.parse() {
            Ok(number) if bounds.contains(&number) => Ok(Some(number)),
            Ok(_) => {
                let message = format!("int value should be between {least} and {most}.");
                Err(Refusal::field(name, "NUMBER_TYPE_RANGE", message))
            }
            Err(_) => {
                let message = format!("Value \"{text}\" is not int.");
                Err(Refusal::field(name, "NUMBER_TYPE_COERCE", message))
            }
        }
    }

    /// An id in the query.
    pub(crate) fn query_id(&self, name: &str) -> Result<Option<Snowflake>, Refusal> {
        let read = |text: &str| {
            text.parse().map_err(|_| {
                let message = format!("Value \"{text}\" is not snowflake.");
                Refusal::field(name, "NUMBER_TYPE_COERCE", message)
            })
        };
        self.query(name).map(read).transpose()
    }

    /// A moment in the query, in ISO 8601. An unescaped `+` of it arrives as a space.
    pub(crate) fn moment(&self, name: &str) -> Result<Option<Moment>, Refusal> {
        let read = |text: &str| {
            Moment::read_iso(&text.replace(' ', "+")).ok_or_else(|| {
                let message = format!("Could not parse {text}. Should be ISO8601.");
                Refusal::field(name, "DATE_TIME_TYPE_PARSE", message)
            })
        };
        self.query(name).map(read).transpose()
    }

    /// The application of the path must be the bot's own.
    pub(crate) fn own_application(&self) -> Result<(), Refusal> {
        if self.id("application")? == self.world.application {
            Ok(())
        } else {
            Err(Refusal::UnknownApplication)
        }
    }
}
