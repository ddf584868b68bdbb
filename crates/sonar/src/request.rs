//! What is asked of `POST /chat/completions`. Must never send a field that was not set.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::Message;
use crate::open::open_enum;

/// A chat request. Only the model and the messages are required; a field left `None` is not sent.
///
/// The fields, their ranges and their defaults are those of the protocol's chat page of early 2025; a year in brackets names the
/// pages that added or changed one. [`ChatRequest::check`] keeps the ranges.
///
/// ```
/// use sonar::{ChatRequest, Message, Recency};
///
/// let mut request = ChatRequest::new("sonar", vec![Message::user("What is new in Rust?")]);
/// request.search_recency_filter = Some(Recency::Month);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct ChatRequest {
    /// The model: `sonar`, `sonar-pro`, `sonar-reasoning-pro` or `sonar-deep-research`, or what else the service has. Not checked.
    pub model: String,
    /// The conversation: system messages first, then user and assistant in turns, a user message last.
    pub messages: Vec<Message>,

    /// Longest answer in tokens, 16 to 128,000; the answer is cut there, with [`crate::FinishReason::Length`]. No limit when unset.
    /// The pages say "more than 0"; services refuse less than 16.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u32>,
    /// Randomness, 0 to 2; 0.2 when unset. The first pages leave out 2 itself, those of 2026 take it in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Nucleus sampling, 0 to 1; 0.9 when unset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// Sampling among the likeliest tokens, 0 to 2048; 0, off, when unset. Gone from the pages of 2026.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_k: Option<u32>,
    /// How much repeated subjects are avoided, −2 to 2; 0 when unset. Gone from the pages of 2026.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presence_penalty: Option<f64>,
    /// How much repeated words are avoided, −2 to 2. The pages disagree about its default (1, later 0), so set it only to say
    /// something. Gone from the pages of 2026.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency_penalty: Option<f64>,
    /// Where to stop (2026).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop: Option<Stop>,
    /// Number of answers, 1 to 10; 1 when unset (2026). They come as [`crate::Choice`]s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<u32>,
    /// Whether the answer comes piece by piece. The client sets it: see [`crate::Client::chat_stream`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<bool>,
    /// How a stream is cut up; full when unset (2026).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_mode: Option<StreamMode>,
    /// The form of the answer; text when unset.
    #[serde(
        default,
        deserialize_with = "response_format",
        skip_serializing_if = "Option::is_none"
    )]
    pub response_format: Option<ResponseFormat>,

    /// Where to search; the web when unset (mid-2025).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_mode: Option<SearchMode>,
    /// Domains to search, or with a leading `-` to leave out; never both kinds in one list (2026). A domain lets its subdomains in;
    /// `.gov` is a top-level domain, `nature.com/articles` a part of one. At most 3, 10 (2025) or 20 (2026) entries of at most 253
    /// characters: see [`crate::DomainLimit`]. A scheme is taken off before sending.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_domain_filter: Option<Vec<String>>,
    /// How fresh sources must be. Not together with a publication date (2026).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_recency_filter: Option<Recency>,
    /// Published after this day, `MM/DD/YYYY` (April 2025). Leading zeros may be left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_after_date_filter: Option<String>,
    /// Published before this day, `MM/DD/YYYY` (April 2025). Leading zeros may be left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_before_date_filter: Option<String>,
    /// Changed after this day, `MM/DD/YYYY` (June 2025).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_updated_after_filter: Option<String>,
    /// Changed before this day, `MM/DD/YYYY` (June 2025).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_updated_before_filter: Option<String>,
    /// Languages of the sources, ISO 639-1 in lower case, at most 10 (November 2025).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_language_filter: Option<Vec<String>>,
    /// Language of the answer, as ISO 639-1 in lower case or by its name (October 2025; for `sonar` and `sonar-pro`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language_preference: Option<String>,
    /// Locale for numbers and dates in the answer, such as `es-MX` (the official SDK of 2026).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_formatting_locale: Option<String>,
    /// Number of sources to find; 10 when unset (2026; no page names a range).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub num_search_results: Option<u32>,
    /// Whether to keep unsafe sources out; true when unset (2026).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub safe_search: Option<bool>,
    /// Whether the service decides if a search is needed; false when unset (2025). The price stays the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_search_classifier: Option<bool>,
    /// Whether to answer without any search; false when unset (2025). The price stays the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_search: Option<bool>,
    /// More of the search: how much is read, where the person is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web_search_options: Option<WebSearchOptions>,
    /// How long a reasoning model thinks; medium when unset, for deep research (May 2025; minimal since 2026).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_effort: Option<ReasoningEffort>,

    /// Whether images come with the answer, at most 30; false when unset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_images: Option<bool>,
    /// Domains of images, as in [`Self::search_domain_filter`], at most 10 (2025). Without [`Self::return_images`] it has no effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_domain_filter: Option<Vec<String>>,
    /// Formats of images: `gif`, `jpg`, `png`, `webp`, at most 10 (2025). Without [`Self::return_images`] it has no effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_format_filter: Option<Vec<String>>,
    /// Number of images; 5 when unset (2026; no page names a range).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub num_images: Option<u32>,
    /// Whether images or videos come with the answer (the media guide of December 2025).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_response: Option<MediaResponse>,
    /// Whether questions that could follow come with the answer; false when unset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_related_questions: Option<bool>,

    /// Functions to call, each `{"type": "function", "function": {"name", "description", "parameters"}}` (2026). No Sonar service is
    /// known to call any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<Value>>,
    /// Whether tools may or must be called: `"none"`, `"auto"` or `"required"` (2026).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_choice: Option<Value>,
    /// Whether several tools may be called at once (2026).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parallel_tool_calls: Option<bool>,

    /// Fields the protocol does not name, as a server read them. The client does not send them.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl ChatRequest {
    /// A request with nothing set but what is required.
    pub fn new(model: impl Into<String>, messages: Vec<Message>) -> Self {
        Self {
            model: model.into(),
            messages,
            ..Self::default()
        }
    }
}

