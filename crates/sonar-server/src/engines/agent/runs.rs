//! Jobs as runs that go on at the Agent API when this server stops: begun here, looked at until they are over. Must keep nothing.

use std::sync::Arc;

use async_stream::stream;
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{BoxStream, StreamExt};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use sonar::ChatRequest;
use tokio::time::{sleep, timeout};

use super::answer::Answer;
use super::client::Unseen;
use super::request::{Way, translated};
use super::wire::Answered;
use super::{AgentEngine, failure, upstream};
use crate::Failure;
use crate::engines::{Elsewhere, Event, NotBegun};

/// Statuses of a run that is over, and of one that waits for something nobody here gives.
const OVER: [&str; 5] = [
    "completed",
    "failed",
    "cancelled",
    "incomplete",
    "requires_action",
];

impl Elsewhere for AgentEngine {
    fn begin(&self, request: Arc<ChatRequest>) -> BoxFuture<'static, Result<String, NotBegun>> {
        let asked = translated(&request, &self.settings, Way::Background);
        let (client, patience) = (self.client.clone(), self.settings.idle);
        let begun = async move {
            let asking = timeout(patience, client.ask(&asked)).await;
            let silent = |_| NotBegun::Unknown(failure::silent(patience.as_secs()));
            let (_, answered) = asking.map_err(silent)?.map_err(not_begun)?;
            let id = answered.id.unwrap_or_default();
            let run = id.strip_prefix("resp_").unwrap_or(&id);
            if is_id(run) {
                return Ok(run.to_owned());
            }
            Err(NotBegun::Unknown(failure::unreadable(
                "a run without an id",
            )))
        };
        begun.boxed()
    }

    fn follow(&self, run: &str, request: Arc<ChatRequest>) -> BoxStream<'static, Event> {
        let (client, settings) = (self.client.clone(), Arc::clone(&self.settings));
        let id = format!("resp_{run}");
        let events = stream! {
            let (mut wait, longest) = settings.looks;
            let over = loop {
                sleep(wait).await;
                wait = (wait * 3 / 2).min(longest);
                match client.look(&id).await {
                    Ok(answered) if is_over(&answered) => break Ok(answered),
                    Ok(_) | Err(Unseen::Later) => {}
                    Err(Unseen::Lost) => break Err(lost()),
                    Err(Unseen::Refused(failure)) => break Err(failure),
                }
            };
            match over {
                Ok(answered) => {
                    yield Event::Upstream(upstream(&axum::http::HeaderMap::new(), Some(&answered)));
                    for event in Answer::new(&request, &settings).whole(&answered) {
                        yield event;
                    }
                }
                Err(failure) => yield Event::Failed(failure),
            }
        };
        self.without_key(events.boxed())
    }

    fn seal(&self, text: &str) -> String {
        let key = self.settings.key.expose_secret().as_bytes();
        let inner = Sha256::new()
            .chain_update(key)
            .chain_update(text)
            .finalize();
        let outer = Sha256::new()
            .chain_update(key)
            .chain_update(inner)
            .finalize();
        outer
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

/// A refusal says that nothing began; a reply that did not come says nothing.
fn not_begun(failure: Failure) -> NotBegun {
    let refused = failure.status.is_client_error() || failure.kind == "bridge_error";
    let surely = refused || failure == failure::unreachable();
    if surely {
        NotBegun::Refused(failure)
    } else {
        NotBegun::Unknown(failure)
    }
}

fn is_over(answered: &Answered) -> bool {
    answered
        .status
        .as_deref()
        .is_some_and(|status| OVER.contains(&status))
}

/// Whether an id can stand in an address and inside the id of a job.
fn is_id(run: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !run.is_empty() && run.len() <= 128 && run.bytes().all(plain)
}

fn lost() -> Failure {
    Failure::new(
        axum::http::StatusCode::BAD_GATEWAY,
        "upstream_lost",
        "upstream lost the job",
    )
}
