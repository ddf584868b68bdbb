//! Every rule, with the field and the words a caller is told.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::DomainLimit;
use crate::ChatRequest;

/// A good request with some fields set otherwise.
fn request(fields: &Value) -> ChatRequest {
    let mut request =
        json!({ "model": "sonar", "messages": [{ "role": "user", "content": "Why?" }] });
    let set = fields.as_object().unwrap().clone();
    request.as_object_mut().unwrap().extend(set);
    serde_json::from_value(request).unwrap()
}

fn told(fields: &Value) -> String {
    match request(fields).check(DomainLimit::default()) {
        Err(invalid) => invalid.to_string(),
        Ok(()) => panic!("accepted: {fields}"),
    }
}

#[test]
fn numbers_out_of_range_are_told_with_their_range() {
    assert_snapshot!(told(&json!({ "max_tokens": 15 })), @"`max_tokens` must be 16 to 128000, not 15");
    assert_snapshot!(told(&json!({ "max_tokens": 128_001 })), @"`max_tokens` must be 16 to 128000, not 128001");
    assert_snapshot!(told(&json!({ "temperature": 2.1 })), @"`temperature` must be 0 to 2, not 2.1");
    assert_snapshot!(told(&json!({ "top_p": -0.1 })), @"`top_p` must be 0 to 1, not -0.1");
    assert_snapshot!(told(&json!({ "top_k": 2049 })), @"`top_k` must be 0 to 2048, not 2049");
    assert_snapshot!(told(&json!({ "presence_penalty": 3 })), @"`presence_penalty` must be -2 to 2, not 3");
    assert_snapshot!(told(&json!({ "frequency_penalty": -3 })), @"`frequency_penalty` must be -2 to 2, not -3");
    assert_snapshot!(told(&json!({ "n": 0 })), @"`n` must be 1 to 10, not 0");
    let mut request = request(&json!({}));
    request.temperature = Some(f64::NAN);
    let invalid = request.check(DomainLimit::default()).unwrap_err();
    assert_snapshot!(invalid, @"`temperature` must be 0 to 2, not NaN");
}

#[test]
fn words_of_no_page_are_told_the_right_ones() {
    assert_snapshot!(told(&json!({ "search_recency_filter": "" })), @"`search_recency_filter` must be one of hour, day, week, month, year, not ``");
    assert_snapshot!(told(&json!({ "search_mode": "images" })), @"`search_mode` must be one of web, academic, sec, not `images`");
    assert_snapshot!(told(&json!({ "stream_mode": "fast" })), @"`stream_mode` must be one of full, concise, not `fast`");
    assert_snapshot!(told(&json!({ "reasoning_effort": "off" })), @"`reasoning_effort` must be one of minimal, low, medium, high, not `off`");
    assert_snapshot!(told(&json!({ "web_search_options": { "search_context_size": "huge" } })), @"`web_search_options.search_context_size` must be one of low, medium, high, not `huge`");
    assert_snapshot!(told(&json!({ "web_search_options": { "search_type": "deep" } })), @"`web_search_options.search_type` must be one of fast, pro, auto, not `deep`");
    assert_snapshot!(told(&json!({ "image_format_filter": ["png", "bmp"] })), @"`image_format_filter.1` must be one of gif, jpg, png, webp, not `bmp`");
    assert_snapshot!(told(&json!({ "tool_choice": "all" })), @"`tool_choice` must be one of none, auto, required, not `all`");
}

#[test]
fn domain_filters_keep_their_rules() {
    assert_snapshot!(told(&json!({ "search_domain_filter": ["a.example", "cz"] })), @"`search_domain_filter.1` must be a domain such as `a.example`, `.gov` or `a.example/path`, not `cz`");
    assert_snapshot!(told(&json!({ "search_domain_filter": ["a.example", "-b.example"] })), @"`search_domain_filter` must be all allowed or all denied (`-`) entries, not both");
    assert_snapshot!(told(&json!({ "search_domain_filter": vec!["a.example"; 21] })), @"`search_domain_filter` may have at most 20 entries, not 21");
    assert_snapshot!(told(&json!({ "image_domain_filter": vec!["a.example"; 11] })), @"`image_domain_filter` may have at most 10 entries, not 11");
}

#[test]
fn services_of_earlier_years_take_fewer_domains() {
    for (limit, count) in [
        (DomainLimit::Three, 3),
        (DomainLimit::Ten, 10),
        (DomainLimit::Twenty, 20),
    ] {
        let with = |count| request(&json!({ "search_domain_filter": vec!["a.example"; count] }));
        assert_eq!(with(count).check(limit), Ok(()));
        let invalid = with(count + 1).check(limit).unwrap_err();
        assert_eq!(invalid.field, "search_domain_filter");
    }
}

