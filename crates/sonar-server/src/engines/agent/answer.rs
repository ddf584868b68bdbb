//! What the Agent API tells of a run, as events of an answer. Must be pure; whole replies and streams take the same way through.

use serde_json::Value;
use sonar::{ChatRequest, FinishReason, ResponseFormat};

use super::ending::{Related, Stops};
use super::failure;
use super::numbering::{Numbering, image, source};
use super::request::asks_related;
use super::settings::AgentSettings;
use super::usage::usage;
use super::wire::{Answered, Fault, Found, Told};
use crate::Failure;
use crate::engines::{Done, Event, Fetch, Search, Sources};
use crate::markers::{JsonMarkers, Markers};

/// Longest text of an answer, in bytes. It is far beyond what any model writes.
const LONGEST: usize = 8 * 1024 * 1024;

/// The answer as far as it was told.
#[derive(Debug)]
pub(super) struct Answer {
    request: ChatRequest,
    numbering: Numbering,
    markers: Rewriting,
    related: Related,
    stops: Stops,
    /// What was searched for and has not brought anything yet.
    searching: Vec<String>,
    queries: u64,
    /// Everything a search or a reading brought, so that nothing is told twice: streams repeat it.
    seen: Vec<Value>,
    images: Vec<sonar::Image>,
    /// The text as it came.
    raw: String,
    sources_told: bool,
}

/// How the markers of an answer are rewritten: an answer in JSON has them in its strings.
#[derive(Debug)]
enum Rewriting {
    Text(Markers),
    Json(JsonMarkers),
}

impl Rewriting {
    fn of(request: &ChatRequest) -> Self {
        match request.response_format {
            Some(ResponseFormat::JsonSchema { .. }) => Self::Json(JsonMarkers::default()),
            _ => Self::Text(Markers::default()),
        }
    }

    fn push(&mut self, text: &str, numbering: &Numbering) -> String {
        match self {
            Self::Text(markers) => markers.push(text, numbering),
            Self::Json(markers) => markers.push(text, numbering),
        }
    }

    fn finish(&mut self, numbering: &Numbering) -> String {
        match self {
            Self::Text(markers) => markers.finish(numbering),
            Self::Json(markers) => markers.finish(numbering),
        }
    }
}

impl Answer {
    /// An answer of which nothing was told. It keeps of the request what it needs at the end, and none of the conversation.
    pub(super) fn new(request: &ChatRequest, settings: &AgentSettings) -> Self {
        let kept = ChatRequest {
            messages: Vec::new(),
            response_format: None,
            ..request.clone()
        };
        Self {
            numbering: Numbering::default(),
            markers: Rewriting::of(request),
            related: Related::new(asks_related(request, settings)),
            stops: Stops::of(request),
            request: kept,
            searching: Vec::new(),
            queries: 0,
            seen: Vec::new(),
            images: Vec::new(),
            raw: String::new(),
            sources_told: false,
        }
    }

    /// Takes a whole reply.
    pub(super) fn whole(&mut self, answered: &Answered) -> Vec<Event> {
        let mut events = Vec::new();
        self.take_output(answered, &mut events);
        self.end(answered, &mut events);
        events
    }

    /// Takes one event of a stream. Those it does not know tell nothing.
    pub(super) fn event(&mut self, told: &Told) -> Vec<Event> {
        let mut events = Vec::new();
        match told.kind.as_deref().unwrap_or_default() {
            "response.reasoning.search_queries" => {
                self.searching
                    .extend(told.queries.iter().flatten().cloned());
            }
            "response.reasoning.search_results" => {
                let queries = std::mem::take(&mut self.searching);
                self.found(
                    queries,
                    told.results.as_deref().unwrap_or_default(),
                    &mut events,
                );
            }
            "response.reasoning.fetch_url_results" => {
                self.read(told.contents.as_deref().unwrap_or_default(), &mut events);
            }
            "response.reasoning.image_search_results" => {
                self.pictures(told.results.as_deref().unwrap_or_default(), &mut events);
            }
            "response.output_item.done" => {
                if let Some(item) = &told.item {
                    self.item(item, &mut events);
                }
            }
            "response.output_text.delta" => {
                self.text(told.delta.as_deref().unwrap_or_default(), &mut events);
            }
            "response.completed"
            | "response.incomplete"
            | "response.cancelled"
            | "response.failed"
            | "error" => self.terminal(told, &mut events),
            _ => {}
        }
        events
    }

