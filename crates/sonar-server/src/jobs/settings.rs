//! What the server can be told about jobs. Must be plain data.

use std::path::PathBuf;
use std::time::Duration;

use crate::Clock;

/// How asynchronous jobs are kept and run.
#[derive(Clone, Debug)]
pub struct JobSettings {
    /// The SQLite file that keeps them; it is made when it is missing, and one server at a time has it. Without one, jobs
    /// are kept in memory and end with the server. Default none.
    pub file: Option<PathBuf>,
    /// How long a job and its result are kept, from its submission on. Default 7 days, as the protocol says.
    pub keep: Duration,
    /// How many jobs run at once. Default 8.
    pub at_once: usize,
    /// How many jobs may wait in all; further ones are refused with 503. Default 10,000.
    pub waiting: usize,
    /// How many of them may be one client's; further ones are refused with 429. Default 1,000.
    pub waiting_of_one: usize,
    /// How many bytes all jobs may take; when they do, further ones are refused with 503. Default 2 GiB.
    pub space: u64,
    /// How long the answer of a job may take; research takes longer than an answer somebody waits for. Default 1,800 s.
    pub answer_time: Duration,
    /// How often a job is begun at most. It is begun again when the process died while it ran, and fails when that happened
    /// this often; its last run has no other job beside it, so that no job fails for what another one did. Default 3.
    pub attempts: u32,
    /// How long a job is in progress before the engine is asked, for trying a client that polls. Default 0.
    pub delay: Duration,
    /// The time that jobs are stamped with and kept by. Default the wall clock.
    pub clock: Clock,
}

impl Default for JobSettings {
    fn default() -> Self {
        Self {
            file: None,
            keep: Duration::from_secs(7 * 24 * 60 * 60),
            at_once: 8,
            waiting: 10_000,
            waiting_of_one: 1_000,
            space: 2 * 1024 * 1024 * 1024,
            answer_time: Duration::from_secs(1_800),
            attempts: 3,
            delay: Duration::ZERO,
            clock: Clock::default(),
        }
    }
}