/// Where to stop: at one text or at the first of several.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Stop {
    /// At this text.
    One(String),
    /// At the first of these.
    Many(Vec<String>),
}

/// The search's own options.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct WebSearchOptions {
    /// How much of the sources is read; low when unset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_context_size: Option<SearchContextSize>,
    /// How thoroughly `sonar-pro` searches; fast when unset (November 2025). The others need a streamed answer: services fall back to
    /// fast without one, and do not say so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_type: Option<SearchType>,
    /// Where the person is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_location: Option<UserLocation>,
    /// Whether images are chosen with more care; false when unset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_results_enhanced_relevance: Option<bool>,
    /// Options the protocol does not name, as a server read them. The client does not send them.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Where the person is. Coordinates need the country beside them.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct UserLocation {
    /// Degrees north, −90 to 90.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// Degrees east, −180 to 180.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
    /// The country, as two letters (ISO 3166-1 alpha-2), such as `DE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Name of the city.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Name of the region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

/// Media beside the answer.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct MediaResponse {
    /// What to return.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overrides: Option<MediaOverrides>,
}

/// Which media to return.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct MediaOverrides {
    /// Whether videos come with the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_videos: Option<bool>,
    /// Whether images come with the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_images: Option<bool>,
}

/// The form of the answer.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ResponseFormat {
    /// Text.
    Text,
    /// JSON that fits a schema.
    JsonSchema {
        /// The schema.
        json_schema: JsonSchemaFormat,
    },
    /// Text that fits a regular expression. Gone from the pages of 2026.
    Regex {
        /// The expression.
        regex: RegexFormat,
    },
}

/// A JSON schema the answer must fit. The first use of a schema may take services 10 to 30 s longer. Reasoning models write their
/// thinking before the JSON: see [`crate::strip_thinking`].
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct JsonSchemaFormat {
    /// The schema itself.
    pub schema: Value,
    /// Its name: 1 to 64 letters, digits, `_` or `-`; `schema` when unset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether the answer must fit exactly; true when unset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strict: Option<bool>,
}

/// A regular expression the answer must fit.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct RegexFormat {
    /// The expression itself.
    pub regex: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether the answer must fit exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strict: Option<bool>,
}

/// Reads `{}` as absent: the protocol's own first examples send it.
fn response_format<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<ResponseFormat>, D::Error> {
    match Option::<Value>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Value::Object(object)) if object.is_empty() => Ok(None),
        Some(value) => serde_json::from_value(value)
            .map(Some)
            .map_err(serde::de::Error::custom),
    }
}

open_enum! {
    /// How a stream is cut up.
    StreamMode {
        /// Every piece carries all that is known so far.
        Full = "full",
        /// Every piece carries only what is new.
        Concise = "concise",
    }
}

open_enum! {
    /// How much of the sources is read.
    SearchContextSize {
        /// Least; the default.
        Low = "low",
        /// More.
        Medium = "medium",
        /// Most.
        High = "high",
    }
}

