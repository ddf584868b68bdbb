//! Researches at the edge: shows where they stand and how they ended, and takes what people press below them. Decides nothing about them.

use std::sync::Arc;

use async_trait::async_trait;

use super::answering::Edge;
use crate::conversation::outcome::Outcome;
use crate::conversation::question::Question;
use crate::ids::QuestionId;
use crate::research::estimate::Estimate;
use crate::research::ports::{Report, Showing, Shown, Standing};

mod anew;

mod boards;

mod delivering;

mod home;

mod line;

mod taking;

pub(super) use anew::Pressed;
pub(super) use boards::Boards;
pub(super) use line::Lines;
pub(super) use taking::Arrivals;

/// Shows researches in Discord.
pub(super) struct Showcase(pub(super) Arc<Edge>);

#[async_trait]
impl Showing for Showcase {
    async fn stands(&self, question: &Question, estimate: &Estimate, standing: Standing) -> bool {
        if standing == Standing::Submitting {
            self.0.moves_up(question);
        }
        self.0.research_stands(question, estimate, standing).await
    }

    async fn deliver(
        &self,
        question: &Question,
        outcome: &Outcome,
        report: &Report,
        may_be_there: bool,
    ) -> Shown {
        self.0.moves_up(question);
        self.0
            .deliver_research(question, outcome, report, may_be_there)
            .await
    }

    async fn give_up_unread(&self, question: QuestionId, report: Option<&Report>) -> Shown {
        self.0.give_up_unread(question, report).await
    }

    async fn settle(&self, question: &Question, outcome: &Outcome, report: &Report) {
        self.0.settle_cost(question, outcome, report).await;
    }
}
