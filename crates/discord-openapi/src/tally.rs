//! Counts what was judged and which gaps were met, over all the processes of a test run. Judges nothing.

use std::{collections::BTreeSet, env, fs::OpenOptions, io::Write};

use serde_json::json;

/// The variable that names a file for the counts: one JSON line for each world that was judged.
const VARIABLE: &str = "DISCORD_OPENAPI_TALLY";

/// What was judged in one world.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) requests: usize,
    pub(crate) answers: usize,
    pub(crate) events: usize,
    /// The gaps that were met, by their place in the list.
    pub(crate) gaps: BTreeSet<usize>,
}

impl Tally {
    /// Adds a line to the file, if one is named.
    pub(crate) fn keep(&self) {
        let Some(path) = env::var_os(VARIABLE) else {
            return;
        };
        let line = json!({"requests": self.requests, "answers": self.answers, "events": self.events, "gaps": self.gaps});
        // One write, so that the lines of several processes do not mix.
        let written = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .and_then(|mut file| file.write_all(format!("{line}\n").as_bytes()));
        if let Err(error) = written {
            panic!("{VARIABLE} names a file that cannot be written: {error}");
        }
    }
}
