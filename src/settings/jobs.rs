//! How the built-in server keeps and runs asynchronous jobs.

use std::path::PathBuf;

use serde::Deserialize;

/// The `[server.jobs]` table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobsSettings {
    /// `file`: where jobs are kept. Unset: `jobs.db` in the data directory.
    pub file: Option<PathBuf>,
    /// `keep_days`: how long a job and its answer are kept. 1 to 365.
    pub keep_days: u64,
    /// `at_once`: how many jobs run at once. 1 to 1000.
    pub at_once: usize,
    /// `waiting`: how many jobs may wait. 1 to 100000.
    pub waiting: usize,
    /// `waiting_per_client`: how many of them may be one client's. 1 to 100000.
    pub waiting_per_client: usize,
    /// `space_mb`: how much room all jobs may take, in MB of 1024 kB. 1 to 1000000.
    pub space_mb: u64,
    /// `answer_seconds`: how long the answer of a job may take. 1 to 86400.
    pub answer_seconds: u64,
    /// `attempts`: how often a job is begun at most. 1 to 100.
    pub attempts: u32,
    /// `delay_seconds`: how long a job is in progress before it is answered. 0 to 3600.
    pub delay_seconds: u64,
}
