//! The paths of the service: who may ask, and what each request does. Must leave words and forms to the other modules.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::{Path, Query, Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::response::Response;
use axum::routing::{get, post};
use futures_util::StreamExt;
use serde_json::{Value, json};
use uuid::Uuid;

use super::ask::Ask;
use super::events::{events, line};
use super::headers::of_the_edge;
use super::models::MODELS;
use super::record::Asked;
use super::refusal::Refusal;
use super::response::{Begun, Stage};
use super::state::{Inner, Open, unix_seconds};
use crate::{Reply, Trouble};

/// Longest body, as the service documents it.
const LONGEST_BODY: usize = 32 * 1024 * 1024;

type Shared = State<Arc<Inner>>;

pub(super) fn routes(inner: Arc<Inner>) -> Router {
    let mut routes = Router::new().route("/v1/models", get(models));
    for root in ["/v1/responses", "/v1/agent"] {
        routes = routes
            .route(root, post(create))
            .route(&format!("{root}/{{id}}"), get(look))
            .route(&format!("{root}/{{id}}/cancel"), post(cancel));
    }
    routes.fallback(missing).with_state(inner)
}

async fn create(State(inner): Shared, request: Request) -> Response {
    answered(&inner, request, |body| inner.begin(body)).await
}

async fn look(
    State(inner): Shared,
    Path(id): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
    request: Request,
) -> Response {
    answered(&inner, request, |_| inner.look(&id, &query)).await
}

async fn cancel(State(inner): Shared, Path(id): Path<String>, request: Request) -> Response {
    answered(&inner, request, |_| inner.cancel(&id)).await
}

async fn models(State(inner): Shared, request: Request) -> Response {
    answered(&inner, request, |_| {
        inner.record().calls.models += 1;
        Ok(Reply::json(200, &listed()))
    })
    .await
}

async fn missing(State(inner): Shared, request: Request) -> Response {
    answered(&inner, request, |_| Err(Refusal::not_found())).await
}

/// Takes a request, notes it, plays the trouble it is to meet, and answers it otherwise.
async fn answered(
    inner: &Arc<Inner>,
    request: Request,
    answer: impl FnOnce(Value) -> Result<Reply, Refusal>,
) -> Response {
    let (head, body) = request.into_parts();
    let bytes = to_bytes(body, LONGEST_BODY).await;
    let text = bytes
        .as_ref()
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let text = text.unwrap_or_default();
    let parsed = serde_json::from_str(&text);
    let whole = || match &parsed {
        Ok(value) => Value::clone(value),
        Err(_) if text.is_empty() => Value::Null,
        Err(_) => json!(text),
    };
    inner.record().remember(Asked {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: texts(&head.headers),
        body: whole(),
    });
    let trouble = inner.script.take();
    if matches!(trouble, Some(Trouble::Instead { .. })) {
        inner.record().calls.refused += 1;
        return Reply::json(500, &Value::Null).sent(trouble).await;
    }
    let reply = inner.admit(bearer(&head.headers)).and_then(|()| {
        if bytes.is_err() {
            return Err(Refusal::too_large());
        }
        match parsed {
            Err(error) if head.method == "POST" && !text.is_empty() => {
                Err(Refusal::invalid(format!("invalid request body: {error}")))
            }
            parsed => answer(parsed.unwrap_or_default()),
        }
    });
    let reply = reply.unwrap_or_else(|refusal| {
        inner.record().calls.refused += 1;
        refusal.reply()
    });
    let reply = inner.allowance().on(reply);
    let reply = match reply.headers.iter().any(|(name, _)| name == "x-request-id") {
        true => reply,
        false => of_the_edge(reply, &Uuid::new_v4().to_string()),
    };
    let open = inner.open();
    held(open, reply.sent(trouble).await)
}

/// Counts a stream as open until all of it was sent or its reader has gone.
fn held(open: Open, response: Response) -> Response {
    if response.body().size_hint().exact().is_some() {
        return response;
    }
    response.map(|body| {
        Body::from_stream(body.into_data_stream().inspect(move |_| {
            let _ = &open;
        }))
    })
}

