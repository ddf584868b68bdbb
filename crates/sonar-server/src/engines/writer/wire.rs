//! What a chat endpoint says, as it stands on the wire. Must take every field that may be missing as missing.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use sonar::FinishReason;

/// What a piece of a reply says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    /// Text of the answer.
    pub(crate) text: String,
    /// Whether it thought, in a field of its own that nobody reads.
    pub(crate) thought: bool,
    /// Why it ends, when it does.
    pub(crate) finish: Option<FinishReason>,
    /// What it used, when that is told.
    pub(crate) used: Option<Used>,
}

impl Said {
    /// This and what was said after it.
    pub(super) fn and(mut self, after: Self) -> Self {
        self.text.push_str(&after.text);
        Self {
            text: self.text,
            thought: self.thought || after.thought,
            finish: after.finish.or(self.finish),
            used: after.used.or(self.used),
        }
    }

    /// Whether the model wrote or thought something; many endpoints send an empty piece at once.
    pub(crate) fn is_token(&self) -> bool {
        self.thought || !self.text.is_empty()
    }
}

/// Tokens, counted by the endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Used {
    #[serde(default)]
    pub(crate) prompt_tokens: u64,
    #[serde(default)]
    pub(crate) completion_tokens: u64,
    completion_tokens_details: Option<Details>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
struct Details {
    reasoning_tokens: Option<u64>,
}

impl Used {
    /// What two replies used.
    pub(crate) fn and(self, other: Self) -> Self {
        let reasoning = [self.reasoning(), other.reasoning()].into_iter().flatten();
        let details = reasoning.reduce(u64::saturating_add).map(|tokens| Details {
            reasoning_tokens: Some(tokens),
        });
        Self {
            prompt_tokens: self.prompt_tokens.saturating_add(other.prompt_tokens),
            completion_tokens: self
                .completion_tokens
                .saturating_add(other.completion_tokens),
            completion_tokens_details: details,
        }
    }

    /// Tokens of thinking, where they are told apart.
    pub(crate) fn reasoning(&self) -> Option<u64> {
        self.completion_tokens_details?.reasoning_tokens
    }
}

/// An event of a stream.
#[derive(Debug, Deserialize)]
pub(super) struct Piece {
    #[serde(default)]
    choices: Vec<PieceChoice>,
    usage: Option<Used>,
    error: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
struct PieceChoice {
    #[serde(default)]
    delta: Message,
    finish_reason: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Message {
    content: Option<String>,
    /// Thoughts, as llama.cpp and vLLM name them.
    reasoning_content: Option<Value>,
    /// Thoughts, as Ollama names them.
    reasoning: Option<Value>,
}

impl Message {
    fn said(self, finish: Option<&str>, used: Option<Used>) -> Said {
        Said {
            thought: [self.reasoning_content, self.reasoning]
                .iter()
                .flatten()
                .any(|thought| thought.as_str() != Some("")),
            text: self.content.unwrap_or_default(),
            finish: finish.map(reason),
            used,
        }
    }
}

/// A whole reply.
#[derive(Debug, Deserialize)]
pub(super) struct Whole {
    choices: Vec<WholeChoice>,
    usage: Option<Used>,
}

#[derive(Debug, Deserialize)]
struct WholeChoice {
    message: Message,
    finish_reason: Option<String>,
}

impl Piece {
    /// `None` for an error that ends the stream.
    pub(super) fn said(self) -> Option<Said> {
        if self.error.is_some() {
            return None;
        }
        let choice = self.choices.into_iter().next();
        let (message, finish) = choice.map_or_else(Default::default, |choice| {
            (choice.delta, choice.finish_reason)
        });
        Some(message.said(finish.as_deref(), self.usage))
    }
}

impl Whole {
    /// `None` without a choice.
    pub(super) fn said(self) -> Option<Said> {
        let choice = self.choices.into_iter().next()?;
        let finish = choice.finish_reason;
        Some(choice.message.said(finish.as_deref(), self.usage))
    }
}

/// The protocol knows two ends.
fn reason(finish: &str) -> FinishReason {
    match finish {
        "length" => FinishReason::Length,
        _ => FinishReason::Stop,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_thought_is_none() {
        for (thought, expected) in [("\"\"", false), ("null", false), ("\"Hm\"", true)] {
            for name in ["reasoning_content", "reasoning"] {
                let event =
                    format!(r#"{{"choices":[{{"delta":{{"content":"","{name}":{thought}}}}}]}}"#);
                let piece: Piece = serde_json::from_str(&event).unwrap();
                assert_eq!(piece.said().unwrap().is_token(), expected, "{event}");
            }
        }
    }
}
