//! A server that bridges to a stand-in of the Agent API, and what passes through it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use sonar::{ChatCompletion, Error, StreamReader};
use sonar_server::engines::agent::{AgentEngine, AgentSettings};
use sonar_server::{Server, ServerSettings};
use stand_ins::agent::{AgentApi, AgentSettings as ApiSettings};

use crate::scripted::{post, start};

pub(crate) const WHY: &str = "Why is the sky blue?";

/// The bridge with the service behind it.
pub(crate) struct Bridge {
    pub(crate) api: AgentApi,
    pub(crate) server: Server,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Bridge {
    pub(crate) async fn new() -> Self {
        Self::told(|_| {}).await
    }

    /// A bridge with other settings than the usual.
    pub(crate) async fn told(set: impl FnOnce(&mut AgentSettings)) -> Self {
        Self::between(ApiSettings::default(), set, ServerSettings::default()).await
    }

    /// The usual service behind a server with these settings.
    pub(crate) async fn serving(
        server: ServerSettings,
        set: impl FnOnce(&mut AgentSettings),
    ) -> Self {
        Self::between(ApiSettings::default(), set, server).await
    }

    pub(crate) async fn between(
        api: ApiSettings,
        set: impl FnOnce(&mut AgentSettings),
        server: ServerSettings,
    ) -> Self {
        let api = AgentApi::start(api).await.unwrap();
        let server = start(engine(&api, set), server).await;
        Self { api, server }
    }

    /// Asks [`WHY`] with these fields set.
    pub(crate) async fn asked(&self, fields: Value) -> Reply {
        let reply = post(&self.server, &request(fields)).await;
        Reply {
            status: reply.status().as_u16(),
            headers: reply.headers().clone(),
            body: reply.json().await.unwrap(),
        }
    }

    /// The same, and what the service was sent. Nothing was ignored.
    pub(crate) async fn sends(&self, fields: Value) -> Value {
        let reply = self.asked(fields.clone()).await;
        assert_eq!(reply.status, 200, "{fields}: {}", reply.body);
        assert_eq!(reply.header("x-sonar-ignored"), None, "{fields}");
        self.api.bodies().pop().unwrap()
    }

    /// The fields are named as ignored, in this order, and the service is sent what it is sent without them.
    pub(crate) async fn ignores(&self, fields: Value, names: &str) {
        let usual = self.sends(json!({})).await;
        let reply = self.asked(fields.clone()).await;
        assert_eq!(reply.status, 200, "{fields}: {}", reply.body);
        assert_eq!(reply.header("x-sonar-ignored"), Some(names), "{fields}");
        assert_eq!(self.api.bodies().pop().unwrap(), usual, "{fields}");
    }

    /// The request is refused with a message that names the field, and the service is asked nothing.
    pub(crate) async fn refuses(&self, fields: Value, field: &str) {
        let before = self.api.calls();
        let reply = self.asked(fields.clone()).await;
        assert_eq!(reply.status, 400, "{fields}: {}", reply.body);
        let error = &reply.body["error"];
        assert_eq!(error["type"], "unsupported_parameter", "{fields}");
        let begins = format!("The Agent API has no counterpart for '{field}'. ");
        let message = error["message"].as_str().unwrap();
        assert!(message.starts_with(&begins), "{fields}: {message}");
        assert_eq!(self.api.calls(), before, "{fields}");
    }
}

/// An engine that asks the stand-in, and looks at jobs often.
pub(crate) fn engine(api: &AgentApi, set: impl FnOnce(&mut AgentSettings)) -> Arc<AgentEngine> {
    let mut settings = AgentSettings {
        base_url: api.url(),
        looks: (Duration::from_millis(1), Duration::from_millis(5)),
        ..AgentSettings::new("test-key".into())
    };
    set(&mut settings);
    Arc::new(AgentEngine::new(settings).unwrap())
}

/// [`WHY`] with these fields set.
pub(crate) fn request(fields: Value) -> Value {
    let mut request = json!({ "model": "sonar", "messages": [{ "role": "user", "content": WHY }] });
    if let (Value::Object(request), Value::Object(fields)) = (&mut request, fields) {
        request.extend(fields);
    }
    request
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        self.body["choices"][0]["message"]["content"]
            .as_str()
            .unwrap()
    }

    pub(crate) fn citations(&self) -> Vec<&str> {
        let citations = self.body["citations"].as_array().unwrap().iter();
        citations.map(|url| url.as_str().unwrap()).collect()
    }
}

/// The pieces of a streamed answer, and the error that ends it if one does.
pub(crate) async fn pieces(
    server: &Server,
    request: &Value,
) -> (Vec<ChatCompletion>, Option<Error>) {
    let reply = post(server, request).await;
    assert_eq!(reply.status(), 200, "{}", reply.text().await.unwrap());
    let body = reply.bytes().await.unwrap();
    let (mut reader, mut pieces) = (StreamReader::new(), Vec::new());
    let read = reader.push(&body, &mut pieces);
    let ended = match read {
        Ok(()) => reader.finish(&mut pieces),
        failed => failed,
    };
    (pieces, ended.err())
}

/// The pieces of an answer that is complete.
pub(crate) async fn stream(server: &Server, request: &Value) -> Vec<ChatCompletion> {
    let (pieces, error) = pieces(server, request).await;
    assert!(error.is_none(), "{error:?}");
    pieces
}
