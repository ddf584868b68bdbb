//! The client against a service on loopback that does what a test tells it to.

#![expect(
    clippy::unwrap_used,
    reason = "a test's set-up that fails is a test that fails"
)]

mod jobs;
mod limits;
mod plain;
mod repeating;
mod service;
mod streamed;
mod trouble;
mod watching;
