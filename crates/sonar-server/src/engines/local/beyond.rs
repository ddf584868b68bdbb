//! What a request asks that excerpts cannot give, and what not even a model can. Must name the field in every refusal.

use sonar::{ChatRequest, Content, Message, Part, ResponseFormat, Role, SearchMode, Stop};

use super::structured::Form;
use crate::domains::Domain;
use crate::engines::writer::prompt;
use crate::engines::writer::schema::Schema;

/// What a request asks that excerpts cannot give, or what not even a model can that `writes` the answer: a sentence that begins
/// with the field and says what to do.
pub(super) fn beyond(request: &ChatRequest, writes: bool) -> Option<String> {
    let form = if writes {
        [format_for_model(request), None, parts_for_model(request)]
    } else {
        [format(request), no_search(request), parts(request)]
    };
    let rest = [
        mode(request),
        counts(request),
        images(request),
        tools(request),
    ];
    form.into_iter().chain(rest).flatten().next()
}

fn format_for_model(request: &ChatRequest) -> Option<String> {
    if let Some(ResponseFormat::Regex { .. }) = request.response_format {
        return Some(
            "response_format: chat endpoints know no regex; use json_schema with a pattern."
                .to_owned(),
        );
    }
    let (_, schema) = prompt::schema(request)?;
    let why = Schema::read(schema).err()?;
    Some(format!("response_format: the json_schema {why}."))
}

fn parts_for_model(request: &ChatRequest) -> Option<String> {
    request.messages.iter().any(shows_more_than_text).then(|| {
        "messages: images, files and videos are not passed on to the language model; send text alone."
            .to_owned()
    })
}

fn format(request: &ChatRequest) -> Option<String> {
    if let Some(ResponseFormat::Regex { .. }) = request.response_format {
        return Some(
            "response_format: regex needs a language model; this engine quotes documents."
                .to_owned(),
        );
    }
    let why = Form::of(request)?.err()?;
    Some(format!(
        "response_format: this json_schema needs a language model. Excerpts fill an object of one required string and of \
         lists of strings named citations, links, sources or urls, but {why}."
    ))
}

fn no_search(request: &ChatRequest) -> Option<String> {
    (request.disable_search == Some(true)).then(|| "disable_search: an answer without a search needs a language model; this engine quotes documents.".to_owned())
}

fn mode(request: &ChatRequest) -> Option<String> {
    let mode = request.search_mode.as_ref();
    let mode = mode.filter(|mode| **mode != SearchMode::Web)?;
    Some(format!(
        "search_mode: {mode} is not available; no source of this engine is of that kind. Leave it out, or use web."
    ))
}

/// Every text is looked for in the whole answer.
const MOST_STOPS: usize = 64;

fn counts(request: &ChatRequest) -> Option<String> {
    if let Some(Stop::Many(stops)) = &request.stop
        && stops.len() > MOST_STOPS
    {
        let count = stops.len();
        return Some(format!("stop: at most {MOST_STOPS} texts, not {count}."));
    }
    if request.n.is_some_and(|n| n > 1) {
        return Some("n: this engine gives one answer; leave it out, or use 1.".to_owned());
    }
    (request.num_search_results == Some(0)).then(|| {
        "num_search_results: an answer quotes at least one source; leave it out, or use 1 or more."
            .to_owned()
    })
}

/// The protocol's rules for domain lists, which the server checks for sources, hold for images as well.
fn images(request: &ChatRequest) -> Option<String> {
    let entries = request.image_domain_filter.as_deref().unwrap_or_default();
    let mut denies = Vec::new();
    for entry in entries {
        match Domain::read(entry) {
            Some(domain) => denies.push(domain.denies),
            None => {
                let entry: String = entry.chars().take(80).collect();
                return Some(format!(
                    "image_domain_filter: '{entry}' is no domain such as example.com, .org or -example.com."
                ));
            }
        }
    }
    (denies.contains(&true) && denies.contains(&false)).then(|| {
        "image_domain_filter: allow domains or deny them, not both in one list.".to_owned()
    })
}

fn tools(request: &ChatRequest) -> Option<String> {
    let required = request.tool_choice.as_ref()?.as_str() == Some("required");
    required.then(|| {
        "tool_choice: this engine calls no tools; leave it out, or use none or auto.".to_owned()
    })
}

fn parts(request: &ChatRequest) -> Option<String> {
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

/// Whether the last user message, which is the question, is empty. A conversation that an assistant ends is refused for its
/// order.
pub(super) fn asks_nothing(request: &ChatRequest) -> bool {
    let answered = request.messages.last().map(|last| &last.role) == Some(&Role::Assistant);
    let mut users = request.messages.iter().rev();
    let question = users.find(|message| message.role == Role::User);
    !answered && question.is_none_or(|question| question.content.text().trim().is_empty())
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
            beyond(&request, false)
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
            with(|request| request.num_search_results = Some(0)),
            "num_search_results"
        );
        for entries in [vec!["cz"], vec!["a.example", "-b.example"]] {
            let mut request = request();
            request.image_domain_filter = Some(entries.into_iter().map(str::to_owned).collect());
            assert!(
                beyond(&request, false)
                    .unwrap()
                    .starts_with("image_domain_filter: ")
            );
        }
        assert_eq!(
            with(|request| request.stop = Some(Stop::Many(vec!["x".to_owned(); 65]))),
            "stop"
        );
        assert_eq!(
            with(|request| request.stop = Some(Stop::Many(vec!["x".to_owned(); 64]))),
            ""
        );
        assert_eq!(
            with(|request| request.tool_choice = Some("required".into())),
            "tool_choice"
        );
        assert_eq!(
            with(|request| request.tool_choice = Some("auto".into())),
            ""
        );
        assert_eq!(
            with(|request| {
                let image = serde_json::json!([{ "type": "image_url", "image_url": "https://a.example/x.png" }]);
                request.messages[0].content = serde_json::from_value(image).unwrap();
            }),
            "messages"
        );
    }

    #[test]
    fn a_model_can_more_and_not_all() {
        let with = |change: fn(&mut ChatRequest)| {
            let mut request = request();
            change(&mut request);
            beyond(&request, true)
        };
        assert_eq!(with(|request| request.disable_search = Some(true)), None);
        let schema = |schema: &str| {
            let mut request = request();
            let format = format!(r#"{{"type":"json_schema","json_schema":{{"schema":{schema}}}}}"#);
            request.response_format = serde_json::from_str(&format).unwrap();
            beyond(&request, true)
        };
        assert_eq!(schema(r#"{"type":"object","minProperties":1}"#), None);
        let told = schema(r#"{"type":"thing"}"#).unwrap();
        assert!(
            told.starts_with("response_format: the json_schema cannot be used: "),
            "{told}"
        );
        insta::assert_snapshot!(with(|request| request.response_format = Some(ResponseFormat::Regex { regex: Default::default() })).unwrap(), @"response_format: chat endpoints know no regex; use json_schema with a pattern.");
        let n = with(|request| request.n = Some(2)).unwrap();
        assert!(n.starts_with("n: "), "{n}");
    }

    #[test]
    fn an_empty_question_asks_nothing() {
        assert!(!asks_nothing(&request()));
        let tool = Message {
            role: Role::Tool,
            ..Message::assistant("4")
        };
        let mut called = request();
        called
            .messages
            .extend([Message::assistant("Called."), tool.clone()]);
        assert!(!asks_nothing(&called));
        assert!(asks_nothing(&ChatRequest::new("sonar", vec![tool])));
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
