//! Keeps questions and answers: the domain's `Store` on sqlx. The only place that names sqlx; reads no clock.

pub mod data_dir;

pub mod sqlite;

pub mod postgres;

mod columns;

mod rows;

mod turns;

mod jobs;

mod ended;

mod settings;

use crate::store_error::StoreError;

/// What sqlx reports, as the domain's error.
fn trouble(error: sqlx::Error) -> StoreError {
    StoreError(Box::new(error))
}

/// The databases' integers are signed; ids keep their bits.
fn signed(id: u64) -> i64 {
    id.cast_signed()
}

fn unsigned(id: i64) -> u64 {
    id.cast_unsigned()
}
