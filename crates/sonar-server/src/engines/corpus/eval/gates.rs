//! What the figures of a set must reach. Measures nothing.

use serde::Deserialize;

use super::figures::Figures;

/// The least or the most that a figure may be; those that are not set are not looked at.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Gates {
    pub(super) recall_at_1: Option<f64>,
    pub(super) recall_at_10: Option<f64>,
    pub(super) mrr: Option<f64>,
    pub(super) answer_hits: Option<f64>,
    pub(super) first_excerpt_right: Option<f64>,
    pub(super) sentences_right: Option<f64>,
    pub(super) citations_valid: Option<f64>,
    pub(super) excerpts_verbatim: Option<f64>,
    pub(super) refused_at_least: Option<f64>,
    pub(super) refused_at_most: Option<f64>,
    pub(super) words_at_most: Option<f64>,
}

/// A gate, what was measured, and what it asks for.
struct Gate {
    name: &'static str,
    bound: Option<f64>,
    measured: Option<f64>,
    at_most: bool,
}

impl Gates {
    fn list(&self, figures: &Figures) -> Vec<Gate> {
        let least = |name, bound, measured| Gate {
            name,
            bound,
            measured,
            at_most: false,
        };
        let most = |name, bound, measured| Gate {
            name,
            bound,
            measured,
            at_most: true,
        };
        vec![
            least("recall_at_1", self.recall_at_1, figures.recall_at_1),
            least("recall_at_10", self.recall_at_10, figures.recall_at_10),
            least("mrr", self.mrr, figures.mrr),
            least("answer_hits", self.answer_hits, figures.answer_hits),
            least(
                "first_excerpt_right",
                self.first_excerpt_right,
                figures.first_excerpt_right,
            ),
            least(
                "sentences_right",
                self.sentences_right,
                figures.sentences_right,
            ),
            least(
                "citations_valid",
                self.citations_valid,
                Some(figures.citations_valid),
            ),
            least(
                "excerpts_verbatim",
                self.excerpts_verbatim,
                Some(figures.excerpts_verbatim),
            ),
            least(
                "refused_at_least",
                self.refused_at_least,
                Some(figures.refused),
            ),
            most(
                "refused_at_most",
                self.refused_at_most,
                Some(figures.refused),
            ),
            most(
                "words_at_most",
                self.words_at_most,
                Some(figures.words_per_answer),
            ),
        ]
    }

    /// The gates that the figures of a set miss, in words.
    pub(super) fn missed(&self, set: &str, figures: &Figures) -> Vec<String> {
        let missed = |gate: Gate| {
            let (bound, measured) = (gate.bound?, gate.measured?);
            let held = if gate.at_most {
                measured <= bound
            } else {
                measured >= bound
            };
            let side = if gate.at_most { "at most" } else { "at least" };
            (!held).then(|| {
                format!(
                    "{set}: {} is {measured:.3}, and must be {side} {bound:.3}",
                    gate.name
                )
            })
        };
        self.list(figures).into_iter().filter_map(missed).collect()
    }

    /// Why a gate can mean nothing for a set whose questions are, or are not, `outside`.
    pub(super) fn problem(&self, outside: bool) -> Option<String> {
        let figures = Figures::default();
        for gate in self.list(&figures) {
            let Some(bound) = gate.bound else { continue };
            let share = gate.name != "words_at_most";
            if !bound.is_finite() || bound < 0.0 || (share && bound > 1.0) {
                return Some(format!(
                    "the gate `{}` must be a share from 0 to 1, not {bound}",
                    gate.name
                ));
            }
        }
        let of_sections = [
            ("recall_at_1", self.recall_at_1),
            ("recall_at_10", self.recall_at_10),
            ("mrr", self.mrr),
            ("answer_hits", self.answer_hits),
            ("first_excerpt_right", self.first_excerpt_right),
            ("sentences_right", self.sentences_right),
        ];
        let senseless = of_sections
            .iter()
            .find(|(_, bound)| outside && bound.is_some());
        senseless.map(|(name, _)| {
            format!(
                "the gate `{name}` looks for right sections, and questions from outside have none"
            )
        })
    }
}
