//! How far a research is, as its job keeps it. Plain values.

use serde::{Deserialize, Serialize};

use super::estimate::Estimate;
use super::ports::Report;
use crate::clock::Moment;
use crate::conversation::enforcing::AskedFor;
use crate::search::scope::Path;

/// What a research was given on its way, and how far it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Where its question was asked, which its settings come from.
    pub path: Option<Path>,
    /// What it was thought to take.
    pub estimate: Estimate,
    /// How far it is.
    pub stage: Stage,
    /// How often it was submitted without its being known whether the service had taken it on before: the one window in which a service that
    /// honours no keys is paid more than once.
    #[serde(default)]
    pub submitted_again: u32,
    /// Since when the service was too busy to take it on, where it was.
    #[serde(default)]
    pub busy_since: Option<Moment>,
}

/// How far a research is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Stage {
    /// Its asker has not said yet that it may cost what it is thought to cost. Ends by itself after a while.
    Unconfirmed,
    /// It stands in its line, or its turn has just come.
    InLine,
    /// It is being submitted. The service may have taken it on.
    Submitting {
        /// Since when.
        since: Moment,
    },
    /// The service works on it.
    Submitted {
        /// The service's name for it.
        service_id: String,
        /// When it was taken on.
        at: Moment,
        /// What it was asked for.
        asked_for: AskedFor,
    },
    /// Its outcome is stored, and is to be shown.
    Told {
        /// What was paid for it.
        paid: Paid,
        /// The service's name for it, where it still works on what was cancelled.
        works_on: Option<String>,
        /// When it was taken on, or else when it ended.
        at: Moment,
    },
    /// It was cancelled, and that was shown; the service works on, and what it costs is not known yet.
    Settling {
        /// The service's name for it.
        service_id: String,
        /// When it was taken on.
        at: Moment,
    },
    /// Nothing is left to do.
    Over {
        /// What was paid for it.
        paid: Paid,
    },
}

/// What was paid for a research, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", content = "usd", rename_all = "kebab-case")]
pub enum Paid {
    /// Nothing: the service never took it on.
    Nothing,
    /// So much, in US dollars, as the service said.
    Exactly(f64),
    /// The service did not say. It took it on, and that is paid for.
    Unsaid,
    /// Nobody knows: the service may have taken it on.
    Perhaps,
    /// The service works on, and what that costs will be paid.
    StillRunning,
}

impl Record {
    /// As the job keeps it.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json::json!(self).to_string()
    }

    /// The record that a job keeps; none when it is none that this version knows.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The same at another stage.
    #[must_use]
    pub fn at(&self, stage: Stage) -> Self {
        Self {
            stage,
            ..self.clone()
        }
    }

    /// What is told with its outcome.
    #[must_use]
    pub fn report(&self) -> Report {
        let paid = match &self.stage {
            Stage::Unconfirmed | Stage::InLine => Paid::Nothing,
            Stage::Submitting { .. } => Paid::Perhaps,
            Stage::Submitted { .. } | Stage::Settling { .. } => Paid::StillRunning,
            Stage::Told { paid, .. } | Stage::Over { paid } => *paid,
        };
        Report {
            estimate: self.estimate,
            paid,
        }
    }

    /// Whether the service may have been paid, or may yet be.
    #[must_use]
    pub fn may_cost(&self) -> bool {
        !matches!(
            self.stage,
            Stage::Unconfirmed
                | Stage::InLine
                | Stage::Told {
                    paid: Paid::Nothing,
                    ..
                }
                | Stage::Over {
                    paid: Paid::Nothing
                }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stage_is_read_as_it_was_written() {
        let id = || "a/b".to_owned();
        let at = Moment(7);
        for stage in [
            Stage::Unconfirmed,
            Stage::InLine,
            Stage::Submitting { since: at },
            Stage::Submitted {
                service_id: id(),
                at,
                asked_for: AskedFor::default(),
            },
            Stage::Told {
                paid: Paid::Exactly(0.41),
                works_on: None,
                at,
            },
            Stage::Told {
                paid: Paid::StillRunning,
                works_on: Some(id()),
                at,
            },
            Stage::Settling {
                service_id: id(),
                at,
            },
            Stage::Over { paid: Paid::Unsaid },
        ] {
            let record = Record {
                path: None,
                estimate: Estimate::default(),
                stage,
                submitted_again: 1,
                busy_since: None,
            };
            assert_eq!(Record::read(&record.text()), Some(record));
        }
        assert_eq!(Record::read("{}"), None);
    }
}
