//! The protocol's rules for a request, in the order the protocol checks them. Must be pure.

mod domain_filter;
mod order;
mod rules;
mod shape;
mod shapes;
mod size;

use serde_json::{Map, Value};
use sonar::ChatRequest;

use self::shapes::{REQUEST, SUBMISSION};
use crate::engines::Engine;
use crate::ignored::{ignored, set_fields};
use crate::{Dialect, Failure};

/// A request that keeps every rule.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) request: ChatRequest,
    /// The fields that will have no effect.
    pub(crate) ignored: Option<String>,
}

/// What is submitted as a job.
#[derive(Debug)]
pub(crate) struct Submission {
    pub(crate) checked: Checked,
    pub(crate) idempotency_key: Option<String>,
}

/// Reads a request, or names the first rule it breaks. The engine judges what the protocol leaves to the service.
///
/// # Errors
///
/// A [`Failure`] with status 400.
pub(crate) fn read(body: &[u8], dialect: Dialect, engine: &dyn Engine) -> Result<Checked, Failure> {
    keeping_the_rules(shape::read(body, &REQUEST)?, dialect, engine)
}

/// Reads what is submitted as a job: a request that keeps every rule, and the key that makes it one job however often it
/// is submitted.
///
/// # Errors
///
/// A [`Failure`] with status 400.
pub(crate) fn read_submission(
    body: &[u8],
    dialect: Dialect,
    engine: &dyn Engine,
) -> Result<Submission, Failure> {
    let mut fields = shape::read(body, &SUBMISSION)?;
    let request = match fields.remove("request") {
        Some(Value::Object(request)) => request,
        _ => Map::new(),
    };
    let key = fields.get("idempotency_key").and_then(Value::as_str);
    Ok(Submission {
        checked: keeping_the_rules(request, dialect, engine)?,
        idempotency_key: key.map(str::to_owned),
    })
}

fn keeping_the_rules(
    fields: Map<String, Value>,
    dialect: Dialect,
    engine: &dyn Engine,
) -> Result<Checked, Failure> {
    let set = set_fields(&fields);
    let request: ChatRequest = serde_json::from_value(Value::Object(fields)).map_err(|error| {
        // The shapes are meant to catch all of it; whatever they miss is told in serde's words.
        Failure::bad_request("bad_request", format!("At body: {error}"))
    })?;
    rules::check_model(&request)?;
    rules::check_max_tokens(&request)?;
    domain_filter::check(&request, dialect)?;
    rules::check_dates(&request)?;
    rules::check_recency(&request, dialect)?;
    rules::check_location(&request)?;
    engine.check(&request)?;
    order::check(&request.messages, dialect.order_wording)?;
    let ignored = ignored(set, &request, |field| engine.honours(&request, field));
    Ok(Checked { request, ignored })
}

/// At most 80 characters of what a client sent, for an error that repeats it.
fn clipped(text: &str) -> String {
    text.chars().take(80).collect()
}
