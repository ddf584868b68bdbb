//! A server of the Sonar protocol. Answers through an engine; must not know of Discord or of the bot.
//!
//! Reading order: [`Server`] listens, `routes` receive, `check` refuses what breaks the protocol's rules, an
//! [`engines::Engine`] answers with [`engines::Event`]s, `run` guards them, and `fold` turns the one stream of events
//! into a JSON reply or into server-sent events.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod check;
mod clock;
mod connections;
mod dates;
mod dialect;
mod domains;
pub mod engines;
mod failure;
mod fold;
mod hosts;
mod ignored;
mod jobs;
mod keys;
mod links;
mod markers;
mod media;
mod pace;
mod patience;
mod pretend;
mod rate;
mod routes;
mod run;
mod server;
mod settings;
mod usage;
mod visitor;

pub use clock::Clock;
pub use dialect::{Dialect, OrderWording};
pub use failure::Failure;
pub use jobs::{JobSettings, OpenError};
pub use pretend::Pretend;
pub use server::{Reserved, Server, StartError};
pub use settings::{DocumentLinks, ServerSettings};
pub use sonar::DomainLimit;
