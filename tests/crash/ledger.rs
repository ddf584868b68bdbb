//! What is to be seen in Discord: every message of the bot's as it stands, from all that was ever told of it.

use std::collections::BTreeMap;

use discord_emulator::{Channel, Emulator, SentEvent};
use serde_json::Value;

/// A message of the bot's as it stands.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) channel: u64,
    pub(crate) text: String,
    /// The names of its controls.
    pub(crate) controls: Vec<String>,
    /// What it answers: the message that it replies to, or the interaction that it is of.
    pub(crate) answers: Option<u64>,
}

/// All messages of the bot's, in the order of their ids.
pub(crate) struct Ledger(pub(crate) Vec<Seen>);

impl Ledger {
    /// What is to be seen of the bot right now, whoever may see it, in these channels, in the threads on their messages, and wherever else the
    /// bot was told of its messages.
    pub(crate) fn of(discord: &Emulator, channels: &[Channel]) -> Self {
        let record = discord.record();
        assert_eq!(record.lost, 0, "the world is too long for its record");
        let us = discord.application_id();
        let mut messages = BTreeMap::new();
        for SentEvent { kind, data } in &record.events {
            let Some(id) = number(&data["id"]) else {
                continue;
            };
            match kind.as_str() {
                "MESSAGE_CREATE" if number(&data["author"]["id"]) == Some(us) => {
                    messages.insert(id, seen(data));
                }
                "MESSAGE_UPDATE" => {
                    if let Some(message) = messages.get_mut(&id) {
                        *message = seen(data);
                    }
                }
                "MESSAGE_DELETE" => {
                    messages.remove(&id);
                }
                // They go with their place.
                "THREAD_DELETE" => messages.retain(|_, seen| seen.channel != id),
                _ => {}
            }
        }
        // The bot is told nothing of a place that it does not see, and may write there all the same.
        let threads = messages.keys().flat_map(|message| {
            let threads = channels
                .iter()
                .filter_map(|channel| channel.message(*message)?.thread());
            threads.collect::<Vec<_>>()
        });
        let threads: Vec<Channel> = threads.collect();
        for place in channels.iter().chain(&threads) {
            messages.retain(|id, seen| seen.channel != place.id() || place.message(*id).is_some());
            for (id, message) in &mut messages {
                let now = place.message(*id).and_then(|message| message.json());
                if let Some(now) = now {
                    *message = seen(&now);
                }
            }
        }
        Self(messages.into_values().collect())
    }

    /// The messages that a text is in.
    pub(crate) fn with(&self, text: &str) -> Vec<&Seen> {
        let all = self.0.iter();
        all.filter(|seen| seen.text.contains(text)).collect()
    }

    /// The messages with a control that is about this question.
    pub(crate) fn about(&self, question: i64) -> Vec<&Seen> {
        let about = |name: &String| name.split(':').nth(1) == Some(question.to_string().as_str());
        let all = self.0.iter();
        all.filter(|seen| seen.controls.iter().any(about)).collect()
    }
}

impl Seen {
    /// Whether it has a control for this, such as `stop`.
    pub(crate) fn offers(&self, deed: &str) -> bool {
        let name = |name: &String| name.split(':').next() == Some(deed);
        self.controls.iter().any(name)
    }
}

fn seen(data: &Value) -> Seen {
    let embeds = data["embeds"].as_array().into_iter().flatten();
    let described = embeds.filter_map(|embed| embed["description"].as_str());
    let content = data["content"].as_str().unwrap_or_default();
    let text = std::iter::once(content)
        .chain(described)
        .collect::<Vec<_>>()
        .join("\n");
    let rows = data["components"].as_array().into_iter().flatten();
    let components = rows.flat_map(|row| row["components"].as_array().into_iter().flatten());
    let replied = number(&data["message_reference"]["message_id"]);
    Seen {
        channel: number(&data["channel_id"]).unwrap_or_default(),
        text,
        controls: components
            .filter_map(|component| component["custom_id"].as_str().map(str::to_owned))
            .collect(),
        answers: replied.or_else(|| number(&data["interaction_metadata"]["id"])),
    }
}

fn number(id: &Value) -> Option<u64> {
    id.as_str()?.parse().ok()
}
