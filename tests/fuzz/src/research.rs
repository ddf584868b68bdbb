//! What rendering knows of researches.

#[path = "../../../src/research/desk.rs"]
pub mod desk;
#[path = "../../../src/research/estimate.rs"]
pub mod estimate;
#[path = "../../../src/research/ports.rs"]
pub mod ports;
#[path = "../../../src/research/record.rs"]
pub mod record;