    fn terminal(&mut self, told: &Told, events: &mut Vec<Event>) {
        let Some(answered) = &told.response else {
            let nothing = Fault::default();
            let fault = told.error.as_ref().unwrap_or(&nothing);
            events.push(Event::Failed(failure::of_run(fault)));
            return;
        };
        let mut answered = answered.clone();
        if answered.status.is_none() {
            let kind = told.kind.as_deref().unwrap_or_default();
            answered.status = kind.strip_prefix("response.").map(str::to_owned);
        }
        if answered.error.is_none() {
            answered.error.clone_from(&told.error);
        }
        self.take_output(&answered, events);
        self.end(&answered, events);
    }

    /// Takes what a reply holds and was not told before: all of it, or, behind a stream, what the stream left out.
    fn take_output(&mut self, answered: &Answered, events: &mut Vec<Event>) {
        let items = answered.output.as_deref().unwrap_or_default();
        // Pages that were read come behind what the searches found, whatever was done first.
        let (pages, others): (Vec<&Value>, Vec<&Value>) = items
            .iter()
            .partition(|item| kind(item) == "fetch_url_results");
        for item in others.into_iter().chain(pages) {
            self.item(item, events);
        }
        let text: String = items.iter().flat_map(texts).collect();
        if let Some(rest) = text.strip_prefix(self.raw.as_str()) {
            let rest = rest.to_owned();
            self.text(&rest, events);
        }
    }

    fn item(&mut self, item: &Value, events: &mut Vec<Event>) {
        let list = |name: &str| {
            item.get(name)
                .and_then(Value::as_array)
                .map_or(&[][..], Vec::as_slice)
        };
        match kind(item) {
            "search_results" => {
                let queries = list("queries").iter().filter_map(Value::as_str);
                let queries = queries.map(str::to_owned).collect();
                self.found(queries, list("results"), events);
            }
            "fetch_url_results" => self.read(list("contents"), events),
            "image_search_results" => self.pictures(list("results"), events),
            _ => {}
        }
    }

    fn found(&mut self, queries: Vec<String>, results: &[Value], events: &mut Vec<Event>) {
        let Some(results) = self.new_ones(results) else {
            return;
        };
        self.queries += queries.len() as u64;
        self.numbering.found(&results);
        if self.sources_told {
            self.tell_late(events);
        } else {
            events.push(Event::Search(Search {
                keywords: queries,
                results: results.iter().map(source).collect(),
            }));
        }
    }

    fn read(&mut self, contents: &[Value], events: &mut Vec<Event>) {
        let Some(contents) = self.new_ones(contents) else {
            return;
        };
        self.numbering.read(&contents);
        if self.sources_told {
            self.tell_late(events);
        } else {
            events.push(Event::Fetch(Fetch {
                pages: contents.iter().map(source).collect(),
            }));
        }
    }

    fn pictures(&mut self, results: &[Value], events: &mut Vec<Event>) {
        if self
            .seen
            .iter()
            .any(|seen| seen.as_array().is_some_and(|seen| seen == results))
        {
            return;
        }
        self.seen.push(Value::from(results));
        let read = |picture: &Value| serde_json::from_value(picture.clone()).ok();
        let images: Vec<_> = results.iter().filter_map(read).filter_map(image).collect();
        if self.sources_told && !images.is_empty() {
            events.push(Event::MoreSources(Sources {
                images,
                ..Sources::default()
            }));
        } else {
            self.images.extend(images);
        }
    }

