//! Stand-ins for the services behind Footnote's server, for tests, measurements and trying things by hand. They listen on
//! loopback only, count what they are asked, and play every fault they are told to. Must not know Footnote.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub mod agent;
pub mod chat;
mod clock;
mod delivery;
pub mod names;
pub mod pages;
mod running;
mod script;
pub mod searxng;

pub use delivery::Reply;
pub use running::Running;
pub use script::{Script, Trouble};
