//! The shape of every request field of the protocol: a table to read. Must hold no rule that looks at two fields.

use serde_json::Value;
use sonar::{
    ReasoningEffort, Recency, Role, SearchContextSize, SearchMode, SearchType, StreamMode,
};

use super::shape::Shape::{
    self, Bool, Country, Fields, Judged, Language, LanguageName, List, NonEmpty, Number, Object,
    OneOf, Text, Whole,
};
use super::shape::{Faults, Field, judge, judge_fields, may, must};

const ANY_LENGTH: usize = usize::MAX;
const COUNT: Shape = Whole(0, 1000);

/// What is submitted as a job.
pub(super) const SUBMISSION: Shape = Fields(&[
    must("request", REQUEST),
    may("idempotency_key", Judged(idempotency_key)),
]);

/// Most characters of an idempotency key.
const LONGEST_KEY: usize = 255;

/// An empty key would make one job of all that carry it, whoever sent it by mistake.
fn idempotency_key(value: &Value, place: &str, faults: &mut Faults) {
    judge(value, &Text, place, faults);
    let length = value.as_str().map(|key| key.chars().count());
    match length {
        Some(0) => faults.add(place, "String should have at least 1 character"),
        Some(length) if length > LONGEST_KEY => faults.add(
            place,
            format!("String should have at most {LONGEST_KEY} characters"),
        ),
        _ => {}
    }
}

/// A question that is answered at once.
pub(super) const REQUEST: Shape = Fields(&[
    must("model", Text),
    must("messages", NonEmpty(&MESSAGE)),
    may("max_tokens", Whole(1, 128_000)),
    may("temperature", Number(0.0, 2.0)),
    may("top_p", Number(0.0, 1.0)),
    may("top_k", Whole(0, 2048)),
    may("presence_penalty", Number(-2.0, 2.0)),
    may("frequency_penalty", Number(-2.0, 2.0)),
    may("stop", Judged(stop)),
    may("n", Whole(1, 10)),
    may("stream", Bool),
    may("stream_mode", OneOf(StreamMode::KNOWN)),
    may("response_format", Judged(response_format)),
    may("search_mode", OneOf(SearchMode::KNOWN)),
    may("search_domain_filter", List(&Text, ANY_LENGTH)),
    may("search_recency_filter", OneOf(Recency::KNOWN)),
    may("search_after_date_filter", Text),
    may("search_before_date_filter", Text),
    may("last_updated_after_filter", Text),
    may("last_updated_before_filter", Text),
    may("search_language_filter", List(&Language, 10)),
    may("language_preference", LanguageName),
    may("response_formatting_locale", Text),
    may("num_search_results", COUNT),
    may("safe_search", Bool),
    may("enable_search_classifier", Bool),
    may("disable_search", Bool),
    may("web_search_options", WEB_SEARCH_OPTIONS),
    may("reasoning_effort", OneOf(ReasoningEffort::KNOWN)),
    may("return_images", Bool),
    may("image_domain_filter", List(&Text, 10)),
    may(
        "image_format_filter",
        List(&OneOf(&["gif", "jpg", "png", "webp"]), 10),
    ),
    may("num_images", COUNT),
    may("media_response", MEDIA_RESPONSE),
    may("return_related_questions", Bool),
    may("tools", List(&TOOL, ANY_LENGTH)),
    may("tool_choice", Judged(tool_choice)),
    may("parallel_tool_calls", Bool),
]);

const WEB_SEARCH_OPTIONS: Shape = Fields(&[
    may("search_context_size", OneOf(SearchContextSize::KNOWN)),
    may("search_type", OneOf(SearchType::KNOWN)),
    may(
        "user_location",
        Fields(&[
            may("latitude", Number(-90.0, 90.0)),
            may("longitude", Number(-180.0, 180.0)),
            may("country", Country),
            may("city", Text),
            may("region", Text),
        ]),
    ),
    may("image_results_enhanced_relevance", Bool),
]);

