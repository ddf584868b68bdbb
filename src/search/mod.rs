//! Search settings: what limits the search behind an answer, where it is set, and what is valid. Plain values; nothing here asks anybody.

pub mod codes;

pub mod domains;

pub mod freshness;

pub mod service;

pub mod languages;

pub mod people;

pub mod persona;

pub mod presets;

pub mod fields;

pub mod scope;

pub mod operator;

pub mod in_force;

pub mod change;

pub mod wish;

pub mod filters;

pub mod export;

#[cfg(test)]
pub(crate) mod generator;

pub use crate::settings::search::Recency;
pub use filters::Filters;
