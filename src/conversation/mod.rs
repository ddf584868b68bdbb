//! The domain: questions, answers, and the one use case that leads from one to the other.
//!
//! Knows nothing of Discord, of the protocol or of the database: it speaks to them through [`ports`]. Only [`ports`],
//! [`in_flight`], [`mod@line`], [`place_settings`], [`administering`] and [`ask`] await; the rest are plain values.

pub mod language;

pub mod question;

pub mod home;

pub mod rules;

pub mod heard;

pub mod controls;

pub mod panel;

pub mod answer;

pub mod failure;

pub mod outcome;

pub mod ports;

pub mod history;

pub mod passages;

pub mod in_flight;

pub mod line;

pub mod enforcing;

pub mod place_settings;

pub mod administering;

pub mod ask;
