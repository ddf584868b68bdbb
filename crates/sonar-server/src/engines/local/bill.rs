//! What an answer used, in the protocol's words. Must price nothing: nobody here knows what a model costs.

use sonar::{ChatRequest, Cost, Usage};

use super::research::Findings;
use crate::engines::corpus::Excerpt;
use crate::engines::writer::Used;
use crate::usage::{Estimate, tokens};

/// The usage of an answer in the making.
#[derive(Clone, Debug)]
pub(super) struct Bill {
    estimate: Estimate,
    research: Option<Research>,
}

/// What deep research tells beside.
#[derive(Clone, Copy, Debug)]
struct Research {
    searches: u64,
    quoted_tokens: u64,
}

impl Bill {
    pub(super) fn new(request: &ChatRequest, findings: &Findings) -> Self {
        let research = (request.model == "sonar-deep-research").then(|| Research {
            searches: findings.searches,
            quoted_tokens: findings.excerpts().map(quoted_tokens).sum(),
        });
        Self {
            estimate: Estimate::new(request),
            research,
        }
    }

    /// Counts more text of the answer.
    pub(super) fn add(&mut self, text: &str) {
        self.estimate.add(text);
    }

    /// The usage: as the endpoint counted it, where one did. Costs by the protocol: a fee for the request, or, of deep research,
    /// one for each of its parts. Deep research also tells its searches and what it quoted; without a model it did not think.
    pub(super) fn usage(&self, used: Option<Used>) -> Usage {
        let mut usage = self.estimate.usage();
        if let Some(used) = used {
            usage.prompt_tokens = used.prompt_tokens;
            usage.completion_tokens = used.completion_tokens;
            usage.total_tokens = used.prompt_tokens.saturating_add(used.completion_tokens);
        }
        let Some(research) = self.research else {
            let cost = Cost {
                request_cost: Some(0.0),
                ..Cost::default()
            };
            return Usage {
                cost: Some(cost),
                ..usage
            };
        };
        Usage {
            citation_tokens: Some(research.quoted_tokens),
            num_search_queries: Some(research.searches),
            reasoning_tokens: Some(used.and_then(|used| used.reasoning()).unwrap_or_default()),
            cost: Some(Cost {
                citation_tokens_cost: Some(0.0),
                reasoning_tokens_cost: Some(0.0),
                search_queries_cost: Some(0.0),
                ..Cost::default()
            }),
            ..usage
        }
    }
}

fn quoted_tokens(excerpt: &Excerpt) -> u64 {
    let code = excerpt
        .code
        .as_ref()
        .map_or(0, |code| code.text.chars().count());
    tokens(excerpt.text.chars().count() + code)
}
