//! `POST /chat/completions`: one question, one answer, as a whole or piece by piece. Must send nothing that breaks a rule.

use reqwest::Method;

use crate::call::Sent;
use crate::outgoing::outgoing;
use crate::retry::Call;
use crate::{ChatCompletion, ChatRequest, ChatStream, Client, Error};

impl Client {
    /// Asks, and waits for the whole answer.
    ///
    /// The text carries markers `[n]`; `n` counts from 1 into [`ChatCompletion::sources`]. Deep research takes minutes, longer than
    /// many gateways keep a silent connection: stream it, or make it a job with [`Client::submit`].
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] before anything is sent; else each kind of [`Error`]. See [`crate::Retries`] for what is tried again.
    pub async fn chat(&self, request: &ChatRequest) -> Result<ChatCompletion, Error> {
        let sent = self.asked(request, None)?;
        let answer: ChatCompletion = self.json(&sent, "a chat completion").await?;
        if answer.choices.is_empty() {
            return Err(Error::unreadable("a chat completion without `choices`"));
        }
        Ok(answer)
    }

    /// Asks, and returns the answer piece by piece. Once the reply has begun, nothing is tried again.
    ///
    /// # Errors
    ///
    /// As [`Self::chat`], for what goes wrong before the first piece; the stream itself yields the rest.
    pub async fn chat_stream(&self, request: &ChatRequest) -> Result<ChatStream, Error> {
        let reply = self.reply(&self.asked(request, Some(true))?).await?;
        let media_type = reply.media_type();
        if media_type != "text/event-stream" {
            return Err(Error::unreadable(format!(
                "`{media_type}` where `text/event-stream` was expected"
            )));
        }
        Ok(ChatStream::new(reply, self.key.clone()))
    }

    fn asked(&self, request: &ChatRequest, stream: Option<bool>) -> Result<Sent, Error> {
        let request = outgoing(request, stream, self.domain_limit)?;
        Ok(Sent {
            method: Method::POST,
            url: self.endpoints.chat.clone(),
            accept: match stream {
                Some(true) => "text/event-stream",
                _ => "application/json",
            },
            body: Some(Sent::body(&request)?),
            call: Call::Paid,
        })
    }
}
