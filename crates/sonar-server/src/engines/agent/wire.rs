//! The Agent API's own shapes: what is sent, field by field, and what comes back. Must keep reading whatever is added.
//!
//! The API refuses every field it does not know, so a body is built of these and of nothing else.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// The body of `POST /v1/responses`. Only what is set is sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct Asked {
    pub(super) input: Vec<Item>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) preset: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) effort: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_output_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reasoning: Option<Reasoning>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) response_format: Option<Format>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) language_preference: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tools: Vec<Tool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stream: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) background: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) store: Option<bool>,
}

/// A message of the conversation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Item {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) role: &'static str,
    pub(super) content: Said,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum Said {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(clippy::enum_variant_names, reason = "they are the API's own names")]
pub(super) enum Part {
    InputText {
        text: String,
    },
    InputImage {
        image_url: String,
    },
    InputFile {
        #[serde(skip_serializing_if = "Option::is_none")]
        file_url: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        file_data: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        filename: Option<String>,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Reasoning {
    pub(super) effort: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Format {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) json_schema: Schema,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Schema {
    pub(super) name: String,
    pub(super) schema: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) strict: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Tool {
    WebSearch(Box<WebSearch>),
    ImageSearch(ImageSearch),
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct WebSearch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) search_context_size: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_results: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user_location: Option<Location>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) filters: Option<Filters>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct Filters {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) search_domain_filter: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) search_recency_filter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) search_after_date_filter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) search_before_date_filter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last_updated_after_filter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) last_updated_before_filter: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) country: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) city: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) latitude: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) longitude: Option<f64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct ImageSearch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_results: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) filters: Option<ImageFilters>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct ImageFilters {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) domain_filter: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) format_filter: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) safe_search: Option<bool>,
}

/// A reply, or the state of a run. What is missing or null is as if it said nothing.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(super) struct Answered {
    #[serde(default, deserialize_with = "lenient")]
    pub(super) id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) status: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) model: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) output: Option<Vec<Value>>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) usage: Option<Used>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) error: Option<Fault>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) incomplete_details: Option<Incomplete>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(super) struct Incomplete {
    #[serde(default, deserialize_with = "lenient")]
    pub(super) reason: Option<String>,
}

/// Why there is no answer. The code is a number in HTTP errors and a word inside of replies.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(super) struct Fault {
    #[serde(default, deserialize_with = "lenient")]
    pub(super) message: Option<String>,
    #[serde(default, rename = "type", deserialize_with = "lenient")]
    pub(super) kind: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) code: Option<Value>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) param: Option<String>,
}

/// A source that a search found.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(super) struct Found {
    /// What markers call it. Numbers are not in order, and may begin anywhere.
    #[serde(default, deserialize_with = "lenient")]
    pub(super) id: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) title: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) url: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) snippet: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) date: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) last_updated: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(super) struct Picture {
    #[serde(default, deserialize_with = "lenient")]
    pub(super) image_url: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) origin_url: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) width: Option<u32>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) height: Option<u32>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) title: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(super) struct Used {
    #[serde(default, deserialize_with = "lenient")]
    pub(super) input_tokens: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) output_tokens: Option<u64>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) output_tokens_details: Option<OutputDetails>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) tool_calls_details: Option<Value>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) cost: Option<Paid>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(super) struct OutputDetails {
    #[serde(default, deserialize_with = "lenient")]
    pub(super) reasoning_tokens: Option<u64>,
}

/// What a run cost, in US dollars.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(super) struct Paid {
    #[serde(default, deserialize_with = "lenient")]
    pub(super) input_cost: Option<f64>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) output_cost: Option<f64>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) cache_read_cost: Option<f64>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) cache_creation_cost: Option<f64>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) tool_calls_cost: Option<f64>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) total_cost: Option<f64>,
}

/// One event of a stream: its `type`, and what it carries, read by whoever knows the type.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(super) struct Told {
    #[serde(default, rename = "type", deserialize_with = "lenient")]
    pub(super) kind: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) response: Option<Answered>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) delta: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) queries: Option<Vec<String>>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) results: Option<Vec<Value>>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) contents: Option<Vec<Value>>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) item: Option<Value>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) error: Option<Fault>,
}

/// Reads a value, or takes it as absent: one field of a wrong type must not cost the whole answer, which was paid for.
fn lenient<'de, D: Deserializer<'de>, T: serde::de::DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).ok())
}