const TOOL: Shape = Fields(&[
    must("type", OneOf(&["function"])),
    must(
        "function",
        Fields(&[
            must("name", Text),
            must("description", Text),
            must(
                "parameters",
                Fields(&[
                    must("type", Text),
                    must("properties", Object),
                    may("required", List(&Text, ANY_LENGTH)),
                    may("additional_properties", Bool),
                ]),
            ),
            may("strict", Bool),
        ]),
    ),
]);

const MEDIA_RESPONSE: Shape = Fields(&[may(
    "overrides",
    Fields(&[may("return_videos", Bool), may("return_images", Bool)]),
)]);

const MESSAGE: Shape = Fields(&[
    must("role", OneOf(Role::KNOWN)),
    must("content", Judged(content)),
    may("reasoning_steps", List(&Object, ANY_LENGTH)),
    may("tool_calls", List(&Object, ANY_LENGTH)),
    may("tool_call_id", Text),
]);

/// One of three words. Clients of other protocols name a function here: it is as ignored as the tools are.
fn tool_choice(value: &Value, place: &str, faults: &mut Faults) {
    if !value.is_object() {
        judge(value, &OneOf(&["none", "auto", "required"]), place, faults);
    }
}

/// Text or a list of texts.
fn stop(value: &Value, place: &str, faults: &mut Faults) {
    let shape = if value.is_array() {
        List(&Text, ANY_LENGTH)
    } else {
        Text
    };
    judge(value, &shape, place, faults);
}

/// Text, a list of parts, or null.
fn content(value: &Value, place: &str, faults: &mut Faults) {
    match value {
        Value::Null => {}
        Value::Array(_) => judge(value, &List(&Judged(part), ANY_LENGTH), place, faults),
        _ => judge(value, &Text, place, faults),
    }
}

const PART_KIND: &[Field] = &[must(
    "type",
    OneOf(&["text", "image_url", "file_url", "pdf_url", "video_url"]),
)];

/// A part has a type, and under the same name what it is.
fn part(value: &Value, place: &str, faults: &mut Faults) {
    judge_fields(value, PART_KIND, place, faults);
    let fields: &[Field] = match value["type"].as_str() {
        Some("text") => &[must("text", Text)],
        Some("image_url") => &[must("image_url", Judged(address))],
        Some("file_url") => &[must("file_url", Judged(address)), may("file_name", Text)],
        Some("pdf_url") => &[must("pdf_url", Judged(address))],
        Some("video_url") => &[must("video_url", Judged(video))],
        _ => &[],
    };
    judge_fields(value, fields, place, faults);
}

/// An address, bare or in an object.
fn address(value: &Value, place: &str, faults: &mut Faults) {
    const IN_OBJECT: Shape = Fields(&[must("url", Text)]);
    let shape = if value.is_object() { IN_OBJECT } else { Text };
    judge(value, &shape, place, faults);
}

/// An address, bare or in an object that may say how many frames are looked at.
fn video(value: &Value, place: &str, faults: &mut Faults) {
    const IN_OBJECT: Shape = Fields(&[must("url", Text), may("frame_interval", Judged(interval))]);
    let shape = if value.is_object() { IN_OBJECT } else { Text };
    judge(value, &shape, place, faults);
}

/// A whole number, bare or in text.
fn interval(value: &Value, place: &str, faults: &mut Faults) {
    let shape = if value.is_string() {
        Text
    } else {
        Whole(1, i64::MAX)
    };
    judge(value, &shape, place, faults);
}

const TEXT_FORMAT: &[Field] = &[must("type", OneOf(&["text"]))];
const JSON_SCHEMA_FORMAT: &[Field] = &[
    must("type", OneOf(&["json_schema"])),
    must(
        "json_schema",
        Fields(&[
            must("schema", Object),
            may("name", Text),
            may("description", Text),
            may("strict", Bool),
        ]),
    ),
];
const REGEX_FORMAT: &[Field] = &[
    must("type", OneOf(&["regex"])),
    must(
        "regex",
        Fields(&[
            must("regex", Text),
            may("name", Text),
            may("description", Text),
            may("strict", Bool),
        ]),
    ),
];

