//! The interaction endpoints: acknowledge, refuse, edit the reply. Decides nothing but to try a first response once more while Discord still waits for it.
//!
//! These calls go past serenity's limiter, which counts all edits of an application in one bucket; Discord counts them
//! for each reply. They carry the interaction's own token and need no bot token.

use std::time::Duration;

use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::api::BASE;
use super::call::{CallError, Written, body, call, read};
use crate::conversation::question::Reply;
use crate::render::Message;

/// Answers a command with a message.
const CALLBACK_MESSAGE: u8 = 4;
/// Answers a command with "thinking…".
const CALLBACK_DEFERRED: u8 = 5;
/// Shows a message to the asker only.
const FLAG_EPHEMERAL: u32 = 1 << 6;

/// How long one try of a first response may take. Discord waits three seconds for it, so two tries fit.
const RESPONSE_LIMIT: Duration = Duration::from_millis(1_400);

/// Calls the interaction endpoints.
#[derive(Clone)]
pub(super) struct Interactions {
    http: reqwest::Client,
}

impl Interactions {
    pub(super) fn new(http: reqwest::Client) -> Self {
        Self { http }
    }

    /// Shows "thinking…" as the reply, for everyone in the channel.
    pub(super) async fn acknowledge(&self, reply: &Reply) -> Result<(), CallError> {
        self.respond(reply, json!({ "type": CALLBACK_DEFERRED }))
            .await
    }

    /// Shows a message to the asker only, as the first and last reply.
    pub(super) async fn refuse(&self, reply: &Reply, message: &Message) -> Result<(), CallError> {
        let mut data = body(message);
        data["flags"] = json!(FLAG_EPHEMERAL);
        self.respond(reply, json!({ "type": CALLBACK_MESSAGE, "data": data }))
            .await
    }

    /// Makes the reply say this.
    pub(super) async fn edit(
        &self,
        reply: &Reply,
        message: &Message,
    ) -> Result<Written, CallError> {
        let address = format!("{}/messages/@original", webhook(reply));
        read(call(self.http.patch(address).json(&body(message))).await?).await
    }

    /// Shows a further message behind the reply. Discord cannot tell a repeat from another one.
    pub(super) async fn follow_up(
        &self,
        reply: &Reply,
        message: &Message,
    ) -> Result<Written, CallError> {
        read(call(self.http.post(webhook(reply)).json(&body(message))).await?).await
    }

    /// Shows a further message to the asker only, behind a reply that is there.
    pub(super) async fn whisper(&self, reply: &Reply, message: &Message) -> Result<(), CallError> {
        let mut body = body(message);
        body["flags"] = json!(FLAG_EPHEMERAL);
        call(self.http.post(webhook(reply)).json(&body))
            .await
            .map(drop)
    }

    /// Takes the reply away.
    pub(super) async fn take_back(&self, reply: &Reply) -> Result<(), CallError> {
        let address = format!("{}/messages/@original", webhook(reply));
        call(self.http.delete(address)).await.map(drop)
    }

    async fn respond(&self, reply: &Reply, response: Value) -> Result<(), CallError> {
        let address = format!(
            "{BASE}/interactions/{}/{}/callback",
            reply.interaction,
            reply.token.expose_secret()
        );
        let once = || {
            call(
                self.http
                    .post(&address)
                    .timeout(RESPONSE_LIMIT)
                    .json(&response),
            )
        };
        let responded = match once().await {
            // Had the first try arrived after all, the second one is told so.
            Err(CallError::Unavailable(_)) => once().await,
            other => other,
        };
        responded.map(drop)
    }
}

/// Where the messages of a reply are.
fn webhook(reply: &Reply) -> String {
    format!(
        "{BASE}/webhooks/{}/{}",
        reply.application,
        reply.token.expose_secret()
    )
}
