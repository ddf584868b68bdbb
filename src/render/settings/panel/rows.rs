//! What a panel is made of below its text, and the forms that it opens. Plain values; the edge sends them as they are.

use crate::conversation::panel::Panel;
use crate::ids::{ChannelId, PersonId, RoleId};

/// A row of controls: buttons, or one menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// Buttons: 1 to 5.
    Buttons(Vec<Button>),
    /// A menu of fixed options.
    Options(Options),
    /// A menu of what the server has.
    Picker(Picker),
}

/// A button of a panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// What it says, at most 80 characters.
    pub label: String,
    /// What it does.
    pub panel: Panel,
    /// Whether it can be pressed.
    pub enabled: bool,
    /// Whether pressing it takes something away.
    pub warns: bool,
}

/// A menu of fixed options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// What choosing does.
    pub panel: Panel,
    /// What it says before something is chosen, at most 150 characters.
    pub placeholder: String,
    /// What can be chosen: 1 to 25, each with another key.
    pub options: Vec<Choice>,
    /// The fewest that are chosen at once.
    pub least: usize,
    /// The most that are chosen at once.
    pub most: usize,
}

/// An option of a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What it says, 1 to 100 characters.
    pub label: String,
    /// What it stands for, 1 to 100 characters; comes back when it is chosen.
    pub key: String,
    /// More about it, at most 100 characters; may be empty.
    pub description: String,
    /// Whether it is chosen already.
    pub chosen: bool,
}

/// A menu of what the server has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picker {
    /// What picking does.
    pub panel: Panel,
    /// What it says while nothing is picked, at most 150 characters.
    pub placeholder: String,
    /// What can be picked.
    pub of: PickedOf,
    /// What is picked already, at most `most`.
    pub picked: Vec<Picked>,
    /// The fewest that are picked at once.
    pub least: usize,
    /// The most that are picked at once, at most 25.
    pub most: usize,
}

/// What a menu offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PickedOf {
    /// Channels, categories and threads that have settings.
    Places,
    /// Channels and threads in which the bot can write.
    Channels,
    /// Roles and people.
    RolesAndPeople,
    /// Roles.
    Roles,
}

/// Something that is picked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picked {
    /// A channel.
    Channel(ChannelId),
    /// A role.
    Role(RoleId),
    /// A person.
    Person(PersonId),
}

/// A form that a panel opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// What stands above it, at most 45 characters.
    pub title: String,
    /// What sending it does.
    pub panel: Panel,
    /// Its fields: 1 to 5.
    pub inputs: Vec<Input>,
}

/// A field of a form, of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its name, by which what is written comes back.
    pub name: &'static str,
    /// What stands above it, at most 45 characters.
    pub label: &'static str,
    /// What is in it already, at most `longest` characters.
    pub value: String,
    /// What it shows while it is empty, at most 100 characters.
    pub placeholder: &'static str,
    /// The most characters that it takes, at most 4,000.
    pub longest: u16,
    /// Whether it has several lines.
    pub is_long: bool,
    /// Whether it has to be filled in.
    pub is_required: bool,
}
