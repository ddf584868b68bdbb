//! Faults a test can order for the next requests: wrong answers, delays, cut connections. Carries none of them out.

use std::time::Duration;

use serde_json::Value;

/// What the next matching requests meet.
///
/// Faults are tried in the order they were queued; a request meets the first that matches and is not used up.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The method, such as `PATCH`; `None` matches every one.
    pub method: Option<String>,
    /// A part of the path after `/api/v10`, percent-decoded; empty matches every one.
    pub path: String,
    /// How many requests meet it.
    pub times: u32,
    /// What happens to them.
    pub action: FaultAction,
}

/// What happens to a request that meets a fault.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum FaultAction {
    /// It is answered with this and not processed.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The body, sent as JSON.
        body: Value,
    },
    /// It is answered with 429 as the real service does, headers included, and not processed.
    RateLimited {
        /// How long the bot is told to wait.
        retry_after: Duration,
    },
    /// It is processed and answered as usual, after this time by the emulator's clock.
    Delay(Duration),
    /// The connection is reset; nothing was processed.
    ResetBefore,
    /// It is processed, then the connection is reset instead of an answer.
    ResetAfter,
}

impl Fault {
    /// The next `times` requests with this method and a path that contains `path` meet `action`.
    pub fn new(method: &str, path: &str, times: u32, action: FaultAction) -> Self {
        Self {
            method: Some(method.to_owned()),
            path: path.to_owned(),
            times,
            action,
        }
    }

    fn matches(&self, method: &str, path: &str) -> bool {
        let method_fits = self
            .method
            .as_ref()
            .is_none_or(|one| one.eq_ignore_ascii_case(method));
        method_fits && path.contains(&self.path)
    }
}

/// The faults that are still to come.
#[derive(Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        if fault.times > 0 {
            self.0.push(fault);
        }
    }

    /// The fault this request meets; it counts as met.
    pub(crate) fn meet(&mut self, method: &str, path: &str) -> Option<FaultAction> {
        let place = self
            .0
            .iter()
            .position(|fault| fault.matches(method, path))?;
        let fault = self.0.get_mut(place)?;
        let action = fault.action.clone();
        fault.times -= 1;
        if fault.times == 0 {
            self.0.remove(place);
        }
        Some(action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_met_as_often_as_was_ordered() {
        let mut faults = Faults::default();
        faults.add(Fault::new(
            "patch",
            "/messages/@original",
            2,
            FaultAction::ResetBefore,
        ));
        assert_eq!(
            faults.meet("POST", "/webhooks/1/t/messages/@original"),
            None
        );
        for left in [true, true, false] {
            assert_eq!(
                faults
                    .meet("PATCH", "/webhooks/1/t/messages/@original")
                    .is_some(),
                left
            );
        }
    }
}
