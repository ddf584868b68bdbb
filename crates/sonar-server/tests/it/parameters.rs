//! What every request parameter does with documents: a test for each row of the handbook's tables, through the real server.
//! Fails when a row has no test, or a field of the protocol no row.

mod asked;
mod beside;
mod sent;
mod sources;
mod text;
mod world;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sonar::{
    ChatRequest, Content, JsonSchemaFormat, MediaOverrides, MediaResponse, Message,
    ReasoningEffort, Recency, RegexFormat, ResponseFormat, Role, SearchContextSize, SearchMode,
    SearchType, Stop, StreamMode, UserLocation, WebSearchOptions,
};

const HANDBOOK: &str = include_str!("../../../../docs/handbook/10-request-parameters.md");

/// Gives each row, by the fields it names, the test that shows it.
macro_rules! rows {
    ($([$($field:literal),+] => $module:ident::$test:ident,)*) => {
        const TESTED: &[&[&str]] = &[$(&[$($field),+]),*];
        $(
            #[tokio::test]
            async fn $test() {
                $module::$test().await;
            }
        )*
    };
}

rows! {
    ["model"] => asked::a_model_is_a_number_of_sources,
    ["messages"] => asked::the_last_user_message_is_the_question,
    ["messages.role"] => asked::messages_take_turns,
    ["messages.system"] => asked::a_system_message_is_named,
    ["messages.content"] => asked::a_question_has_text,
    ["messages.content.type", "messages.content.text"] => asked::the_texts_of_parts_are_joined,
    ["messages.content.image_url", "messages.content.file_url", "messages.content.file_name", "messages.content.pdf_url",
     "messages.content.video_url"] => asked::other_parts_are_refused,
    ["messages.reasoning_steps", "messages.tool_calls", "messages.tool_call_id"] => asked::what_tools_said_is_named,

    ["search_domain_filter"] => sources::domains_are_kept_to,
    ["search_recency_filter"] => sources::recent_means_the_days_it_reaches_into,
    ["search_after_date_filter", "search_before_date_filter"] => sources::publication_lies_between_the_days,
    ["last_updated_after_filter", "last_updated_before_filter"] => sources::the_last_change_lies_between_the_days,
    ["search_language_filter"] => sources::languages_are_kept_to,
    ["search_mode"] => sources::only_documents_are_searched,
    ["num_search_results"] => sources::fewer_sources_can_be_asked_for,
    ["web_search_options.search_context_size"] => sources::the_context_size_is_a_number_of_words,
    ["web_search_options.search_type"] => sources::every_search_is_fast,
    ["web_search_options.user_location.latitude", "web_search_options.user_location.longitude",
     "web_search_options.user_location.country", "web_search_options.user_location.city",
     "web_search_options.user_location.region"] => sources::documents_are_the_same_everywhere,
    ["safe_search"] => sources::safe_search_is_named,
    ["disable_search"] => sources::there_is_no_answer_without_a_search,
    ["enable_search_classifier"] => sources::every_question_is_searched,

    ["max_tokens"] => text::tokens_cut_at_a_sentence,
    ["stop"] => text::a_stop_ends_the_text,
    ["n"] => text::there_is_one_answer,
    ["response_format.type"] => text::text_is_the_usual_form,
    ["response_format.json_schema.schema"] => text::a_simple_schema_is_filled,
    ["response_format.json_schema.name", "response_format.json_schema.description",
     "response_format.json_schema.strict"] => text::a_schema_may_have_a_name,
    ["response_format.regex.regex", "response_format.regex.name", "response_format.regex.description",
     "response_format.regex.strict"] => text::an_expression_is_refused,
    ["reasoning_effort"] => text::effort_is_a_number_of_searches,
    ["language_preference", "response_formatting_locale"] => text::quotations_keep_their_language,
    ["temperature", "top_p", "top_k", "presence_penalty", "frequency_penalty"] => text::what_steers_a_model_is_named,
    ["tools", "parallel_tool_calls"] => text::tools_are_named,
    ["tool_choice"] => text::a_required_tool_is_refused,

    ["return_related_questions"] => beside::related_questions_are_headings,
    ["return_images"] => beside::images_are_those_of_quoted_sections,
    ["image_domain_filter"] => beside::images_keep_to_domains,
    ["image_format_filter"] => beside::images_keep_to_formats,
    ["num_images"] => beside::images_are_counted,
    ["media_response.overrides.return_images"] => beside::an_override_goes_before,
    ["media_response.overrides.return_videos"] => beside::there_are_no_videos,
    ["web_search_options.image_results_enhanced_relevance"] => beside::enhanced_relevance_is_named,

    ["stream"] => sent::a_stream_says_the_same,
    ["stream_mode"] => sent::a_concise_stream_says_the_same,
    ["_debug_pro_search", "_force_new_agent", "_inputs", "_prompt_token_length", "best_of", "country", "cum_logprobs",
     "diverse_first_token", "file_workspace_id", "has_image_url", "latitude", "logprobs", "longitude", "ranking_model",
     "response_metadata", "search_internal_properties", "search_tenant", "thread_id", "top_logprobs",
     "updated_after_timestamp", "updated_before_timestamp", "use_threads",
     "user_original_query"] => sent::internal_fields_are_named,
}

fn rows_of_the_handbook() -> BTreeSet<Vec<&'static str>> {
    rows_of(HANDBOOK)
}

/// The first cell of each row of tables of the handbook: the fields it is about.
pub(crate) fn rows_of(tables: &str) -> BTreeSet<Vec<&str>> {
    let rows = tables.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cell = row.split('|').nth(1).unwrap();
        cell.split('`').skip(1).step_by(2).collect()
    })
    .collect()
}

