//! The name under which a wish for a job is known. Must never be made twice for two wishes.

use std::fmt;

use uuid::Uuid;

use crate::Invalid;

/// Longest key, in bytes. The protocol names no limit; this one is ours.
const LONGEST: usize = 255;

/// A name for one wish: however often it is submitted, it makes one job and is paid for once.
///
/// Take one that outlives the process, such as the id of a row in a database, and a restart in the middle of a submission costs
/// nothing. [`IdempotencyKey::random`] is enough where that does not matter.
///
/// A job that failed keeps its key, too: to try the same wish once more, take another one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// A key of the caller's, 1 to 255 bytes.
    ///
    /// # Errors
    ///
    /// [`Invalid`] when it is blank or too long.
    pub fn new(key: impl Into<String>) -> Result<Self, Invalid> {
        let key = key.into();
        if key.trim().is_empty() || key.len() > LONGEST {
            return Err(Invalid::new(
                "idempotency_key",
                format!("must be 1 to {LONGEST} bytes of text"),
            ));
        }
        Ok(Self(key))
    }

    /// A key that nobody else has: a random UUID.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4().to_string())
    }

    /// The key as it is sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::IdempotencyKey;

    #[test]
    fn a_key_is_some_text_and_not_too_much() {
        assert_eq!(IdempotencyKey::new("row 7").unwrap().as_str(), "row 7");
        for key in ["", "  ", &"k".repeat(256)] {
            assert_eq!(
                IdempotencyKey::new(key).unwrap_err().field,
                "idempotency_key"
            );
        }
        assert_ne!(IdempotencyKey::random(), IdempotencyKey::random());
    }
}
