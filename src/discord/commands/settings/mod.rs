//! `/settings`: shows and changes what is set in Discord. Every subcommand is a line in a list, from which the tree is made that Discord is
//! told of. Each is acknowledged at once, to its user alone, and ends with a reply. Judges nothing itself and words nothing.

mod leaf;

mod args;

mod places;

mod general;

mod sources;

mod answers;

mod people;

mod tree;

mod completing;

mod changing;

mod showing;

mod waiting;

mod files;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use poise::{ApplicationContext, FrameworkError};
use serenity::all::ComponentInteraction;
use tokio::time::Instant;

use super::Error;
use crate::conversation::question::Reply;
use crate::discord::answering::Edge;
use crate::discord::arrival::Arrival;
use crate::discord::call::CallError;
use crate::discord::courier::again;
use crate::render::Message;
use crate::render::sentences::Refusal;
use crate::render::settings::deed::Does;
use crate::render::settings::{Refused, without_file};
use crate::search::scope::Path;
use args::Args;
pub(in crate::discord) use files::Files;
use leaf::{Deed, Leaf, Of};
pub(super) use tree::command;
pub(in crate::discord) use waiting::Waiting;

/// How long it may be tried to show what came of a command.
const PATIENCE: Duration = Duration::from_secs(20);

/// How something is acknowledged.
#[derive(Clone, Copy, PartialEq, Eq)]
enum First {
    /// With a reply that only the person sees.
    Reply,
    /// With nothing to see: the reply is the message that was pressed.
    Press,
}

/// Does what a subcommand is for.
async fn run<'a>(
    ctx: ApplicationContext<'a, Arc<Edge>, Error>,
) -> Result<(), FrameworkError<'a, Arc<Edge>, Error>> {
    let edge = ctx.framework.user_data;
    let arrival = Arrival::of_command(ctx.interaction, &edge.ways.languages);
    let Some(leaf) = tree::leaf(&ctx.command().identifying_name) else {
        edge.refuse(&arrival, Refusal::NotUnderstood).await;
        return Ok(());
    };
    let args = Args::of(ctx.args);
    let done = carried_out(edge, &arrival, leaf, &args);
    // The shutdown waits for it: what is saved is to be told.
    let told = told(edge, &arrival, First::Reply, done);
    edge.tasks.track_future(told).await;
    Ok(())
}

/// What comes of a subcommand.
async fn carried_out(
    edge: &Arc<Edge>,
    arrival: &Arrival,
    leaf: &'static Leaf,
    args: &Args<'_>,
) -> Result<Vec<Message>, Message> {
    let say = |refused: Refused| refused.message(arrival.language);
    let path = match leaf.of {
        Of::Place => places::named(edge, arrival, args).await?,
        Of::Server | Of::Managers(_) => {
            let guild = arrival.place.guild.filter(|_| arrival.place.present);
            Path::server(guild.ok_or_else(|| say(Refused::NoServer))?)
        }
    };
    // Before anything else is judged: whether what they fill in would be valid is nothing to them.
    if let Of::Managers(field) = leaf.of
        && !edge
            .authority(arrival, &path)
            .await
            .map_err(say)?
            .manages_server
    {
        return Err(say(Refused::OfManagers(field)));
    }
    match leaf.deed {
        Deed::Panel => {
            let opened = edge.open_panel(arrival, path).await;
            let opened = opened.map_err(|refused| refused.message(arrival.language));
            opened.map(one)
        }
        Deed::Show => showing::show(edge, arrival, &path).await,
        Deed::Export => showing::export(edge, arrival, &path).await.map(one),
        Deed::Log => showing::log(edge, arrival, &path, None).await.map(one),
        Deed::Reset => changing::reset(edge, arrival, path, args).await.map(one),
        Deed::Copy => changing::copy(edge, arrival, path, args).await.map(one),
        Deed::Import => changing::import(edge, arrival, path, args).await.map(one),
        Deed::Keep => changing::keep(edge, arrival, &path, args).await.map(one),
        Deed::Set(make) => {
            let set = changing::set(edge, arrival, path, args, make, false);
            set.await.map(one)
        }
        Deed::Adjust(make) => {
            let set = changing::set(edge, arrival, path, args, make, true);
            set.await.map(one)
        }
    }
}

