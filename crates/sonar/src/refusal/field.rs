//! Which field of a request a refusal speaks of. Must not guess: no field is better than a wrong one.

/// Fields whose names are words of the protocol alone, so that a sentence which holds one means it.
const TELLING: &[&str] = &[
    "disable_search",
    "enable_search_classifier",
    "file_url",
    "frequency_penalty",
    "idempotency_key",
    "image_domain_filter",
    "image_format_filter",
    "image_url",
    "language_preference",
    "last_updated_after_filter",
    "last_updated_before_filter",
    "max_tokens",
    "media_response",
    "next_token",
    "num_images",
    "num_search_results",
    "parallel_tool_calls",
    "pdf_url",
    "presence_penalty",
    "reasoning_effort",
    "response_format",
    "response_formatting_locale",
    "return_images",
    "return_related_questions",
    "safe_search",
    "search_after_date_filter",
    "search_before_date_filter",
    "search_context_size",
    "search_domain_filter",
    "search_language_filter",
    "search_mode",
    "search_recency_filter",
    "search_type",
    "stream_mode",
    "tool_choice",
    "top_k",
    "top_p",
    "user_location",
    "video_url",
    "web_search_options",
];

/// The field that the service's name for the reason stands for.
pub(super) fn of_kind(kind: &str) -> Option<String> {
    let field = match kind {
        "invalid_model" => "model",
        "invalid_message" => "messages",
        "invalid_search_domain_filter" => "search_domain_filter",
        _ => return None,
    };
    Some(field.to_owned())
}

/// The field of a list of sentences such as `At body -> messages -> 0 -> content: Field required`: what all of them have in common,
/// else that of the first.
pub(super) fn of_list(sentences: &[String]) -> Option<String> {
    let paths: Vec<Vec<&str>> = sentences.iter().filter_map(|text| path(text)).collect();
    let (first, others) = paths.split_first()?;
    let shared = |step: &(usize, &&str)| {
        let (place, step) = step;
        others.iter().all(|other| other.get(*place) == Some(step))
    };
    let common: Vec<&str> = first
        .iter()
        .enumerate()
        .take_while(shared)
        .map(|(_, step)| *step)
        .collect();
    let path = if common.is_empty() { first } else { &common };
    (!path.is_empty()).then(|| path.join("."))
}

/// The steps of `At body -> a -> b: what is wrong`.
fn path(sentence: &str) -> Option<Vec<&str>> {
    let place = sentence.strip_prefix("At ")?.split(": ").next()?;
    place
        .strip_prefix("body")
        .map(|rest| rest.split(" -> ").skip(1).collect())
}

/// The field whose location is told step by step, as in `["body", "messages", 0]`.
pub(super) fn of_steps(steps: &[String]) -> Option<String> {
    let inside = match steps.split_first() {
        Some((body, inside)) if body == "body" => inside,
        _ => steps,
    };
    (!inside.is_empty()).then(|| inside.join("."))
}

/// The first field that a sentence names.
pub(super) fn of_sentence(message: &str) -> Option<String> {
    let part_of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    message
        .split(|c| !part_of_name(c))
        .map(|word| word.trim_matches('.'))
        .find_map(|word| {
            // One old message speaks of `search_domain_filters`.
            let singular = word.strip_suffix('s').unwrap_or(word);
            [word, singular].into_iter().find(|word| is_telling(word))
        })
        .map(str::to_owned)
}

fn is_telling(word: &str) -> bool {
    word.split('.').any(|step| TELLING.contains(&step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_names_its_field() {
        for (message, field) in [
            (
                "max_tokens must be at least 16 for sonar.",
                Some("max_tokens"),
            ),
            (
                "Validation error: search_domain_filters has a max length of 20",
                Some("search_domain_filter"),
            ),
            (
                "Validation error: search_after_date_filter must be MM/DD/YYYY, but got X",
                Some("search_after_date_filter"),
            ),
            (
                "web_search_options.user_location.country is required.",
                Some("web_search_options.user_location.country"),
            ),
            (
                "disable_search: this engine always searches.",
                Some("disable_search"),
            ),
            ("The model cannot stop.", None),
            ("some_thing else", None),
            ("", None),
        ] {
            assert_eq!(of_sentence(message).as_deref(), field, "{message}");
        }
    }

    #[test]
    fn a_list_names_what_its_sentences_share() {
        let check = |sentences: &[&str], field: Option<&str>| {
            let sentences: Vec<String> = sentences.iter().map(|text| (*text).to_owned()).collect();
            assert_eq!(of_list(&sentences).as_deref(), field, "{sentences:?}");
        };
        check(
            &["At body -> search_recency_filter: Input should be 'hour'"],
            Some("search_recency_filter"),
        );
        check(
            &["At body -> messages -> 0 -> content: Field required"],
            Some("messages.0.content"),
        );
        check(
            &[
                "At body -> response_format -> ResponseFormatText -> type: Input should be 'text'",
                "At body -> response_format -> ResponseFormatRegex -> type: Input should be 'regex'",
            ],
            Some("response_format"),
        );
        check(
            &[
                "At body -> model: Field required",
                "At body -> messages: Field required",
            ],
            Some("model"),
        );
        check(&["At body: Field required"], None);
        check(&["nothing of the kind"], None);
        check(&[], None);
    }
}
