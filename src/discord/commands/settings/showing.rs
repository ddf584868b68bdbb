//! The subcommands that show something: what is in force, what was changed, what is set as a file.

use std::sync::Arc;

use crate::discord::answering::Edge;
use crate::discord::arrival::Arrival;
use crate::ids::{ChangeId, ChannelId};
use crate::render::Message;
use crate::render::settings::{Refused, exported, log as changes, show as shown};
use crate::search::scope::{Level, Path};

/// What is in force in a place, for whoever may see the place.
pub(super) async fn show(
    edge: &Arc<Edge>,
    arrival: &Arrival,
    path: &Path,
) -> Result<Vec<Message>, Message> {
    let say = |refused: Refused| refused.message(arrival.language);
    let levels = seen(edge, arrival, path).await.map_err(say)?;
    let operator = edge.desk.places().operator();
    Ok(shown::settings(&levels, operator, arrival.language))
}

/// What is set in a place as a file, for whoever may see the place.
pub(super) async fn export(
    edge: &Arc<Edge>,
    arrival: &Arrival,
    path: &Path,
) -> Result<Message, Message> {
    let say = |refused: Refused| refused.message(arrival.language);
    let levels = seen(edge, arrival, path).await.map_err(say)?;
    Ok(exported::exported(
        &path.here(),
        &levels.own(),
        arrival.language,
    ))
}

async fn seen(
    edge: &Arc<Edge>,
    arrival: &Arrival,
    path: &Path,
) -> Result<crate::conversation::place_settings::Levels, Refused> {
    if !edge.authority(arrival, path).await?.may_view {
        return Err(Refused::Unseen);
    }
    edge.levels(path).await
}

/// What was changed in a place, in all of the server where the place is the server, for those who may set something there.
pub(super) async fn log(
    edge: &Arc<Edge>,
    arrival: &Arrival,
    path: &Path,
    before: Option<ChangeId>,
) -> Result<Message, Message> {
    let say = |refused: Refused| refused.message(arrival.language);
    edge.authority_to_set(arrival, path).await.map_err(say)?;
    let place = path.here();
    let id = (place.level != Level::Server).then_some(place.id);
    // One more than a page holds tells whether there is a next one.
    let kept = edge.desk.store();
    let kept = kept
        .changes(path.guild, id, before, changes::PAGE + 1)
        .await;
    let kept = kept.map_err(|error| {
        tracing::error!(guild = %path.guild, %error, "what was changed could not be read");
        say(Refused::NotLookedUp)
    })?;
    Ok(changes::page(&place, &kept, before, arrival.language))
}

/// Another page of what was changed.
pub(super) async fn turned(
    edge: &Arc<Edge>,
    arrival: &Arrival,
    level: Level,
    id: u64,
    before: Option<ChangeId>,
) -> Result<Message, Message> {
    let say = |refused: Refused| refused.message(arrival.language);
    let guild = arrival.place.guild.filter(|_| arrival.place.present);
    let guild = guild.ok_or(Refused::NoServer).map_err(say)?;
    let path = if level == Level::Server {
        Path::server(guild)
    } else {
        let channel = arrival.channel.as_ref();
        let way = edge.way_to(arrival, ChannelId(id), channel);
        way.await.map_err(say)?
    };
    log(edge, arrival, &path, before).await
}