open_enum! {
    /// How thoroughly `sonar-pro` searches. All but fast need a streamed answer.
    SearchType {
        /// One search.
        Fast = "fast",
        /// Several searches, step by step.
        Pro = "pro",
        /// The service decides.
        Auto = "auto",
    }
}

open_enum! {
    /// Where to search.
    SearchMode {
        /// The web.
        Web = "web",
        /// Scholarly sources.
        Academic = "academic",
        /// Filings with the US Securities and Exchange Commission.
        Sec = "sec",
    }
}

open_enum! {
    /// How fresh sources must be.
    Recency {
        /// One hour.
        Hour = "hour",
        /// 24 hours.
        Day = "day",
        /// Seven days.
        Week = "week",
        /// 30 days.
        Month = "month",
        /// 365 days.
        Year = "year",
    }
}

open_enum! {
    /// How long a reasoning model thinks.
    ReasoningEffort {
        /// Hardly.
        Minimal = "minimal",
        /// A little.
        Low = "low",
        /// The default of deep research.
        Medium = "medium",
        /// Long.
        High = "high",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_request_sends_only_what_was_set() {
        let request = ChatRequest::new("sonar", vec![Message::user("Why?")]);
        insta::assert_snapshot!(
            serde_json::to_string(&request).unwrap(),
            @r#"{"model":"sonar","messages":[{"role":"user","content":"Why?"}]}"#
        );
    }

    #[test]
    fn every_field_is_read_and_written_as_it_was() {
        let json = json!({
            "model": "sonar-pro",
            "messages": [{ "role": "user", "content": "Why?" }],
            "max_tokens": 128, "temperature": 0.2, "top_p": 0.9, "top_k": 0,
            "presence_penalty": 0.0, "frequency_penalty": 1.0,
            "stop": ["END", "."], "n": 1, "stream": true, "stream_mode": "concise",
            "response_format": { "type": "json_schema", "json_schema": { "schema": { "type": "object" }, "strict": true } },
            "search_mode": "web", "search_domain_filter": ["a.example", ".gov"],
            "search_recency_filter": "week",
            "search_after_date_filter": "3/1/2025", "search_before_date_filter": "03/05/2025",
            "last_updated_after_filter": "03/01/2025", "last_updated_before_filter": "03/05/2025",
            "search_language_filter": ["en"], "language_preference": "en",
            "response_formatting_locale": "es-MX",
            "num_search_results": 5, "safe_search": true,
            "enable_search_classifier": false, "disable_search": false,
            "web_search_options": {
                "search_context_size": "high", "search_type": "fast",
                "user_location": { "latitude": 48.1, "longitude": 11.6, "country": "DE", "city": "München", "region": "Bayern" },
                "image_results_enhanced_relevance": true,
            },
            "reasoning_effort": "low",
            "return_images": true, "image_domain_filter": ["-b.example"],
            "image_format_filter": ["png"], "num_images": 3,
            "media_response": { "overrides": { "return_videos": true, "return_images": false } },
            "return_related_questions": true,
            "tools": [{ "type": "function" }], "tool_choice": "none", "parallel_tool_calls": false,
        });
        let request: ChatRequest = serde_json::from_value(json.clone()).unwrap();
        assert!(request.extra.is_empty(), "{:?}", request.extra);
        assert_eq!(serde_json::to_value(request).unwrap(), json);
    }

    #[test]
    fn the_first_examples_of_the_protocol_are_read() {
        let request: ChatRequest = serde_json::from_value(json!({
            "model": "sonar",
            "messages": [{ "role": "system", "content": "Be precise." }, { "role": "user", "content": null }],
            "max_tokens": null, "stop": "END", "response_format": {}, "top_k": 0, "presence_penalty": 0,
            "frequency_penalty": 1, "web_search_options": { "user_location": null }, "return_citations": true,
        }))
        .unwrap();
        assert_eq!(request.response_format, None);
        assert_eq!(request.stop, Some(Stop::One("END".to_owned())));
        assert_eq!(request.frequency_penalty, Some(1.0));
        assert_eq!(request.extra["return_citations"], true);
    }

    #[test]
    fn a_value_from_the_future_survives_the_round_trip() {
        let recency: Recency = serde_json::from_str(r#""decade""#).unwrap();
        assert_eq!(recency, Recency::Other("decade".to_owned()));
        assert_eq!(serde_json::to_string(&recency).unwrap(), r#""decade""#);
    }
}
