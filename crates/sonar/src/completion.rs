//! What `POST /chat/completions` answers, whole or piece by piece. Must read whatever a service leaves out or adds.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::open::{null_as_default, open_enum, or_default};
use crate::{Message, Usage};

/// `object` of a whole answer.
pub(crate) const WHOLE: &str = "chat.completion";

open_enum! {
    /// What an answer, or a piece of a streamed one, is.
    ///
    /// Source: recorded streams, and the streaming guide of 2026 for the two kinds of reasoning, which concise streams have.
    ObjectKind {
        /// The whole answer. Until mid-2025 also every piece of a stream.
        Completion = "chat.completion",
        /// More of the text.
        Chunk = "chat.completion.chunk",
        /// The last piece: all of the text, the sources and what it cost.
        Done = "chat.completion.done",
        /// More steps of the search or of thinking; no text.
        Reasoning = "chat.reasoning",
        /// All steps, and the sources found.
        ReasoningDone = "chat.reasoning.done",
    }
}

/// A piece of a streamed answer: the same shape as the whole, told apart by [`ChatCompletion::object`].
pub type ChatChunk = ChatCompletion;

/// An answer.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct ChatCompletion {
    /// The service's id of this answer; the same on every piece of a stream.
    #[serde(default, deserialize_with = "or_default")]
    pub id: String,
    /// The model that answered.
    #[serde(default, deserialize_with = "or_default")]
    pub model: String,
    /// When, in seconds since 1970; it may advance from piece to piece.
    #[serde(default, deserialize_with = "or_default")]
    pub created: i64,
    /// `chat.completion`, or what kind of piece this is.
    #[serde(default = "whole")]
    pub object: String,
    /// The answers; one, unless more were asked for.
    #[serde(default, deserialize_with = "null_as_default")]
    pub choices: Vec<Choice>,
    /// What was used so far.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub usage: Option<Usage>,
    /// Addresses of the sources: `[n]` in the text is the n-th, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citations: Option<Vec<String>>,
    /// The sources, in the same order as `citations`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_results: Option<Vec<SearchResult>>,
    /// Images, when asked for.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub images: Option<Vec<Image>>,
    /// Videos, when asked for.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub videos: Option<Vec<Video>>,
    /// Questions that could follow, when asked for.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub related_questions: Option<Vec<String>>,
    /// Steps taken before answering; some services put them into the message instead.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub reasoning_steps: Option<Vec<ReasoningStep>>,
    /// Keys this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

fn whole() -> String {
    WHOLE.to_owned()
}

impl Default for ChatCompletion {
    fn default() -> Self {
        Self {
            id: String::new(),
            model: String::new(),
            created: 0,
            object: whole(),
            choices: Vec::new(),
            usage: None,
            citations: None,
            search_results: None,
            images: None,
            videos: None,
            related_questions: None,
            reasoning_steps: None,
            extra: Map::new(),
        }
    }
}

impl ChatCompletion {
    /// The text of the whole message, as far as it is written: the first one, if several were asked for. Empty on the pieces of a concise stream but the last.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        message_text(self.first().and_then(|choice| choice.message.as_ref()))
    }

    /// The text this piece adds. The added texts of a stream, joined, are the whole message.
    #[must_use]
    pub fn added_text(&self) -> Cow<'_, str> {
        message_text(self.first().and_then(|choice| choice.delta.as_ref()))
    }

    /// Why the answer ended; `None` while it goes on.
    #[must_use]
    pub fn finish_reason(&self) -> Option<&FinishReason> {
        self.first()?.finish_reason.as_ref()
    }

    /// What this is, as [`Self::object`] calls it.
    #[must_use]
    pub fn kind(&self) -> ObjectKind {
        ObjectKind::from(self.object.clone())
    }

    /// Whether nothing follows this piece.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.is_done() || self.finish_reason().is_some()
    }

    pub(crate) fn is_done(&self) -> bool {
        self.kind() == ObjectKind::Done
    }

    /// The steps taken before answering that this piece tells of, wherever the service put them: a concise stream tells new ones in
    /// [`ObjectKind::Reasoning`] and all of them in [`ObjectKind::ReasoningDone`].
    #[must_use]
    pub fn steps(&self) -> &[ReasoningStep] {
        let choice = self.first();
        let delta = choice.and_then(|choice| choice.delta.as_ref());
        let message = choice.and_then(|choice| choice.message.as_ref());
        [
            self.reasoning_steps.as_deref(),
            delta.and_then(|delta| delta.reasoning_steps.as_deref()),
            message.and_then(|message| message.reasoning_steps.as_deref()),
        ]
        .into_iter()
        .flatten()
        .find(|steps| !steps.is_empty())
        .unwrap_or_default()
    }

    /// The sources, numbered from 1 by their place; from the bare addresses when the service sends no more than those.
    #[must_use]
    pub fn sources(&self) -> Cow<'_, [SearchResult]> {
        match (&self.search_results, &self.citations) {
            (Some(results), _) if !results.is_empty() => Cow::Borrowed(results),
            (_, Some(urls)) => urls.iter().map(|url| SearchResult::bare(url)).collect(),
            _ => Cow::Borrowed(&[]),
        }
    }

    /// The first answer. When several were asked for, a piece may hold another one alone.
    fn first(&self) -> Option<&Choice> {
        self.choices.iter().find(|choice| choice.index == 0)
    }
}

