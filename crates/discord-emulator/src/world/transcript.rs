//! A channel as plain text, for a terminal. Everything is shown, ephemeral messages with their reader.

use serde_json::Value;

use super::{
    World,
    component_lines::component_lines,
    interactions::{Interaction, Stage},
    invocation::Kind,
    messages::{Message, Note},
};
use crate::snowflake::Snowflake;

/// Of a message that is replied to, this many code points are shown.
const LONGEST_QUOTE: usize = 60;

impl World {
    /// One block for each message, oldest first, with an empty line between blocks.
    pub(crate) fn transcript(&self, channel: Snowflake) -> String {
        let messages = self
            .find_channel(channel)
            .map(|channel| channel.messages.values());
        let shown = messages
            .into_iter()
            .flatten()
            .map(|message| (message.id, self.block(message)));
        let failed = self
            .failed_uses(channel)
            .map(|failed| (failed.id, self.failed_block(failed)));
        let mut blocks: Vec<(Snowflake, String)> = shown.chain(failed).collect();
        blocks.sort_by_key(|(id, _)| *id);
        blocks
            .into_iter()
            .map(|(_, block)| block)
            .collect::<Vec<String>>()
            .join("\n\n")
    }

    fn block(&self, message: &Message) -> String {
        let used = message.interaction.and_then(|id| self.interaction(id));
        if let Some(note) = self.note_line(message) {
            return note;
        }
        let mut lines: Vec<String> = used.map(|used| self.use_line(used)).into_iter().collect();
        lines.extend(self.reply_line(message));
        let author = self.user(message.author);
        let name = author.map_or("somebody", |author| author.name.as_str());
        let tag = if author.is_some_and(|author| author.is_bot) {
            " [APP]"
        } else {
            ""
        };
        let expired = used.is_some_and(|used| used.expired && used.stage == Stage::Deferred);
        let content = match (message.is_loading(), expired) {
            (true, true) => "(the application did not respond)",
            (true, false) => "(thinking…)",
            (false, _) => message.content.as_str(),
        };
        let edited = if message.edited.is_some() {
            " (edited)"
        } else {
            ""
        };
        lines.push(format!("{name}{tag}: {content}{edited}"));
        lines.extend(message.shown_embeds().iter().flat_map(embed_lines));
        lines.extend(component_lines(&message.components));
        lines.extend(
            message
                .attachments
                .iter()
                .map(|file| format!("[file: {}]", file.filename)),
        );
        lines.extend(reaction_line(message));
        lines.extend(self.thread_line(message));
        lines.extend(
            message
                .only_for
                .map(|only| format!("(only {} can see this)", self.name_of(only))),
        );
        lines.join("\n")
    }

    /// What Discord itself notes, as one line.
    fn note_line(&self, message: &Message) -> Option<String> {
        let name = self.name_of(message.author);
        Some(match message.note()? {
            Note::ThreadCreated => format!("({name} started the thread {})", message.content),
            Note::ThreadStarter => {
                let from = message.reference?;
                let from = self.message(from.channel, from.message?);
                let from = from.map_or_else(String::new, |from| self.quote(from));
                format!("(the thread started from {from})")
            }
            Note::Pinned => format!("({name} pinned a message)"),
        })
    }

    fn reply_line(&self, message: &Message) -> Option<String> {
        let replied = self.message(message.channel, message.replies_to()?);
        let quote = replied.map_or_else(|| "a deleted message".to_owned(), |one| self.quote(one));
        Some(format!("↪ {quote}"))
    }

    /// Who wrote it, and the beginning of its first line.
    fn quote(&self, message: &Message) -> String {
        let line = message.content.lines().next().unwrap_or_default();
        let shown: String = line.chars().take(LONGEST_QUOTE).collect();
        let more = if shown.len() < line.len() { "…" } else { "" };
        format!("{}: {shown}{more}", self.name_of(message.author))
    }

    fn thread_line(&self, message: &Message) -> Option<String> {
        let thread = self.find_thread(message.id).ok()?;
        // The first message of a post has its thread's id too, and stands inside of it.
        (message.channel != thread.id).then(|| format!("[thread: {}]", thread.name))
    }

    fn failed_block(&self, failed: &Interaction) -> String {
        format!(
            "{}\n(the application did not respond)",
            self.use_line(failed)
        )
    }

    /// What somebody did that the message below answers.
    fn use_line(&self, used: &Interaction) -> String {
        let (invocation, name) = (&used.invocation, self.name_of(used.person));
        let given = &invocation.options;
        let options: String = given
            .iter()
            .map(|(option, value)| format!(" {option}: {value}"))
            .collect();
        let what = &invocation.name;
        match invocation.kind {
            Kind::Command if invocation.is_from_menu() => format!("{name} used \"{what}\""),
            Kind::Component if given.is_empty() => format!("{name} pressed \"{what}\""),
            Kind::Component => format!("{name} chose in \"{what}\"{options}"),
            Kind::ModalSubmit => format!("{name} sent \"{what}\"{options}"),
            Kind::Command | Kind::Autocomplete => format!("{name} used /{what}{options}"),
        }
    }

    fn name_of(&self, person: Snowflake) -> String {
        self.user(person)
            .map_or_else(|| "somebody".to_owned(), |user| user.name.clone())
    }
}

fn reaction_line(message: &Message) -> Option<String> {
    let shown: Vec<String> = message
        .reactions
        .iter()
        .map(|one| format!("{} {}", one.emoji.text(), one.people.len()))
        .collect();
    (!shown.is_empty()).then(|| format!("[{}]", shown.join(", ")))
}

/// The parts of an embed that can be read, each line behind a bar.
fn embed_lines(embed: &Value) -> Vec<String> {
    let mut parts = Vec::new();
    let mut add = |value: &Value| {
        parts.extend(
            value
                .as_str()
                .filter(|text| !text.is_empty())
                .map(str::to_owned),
        )
    };
    add(&embed["author"]["name"]);
    add(&embed["title"]);
    add(&embed["url"]);
    add(&embed["description"]);
    for field in embed["fields"].as_array().into_iter().flatten() {
        add(&field["name"]);
        add(&field["value"]);
    }
    add(&embed["footer"]["text"]);
    parts
        .iter()
        .flat_map(|part| part.lines())
        .map(|line| format!("│ {line}"))
        .collect()
}
