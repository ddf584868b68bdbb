//! `/async/chat/completions`: making jobs, fetching one, listing all. Must never repeat a submission without its key.

use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::Stream;
use reqwest::Method;
use serde_json::Value;
use url::Url;

use crate::call::Sent;
use crate::outgoing::outgoing;
use crate::retry::Call;
use crate::{ChatRequest, Client, Error, IdempotencyKey, Invalid, Job, JobPage, JobRequest};

/// Most pages of a list that are fetched: at the usual 20 jobs a page, two million of them.
const MOST_PAGES: usize = 100_000;

impl Client {
    /// Makes a job of a question, and returns it as soon as the service has accepted it.
    ///
    /// Store the job's id before anything else: it is the only way to the answer, and the service has no way to cancel a job. The
    /// service keeps both for 7 days. Repeated with the same key, the submission returns the first job; so it is safe to repeat, and
    /// [`crate::Retries`] does.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] before anything is sent; else each kind of [`Error`]. After [`Error::Unavailable`], [`Error::TimedOut`] or
    /// [`Error::Truncated`] the job may exist: submit again with the same key.
    pub async fn submit(&self, request: &ChatRequest, key: &IdempotencyKey) -> Result<Job, Error> {
        let wish = JobRequest {
            request: outgoing(request, None, self.domain_limit)?,
            idempotency_key: Some(key.as_str().to_owned()),
        };
        let sent = Sent {
            method: Method::POST,
            body: Some(Sent::body(&wish)?),
            ..fetched(self.endpoints.jobs.clone())
        };
        self.json(&sent, "a job").await
    }

    /// The job of this id, as it stands now.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when the service does not know it, or knows it no more; else each kind of [`Error`].
    pub async fn job(&self, id: &str) -> Result<Job, Error> {
        let mut job: Value = self
            .json(&fetched(self.endpoints.job(id)?), "a job")
            .await?;
        // The id is known, whatever the reply says or leaves out.
        if let Some(fields) = job.as_object_mut() {
            fields.insert("id".to_owned(), Value::from(id));
        }
        serde_json::from_value(job).map_err(|_| Error::unreadable("JSON that is not a job"))
    }

    /// One page of the service's list of jobs, newest first, without their answers.
    ///
    /// `limit` is the number of jobs on a page, from 1 (the service's default is 20); `next_token` is that of the page before. Both
    /// are named by the async page of 2025; a service that follows the page of 2026 ignores them and sends all in one.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when `limit` is 0; else each kind of [`Error`].
    pub async fn jobs(
        &self,
        limit: Option<u32>,
        next_token: Option<&str>,
    ) -> Result<JobPage, Error> {
        if limit == Some(0) {
            return Err(Invalid::new("limit", "must be at least 1").into());
        }
        let url = self.endpoints.page(limit, next_token);
        self.json(&fetched(url), "a list of jobs").await
    }

    /// All jobs the service lists, newest first, without their answers. Each page is fetched when the one before is used up.
    ///
    /// It ends after the last page, or after one `Err`. A list that leads back to a page it had, and one of more than 100,000 pages,
    /// is [`Error::Unreadable`].
    #[must_use]
    pub fn all_jobs(&self) -> JobStream {
        let client = self.clone();
        JobStream::new(async_stream::try_stream! {
            let mut token: Option<String> = None;
            let mut had = Had::default();
            for _ in 0..MOST_PAGES {
                let page = client.jobs(None, token.as_deref()).await?;
                for job in page.requests {
                    yield job;
                }
                token = page.next_token.filter(|token| !token.is_empty());
                let Some(next) = &token else {
                    return;
                };
                if had.before(next) {
                    Err(Error::unreadable("a list of jobs that leads back to a page it had"))?;
                }
            }
            Err(Error::unreadable("a list of jobs without end"))?;
        })
    }
}

/// The tokens of pages, each kept as a number: they may be long.
#[derive(Default)]
struct Had {
    tokens: HashSet<u64>,
    hasher: RandomState,
}

impl Had {
    /// Whether the token was seen before; from now on it was.
    fn before(&mut self, token: &str) -> bool {
        !self.tokens.insert(self.hasher.hash_one(token))
    }
}

fn fetched(url: Url) -> Sent {
    Sent {
        method: Method::GET,
        url,
        accept: "application/json",
        body: None,
        call: Call::Harmless,
    }
}

/// Jobs as they come in. Dropping it stops asking.
pub struct JobStream(Pin<Box<dyn Stream<Item = Result<Job, Error>> + Send>>);

impl JobStream {
    pub(crate) fn new(jobs: impl Stream<Item = Result<Job, Error>> + Send + 'static) -> Self {
        Self(Box::pin(jobs))
    }
}

impl fmt::Debug for JobStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JobStream")
    }
}

impl Stream for JobStream {
    type Item = Result<Job, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(cx)
    }
}
