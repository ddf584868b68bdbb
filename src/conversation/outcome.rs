//! How a question ended: with an answer, or with a failure and what had come by then. Plain values.

use super::answer::{Answer, Draft};
use super::failure::Failure;

/// How a question ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// With an answer.
    Answered(Answer),
    /// Without one; what had come by then is kept, since the reader has seen it grow.
    Failed {
        /// Why.
        failure: Failure,
        /// What had come.
        draft: Draft,
    },
}

impl Outcome {
    /// A failure before any text came.
    pub fn failed(failure: Failure) -> Self {
        Self::Failed {
            failure,
            draft: Draft::default(),
        }
    }
}