fn one(message: Message) -> Vec<Message> {
    vec![message]
}

impl Edge {
    /// Does what a button about settings is for.
    pub(in crate::discord) async fn deed_pressed(
        self: &Arc<Self>,
        interaction: &ComponentInteraction,
    ) {
        let arrival = Arrival::of_component(interaction, &self.ways.languages);
        let Some(does) = Does::named(&interaction.data.custom_id) else {
            tracing::warn!("a button about settings of an unknown kind was pressed");
            return self.refuse(&arrival, Refusal::NotUnderstood).await;
        };
        let done = async {
            match does {
                Does::Apply(waiting) => changing::apply(self, &arrival, waiting).await,
                Does::Cancel(waiting) => Ok(changing::cancel(self, &arrival, waiting)),
                Does::Changes { level, id, before } => {
                    showing::turned(self, &arrival, level, id, before).await
                }
            }
            .map(one)
        };
        let told = told(self, &arrival, First::Press, done);
        self.tasks.track_future(told).await;
    }
}

/// Acknowledges at once, then shows what came of it. Whatever happens, something is shown.
async fn told(
    edge: &Arc<Edge>,
    arrival: &Arrival,
    first: First,
    done: impl Future<Output = Result<Vec<Message>, Message>>,
) {
    let (interactions, reply) = (&edge.ways.interactions, &arrival.reply);
    let acknowledged = match first {
        First::Reply => interactions.acknowledge_privately(reply).await,
        First::Press => interactions.acknowledge_press(reply).await,
    };
    match acknowledged {
        Ok(()) => {}
        // Discord told of it twice: it is one deed.
        Err(CallError::AlreadyAcknowledged) => return,
        // The person reads that it failed, and nothing has been done.
        Err(error) => {
            return tracing::warn!(interaction = %reply.interaction, %error, "what was to be done with settings could not be acknowledged");
        }
    }
    let done = AssertUnwindSafe(done).catch_unwind().await;
    let messages = match done {
        Ok(Ok(messages)) => messages,
        Ok(Err(refusal)) => one(refusal),
        Err(_) => {
            tracing::error!(interaction = %reply.interaction, "what was to be done with settings panicked");
            one(Refusal::Internal.message(arrival.language))
        }
    };
    for (place, message) in messages.iter().enumerate() {
        let shown = show(edge, reply, message, place == 0).await;
        let shown = match shown {
            Err(error) if message.file().is_some() && error.may_be_of_file() => {
                let message = without_file(message, arrival.language);
                show(edge, reply, &message, place == 0).await
            }
            other => other,
        };
        let Err(error) = shown else {
            continue;
        };
        tracing::warn!(interaction = %reply.interaction, %error, "what came of settings could not be shown");
        // What Discord refuses to show must not leave the reply open: something else it takes.
        if matches!(error, CallError::Refused { .. }) {
            let message = Refusal::Internal.message(arrival.language);
            if let Err(error) = show(edge, reply, &message, place == 0).await {
                tracing::warn!(interaction = %reply.interaction, %error, "that something could not be shown could not be said");
            }
        }
        return;
    }
}

/// Shows a message to the person: as the reply, or behind it.
async fn show(
    edge: &Arc<Edge>,
    reply: &Reply,
    message: &Message,
    is_first: bool,
) -> Result<(), CallError> {
    let (interactions, deadline) = (&edge.ways.interactions, Instant::now() + PATIENCE);
    if is_first {
        let edited = again(deadline, || interactions.edit(reply, message)).await;
        return edited.map(drop);
    }
    again(deadline, || interactions.whisper(reply, message)).await
}