#[test]
fn every_row_of_the_handbook_has_a_test() {
    every_row_is_tested(&rows_of_the_handbook(), TESTED);
}

/// Fails when a row of the handbook is in no test, or a test in no row.
pub(crate) fn every_row_is_tested(rows: &BTreeSet<Vec<&str>>, tests: &[&[&str]]) {
    let tested: BTreeSet<Vec<&str>> = tests.iter().map(|row| row.to_vec()).collect();
    assert_eq!(tested.len(), tests.len(), "a row is listed twice");
    assert_eq!(*rows, tested);
}

#[test]
fn every_field_of_the_protocol_has_a_row() {
    every_field_has_a_row(&rows_of_the_handbook());
}

/// Fails when the rows of the handbook say nothing of a field that a request can set.
pub(crate) fn every_field_has_a_row(rows: &BTreeSet<Vec<&str>>) {
    let named: BTreeSet<&str> = rows.iter().flatten().copied().collect();
    let mut fields = BTreeSet::new();
    for format in [json_schema(), regex()] {
        let request = serde_json::to_value(everything(format)).unwrap();
        leaves(&request, "", &mut fields);
    }
    let missing: Vec<&String> = fields
        .iter()
        .filter(|field| !named.contains(field.as_str()))
        .collect();
    assert!(
        missing.is_empty(),
        "the handbook says nothing of {missing:?}"
    );
    assert!(fields.len() > 50, "{fields:?}");
}

/// The names of everything that a request sets, dotted where nested.
fn leaves(value: &Value, name: &str, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (field, value) in fields {
                let dot = if name.is_empty() { "" } else { "." };
                leaves(value, &format!("{name}{dot}{field}"), names);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for item in items {
                leaves(item, name, names);
            }
        }
        _ => {
            names.insert(name.to_owned());
        }
    }
}

/// A request that sets every field the types know. Written out in full, so that a new field does not compile until it
/// stands here, and then has no row until somebody says what it does.
fn everything(format: ResponseFormat) -> ChatRequest {
    let text = |text: &str| Some(text.to_owned());
    let list = |text: &str| Some(vec![text.to_owned()]);
    ChatRequest {
        model: "sonar".to_owned(),
        messages: vec![message()],
        max_tokens: Some(100),
        temperature: Some(0.2),
        top_p: Some(0.9),
        top_k: Some(1),
        presence_penalty: Some(1.0),
        frequency_penalty: Some(1.0),
        stop: Some(Stop::One("END".to_owned())),
        n: Some(1),
        stream: Some(true),
        stream_mode: Some(StreamMode::Full),
        response_format: Some(format),
        search_mode: Some(SearchMode::Web),
        search_domain_filter: list("a.example"),
        search_recency_filter: Some(Recency::Year),
        search_after_date_filter: text("1/1/2020"),
        search_before_date_filter: text("1/1/2030"),
        last_updated_after_filter: text("1/1/2020"),
        last_updated_before_filter: text("1/1/2030"),
        search_language_filter: list("en"),
        language_preference: text("en"),
        response_formatting_locale: text("en-GB"),
        num_search_results: Some(3),
        safe_search: Some(true),
        enable_search_classifier: Some(true),
        disable_search: Some(false),
        web_search_options: Some(options()),
        reasoning_effort: Some(ReasoningEffort::Low),
        return_images: Some(true),
        image_domain_filter: list("a.example"),
        image_format_filter: list("png"),
        num_images: Some(3),
        media_response: Some(MediaResponse {
            overrides: Some(MediaOverrides {
                return_videos: Some(true),
                return_images: Some(true),
            }),
        }),
        return_related_questions: Some(true),
        tools: Some(vec![json!({})]),
        tool_choice: Some(json!("auto")),
        parallel_tool_calls: Some(true),
        extra: serde_json::Map::new(),
    }
}

fn message() -> Message {
    Message {
        role: Role::User,
        content: serde_json::from_value::<Content>(json!([
            { "type": "text", "text": "Why?" },
            { "type": "image_url", "image_url": "https://a.example/x.png" },
            { "type": "file_url", "file_url": "aGVsbG8=", "file_name": "a.txt" },
            { "type": "pdf_url", "pdf_url": "https://a.example/x.pdf" },
            { "type": "video_url", "video_url": "https://a.example/x.mp4" },
        ]))
        .unwrap(),
        reasoning_steps: Some(Vec::new()),
        tool_calls: Some(json!([])),
        tool_call_id: Some("1".to_owned()),
        extra: serde_json::Map::new(),
    }
}

fn options() -> WebSearchOptions {
    WebSearchOptions {
        search_context_size: Some(SearchContextSize::High),
        search_type: Some(SearchType::Fast),
        user_location: Some(UserLocation {
            latitude: Some(48.1),
            longitude: Some(11.6),
            country: Some("DE".to_owned()),
            city: Some("München".to_owned()),
            region: Some("Bayern".to_owned()),
        }),
        image_results_enhanced_relevance: Some(true),
        extra: serde_json::Map::new(),
    }
}

fn json_schema() -> ResponseFormat {
    ResponseFormat::JsonSchema {
        json_schema: JsonSchemaFormat {
            schema: json!({}),
            name: Some("a".to_owned()),
            description: Some("b".to_owned()),
            strict: Some(true),
        },
    }
}

fn regex() -> ResponseFormat {
    ResponseFormat::Regex {
        regex: RegexFormat {
            regex: "a+".to_owned(),
            name: Some("a".to_owned()),
            description: Some("b".to_owned()),
            strict: Some(true),
        },
    }
}
