//! A run as the events of a stream, in the service's order. Must not send them.

use serde_json::{Value, json};

use super::response::{Begun, Stage};
use super::run::{End, Step, message_id, message_item};

/// The events of a run, numbered from 0. With `noise`, one among them is of a type that nobody knows yet.
pub(super) fn events(begun: &Begun, now: i64, noise: bool) -> Vec<Value> {
    let mut told = Events {
        begun,
        events: Vec::new(),
        outputs: 0,
        messages: 0,
        open: None,
        thinking: false,
    };
    told.begin(now, noise);
    for step in &begun.run.steps {
        told.step(step);
    }
    told.close_message();
    told.stop_thinking();
    told.end(now);
    let numbered = told
        .events
        .into_iter()
        .enumerate()
        .map(|(number, mut event)| {
            if let Value::Object(fields) = &mut event {
                fields
                    .entry("sequence_number")
                    .or_insert_with(|| json!(number));
            }
            event
        });
    numbered.collect()
}

struct Events<'a> {
    begun: &'a Begun,
    events: Vec<Value>,
    /// How many items there were.
    outputs: usize,
    messages: usize,
    /// The text of the message that is being written, and its index.
    open: Option<(String, usize)>,
    thinking: bool,
}

impl Events<'_> {
    fn tell(&mut self, kind: &str, mut fields: Value) {
        fields["type"] = json!(kind);
        self.events.push(fields);
    }

    fn begin(&mut self, now: i64, noise: bool) {
        let body = self.begun.body(Stage::InProgress, now);
        let mut created = body;
        created["output"] = json!([]);
        self.tell("response.created", json!({ "response": created }));
        self.tell("response.in_progress", json!({"response": null}));
        if noise {
            self.tell(
                "response.weather.changed",
                json!({"response": null, "item": null, "delta": 7}),
            );
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Found(item) => self.found(item),
            Step::Item(item) => {
                let at = self.next_output();
                self.tell(
                    "response.output_item.done",
                    json!({"item": item, "output_index": at}),
                );
            }
            Step::Untold(_) => {
                self.next_output();
            }
            Step::Text(piece) => self.write(piece),
            Step::NextMessage => self.close_message(),
            Step::Event(event) => self.events.push(event.clone()),
        }
    }

    fn found(&mut self, item: &Value) {
        self.next_output();
        if !self.thinking {
            self.thinking = true;
            self.tell("response.reasoning.started", json!({"thought": null}));
        }
        match item["type"].as_str() {
            Some("fetch_url_results") => {
                let contents = &item["contents"];
                let urls = contents.as_array().into_iter().flatten();
                let urls: Vec<&Value> = urls.map(|page| &page["url"]).collect();
                self.tell(
                    "response.reasoning.fetch_url_queries",
                    json!({ "urls": urls, "thought": null }),
                );
                self.tell(
                    "response.reasoning.fetch_url_results",
                    json!({ "contents": contents, "thought": null }),
                );
            }
            Some("image_search_results") => {
                let call = format!("call_{}", self.outputs);
                self.tell(
                    "response.reasoning.image_search_queries",
                    json!({"call_id": call, "queries": item["queries"]}),
                );
                self.tell(
                    "response.reasoning.image_search_results",
                    json!({"call_id": call, "results": item["results"], "usage": null}),
                );
            }
            Some("search_results") => {
                if !item["queries"].is_null() {
                    self.tell(
                        "response.reasoning.search_queries",
                        json!({"queries": item["queries"], "thought": null}),
                    );
                }
                self.tell(
                    "response.reasoning.search_results",
                    json!({"results": item["results"], "thought": null, "usage": null}),
                );
            }
            _ => {
                let at = self.outputs - 1;
                self.tell(
                    "response.output_item.done",
                    json!({"item": item, "output_index": at}),
                );
            }
        }
    }

    fn stop_thinking(&mut self) {
        if self.thinking {
            self.thinking = false;
            self.tell("response.reasoning.stopped", json!({"thought": null}));
        }
    }

    fn write(&mut self, piece: &str) {
        self.stop_thinking();
        let id = message_id(&self.begun.message, self.messages);
        if self.open.is_none() {
            let at = self.next_output();
            self.open = Some((String::new(), at));
            let item = message_item(&id, "", "in_progress");
            self.tell(
                "response.output_item.added",
                json!({"item": item, "output_index": at}),
            );
        }
        if let Some((text, at)) = &mut self.open {
            text.push_str(piece);
            let delta =
                json!({"delta": piece, "item_id": id, "output_index": at, "content_index": 0});
            self.tell("response.output_text.delta", delta);
        }
    }

    fn close_message(&mut self) {
        let Some((text, at)) = self.open.take() else {
            return;
        };
        let id = message_id(&self.begun.message, self.messages);
        self.messages += 1;
        // A stream that breaks off says nothing of what it wrote.
        if matches!(self.begun.run.end, End::Nothing | End::Error(_)) {
            return;
        }
        self.tell(
            "response.output_text.done",
            json!({"text": text, "item_id": id, "output_index": at, "content_index": 0}),
        );
        let item = message_item(&id, &text, "completed");
        self.tell(
            "response.output_item.done",
            json!({"item": item, "output_index": at}),
        );
    }

    fn end(&mut self, now: i64) {
        let mut response = self.begun.body(Stage::Ended, now);
        if self.begun.ask.body["stream_options"]["include_usage"] == false {
            response["usage"] = Value::Null;
        }
        let error = self.begun.error(Stage::Ended);
        match &self.begun.run.end {
            End::Completed => self.tell("response.completed", json!({ "response": response })),
            End::Incomplete(_) => self.tell("response.incomplete", json!({ "response": response })),
            End::Cancelled => self.tell("response.cancelled", json!({ "response": response })),
            End::Failed(..) => {
                self.tell("response.failed", json!({"response": null, "error": error}))
            }
            End::Error(_) => self.tell("error", json!({ "error": error })),
            End::Other(status) => self.tell(
                &format!("response.{status}"),
                json!({ "response": response }),
            ),
            End::Nothing => {}
        }
    }

    fn next_output(&mut self) -> usize {
        self.outputs += 1;
        self.outputs - 1
    }
}

/// An event as it is sent: one line of data, and an empty one.
pub(super) fn line(event: &Value) -> String {
    format!("data: {event}\n\n")
}
