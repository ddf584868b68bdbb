//! What becomes of each field of a request that the Agent API has no counterpart for: refused, done without, or ignored and
//! named. Must be pure; the table for people is in `docs/handbook/11-agent-api.md`.

use sonar::{
    ChatRequest, Content, DomainEntry, MediaUrl, Part, ResponseFormat, Role, SearchMode, SearchType,
};

use super::language;
use super::request::{address, asks_related};
use super::settings::{AgentSettings, Target};
use crate::Failure;
use crate::media::{wants_images, wants_videos};

/// Longest address of an image that the API takes, in characters. Images that come with the request are no addresses.
const IMAGE_ADDRESS: usize = 2_048;
/// Most documents the API takes with one question.
const DOCUMENTS: usize = 30;

/// Refuses what would be answered wrongly, with a sentence that names the field and says what to do.
pub(super) fn check(request: &ChatRequest, settings: &AgentSettings) -> Result<(), Failure> {
    let refused = messages(request, settings)
        .or_else(|| form(request))
        .or_else(|| search(request))
        .or_else(|| (!settings.lenient).then(|| filters(request)).flatten());
    match refused {
        Some((field, what_to_do)) => Err(Failure::unsupported(format!(
            "The Agent API has no counterpart for '{field}'. {what_to_do}"
        ))),
        None => Ok(()),
    }
}

/// A field, and what to do without it.
type Refused = (&'static str, &'static str);

fn messages(request: &ChatRequest, settings: &AgentSettings) -> Option<Refused> {
    let tool = request
        .messages
        .iter()
        .any(|message| message.role == Role::Tool);
    if tool {
        return Some((
            "messages.role",
            "Leave out messages of the role 'tool', or say in a user message what the tool gave.",
        ));
    }
    let parts = request
        .messages
        .iter()
        .flat_map(|message| match &message.content {
            Content::Parts(parts) => parts.as_slice(),
            Content::Text(_) | Content::Null => &[],
        });
    let mut documents = 0_usize;
    for part in parts {
        documents += usize::from(matches!(part, Part::FileUrl { .. } | Part::PdfUrl { .. }));
        let refused = refused_part(part, settings);
        if refused.is_some() {
            return refused;
        }
    }
    (documents > DOCUMENTS).then_some((
        "messages.content.file_url",
        "Send at most 30 documents with one request.",
    ))
}

fn refused_part(part: &Part, settings: &AgentSettings) -> Option<Refused> {
    const OFF: &str =
        "Documents are switched off here (`agent.documents`): put the text into a message.";
    const NO_HTTPS: &str =
        "Give an address that begins with https://, or the document itself in base64.";
    match part {
        Part::VideoUrl { .. } => Some(("messages.content.video_url", "Leave videos out.")),
        Part::FileUrl { .. } if !settings.documents => Some(("messages.content.file_url", OFF)),
        Part::PdfUrl { .. } if !settings.documents => Some(("messages.content.pdf_url", OFF)),
        Part::FileUrl { file_url, .. } if is_out_of_reach(file_url) => {
            Some(("messages.content.file_url", NO_HTTPS))
        }
        Part::PdfUrl { pdf_url } if is_out_of_reach(pdf_url) => {
            Some(("messages.content.pdf_url", NO_HTTPS))
        }
        Part::ImageUrl { image_url } if is_no_image(image_url) => Some((
            "messages.content.image_url",
            "Give an address that begins with https:// and has at most 2048 characters, or the image itself as a data URL.",
        )),
        Part::Other(_) => Some((
            "messages.content.type",
            "Send parts of the types text, image_url, file_url and pdf_url.",
        )),
        _ => None,
    }
}

fn is_no_image(image: &MediaUrl) -> bool {
    let address = address(image);
    let reached = address.starts_with("https://") && address.chars().count() <= IMAGE_ADDRESS;
    !address.starts_with("data:") && !reached
}

/// Whether a document has an address that the API does not fetch from. Base64 has no colon.
fn is_out_of_reach(document: &MediaUrl) -> bool {
    let address = address(document);
    address.contains("://") && !address.starts_with("https://")
}