    /// What was brought, unless the same was told before.
    fn new_ones(&mut self, brought: &[Value]) -> Option<Vec<Found>> {
        let known = |seen: &Value| seen.as_array().is_some_and(|seen| seen == brought);
        if brought.is_empty() || self.seen.iter().any(known) {
            return None;
        }
        self.seen.push(Value::from(brought));
        let read = |found: &Value| serde_json::from_value(found.clone()).unwrap_or_default();
        Some(brought.iter().map(read).collect())
    }

    fn tell_late(&mut self, events: &mut Vec<Event>) {
        let results = self.numbering.untold();
        if !results.is_empty() {
            events.push(Event::MoreSources(Sources {
                results,
                ..Sources::default()
            }));
        }
    }

    fn tell_sources(&mut self, events: &mut Vec<Event>) {
        if !std::mem::replace(&mut self.sources_told, true) {
            events.push(Event::Sources(Sources {
                results: self.numbering.untold(),
                images: std::mem::take(&mut self.images),
                related: Vec::new(),
            }));
        }
    }

    fn text(&mut self, text: &str, events: &mut Vec<Event>) {
        if text.is_empty() {
            return;
        }
        if self.raw.len() + text.len() > LONGEST {
            events.push(Event::Failed(failure::unreadable(
                "a text of more than 8 MiB",
            )));
            return;
        }
        self.raw.push_str(text);
        self.tell_sources(events);
        let marked = self.markers.push(text, &self.numbering);
        let answer = self.related.push(&marked);
        tell(self.stops.push(&answer), events);
    }

    /// Ends the answer as its status says.
    fn end(&mut self, answered: &Answered, events: &mut Vec<Event>) {
        if events.iter().any(|event| matches!(event, Event::Failed(_))) {
            return;
        }
        match finish(answered) {
            Err(failure) => events.push(Event::Failed(failure)),
            Ok(finish) => {
                self.tell_sources(events);
                let marked = self.markers.finish(&self.numbering);
                let mut answer = self.related.push(&marked);
                let (rest, questions) = self.related.finish();
                answer.push_str(&rest);
                let mut last = self.stops.push(&answer);
                last.push_str(&self.stops.finish());
                tell(last, events);
                if !questions.is_empty() {
                    events.push(Event::MoreSources(Sources {
                        related: questions,
                        ..Sources::default()
                    }));
                }
                // Whatever was written behind it, the text ended where it was to.
                let finish = match self.stops.stopped() {
                    true => FinishReason::Stop,
                    false => finish,
                };
                let usage = usage(&self.request, answered.usage.as_ref(), self.queries);
                events.push(Event::Done(Box::new(Done { finish, usage })));
            }
        }
    }
}

fn tell(text: String, events: &mut Vec<Event>) {
    if !text.is_empty() {
        events.push(Event::Delta(text));
    }
}

/// How a run ended; a good HTTP status says nothing about that.
fn finish(answered: &Answered) -> Result<FinishReason, Failure> {
    let nothing = Fault::default();
    let fault = answered.error.as_ref().unwrap_or(&nothing);
    let details = answered.incomplete_details.as_ref();
    let reason = details.and_then(|details| details.reason.as_deref());
    match (answered.status.as_deref(), reason) {
        (Some("completed"), _) => Ok(FinishReason::Stop),
        (Some("incomplete"), Some("max_output_tokens")) => Ok(FinishReason::Length),
        (Some("cancelled"), _) | (_, Some("cancelled")) => Err(failure::cancelled()),
        (Some("incomplete"), Some(reason)) => Err(failure::incomplete(reason)),
        (Some("failed" | "incomplete"), _) => Err(failure::of_run(fault)),
        _ => Err(failure::unreadable("a run without an end")),
    }
}

fn kind(item: &Value) -> &str {
    item.get("type").and_then(Value::as_str).unwrap_or_default()
}

/// The texts of a message, in order; of everything else none.
fn texts(item: &Value) -> Vec<String> {
    let content = item.get("content").and_then(Value::as_array);
    let parts = content
        .filter(|_| kind(item) == "message")
        .into_iter()
        .flatten();
    let texts = parts.filter(|part| kind(part) == "output_text");
    let texts = texts.filter_map(|part| part.get("text").and_then(Value::as_str));
    texts.map(str::to_owned).collect()
}
