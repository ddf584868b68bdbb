//! Looks for messages that a former process wrote and did not come to note: Discord tells a repeat from another message for some minutes only.

use serde::Deserialize;
use serde_json::Value;

use super::call::{CallError, Written, id};
use super::channels::Channels;
use crate::conversation::controls::Control;
use crate::ids::{ChannelId, MessageId, PersonId};
use crate::render::Message;

/// As many messages come in one go.
const AT_A_TIME: usize = 100;

/// As many goes are made: what has more than five thousand messages before it is not found. Where a message was left it is near where the looking
/// begins, since it begins at what showed the progress.
const GOES: usize = 50;

/// A message of the bot's that is in a channel.
#[derive(Deserialize)]
pub(super) struct Found {
    author: Author,
    #[serde(flatten)]
    written: Written,
    #[serde(default)]
    components: Vec<Value>,
}

#[derive(Deserialize)]
struct Author {
    #[serde(deserialize_with = "id")]
    id: u64,
}

impl Found {
    /// Which message.
    pub(super) fn message(&self) -> MessageId {
        self.written.message()
    }

    /// Whether it says and bears what this message is meant to, the buttons with the question that they are about included: two questions
    /// can fail in the same words.
    pub(super) fn says(&self, message: &Message) -> bool {
        let rows = self.components.iter();
        let there = rows.flat_map(|row| row["components"].as_array().into_iter().flatten());
        let there = there.filter_map(|component| component["custom_id"].as_str());
        let meant = message.buttons().iter().map(|button| button.control);
        let meant = meant.chain(message.menu().map(|menu| menu.control));
        let meant: Vec<String> = meant.map(Control::name).collect();
        self.written.says(message) && there.eq(meant.iter().map(String::as_str))
    }
}

/// What the bot, `me`, wrote in a channel behind this message, oldest first.
pub(super) async fn written_since(
    channels: &Channels,
    channel: ChannelId,
    me: PersonId,
    after: MessageId,
) -> Result<Vec<Found>, CallError> {
    let mut ours = Vec::new();
    let mut after = after;
    for _ in 0..GOES {
        let below = format!("/messages?limit={AT_A_TIME}&after={after}");
        // Those nearest to it, and of them the newest first.
        let mut page: Vec<Found> = channels.get(channel, &below).await?;
        page.sort_by_key(|found| found.message().0);
        let is_last = page.len() < AT_A_TIME;
        after = page.last().map_or(after, Found::message);
        ours.extend(page.into_iter().filter(|found| found.author.id == me.0));
        if is_last {
            break;
        }
    }
    Ok(ours)
}