fn message_text(message: Option<&Message>) -> Cow<'_, str> {
    message.map_or(Cow::Borrowed(""), |message| message.content.text())
}

/// One answer of a reply, or what is new of it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Choice {
    /// Its place among the answers.
    #[serde(default, deserialize_with = "null_as_default")]
    pub index: u32,
    /// Why it ended; `null` while it goes on.
    #[serde(default)]
    pub finish_reason: Option<FinishReason>,
    /// The message so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
    /// What this piece adds to the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delta: Option<Message>,
    /// Keys this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

open_enum! {
    /// Why an answer ended.
    FinishReason {
        /// It is complete.
        Stop = "stop",
        /// It was cut at the requested number of tokens.
        Length = "length",
    }
}

open_enum! {
    /// What a source is.
    SourceKind {
        /// A page.
        Web = "web",
        /// A file that came with the question.
        Attachment = "attachment",
    }
}

/// One source of an answer.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct SearchResult {
    /// Its title.
    #[serde(default, deserialize_with = "null_as_default")]
    pub title: String,
    /// Its address.
    #[serde(default, deserialize_with = "null_as_default")]
    pub url: String,
    /// When it was published, `YYYY-MM-DD`.
    #[serde(default)]
    pub date: Option<String>,
    /// When it was last changed, `YYYY-MM-DD`.
    #[serde(default)]
    pub last_updated: Option<String>,
    /// A piece of its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snippet: Option<String>,
    /// What it is; the web when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceKind>,
    /// Keys this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl SearchResult {
    fn bare(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            ..Self::default()
        }
    }
}

