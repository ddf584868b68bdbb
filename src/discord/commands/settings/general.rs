//! The subcommands about all the settings of a place at once.

use serenity::all::{CommandOptionType, CreateCommandOption};

use super::completing::Completion;
use super::leaf::{Deed, Kind, Leaf, Of, Opt};
use super::places;
use super::sources::text;

/// The subcommands.
pub(super) const LEAVES: &[Leaf] = &[
    Leaf {
        path: "panel",
        options: &[],
        of: Of::Place,
        deed: Deed::Panel,
    },
    Leaf {
        path: "show",
        options: &[],
        of: Of::Place,
        deed: Deed::Show,
    },
    Leaf {
        path: "log",
        options: &[],
        of: Of::Place,
        deed: Deed::Log,
    },
    Leaf {
        path: "reset",
        options: &[Opt::optional("field", Kind::Completed(Completion::Field))],
        of: Of::Place,
        deed: Deed::Reset,
    },
    Leaf {
        path: "copy",
        options: &[
            Opt::optional("from", Kind::Plain(places::channel)),
            Opt::optional("from_level", Kind::OneOf(places::levels)),
        ],
        of: Of::Place,
        deed: Deed::Copy,
    },
    Leaf {
        path: "export",
        options: &[],
        of: Of::Place,
        deed: Deed::Export,
    },
    Leaf {
        path: "import",
        options: &[
            Opt::optional("file", Kind::Plain(file)),
            Opt::optional("text", Kind::Plain(text::<6000>)),
        ],
        of: Of::Place,
        deed: Deed::Import,
    },
];

fn file(option: CreateCommandOption) -> CreateCommandOption {
    option.kind(CommandOptionType::Attachment)
}
