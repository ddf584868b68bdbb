//! What an answer used and cost, as the service reports it. Must not compute prices.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::SearchContextSize;
use crate::open::null_as_default;

/// Tokens and searches of one answer.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Usage {
    /// Tokens of the messages sent.
    #[serde(default, deserialize_with = "null_as_default")]
    pub prompt_tokens: u64,
    /// Tokens of the answer.
    #[serde(default, deserialize_with = "null_as_default")]
    pub completion_tokens: u64,
    /// The sum of both; reasoning tokens are not part of it.
    #[serde(default, deserialize_with = "null_as_default")]
    pub total_tokens: u64,
    /// How much was read; absent for deep research.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_context_size: Option<SearchContextSize>,
    /// Tokens of the sources read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citation_tokens: Option<u64>,
    /// Searches made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub num_search_queries: Option<u64>,
    /// Tokens of thinking.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_tokens: Option<u64>,
    /// What it cost; some gateways leave it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// Keys this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Cost of one answer in US dollars.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Cost {
    /// For the messages sent.
    #[serde(default, deserialize_with = "null_as_default")]
    pub input_tokens_cost: f64,
    /// For the answer.
    #[serde(default, deserialize_with = "null_as_default")]
    pub output_tokens_cost: f64,
    /// The fee of the request itself; absent on all but the last piece of a stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_cost: Option<f64>,
    /// For the sources read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citation_tokens_cost: Option<f64>,
    /// For thinking.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_tokens_cost: Option<f64>,
    /// For searches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_queries_cost: Option<f64>,
    /// The sum of all.
    #[serde(default, deserialize_with = "null_as_default")]
    pub total_cost: f64,
    /// Keys this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}
