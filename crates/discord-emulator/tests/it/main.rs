//! Drives the emulator as a bot would: REST over TLS, the gateway over a WebSocket. Looks at nothing inside.

mod ask;
mod attachments;
mod autocomplete;
mod bot;
mod channels;
mod clocks;
mod components;
mod contexts;
mod direct_messages;
mod event_faults;
mod faults;
mod forums;
mod gateway;
mod harness;
mod limits;
mod menus;
mod messages;
mod modals;
mod page;
mod pins;
mod program;
mod reactions;
mod responses;
mod routes;
mod second_generation;
mod threads;
