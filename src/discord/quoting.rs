//! A message of somebody's as what a question is about: who wrote it, and what it says. Reads; judges nothing.

use serenity::all::{Embed, Message, MessageFlags, User};

use super::arrival::person;
use super::listening::mentioned;
use crate::conversation::heard::Spoken;
use crate::conversation::question::Quote;
use crate::ids::{ChannelId, MessageId, PersonId};

/// Discord gives no such id.
const NOBODY: PersonId = PersonId(0);

/// The message as a question quotes it. Its text is blank where it has none, or where Discord does not let the bot read it.
pub(super) fn quote(message: &Message) -> Quote {
    Quote {
        author: person(&message.author, None).name,
        text: text(message).chars().take(Quote::LONGEST).collect(),
        channel: ChannelId(message.channel_id.get()),
        message: MessageId(message.id.get()),
    }
}

/// Whether only one person sees a message.
pub(super) fn is_private(message: &Message) -> bool {
    let flags = message.flags;
    flags.is_some_and(|flags| flags.contains(MessageFlags::EPHEMERAL))
}

/// What a message says: its text, that of the messages it forwards, of its embeds, and what its files are said to show.
fn text(message: &Message) -> String {
    let forwarded = message.message_snapshots.iter().flat_map(|snapshot| {
        [named(&snapshot.content, &snapshot.mentions)]
            .into_iter()
            .chain(snapshot.embeds.iter().map(embed))
    });
    let files = message
        .attachments
        .iter()
        .filter_map(|file| Some(format!("{}: {}", file.filename, file.description.as_ref()?)));
    [named(&message.content, &message.mentions)]
        .into_iter()
        .chain(forwarded)
        .chain(message.embeds.iter().map(embed))
        .chain(files)
        .filter(|piece| !piece.trim().is_empty())
        .collect::<Vec<_>>()
        .join("\n\n")
}

/// A text with the names of those it mentions. Nobody is left out of it: the bot itself is one of them.
fn named(text: &str, mentions: &[User]) -> String {
    Spoken::read(text, NOBODY, &mentioned(mentions)).text
}

fn embed(embed: &Embed) -> String {
    let fields = embed
        .fields
        .iter()
        .map(|field| format!("{}: {}", field.name, field.value));
    [embed.title.clone(), embed.description.clone()]
        .into_iter()
        .flatten()
        .chain(fields)
        .collect::<Vec<_>>()
        .join("\n")
}