impl Inner {
    fn begin(&self, body: Value) -> Result<Reply, Refusal> {
        let knows = |id: &str| self.runs().begun(id).is_some();
        let ask = Ask::read(body, knows)?;
        let (streams, background) = (ask.flag("stream"), ask.flag("background"));
        let run = self.next_run(&ask);
        let uuid = Uuid::new_v4().to_string();
        let begun = Begun::new(&uuid, &Uuid::new_v4().to_string(), ask, run);
        {
            let mut record = self.record();
            record.money += begun.cost();
            let counts = match (background, streams) {
                (true, _) => &mut record.calls.background,
                (false, true) => &mut record.calls.streamed,
                (false, false) => &mut record.calls.plain,
            };
            *counts += 1;
        }
        let events = || events(&begun, unix_seconds(), self.settings.unknown_events);
        let reply = if streams {
            self.stream(&events())
        } else if background {
            Reply::json(200, &begun.body(Stage::Queued, unix_seconds()))
        } else {
            let mut reply = Reply::json(200, &begun.body(Stage::Ended, unix_seconds()));
            // A reply in one piece is there when a stream would have ended.
            if !self.settings.pace.is_zero() {
                let pieces = u32::try_from(events().len()).unwrap_or(u32::MAX);
                reply.pause = self.settings.pace.saturating_mul(pieces);
            }
            reply
        };
        if begun.ask.stored() {
            self.runs().keep(begun);
        }
        Ok(of_the_edge(reply, &uuid))
    }

    fn stream(&self, events: &[Value]) -> Reply {
        Reply::events(events.iter().map(line).collect(), self.settings.pace)
    }

    fn look(&self, id: &str, query: &[(String, String)]) -> Result<Reply, Refusal> {
        self.record().calls.looks += 1;
        let value = |name: &str| {
            let found = query.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.as_str())
        };
        check_id(id)?;
        if value("stream") == Some("true") {
            let after = value("starting_after").and_then(|number| number.parse::<usize>().ok());
            return self.look_again(id, after);
        }
        let seen = self.runs().look(id, self.progress(), unix_seconds());
        seen.map(|body| Reply::json(200, &body))
            .ok_or_else(Refusal::not_found)
    }

    /// The rest of a stream, behind the event that the client saw last.
    fn look_again(&self, id: &str, after: Option<usize>) -> Result<Reply, Refusal> {
        let missing =
            || Refusal::invalid("validation failed: starting_after is required with stream");
        let after = after.ok_or_else(missing)?;
        let begun = self
            .runs()
            .begun(id)
            .cloned()
            .ok_or_else(Refusal::not_found)?;
        let events = events(&begun, unix_seconds(), self.settings.unknown_events);
        let rest = events.get(after + 1..);
        rest.map(|rest| self.stream(rest))
            .ok_or_else(|| Refusal::invalid("invalid request"))
    }

    fn cancel(&self, id: &str) -> Result<Reply, Refusal> {
        check_id(id)?;
        if !self.runs().cancel(id, self.progress()) {
            return Err(Refusal::invalid(
                "the run is already terminal and cannot be cancelled",
            ));
        }
        self.record().calls.cancelled += 1;
        let said = json!({"response_id": id, "status": "cancelling"});
        Ok(Reply::json(200, &said))
    }
}

fn check_id(id: &str) -> Result<(), Refusal> {
    let uuid = id.strip_prefix("resp_").map(Uuid::parse_str);
    match uuid {
        Some(Ok(_)) => Ok(()),
        _ => Err(Refusal::invalid("invalid response id")),
    }
}

fn listed() -> Value {
    let models = MODELS.iter().map(|model| {
        let mut listed = json!({
            "id": model.name,
            "object": "model",
            "created": 0,
            "owned_by": model.owner(),
            "pricing": {
                "input": model.input,
                "output": model.output,
                "cache_read": model.cache_read,
                "unit": "usd_per_1m_tokens",
            },
        });
        if let Some(price) = model.cache_write {
            listed["pricing"]["cache_write"] = json!(price);
        }
        listed
    });
    json!({"object": "list", "data": models.collect::<Vec<_>>()})
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix("Bearer ")
}

fn texts(headers: &HeaderMap) -> Vec<(String, String)> {
    let text =
        |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), text(value)))
        .collect()
}
