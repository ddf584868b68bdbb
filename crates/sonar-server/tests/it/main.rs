//! The server over loopback: asked by plain HTTP, and by our own client.

#![expect(
    clippy::unwrap_used,
    reason = "a test's set-up that fails is a test that fails"
)]

mod agent_faults;
mod answers;
mod bridge;
mod dialect;
mod documents;
mod filters;
mod gate;
mod hosts;
mod invariants;
mod job_client;
mod jobs;
mod jobs_kept;
mod jobs_killed;
mod jobs_shared;
mod lifecycle;
mod limits;
mod malformed;
mod malformed_requests;
mod normaliser;
mod parameters;
mod refusals;
mod scripted;
mod web;
mod wire;
mod writer;