/// One of three forms. A form that is none of them is told what is wrong with it as each, as the protocol does.
fn response_format(value: &Value, place: &str, faults: &mut Faults) {
    let branches = [
        ("ResponseFormatText", "text", TEXT_FORMAT),
        (
            "ResponseFormatJSONSchema",
            "json_schema",
            JSON_SCHEMA_FORMAT,
        ),
        ("ResponseFormatRegex", "regex", REGEX_FORMAT),
    ];
    if value.as_object().is_some_and(serde_json::Map::is_empty) {
        return;
    }
    let kind = value["type"].as_str();
    let meant = branches.iter().find(|(_, name, _)| kind == Some(name));
    for (branch, _, fields) in meant.map_or(&branches[..], std::slice::from_ref) {
        judge_fields(value, fields, &format!("{place} -> {branch}"), faults);
    }
}

#[cfg(test)]
mod tests {
    use super::super::shape::read;
    use super::REQUEST;
    use insta::assert_snapshot;
    use serde_json::{Value, json};

    fn faults(body: &str) -> String {
        let failure = read(body.as_bytes(), &REQUEST).unwrap_err();
        assert_eq!(
            (failure.status.as_u16(), failure.kind),
            (400, "bad_request")
        );
        let told: Vec<String> = serde_json::from_str(&failure.message).unwrap();
        told.join("\n")
    }

    /// A good request with one field set.
    fn with(field: &str, value: Value) -> String {
        let mut request =
            json!({ "model": "sonar", "messages": [{ "role": "user", "content": "Why?" }] });
        request[field] = value;
        request.to_string()
    }

