//! Keeps questions and answers: the domain's `Store` on sqlx. The only place that names sqlx; reads no clock.
//!
//! Each engine has statements of its own; what they have in common is how rows are read, and in what order turns are had.

pub mod data_dir;

pub mod sqlite;

pub mod postgres;

mod columns;

mod rows;

mod ended;

mod settings;

mod jobs;

mod turns;

use std::error::Error;

use crate::conversation::ports::{StoreError, Unreadable};

/// What sqlx reports, as the domain's error.
fn trouble(error: sqlx::Error) -> StoreError {
    StoreError(Box::new(error))
}

/// What is kept that this version cannot read, as the domain's error.
fn not_readable(error: impl Into<Box<dyn Error + Send + Sync>>) -> StoreError {
    StoreError(Box::new(Unreadable(error.into())))
}

/// The databases' integers are signed; ids keep their bits.
fn signed(id: u64) -> i64 {
    id.cast_signed()
}

fn unsigned(id: i64) -> u64 {
    id.cast_unsigned()
}