fn form(request: &ChatRequest) -> Option<Refused> {
    if request.n.is_some_and(|answers| answers > 1) {
        return Some(("n", "Ask for one answer, several times if need be."));
    }
    match &request.response_format {
        Some(ResponseFormat::Regex { .. }) => {
            Some(("response_format.regex", "Ask for a JSON schema instead."))
        }
        Some(ResponseFormat::JsonSchema { json_schema }) if !is_object(&json_schema.schema) => {
            Some((
                "response_format.json_schema.schema",
                "The root of a schema must be of the type 'object'; put what you want into a property of one.",
            ))
        }
        _ => None,
    }
}

fn is_object(schema: &serde_json::Value) -> bool {
    schema.get("type").and_then(serde_json::Value::as_str) == Some("object")
}

/// What the protocol allows in other years, and the API never does.
fn search(request: &ChatRequest) -> Option<Refused> {
    let domains = request.search_domain_filter.iter().flatten();
    let entries = domains.filter_map(|entry| DomainEntry::read(entry));
    let (deny, allow): (Vec<_>, Vec<_>) = entries.partition(|entry| entry.denies);
    if !deny.is_empty() && !allow.is_empty() {
        return Some((
            "search_domain_filter",
            "Allow domains or deny them, not both in one list.",
        ));
    }
    let dated =
        request.search_after_date_filter.is_some() || request.search_before_date_filter.is_some();
    (dated && request.search_recency_filter.is_some()).then_some((
        "search_recency_filter",
        "Set a recency or publication dates, not both.",
    ))
}

/// Filters that would not hold. Whoever set them would read answers from sources they had excluded.
fn filters(request: &ChatRequest) -> Option<Refused> {
    const LENIENT: &str = "`agent.lenient` answers without it.";
    let languages = request.search_language_filter.as_ref();
    match &request.search_mode {
        Some(SearchMode::Sec) => Some((
            "search_mode",
            "Set search_domain_filter to [\"sec.gov\"] instead of 'sec'.",
        )),
        Some(mode) if *mode != SearchMode::Web => Some((
            "search_mode",
            "Leave it out, and name the domains to search in search_domain_filter.",
        )),
        _ if languages.is_some_and(|languages| !languages.is_empty()) => {
            Some(("search_language_filter", LENIENT))
        }
        _ => None,
    }
}

/// Whether a field that `request` sets changes the answer, or asks for what is done anyway.
pub(super) fn has_effect(request: &ChatRequest, settings: &AgentSettings, field: &str) -> bool {
    let searches = request.disable_search != Some(true);
    let images = settings.images && searches && wants_images(request);
    match field {
        "messages.system"
        | "max_tokens"
        | "temperature"
        | "top_p"
        | "stop"
        | "n"
        | "response_format"
        | "disable_search"
        | "reasoning_effort"
        // The model decides whether to search in any case.
        | "enable_search_classifier" => true,
        "num_search_results"
        | "search_domain_filter"
        | "search_recency_filter"
        | "search_after_date_filter"
        | "search_before_date_filter"
        | "last_updated_after_filter"
        | "last_updated_before_filter"
        | "web_search_options.search_context_size"
        | "web_search_options.user_location" => searches,
        "top_k" => request.top_k == Some(0),
        "presence_penalty" => is_no_penalty(request.presence_penalty, &[0.0]),
        // The protocol's own default was 1 for a time.
        "frequency_penalty" => is_no_penalty(request.frequency_penalty, &[0.0, 1.0]),
        "search_mode" => request.search_mode == Some(SearchMode::Web),
        "language_preference" => {
            let named = request.language_preference.as_deref();
            named.and_then(language::code).is_some()
        }
        "return_images" | "media_response.overrides.return_images" => {
            images || !wants_images(request)
        }
        "image_domain_filter" | "image_format_filter" | "num_images" | "safe_search" => images,
        "media_response.overrides.return_videos" => !wants_videos(request),
        "return_related_questions" => {
            request.return_related_questions == Some(false) || asks_related(request, settings)
        }
        "web_search_options.search_type" => match search_type(request) {
            Some(SearchType::Auto) => false,
            // A model that is asked for by its name searches once.
            Some(SearchType::Pro) => {
                searches && matches!(settings.models.target(&request.model), Target::Level(_))
            }
            _ => true,
        },
        _ => false,
    }
}

/// A client that sends a default sends exactly it.
fn is_no_penalty(penalty: Option<f64>, none: &[f64]) -> bool {
    penalty.is_some_and(|penalty| none.contains(&penalty))
}

fn search_type(request: &ChatRequest) -> Option<&SearchType> {
    request.web_search_options.as_ref()?.search_type.as_ref()
}
