//! Reads what a bot wants a message to be, and refuses what Discord refuses. Stores nothing.

use serde_json::Value;

use super::{
    attachments::Files,
    embeds,
    form::Form,
    mentions::Allowed,
    message_components::{self, Generation},
    refusal::{Problems, Refusal},
    uploads::Sent,
};
use crate::snowflake::Snowflake;

/// Longest content of a bot's message, in code points.
const CONTENT: usize = 2000;
/// Above this length the real service names this limit instead of the one that counts.
const CONTENT_FOR_OTHERS: usize = 4000;
const NONCE: usize = 25;
/// The type of a reference that passes a message on instead of replying to it.
const FORWARD: u64 = 1;

pub(crate) const SUPPRESS_EMBEDS: u64 = 1 << 2;
pub(crate) const HAS_THREAD: u64 = 1 << 5;
pub(crate) const EPHEMERAL: u64 = 1 << 6;
pub(crate) const LOADING: u64 = 1 << 7;
const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;
pub(crate) const IS_COMPONENTS_V2: u64 = 1 << 15;
/// The flags that an edit can change.
pub(crate) const EDITABLE: u64 = SUPPRESS_EMBEDS | IS_COMPONENTS_V2;

/// Which request carries the message: each accepts something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// `POST /channels/{channel}/messages`
    ChannelPost,
    /// The first message of a post in a forum.
    ForumPost,
    /// The first response to an interaction.
    Callback,
    /// `POST /webhooks/{application}/{token}`
    Followup,
    /// Any edit of an ordinary message.
    Edit,
    /// Any edit of a message that has the flag `IS_COMPONENTS_V2`.
    EditOfSecond,
}

impl Carrier {
    /// The edit of a message with these flags.
    pub(crate) fn edit_of(flags: u64) -> Self {
        if flags & IS_COMPONENTS_V2 == 0 {
            Self::Edit
        } else {
            Self::EditOfSecond
        }
    }

    fn is_edit(self) -> bool {
        matches!(self, Self::Edit | Self::EditOfSecond)
    }

    fn flags(self) -> u64 {
        match self {
            Self::ChannelPost => SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | IS_COMPONENTS_V2,
            Self::ForumPost => SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS,
            Self::Callback | Self::Followup => {
                SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | IS_COMPONENTS_V2 | EPHEMERAL
            }
            // An edit sends all bits that are set already; only two of them can change.
            Self::Edit | Self::EditOfSecond => u64::MAX,
        }
    }
}

/// A message as asked for. `None` means the field was not sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Draft {
    pub(crate) content: Option<String>,
    pub(crate) embeds: Option<Vec<Value>>,
    pub(crate) components: Option<Vec<Value>>,
    pub(crate) flags: Option<u64>,
    pub(crate) allowed: Option<Allowed>,
    pub(crate) nonce: Option<Value>,
    pub(crate) enforce_nonce: bool,
    pub(crate) replies_to: Option<Reply>,
    pub(crate) tts: bool,
    pub(crate) files: Files,
}

/// The message a new one replies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) message: Snowflake,
    /// Refuse when that message is gone; otherwise send without the reference.
    pub(crate) must_exist: bool,
}

impl Draft {
    /// Reads a request body.
    ///
    /// # Errors
    ///
    /// A form error for whatever breaks a limit, "empty message" for a new one with nothing in it, and
    /// [`Refusal::Lacking`] for what the emulator cannot do yet.
    pub(crate) fn read<'a>(sent: impl Into<Sent<'a>>, carrier: Carrier) -> Result<Self, Refusal> {
        Self::read_at(sent, "", carrier)
    }

    /// Reads a message that is one part of a request; `at` is the dotted path of that part.
    pub(crate) fn read_at<'a>(
        sent: impl Into<Sent<'a>>,
        at: &str,
        carrier: Carrier,
    ) -> Result<Self, Refusal> {
        let sent = sent.into();
        let mut problems = Problems::default();
        let Some(form) = Form::read(sent.body, at, &mut problems) else {
            return Err(Refusal::Form(problems));
        };
        let flags = flags(&form, carrier, &mut problems);
        let is_second = flags.unwrap_or(0) & IS_COMPONENTS_V2 != 0;
        let generation = if is_second || carrier == Carrier::EditOfSecond {
            refuse_what_does_not_mix(&form, &mut problems);
            Generation::Second
        } else {
            Generation::First
        };
        // Only an ordinary message has a nonce and can reply; elsewhere both are passed over.
        let in_channel = Some(&form).filter(|_| carrier == Carrier::ChannelPost);
        let draft = Self {
            content: content(&form, &mut problems),
            embeds: cleared(&form, "embeds").or_else(|| embeds::read(&form, &mut problems)),
            components: cleared(&form, "components")
                .or_else(|| message_components::read(&form, generation, &mut problems)),
            flags,
            allowed: form
                .value("allowed_mentions")
                .map(|allowed| Allowed::read_at(allowed, &form.path("allowed_mentions")))
                .transpose()?,
            nonce: in_channel.and_then(|form| nonce(form, &mut problems)),
            enforce_nonce: in_channel
                .and_then(|form| form.flag("enforce_nonce", &mut problems))
                .unwrap_or(false),
            replies_to: in_channel.and_then(|form| reply(form, &mut problems)),
            tts: form.flag("tts", &mut problems).unwrap_or(false),
            files: Files::read(&form, sent, carrier.is_edit(), &mut problems)?,
        };
        let draft = problems.unless_any(draft)?;
        refuse_what_is_lacking(&form)?;
        message_components::refuse_what_breaks(draft.components.as_deref().unwrap_or_default())?;
        if !carrier.is_edit() && draft.is_empty() {
            return Err(Refusal::EmptyMessage);
        }
        Ok(draft)
    }

    fn is_empty(&self) -> bool {
        let blank = |list: &Option<Vec<Value>>| list.as_ref().is_none_or(Vec::is_empty);
        self.content.as_ref().is_none_or(String::is_empty)
            && blank(&self.embeds)
            && blank(&self.components)
            && !self.files.adds()
    }
}

