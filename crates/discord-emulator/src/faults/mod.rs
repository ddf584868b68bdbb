//! Faults a test can order: for requests, for handshakes and for events. Carries none of them out.

pub(crate) mod event;
pub(crate) mod request;

pub(crate) mod action;
pub(crate) mod error;
pub(crate) mod rules;
pub(crate) mod turns;

mod event_kinds;
mod near;
