//! What the findings say to a request: sources, text and what comes beside it. Must be pure.

use sonar::{ChatRequest, Cost, FinishReason, SearchResult, SourceKind, Usage};

use super::cut::Cut;
use super::pictures::pictures;
use super::plan::Plan;
use super::related::related;
use super::research::Findings;
use super::structured::Form;
use crate::engines::corpus::index::tokens::Tokeniser;
use crate::engines::corpus::write::{Around, deltas, whole};
use crate::engines::corpus::{Excerpt, Filters};
use crate::engines::{Done, Sources};
use crate::usage::{Estimate, tokens};

/// An answer that only has to be sent.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) sources: Sources,
    pub(super) deltas: Vec<String>,
    pub(super) done: Done,
}

impl Reply {
    pub(super) fn to(request: &ChatRequest, plan: &Plan, findings: &Findings) -> Self {
        let filtered = plan.filters != Filters::default();
        let (deltas, finish) = text(request, findings, filtered);
        let query = &plan.query;
        let related = match request.return_related_questions {
            Some(true) => {
                let language = query.language.as_deref().unwrap_or("en");
                let mut tokeniser = Tokeniser::new(language);
                related(&query.text, &findings.found, &mut tokeniser)
            }
            _ => Vec::new(),
        };
        let done = Done {
            finish,
            usage: usage(request, findings, &deltas),
        };
        let sources = Sources {
            results: findings.excerpts().map(source).collect(),
            images: pictures(request, findings.excerpts()),
            related,
        };
        Self {
            sources,
            deltas,
            done,
        }
    }
}

fn text(request: &ChatRequest, findings: &Findings, filtered: bool) -> (Vec<String>, FinishReason) {
    let text = whole(
        &findings.found,
        &findings.chapters,
        Around {
            filtered,
            web: findings.web,
        },
    );
    let cut = Cut::of(request);
    if let Some(Ok(form)) = Form::of(request) {
        let addresses: Vec<String> = findings
            .excerpts()
            .map(|quoted| quoted.url.clone())
            .collect();
        return form.fill(&text, &addresses, &cut);
    }
    let (text, finish) = cut.apply(&text);
    (deltas(&text), finish)
}

/// A source in the protocol's words.
pub(super) fn source(excerpt: &Excerpt) -> SearchResult {
    let title = match &excerpt.section {
        Some(section) if *section != excerpt.title => format!("{} › {section}", excerpt.title),
        _ => excerpt.title.clone(),
    };
    SearchResult {
        title,
        url: excerpt.url.clone(),
        date: excerpt.date.clone(),
        last_updated: excerpt.last_updated.clone(),
        snippet: Some(excerpt.text.clone()),
        source: Some(SourceKind::Web),
        ..SearchResult::default()
    }
}

/// Costs by the protocol: a fee for the request, or, of deep research, one for each of its parts. Deep research also tells its
/// searches and what it quoted. It did not think, so it used no tokens for that.
fn usage(request: &ChatRequest, findings: &Findings, deltas: &[String]) -> Usage {
    let mut estimate = Estimate::new(request);
    for delta in deltas {
        estimate.add(delta);
    }
    let usage = estimate.usage();
    if request.model != "sonar-deep-research" {
        let cost = Cost {
            request_cost: Some(0.0),
            ..Cost::default()
        };
        return Usage {
            cost: Some(cost),
            ..usage
        };
    }
    Usage {
        citation_tokens: Some(findings.excerpts().map(quoted_tokens).sum()),
        num_search_queries: Some(findings.searches),
        reasoning_tokens: Some(0),
        cost: Some(Cost {
            citation_tokens_cost: Some(0.0),
            reasoning_tokens_cost: Some(0.0),
            search_queries_cost: Some(0.0),
            ..Cost::default()
        }),
        ..usage
    }
}

fn quoted_tokens(excerpt: &Excerpt) -> u64 {
    let code = excerpt
        .code
        .as_ref()
        .map_or(0, |code| code.text.chars().count());
    tokens(excerpt.text.chars().count() + code)
}
