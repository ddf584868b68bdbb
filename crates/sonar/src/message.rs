//! Messages of a conversation, in requests and in replies. Must not judge their order: that is the service's rule.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ReasoningStep;
use crate::open::{null_as_default, open_enum, or_default};

/// One message: of the conversation sent, of the answer, or (as a delta) a new piece of the answer.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Message {
    /// Who speaks; the assistant when a reply leaves it out.
    #[serde(default, deserialize_with = "null_as_default")]
    pub role: Role,
    /// What is said.
    #[serde(default)]
    pub content: Content,
    /// Steps taken before answering; the server ignores them in requests.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub reasoning_steps: Option<Vec<ReasoningStep>>,
    /// Calls of tools, kept as received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_calls: Option<Value>,
    /// The call that a `tool` message answers.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub tool_call_id: Option<String>,
    /// Keys this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Message {
    /// A message that sets the style; the search never sees it.
    pub fn system(text: impl Into<String>) -> Self {
        Self::new(Role::System, text)
    }

    /// A message of the person who asks.
    pub fn user(text: impl Into<String>) -> Self {
        Self::new(Role::User, text)
    }

    /// A message of the service: an earlier answer.
    pub fn assistant(text: impl Into<String>) -> Self {
        Self::new(Role::Assistant, text)
    }

    fn new(role: Role, text: impl Into<String>) -> Self {
        Self {
            role,
            content: Content::Text(text.into()),
            ..Self::default()
        }
    }
}

open_enum! {
    /// Who speaks a message.
    #[derive(Default)]
    Role {
        /// Sets the style of the answer.
        System = "system",
        /// The person who asks.
        User = "user",
        /// The service.
        #[default]
        Assistant = "assistant",
        /// The result of a tool's call.
        Tool = "tool",
    }
}

impl Role {
    /// Whether a message of this role asks, and is answered by the next one (user, tool), or answers (assistant). `None` for a role
    /// that has no turn: system, and those the protocol does not have.
    #[must_use]
    pub fn asks(&self) -> Option<bool> {
        match self {
            Self::User | Self::Tool => Some(true),
            Self::Assistant => Some(false),
            Self::System | Self::Other(_) => None,
        }
    }
}

/// What a message says.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Content {
    /// Plain text.
    Text(String),
    /// Text, images and files in order.
    Parts(Vec<Part>),
    /// `null` or absent.
    #[default]
    Null,
}

impl Content {
    /// All text of the content; text parts are joined by a line break.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Parts(parts) => Cow::Owned(joined(parts)),
            Self::Null => Cow::Borrowed(""),
        }
    }
}

fn joined(parts: &[Part]) -> String {
    let texts = parts.iter().filter_map(|part| match part {
        Part::Text { text } => Some(text.as_str()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\n")
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// One part of a message.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Part {
    /// Text.
    Text {
        /// The text itself.
        text: String,
    },
    /// An image: an https address, or a `data:` URL of a png, jpeg, webp or gif, at most 50 MB. It counts as width × height / 750
    /// tokens.
    ImageUrl {
        /// Where it is.
        image_url: MediaUrl,
    },
    /// A document with text (PDF, DOC, DOCX, TXT, RTF): a public address, or bare base64 without a `data:` prefix. At most 50 MB each
    /// and 30 in a request.
    FileUrl {
        /// Where it is.
        file_url: MediaUrl,
        /// Its name for people.
        #[serde(skip_serializing_if = "Option::is_none")]
        file_name: Option<String>,
    },
    /// A PDF.
    PdfUrl {
        /// Where it is.
        pdf_url: MediaUrl,
    },
    /// A video.
    VideoUrl {
        /// Where it is.
        video_url: MediaUrl,
    },
    /// A part this version does not know, kept as received.
    #[serde(untagged)]
    Other(Map<String, Value>),
}

/// An address, written bare or inside an object.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum MediaUrl {
    /// The address alone.
    Plain(String),
    /// The address with options beside it, such as `frame_interval` of a video.
    Object {
        /// The address.
        url: String,
        /// What stands beside it.
        #[serde(flatten)]
        options: Map<String, Value>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn content_is_text_parts_or_null_and_stays_what_it_was() {
        for content in [
            json!("hello"),
            json!(null),
            json!([
                { "type": "text", "text": "look" },
                { "type": "image_url", "image_url": "https://a.example/x.png" },
                { "type": "video_url", "video_url": { "url": "https://a.example/v", "frame_interval": "10" } },
                { "type": "file_url", "file_url": { "url": "aGVsbG8=" }, "file_name": "a.txt" },
                { "type": "hologram", "hologram": 3 },
            ]),
        ] {
            let read: Content = serde_json::from_value(content.clone()).unwrap();
            assert_eq!(serde_json::to_value(read).unwrap(), content);
        }
    }

    #[test]
    fn the_text_of_parts_leaves_images_out() {
        let message: Message = serde_json::from_value(json!({
            "role": "user",
            "content": [
                { "type": "text", "text": "What is" },
                { "type": "image_url", "image_url": { "url": "https://a.example/x.png" } },
                { "type": "text", "text": "this?" },
            ],
        }))
        .unwrap();
        assert_eq!(message.content.text(), "What is\nthis?");
    }

    #[test]
    fn a_role_from_the_future_survives() {
        let json = json!({ "role": "narrator", "content": "Once" });
        let message: Message = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(message.role, Role::Other("narrator".to_owned()));
        assert_eq!(serde_json::to_value(message).unwrap(), json);
    }
}
