//! Writes down every request: the latest in memory, all of them in a file when one is named. Never holds up an answer.

use std::{
    collections::VecDeque,
    fs::{File, OpenOptions},
    io::{BufWriter, Write},
    path::Path,
    time::Duration,
};

use axum::body::Bytes;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{answer::Answer, arrival::Arrival};
use crate::{
    report::{RateLimitForms, Rejected, Report},
    settings::StartError,
};

/// Requests kept in memory.
const MOST_REQUESTS: usize = 5_000;
/// A larger body is left out of the log; its size is noted instead.
const MOST_BODY_BYTES: usize = 16 * 1024;
/// Entries kept in each list of the report.
const MOST_ENTRIES: usize = 10_000;
/// Names of clients that are kept, and how much of each, in characters.
const MOST_NAMES: usize = 100;
const LONGEST_NAME: usize = 200;
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
    /// The header `User-Agent`.
    pub user_agent: Option<String>,
    /// The header `Content-Type`.
    pub content_type: Option<String>,
    /// The body: as JSON when it is JSON, otherwise as text; `{"omitted_bytes": n}` above 16 KiB.
    pub body: Value,
    /// The status of the answer; 0 when a fault cut the connection, or the client left before it.
    pub status: u16,
    /// The body of the answer, in the same way as the request's.
    pub answer: Value,
    /// The name of the rate-limit bucket that the answer's headers tell of.
    pub bucket: Option<String>,
    /// The id of the fault that the request met.
    pub fault: Option<u64>,
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

/// One request and its answer as they are kept: read as JSON only when somebody asks.
pub(crate) struct Noted {
    method: String,
    path: String,
    query: String,
    user_agent: Option<String>,
    content_type: Option<String>,
    body: Kept,
    status: u16,
    answer: Kept,
    bucket: Option<String>,
    fault: Option<u64>,
    took: Duration,
}

/// A body, unless it is too long to be kept.
enum Kept {
    Bytes(Bytes),
    TooLong(usize),
}

impl Kept {
    fn new(bytes: &Bytes) -> Self {
        if bytes.len() > MOST_BODY_BYTES {
            Self::TooLong(bytes.len())
        } else {
            // A copy, since the bytes may be a small part of a large buffer.
            Self::Bytes(Bytes::copy_from_slice(bytes))
        }
    }

    fn read(&self) -> Value {
        match self {
            Self::TooLong(length) => json!({"omitted_bytes": length}),
            Self::Bytes(bytes) if bytes.is_empty() => Value::Null,
            Self::Bytes(bytes) => serde_json::from_slice(bytes)
                .unwrap_or_else(|_| String::from_utf8_lossy(bytes).into()),
        }
    }
}

impl Noted {
    pub(crate) fn new(
        arrival: &Arrival,
        answer: &Answer,
        sent: &Bytes,
        fault: Option<u64>,
        took: Duration,
    ) -> Self {
        Self {
            method: arrival.method.clone(),
            path: without_secrets(&arrival.raw_path),
            query: arrival.query.clone(),
            user_agent: arrival.user_agent.clone(),
            content_type: arrival.content_type.clone(),
            body: arrival
                .body
                .as_ref()
                .map_or(Kept::Bytes(Bytes::new()), Kept::new),
            status: answer.status,
            answer: Kept::new(sent),
            bucket: answer.bucket().map(str::to_owned),
            fault,
            took,
        }
    }

    fn read(&self) -> LoggedRequest {
        LoggedRequest {
            method: self.method.clone(),
            path: self.path.clone(),
            query: self.query.clone(),
            user_agent: self.user_agent.clone(),
            content_type: self.content_type.clone(),
            body: self.body.read(),
            status: self.status,
            answer: self.answer.read(),
            bucket: self.bucket.clone(),
            fault: self.fault,
            ms: (self.took.as_secs_f64() * 1e6).round() / 1e3,
        }
    }
}

/// What has been asked so far.
pub(crate) struct Log {
    requests: VecDeque<Noted>,
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

    /// Keeps a request; tells whether the real service would call its answer invalid.
    pub(crate) fn note(&mut self, noted: Noted, answer: &Answer, outcome: Outcome) -> bool {
        let is_invalid = self.judge(&noted, answer, outcome);
        self.send(&noted);
        if self.requests.len() >= MOST_REQUESTS {
            self.requests.pop_front();
        }
        self.requests.push_back(noted);
        is_invalid
    }

    /// Something the emulator does not have was asked for outside of REST.
    pub(crate) fn note_lacking(&mut self, what: String) {
        push(&mut self.report.unimplemented, what);
    }

    pub(crate) fn requests(&self) -> Vec<LoggedRequest> {
        self.requests.iter().map(Noted::read).collect()
    }

    /// The latest requests, newest first.
    pub(crate) fn latest(&self, most: usize) -> Vec<LoggedRequest> {
        self.requests
            .iter()
            .rev()
            .take(most)
            .map(Noted::read)
            .collect()
    }

    /// The part of the report that requests make up.
    pub(crate) fn report(&self) -> Report {
        self.report.clone()
    }

    /// Forgets everything but the file.
    pub(crate) fn clear(&mut self) {
        self.requests.clear();
        self.report = Report::default();
    }

    /// Lets the writer of the file come to its end.
    pub(crate) fn close(&mut self) {
        self.lines = None;
    }

    fn judge(&mut self, request: &Noted, answer: &Answer, outcome: Outcome) -> bool {
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
        if request.status == 429 {
            self.report.rate_limited += 1;
            *form(&mut self.report.rate_limits, answer) += 1;
        }
        self.count_odd(request.user_agent.as_deref().unwrap_or_default());
        let invalid = match outcome {
            Outcome::Limited { counts } => counts,
            _ => matches!(request.status, 401 | 403 | 429),
        };
        self.report.invalid_requests += usize::from(invalid);
        invalid
    }

    /// Counts a client whose name the real service does not want.
    fn count_odd(&mut self, user_agent: &str) {
        if is_as_wanted(user_agent) {
            return;
        }
        let name: String = user_agent.chars().take(LONGEST_NAME).collect();
        let names = &mut self.report.odd_user_agents;
        if names.len() < MOST_NAMES || names.contains_key(&name) {
            *names.entry(name).or_default() += 1;
        }
    }

    fn send(&mut self, request: &Noted) {
        let Some(lines) = &self.lines else {
            return;
        };
        let line = serde_json::to_string(&request.read()).unwrap_or_default();
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

/// Whether a client names itself as Discord wants it. The library that most bots use leaves the comma out, and is let in.
fn is_as_wanted(user_agent: &str) -> bool {
    let described = user_agent.strip_prefix("DiscordBot (");
    described.is_some_and(|rest| rest.contains(')'))
}

/// The count of the form that an answer with 429 has.
fn form<'a>(forms: &'a mut RateLimitForms, answer: &Answer) -> &'a mut usize {
    let body = answer.body.as_ref();
    if body.is_some_and(|body| body["code"].as_u64().is_some_and(|code| code > 0)) {
        return &mut forms.coded;
    }
    match answer.header("x-ratelimit-scope") {
        Some("shared") => &mut forms.shared,
        Some("global") => &mut forms.global,
        Some(_) => &mut forms.user,
        None => &mut forms.blocked,
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
