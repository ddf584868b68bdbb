//! The domain: questions, answers, and the one use case that leads from one to the other.
//!
//! Knows nothing of Discord, of the protocol or of the database: it speaks to them through [`ports`]. Only [`ports`],
//! [`in_flight`] and [`ask`] await; the rest are plain values.

pub mod question;

pub mod answer;

pub mod failure;

pub mod outcome;

pub mod ports;

pub mod in_flight;

pub mod ask;
