//! What every request meets before it is answered: paths, methods, keys, played troubles, rates, and the order of checks.

use std::num::NonZeroU32;

use reqwest::Method;
use serde_json::{Map, Value, json};
use sonar_server::{Pretend, Server, ServerSettings};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::scripted::{Scripted, answer, answering, asking, http, post, start, url};

/// Every path of the protocol with a method it takes.
const CALLS: [(&str, &str); 12] = [
    ("POST", "/chat/completions"),
    ("POST", "/v1/chat/completions"),
    ("POST", "/v1/sonar"),
    ("POST", "/async/chat/completions"),
    ("POST", "/v1/async/chat/completions"),
    ("POST", "/v1/async/sonar"),
    ("GET", "/async/chat/completions"),
    ("GET", "/v1/async/chat/completions"),
    ("GET", "/v1/async/sonar"),
    ("GET", "/async/chat/completions/x"),
    ("GET", "/v1/async/chat/completions/x"),
    ("GET", "/v1/async/sonar/x"),
];

async fn call(server: &Server, method: &str, path: &str) -> reqwest::Response {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let request = http().request(method, url(server, path));
    request.json(&asking(json!({}))).send().await.unwrap()
}

async fn playing(trouble: Pretend) -> Server {
    let settings = ServerSettings {
        pretend: vec![trouble],
        ..ServerSettings::default()
    };
    start(Scripted::playing(answer()), settings).await
}

