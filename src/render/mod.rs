//! Everything a person reads: answers, sentences, refusals. Pure: no waiting, no clock, no network.
//!
//! Only this module can make a [`Message`], and the edge sends nothing else, so nothing reaches a person unrendered.

pub mod answer;

mod bibliography;

mod body;

mod costs;

pub mod controls;

mod heading;

pub mod detour;

pub mod link;

mod markdown;

mod safe;

pub mod research;

pub mod sentences;

pub mod settings;

pub mod sources;

mod pictures;

mod source_list;

mod parts;

mod filling;

mod attached;

mod footer;

mod graphemes;

mod growing;

pub mod thread_name;

#[cfg(test)]
mod properties;

mod words;

use crate::conversation::controls::{Control, QuestionForm};
use crate::ids::PersonId;

/// A text as Discord takes it, were there no limit. Read once more, it must stay as it is.
#[cfg(fuzzing)]
pub fn unparted(text: &str, sources: &[crate::conversation::answer::Source]) -> String {
    let words = words::words(crate::conversation::language::Language::English);
    markdown::read(text, &bibliography::Bibliography::of(sources), words).markdown()
}

/// The most characters (Unicode code points) Discord takes in one message of a bot.
///
/// See <https://discord.com/developers/docs/resources/message#create-message>.
pub const MESSAGE_LIMIT: usize = 2_000;

/// One Discord message, ready to be sent: within the limits, and with nothing in it that pings, apart from whom it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    content: String,
    embeds: Vec<Embed>,
    // Both are boxed, so that a message stays small enough to be a refusal.
    file: Option<Box<File>>,
    pings: Option<PersonId>,
    buttons: Vec<Button>,
    menu: Option<Box<Menu>>,
    deeds: Box<[settings::Deed]>,
    rows: Box<[settings::panel::Row]>,
}

/// The most characters that Discord takes in the description of an embed.
///
/// See <https://discord.com/developers/docs/resources/message#embed-object-embed-limits>.
pub const DESCRIPTION_LIMIT: usize = 4_096;

/// A framed piece of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Embed {
    /// Its text, at most [`DESCRIPTION_LIMIT`] characters; may be empty beside a picture.
    pub description: String,
    /// Its last line, without Markdown, at most 2,048 characters; may be empty.
    pub footer: String,
    /// The picture that it shows, and the page that it is from.
    pub picture: Option<Picture>,
}

/// A picture on the web, which Discord fetches for its readers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// What it is called, at most 256 characters; not empty.
    pub title: String,
    /// The address of the picture.
    pub address: String,
    /// The address of the page that it is from, where the title leads.
    pub origin: Option<String>,
}

/// A file that goes along with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name, with its ending.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// A button below a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Button {
    /// What it says, at most 80 characters.
    pub label: &'static str,
    /// What it does.
    pub control: Control,
}

/// A menu below a message: one of its options can be picked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Menu {
    /// What it says before one is picked, at most 150 characters.
    pub placeholder: &'static str,
    /// What picking one does.
    pub control: Control,
    /// What can be picked, each at most 100 characters: 1 to 25. Its value is its place, from 0.
    pub options: Vec<String>,
}

/// A form in which a person writes a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// What stands above it, at most 45 characters.
    pub title: &'static str,
    /// What stands above its only field, at most 45 characters.
    pub label: &'static str,
    /// The most characters that the field takes.
    pub longest: u16,
    /// What it is for.
    pub purpose: QuestionForm,
}

impl Message {
    /// The text to send.
    pub fn content(&self) -> &str {
        &self.content
    }

    /// Its embeds, at most ten. Their texts together have at most 6,000 characters.
    pub fn embeds(&self) -> &[Embed] {
        &self.embeds
    }

    /// The file that goes along with it.
    pub fn file(&self) -> Option<&File> {
        self.file.as_deref()
    }

    /// Who is to be pinged by it, and nobody else; its text then begins with `<@id>`.
    pub fn pinged(&self) -> Option<PersonId> {
        self.pings
    }

    /// The buttons below it, at most five.
    pub fn buttons(&self) -> &[Button] {
        &self.buttons
    }

    /// The buttons below it that are about settings, at most five; a message with these has no other buttons.
    pub fn deeds(&self) -> &[settings::Deed] {
        &self.deeds
    }

    /// The menu below it.
    pub fn menu(&self) -> Option<&Menu> {
        self.menu.as_deref()
    }

    /// The rows of controls of a panel, at most five; a message with these has neither buttons nor a menu besides.
    pub fn rows(&self) -> &[settings::panel::Row] {
        &self.rows
    }

    fn new(content: String) -> Self {
        let empty = Self {
            content: String::new(),
            embeds: Vec::new(),
            file: None,
            pings: None,
            buttons: Vec::new(),
            menu: None,
            deeds: Box::default(),
            rows: Box::default(),
        };
        empty.with_content(content)
    }

    fn with_content(mut self, content: String) -> Self {
        debug_assert!(
            content.chars().count() <= MESSAGE_LIMIT,
            "a message over Discord's limit"
        );
        self.content = content;
        self
    }

    fn with_embeds(mut self, embeds: Vec<Embed>) -> Self {
        self.embeds = embeds;
        self
    }

    fn with_file(mut self, file: File) -> Self {
        self.file = Some(Box::new(file));
        self
    }

    /// With somebody who is pinged, whom its text begins with.
    fn with_pings(mut self, pings: Option<PersonId>) -> Self {
        let begins = |person| self.content.starts_with(&mention(person));
        debug_assert!(pings.is_none_or(begins), "nobody sees who is pinged");
        self.pings = pings;
        self
    }

    /// With buttons that are about settings.
    fn with_deeds(mut self, deeds: Vec<settings::Deed>) -> Self {
        debug_assert!(deeds.len() <= 5, "more buttons than a row holds");
        self.deeds = deeds.into_boxed_slice();
        self
    }

    fn with_buttons(mut self, buttons: Vec<Button>) -> Self {
        debug_assert!(buttons.len() <= 5, "more buttons than a row holds");
        self.buttons = buttons;
        self
    }

    fn with_rows(mut self, rows: Vec<settings::panel::Row>) -> Self {
        debug_assert!(rows.len() <= 5, "more rows than a message holds");
        self.rows = rows.into_boxed_slice();
        self
    }

    fn with_menu(mut self, menu: Option<Menu>) -> Self {
        self.menu = menu.map(Box::new);
        self
    }
}

/// Somebody's name, as Discord writes it; it pings them in a message that says so, and nobody in any other.
fn mention(person: PersonId) -> String {
    format!("<@{person}>")
}
