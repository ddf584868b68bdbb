//! What Discord's client would not let somebody do, as a sentence. Decides nothing.

use crate::world::refusal::Refusal;

/// Somebody could not do what they wanted; it says why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Discord refuses this: {reason}")]
pub struct Refused {
    reason: String,
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self {
            reason: refusal.sentence(),
        }
    }
}
