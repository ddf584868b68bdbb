//! Deep research: a question that a service works on for minutes, as a durable job. Decides; shows and stores by ports.

pub mod desk;

pub mod estimate;

pub mod ports;

pub mod pace;

pub mod rate;

pub mod record;

pub mod running;
