//! How a text is put on the wire: whole or streamed, in the manners of different servers. Must change no character of it.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::model::Said;
use crate::Reply;

/// How streams are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// Whether a stream ends with `data: [DONE]`.
    pub done: bool,
    /// Whether every delta names the role, not the first alone.
    pub role_everywhere: bool,
    /// Whether lines end with CR LF.
    pub crlf: bool,
    /// Whether the usage is told when asked for.
    pub usage: bool,
    /// Whether comment lines stand between the events.
    pub comments: bool,
    /// Whether thoughts come before the text, in a field of their own.
    pub reasoning_content: bool,
    /// Whether a stream is answered with a whole reply, as servers do that cannot stream.
    pub never_streams: bool,
    /// Characters of a delta, at least 1.
    pub piece: usize,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            done: true,
            role_everywhere: false,
            crlf: false,
            usage: true,
            comments: false,
            reasoning_content: false,
            never_streams: false,
            piece: 7,
        }
    }
}

/// What a server thinks in a field of its own.
const THOUGHTS: [&str; 2] = ["The reader asks ", "about [9]."];

impl Manner {
    pub(super) fn reply(
        self,
        request: &Value,
        said: &Said,
        usage: &Value,
        pause: Duration,
    ) -> Reply {
        if request["stream"] == true && !self.never_streams {
            Reply::events(self.events(request, said, usage), pause)
        } else {
            Reply::json(200, &self.whole(request, said, usage))
        }
    }

    fn whole(self, request: &Value, said: &Said, usage: &Value) -> Value {
        let mut message = json!({ "role": "assistant", "content": said.text });
        if self.reasoning_content {
            message["reasoning_content"] = json!(THOUGHTS.concat());
        }
        let choice = json!({ "index": 0, "message": message, "finish_reason": said.finish });
        let mut whole = head(request, "chat.completion");
        whole.insert("choices".to_owned(), json!([choice]));
        if self.usage {
            whole.insert("usage".to_owned(), usage.clone());
        }
        Value::Object(whole)
    }

    fn events(self, request: &Value, said: &Said, usage: &Value) -> Vec<String> {
        let mut deltas = vec![json!({ "role": "assistant", "content": "" })];
        if self.reasoning_content {
            deltas.extend(
                THOUGHTS.map(|thought| json!({ "content": null, "reasoning_content": thought })),
            );
        }
        let letters: Vec<char> = said.text.chars().collect();
        for piece in letters.chunks(self.piece.max(1)) {
            let mut delta = json!({ "content": piece.iter().collect::<String>() });
            if self.role_everywhere {
                delta["role"] = json!("assistant");
            }
            deltas.push(delta);
        }
        let mut events: Vec<String> = deltas
            .into_iter()
            .map(|delta| self.event(&chunk(request, &delta, None)))
            .collect();
        let Some(finish) = said.finish else {
            return events;
        };
        events.push(self.event(&chunk(request, &json!({}), Some(finish))));
        if self.usage && request["stream_options"]["include_usage"] == true {
            let mut last = head(request, "chat.completion.chunk");
            last.insert("choices".to_owned(), json!([]));
            last.insert("usage".to_owned(), usage.clone());
            events.push(self.event(&Value::Object(last)));
        }
        if self.done {
            events.push(self.line("data: [DONE]"));
        }
        events
    }

    fn event(self, data: &Value) -> String {
        let comment = if self.comments { ": waiting" } else { "" };
        let event = self.line(&format!("data: {data}"));
        if comment.is_empty() {
            event
        } else {
            format!("{}{event}", self.line(comment))
        }
    }

    /// A line and the empty one after it.
    fn line(self, line: &str) -> String {
        let end = if self.crlf { "\r\n" } else { "\n" };
        format!("{line}{end}{end}")
    }
}

fn head(request: &Value, object: &str) -> Map<String, Value> {
    let head = json!({
        "id": "chatcmpl-1", "object": object, "created": 1_760_000_000, "model": request["model"],
        "system_fingerprint": "fp_stand_in",
    });
    head.as_object().cloned().unwrap_or_default()
}

fn chunk(request: &Value, delta: &Value, finish: Option<&str>) -> Value {
    let choice = json!({ "index": 0, "delta": delta, "logprobs": null, "finish_reason": finish });
    let mut chunk = head(request, "chat.completion.chunk");
    chunk.insert("choices".to_owned(), json!([choice]));
    Value::Object(chunk)
}
