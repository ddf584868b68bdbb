//! One reply's body, read under its time limits. Must not look at what the body says.

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout_at};

use crate::{Error, Limit};

/// A reply whose head has arrived.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) response: reqwest::Response,
    pub(crate) deadline: Instant,
    pub(crate) idle: Duration,
}

impl Reply {
    /// The next bytes of the body, or `None` at its end.
    ///
    /// # Errors
    ///
    /// [`Error::TimedOut`] past the idle or the total limit, [`Error::Truncated`] when the connection breaks.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        let chunk = self.response.chunk();
        within(self.idle, Limit::Idle, self.deadline, chunk)
            .await?
            .map_err(|error| Error::Truncated {
                source: Some(Box::new(error.without_url())),
            })
    }

    /// The whole body, or its first `limit` bytes and `false`.
    pub(crate) async fn body(&mut self, limit: usize) -> Result<(Vec<u8>, bool), Error> {
        let mut body = Vec::new();
        while let Some(bytes) = self.next().await? {
            let room = limit - body.len();
            body.extend(bytes.iter().take(room));
            if bytes.len() > room {
                return Ok((body, false));
            }
        }
        Ok((body, true))
    }

    /// The media type of the body, for telling people what came instead of an answer.
    pub(crate) fn media_type(&self) -> String {
        let header = self.response.headers().get(reqwest::header::CONTENT_TYPE);
        let value = header.and_then(|value| value.to_str().ok()).unwrap_or("");
        let kind = value.split(';').next().unwrap_or("").trim();
        kind.chars()
            .take(60)
            .collect::<String>()
            .to_ascii_lowercase()
    }
}

/// The point in time `wait` from now. A wait beyond what the clock can hold is as good as for ever.
pub(crate) fn from_now(wait: Duration) -> Instant {
    const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    let now = Instant::now();
    now.checked_add(wait).unwrap_or(now + FOR_EVER)
}

/// Waits for `future`, at most for `wait` and never past `deadline`; names the limit that was passed.
pub(crate) async fn within<F: Future>(
    wait: Duration,
    limit: Limit,
    deadline: Instant,
    future: F,
) -> Result<F::Output, Error> {
    let own = from_now(wait);
    let (until, limit) = if deadline <= own {
        (deadline, Limit::Total)
    } else {
        (own, limit)
    };
    timeout_at(until, future)
        .await
        .map_err(|_| Error::TimedOut { limit })
}
