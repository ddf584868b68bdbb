//! Which fields of a request change an answer of excerpts, and one that a model writes. Must be pure;
//! `docs/handbook/10-request-parameters.md` says the same for people.

use sonar::{ChatRequest, SearchType};

use crate::media::{wants_images, wants_videos};

/// Whether a field that `request` sets changes the answer, or asks for what is done anyway. `writes`: a model writes it.
pub(super) fn has_effect(request: &ChatRequest, field: &str, writes: bool) -> bool {
    if request.disable_search == Some(true) && chooses_sources(field) {
        return false;
    }
    if writes && steers_a_model(field) {
        return true;
    }
    match field {
        "max_tokens"
        | "stop"
        | "n"
        | "response_format"
        | "disable_search"
        | "num_search_results"
        | "search_mode"
        | "search_domain_filter"
        | "search_recency_filter"
        | "search_after_date_filter"
        | "search_before_date_filter"
        | "last_updated_after_filter"
        | "last_updated_before_filter"
        | "search_language_filter"
        | "return_related_questions"
        | "return_images"
        | "media_response.overrides.return_images"
        | "web_search_options.search_context_size" => true,
        "image_domain_filter" | "image_format_filter" | "num_images" => wants_images(request),
        "reasoning_effort" => request.model == "sonar-deep-research",
        "media_response.overrides.return_videos" => !wants_videos(request),
        "enable_search_classifier" => request.enable_search_classifier == Some(false),
        "web_search_options.search_type" => search_type(request) == Some(&SearchType::Fast),
        _ => false,
    }
}

/// What a model heeds and excerpts cannot.
fn steers_a_model(field: &str) -> bool {
    matches!(
        field,
        "frequency_penalty"
            | "language_preference"
            | "messages.system"
            | "presence_penalty"
            | "reasoning_effort"
            | "response_formatting_locale"
            | "temperature"
            | "top_k"
            | "top_p"
            | "web_search_options.user_location"
    )
}

/// What has no effect when nothing is searched for.
fn chooses_sources(field: &str) -> bool {
    let filters = field.starts_with("search_") || field.starts_with("last_updated_");
    filters
        || matches!(
            field,
            "image_domain_filter"
                | "image_format_filter"
                | "media_response.overrides.return_images"
                | "num_images"
                | "num_search_results"
                | "return_images"
                | "return_related_questions"
                | "web_search_options.search_context_size"
                | "web_search_options.search_type"
        )
}

fn search_type(request: &ChatRequest) -> Option<&SearchType> {
    request.web_search_options.as_ref()?.search_type.as_ref()
}
