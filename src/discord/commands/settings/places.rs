//! Which place a subcommand is about: the channel that it is used in or the one that `where` names, or what is above it by `level`.

use std::sync::Arc;

use serenity::all::{CommandOptionType, CreateCommandOption, PartialChannel};

use super::args::Args;
use super::leaf::{Kind, Opt};
use crate::conversation::language::Language;
use crate::discord::answering::Edge;
use crate::discord::arrival::Arrival;
use crate::discord::call::CallError;
use crate::ids::ChannelId;
use crate::render::Message;
use crate::render::settings::{Refused, exported, level_name};
use crate::search::scope::{Level, Path};

/// The options that name the place.
pub(super) const OPTIONS: [Opt; 2] = [
    Opt::optional("where", Kind::Plain(channel)),
    Opt::optional("level", Kind::OneOf(levels)),
];

/// The levels that can be named; without one it is the very place.
pub(super) const LEVELS: [Level; 3] = [Level::Channel, Level::Category, Level::Server];

/// A channel, category, forum or thread, as Discord's own client lets one choose it.
pub(super) fn channel(option: CreateCommandOption) -> CreateCommandOption {
    option.kind(CommandOptionType::Channel)
}

/// What these levels are called.
pub(super) fn levels(language: Language) -> Vec<String> {
    LEVELS
        .map(|level| level_name(level, language).to_owned())
        .to_vec()
}

/// The way to the place that the options name; what to say where they name none.
pub(super) async fn named(
    edge: &Arc<Edge>,
    arrival: &Arrival,
    args: &Args<'_>,
) -> Result<Path, Message> {
    let language = arrival.language;
    let here = (arrival.place.channel, arrival.channel.as_ref());
    let (channel, beside) = args.channel("where").unwrap_or(here);
    let path = edge.way_to(arrival, channel, beside).await;
    let path = path.map_err(|refused| refused.message(language))?;
    match args.one_of("level", &LEVELS) {
        None => Ok(path),
        Some(level) => {
            let above = path.up_to(level);
            above.ok_or_else(|| exported::no_level(level, language))
        }
    }
}

impl Edge {
    /// The way to a channel of the server that an interaction is from. `beside` is what Discord tells of the channel along with that.
    ///
    /// # Errors
    ///
    /// [`Refused::NoServer`] where the bot is in no server, [`Refused::NotInThisServer`] for a channel of another one or of none,
    /// [`Refused::NotSeen`] for one of which Discord tells the bot nothing, and [`Refused::NotLookedUp`] when it cannot be found out.
    pub(in crate::discord) async fn way_to(
        &self,
        arrival: &Arrival,
        channel: ChannelId,
        beside: Option<&PartialChannel>,
    ) -> Result<Path, Refused> {
        let guild = arrival.place.guild.filter(|_| arrival.place.present);
        let guild = guild.ok_or(Refused::NoServer)?;
        let ways = &self.ways;
        let path = ways
            .whereabouts
            .path(&ways.channels, guild, channel, beside)
            .await;
        match path {
            Ok(path) if path.here().channel() == Some(channel) => Ok(path),
            Ok(_) | Err(CallError::Gone { .. }) => Err(Refused::NotInThisServer),
            Err(CallError::Refused { .. }) => Err(Refused::NotSeen),
            Err(error) => {
                tracing::warn!(%channel, %error, "where a channel is could not be found out");
                Err(Refused::NotLookedUp)
            }
        }
    }
}
