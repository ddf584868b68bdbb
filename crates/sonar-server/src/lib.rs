//! A server of the Sonar protocol. Answers through an engine; must not know of Discord or of the bot.
//!
//! Reading order: `Server` listens, `routes` receive, `check` refuses what breaks the protocol's rules, an
//! [`engines::Engine`] answers with [`engines::Event`]s, `run` guards them, and `fold` turns the one stream of events
//! into a JSON reply or into server-sent events.

pub mod engines;
mod failure;
mod settings;

pub use failure::Failure;
pub use settings::{DomainLimit, ServerSettings};
