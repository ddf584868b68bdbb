//! Reads what a run is to do out of a request's body, and refuses what the service refuses. Must not answer.

use serde_json::Value;

use super::filters::Filters;
use super::models::{Level, Model};
use super::refusal::Refusal;
use super::{rules, shape};

/// A request that was accepted.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    /// The body as it came, for what the reply repeats.
    pub(super) body: Value,
    /// The text of the last user message.
    pub(super) question: String,
    pub(super) level: Option<Level>,
    pub(super) model: &'static Model,
    /// What `model` reads while the run goes on: the level as it was named, or the model.
    pub(super) named: String,
    /// How the web is searched; `None` when it is not.
    pub(super) search: Option<Search>,
    pub(super) fetches: bool,
    pub(super) images: bool,
    /// The schema of a structured answer.
    pub(super) schema: Option<Value>,
    /// Most tokens of output, thinking included.
    pub(super) cap: Option<u64>,
    /// About how many tokens the input has.
    pub(super) prompt_tokens: u64,
}

/// The `web_search` of a run.
#[derive(Clone, Debug, Default)]
pub(super) struct Search {
    pub(super) filters: Filters,
    pub(super) results: Option<usize>,
    /// Whether a call costs what a fast one does.
    pub(super) fast: bool,
}

/// The least `max_output_tokens`; smaller ones are taken for it.
const LEAST_CAP: u64 = 16;

impl Ask {
    /// Reads a body.
    pub(super) fn read(body: Value, knows: impl Fn(&str) -> bool) -> Result<Self, Refusal> {
        shape::check_fields(&body, shape::REQUEST, "")?;
        let question = rules::check_input(&body["input"])?;
        let level = rules::level(&body)?;
        let model = rules::model(&body, level)?;
        rules::check_values(&body, model, knows)?;
        let schema = rules::schema(&body["response_format"])?;
        let tools = rules::check_tools(&body)?;
        let tool = |kind: &str| tools.iter().find(|tool| tool["type"] == kind);
        // A level brings a search of its own; a listed tool takes its place.
        let search = match (tool("web_search"), level) {
            (Some(tool), _) => Some(Search::read(tool, level)?),
            (None, Some(_)) => Some(Search {
                fast: true,
                ..Search::default()
            }),
            (None, None) => None,
        };
        let without_tools =
            body["tool_choice"] == "none" || body["max_tool_calls"].as_u64() == Some(0);
        let named = ["effort", "preset"]
            .iter()
            .find_map(|field| body[field].as_str());
        Ok(Self {
            question,
            level,
            model,
            named: named.unwrap_or(model.name).to_owned(),
            search: search.filter(|_| !without_tools),
            fetches: !without_tools && (level > Some(Level::Fast) || tool("fetch_url").is_some()),
            images: !without_tools && tool("image_search").is_some(),
            schema,
            cap: body["max_output_tokens"]
                .as_u64()
                .map(|cap| cap.max(LEAST_CAP)),
            prompt_tokens: tokens(&body["input"].to_string()) + tokens(text(&body["instructions"])),
            body,
        })
    }

    pub(super) fn flag(&self, field: &str) -> bool {
        self.body[field].as_bool().unwrap_or_default()
    }

    /// Whether the run can be looked at later.
    pub(super) fn stored(&self) -> bool {
        self.body["store"].as_bool().unwrap_or(true)
    }

    /// Whether a prompt of the client's own replaced that of the level, and with it the rule of how to cite.
    pub(super) fn instructed(&self) -> bool {
        !self.body["instructions"].is_null()
    }
}

impl Search {
    fn read(tool: &Value, level: Option<Level>) -> Result<Self, Refusal> {
        let results = tool["max_results"].as_u64();
        Ok(Self {
            filters: Filters::read(&tool["filters"], "tools[0]")?,
            results: results.and_then(|results| usize::try_from(results).ok()),
            fast: match tool["search_type"].as_str() {
                Some(kind) => kind == "fast",
                None => level.is_some(),
            },
        })
    }
}

/// About how many tokens a text has.
pub(super) fn tokens(text: &str) -> u64 {
    u64::try_from(text.len().div_ceil(4)).unwrap_or(u64::MAX)
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
