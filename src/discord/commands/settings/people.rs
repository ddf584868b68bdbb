//! The subcommands about people: who may ask, what members may set for one question, whose role lets them set things, where changes are told.

use serenity::all::{ChannelType, CommandOptionType, CreateCommandOption};

use super::answers::flag;
use super::leaf::{Deed, Given, Kind, Leaf, Of, Opt, Unfit};
use crate::render::settings::Refused;
use crate::search::change::Step;
use crate::search::fields::{Audit, Field, Value};
use crate::search::people::{Access, Admitted, Members, Wishable};

/// The options that name roles and people.
const WHO: [&str; 5] = ["who", "who2", "who3", "who4", "who5"];

const WHO_OPTIONS: &[Opt] = &[
    Opt::needed("who", Kind::Plain(mentionable)),
    Opt::optional("who2", Kind::Plain(mentionable)),
    Opt::optional("who3", Kind::Plain(mentionable)),
    Opt::optional("who4", Kind::Plain(mentionable)),
    Opt::optional("who5", Kind::Plain(mentionable)),
];

/// The options that open or close a wish, each with it.
const WISHES: [(&str, Wishable); 6] = [
    ("domains", Wishable::Domains),
    ("recency", Wishable::Recency),
    ("depth", Wishable::Depth),
    ("deeper", Wishable::Deeper),
    ("research", Wishable::Research),
    ("private", Wishable::Private),
];

/// The subcommands.
pub(super) const LEAVES: &[Leaf] = &[
    Leaf {
        path: "access allow",
        options: WHO_OPTIONS,
        of: Of::Place,
        deed: Deed::Set(|given| Ok(vec![Step::Admit(who(given)?)])),
    },
    Leaf {
        path: "access remove",
        options: WHO_OPTIONS,
        of: Of::Place,
        deed: Deed::Set(|given| Ok(vec![Step::Expel(who(given)?)])),
    },
    Leaf {
        path: "access everyone",
        options: &[],
        of: Of::Place,
        deed: Deed::Set(|_| Ok(vec![Step::Set(Value::Access(Access::Everyone))])),
    },
    Leaf {
        path: "members",
        options: &[
            Opt::optional("domains", Kind::Plain(flag)),
            Opt::optional("recency", Kind::Plain(flag)),
            Opt::optional("depth", Kind::Plain(flag)),
            Opt::optional("deeper", Kind::Plain(flag)),
            Opt::optional("research", Kind::Plain(flag)),
            Opt::optional("private", Kind::Plain(flag)),
        ],
        of: Of::Place,
        deed: Deed::Adjust(members),
    },
    Leaf {
        path: "setters add",
        options: &[Opt::needed("role", Kind::Plain(role))],
        of: Of::Managers(Field::Setters),
        deed: Deed::Set(|given| {
            let role = given.args.role("role").ok_or(Unfit::Nothing)?;
            Ok(vec![Step::AddSetter(role)])
        }),
    },
    Leaf {
        path: "setters remove",
        options: &[Opt::needed("role", Kind::Plain(role))],
        of: Of::Managers(Field::Setters),
        deed: Deed::Set(|given| {
            let role = given.args.role("role").ok_or(Unfit::Nothing)?;
            Ok(vec![Step::RemoveSetter(role)])
        }),
    },
    Leaf {
        path: "audit",
        options: &[
            Opt::optional("channel", Kind::Plain(written_in)),
            Opt::optional("off", Kind::Plain(flag)),
        ],
        of: Of::Managers(Field::Audit),
        deed: Deed::Set(audit),
    },
];

fn mentionable(option: CreateCommandOption) -> CreateCommandOption {
    option.kind(CommandOptionType::Mentionable)
}

fn role(option: CreateCommandOption) -> CreateCommandOption {
    option.kind(CommandOptionType::Role)
}

/// A channel that messages are written in.
fn written_in(option: CreateCommandOption) -> CreateCommandOption {
    let kinds = vec![
        ChannelType::Text,
        ChannelType::News,
        ChannelType::Voice,
        ChannelType::Stage,
        ChannelType::PublicThread,
        ChannelType::PrivateThread,
        ChannelType::NewsThread,
    ];
    option.kind(CommandOptionType::Channel).channel_types(kinds)
}

fn who(given: &Given<'_>) -> Result<Admitted, Unfit> {
    let admitted = given.args.admitted(&WHO);
    admitted.ok_or(Unfit::Refused(Refused::NotUnderstood))
}

fn members(given: &Given<'_>) -> Result<Vec<Step>, Unfit> {
    let mut open = given.values.members.0.clone();
    let mut is_any_given = false;
    for (name, wishable) in WISHES {
        match given.args.flag(name) {
            Some(true) => open.insert(wishable),
            Some(false) => open.remove(&wishable),
            None => continue,
        };
        is_any_given = true;
    }
    if !is_any_given {
        return Err(Unfit::Nothing);
    }
    Ok(vec![Step::Set(Value::Members(Members(open)))])
}

fn audit(given: &Given<'_>) -> Result<Vec<Step>, Unfit> {
    let audit = match (given.args.channel("channel"), given.args.flag("off")) {
        (Some((channel, _)), Some(false) | None) => Audit::Channel(channel),
        (None, Some(true)) => Audit::Off,
        _ => return Err(Unfit::Nothing),
    };
    Ok(vec![Step::Set(Value::Audit(audit))])
}
