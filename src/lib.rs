//! Footnote: a Discord bot that answers questions with sources one can check.
//!
//! The modules, in the order a newcomer should read them. What may import what is in `ARCHITECTURE.md`.

pub mod ids;

pub mod clock;
pub mod store_error;

pub mod failpoint;

pub mod settings;

pub mod telemetry;

pub mod search;

pub mod jobs;

pub mod conversation;

pub mod research;

pub mod answers;

pub mod storage;

pub mod render;

pub mod discord;
pub mod serve;

pub mod app;

pub mod demo;

pub mod check;

pub mod eval;

pub mod indexing;

pub mod open_files;
pub mod shutdown;

pub mod cli;