    #[test]
    fn a_body_that_is_no_request_is_told_so() {
        assert_snapshot!(faults(""), @"At body: Field required");
        assert_snapshot!(faults("{"), @"At body: Invalid JSON");
        assert_snapshot!(faults("[]"), @"At body: Input should be a valid object");
        assert_snapshot!(faults("{}"), @r"
        At body -> model: Field required
        At body -> messages: Field required
        ");
        assert_snapshot!(faults(r#"{"model":null,"messages":[]}"#), @r"
        At body -> model: Input should be a valid string
        At body -> messages: List should have at least 1 item after validation, not 0
        ");
    }

    #[test]
    fn every_kind_of_fault_has_its_words() {
        for (field, value, expected) in [
            (
                "search_recency_filter",
                json!(""),
                "Input should be 'hour', 'day', 'week', 'month' or 'year'",
            ),
            (
                "max_tokens",
                json!("many"),
                "Input should be a valid integer",
            ),
            ("max_tokens", json!(1.5), "Input should be a valid integer"),
            (
                "max_tokens",
                json!(0),
                "Input should be greater than or equal to 1",
            ),
            (
                "max_tokens",
                json!(u64::MAX),
                "Input should be less than or equal to 128000",
            ),
            (
                "temperature",
                json!(2.1),
                "Input should be less than or equal to 2",
            ),
            ("top_p", json!("a"), "Input should be a valid number"),
            ("stream", json!("yes"), "Input should be a valid boolean"),
            (
                "search_domain_filter",
                json!("a.example"),
                "Input should be a valid list",
            ),
            ("stop", json!(1), "Input should be a valid string"),
            (
                "web_search_options",
                json!([]),
                "Input should be a valid object",
            ),
            ("tools", json!({}), "Input should be a valid list"),
            (
                "language_preference",
                json!("<b>"),
                "Input should be a language, by its code or its name",
            ),
            (
                "language_preference",
                json!(7),
                "Input should be a language, by its code or its name",
            ),
        ] {
            assert_eq!(
                faults(&with(field, value)),
                format!("At body -> {field}: {expected}")
            );
        }
    }

    #[test]
    fn a_language_is_preferred_by_its_code_or_its_name() {
        for name in [
            "en",
            "pt-BR",
            "English",
            "Brazilian Portuguese",
            "Français",
            "हिन्दी",
        ] {
            let body = with("language_preference", json!(name));
            assert!(read(body.as_bytes(), &REQUEST).is_ok(), "{name}");
        }
        for name in ["", " ", "-en", "en\n", "en_US", "e1", &"a".repeat(65)] {
            assert!(
                faults(&with("language_preference", json!(name))).contains("language_preference"),
                "{name:?}"
            );
        }
    }

    #[test]
    fn faults_inside_are_told_with_their_place() {
        let body = json!({ "model": "sonar", "messages": [
            { "role": "user" },
            { "role": "robot", "content": 7 },
            { "role": "user", "content": [{ "type": "text" }, { "type": "smell" }, { "type": "image_url", "image_url": {} }] },
        ], "search_language_filter": ["en", "EN"], "web_search_options": { "user_location": { "latitude": 91, "country": "Germany" } } });
        assert_snapshot!(faults(&body.to_string()), @r"
        At body -> messages -> 0 -> content: Field required
        At body -> messages -> 1 -> role: Input should be 'system', 'user', 'assistant' or 'tool'
        At body -> messages -> 1 -> content: Input should be a valid string
        At body -> messages -> 2 -> content -> 0 -> text: Field required
        At body -> messages -> 2 -> content -> 1 -> type: Input should be 'text', 'image_url', 'file_url', 'pdf_url' or 'video_url'
        At body -> messages -> 2 -> content -> 2 -> image_url -> url: Field required
        At body -> search_language_filter -> 1: Input should be an ISO 639-1 code in lower case
        At body -> web_search_options -> user_location -> latitude: Input should be less than or equal to 90
        At body -> web_search_options -> user_location -> country: Input should be an ISO 3166-1 alpha-2 code
        ");
    }

    #[test]
    fn an_unknown_response_format_is_told_each_way_to_mend_it() {
        assert_snapshot!(faults(&with("response_format", json!({ "type": "json_object" }))), @r"
        At body -> response_format -> ResponseFormatText -> type: Input should be 'text'
        At body -> response_format -> ResponseFormatJSONSchema -> type: Input should be 'json_schema'
        At body -> response_format -> ResponseFormatJSONSchema -> json_schema: Field required
        At body -> response_format -> ResponseFormatRegex -> type: Input should be 'regex'
        At body -> response_format -> ResponseFormatRegex -> regex: Field required
        ");
        assert_snapshot!(faults(&with("response_format", json!({ "type": "json_schema" }))), @"At body -> response_format -> ResponseFormatJSONSchema -> json_schema: Field required");
    }

    #[test]
    fn what_clients_really_send_is_accepted() {
        for (field, value) in [
            ("max_tokens", json!(null)),
            ("stop", json!(["a", "b"])),
            ("response_format", json!({})),
            (
                "response_format",
                json!({ "type": "json_schema", "json_schema": { "schema": {} } }),
            ),
            ("top_k", json!(0)),
            ("frequency_penalty", json!(1)),
            ("temperature", json!(2)),
            (
                "web_search_options",
                json!({ "user_location": null, "later": 1 }),
            ),
            ("_force_new_agent", json!({ "any": "thing" })),
            ("messages", json!([{ "role": "user", "content": null }])),
            (
                "messages",
                json!([{ "role": "user", "content": [{ "type": "file_url", "file_url": "aGVsbG8=", "file_name": null }] }]),
            ),
        ] {
            let body = with(field, value);
            assert!(read(body.as_bytes(), &REQUEST).is_ok(), "{body}");
        }
    }

    #[test]
    fn a_hostile_body_gets_a_short_reply() {
        let body = with("stop", json!(vec![1; 10_000]));
        assert_eq!(faults(&body).lines().count(), 20);
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_snapshot!(faults(&deep), @"At body: Invalid JSON");
    }
}
