//! One call of Discord's API, and what it means when it fails. Decides nothing on it.

use std::fmt;
use std::time::Duration;

use reqwest::multipart::{Form as Parts, Part};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::settings_panel::payload;
use crate::ids::{ChannelId, MessageId, PersonId};
use crate::render::settings::Deed;
use crate::render::{Button, Embed, File, Form, Menu, Message};

/// The wait when a 429 names none.
const UNNAMED_WAIT: Duration = Duration::from_secs(2);

/// The longest explanation read from a refused call, in bytes.
const REFUSAL_LIMIT: usize = 64 * 1024;

/// Discord's codes for refusals that something can be done about.
///
/// See <https://discord.com/developers/docs/topics/opcodes-and-status-codes#json>.
pub(super) mod code {
    /// A file is larger than Discord takes it here.
    pub(in crate::discord) const FILE_TOO_LARGE: u64 = 40005;
    /// A forum post whose first message is not there yet; or a forum, which holds nothing but posts.
    pub(in crate::discord) const NOT_IN_FORUM: u64 = 40058;
    /// The bot does not see the channel.
    pub(in crate::discord) const MISSING_ACCESS: u64 = 50001;
    /// The message is empty.
    pub(in crate::discord) const EMPTY_MESSAGE: u64 = 50006;
    /// The channel itself is gone, and not only out of the bot's sight.
    pub(in crate::discord) const UNKNOWN_CHANNEL: u64 = 10003;
    /// The message itself is gone, and not only what would let it be written.
    pub(in crate::discord) const UNKNOWN_MESSAGE: u64 = 10008;
    /// The token of a reply leads nowhere.
    pub(in crate::discord) const UNKNOWN_WEBHOOK: u64 = 10015;
    /// Something in the message is not as Discord wants it.
    pub(in crate::discord) const INVALID_FORM: u64 = 50035;
    /// The bot lacks a permission.
    pub(in crate::discord) const MISSING_PERMISSIONS: u64 = 50013;
    /// The thread is archived, and locked where not even a new message is taken.
    pub(in crate::discord) const THREAD_ARCHIVED: u64 = 50083;
    /// A reply needs the permission to read the history.
    pub(in crate::discord) const NO_HISTORY_TO_REPLY: u64 = 160_002;
    /// The message has a thread already.
    pub(in crate::discord) const THREAD_EXISTS: u64 = 160_004;
    /// The thread is locked.
    pub(in crate::discord) const THREAD_LOCKED: u64 = 160_005;
}

/// What a failed call means.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum CallError {
    /// Call again, but not before the wait is over.
    #[error("rate limited for {wait:?}")]
    RateLimited {
        /// How long.
        wait: Duration,
        /// Whether every call of the bot has to wait.
        global: bool,
    },
    /// What is to be written or changed is gone: a reply whose token has expired or that Discord has forgotten, a message, a channel.
    #[error("it is gone ({status}, code {code})")]
    Gone {
        /// The HTTP status.
        status: u16,
        /// Discord's code.
        code: u64,
    },
    /// The interaction was acknowledged before: an earlier call arrived.
    #[error("already acknowledged")]
    AlreadyAcknowledged,
    /// Discord refuses this call; repeating it would not help.
    #[error("refused ({status}, code {code}{faults})")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Discord's code.
        code: u64,
        /// What is wrong where in what was sent, as far as Discord says.
        faults: Faults,
    },
    /// Discord did not answer, or is broken: the call may be repeated.
    #[error("unavailable: {0}")]
    Unavailable(String),
}

/// What is wrong with what was sent: the place of each fault and Discord's name for it, such as `; embeds.0.image.url
/// URL_TYPE_INVALID_URL`. Never what was sent, which Discord's sentences can repeat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Faults(Vec<String>);

impl Faults {
    /// More are not told: the first says what to mend.
    const AT_MOST: usize = 5;

    /// The longest name that is told, in characters.
    const LONGEST_NAME: usize = 40;

    /// Reads the tree of errors in a refusal.
    ///
    /// See <https://discord.com/developers/docs/reference#error-messages>.
    fn of(errors: &Value) -> Self {
        let mut faults = Vec::new();
        gather(errors, "", &mut faults);
        Self(faults)
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut faults = self.0.iter();
        faults.try_for_each(|fault| write!(f, "; {fault}"))
    }
}

