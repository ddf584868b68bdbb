//! Delivers the finished messages of a question: the first as the reply, the others behind it in the channel.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::call::{CallError, Written};
use super::channels::Posting;
use super::first_message::{FirstMessage, Ways, nonce};
use crate::conversation::ports::Posted;
use crate::conversation::question::{Origin, Question};
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
    ForGood(CallError),
    /// Discord did not answer for as long as was tried.
    #[error("Discord did not take it in time: {0}")]
    ForNow(CallError),
}

/// Delivers the messages of one outcome, one at a time.
pub(super) struct Courier<'a> {
    ways: &'a Ways,
    first: &'a FirstMessage,
    /// The messages that are there already: of an earlier attempt, or of an earlier process.
    there: Vec<Posted>,
}

impl<'a> Courier<'a> {
    pub(super) async fn new(ways: &'a Ways, first: &'a FirstMessage) -> Self {
        let there = ways.desk.messages(first.question().id).await;
        Self { ways, first, there }
    }

    /// Shows one message of the outcome, counted from 0. Safe to repeat for some minutes: what is there is edited, the rest bears
    /// nonces.
    pub(super) async fn deliver(&self, part: u32, message: &Message) -> Result<(), Undelivered> {
        let deadline = Instant::now() + PATIENCE;
        if part > 0 {
            let written = again(deadline, || self.show_further(part, message)).await;
            let written = written.map_err(undelivered)?;
            let posted = Posted {
                part,
                channel: written.channel(),
                message: written.message(),
            };
            self.ways.desk.posted(self.question().id, posted).await;
            return Ok(());
        }
        let Err(error) = again(deadline, || self.first.show(message)).await else {
            return Ok(());
        };
        let by_reply = matches!(self.question().asked.origin, Origin::Interaction(_));
        if !by_reply || !self.question().asked.place.present {
            return Err(undelivered(error));
        }
        tracing::warn!(question = %self.question().id, %error, "the reply cannot be written; posting in the channel instead");
        let addressed = sentences::addressed(self.question().asked.asker.id, message);
        again(deadline, || self.first.show_beside(&addressed))
            .await
            .map_err(undelivered)
    }

    /// Takes away what an earlier attempt had beyond `parts` messages.
    pub(super) async fn clear_beyond(&self, parts: u32) {
        for surplus in self.there.iter().filter(|posted| posted.part >= parts) {
            match self
                .ways
                .channels
                .delete(surplus.channel, surplus.message)
                .await
            {
                Ok(()) => self.ways.desk.unposted(surplus.message).await,
                Err(error) => {
                    tracing::warn!(question = %self.question().id, %error, "a message of an earlier answer could not be deleted");
                }
            }
        }
    }

    fn question(&self) -> &Question {
        self.first.question()
    }

    async fn show_further(&self, part: u32, message: &Message) -> Result<Written, CallError> {
        let channels = &self.ways.channels;
        if let Some(there) = self.there.iter().find(|posted| posted.part == part) {
            match channels.edit(there.channel, there.message, message).await {
                Err(CallError::Gone { .. }) => {}
                edited => return edited,
            }
        }
        let place = self.question().asked.place;
        match &self.question().asked.origin {
            Origin::Interaction(reply) if !place.present => {
                self.ways.interactions.follow_up(reply, message).await
            }
            _ => {
                let nonce = nonce(self.question(), part);
                let posting = Posting {
                    reply_to: None,
                    nonce: &nonce,
                };
                channels.post(place.channel, message, posting).await
            }
        }
    }
}

/// Calls again and again until `deadline`, while that may help.
async fn again<T, F: Future<Output = Result<T, CallError>>>(
    deadline: Instant,
    call: impl Fn() -> F,
) -> Result<T, CallError> {
    let mut pause = FIRST_PAUSE;
    loop {
        let error = match call().await {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        let wait = match &error {
            CallError::RateLimited { wait, .. } => *wait,
            CallError::Unavailable(_) => pause,
            CallError::Gone { .. } | CallError::AlreadyAcknowledged | CallError::Refused { .. } => {
                return Err(error);
            }
        };
        if Instant::now() + wait > deadline {
            return Err(error);
        }
        sleep(wait).await;
        pause *= 2;
    }
}

fn undelivered(error: CallError) -> Undelivered {
    match error {
        CallError::RateLimited { .. } | CallError::Unavailable(_) => Undelivered::ForNow(error),
        CallError::Gone { .. } | CallError::AlreadyAcknowledged | CallError::Refused { .. } => {
            Undelivered::ForGood(error)
        }
    }
}
