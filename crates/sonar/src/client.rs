//! One Sonar service, as its callers hold it. Must read no environment and show the key to nobody.

use std::fmt;

use crate::builder::ClientBuilder;
use crate::endpoints::Endpoints;
use crate::key::Key;
use crate::{DomainLimit, Retries, Timeouts};

/// A client of one Sonar service. Cheap to clone; clones share their connections.
///
/// * [`Client::chat`] and [`Client::chat_stream`] ask and wait for the answer.
/// * [`Client::submit`] makes a job of the question; [`Client::job`], [`Client::watch`] and [`Client::jobs`] look after it.
///
/// Every request is checked before it is sent (see [`crate::ChatRequest::check`]): one that breaks a rule never leaves the machine.
#[derive(Clone)]
pub struct Client {
    pub(crate) http: reqwest::Client,
    pub(crate) endpoints: Endpoints,
    pub(crate) key: Key,
    pub(crate) timeouts: Timeouts,
    pub(crate) retries: Retries,
    pub(crate) domain_limit: DomainLimit,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("chat", &self.endpoints.chat.as_str())
            .field("jobs", &self.endpoints.jobs.as_str())
            .field("timeouts", &self.timeouts)
            .field("retries", &self.retries)
            .field("domain_limit", &self.domain_limit)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Begins a client of the service at `base_url`, such as `http://127.0.0.1:8765`: the names of [`crate::Paths`] are added to it.
    pub fn builder(base_url: &str) -> ClientBuilder {
        ClientBuilder::new(base_url)
    }
}