fn gather(errors: &Value, place: &str, faults: &mut Vec<String>) {
    let name_only = |name: &str| -> String {
        let plain = name
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '_');
        plain.take(Faults::LONGEST_NAME).collect()
    };
    for (name, below) in errors.as_object().into_iter().flatten() {
        if faults.len() >= Faults::AT_MOST {
            return;
        }
        if name == "_errors" {
            let first = below.pointer("/0/code").and_then(Value::as_str);
            let fault = name_only(first.unwrap_or("unnamed"));
            faults.push(format!("{place} {fault}").trim().to_owned());
        } else {
            let dot = if place.is_empty() { "" } else { "." };
            gather(below, &format!("{place}{dot}{}", name_only(name)), faults);
        }
    }
}

impl CallError {
    /// The reply that alone could be written is no longer held open.
    pub(super) const NO_REPLY: Self = Self::Gone {
        status: 404,
        code: code::UNKNOWN_WEBHOOK,
    };

    /// Whether the bot may not do what it was to do.
    pub(super) fn lacks_permission(&self) -> bool {
        matches!(
            self,
            Self::Refused {
                code: code::MISSING_PERMISSIONS,
                ..
            }
        )
    }

    /// Whether Discord takes what was sent for no message.
    pub(super) fn is_malformed(&self) -> bool {
        matches!(
            self,
            Self::Refused {
                code: code::INVALID_FORM | code::EMPTY_MESSAGE,
                ..
            }
        )
    }

    /// Whether the file of a message can be why it is refused: it is too large, or the bot may attach none.
    pub(super) fn may_be_of_file(&self) -> bool {
        matches!(
            self,
            Self::Refused { status: 413, .. }
                | Self::Refused {
                    code: code::FILE_TOO_LARGE | code::MISSING_PERMISSIONS,
                    ..
                }
        )
    }
}

/// A message as Discord returns it after a write.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Written {
    /// Which message.
    #[serde(deserialize_with = "id")]
    id: u64,
    /// Where it is.
    #[serde(deserialize_with = "id")]
    channel_id: u64,
    /// What it says.
    #[serde(default)]
    content: String,
    /// Its embeds.
    #[serde(default)]
    embeds: Vec<Value>,
    /// Its files.
    #[serde(default)]
    attachments: Vec<Value>,
}

impl Written {
    /// Whether it says and bears what this message is meant to. Discord drops white space around a text, and completes embeds.
    pub(super) fn says(&self, message: &Message) -> bool {
        let frames = self.embeds.iter().map(texts_of_embed);
        let meant: Vec<Value> = message.embeds().iter().map(embed).collect();
        let files = self.attachments.iter();
        let files = files.map(|file| (file["filename"].as_str(), file["size"].as_u64()));
        let file = message.file().into_iter();
        self.content.trim() == message.content().trim()
            && frames.eq(meant.iter().map(texts_of_embed))
            && files.eq(file.map(|file| (Some(file.name.as_str()), Some(file.text.len() as u64))))
    }

    /// Which message.
    pub(super) fn message(&self) -> MessageId {
        MessageId(self.id)
    }

    /// Where it is.
    pub(super) fn channel(&self) -> ChannelId {
        ChannelId(self.channel_id)
    }
}

/// An id, which Discord writes as a text.
pub(super) fn id<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}

/// An id that may be lacking.
pub(super) fn optional_id<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u64>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(serde::de::Error::custom))
        .transpose()
}

/// What a call sends: JSON, and where a message has one a file beside it.
pub(super) struct Payload<'a> {
    /// The JSON.
    pub(super) json: Value,
    file: Option<&'a File>,
}

impl<'a> From<&'a Message> for Payload<'a> {
    fn from(message: &'a Message) -> Self {
        Self {
            json: body(message),
            file: message.file(),
        }
    }
}

impl From<Value> for Payload<'_> {
    fn from(json: Value) -> Self {
        Self { json, file: None }
    }
}

impl Payload<'_> {
    /// The same as a new message, which pings the one person that it is to ping, and nobody else.
    pub(super) fn with_ping(mut self, pinged: Option<PersonId>) -> Self {
        if let Some(person) = pinged {
            self.json["allowed_mentions"]["users"] = json!([person.to_string()]);
        }
        self
    }

    /// The request with this as its body.
    pub(super) fn put_into(&self, request: RequestBuilder) -> RequestBuilder {
        let Some(file) = self.file else {
            return request.json(&self.json);
        };
        let json = Part::text(self.json.to_string());
        let text = Part::text(file.text.clone()).file_name(file.name.clone());
        let (json, text) = (
            json.mime_str("application/json"),
            text.mime_str(kind_of(&file.name)),
        );
        match (json, text) {
            (Ok(json), Ok(text)) => request.multipart(
                Parts::new()
                    .part("payload_json", json)
                    .part("files[0]", text),
            ),
            // Both types are spelled right, so this is never sent; Discord would refuse a file that is announced and not there.
            _ => request.json(&self.json),
        }
    }
}