#[test]
fn times_keep_their_rules() {
    assert_snapshot!(told(&json!({ "search_after_date_filter": "2/30/2025" })), @"`search_after_date_filter` must be a day written MM/DD/YYYY, not 2/30/2025");
    assert_snapshot!(told(&json!({ "search_before_date_filter": "" })), @"`search_before_date_filter` must be a day written MM/DD/YYYY, not ");
    assert_snapshot!(told(&json!({ "last_updated_after_filter": "yesterday" })), @"`last_updated_after_filter` must be a day written MM/DD/YYYY, not yesterday");
    assert_snapshot!(told(&json!({ "last_updated_before_filter": "2025-01-01" })), @"`last_updated_before_filter` must be a day written MM/DD/YYYY, not 2025-01-01");
    assert_snapshot!(told(&json!({ "search_recency_filter": "week", "search_before_date_filter": "1/1/2025" })), @"`search_recency_filter` cannot stand beside `search_before_date_filter`: give one of them");
}

#[test]
fn places_and_languages_keep_their_rules() {
    let place = |place: Value| told(&json!({ "web_search_options": { "user_location": place } }));
    assert_snapshot!(place(json!({ "latitude": 91, "country": "DE" })), @"`web_search_options.user_location.latitude` must be -90 to 90, not 91");
    assert_snapshot!(place(json!({ "longitude": -181, "country": "DE" })), @"`web_search_options.user_location.longitude` must be -180 to 180, not -181");
    assert_snapshot!(place(json!({ "latitude": 48.1 })), @"`web_search_options.user_location.country` must stand beside `latitude` and `longitude`");
    assert_snapshot!(place(json!({ "country": "Germany" })), @"`web_search_options.user_location.country` must be a country as two letters (ISO 3166-1), such as `DE`");
    assert_snapshot!(told(&json!({ "search_language_filter": ["en", "EN"] })), @"`search_language_filter.1` must be a language as two lower-case letters (ISO 639-1), such as `en`");
    assert_snapshot!(told(&json!({ "search_language_filter": vec!["en"; 11] })), @"`search_language_filter` may have at most 10 entries, not 11");
    for name in ["", " ", "-en", "en\n", "en_US", "e1", &"a".repeat(65)] {
        assert_eq!(
            told(&json!({ "language_preference": name })),
            "`language_preference` must be a language, by its code or its name, such as `en` or `English`",
            "{name:?}"
        );
    }
    assert_snapshot!(told(&json!({ "response_formatting_locale": "e" })), @"`response_formatting_locale` must be a locale such as `de` or `es-MX`");
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
        let request = request(&json!({ "language_preference": name }));
        assert_eq!(request.check(DomainLimit::Three), Ok(()), "{name}");
    }
}

#[test]
fn forms_and_tools_keep_their_rules() {
    let schema = |format: Value| {
        told(&json!({ "response_format": { "type": "json_schema", "json_schema": format } }))
    };
    assert_snapshot!(schema(json!({ "schema": "any" })), @"`response_format.json_schema.schema` must be an object: a JSON schema");
    assert_snapshot!(schema(json!({ "schema": {}, "name": "a b" })), @"`response_format.json_schema.name` must be 1 to 64 letters, digits, `_` or `-`");
    assert_snapshot!(told(&json!({ "response_format": { "type": "regex", "regex": { "regex": "" } } })), @"`response_format.regex.regex` must hold a regular expression");
    assert_snapshot!(told(&json!({ "tools": [{ "type": "web" }] })), @"`tools.0.type` must be `function`");
    assert_snapshot!(told(&json!({ "tools": [{ "type": "function", "function": { "name": "f" } }] })), @"`tools.0.function.description` must be there and be a text");
}

#[test]
fn messages_take_turns_and_a_user_is_last() {
    let order = |roles: &[&str]| {
        let messages: Vec<Value> = roles
            .iter()
            .map(|role| json!({ "role": role, "content": "x" }))
            .collect();
        told(&json!({ "messages": messages }))
    };
    assert_snapshot!(order(&[]), @"`messages` must have at least one message");
    assert_snapshot!(order(&["user", "user"]), @"`messages.1.role` is out of turn: user (or tool) and assistant messages must alternate, a user's first");
    assert_snapshot!(order(&["system", "assistant", "user"]), @"`messages.1.role` is out of turn: user (or tool) and assistant messages must alternate, a user's first");
    assert_snapshot!(order(&["user", "system", "user"]), @"`messages.1.role` is out of place: system messages must come first");
    assert_snapshot!(order(&["user", "assistant"]), @"`messages.1.role` must be user (or tool): the last message is the one that is answered");
    assert_snapshot!(order(&["system"]), @"`messages.0.role` must be user (or tool): the last message is the one that is answered");
    assert_snapshot!(order(&["developer", "user"]), @"`messages.0.role` must be system, user, assistant or tool");
    for roles in ["u", "su", "ssu", "uau", "suau", "t", "uat"] {
        let messages: Vec<Value> = roles
            .chars()
            .map(|letter| match letter {
                's' => "system",
                'u' => "user",
                'a' => "assistant",
                _ => "tool",
            })
            .map(|role| json!({ "role": role, "content": "x" }))
            .collect();
        assert_eq!(
            request(&json!({ "messages": messages })).check(DomainLimit::Three),
            Ok(()),
            "{roles}"
        );
    }
}

