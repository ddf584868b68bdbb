//! Delivers the finished messages of a question: the first as the reply, the others behind it in the channel.

use std::sync::Arc;
use std::time::Duration;

use serenity::all::{ChannelId, CreateAllowedMentions, CreateMessage, Http, HttpError, Nonce};
use tokio::time::{Instant, sleep};

use super::interactions::{CallError, Interactions};
use crate::conversation::question::Question;
use crate::render::{Message, sentences};

/// How long the delivery of one message may be tried. Discord remembers a message's nonce for some minutes; within them a repeat is no double.
const PATIENCE: Duration = Duration::from_secs(120);

/// The first wait after a call that got no answer; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// Why a message is not out.
#[derive(Debug, thiserror::Error)]
pub(super) enum Undelivered {
    /// The reply is gone and the channel refuses: nobody can be shown it.
    #[error("neither the reply nor the channel takes it: {0}")]
    ForGood(String),
    /// Discord did not answer for as long as was tried.
    #[error("Discord did not take it in time: {0}")]
    ForNow(String),
}

/// Delivers messages, one at a time.
pub(super) struct Courier {
    interactions: Interactions,
    http: Arc<Http>,
}

impl Courier {
    pub(super) fn new(interactions: Interactions, http: Arc<Http>) -> Self {
        Self { interactions, http }
    }

    /// Shows one message of an outcome, counted from 0. Safe to repeat for some minutes: the reply is edited, the rest bears
    /// nonces.
    pub(super) async fn deliver(
        &self,
        question: &Question,
        part: u32,
        message: &Message,
    ) -> Result<(), Undelivered> {
        let deadline = Instant::now() + PATIENCE;
        if part > 0 {
            return self.post(question, part, message, deadline).await;
        }
        let Err(error) = self.edit_reply(question, message, deadline).await else {
            return Ok(());
        };
        tracing::warn!(question = %question.id, %error, "the reply cannot be written; posting in the channel instead");
        let addressed = sentences::addressed(question.asked.asker, message);
        self.post(question, part, &addressed, deadline).await
    }

    /// Edits the reply, again and again while that may help.
    async fn edit_reply(
        &self,
        question: &Question,
        message: &Message,
        deadline: Instant,
    ) -> Result<(), CallError> {
        let mut pause = FIRST_PAUSE;
        loop {
            let error = match self.interactions.edit(&question.asked.reply, message).await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            let wait = match &error {
                CallError::RateLimited(wait) => *wait,
                CallError::Unavailable(_) => pause,
                CallError::Gone { .. }
                | CallError::AlreadyAcknowledged
                | CallError::Refused { .. } => return Err(error),
            };
            if Instant::now() + wait > deadline {
                return Err(error);
            }
            sleep(wait).await;
            pause *= 2;
        }
    }

    /// Posts one message in the channel. Its nonce makes a repeat return the first one.
    async fn post(
        &self,
        question: &Question,
        part: u32,
        message: &Message,
        deadline: Instant,
    ) -> Result<(), Undelivered> {
        let channel = ChannelId::new(question.asked.place.channel.0);
        let mut pause = FIRST_PAUSE;
        loop {
            let builder = CreateMessage::new()
                .content(message.content())
                .allowed_mentions(CreateAllowedMentions::new())
                .nonce(Nonce::String(nonce(question, part)))
                .enforce_nonce(true);
            match channel.send_message(&*self.http, builder).await {
                Ok(_) => return Ok(()),
                Err(error) if !may_pass(&error) => {
                    return Err(Undelivered::ForGood(reason(&error)));
                }
                Err(error) if Instant::now() + pause > deadline => {
                    return Err(Undelivered::ForNow(reason(&error)));
                }
                Err(_) => sleep(pause).await,
            }
            pause *= 2;
        }
    }
}

/// At most 25 characters, the same for every try: the interaction's id has at most 20 digits.
fn nonce(question: &Question, part: u32) -> String {
    format!("{}-{part}", question.asked.reply.interaction)
}

/// Whether the same call may work later: not when Discord understood and refused it.
fn may_pass(error: &serenity::Error) -> bool {
    match error {
        serenity::Error::Http(HttpError::UnsuccessfulRequest(response)) => {
            response.status_code.is_server_error()
        }
        serenity::Error::Http(HttpError::Request(_)) => true,
        _ => false,
    }
}

fn reason(error: &serenity::Error) -> String {
    match error {
        serenity::Error::Http(HttpError::UnsuccessfulRequest(response)) => {
            format!(
                "status {}, code {}",
                response.status_code.as_u16(),
                response.error.code
            )
        }
        serenity::Error::Http(HttpError::Request(error)) if error.is_timeout() => {
            "no answer in time".to_owned()
        }
        serenity::Error::Http(HttpError::Request(_)) => "no connection".to_owned(),
        other => other.to_string(),
    }
}
