//! The edge to Discord: the only place that names serenity or poise. Decides nothing about questions, words nothing.

mod api;

mod commands;

mod arrival;

mod deleted_places;

mod authority;

mod audit;

mod audit_channel;

mod events;

mod order;

mod happenings;

mod listening;

mod changes;

mod catching_up;

mod places;

mod whereabouts;

mod rights;

mod quoting;

mod languages;

mod presses;

mod settings_panel;

mod forms;

mod removal;

mod taking;

mod call;

mod interactions;

mod limiter;

mod channels;

mod first_message;

mod progress;

mod looking;

mod research;

mod courier;

mod threads;

mod typed;

mod access;

mod answering;

mod recovery;

mod on_error;

pub mod bot;