#[test]
fn parts_keep_their_rules() {
    let part = |part: Value| told(&json!({ "messages": [{ "role": "user", "content": [part] }] }));
    assert_snapshot!(part(json!({ "type": "smell", "smell": 1 })), @"`messages.0.content.0.type` must be text, image_url, file_url, pdf_url or video_url");
    assert_snapshot!(part(json!({ "type": "image_url", "image_url": "x.png" })), @"`messages.0.content.0.image_url` must be an https address, or data:image/…;base64,… of a png, jpeg, webp or gif");
    assert_snapshot!(part(json!({ "type": "image_url", "image_url": { "url": "data:image/bmp;base64,AAAA" } })), @"`messages.0.content.0.image_url` must be an https address, or data:image/…;base64,… of a png, jpeg, webp or gif");
    assert_snapshot!(part(json!({ "type": "file_url", "file_url": { "url": "data:application/pdf;base64,AAAA" } })), @"`messages.0.content.0.file_url` must be bare base64, without `data:…;base64,` before it");
    assert_snapshot!(part(json!({ "type": "pdf_url", "pdf_url": "" })), @"`messages.0.content.0.pdf_url` must hold an address, or a file in base64");
    let file = json!({ "type": "file_url", "file_url": "AAAA" });
    assert_snapshot!(told(&json!({ "messages": [{ "role": "user", "content": vec![file; 31] }] })), @"`messages.0.content.30` is one file too many: a request may have 30");
    let large = format!("data:image/png;base64,{}", "A".repeat(70 * 1024 * 1024));
    assert_snapshot!(part(json!({ "type": "image_url", "image_url": large })), @"`messages.0.content.0.image_url` must be at most 50 MB");
}

#[test]
fn a_request_with_everything_set_is_accepted() {
    let messages = json!([
        { "role": "system", "content": "Be brief." },
        { "role": "user", "content": [
            { "type": "text", "text": "What is this?" },
            { "type": "image_url", "image_url": { "url": "data:image/jpeg;base64,AAAA" } },
            { "type": "file_url", "file_url": { "url": "AAAA" }, "file_name": "a.pdf" },
            { "type": "video_url", "video_url": { "url": "https://a.example/v", "frame_interval": 10 } },
        ] },
    ]);
    let sampling = json!({
        "max_tokens": 128_000, "temperature": 2, "top_p": 0, "top_k": 0, "presence_penalty": -2, "frequency_penalty": 0,
        "stop": ["END"], "n": 1, "stream": true, "stream_mode": "concise", "reasoning_effort": "minimal",
        "response_format": { "type": "json_schema", "json_schema": { "schema": {}, "name": "a-1" } },
        "tools": [{ "type": "function", "function": { "name": "f", "description": "d", "parameters": { "type": "object" } } }],
        "tool_choice": "auto", "parallel_tool_calls": false,
    });
    let search = json!({
        "search_mode": "web", "search_domain_filter": ["https://a.example", ".gov", "nature.com/articles"],
        "search_after_date_filter": "3/1/2025", "search_before_date_filter": "03/05/2025",
        "last_updated_after_filter": "03/01/2025", "last_updated_before_filter": "03/05/2025",
        "search_language_filter": ["en"], "language_preference": "en", "response_formatting_locale": "es_mx",
        "num_search_results": 5, "safe_search": true, "enable_search_classifier": false, "disable_search": false,
        "web_search_options": { "search_context_size": "high", "search_type": "auto",
            "user_location": { "latitude": 48.1, "longitude": 11.6, "country": "DE", "city": "München" } },
        "return_images": true, "image_domain_filter": ["-b.example"], "image_format_filter": ["png"], "num_images": 3,
        "media_response": { "overrides": { "return_videos": true } }, "return_related_questions": true,
    });
    let mut everything = json!({ "messages": messages });
    for fields in [sampling, search] {
        let fields = fields.as_object().unwrap().clone();
        everything.as_object_mut().unwrap().extend(fields);
    }
    let everything = request(&everything);
    assert_eq!(everything.check(DomainLimit::Three), Ok(()));
}