/// An image beside an answer.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Image {
    /// Where the image is.
    #[serde(default, deserialize_with = "null_as_default")]
    pub image_url: String,
    /// The page it stands on.
    #[serde(default, deserialize_with = "null_as_default")]
    pub origin_url: String,
    /// Width in pixels.
    #[serde(default, deserialize_with = "null_as_default")]
    pub width: u32,
    /// Height in pixels.
    #[serde(default, deserialize_with = "null_as_default")]
    pub height: u32,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Keys this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A video beside an answer.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Video {
    /// Where the video is.
    #[serde(default, deserialize_with = "null_as_default")]
    pub url: String,
    /// Where its preview image is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbnail_url: Option<String>,
    /// Width of the preview in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbnail_width: Option<u32>,
    /// Height of the preview in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbnail_height: Option<u32>,
    /// Length in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<f64>,
    /// Keys this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A step taken before answering.
///
/// What the step did (`web_search`, `fetch_url_content`, `execute_python`) stays in [`ReasoningStep::extra`] as
/// received: services disagree about its shape.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct ReasoningStep {
    /// The thought in words.
    #[serde(default, deserialize_with = "null_as_default")]
    pub thought: String,
    /// What kind of step it is.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What the step did, and keys this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn same_after_reading_and_writing(json: &Value) -> ChatCompletion {
        let read: ChatCompletion = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), *json);
        read
    }

    #[test]
    fn a_recorded_answer_is_read_and_written_as_it_was() {
        let answer = same_after_reading_and_writing(&json!({
            "id": "d715bf82-ec74-4f5b-a845-45c478ac8905", "model": "sonar", "created": 1_777_247_629,
            "usage": {
                "prompt_tokens": 6, "completion_tokens": 1, "total_tokens": 7, "search_context_size": "low",
                "cost": { "input_tokens_cost": 0.00001, "output_tokens_cost": 0.0, "request_cost": 0.005, "total_cost": 0.00501 },
            },
            "citations": ["https://a.example/x"],
            "search_results": [{ "title": "X", "url": "https://a.example/x", "date": "2026-09-01",
                "last_updated": null, "snippet": "…", "source": "web" }],
            "object": "chat.completion",
            "choices": [{ "index": 0, "finish_reason": "stop", "message": { "role": "assistant", "content": "OK [1]" },
                "delta": { "role": "assistant", "content": "" } }],
        }));
        assert_eq!(answer.text(), "OK [1]");
        assert_eq!(answer.finish_reason(), Some(&FinishReason::Stop));
        assert_eq!(answer.sources()[0].date.as_deref(), Some("2026-09-01"));
    }

    #[test]
    fn a_piece_of_a_stream_is_read_and_written_as_it_was() {
        let piece = same_after_reading_and_writing(&json!({
            "id": "x", "model": "sonar-pro", "created": 1_777_247_630, "object": "chat.completion.chunk",
            "usage": { "prompt_tokens": 6, "completion_tokens": 2, "total_tokens": 8,
                "cost": { "input_tokens_cost": 0.0, "output_tokens_cost": 0.0, "total_cost": 0.0 } },
            "citations": ["https://a.example/x"],
            "choices": [{ "index": 0, "finish_reason": null, "message": { "role": "assistant", "content": "OK it" },
                "delta": { "role": "assistant", "content": " it" } }],
        }));
        assert_eq!(
            (piece.text().as_ref(), piece.added_text().as_ref()),
            ("OK it", " it")
        );
        assert!(!piece.is_last());
    }

    #[test]
    fn a_deep_research_answer_keeps_what_is_not_known() {
        let answer = same_after_reading_and_writing(&json!({
            "id": "x", "model": "sonar-deep-research", "created": 1, "object": "chat.completion", "service_tier": "slow",
            "usage": { "prompt_tokens": 33, "completion_tokens": 11395, "total_tokens": 11428, "citation_tokens": 20016,
                "num_search_queries": 18, "reasoning_tokens": 193_947, "surprise": 1,
                "cost": { "input_tokens_cost": 0.00007, "output_tokens_cost": 0.0573, "citation_tokens_cost": 0.04003,
                    "reasoning_tokens_cost": 0.22199, "search_queries_cost": 0.09, "total_cost": 0.40939 } },
            "images": [{ "image_url": "https://a.example/i.png", "origin_url": "https://a.example", "width": 3, "height": 2 }],
            "videos": [{ "url": "https://a.example/v", "duration": 12.5 }],
            "related_questions": ["And then?"],
            "reasoning_steps": [{ "thought": "Look", "type": "web_search", "web_search": { "search_keywords": ["a"] } }],
            "choices": [{ "index": 0, "finish_reason": "paused", "message": { "role": "assistant", "content": "…" } }],
        }));
        assert_eq!(
            answer.finish_reason(),
            Some(&FinishReason::Other("paused".to_owned()))
        );
        assert_eq!(answer.extra["service_tier"], "slow");
    }

    #[test]
    fn nothing_is_required_to_read_a_piece() {
        let nulls = json!({ "id": null, "choices": [{ "delta": { "content": "a", "role": null } }], "usage": null,
            "citations": null, "search_results": null });
        let piece: ChatCompletion = serde_json::from_value(nulls).unwrap();
        assert_eq!(piece.added_text(), "a");
        let empty: ChatCompletion = serde_json::from_value(json!({})).unwrap();
        assert_eq!(empty, ChatCompletion::default());
    }

    #[test]
    fn bare_citations_are_sources_too() {
        let answer: ChatCompletion = serde_json::from_value(
            json!({ "citations": ["https://a.example", "https://b.example"], "search_results": [] }),
        )
        .unwrap();
        let urls: Vec<_> = answer
            .sources()
            .iter()
            .map(|source| source.url.clone())
            .collect();
        assert_eq!(urls, ["https://a.example", "https://b.example"]);
    }
}
