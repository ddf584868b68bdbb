//! The stand-ins as a client meets them.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on may end at once"
)]

mod agent;
mod delivery;
mod searxng;
