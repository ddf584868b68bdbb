//! Drives the emulator as a bot would: REST over TLS, the gateway over a WebSocket. Looks at nothing inside.

mod ask;
mod bot;
mod clocks;
mod direct_messages;
mod faults;
mod gateway;
mod harness;
mod limits;
mod messages;
mod page;
mod program;
mod routes;
mod threads;
