//! An outcome as the tables keep it. Writes none itself.

use std::time::Duration;

use crate::conversation::answer::{Answer, Draft, Finish, Image, Source, Usage};
use crate::conversation::outcome::Outcome;
use crate::search::Filters;

/// What of an outcome goes into the tables: a failed one keeps the text that had come.
pub(super) struct Ended<'a> {
    pub(super) text: &'a str,
    pub(super) sources: &'a [Source],
    pub(super) model: &'a str,
    pub(super) finish: &'a Finish,
    pub(super) usage: Usage,
    pub(super) related: &'a [String],
    pub(super) images: &'a [Image],
    pub(super) filters: &'a Filters,
    pub(super) took: Duration,
}

impl<'a> Ended<'a> {
    /// An outcome, so.
    pub(super) fn of(outcome: &'a Outcome) -> Self {
        match outcome {
            Outcome::Answered(Answer {
                text,
                sources,
                model,
                finish,
                usage,
                related,
                images,
                filters,
                took,
            }) => Self {
                text,
                sources,
                model,
                finish,
                usage: *usage,
                related,
                images,
                filters,
                took: *took,
            },
            Outcome::Failed {
                draft:
                    Draft {
                        text,
                        sources,
                        filters,
                    },
                ..
            } => Self {
                text,
                sources,
                model: "",
                finish: &Finish::Complete,
                usage: Usage::default(),
                related: &[],
                images: &[],
                filters,
                took: Duration::ZERO,
            },
        }
    }
}
