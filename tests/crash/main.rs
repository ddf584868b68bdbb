//! The crash suite: the real program as a process of its own, killed at every named point between two steps, at random, and while it starts.
//! Needs the feature `failpoints`: `cargo test --features failpoints --test crash`.
//!
//! The local Discord and the scripted answer service live in the test's process, and so outlive every process of the bot. No verdict depends on
//! a time: whatever is waited for is a named state, and a deadline only ends what would never come.

#![expect(
    clippy::unwrap_used,
    reason = "what cannot be set up or read fails its test"
)]

mod chance;

mod discord_refuses;

mod every_point;

mod ledger;

mod oracle;

mod plain;

mod process;

mod random;

mod research;

mod rows;

mod service;

mod world;
