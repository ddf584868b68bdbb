//! Durable work: what is done whatever happens to the process. The one mechanism for it; knows nothing of what is done.
//!
//! A job is a row. Whoever works on it holds a lease, which others see and which runs out by itself; every write under a lease bears its fence,
//! so that one who lost it can change nothing any more. A job may be worked on twice; what it leads to is written once.

pub mod job;

pub mod ports;

pub mod backoff;

pub mod workers;

pub mod retention;