fn number(reply: &reqwest::Response, header: &str) -> i64 {
    reply.headers()[header].to_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_played_trouble_stands_on_every_path_word_for_word() {
    let retired = "Sonar is now the Agent API. Use /v1/responses instead of /v1/sonar. Migrate here: https://docs.perplexity.ai/docs/agent-api/migrate-from-sonar/overview";
    for (trouble, status, kind, message) in [
        (
            Pretend::Retired,
            403,
            "chat_completions_not_available",
            retired,
        ),
        (
            Pretend::MigrationRequired,
            403,
            "agent_api_migration_required",
            retired,
        ),
        (
            Pretend::OutOfCredit,
            401,
            "insufficient_quota",
            "You exceeded your current quota, please check your plan and billing details. For more information, visit https://www.perplexity.ai/settings/api.",
        ),
        (
            Pretend::RateLimited,
            429,
            "request_rate_limit_exceeded",
            "Request rate limit exceeded, please try again later.",
        ),
    ] {
        let server = playing(trouble).await;
        for (method, path) in CALLS {
            let reply = call(&server, method, path).await;
            assert_eq!(reply.status(), status, "{method} {path}");
            let waits = reply
                .headers()
                .get("retry-after")
                .map(|value| value.to_str().unwrap());
            assert_eq!(waits, (status == 429).then_some("1"));
            let remaining = number(&reply, "x-ratelimit-remaining");
            assert_eq!(remaining == 0, status == 429, "{method} {path}");
            let used = number(&reply, "x-ratelimit-used");
            assert_eq!(remaining + used, 6000, "{method} {path}");
            let body: Value = reply.json().await.unwrap();
            assert_eq!(
                body,
                json!({ "error": { "message": message, "type": kind, "code": status } })
            );
        }
        let health = call(&server, "GET", "/healthz").await;
        assert_eq!(health.status(), 200, "the server itself is well");
    }
}

#[tokio::test]
async fn every_reply_tells_how_the_visitor_stands() {
    let server = answering().await;
    let mut counted = [0, 0];
    for (method, path) in CALLS {
        let reply = call(&server, method, path).await;
        let [limit, remaining, used] = ["limit", "remaining", "used"]
            .map(|what| number(&reply, &format!("x-ratelimit-{what}")));
        assert_eq!((limit, remaining + used), (6000, 6000), "{method} {path}");
        let counted = &mut counted[usize::from(method == "POST")];
        *counted += 1;
        assert!(
            (1..=*counted).contains(&used),
            "asking and looking are counted apart: {used} of {counted}"
        );
        assert!(number(&reply, "x-ratelimit-reset") > 1_700_000_000);
        assert!(reply.headers().contains_key("x-request-id"));
    }
    for (method, path) in [("GET", "/nowhere"), ("DELETE", "/chat/completions")] {
        let reply = call(&server, method, path).await;
        assert!(
            reply.headers().contains_key("x-ratelimit-limit"),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn whoever_asks_too_often_is_told_when_to_come_back_and_nobody_else_is_held_up() {
    let settings = ServerSettings {
        keys: vec!["alice".into(), "bob".into()],
        requests_a_minute: NonZeroU32::new(2).unwrap(),
        ..ServerSettings::default()
    };
    let server = start(Scripted::playing(answer()), settings).await;
    let ask = async |key: &str| {
        let request = http()
            .post(url(&server, "/chat/completions"))
            .bearer_auth(key);
        request.json(&asking(json!({}))).send().await.unwrap()
    };
    for (remaining, used) in [(1, 1), (0, 2)] {
        let reply = ask("alice").await;
        assert_eq!(reply.status(), 200);
        assert_eq!(
            (
                number(&reply, "x-ratelimit-remaining"),
                number(&reply, "x-ratelimit-used")
            ),
            (remaining, used)
        );
    }
    let reply = ask("alice").await;
    assert_eq!(reply.status(), 429);
    let wait = number(&reply, "retry-after");
    assert!(
        (1..=30).contains(&wait),
        "a third fits in at the latest after half a minute: {wait}"
    );
    let body: Value = reply.json().await.unwrap();
    assert_eq!(body["error"]["type"], "request_rate_limit_exceeded");

    assert_eq!(ask("bob").await.status(), 200);
    assert_eq!(
        ask("mallory").await.status(),
        401,
        "a wrong key is told before any rate"
    );
    let list = http()
        .get(url(&server, "/async/chat/completions"))
        .bearer_auth("alice");
    assert_eq!(
        list.send().await.unwrap().status(),
        200,
        "looking at jobs is counted apart"
    );
}

#[tokio::test]
async fn methods_and_paths_are_taken_to_the_letter() {
    let server = answering().await;
    for (method, path, status, allow) in [
        ("OPTIONS", "/chat/completions", 405, Some("POST")),
        ("HEAD", "/chat/completions", 405, Some("POST")),
        ("DELETE", "/async/chat/completions/x", 405, Some("GET,HEAD")),
        ("PUT", "/async/chat/completions", 405, Some("GET,HEAD,POST")),
        ("HEAD", "/async/chat/completions", 200, None),
        ("POST", "/chat/completions/", 404, None),
        ("POST", "//chat/completions", 404, None),
        ("POST", "/CHAT/completions", 404, None),
        ("POST", "/chat/completions?api-version=1", 200, None),
        ("GET", "/", 404, None),
    ] {
        let reply = call(&server, method, path).await;
        assert_eq!(reply.status(), status, "{method} {path}");
        let allowed = reply
            .headers()
            .get("allow")
            .map(|value| value.to_str().unwrap());
        let sorted = |text: &str| {
            let mut methods: Vec<_> = text.split(',').collect();
            methods.sort_unstable();
            methods.join(",")
        };
        assert_eq!(allowed.map(sorted).as_deref(), allow, "{method} {path}");
    }
}

#[tokio::test]
async fn no_page_of_another_origin_may_read_what_is_answered() {
    let server = answering().await;
    let request = http()
        .post(url(&server, "/chat/completions"))
        .header("origin", "https://evil.example");
    let reply = request.json(&asking(json!({}))).send().await.unwrap();
    let told = reply
        .headers()
        .keys()
        .any(|name| name.as_str().starts_with("access-control-"));
    assert!(!told, "{:?}", reply.headers());
}

#[tokio::test]
async fn a_refused_request_leaves_its_connection_usable() {
    let server = playing(Pretend::Retired).await;
    let mut stream = BufReader::new(TcpStream::connect(server.address()).await.unwrap());
    let body = "x".repeat(1_000_000);
    for (path, expected) in [
        ("/chat/completions", "HTTP/1.1 403"),
        ("/nowhere", "HTTP/1.1 404"),
        ("/healthz", "HTTP/1.1 405"),
        ("/chat/completions", "HTTP/1.1 403"),
    ] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body.as_bytes()).await.unwrap();
        let head = head_of_reply(&mut stream).await;
        assert!(head.starts_with(expected), "{head}");
        assert!(!head.contains("connection: close"), "{head}");
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.unwrap().trim().parse().unwrap();
        stream.read_exact(&mut vec![0; length]).await.unwrap();
    }
}

async fn head_of_reply(stream: &mut BufReader<TcpStream>) -> String {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(
            stream.read_line(&mut head).await.unwrap(),
            0,
            "it hung up after {head:?}"
        );
    }
    head
}

/// A request that is about to be made wrong, with the server it goes to.
struct Ask {
    method: Method,
    path: &'static str,
    key: &'static str,
    pretend: Vec<Pretend>,
    fields: Map<String, Value>,
    after: String,
}

/// A fault, the name of the refusal it earns, and how to bring it about.
type Fault = (&'static str, fn(&mut Ask));

fn set(ask: &mut Ask, name: &str, value: Value) {
    ask.fields.insert(name.to_owned(), value);
}

/// The faults in the order in which the protocol checks for them.
const FAULTS: [Fault; 18] = [
    ("not_found", |ask| ask.path = "/nowhere"),
    ("method_not_allowed", |ask| ask.method = Method::PATCH),
    ("invalid_api_key", |ask| ask.key = "wrong"),
    ("insufficient_quota", |ask| {
        ask.pretend.push(Pretend::OutOfCredit)
    }),
    ("chat_completions_not_available", |ask| {
        ask.pretend.push(Pretend::Retired)
    }),
    ("request_rate_limit_exceeded", |ask| {
        ask.pretend.push(Pretend::RateLimited)
    }),
    ("payload_too_large", |ask| {
        ask.after.push_str(&" ".repeat(4000))
    }),
    (r#"bad_request["At body: Invalid JSON"]"#, |ask| {
        ask.after.push('}')
    }),
    (
        r#"bad_request["At body -> temperature: Input should be a valid number"]"#,
        |ask| set(ask, "temperature", json!("hot")),
    ),
    ("invalid_model", |ask| set(ask, "model", json!("gpt-5"))),
    ("invalid_parametermax_tokens", |ask| {
        set(ask, "max_tokens", json!(1))
    }),
    ("invalid_search_domain_filter", |ask| {
        set(ask, "search_domain_filter", json!(["cz"]))
    }),
    ("invalid_date_format", |ask| {
        set(ask, "last_updated_after_filter", json!("2025-01-01"))
    }),
    ("invalid_parametersearch_recency_filter", |ask| {
        set(ask, "search_recency_filter", json!("day"));
        set(ask, "search_after_date_filter", json!("1/1/2025"));
    }),
    (
        "invalid_parameterweb_search_options.user_location.country",
        |ask| {
            set(
                ask,
                "web_search_options",
                json!({ "user_location": { "latitude": 1 } }),
            );
        },
    ),
    ("unsupported_parameterdisable_search", |ask| {
        set(ask, "disable_search", json!(true))
    }),
    ("invalid_messageAfter", |ask| {
        let turn = json!({ "role": "assistant", "content": "x" });
        set(ask, "messages", json!([turn, turn]));
    }),
    ("invalid_messageLast", |ask| {
        let turn = |role: &str| json!({ "role": role, "content": "x" });
        set(ask, "messages", json!([turn("user"), turn("assistant")]));
    }),
];

/// What is told of a request with these faults: the name of the refusal and its sentence, in one.
async fn told(faults: &[&Fault]) -> String {
    let mut ask = Ask {
        method: Method::POST,
        path: "/chat/completions",
        key: "right",
        pretend: Vec::new(),
        fields: asking(json!({})).as_object().unwrap().clone(),
        after: String::new(),
    };
    // The later fault first, so that the earlier one stands where both touch the same field.
    for (_, bring_about) in faults.iter().rev() {
        bring_about(&mut ask);
    }
    let settings = ServerSettings {
        keys: vec!["right".into()],
        pretend: ask.pretend,
        body_limit: 2000,
        ..ServerSettings::default()
    };
    let server = start(Scripted::playing(answer()), settings).await;
    let body = format!("{}{}", Value::Object(ask.fields), ask.after);
    let request = http()
        .request(ask.method, url(&server, ask.path))
        .bearer_auth(ask.key);
    let reply: Value = request
        .body(body)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let error = &reply["error"];
    format!(
        "{}{}",
        error["type"].as_str().unwrap(),
        error["message"].as_str().unwrap()
    )
}

#[tokio::test]
async fn of_two_faults_the_one_that_is_checked_first_is_told() {
    for (place, first) in FAULTS.iter().enumerate() {
        assert!(
            told(&[first]).await.starts_with(first.0),
            "{} alone",
            first.0
        );
        for second in FAULTS.iter().skip(place + 1) {
            let told = told(&[first, second]).await;
            assert!(
                told.starts_with(first.0),
                "{} before {}: {told}",
                first.0,
                second.0
            );
        }
    }
}

#[tokio::test]
async fn a_request_without_any_fault_is_answered() {
    let server = answering().await;
    assert_eq!(post(&server, &asking(json!({}))).await.status(), 200);
}