/// What is in a file of this name.
fn kind_of(name: &str) -> &'static str {
    if name.ends_with(".json") {
        "application/json"
    } else {
        "text/markdown; charset=utf-8"
    }
}

/// A message that pings nobody, whatever its text holds; see [`Payload::with_ping`]. What it lacks is named too, so that an edit takes it away.
fn body(message: &Message) -> Value {
    let buttons = message.buttons();
    let rows: Vec<Value> = [
        (!buttons.is_empty()).then(|| row(&buttons.iter().map(button).collect::<Vec<_>>())),
        (!message.deeds().is_empty())
            .then(|| row(&message.deeds().iter().map(deed).collect::<Vec<_>>())),
        message.menu().map(|shown| row(&[menu(shown)])),
    ]
    .into_iter()
    .flatten()
    .chain(message.rows().iter().map(payload::row))
    .collect();
    let embeds: Vec<Value> = message.embeds().iter().map(embed).collect();
    let files: Vec<Value> = message
        .file()
        .map(|file| json!({ "id": 0, "filename": file.name }))
        .into_iter()
        .collect();
    json!({
        "content": message.content(), "embeds": embeds, "components": rows, "attachments": files,
        "allowed_mentions": { "parse": [] },
    })
}

fn embed(embed: &Embed) -> Value {
    let picture = embed.picture.as_ref();
    let fields = [
        ("title", picture.map(|picture| json!(picture.title))),
        (
            "url",
            picture
                .and_then(|picture| picture.origin.as_ref())
                .map(|origin| json!(origin)),
        ),
        ("description", filled(&embed.description)),
        (
            "footer",
            filled(&embed.footer).map(|text| json!({ "text": text })),
        ),
        (
            "image",
            picture.map(|picture| json!({ "url": picture.address })),
        ),
    ];
    let fields = fields.into_iter();
    fields
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
}

fn filled(text: &str) -> Option<Value> {
    (!text.trim().is_empty()).then(|| json!(text))
}

/// What an embed says, by which two of them are told apart.
fn texts_of_embed(embed: &Value) -> [&str; 3] {
    ["/title", "/description", "/footer/text"].map(|place| {
        embed
            .pointer(place)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .trim()
    })
}

/// A form with its one field, which has to be filled in.
pub(super) fn form(form: &Form) -> Value {
    let field = json!({
        "type": component::TEXT_INPUT, "style": component::PARAGRAPH, "custom_id": QUESTION_FIELD, "label": form.label,
        "min_length": 1, "max_length": form.longest, "required": true,
    });
    json!({ "title": form.title, "custom_id": form.purpose.name(), "components": [row(&[field])] })
}

/// The name of a form's field.
pub(super) const QUESTION_FIELD: &str = "question";

/// The numbers of Discord's components.
///
/// See <https://discord.com/developers/docs/components/reference#component-object-component-types>.
pub(super) mod component {
    pub(in crate::discord) const ROW: u8 = 1;
    pub(in crate::discord) const BUTTON: u8 = 2;
    pub(in crate::discord) const STRING_SELECT: u8 = 3;
    pub(in crate::discord) const TEXT_INPUT: u8 = 4;
    pub(in crate::discord) const ROLE_SELECT: u8 = 6;
    pub(in crate::discord) const MENTIONABLE_SELECT: u8 = 7;
    pub(in crate::discord) const CHANNEL_SELECT: u8 = 8;
    /// A text input of one line.
    pub(in crate::discord) const SHORT: u8 = 1;
    /// A text input of several lines.
    pub(in crate::discord) const PARAGRAPH: u8 = 2;
    /// A grey button.
    pub(in crate::discord) const SECONDARY: u8 = 2;
    /// A red button.
    pub(in crate::discord) const DANGER: u8 = 4;
}

fn row(components: &[Value]) -> Value {
    json!({ "type": component::ROW, "components": components })
}

fn button(button: &Button) -> Value {
    json!({ "type": component::BUTTON, "style": component::SECONDARY, "label": button.label, "custom_id": button.control.name() })
}

fn deed(deed: &Deed) -> Value {
    json!({ "type": component::BUTTON, "style": component::SECONDARY, "label": deed.label, "custom_id": deed.name })
}

fn menu(menu: &Menu) -> Value {
    let options: Vec<Value> = menu
        .options
        .iter()
        .enumerate()
        .map(|(place, label)| json!({ "label": label, "value": place.to_string() }))
        .collect();
    json!({ "type": component::STRING_SELECT, "custom_id": menu.control.name(), "placeholder": menu.placeholder, "options": options })
}

