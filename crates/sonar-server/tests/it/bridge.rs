//! The bridge through the real server, against a stand-in of the Agent API that is as strict as the service.

mod answers;
mod jobs;
mod rows;
pub(crate) mod world;

use std::collections::BTreeSet;

use crate::parameters::{every_field_has_a_row, every_row_is_tested, rows_of};

const HANDBOOK: &str = include_str!("../../../../docs/handbook/11-agent-api.md");

/// Gives each row of the handbook's table, by the fields it names, the test that shows it.
macro_rules! rows {
    ($([$($field:literal),+] => $test:ident,)*) => {
        const TESTED: &[&[&str]] = &[$(&[$($field),+]),*];
        $(
            #[tokio::test]
            async fn $test() {
                rows::$test().await;
            }
        )*
    };
}

rows! {
    ["model"] => a_model_is_a_level,
    ["messages"] => the_whole_conversation_is_sent,
    ["messages.role"] => what_a_tool_says_is_refused,
    ["messages.system"] => a_system_message_stands_beside_the_rules,
    ["messages.content"] => thinking_is_left_out,
    ["messages.content.type", "messages.content.text"] => texts_are_sent,
    ["messages.content.image_url"] => images_are_sent,
    ["messages.content.file_url", "messages.content.file_name", "messages.content.pdf_url"] => documents_are_sent,
    ["messages.content.video_url"] => videos_are_refused,
    ["messages.reasoning_steps", "messages.tool_calls", "messages.tool_call_id"] => what_stands_beside_messages_is_named,
    ["search_domain_filter"] => domains_are_sent,
    ["search_recency_filter"] => recency_is_sent,
    ["search_after_date_filter", "search_before_date_filter", "last_updated_after_filter",
     "last_updated_before_filter"] => days_are_sent_in_two_digits,
    ["search_language_filter"] => languages_are_refused,
    ["search_mode"] => only_the_web_is_searched,
    ["num_search_results"] => a_number_of_results_is_sent,
    ["web_search_options.search_context_size"] => a_context_size_is_sent,
    ["web_search_options.search_type"] => a_search_in_steps_is_a_higher_level,
    ["web_search_options.user_location.latitude", "web_search_options.user_location.longitude",
     "web_search_options.user_location.country", "web_search_options.user_location.city",
     "web_search_options.user_location.region"] => a_place_is_sent,
    ["safe_search"] => safe_search_is_for_images,
    ["disable_search"] => without_a_search_no_tool_is_named,
    ["enable_search_classifier"] => the_model_decides_whether_to_search,
    ["max_tokens"] => a_limit_is_sent,
    ["temperature", "top_p"] => sampling_is_sent,
    ["top_k"] => top_k_is_named,
    ["presence_penalty", "frequency_penalty"] => penalties_are_named,
    ["stop"] => a_stop_ends_the_text,
    ["n"] => there_is_one_answer,
    ["response_format.type"] => text_is_the_usual_form,
    ["response_format.json_schema.schema", "response_format.json_schema.name", "response_format.json_schema.description",
     "response_format.json_schema.strict"] => a_schema_is_sent,
    ["response_format.regex.regex", "response_format.regex.name", "response_format.regex.description",
     "response_format.regex.strict"] => an_expression_is_refused,
    ["reasoning_effort"] => effort_is_sent,
    ["language_preference"] => a_language_is_sent_by_its_code,
    ["response_formatting_locale"] => a_locale_is_named,
    ["tools", "tool_choice", "parallel_tool_calls"] => tools_are_named,
    ["return_related_questions"] => related_questions_are_asked_for_if_so_set,
    ["return_images", "media_response.overrides.return_images"] => images_are_searched_for_if_so_set,
    ["image_domain_filter", "image_format_filter", "num_images"] => image_filters_are_sent_with_the_search,
    ["media_response.overrides.return_videos"] => there_are_no_videos,
    ["web_search_options.image_results_enhanced_relevance"] => enhanced_relevance_is_named,
    ["stream"] => a_stream_says_the_same,
    ["stream_mode"] => a_concise_stream_tells_its_steps,
    ["_debug_pro_search", "_force_new_agent", "_inputs", "_prompt_token_length", "best_of", "country", "cum_logprobs",
     "diverse_first_token", "file_workspace_id", "has_image_url", "latitude", "logprobs", "longitude", "ranking_model",
     "response_metadata", "search_internal_properties", "search_tenant", "thread_id", "top_logprobs",
     "updated_after_timestamp", "updated_before_timestamp", "use_threads",
     "user_original_query"] => internal_fields_are_named,
}

/// The first cell of each row of the table of parameters: the fields it is about.
fn rows_of_the_handbook() -> BTreeSet<Vec<&'static str>> {
    let (_, table) = HANDBOOK
        .split_once("## What does each parameter do")
        .unwrap();
    let table = table.split("\n## ").next().unwrap();
    rows_of(table)
}

#[test]
fn every_row_of_the_bridges_table_has_a_test() {
    every_row_is_tested(&rows_of_the_handbook(), TESTED);
}

#[test]
fn every_field_of_the_protocol_has_a_row_over_the_bridge() {
    every_field_has_a_row(&rows_of_the_handbook());
}
