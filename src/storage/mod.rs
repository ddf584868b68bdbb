//! Keeps questions and answers: the domain's `Store` on sqlx. The only place that names sqlx; reads no clock.

pub mod data_dir;

pub mod sqlite;