/// Calls, and returns what Discord answers a call that it takes.
pub(super) async fn call(request: RequestBuilder) -> Result<Response, CallError> {
    // An error of reqwest's names the address, and with it the token.
    let response = request
        .send()
        .await
        .map_err(|error| CallError::Unavailable(error.without_url().to_string()))?;
    match response.status() {
        status if status.is_success() => Ok(response),
        status => Err(meaning(status, &explanation(response).await)),
    }
}

/// Reads what Discord answered.
pub(super) async fn read<T: DeserializeOwned>(response: Response) -> Result<T, CallError> {
    response
        .json()
        .await
        .map_err(|error| CallError::Unavailable(error.without_url().to_string()))
}

/// What Discord says of a refused call.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Explanation {
    code: u64,
    retry_after: Option<f64>,
    global: bool,
    errors: Value,
}

async fn explanation(mut response: Response) -> Explanation {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > REFUSAL_LIMIT {
            break;
        }
    }
    // HTML from the edge, or nothing: the status alone has to do.
    serde_json::from_slice(&bytes).unwrap_or_default()
}

fn meaning(status: StatusCode, explanation: &Explanation) -> CallError {
    let (status, code) = (status.as_u16(), explanation.code);
    match (status, code) {
        (_, 40060) => CallError::AlreadyAcknowledged,
        (429, _) => CallError::RateLimited {
            wait: wait(explanation.retry_after),
            global: explanation.global,
        },
        // Unknown interaction, webhook or message; invalid webhook token. None of them says anything of the bot's token.
        (404, _) | (401, _) => CallError::Gone { status, code },
        (500.., _) | (408, _) => CallError::Unavailable(format!("status {status}")),
        _ => CallError::Refused {
            status,
            code,
            faults: Faults::of(&explanation.errors),
        },
    }
}

fn wait(retry_after: Option<f64>) -> Duration {
    retry_after
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .unwrap_or(UNNAMED_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, body: &str, expected: &CallError) {
        let explanation: Explanation = serde_json::from_str(body).unwrap_or_default();
        assert_eq!(
            &meaning(StatusCode::from_u16(status).unwrap(), &explanation),
            expected
        );
    }

    #[test]
    fn a_failed_call_means_one_thing_to_do() {
        check(
            404,
            r#"{"message":"Unknown interaction","code":10062}"#,
            &CallError::Gone {
                status: 404,
                code: 10062,
            },
        );
        check(
            401,
            r#"{"message":"Invalid Webhook Token","code":50027}"#,
            &CallError::Gone {
                status: 401,
                code: 50027,
            },
        );
        check(
            400,
            r#"{"message":"…","code":40060}"#,
            &CallError::AlreadyAcknowledged,
        );
        check(
            400,
            r#"{"message":"…","code":50035}"#,
            &CallError::Refused {
                status: 400,
                code: 50035,
                faults: Faults::default(),
            },
        );
        check(
            429,
            r#"{"retry_after":1.25}"#,
            &CallError::RateLimited {
                wait: Duration::from_millis(1250),
                global: false,
            },
        );
        check(
            429,
            "error code: 1015",
            &CallError::RateLimited {
                wait: UNNAMED_WAIT,
                global: false,
            },
        );
        check(
            429,
            r#"{"retry_after":-3}"#,
            &CallError::RateLimited {
                wait: UNNAMED_WAIT,
                global: false,
            },
        );
        check(
            502,
            "<html>",
            &CallError::Unavailable("status 502".to_owned()),
        );
    }

    #[test]
    fn a_refusal_tells_what_is_wrong_where_and_nothing_of_what_was_sent() {
        let body = json!({ "code": 50035, "message": "Invalid Form Body", "errors": {
            "embeds": { "0": { "image": { "url": { "_errors": [
                { "code": "URL_TYPE_INVALID_URL", "message": "Not a well formed URL: https://secret.example." }
            ] } } } },
            "content": { "_errors": [{ "code": "BASE_TYPE_MAX_LENGTH", "message": "\"My secret\" is too long." }] },
        } });
        let explanation: Explanation = serde_json::from_value(body).unwrap();
        assert_eq!(
            meaning(StatusCode::BAD_REQUEST, &explanation).to_string(),
            "refused (400, code 50035; content BASE_TYPE_MAX_LENGTH; embeds.0.image.url URL_TYPE_INVALID_URL)"
        );
        let many: serde_json::Map<String, Value> = (0..100)
            .map(|place| (place.to_string(), json!({ "_errors": [{}] })))
            .collect();
        assert_eq!(Faults::of(&many.into()).0.len(), Faults::AT_MOST);
        assert_eq!(Faults::of(&json!(["odd"])), Faults::default());
    }
}
