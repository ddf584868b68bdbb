//! What a run used and cost, in the protocol's words. Must price nothing: every number is the API's own, or the sum of such.

use serde_json::Value;
use sonar::{ChatRequest, Cost, SearchContextSize, Usage};

use super::wire::{Paid, Used};

const RESEARCH: &str = "sonar-deep-research";

/// The usage of an answer. `queries` counts what was searched for.
pub(super) fn usage(request: &ChatRequest, used: Option<&Used>, queries: u64) -> Usage {
    let nothing = Used::default();
    let used = used.unwrap_or(&nothing);
    let prompt_tokens = used.input_tokens.unwrap_or_default();
    let details = used.output_tokens_details.as_ref();
    let reasoning = details
        .and_then(|details| details.reasoning_tokens)
        .unwrap_or_default();
    // The API counts thinking as output, the protocol does not.
    let completion_tokens = used
        .output_tokens
        .unwrap_or_default()
        .saturating_sub(reasoning);
    let research = request.model == RESEARCH;
    Usage {
        prompt_tokens,
        completion_tokens,
        total_tokens: prompt_tokens + completion_tokens,
        search_context_size: (!research).then(|| context_size(request)),
        num_search_queries: research.then(|| queries.max(searches(used))),
        reasoning_tokens: research.then_some(reasoning),
        cost: Some(cost(used.cost.as_ref(), research)),
        ..Usage::default()
    }
}

fn context_size(request: &ChatRequest) -> SearchContextSize {
    let options = request.web_search_options.as_ref();
    let set = options.and_then(|options| options.search_context_size.clone());
    set.unwrap_or(SearchContextSize::Low)
}

/// Searches that were billed.
fn searches(used: &Used) -> u64 {
    let calls = used.tool_calls_details.as_ref();
    let count = calls.and_then(|calls| calls.pointer("/search_web/invocation"));
    count.and_then(Value::as_u64).unwrap_or_default()
}

fn cost(paid: Option<&Paid>, research: bool) -> Cost {
    let nothing = Paid::default();
    let paid = paid.unwrap_or(&nothing);
    let part = |part: Option<f64>| part.unwrap_or_default();
    let input = part(paid.input_cost) + part(paid.cache_read_cost) + part(paid.cache_creation_cost);
    let output = part(paid.output_cost);
    let tools = part(paid.tool_calls_cost);
    Cost {
        input_tokens_cost: exact(input),
        output_tokens_cost: output,
        request_cost: (!research).then_some(tools),
        search_queries_cost: research.then_some(tools),
        total_cost: paid
            .total_cost
            .unwrap_or_else(|| exact(input + output + tools)),
        ..Cost::default()
    }
}

/// A sum of prices without the dust that adding leaves behind: the API tells five decimals.
fn exact(dollars: f64) -> f64 {
    (dollars * 1e8).round() / 1e8
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The usage of the recorded answer of the lowest level.
    fn recorded() -> Used {
        serde_json::from_value(json!({
            "input_tokens": 3426, "output_tokens": 30, "total_tokens": 3456,
            "input_tokens_details": { "cached_tokens": 1780, "cache_read_input_tokens": 1780, "cache_creation_input_tokens": 1643 },
            "output_tokens_details": { "reasoning_tokens": 10 },
            "tool_calls_details": { "search_web": { "invocation": 1, "cost_usd": 0.001 } },
            "cost": { "currency": "USD", "input_cost": 0, "output_cost": 0.00002, "cache_read_cost": 0.00002,
                "cache_creation_cost": 0.00021, "tool_calls_cost": 0.001, "total_cost": 0.00125 },
        }))
        .unwrap()
    }

    #[test]
    fn the_recorded_cost_adds_up_in_the_protocols_words() {
        let request = ChatRequest::new("sonar", Vec::new());
        let usage = usage(&request, Some(&recorded()), 1);
        assert_eq!(
            (
                usage.prompt_tokens,
                usage.completion_tokens,
                usage.total_tokens
            ),
            (3426, 20, 3446)
        );
        assert_eq!(
            (usage.reasoning_tokens, usage.num_search_queries),
            (None, None)
        );
        let cost = usage.cost.unwrap();
        assert_eq!(cost.input_tokens_cost, 0.00023);
        assert_eq!(cost.output_tokens_cost, 0.00002);
        assert_eq!(cost.request_cost, Some(0.001));
        assert_eq!(cost.total_cost, 0.00125);
    }

    #[test]
    fn research_tells_its_searches_apart() {
        let request = ChatRequest::new("sonar-deep-research", Vec::new());
        let usage = usage(&request, Some(&recorded()), 0);
        assert_eq!(
            (usage.num_search_queries, usage.reasoning_tokens),
            (Some(1), Some(10))
        );
        assert_eq!(usage.search_context_size, None);
        let cost = usage.cost.unwrap();
        assert_eq!(
            (cost.request_cost, cost.search_queries_cost),
            (None, Some(0.001))
        );
    }

    #[test]
    fn what_is_not_told_is_nothing() {
        let usage = usage(&ChatRequest::new("sonar", Vec::new()), None, 0);
        assert_eq!(usage.total_tokens, 0);
        assert_eq!(usage.cost.unwrap().total_cost, 0.0);
    }
}
