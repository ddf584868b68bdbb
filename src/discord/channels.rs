//! The routes of channels and messages, called with the bot's token. Paces itself by what Discord's headers say; decides nothing else.

use reqwest::{Method, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::time::sleep;

use super::api::BASE;
use super::call::{CallError, Payload, Written, call, id, read};
use super::limiter::{Limiter, Route};
use crate::ids::{ChannelId, GuildId, MessageId, PersonId};
use crate::render::Message;

/// A thread that anybody in the channel can see and join.
const PUBLIC_THREAD: u8 = 11;

/// How long a thread stays in the list after the last message, in minutes.
const ARCHIVED_AFTER: u16 = 1_440;

/// Calls the routes of channels.
pub(super) struct Channels {
    http: reqwest::Client,
    authorization: SecretString,
    limiter: Limiter,
}

/// How a new message stands in its channel.
pub(super) struct Posting<'a> {
    /// The message that it replies to; it may be gone.
    pub(super) reply_to: Option<MessageId>,
    /// What tells a repeat from another message, at most 25 characters.
    pub(super) nonce: &'a str,
}

#[derive(Deserialize)]
struct Created {
    #[serde(deserialize_with = "id")]
    id: u64,
}

impl Channels {
    pub(super) fn new(http: reqwest::Client, token: &SecretString) -> Self {
        Self {
            http,
            authorization: SecretString::from(format!("Bot {}", token.expose_secret())),
            limiter: Limiter::default(),
        }
    }

    /// Posts a message. Within some minutes a repeat with the same nonce makes the first one say this.
    pub(super) async fn post(
        &self,
        channel: ChannelId,
        message: &Message,
        posting: Posting<'_>,
    ) -> Result<Written, CallError> {
        let mut payload = Payload::from(message).with_ping(message.pinged());
        payload.json["nonce"] = json!(posting.nonce);
        payload.json["enforce_nonce"] = json!(true);
        if let Some(replied) = posting.reply_to {
            payload.json["message_reference"] =
                json!({ "message_id": replied.to_string(), "fail_if_not_exists": false });
        }
        let address = format!("/channels/{channel}/messages");
        let posted: Written = self
            .answer(
                Route::Post,
                channel.0,
                Method::POST,
                &address,
                Some(&payload),
            )
            .await?;
        if posted.says(message) {
            return Ok(posted);
        }
        // It is there from an earlier try, whose answer was lost, and says what was to be said then.
        self.edit(posted.channel(), posted.message(), message).await
    }

    /// Makes a message of the bot's say this.
    pub(super) async fn edit(
        &self,
        channel: ChannelId,
        message: MessageId,
        text: &Message,
    ) -> Result<Written, CallError> {
        let address = format!("/channels/{channel}/messages/{message}");
        self.answer(
            Route::Edit,
            channel.0,
            Method::PATCH,
            &address,
            Some(&Payload::from(text)),
        )
        .await
    }

    /// Deletes a message; one that is gone is deleted.
    pub(super) async fn delete(
        &self,
        channel: ChannelId,
        message: MessageId,
    ) -> Result<(), CallError> {
        let address = format!("/channels/{channel}/messages/{message}");
        match self
            .send(Route::Delete, channel.0, Method::DELETE, &address, None)
            .await
        {
            Ok(_) | Err(CallError::Gone { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Shows for ten seconds that the bot is writing.
    pub(super) async fn typing(&self, channel: ChannelId) -> Result<(), CallError> {
        let address = format!("/channels/{channel}/typing");
        self.send(Route::Typing, channel.0, Method::POST, &address, None)
            .await
            .map(drop)
    }

    /// Opens a public thread on a message. A message has one at most; it has the message's id. Never waits for longer than a moment:
    /// Discord lets bots open few in a server, and names waits of minutes.
    pub(super) async fn open_thread(
        &self,
        guild: GuildId,
        channel: ChannelId,
        message: MessageId,
        name: &str,
    ) -> Result<ChannelId, CallError> {
        let address = format!("/channels/{channel}/messages/{message}/threads");
        let body =
            json!({ "name": name, "type": PUBLIC_THREAD, "auto_archive_duration": ARCHIVED_AFTER })
                .into();
        let thread: Created = self
            .answer(Route::Thread, guild.0, Method::POST, &address, Some(&body))
            .await?;
        Ok(ChannelId(thread.id))
    }

    /// The direct conversation with a person.
    pub(super) async fn direct(&self, person: PersonId) -> Result<ChannelId, CallError> {
        let body = json!({ "recipient_id": person.to_string() }).into();
        let channel: Created = self
            .answer(
                Route::Person,
                0,
                Method::POST,
                "/users/@me/channels",
                Some(&body),
            )
            .await?;
        Ok(ChannelId(channel.id))
    }

    /// Reads something of a channel, such as the channel itself (an empty `below`) or its messages.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        channel: ChannelId,
        below: &str,
    ) -> Result<T, CallError> {
        let address = format!("/channels/{channel}{below}");
        self.answer(Route::Read, channel.0, Method::GET, &address, None)
            .await
    }

    /// Reads something of a server, such as the server itself with its roles (an empty `below`).
    pub(super) async fn get_of_server<T: DeserializeOwned>(
        &self,
        guild: GuildId,
        below: &str,
    ) -> Result<T, CallError> {
        let address = format!("/guilds/{guild}{below}");
        self.answer(Route::Server, guild.0, Method::GET, &address, None)
            .await
    }

    async fn answer<T: DeserializeOwned>(
        &self,
        route: Route,
        major: u64,
        method: Method,
        path: &str,
        body: Option<&Payload<'_>>,
    ) -> Result<T, CallError> {
        read(self.send(route, major, method, path, body).await?).await
    }

    async fn send(
        &self,
        route: Route,
        major: u64,
        method: Method,
        path: &str,
        body: Option<&Payload<'_>>,
    ) -> Result<Response, CallError> {
        while let Err(wait) = self.limiter.take(route, major) {
            if wait > route.patience() {
                return Err(CallError::RateLimited {
                    wait,
                    global: false,
                });
            }
            sleep(wait).await;
        }
        let mut request = self
            .http
            .request(method, format!("{BASE}{path}"))
            .header("authorization", self.authorization.expose_secret());
        if let Some(body) = body {
            request = body.put_into(request);
        }
        match call(request).await {
            Ok(response) => {
                self.limiter.learn(route, major, response.headers());
                Ok(response)
            }
            // The bot's own token is refused: what is to be written is none the less there to be written once it is mended.
            Err(CallError::Gone { status: 401, .. }) => Err(CallError::Unavailable(
                "the bot's token is refused".to_owned(),
            )),
            Err(error) => {
                if let CallError::RateLimited { wait, global } = &error {
                    self.limiter.refused(route, major, *wait, *global);
                }
                Err(error)
            }
        }
    }
}
