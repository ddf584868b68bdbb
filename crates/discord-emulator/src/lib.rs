//! A local Discord that a bot cannot tell from the real one, within the slice it covers. Reaches nothing but loopback.
//!
//! [`Emulator::start`] opens two loopback ports: one answers as `discord.com` over TLS, the other serves the gateway, a
//! page to use the bot in a browser, and the same REST API without TLS. [`Person`], [`Channel`] and [`Interaction`] are for tests and terminals.

// For the caller: start it, act as a person, look at the outcome.
mod emulator;
mod gateway_handle;
mod settings;

mod channel;
mod guild;
mod interaction;
mod message;
mod modal;
mod person;
mod refused;
mod session;

mod faults;
mod harness;
mod record;
mod report;

// Inside: the world knows Discord's rules and nothing else; REST, gateway and page translate.
mod world;

mod control;
mod files;
mod gateway;
mod page;
mod rest;

mod chance;
mod clock;
mod id;
mod listener;
mod seconds;
mod shared;
mod snowflake;
mod tls;
mod visitor;

pub use channel::{Channel, Subject};
pub use clock::Speed;
pub use emulator::{Emulator, NotReady};
pub use faults::action::{FaultAction, LimitFault};
pub use faults::error::FaultError;
pub use faults::event::{EventAction, EventFault};
pub use faults::request::Fault;
pub use faults::rules::Ordered;
pub use faults::turns::Turns;
pub use gateway::cut::{GatewayCut, GatewayFaults};
pub use gateway::open_session::OpenSession;
pub use gateway::settings::{GatewaySettings, PayloadCompression};
pub use guild::Role;
pub use harness::Harness;
pub use interaction::{Choice, Interaction, NotYet};
pub use message::Message;
pub use modal::Modal;
pub use person::{Person, command_permissions::CommandSubject};
pub use record::{Exchange, Judge, Record, SentEvent};
pub use refused::Refused;
pub use report::{Open, Ping, RateLimitForms, Rejected, Report, Timeline, Whom};
pub use rest::limit_table::{LimitTable, Rate};
pub use rest::limits::LimitScope;
pub use rest::log::LoggedRequest;
pub use session::Session;
pub use settings::{PrivilegedIntents, RateLimits, Settings, StartError};
pub use world::{permissions::Permissions, presences::Status, use_error::UseError};
