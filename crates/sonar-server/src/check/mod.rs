//! The protocol's rules for a request, in the order the protocol checks them. Must be pure.

mod domain_filter;
mod order;
mod rules;
mod shape;
mod shapes;

use serde_json::{Map, Value};
use sonar::ChatRequest;

use crate::{DomainLimit, Failure};

/// A request that keeps every rule.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) request: ChatRequest,
    /// The same as it came, to tell which fields were set.
    pub(crate) fields: Map<String, Value>,
}

/// Reads a request, or names the first rule it breaks. `engine` judges where the protocol leaves it to the service.
///
/// # Errors
///
/// A [`Failure`] with status 400.
pub(crate) fn read(
    body: &[u8],
    domains: DomainLimit,
    engine: impl FnOnce(&ChatRequest) -> Result<(), Failure>,
) -> Result<Checked, Failure> {
    let fields = shape::read(body)?;
    let request = serde_json::from_value(Value::Object(fields.clone())).map_err(|error| {
        // The shapes are meant to catch all of it; whatever they miss is told in serde's words.
        Failure::bad_request("bad_request", format!("At body: {error}"))
    })?;
    rules::check_model(&request)?;
    rules::check_max_tokens(&request)?;
    domain_filter::check(&request, domains)?;
    rules::check_dates(&request)?;
    rules::check_recency(&request)?;
    rules::check_location(&request)?;
    engine(&request)?;
    order::check(&request.messages)?;
    Ok(Checked { request, fields })
}

/// At most 80 characters of what a client sent, for an error that repeats it.
fn clipped(text: &str) -> String {
    text.chars().take(80).collect()
}
