//! A run as a body: what a reply and a look at a run hold. Must not decide how far the run is.

use serde_json::{Value, json};

use super::ask::Ask;
use super::models::Level;
use super::run::{End, Run};
use super::usage::{self, Amount};
use super::{answer, filters};

/// A run that was begun, with the request it is for.
#[derive(Clone, Debug)]
pub(super) struct Begun {
    pub(super) id: String,
    pub(super) message: String,
    pub(super) ask: Ask,
    pub(super) run: Run,
    pub(super) usage: Value,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Queued,
    InProgress,
    Ended,
    Cancelled,
}

impl Begun {
    pub(super) fn new(uuid: &str, message: &str, ask: Ask, run: Run) -> Self {
        let counted = || answer::usage_of(&ask, &run);
        let usage = run.usage.clone().unwrap_or_else(counted);
        Self {
            id: format!("resp_{uuid}"),
            message: format!("msg_{message}"),
            ask,
            run,
            usage,
        }
    }

    pub(super) fn cost(&self) -> Amount {
        usage::total(&self.usage)
    }

    /// The body at a stage; `now` in seconds since 1970. `created_at` is not when the run was submitted: it moves.
    pub(super) fn body(&self, stage: Stage, now: i64) -> Value {
        let mut body = self.echoes();
        body["id"] = json!(self.id);
        body["object"] = json!("response");
        body["created_at"] = json!(now);
        body["status"] = json!(self.status(stage));
        let ended =
            matches!(stage, Stage::Ended | Stage::Cancelled) && self.run.end != End::Nothing;
        body["completed_at"] = if ended { json!(now) } else { Value::Null };
        body["model"] = json!(if ended {
            self.ask.model.name
        } else {
            &self.ask.named
        });
        body["output"] = json!(match stage {
            Stage::Queued => Vec::new(),
            Stage::InProgress | Stage::Cancelled => self.run.items(),
            Stage::Ended => self.run.output(&self.message),
        });
        let cancelled = stage == Stage::Cancelled || self.run.end == End::Cancelled;
        body["usage"] = if ended && !cancelled {
            self.usage.clone()
        } else {
            Value::Null
        };
        body["error"] = self.error(stage);
        body["incomplete_details"] = match (stage, &self.run.end) {
            (Stage::Cancelled, _) | (Stage::Ended, End::Cancelled) => {
                json!({"reason": "cancelled"})
            }
            (Stage::Ended, End::Incomplete(reason)) => json!({ "reason": reason }),
            _ => Value::Null,
        };
        body
    }

    fn status(&self, stage: Stage) -> &str {
        match stage {
            Stage::Queued => "queued",
            Stage::InProgress => "in_progress",
            Stage::Cancelled => "cancelled",
            Stage::Ended => match &self.run.end {
                End::Completed => "completed",
                End::Incomplete(_) => "incomplete",
                End::Failed(..) | End::Error(_) => "failed",
                End::Cancelled => "cancelled",
                End::Nothing => "in_progress",
                End::Other(status) => status,
            },
        }
    }

    /// Here `code` is a word, unlike in a refusal.
    pub(super) fn error(&self, stage: Stage) -> Value {
        let error =
            |message: &str, kind: &str| json!({"message": message, "type": kind, "code": kind});
        match (stage, &self.run.end) {
            (Stage::Cancelled, _) | (Stage::Ended, End::Cancelled) => {
                error("the run was cancelled", "cancelled")
            }
            (Stage::Ended, End::Failed(message, kind)) => error(message, kind),
            (Stage::Ended, End::Error(message)) => error(message, "internal_error"),
            _ => Value::Null,
        }
    }

    fn echoes(&self) -> Value {
        let asked = &self.ask.body;
        let or = |field: &str, default: Value| match &asked[field] {
            Value::Null => default,
            value => value.clone(),
        };
        let tier = self.ask.level.map_or("default", Level::service_tier);
        json!({
            "background": self.ask.flag("background"),
            "store": self.ask.stored(),
            "effort": self.ask.level.map(|_| &self.ask.named),
            "previous_response_id": asked["previous_response_id"],
            "service_tier": tier,
            "instructions": asked["instructions"],
            "max_output_tokens": self.ask.cap,
            "max_tool_calls": null,
            "reasoning": {"effort": asked["reasoning"]["effort"], "summary": null},
            "tools": self.tools(),
            "tool_choice": or("tool_choice", json!("auto")),
            "parallel_tool_calls": or("parallel_tool_calls", json!(true)),
            "text": {"format": {"type": "text"}},
            "temperature": or("temperature", json!(1)),
            "top_p": or("top_p", json!(1)),
            "metadata": or("metadata", json!({})),
            "truncation": or("truncation", json!("")),
            "prompt_cache_key": asked["prompt_cache_key"],
            "safety_identifier": null,
            "user": null,
            "top_logprobs": 0,
            "presence_penalty": 0,
            "frequency_penalty": 0,
        })
    }

    /// The tools as they were in force, those of the level among them.
    fn tools(&self) -> Vec<Value> {
        let mut tools = self.ask.body["tools"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        tools.iter_mut().for_each(filters::echo_dates);
        let listed = |tools: &[Value], kind: &str| tools.iter().any(|tool| tool["type"] == kind);
        let brought = [
            ("web_search", self.ask.search.is_some()),
            ("fetch_url", self.ask.fetches),
        ];
        for (kind, in_force) in brought {
            if in_force && !listed(&tools, kind) {
                tools.push(json!({ "type": kind }));
            }
        }
        tools
    }
}
