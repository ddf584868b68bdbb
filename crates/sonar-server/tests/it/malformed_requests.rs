//! Requests that are wrong in every way we could think of, as the bytes that go over the wire. Sends nothing itself.

use serde_json::{Value, json};

/// A request that is to be refused.
pub(crate) struct Malformed {
    /// What is wrong with it.
    pub(crate) what: String,
    /// What is sent.
    pub(crate) bytes: Vec<u8>,
    /// The status of the refusal.
    pub(crate) status: u16,
    /// Its name in the body; none where the request is no HTTP, and the refusal has no body.
    pub(crate) kind: Option<&'static str>,
}

/// All of them, for a server that takes bodies of up to so many bytes.
pub(crate) fn all(body_limit: usize) -> Vec<Malformed> {
    let kinds = [
        bodies(body_limit),
        fields(),
        conversations(),
        submissions(),
        addresses(),
        not_http(),
    ];
    kinds.into_iter().flatten().collect()
}

/// A request with this first line and body, after which the server is to close the connection.
fn request(line: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "{line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

fn to_chat(what: impl Into<String>, body: &[u8], status: u16, kind: &'static str) -> Malformed {
    Malformed {
        what: what.into(),
        bytes: request("POST /chat/completions", body),
        status,
        kind: Some(kind),
    }
}

/// Bodies that are no request at all.
fn bodies(body_limit: usize) -> Vec<Malformed> {
    let good = question(&json!({})).to_string();
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let bad: Vec<(&str, Vec<u8>)> = vec![
        ("no body", vec![]),
        ("white space", b" \r\n\t ".to_vec()),
        ("half an object", b"{\"model\":".to_vec()),
        (
            "something after the object",
            format!("{good}}}").into_bytes(),
        ),
        ("two objects", format!("{good}{good}").into_bytes()),
        ("a list", b"[]".to_vec()),
        ("null", b"null".to_vec()),
        ("a text", b"\"sonar\"".to_vec()),
        ("a number", b"7".to_vec()),
        ("single quotes", b"{'model':'sonar'}".to_vec()),
        ("a comment", format!("/* hello */{good}").into_bytes()),
        (
            "a byte order mark",
            [b"\xEF\xBB\xBF", good.as_bytes()].concat(),
        ),
        ("UTF-16", utf16),
        (
            "bytes that are no UTF-8",
            [b"{\"model\":\"".as_slice(), b"\xFF", b"\"}"].concat(),
        ),
        (
            "an overlong encoding",
            [b"{\"model\":\"".as_slice(), b"\xC0\xAF", b"\"}"].concat(),
        ),
        (
            "half a surrogate pair",
            good.replace("Why?", "\\ud800").into_bytes(),
        ),
        (
            "a control character in a text",
            good.replace("Why?", "a\u{7}b").into_bytes(),
        ),
        (
            "a number that is none",
            good.replace("\"sonar\"", "NaN").into_bytes(),
        ),
        (
            "a number beyond any",
            question(&json!({ "temperature": 1 }))
                .to_string()
                .replace(":1}", ":1e999}")
                .into_bytes(),
        ),
        (
            "lists in lists",
            ["[".repeat(100_000), "]".repeat(100_000)]
                .concat()
                .into_bytes(),
        ),
        (
            "objects in objects",
            ["{\"a\":".repeat(20_000), "1".to_owned(), "}".repeat(20_000)]
                .concat()
                .into_bytes(),
        ),
        ("a list without end", "[".repeat(body_limit).into_bytes()),
        (
            "far too many values",
            format!("[{}0]", "0,".repeat(300_000)).into_bytes(),
        ),
        ("zero bytes", vec![0; 10_000]),
        ("form data", b"model=sonar&messages=Why%3F".to_vec()),
    ];
    let mut bad: Vec<Malformed> = bad
        .into_iter()
        .map(|(what, body)| to_chat(what, &body, 400, "bad_request"))
        .collect();
    let long = question(&json!({ "user_original_query": "x".repeat(body_limit) }));
    bad.push(to_chat(
        "too long a body",
        long.to_string().as_bytes(),
        413,
        "payload_too_large",
    ));
    bad
}

fn question(fields: &Value) -> Value {
    let mut request =
        json!({ "model": "sonar", "messages": [{ "role": "user", "content": "Why?" }] });
    if let (Some(request), Some(fields)) = (request.as_object_mut(), fields.as_object()) {
        request.extend(fields.clone());
    }
    request
}

/// Good requests in which one field is wrong.
fn fields() -> Vec<Malformed> {
    let long = "x".repeat(100_000);
    let bad_type = [
        ("model", json!(null)),
        ("model", json!(7)),
        ("model", json!({})),
        ("messages", json!(null)),
        ("messages", json!("Why?")),
        ("messages", json!({})),
        ("messages", json!([])),
        ("messages", json!([7])),
        ("messages", json!([null])),
        ("messages", json!([[]])),
        ("temperature", json!("hot")),
        ("temperature", json!(-0.1)),
        ("temperature", json!(2.1)),
        ("temperature", json!(1e300)),
        ("top_p", json!(1.1)),
        ("top_k", json!(-1)),
        ("top_k", json!(1.5)),
        ("top_k", json!(u64::MAX)),
        ("presence_penalty", json!(3)),
        ("frequency_penalty", json!([])),
        ("max_tokens", json!(0)),
        ("max_tokens", json!(-5)),
        ("max_tokens", json!(1_000_000_000)),
        ("max_tokens", json!("many")),
        ("n", json!(0)),
        ("n", json!(11)),
        ("stream", json!("yes")),
        ("stream", json!(1)),
        ("stream_mode", json!("loud")),
        ("stop", json!(5)),
        ("stop", json!(["a", 5])),
        ("response_format", json!({ "type": "json_object" })),
        ("response_format", json!("text")),
        ("response_format", json!({ "type": "json_schema" })),
        (
            "response_format",
            json!({ "type": "json_schema", "json_schema": { "schema": [] } }),
        ),
        ("response_format", json!({ "type": "regex", "regex": {} })),
        ("search_mode", json!("news")),
        ("search_domain_filter", json!("a.example")),
        ("search_domain_filter", json!([7])),
        ("search_domain_filter", json!({})),
        ("search_recency_filter", json!("")),
        ("search_recency_filter", json!("decade")),
        ("search_after_date_filter", json!(20_250_101)),
        ("search_language_filter", json!("en")),
        ("search_language_filter", json!(["english"])),
        ("search_language_filter", json!(vec!["en"; 11])),
        ("num_search_results", json!(-1)),
        ("num_search_results", json!(1e9)),
        ("web_search_options", json!([])),
        (
            "web_search_options",
            json!({ "search_context_size": "huge" }),
        ),
        ("web_search_options", json!({ "search_type": 1 })),
        ("web_search_options", json!({ "user_location": [] })),
        (
            "web_search_options",
            json!({ "user_location": { "latitude": 91 } }),
        ),
        (
            "web_search_options",
            json!({ "user_location": { "longitude": "west" } }),
        ),
        ("reasoning_effort", json!("maximal")),
        ("return_images", json!("yes")),
        ("return_related_questions", json!([])),
        ("image_domain_filter", json!(vec!["a.example"; 11])),
        ("image_format_filter", json!(["bmp"])),
        ("num_images", json!("five")),
        ("media_response", json!([])),
        (
            "media_response",
            json!({ "overrides": { "return_videos": 1 } }),
        ),
        ("tools", json!({})),
        ("tools", json!([7])),
        ("tools", json!([{ "type": "function" }])),
        ("tool_choice", json!("always")),
        ("disable_search", json!("no")),
        ("safe_search", json!(0)),
    ];
    let bad_value = [
        ("model", json!(""), "invalid_model"),
        ("model", json!("gpt-5"), "invalid_model"),
        ("model", json!("SONAR"), "invalid_model"),
        (
            "model",
            json!("llama-3.1-sonar-small-128k-online"),
            "invalid_model",
        ),
        ("model", json!(long), "invalid_model"),
        ("max_tokens", json!(15), "invalid_parameter"),
        (
            "search_domain_filter",
            json!(vec!["a.example"; 21]),
            "invalid_search_domain_filter",
        ),
        (
            "search_domain_filter",
            json!(vec!["a.example"; 10_000]),
            "invalid_search_domain_filter",
        ),
        (
            "search_domain_filter",
            json!([""]),
            "invalid_search_domain_filter",
        ),
        (
            "search_domain_filter",
            json!(["cz"]),
            "invalid_search_domain_filter",
        ),
        (
            "search_domain_filter",
            json!(["127.0.0.1"]),
            "invalid_search_domain_filter",
        ),
        (
            "search_domain_filter",
            json!(["a b.example"]),
            "invalid_search_domain_filter",
        ),
        (
            "search_domain_filter",
            json!([long]),
            "invalid_search_domain_filter",
        ),
        (
            "search_domain_filter",
            json!(["a.example", "-b.example"]),
            "invalid_search_domain_filter",
        ),
        ("search_after_date_filter", json!(""), "invalid_date_format"),
        (
            "search_after_date_filter",
            json!("2025-01-01"),
            "invalid_date_format",
        ),
        (
            "search_before_date_filter",
            json!("2/30/2025"),
            "invalid_date_format",
        ),
        (
            "search_before_date_filter",
            json!("13/13/2013"),
            "invalid_date_format",
        ),
        (
            "last_updated_after_filter",
            json!("1/1/99999999999999999999"),
            "invalid_date_format",
        ),
        (
            "last_updated_after_filter",
            json!("0/0/0000"),
            "invalid_date_format",
        ),
        (
            "last_updated_before_filter",
            json!("١/١/٢٠٢٥"),
            "invalid_date_format",
        ),
        (
            "last_updated_before_filter",
            json!(long),
            "invalid_date_format",
        ),
        (
            "web_search_options",
            json!({ "user_location": { "latitude": 1, "longitude": 1 } }),
            "invalid_parameter",
        ),
    ];
    let recent = json!({ "search_recency_filter": "day", "search_before_date_filter": "1/1/2025" });
    let mut missing = question(&json!({}));
    missing
        .as_object_mut()
        .into_iter()
        .for_each(|fields| fields.retain(|name, _| name == "model"));
    let typed = bad_type
        .into_iter()
        .map(|(field, value)| (field, value, "bad_request"));
    let single = typed.chain(bad_value).map(|(field, value, kind)| {
        let told: String = value.to_string().chars().take(60).collect();
        let body = question(&json!({ field: value })).to_string();
        to_chat(format!("{field}: {told}"), body.as_bytes(), 400, kind)
    });
    single
        .chain([
            to_chat(
                "recency beside a date",
                question(&recent).to_string().as_bytes(),
                400,
                "invalid_parameter",
            ),
            to_chat(
                "no messages",
                missing.to_string().as_bytes(),
                400,
                "bad_request",
            ),
            to_chat("no fields", b"{}", 400, "bad_request"),
        ])
        .collect()
}

/// Messages that are out of order, or are no messages.
fn conversations() -> Vec<Malformed> {
    let turns = |letters: &str| {
        let role = |letter| match letter {
            's' => "system",
            'u' => "user",
            'a' => "assistant",
            _ => "tool",
        };
        let turn = |letter| json!({ "role": role(letter), "content": "x" });
        Value::from(letters.chars().map(turn).collect::<Vec<_>>())
    };
    let many = format!("{}uu", "ua".repeat(5_000));
    let out_of_order = [
        "uu",
        "usu",
        "sau",
        "a",
        "ua",
        "s",
        "ss",
        "ut",
        "uaau",
        many.as_str(),
    ];
    let orders = out_of_order.into_iter().map(|order| {
        let told: String = order.chars().take(20).collect();
        (format!("messages: {told}"), turns(order), "invalid_message")
    });
    let user = |content: Value| json!([{ "role": "user", "content": content }]);
    let shapes = [
        json!([{ "content": "x" }]),
        json!([{ "role": "user" }]),
        json!([{ "role": "robot", "content": "x" }]),
        json!([{ "role": null, "content": "x" }]),
        user(json!(7)),
        user(json!({ "type": "text", "text": "x" })),
        user(json!([7])),
        user(json!([{ "text": "x" }])),
        user(json!([{ "type": "smell" }])),
        user(json!([{ "type": "text", "text": 7 }])),
        user(json!([{ "type": "image_url", "image_url": null }])),
        user(json!([{ "type": "image_url", "image_url": { "link": "x" } }])),
        user(json!([{ "type": "video_url", "video_url": { "url": "x", "frame_interval": 0 } }])),
    ];
    let shapes = shapes
        .into_iter()
        .map(|messages| (format!("messages: {messages}"), messages, "bad_request"));
    orders
        .chain(shapes)
        .map(|(what, messages, kind)| {
            let body = question(&json!({ "messages": messages })).to_string();
            to_chat(what, body.as_bytes(), 400, kind)
        })
        .collect()
}

/// Requests for jobs.
fn submissions() -> Vec<Malformed> {
    let good = question(&json!({}));
    [
        (good.clone(), "bad_request"),
        (json!({ "request": null }), "bad_request"),
        (json!({ "request": [] }), "bad_request"),
        (
            json!({ "request": good, "idempotency_key": 7 }),
            "bad_request",
        ),
        (
            json!({ "request": good, "idempotency_key": "" }),
            "bad_request",
        ),
        (
            json!({ "request": good, "idempotency_key": "k".repeat(100_000) }),
            "bad_request",
        ),
        (
            json!({ "request": question(&json!({ "model": "gpt-5" })) }),
            "invalid_model",
        ),
    ]
    .into_iter()
    .map(|(body, kind)| Malformed {
        bytes: request("POST /async/chat/completions", body.to_string().as_bytes()),
        ..to_chat(
            format!(
                "job {}",
                body.to_string().chars().take(60).collect::<String>()
            ),
            b"",
            400,
            kind,
        )
    })
    .collect()
}

/// Paths, methods and queries.
fn addresses() -> Vec<Malformed> {
    let body = question(&json!({})).to_string();
    [
        ("GET /chat/completions", 405, "method_not_allowed"),
        (
            "DELETE /async/chat/completions/x",
            405,
            "method_not_allowed",
        ),
        ("BREW /chat/completions", 405, "method_not_allowed"),
        ("POST /healthz", 405, "method_not_allowed"),
        ("POST /v2/sonar", 404, "not_found"),
        ("POST /chat/completions/", 404, "not_found"),
        ("POST /chat/../chat/completions", 404, "not_found"),
        ("POST /%63hat/completions", 404, "not_found"),
        ("GET /documents/../../etc/passwd", 404, "not_found"),
        ("GET /documents/%00", 404, "not_found"),
        ("GET /async/chat/completions/%FF", 404, "not_found"),
        ("GET /async/chat/completions/%00", 404, "not_found"),
        ("GET /async/chat/completions/nothing", 404, "not_found"),
        ("GET /async/chat/completions?limit=0", 400, "bad_request"),
        ("GET /async/chat/completions?limit=many", 400, "bad_request"),
        (
            "GET /async/chat/completions?limit=99999999999999999999",
            400,
            "bad_request",
        ),
        (
            "GET /async/chat/completions?next_token=%00",
            400,
            "bad_request",
        ),
    ]
    .into_iter()
    .map(|(line, status, kind)| Malformed {
        what: line.to_owned(),
        bytes: request(line, body.as_bytes()),
        status,
        kind: Some(kind),
    })
    .collect()
}

/// Bytes that are no HTTP, or hardly any.
fn not_http() -> Vec<Malformed> {
    let post = "POST /chat/completions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n";
    let broken = |headers: &str| format!("{post}{headers}\r\n").into_bytes();
    let many = (0..200)
        .map(|n| format!("x-{n}: 1\r\n"))
        .collect::<String>();
    let refused_by_http: Vec<(&str, Vec<u8>, u16)> = vec![
        ("mail", b"EHLO there\r\n\r\n".to_vec(), 400),
        (
            "a TLS greeting",
            [
                b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".as_slice(),
                &[0; 40],
                b"\r\n\r\n",
            ]
            .concat(),
            400,
        ),
        (
            "a version that does not exist",
            b"GET / HTTP/9.9\r\n\r\n".to_vec(),
            400,
        ),
        ("no version", b"GET /\r\n\r\n".to_vec(), 400),
        ("a header without a name", broken(": x\r\n"), 400),
        ("a header with a zero byte", broken("x: a\0b\r\n"), 400),
        ("a space in a header's name", broken("x y: 1\r\n"), 400),
        (
            "a length that is no number",
            broken("content-length: many\r\n"),
            400,
        ),
        ("a negative length", broken("content-length: -1\r\n"), 400),
        (
            "a length beyond any",
            broken("content-length: 99999999999999999999999\r\n"),
            400,
        ),
        (
            "two lengths",
            broken("content-length: 1\r\ncontent-length: 2\r\n"),
            400,
        ),
        (
            "an encoding that is not known",
            broken("transfer-encoding: cuneiform\r\n"),
            400,
        ),
        ("two hundred headers", broken(&many), 431),
        (
            "an address without end",
            format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(70_000)).into_bytes(),
            414,
        ),
    ];
    let chunked =
        |chunks: &str| format!("{post}transfer-encoding: chunked\r\n\r\n{chunks}").into_bytes();
    let refused_by_us: Vec<(&str, Vec<u8>)> = vec![
        (
            "a chunk whose size is no number",
            chunked("zz\r\n{}\r\n0\r\n\r\n"),
        ),
        (
            "a chunk whose size is beyond any",
            chunked("ffffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
        ),
        (
            "a chunk that is longer than it says",
            chunked("1\r\n{}\r\n0\r\n\r\n"),
        ),
        ("chunks of nothing", chunked("0\r\n\r\n")),
        (
            "chunks that make no JSON",
            chunked("1\r\n{\r\n1\r\n{\r\n0\r\n\r\n"),
        ),
        (
            "a length beside chunks",
            format!(
                "{post}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{{\r\n0\r\n\r\n"
            )
            .into_bytes(),
        ),
        (
            "a key that is no text",
            [
                broken("authorization: Bearer \u{e9}\r\ncontent-length: 2\r\n"),
                b"{}".to_vec(),
            ]
            .concat(),
        ),
    ];
    let http = refused_by_http
        .into_iter()
        .map(|(what, bytes, status)| Malformed {
            what: what.to_owned(),
            bytes,
            status,
            kind: None,
        });
    let us = refused_by_us.into_iter().map(|(what, bytes)| Malformed {
        what: what.to_owned(),
        bytes,
        status: 400,
        kind: Some("bad_request"),
    });
    http.chain(us).collect()
}
