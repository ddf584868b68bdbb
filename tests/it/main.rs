//! The integration tests: one binary. The real bot, the real local Discord, a real store; only the answers are scripted.

#![expect(
    clippy::unwrap_used,
    reason = "what cannot be set up or read fails its test"
)]

mod harness;

mod agent_api;

mod asking;

mod bad_input;

mod built_in;

mod catching_up;

mod controls;

mod direct_messages;

mod editing;

mod failing_service;

mod filters;

mod following_up;

mod gallery;

mod group_talk;

mod history;

mod installed;

mod jobs;

mod language_model;

mod languages;

mod mentioning;

mod menus;

mod program;

mod refusing_discord;

mod research_service;

mod researching;

mod research;

mod restarting;

mod serving;

mod settings;

mod settings_in_force;

mod showing;

mod store;

mod threads;

mod tidy;

mod web_search;

mod workers;
