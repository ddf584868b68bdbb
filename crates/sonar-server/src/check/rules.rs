//! Rules about single fields that are more than their type. Must name the field in every refusal.

use sonar::ChatRequest;

use super::clipped;
use crate::{Dialect, Failure, dates};

/// The models of the protocol, the withdrawn `sonar-reasoning` included: here a model is a budget.
const MODELS: [&str; 5] = [
    "sonar",
    "sonar-pro",
    "sonar-reasoning",
    "sonar-reasoning-pro",
    "sonar-deep-research",
];
/// Fewest tokens an answer may be cut at.
const LEAST_TOKENS: u32 = 16;

pub(super) fn check_model(request: &ChatRequest) -> Result<(), Failure> {
    if MODELS.contains(&request.model.as_str()) {
        return Ok(());
    }
    Err(Failure::bad_request(
        "invalid_model",
        format!(
            "Invalid model '{}'. Permitted models can be found in the documentation at https://docs.perplexity.ai/guides/model-cards.",
            clipped(&request.model)
        ),
    ))
}

pub(super) fn check_max_tokens(request: &ChatRequest) -> Result<(), Failure> {
    match request.max_tokens {
        Some(tokens) if tokens < LEAST_TOKENS => invalid(format!(
            "max_tokens must be at least {LEAST_TOKENS} for {}.",
            request.model
        )),
        _ => Ok(()),
    }
}

pub(super) fn check_dates(request: &ChatRequest) -> Result<(), Failure> {
    let fields = [
        (
            "search_after_date_filter",
            &request.search_after_date_filter,
        ),
        (
            "search_before_date_filter",
            &request.search_before_date_filter,
        ),
        (
            "last_updated_after_filter",
            &request.last_updated_after_filter,
        ),
        (
            "last_updated_before_filter",
            &request.last_updated_before_filter,
        ),
    ];
    for (field, value) in fields {
        if let Some(text) = value.as_deref().filter(|text| dates::read(text).is_none()) {
            return Err(Failure::bad_request(
                "invalid_date_format",
                format!(
                    "Validation error: {field} must be MM/DD/YYYY, but got {}",
                    clipped(text)
                ),
            ));
        }
    }
    Ok(())
}

pub(super) fn check_recency(request: &ChatRequest, dialect: Dialect) -> Result<(), Failure> {
    let dated =
        request.search_after_date_filter.is_some() || request.search_before_date_filter.is_some();
    if request.search_recency_filter.is_some() && dated && !dialect.recency_with_dates {
        return invalid(
            "search_recency_filter cannot be combined with search_after_date_filter or search_before_date_filter.",
        );
    }
    Ok(())
}

pub(super) fn check_location(request: &ChatRequest) -> Result<(), Failure> {
    let options = request.web_search_options.as_ref();
    let Some(place) = options.and_then(|options| options.user_location.as_ref()) else {
        return Ok(());
    };
    let pinned = place.latitude.is_some() || place.longitude.is_some();
    if pinned && place.country.is_none() {
        return invalid(
            "web_search_options.user_location.country is required when latitude or longitude is given.",
        );
    }
    Ok(())
}

fn invalid(message: impl Into<String>) -> Result<(), Failure> {
    Err(Failure::bad_request("invalid_parameter", message))
}
