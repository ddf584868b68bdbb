//! A client of the async endpoint that speaks plain HTTP. Must not know how jobs are kept.

use std::time::Duration;

use reqwest::{Client, Response};
use serde_json::{Value, json};
use sonar_server::Server;

use crate::scripted::{asking, http};

pub(crate) const PATH: &str = "/async/chat/completions";

/// A client that looks all the time would soon have looked more often than it may.
pub(crate) const BETWEEN_LOOKS: Duration = Duration::from_millis(2);

/// After so many looks a job is not waited for any longer: half a minute at least.
const MOST_LOOKS: usize = 15_000;

/// Most pages of a list; no test makes as many jobs.
const MOST_PAGES: usize = 1000;

/// One who submits jobs, perhaps with a key.
#[derive(Clone)]
pub(crate) struct JobClient {
    base: String,
    key: Option<&'static str>,
    http: Client,
}

impl JobClient {
    pub(crate) fn of(server: &Server) -> Self {
        Self::at(&server.address().to_string())
    }

    pub(crate) fn at(address: &str) -> Self {
        Self {
            base: format!("http://{address}"),
            key: None,
            http: http(),
        }
    }

    pub(crate) fn with_key(self, key: &'static str) -> Self {
        Self {
            key: Some(key),
            ..self
        }
    }

    /// Sends anything anywhere; an error is one of the network.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> reqwest::Result<Response> {
        let request = self.http.post(format!("{}{path}", self.base)).json(body);
        match self.key {
            Some(key) => request.bearer_auth(key).send().await,
            None => request.send().await,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> reqwest::Result<Response> {
        let request = self.http.get(format!("{}{path}", self.base));
        match self.key {
            Some(key) => request.bearer_auth(key).send().await,
            None => request.send().await,
        }
    }

    /// The reply to a submission: its status and its body.
    pub(crate) async fn try_to_submit(&self, body: &Value) -> (u16, Value) {
        let reply = self.post(PATH, body).await.unwrap();
        (reply.status().as_u16(), reply.json().await.unwrap())
    }

    /// Submits a request that is accepted; the job.
    pub(crate) async fn submit_with(&self, request: Value, key: Option<&str>) -> Value {
        let body = json!({ "request": request, "idempotency_key": key });
        let (status, job) = self.try_to_submit(&body).await;
        assert_eq!(status, 200, "{job}");
        job
    }

    /// Asks something as a job; its id.
    pub(crate) async fn submit(&self, question: &str) -> String {
        let request = asking(json!({ "messages": [{ "role": "user", "content": question }] }));
        id(&self.submit_with(request, None).await)
    }

    /// The job as it is now.
    pub(crate) async fn look(&self, id: &str) -> Value {
        let reply = self.get(&format!("{PATH}/{id}")).await.unwrap();
        assert_eq!(reply.status(), 200);
        reply.json().await.unwrap()
    }

    /// Looks at a job until it has this status.
    pub(crate) async fn until(&self, id: &str, status: &str) -> Value {
        let job = self
            .until_one_of(id, &[status, "COMPLETED", "FAILED"])
            .await;
        assert_eq!(job["status"], status, "{job}");
        job
    }

    /// Looks at a job until it has ended, well or not.
    pub(crate) async fn ended(&self, id: &str) -> Value {
        self.until_one_of(id, &["COMPLETED", "FAILED"]).await
    }

    async fn until_one_of(&self, id: &str, statuses: &[&str]) -> Value {
        for _ in 0..MOST_LOOKS {
            let job = self.look(id).await;
            if statuses.contains(&job["status"].as_str().unwrap()) {
                return job;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        panic!(
            "the job is not of {statuses:?} after {MOST_LOOKS} looks: {}",
            self.look(id).await
        );
    }

    /// The ids on a page of the list, and the token of the next one.
    pub(crate) async fn page(&self, query: &str) -> (Vec<String>, Option<String>) {
        let reply = self.get(&format!("{PATH}?{query}")).await.unwrap();
        assert_eq!(reply.status(), 200);
        let page: Value = reply.json().await.unwrap();
        let ids = page["requests"].as_array().unwrap().iter().map(id);
        let token = page["next_token"].as_str().map(str::to_owned);
        (ids.collect(), token)
    }

    /// The ids of all jobs, newest first.
    pub(crate) async fn list(&self) -> Vec<String> {
        let (mut ids, mut token) = self.page("limit=100").await;
        for _ in 0..MOST_PAGES {
            let Some(next) = token else {
                return ids;
            };
            let more;
            (more, token) = self.page(&format!("limit=100&next_token={next}")).await;
            ids.extend(more);
        }
        panic!(
            "the list leads on after {MOST_PAGES} pages and {} jobs",
            ids.len()
        );
    }
}

pub(crate) fn id(job: &Value) -> String {
    job["id"].as_str().unwrap().to_owned()
}

/// The text of a job's answer.
pub(crate) fn text(job: &Value) -> &str {
    let message = &job["response"]["choices"][0]["message"];
    message["content"].as_str().unwrap_or_default()
}
