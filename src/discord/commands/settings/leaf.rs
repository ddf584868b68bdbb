//! What a subcommand is: its options, and what is done with them. The tree that Discord is told of is made from these.

use serenity::all::CreateCommandOption;

use super::args::Args;
use super::completing::Completion;
use crate::conversation::language::Language;
use crate::render::settings::Refused;
use crate::search::change::{Invalid, Step};
use crate::search::fields::{Complete, Field};

/// A subcommand.
pub(super) struct Leaf {
    /// Its words behind `/settings`, with a space between a group and what is in it.
    pub(super) path: &'static str,
    /// Its own options, those that have to be filled in first.
    pub(super) options: &'static [Opt],
    /// Whose settings it is about.
    pub(super) of: Of,
    /// What it does.
    pub(super) deed: Deed,
}

/// Whose settings a subcommand is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// A place that its options `where` and `level` name.
    Place,
    /// The server.
    Server,
    /// The server, in a field that only those who manage it may change.
    Managers(Field),
}

/// What a subcommand does.
#[derive(Clone, Copy)]
pub(super) enum Deed {
    /// Opens the panel.
    Panel,
    /// Shows what is in force.
    Show,
    /// Shows what was changed.
    Log,
    /// Lets a field, or everything, be inherited.
    Reset,
    /// Sets everything as it is set somewhere else.
    Copy,
    /// Hands out what is set.
    Export,
    /// Sets everything as a file has it.
    Import,
    /// Keeps the domains in force in a place as a list of the server's.
    Keep,
    /// Makes these changes on whatever is there.
    Set(fn(&Given<'_>) -> Result<Vec<Step>, Unfit>),
    /// Makes changes that are worked out from what is in force, and so on nothing else.
    Adjust(fn(&Given<'_>) -> Result<Vec<Step>, Unfit>),
}

/// What a subcommand makes its changes of.
pub(super) struct Given<'a> {
    /// What was filled in.
    pub(super) args: &'a Args<'a>,
    /// What is in force in the place.
    pub(super) values: &'a Complete,
    /// The language of whoever filled it in.
    pub(super) language: Language,
}

/// Why what was filled in makes no change.
pub(super) enum Unfit {
    /// No option was filled in.
    Nothing,
    /// What was filled in is refused.
    Refused(Refused),
}

impl From<Invalid> for Unfit {
    fn from(reason: Invalid) -> Self {
        Self::Refused(Refused::Invalid(reason))
    }
}

/// An option of a subcommand.
pub(super) struct Opt {
    /// Its name.
    pub(super) name: &'static str,
    /// Whether it has to be filled in.
    pub(super) required: bool,
    /// What is filled in.
    pub(super) kind: Kind,
}

/// What an option takes.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Something that Discord's own client asks for, as this makes of an option.
    Plain(fn(CreateCommandOption) -> CreateCommandOption),
    /// A text for which values are offered while it is typed.
    Completed(Completion),
    /// One of these, as they are called in a language; told by its place.
    OneOf(fn(Language) -> Vec<String>),
}

impl Opt {
    /// An option that has to be filled in.
    pub(super) const fn needed(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            required: true,
            kind,
        }
    }

    /// An option that may be left out.
    pub(super) const fn optional(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            required: false,
            kind,
        }
    }
}
