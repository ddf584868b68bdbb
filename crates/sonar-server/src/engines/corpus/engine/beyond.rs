//! What a request asks that excerpts cannot give. Must name the field in every refusal.

use sonar::{ChatRequest, Content, Message, Part, ResponseFormat, Role, SearchMode};

/// What a request asks that excerpts cannot give.
pub(super) fn beyond(request: &ChatRequest) -> Option<String> {
    let format = match &request.response_format {
        Some(ResponseFormat::JsonSchema { .. }) => Some("json_schema"),
        Some(ResponseFormat::Regex { .. }) => Some("regex"),
        Some(ResponseFormat::Text) | None => None,
    };
    if let Some(format) = format {
        return Some(format!(
            "response_format: {format} needs a language model; this engine quotes documents."
        ));
    }
    if request.disable_search == Some(true) {
        return Some("disable_search: an answer without a search needs a language model; this engine quotes documents.".to_owned());
    }
    if let Some(mode) = request
        .search_mode
        .as_ref()
        .filter(|mode| **mode != SearchMode::Web)
    {
        return Some(format!(
            "search_mode: {mode} is not available; this engine searches its own documents. Leave it out, or use web."
        ));
    }
    if request.n.is_some_and(|n| n > 1) {
        return Some("n: this engine gives one answer; leave it out, or use 1.".to_owned());
    }
    request.messages.iter().any(shows_more_than_text).then(|| {
        "messages: images, files and videos need a language model; this engine reads text."
            .to_owned()
    })
}

fn shows_more_than_text(message: &Message) -> bool {
    match &message.content {
        Content::Parts(parts) => parts.iter().any(|part| !matches!(part, Part::Text { .. })),
        Content::Text(_) | Content::Null => false,
    }
}

/// Whether the turn to answer is empty. A conversation that ends otherwise is refused for its order.
pub(super) fn asks_nothing(request: &ChatRequest) -> bool {
    let last = request.messages.last();
    last.is_some_and(|last| last.role == Role::User && last.content.text().trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> ChatRequest {
        ChatRequest::new("sonar", vec![Message::user("Why?")])
    }

    #[test]
    fn what_excerpts_cannot_give_is_named() {
        let with = |change: fn(&mut ChatRequest)| {
            let mut request = request();
            change(&mut request);
            beyond(&request)
                .unwrap_or_default()
                .split(':')
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        assert_eq!(with(|_| {}), "");
        assert_eq!(
            with(|request| request.response_format = Some(ResponseFormat::Text)),
            ""
        );
        assert_eq!(
            with(
                |request| request.response_format = Some(ResponseFormat::JsonSchema {
                    json_schema: Default::default()
                })
            ),
            "response_format"
        );
        assert_eq!(
            with(|request| request.disable_search = Some(true)),
            "disable_search"
        );
        assert_eq!(
            with(|request| request.search_mode = Some(SearchMode::Sec)),
            "search_mode"
        );
        assert_eq!(
            with(|request| request.search_mode = Some(SearchMode::Web)),
            ""
        );
        assert_eq!(with(|request| request.n = Some(2)), "n");
        assert_eq!(
            with(|request| {
                let image = serde_json::json!([{ "type": "image_url", "image_url": "https://a.example/x.png" }]);
                request.messages[0].content = serde_json::from_value(image).unwrap();
            }),
            "messages"
        );
    }

    #[test]
    fn an_empty_question_asks_nothing() {
        assert!(!asks_nothing(&request()));
        assert!(asks_nothing(&ChatRequest::new(
            "sonar",
            vec![Message::user(" \n")]
        )));
        assert!(asks_nothing(&ChatRequest::new(
            "sonar",
            vec![Message {
                role: Role::User,
                ..Message::default()
            }]
        )));
    }
}
