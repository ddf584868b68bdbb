//! Why there is no answer: one variant for each thing that a person or the operator can do about it.
//!
//! `render::sentences` has this enum's twin for words. What exactly happened is in the operator's log, not here.

use std::time::Duration;

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The service is busy; it may say how long.
    RateLimited {
        /// How long to wait, when the service said.
        retry_after: Option<Duration>,
    },
    /// The key is wrong: the operator must act.
    Unauthorized,
    /// The credit is used up: the operator must act.
    OutOfCredit,
    /// The endpoint no longer exists: the operator must name another.
    Retired,
    /// The service refuses this question.
    Rejected,
    /// What its asker wished for is no longer granted where it was asked.
    NotGranted,
    /// The service cannot be reached, or is broken.
    Unavailable,
    /// The service took too long.
    TimedOut,
    /// The service sent something that is no answer.
    Unreadable,
    /// The answer broke off half-way.
    BrokeOff,
    /// A reader stopped it while it was being written.
    Stopped,
    /// Footnote was stopped or restarted while it was answering.
    Interrupted,
    /// A research that somebody cancelled.
    Cancelled,
    /// A research that nobody said could cost what it was thought to cost.
    Unconfirmed,
    /// A research that the service took on and gave up.
    GivenUp,
    /// A research that the service took on and no longer knows.
    Lost,
    /// A fault of ours.
    Internal,
}

impl Failure {
    /// The name under which the store keeps it. Never changes for a variant: old rows bear it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::RateLimited { .. } => "rate_limited",
            Self::Unauthorized => "unauthorized",
            Self::OutOfCredit => "out_of_credit",
            Self::Retired => "retired",
            Self::Rejected => "rejected",
            Self::NotGranted => "not_granted",
            Self::Unavailable => "unavailable",
            Self::TimedOut => "timed_out",
            Self::Unreadable => "unreadable",
            Self::BrokeOff => "broke_off",
            Self::Stopped => "stopped",
            Self::Interrupted => "interrupted",
            Self::Cancelled => "cancelled",
            Self::Unconfirmed => "unconfirmed",
            Self::GivenUp => "given_up",
            Self::Lost => "lost",
            Self::Internal => "internal",
        }
    }

    /// The failure that [`Failure::name`] names; an unknown name is a fault of ours.
    pub fn named(name: &str) -> Self {
        let known = [
            Self::RateLimited { retry_after: None },
            Self::Unauthorized,
            Self::OutOfCredit,
            Self::Retired,
            Self::Rejected,
            Self::NotGranted,
            Self::Unavailable,
            Self::TimedOut,
            Self::Unreadable,
            Self::BrokeOff,
            Self::Stopped,
            Self::Interrupted,
            Self::Cancelled,
            Self::Unconfirmed,
            Self::GivenUp,
            Self::Lost,
        ];
        known
            .into_iter()
            .find(|failure| failure.name() == name)
            .unwrap_or(Self::Internal)
    }
}
