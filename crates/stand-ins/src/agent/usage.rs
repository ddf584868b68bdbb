//! What a run uses and costs, by the service's prices and its way of rounding. Must not decide what a run does.

use serde_json::{Value, json};

use super::models::Model;

/// What is counted of a run.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counted {
    /// Tokens of the input that no cache held.
    pub(super) input: u64,
    pub(super) cache_read: u64,
    pub(super) cache_write: u64,
    /// Tokens of the output, thinking included.
    pub(super) output: u64,
    pub(super) reasoning: u64,
    pub(super) searches: u64,
    /// Whether a search costs what a fast one does.
    pub(super) fast: bool,
    pub(super) fetches: u64,
    pub(super) image_searches: u64,
}

/// An amount of money, in hundred-thousandths of a dollar: the service tells five decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Amount(u64);

impl Amount {
    const FAST_SEARCH: Self = Self(100);
    const SEARCH: Self = Self(250);
    /// A page, with the tokens of the model that reads it.
    const FETCH: Self = Self(359);
    const IMAGE_SEARCH: Self = Self(250);

    /// So many tokens at a price for a million of them.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "no run has 2^53 tokens, and none costs less than nothing"
    )]
    fn of_tokens(tokens: u64, usd_a_million: f64) -> Self {
        Self((tokens as f64 * usd_a_million / 10.0).round() as u64)
    }

    fn times(self, times: u64) -> Self {
        Self(self.0 * times)
    }

    /// Of a number of dollars, as a reply tells it.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "amounts are small; one below nothing counts as nothing"
    )]
    pub(super) fn of_usd(usd: f64) -> Self {
        Self((usd * 100_000.0).round() as u64)
    }

    #[expect(clippy::cast_precision_loss, reason = "amounts are far below 2^53")]
    pub(super) fn usd(self) -> f64 {
        self.0 as f64 / 100_000.0
    }
}

impl std::iter::Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        Self(amounts.map(|amount| amount.0).sum())
    }
}

impl std::ops::AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

/// The `usage` of a reply.
pub(super) fn usage(model: &Model, counted: Counted) -> Value {
    let input_tokens = counted.input + counted.cache_read + counted.cache_write;
    let mut usage = json!({
        "input_tokens": input_tokens,
        "input_tokens_details": {
            "cached_tokens": counted.cache_read,
            "cache_read_input_tokens": counted.cache_read,
            "cache_creation_input_tokens": counted.cache_write,
        },
        "output_tokens": counted.output,
        "output_tokens_details": {"reasoning_tokens": counted.reasoning},
        "total_tokens": input_tokens + counted.output,
    });
    let tools = tools(counted);
    usage["cost"] = cost(model, counted, &tools);
    if !tools.is_empty() {
        let details = tools
            .iter()
            .map(|tool| (tool.name.to_owned(), tool.details()));
        usage["tool_calls_details"] = Value::Object(details.collect());
    }
    usage
}

fn cost(model: &Model, counted: Counted, tools: &[Tool]) -> Value {
    let mut parts = vec![
        ("input_cost", Amount::of_tokens(counted.input, model.input)),
        (
            "output_cost",
            Amount::of_tokens(counted.output, model.output),
        ),
    ];
    if counted.cache_read > 0 {
        let read = Amount::of_tokens(counted.cache_read, model.cache_read);
        parts.push(("cache_read_cost", read));
    }
    if counted.cache_write > 0 {
        let price = model.cache_write.unwrap_or(model.input);
        let written = Amount::of_tokens(counted.cache_write, price);
        parts.push(("cache_creation_cost", written));
    }
    let calls = || tools.iter().map(|tool| tool.cost);
    if !tools.is_empty() {
        parts.push(("tool_calls_cost", calls().sum()));
    }
    let total: Amount = parts.iter().map(|(_, amount)| *amount).sum();
    let mut cost = json!({"currency": "USD", "total_cost": total.usd()});
    for (name, amount) in parts {
        cost[name] = json!(amount.usd());
    }
    if !tools.is_empty() {
        let details = tools
            .iter()
            .map(|tool| (tool.name.to_owned(), json!(tool.cost.usd())));
        cost["tool_calls_cost_details"] = Value::Object(details.collect());
    }
    cost
}

struct Tool {
    /// The name on the bill, which is not that in the request.
    name: &'static str,
    calls: u64,
    cost: Amount,
}

impl Tool {
    fn details(&self) -> Value {
        json!({"invocation": self.calls, "cost_usd": self.cost.usd()})
    }
}

fn tools(counted: Counted) -> Vec<Tool> {
    let search = if counted.fast {
        Amount::FAST_SEARCH
    } else {
        Amount::SEARCH
    };
    let tools = [
        ("search_web", counted.searches, search),
        ("fetch_url", counted.fetches, Amount::FETCH),
        (
            "search_images",
            counted.image_searches,
            Amount::IMAGE_SEARCH,
        ),
    ];
    let called = tools.into_iter().filter(|(_, calls, _)| *calls > 0);
    called
        .map(|(name, calls, price)| Tool {
            name,
            calls,
            cost: price.times(calls),
        })
        .collect()
}

/// What a run with this usage cost.
pub(super) fn total(usage: &Value) -> Amount {
    Amount::of_usd(usage["cost"]["total_cost"].as_f64().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(counted: Counted) -> Vec<f64> {
        let luna = Model::named("openai/gpt-6-luna").unwrap();
        let usage = usage(luna, counted);
        let names = [
            "input_cost",
            "cache_creation_cost",
            "cache_read_cost",
            "output_cost",
            "tool_calls_cost",
            "total_cost",
        ];
        let told = names.iter().filter_map(|name| usage["cost"][name].as_f64());
        told.collect()
    }

    /// The runs that were recorded, part by part.
    #[test]
    fn recorded_runs_cost_what_was_recorded() {
        let fast = Counted {
            input: 3,
            cache_read: 1780,
            cache_write: 1643,
            output: 30,
            searches: 1,
            fast: true,
            ..Counted::default()
        };
        assert_eq!(
            parts(fast),
            [0.0, 0.00021, 0.00002, 0.00002, 0.001, 0.00125]
        );
        let structured = Counted {
            input: 3,
            cache_write: 3657,
            output: 18,
            searches: 1,
            fast: true,
            ..Counted::default()
        };
        assert_eq!(parts(structured), [0.0, 0.00046, 0.00001, 0.001, 0.00147]);
        let without_tool = Counted {
            input: 37,
            output: 429,
            reasoning: 394,
            ..Counted::default()
        };
        assert_eq!(parts(without_tool), [0.0, 0.00021, 0.00021]);
    }
}
