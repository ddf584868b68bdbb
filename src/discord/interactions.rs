//! The interaction endpoints: acknowledge, refuse, open a form, edit and delete what a reply has written. Decides nothing but to try a first response once more while Discord still waits for it.
//!
//! These calls go past serenity's limiter, which counts all edits of an application in one bucket; Discord counts them
//! for each reply. They carry the interaction's own token and need no bot token.

use std::time::Duration;

use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::api::BASE;
use super::call::{CallError, Payload, Written, call, form, read};
use super::settings_panel::payload;
use crate::conversation::question::Reply;
use crate::ids::MessageId;
use crate::render::settings::panel;
use crate::render::{Form, Message};

/// Answers a command with a message.
const CALLBACK_MESSAGE: u8 = 4;
/// Answers a command with "thinking…".
const CALLBACK_DEFERRED: u8 = 5;
/// Answers a press without anything to see; the message that was pressed is the reply.
const CALLBACK_DEFERRED_UPDATE: u8 = 6;
/// Answers a command or a press with a form.
const CALLBACK_FORM: u8 = 9;
/// Shows a message to the asker only.
const FLAG_EPHEMERAL: u32 = 1 << 6;

/// Discord's code for a message that is gone.
const UNKNOWN_MESSAGE: u64 = 10_008;

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
        let mut data = Payload::from(message).json;
        data["flags"] = json!(FLAG_EPHEMERAL);
        self.respond(reply, json!({ "type": CALLBACK_MESSAGE, "data": data }))
            .await
    }

    /// Shows "thinking…" as the reply, to the asker only.
    pub(super) async fn acknowledge_privately(&self, reply: &Reply) -> Result<(), CallError> {
        let data = json!({ "flags": FLAG_EPHEMERAL });
        self.respond(reply, json!({ "type": CALLBACK_DEFERRED, "data": data }))
            .await
    }

    /// Takes note of a press without showing anything: from now on the reply is the message that was pressed.
    pub(super) async fn acknowledge_press(&self, reply: &Reply) -> Result<(), CallError> {
        self.respond(reply, json!({ "type": CALLBACK_DEFERRED_UPDATE }))
            .await
    }

    /// Opens a form, as the first and last reply.
    pub(super) async fn open(&self, reply: &Reply, shown: &Form) -> Result<(), CallError> {
        self.respond(reply, json!({ "type": CALLBACK_FORM, "data": form(shown) }))
            .await
    }

    /// Opens a form of the panel, as the first and last reply.
    pub(super) async fn ask(&self, reply: &Reply, shown: &panel::Form) -> Result<(), CallError> {
        let form = payload::form(shown);
        self.respond(reply, json!({ "type": CALLBACK_FORM, "data": form }))
            .await
    }

    /// Makes the reply say this.
    pub(super) async fn edit(
        &self,
        reply: &Reply,
        message: &Message,
    ) -> Result<Written, CallError> {
        let address = format!("{}/messages/@original", webhook(reply));
        let edit = Payload::from(message).put_into(self.http.patch(address));
        read(call(edit).await?).await
    }

    /// Makes a further message behind the reply say this.
    pub(super) async fn edit_further(
        &self,
        reply: &Reply,
        further: MessageId,
        message: &Message,
    ) -> Result<Written, CallError> {
        let address = format!("{}/messages/{further}", webhook(reply));
        let edit = Payload::from(message).put_into(self.http.patch(address));
        read(call(edit).await?).await
    }

    /// Shows a further message behind the reply, `privately` to the asker only. Discord cannot tell a repeat from another one.
    pub(super) async fn follow_up(
        &self,
        reply: &Reply,
        message: &Message,
        privately: bool,
    ) -> Result<Written, CallError> {
        let mut payload = Payload::from(message);
        if privately {
            payload.json["flags"] = json!(FLAG_EPHEMERAL);
        }
        let post = payload.put_into(self.http.post(webhook(reply)));
        read(call(post).await?).await
    }

    /// Shows a further message to the asker only, behind a reply that is there.
    pub(super) async fn whisper(&self, reply: &Reply, message: &Message) -> Result<(), CallError> {
        let mut payload = Payload::from(message);
        payload.json["flags"] = json!(FLAG_EPHEMERAL);
        call(payload.put_into(self.http.post(webhook(reply))))
            .await
            .map(drop)
    }

    /// Deletes the reply, or with a message this one that was written by it; one that is gone is deleted.
    pub(super) async fn delete(
        &self,
        reply: &Reply,
        message: Option<MessageId>,
    ) -> Result<(), CallError> {
        let which = message.map_or_else(|| "@original".to_owned(), |message| message.to_string());
        let address = format!("{}/messages/{which}", webhook(reply));
        match call(self.http.delete(address)).await {
            Ok(_) => Ok(()),
            Err(CallError::Gone { code, .. }) if code == UNKNOWN_MESSAGE => Ok(()),
            Err(error) => Err(error),
        }
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
            Err(CallError::Unavailable(_)) => match once().await {
                // The first try arrived after all.
                Err(CallError::AlreadyAcknowledged) => return Ok(()),
                second => second,
            },
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
