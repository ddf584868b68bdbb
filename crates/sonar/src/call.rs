//! One call to the service: sent, repeated when that is harmless, never past its deadline. Must not know what is asked.

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::ACCEPT;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::{Instant, sleep};
use url::Url;
use uuid::Uuid;

use crate::refusal::{is_refusal, refusal, refusal_in_stream};
use crate::reply::{Reply, from_now, within};
use crate::retry::{Call, Cause};
use crate::retry_after::{advice, asked_wait};
use crate::{Client, Error, Invalid, Limit, Retries};

/// Longest unstreamed reply read, in bytes.
const BODY_LIMIT: usize = 8 * 1024 * 1024;
/// Longest explanation of a refusal read, in bytes.
const REFUSAL_LIMIT: usize = 64 * 1024;

/// What is sent: everything that stays the same from try to try.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) accept: &'static str,
    pub(crate) body: Option<Bytes>,
    pub(crate) call: Call,
}

impl Sent {
    /// The value as the body of a call.
    pub(crate) fn body(value: &impl serde::Serialize) -> Result<Bytes, Invalid> {
        serde_json::to_vec(value)
            .map(Bytes::from)
            .map_err(|_| Invalid::new("request", "cannot be written as JSON"))
    }
}

/// A try that failed.
struct Failed {
    error: Error,
    cause: Cause,
}

impl Client {
    /// Sends until the head of a good reply is there.
    pub(crate) async fn reply(&self, sent: &Sent) -> Result<Reply, Error> {
        let mut tries = Tries::new(self, sent.call);
        loop {
            match self.attempt(sent, tries.deadline).await {
                Ok(reply) => return Ok(reply),
                Err(failed) => tries.wait_after(failed).await?,
            }
        }
    }

    /// Sends until a whole good reply is there, and reads it as JSON. `what` is the name of what is expected.
    pub(crate) async fn json<T: DeserializeOwned>(
        &self,
        sent: &Sent,
        what: &str,
    ) -> Result<T, Error> {
        let mut tries = Tries::new(self, sent.call);
        loop {
            match self.attempt_json(sent, what, tries.deadline).await {
                Ok(value) => return Ok(value),
                Err(failed) => tries.wait_after(failed).await?,
            }
        }
    }

    async fn attempt(&self, sent: &Sent, deadline: Instant) -> Result<Reply, Failed> {
        let mut request = self
            .http
            .request(sent.method.clone(), sent.url.clone())
            .header(ACCEPT, sent.accept);
        if let Some(body) = &sent.body {
            request = request
                .header(reqwest::header::CONTENT_TYPE, "application/json")
                .body(body.clone());
        }
        let head = self.key.sign(request).send();
        let response = within(self.timeouts.first_byte, Limit::FirstByte, deadline, head)
            .await
            .map_err(lost)?
            .map_err(no_reply)?;
        let reply = Reply {
            response,
            deadline,
            idle: self.timeouts.idle,
        };
        if reply.response.status().is_success() {
            return Ok(reply);
        }
        Err(self.read_refusal(reply).await)
    }

    async fn attempt_json<T: DeserializeOwned>(
        &self,
        sent: &Sent,
        what: &str,
        deadline: Instant,
    ) -> Result<T, Failed> {
        let mut reply = self.attempt(sent, deadline).await?;
        let (body, whole) = reply.body(BODY_LIMIT).await.map_err(lost)?;
        if !whole {
            return Err(last(Error::unreadable(format!(
                "more than {BODY_LIMIT} bytes"
            ))));
        }
        let json: Value = serde_json::from_slice(&body).map_err(|_| {
            last(Error::unreadable(format!(
                "`{}` that is not JSON",
                reply.media_type()
            )))
        })?;
        if is_refusal(&json) {
            return Err(last(refusal_in_stream(&self.key.cut_from(&body))));
        }
        serde_json::from_value(json)
            .map_err(|_| last(Error::unreadable(format!("JSON that is not {what}"))))
    }

    /// What a reply says that is no answer. A body that cannot be read changes nothing: the status decides.
    async fn read_refusal(&self, mut reply: Reply) -> Failed {
        let status = reply.response.status().as_u16();
        let headers = reply.response.headers();
        let (asked, advice) = (asked_wait(headers), advice(headers));
        let body = match reply.body(REFUSAL_LIMIT).await {
            Ok((body, _)) => self.key.cut_from(&body).into_owned(),
            Err(_) => String::new(),
        };
        Failed {
            error: refusal(status, asked, &body),
            cause: Cause::Status {
                status,
                asked,
                advice,
            },
        }
    }
}

/// The tries of one call.
struct Tries {
    retries: Retries,
    call: Call,
    made: u32,
    deadline: Instant,
}

impl Tries {
    fn new(client: &Client, call: Call) -> Self {
        Self {
            retries: client.retries,
            call,
            made: 0,
            deadline: from_now(client.timeouts.total),
        }
    }

    /// Waits until the next try, or gives the error back when there is to be none.
    async fn wait_after(&mut self, failed: Failed) -> Result<(), Error> {
        self.made += 1;
        let left = self.deadline.saturating_duration_since(Instant::now());
        match self
            .retries
            .wait(self.call, self.made, &failed.cause, left, dice())
        {
            Some(wait) => {
                sleep(wait).await;
                Ok(())
            }
            None => Err(failed.error),
        }
    }
}

/// A random number from 0 to 1.
fn dice() -> f64 {
    f64::from(Uuid::new_v4().as_fields().0) / f64::from(u32::MAX)
}

fn last(error: Error) -> Failed {
    Failed {
        error,
        cause: Cause::Final,
    }
}

/// The request was sent, and nothing is known of what became of it. Past the deadline there is nothing left to try.
fn lost(error: Error) -> Failed {
    let cause = match error {
        Error::TimedOut {
            limit: Limit::Total,
        } => Cause::Final,
        _ => Cause::Lost,
    };
    Failed { error, cause }
}

fn no_reply(error: reqwest::Error) -> Failed {
    let cause = if error.is_connect() {
        Cause::NoConnection
    } else {
        Cause::Lost
    };
    let error = if error.is_connect() && error.is_timeout() {
        Error::TimedOut {
            limit: Limit::Connect,
        }
    } else {
        Error::Unavailable {
            status: None,
            source: Some(Box::new(error.without_url())),
        }
    };
    Failed { error, cause }
}