/// A list that was sent as `null` is emptied, unlike one that was not sent.
fn cleared(form: &Form<'_>, name: &str) -> Option<Vec<Value>> {
    (form.has(name) && form.value(name).is_none()).then(Vec::new)
}

fn refuse_what_is_lacking(form: &Form<'_>) -> Result<(), Refusal> {
    for name in ["poll", "sticker_ids"] {
        let sent = form
            .value(name)
            .is_some_and(|value| value.as_array().is_none_or(|list| !list.is_empty()));
        if sent {
            return Err(Refusal::Lacking(format!("messages with `{name}`")));
        }
    }
    let reference = form.value("message_reference");
    if reference.is_some_and(|reference| reference["type"] == FORWARD) {
        return Err(Refusal::Lacking("forwarding messages".to_owned()));
    }
    Ok(())
}

fn content(form: &Form<'_>, problems: &mut Problems) -> Option<String> {
    if form.has("content") && form.value("content").is_none() {
        return Some(String::new());
    }
    let text = form.text("content", usize::MAX, problems)?;
    match text.chars().count() {
        0..=CONTENT => {}
        length if length <= CONTENT_FOR_OTHERS => problems.too_long(&form.path("content"), CONTENT),
        _ => problems.too_long(&form.path("content"), CONTENT_FOR_OTHERS),
    }
    Some(text)
}

/// In a message of the second generation everything is a component.
fn refuse_what_does_not_mix(form: &Form<'_>, problems: &mut Problems) {
    for name in ["content", "embeds", "sticker_ids", "poll"] {
        let is_sent = form.value(name).is_some_and(|value| match value {
            Value::String(text) => !text.is_empty(),
            Value::Array(list) => !list.is_empty(),
            _ => true,
        });
        if is_sent {
            let message = format!(
                "The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            );
            problems.add(
                &form.path(name),
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                message,
            );
        }
    }
}

fn flags(form: &Form<'_>, carrier: Carrier, problems: &mut Problems) -> Option<u64> {
    let flags = form.number("flags", problems)?;
    if flags & !carrier.flags() != 0 {
        let message = format!("The flags {flags} hold one that this request does not accept.");
        problems.add(&form.path("flags"), "BASE_TYPE_CHOICES", message);
    }
    Some(flags)
}

fn nonce(form: &Form<'_>, problems: &mut Problems) -> Option<Value> {
    match form.value("nonce")? {
        number @ Value::Number(_) => Some(number.clone()),
        _ => form.text("nonce", NONCE, problems).map(Value::from),
    }
}

fn reply(form: &Form<'_>, problems: &mut Problems) -> Option<Reply> {
    let reference = Form::read(
        form.value("message_reference")?,
        &form.path("message_reference"),
        problems,
    )?;
    let message = reference.id("message_id", problems)?;
    let must_exist = reference
        .flag("fail_if_not_exists", problems)
        .unwrap_or(true);
    Some(Reply {
        message,
        must_exist,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(body: &Value, carrier: Carrier) -> Value {
        Draft::read(body, carrier).unwrap_err().body()
    }

    #[test]
    fn content_has_a_limit_in_code_points_and_names_it_oddly() {
        let post = |length: usize| {
            Draft::read(
                &json!({"content": "ü".repeat(length)}),
                Carrier::ChannelPost,
            )
        };
        assert!(post(2000).is_ok());
        for (length, named) in [(2001, "2000"), (4000, "2000"), (4001, "4000")] {
            let body = post(length).unwrap_err().body();
            let message = body["errors"]["content"]["_errors"][0]["message"].to_string();
            assert!(message.contains(named), "{length}: {message}");
        }
    }

    #[test]
    fn a_new_message_needs_something_in_it() {
        for body in [
            json!({}),
            json!({"content": "  \n "}),
            json!({"embeds": []}),
        ] {
            assert_eq!(refusal(&body, Carrier::Followup)["code"], 50006);
        }
        assert!(Draft::read(&json!({}), Carrier::Edit).is_ok());
    }

    #[test]
    fn a_channel_message_cannot_be_ephemeral() {
        let body = json!({"content": "psst", "flags": EPHEMERAL});
        assert!(refusal(&body, Carrier::ChannelPost)["errors"]["flags"].is_object());
        assert!(Draft::read(&body, Carrier::Followup).is_ok());
    }

    #[test]
    fn a_nonce_has_at_most_25_characters() {
        let body = json!({"content": "x", "nonce": "n".repeat(26)});
        assert!(refusal(&body, Carrier::ChannelPost)["errors"]["nonce"].is_object());
    }

    #[test]
    fn null_clears_and_absent_keeps() {
        let draft = Draft::read(&json!({"content": null, "embeds": null}), Carrier::Edit).unwrap();
        assert_eq!(draft.content.as_deref(), Some(""));
        assert_eq!(draft.embeds, Some(vec![]));
        assert_eq!(draft.components, None);
    }

    #[test]
    fn a_body_that_is_no_object_is_refused() {
        assert_eq!(refusal(&json!([1]), Carrier::ChannelPost)["code"], 50035);
    }
}
