//! Writes down every request: the latest in memory, all of them in a file when one is named. Never holds up an answer.

use std::{
    collections::VecDeque,
    fs::{File, OpenOptions},
    io::{BufWriter, Write},
    path::Path,
    time::Duration,
};

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{answer::Answer, arrival::Arrival};
use crate::{
    report::{Rejected, Report},
    settings::StartError,
};

/// Requests kept in memory.
const MOST_REQUESTS: usize = 5_000;
/// A larger body is left out of the log; its size is noted instead.
const MOST_BODY_BYTES: usize = 16 * 1024;
/// Entries kept in each list of the report.
const MOST_ENTRIES: usize = 10_000;
/// Lines on their way to the file.
const MOST_LINES: usize = 10_000;

/// One request as it came, and how it was answered.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LoggedRequest {
    /// Such as `PATCH`.
    pub method: String,
    /// The path as it was sent, with the secret part of interaction tokens cut off.
    pub path: String,
    /// The query, without `?`.
    pub query: String,
    /// The header `Content-Type`.
    pub content_type: Option<String>,
    /// The body: as JSON when it is JSON, otherwise as text; `{"omitted_bytes": n}` above 16 KiB.
    pub body: Value,
    /// The status of the answer; 0 when a fault cut the connection.
    pub status: u16,
    /// Milliseconds from the head of the request to its answer.
    pub ms: f64,
}

/// How a request ended, for the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Answered,
    Refused,
    /// The emulator does not have it.
    Lacking,
    /// A test had ordered it.
    Ordered,
    /// It met a rate limit, which may count towards the ban for invalid requests.
    Limited {
        counts: bool,
    },
}

/// What has been asked so far.
pub(crate) struct Log {
    requests: VecDeque<LoggedRequest>,
    report: Report,
    lines: Option<mpsc::Sender<String>>,
}

impl Log {
    pub(crate) fn new(lines: Option<mpsc::Sender<String>>) -> Self {
        Self {
            requests: VecDeque::new(),
            report: Report::default(),
            lines,
        }
    }

    pub(crate) fn note(
        &mut self,
        arrival: &Arrival,
        answer: &Answer,
        outcome: Outcome,
        took: Duration,
    ) {
        let request = LoggedRequest {
            method: arrival.method.clone(),
            path: without_secrets(&arrival.raw_path),
            query: arrival.query.clone(),
            content_type: arrival.content_type.clone(),
            body: body(arrival),
            status: answer.status,
            ms: (took.as_secs_f64() * 1e6).round() / 1e3,
        };
        self.judge(&request, answer, outcome);
        self.send(&request);
        if self.requests.len() >= MOST_REQUESTS {
            self.requests.pop_front();
        }
        self.requests.push_back(request);
    }

    /// Something the emulator does not have was asked for outside of REST.
    pub(crate) fn note_lacking(&mut self, what: String) {
        push(&mut self.report.unimplemented, what);
    }

    pub(crate) fn requests(&self) -> Vec<LoggedRequest> {
        self.requests.iter().cloned().collect()
    }

    /// The part of the report that requests make up.
    pub(crate) fn report(&self) -> Report {
        self.report.clone()
    }

    /// Lets the writer of the file come to its end.
    pub(crate) fn close(&mut self) {
        self.lines = None;
    }

    fn judge(&mut self, request: &LoggedRequest, answer: &Answer, outcome: Outcome) {
        if outcome == Outcome::Lacking {
            push(
                &mut self.report.unimplemented,
                format!("{} {}", request.method, request.path),
            );
        }
        let refused = matches!(outcome, Outcome::Refused | Outcome::Lacking);
        if refused && (400..500).contains(&request.status) {
            let rejected = Rejected {
                method: request.method.clone(),
                path: request.path.clone(),
                status: request.status,
                body: answer.body.clone().unwrap_or(Value::Null),
            };
            push(&mut self.report.rejected, rejected);
        }
        self.report.rate_limited += usize::from(request.status == 429);
        let invalid = match outcome {
            Outcome::Limited { counts } => counts,
            _ => matches!(request.status, 401 | 403 | 429),
        };
        self.report.invalid_requests += usize::from(invalid);
    }

    fn send(&mut self, request: &LoggedRequest) {
        let Some(lines) = &self.lines else {
            return;
        };
        let line = serde_json::to_string(request).unwrap_or_default();
        if lines.try_send(line).is_err() {
            self.report.log_lines_lost += 1;
        }
    }
}

fn push<T>(list: &mut Vec<T>, entry: T) {
    if list.len() < MOST_ENTRIES {
        list.push(entry);
    }
}

fn body(arrival: &Arrival) -> Value {
    match &arrival.body {
        None => Value::Null,
        Some(bytes) if bytes.is_empty() => Value::Null,
        Some(bytes) if bytes.len() > MOST_BODY_BYTES => json!({"omitted_bytes": bytes.len()}),
        Some(bytes) => {
            serde_json::from_slice(bytes).unwrap_or_else(|_| String::from_utf8_lossy(bytes).into())
        }
    }
}

/// An interaction's token ends in its secret; what stands before says which interaction it is.
fn without_secrets(path: &str) -> String {
    let shortened = path
        .split('/')
        .map(|part| match part.strip_prefix("emulated.") {
            Some(rest) => format!("emulated.{}", rest.split('.').next().unwrap_or_default()),
            None => part.to_owned(),
        });
    shortened.collect::<Vec<String>>().join("/")
}

/// The file that takes the lines, and the work of writing them.
pub(crate) struct LogFile {
    file: File,
    lines: mpsc::Receiver<String>,
}

impl LogFile {
    /// Opens the file; the sender takes lines for it.
    ///
    /// # Errors
    ///
    /// [`StartError::RequestLog`] when the file cannot be created or written.
    pub(crate) fn open(path: &Path) -> Result<(Self, mpsc::Sender<String>), StartError> {
        let opened = OpenOptions::new().create(true).append(true).open(path);
        let file = opened.map_err(|source| StartError::RequestLog {
            path: path.to_owned(),
            source,
        })?;
        let (sender, lines) = mpsc::channel(MOST_LINES);
        Ok((Self { file, lines }, sender))
    }

    /// Writes until the last sender is gone. Blocks, so it needs a thread of its own.
    pub(crate) fn write(mut self) {
        let mut file = BufWriter::new(self.file);
        while let Some(line) = self.lines.blocking_recv() {
            let written = writeln!(file, "{line}");
            // Whoever follows the file sees every line as soon as nothing else is waiting.
            let flushed = if self.lines.is_empty() {
                file.flush()
            } else {
                Ok(())
            };
            if let Err(error) = written.and(flushed) {
                tracing::warn!(%error, "the request log cannot be written any more");
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_of_a_token_is_cut_off() {
        assert_eq!(
            without_secrets("/api/v10/webhooks/1/emulated.42.c0ffee/messages/@original"),
            "/api/v10/webhooks/1/emulated.42/messages/@original"
        );
    }
}
