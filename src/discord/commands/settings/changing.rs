//! The subcommands that change something, and the buttons below what would be changed. Who may is judged before anything is looked at.

use std::sync::Arc;

use super::args::Args;
use super::files::NotFetched;
use super::leaf::{Given, Unfit};
use super::places;
use super::waiting::Proposal;
use crate::conversation::administering::{Change, NotChanged, Order};
use crate::conversation::place_settings::Levels;
use crate::conversation::question::Person;
use crate::discord::answering::Edge;
use crate::discord::arrival::Arrival;
use crate::ids::ChangeId;
use crate::render::Message;
use crate::render::settings::changed::Known;
use crate::render::settings::{Refused, changed, exported, field_name};
use crate::search::change::Step;
use crate::search::export;
use crate::search::fields::{Field, Settings};
use crate::search::scope::{Level, Path};

impl Edge {
    /// Changes what is set, and has it told where changes are told.
    ///
    /// # Errors
    ///
    /// Why nothing was changed.
    pub(in crate::discord) async fn change_settings(
        &self,
        order: &Order,
    ) -> Result<Change, Refused> {
        self.audit_stays_in_server(order).await?;
        let change = self.desk.administration().change(order).await;
        let change = change.map_err(refused)?;
        if !change.is_nothing() {
            self.audit.nudge();
        }
        Ok(change)
    }

    /// What is set on the way to a place.
    pub(in crate::discord) async fn levels(&self, path: &Path) -> Result<Levels, Refused> {
        self.desk.places().levels(path).await.map_err(|error| {
            tracing::error!(guild = %path.guild, %error, "what is set could not be read");
            if error.is_unreadable() {
                Refused::Unreadable
            } else {
                Refused::NotLookedUp
            }
        })
    }

    /// Whether what is set in a place itself cannot be read by this version.
    async fn is_unreadable(&self, path: &Path) -> bool {
        let place = path.here();
        let ids = [place.id];
        let kept = self.desk.store().settings_of(place.guild, &ids).await;
        kept.is_err_and(|error| error.is_unreadable())
    }

    /// Takes back what is set in a place and cannot be read: a change like any other, which is told where changes are told.
    async fn clear_unreadable(&self, path: &Path, by: &Person) -> Result<(), Refused> {
        let (place, now) = (path.here(), self.desk.clock().now());
        let cleared = self
            .desk
            .store()
            .forget_settings(place.guild, place.id, by, now);
        cleared.await.map_err(|error| {
            tracing::error!(guild = %place.guild, %error, "what cannot be read could not be cleared");
            Refused::NotRecorded
        })?;
        self.desk.places().forget(place.guild);
        self.audit.nudge();
        Ok(())
    }
}

fn refused(reason: NotChanged) -> Refused {
    if let NotChanged::Store(error) = &reason {
        tracing::error!(%error, "settings could not be changed");
    }
    reason.into()
}

/// Makes a change, and says what was changed, and whether it can be told where it is to be told from now on.
async fn made(edge: &Arc<Edge>, arrival: &Arrival, order: &Order) -> Result<Message, Message> {
    let language = arrival.language;
    let change = edge.change_settings(order).await;
    let change = change.map_err(|refused| refused.message(language))?;
    let unwritable = edge.unwritable_audit(&change).await;
    let place = order.path.here();
    Ok(changed::saved(&place, &change, unwritable, language))
}

/// Makes the change that was typed. With `as_seen` only on what it was worked out from.
pub(super) async fn set(
    edge: &Arc<Edge>,
    arrival: &Arrival,
    path: Path,
    args: &Args<'_>,
    make: fn(&Given<'_>) -> Result<Vec<Step>, Unfit>,
    as_seen: bool,
) -> Result<Message, Message> {
    let language = arrival.language;
    let say = |refused: Refused| refused.message(language);
    let authority = edge.authority_to_set(arrival, &path).await.map_err(say)?;
    let levels = edge.levels(&path).await.map_err(say)?;
    let operator = edge.desk.places().operator();
    let steps = make(&Given {
        args,
        values: &levels.in_force(operator).values,
        language,
    });
    let steps = steps.map_err(|unfit| match unfit {
        Unfit::Nothing => exported::nothing_given(language),
        Unfit::Refused(refused) => refused.message(language),
    })?;
    let order = Order {
        path,
        steps,
        on: as_seen.then(|| levels.revision()),
        by: arrival.person.clone(),
        manages_server: authority.manages_server,
    };
    made(edge, arrival, &order).await
}

/// Keeps the domains in force in a place as a list of the server's.
pub(super) async fn keep(
    edge: &Arc<Edge>,
    arrival: &Arrival,
    place: &Path,
    args: &Args<'_>,
) -> Result<Message, Message> {
    let language = arrival.language;
    let say = |refused: Refused| refused.message(language);
    let server = Path::server(place.guild);
    let authority = edge.authority_to_set(arrival, &server).await.map_err(say)?;
    let there = edge.authority(arrival, place).await.map_err(say)?;
    if !there.may_view {
        return Err(say(Refused::Unseen));
    }
    let levels = edge.levels(place).await.map_err(say)?;
    let domains = levels
        .in_force(edge.desk.places().operator())
        .values
        .domains;
    let name = args.needed("name").to_owned();
    let order = Order {
        path: server,
        steps: vec![Step::KeepPreset { name, domains }],
        on: None,
        by: arrival.person.clone(),
        manages_server: authority.manages_server,
    };
    made(edge, arrival, &order).await
}

/// Proposes that a field, or everything, be inherited.
pub(super) async fn reset(
    edge: &Arc<Edge>,
    arrival: &Arrival,
    path: Path,
    args: &Args<'_>,
) -> Result<Message, Message> {
    let language = arrival.language;
    let step = match args.text("field") {
        None => Step::Reset,
        Some(typed) => {
            let called = |field: &Field| {
                let name = field_name(*field, language).to_lowercase();
                name == typed.trim().to_lowercase()
            };
            let field = Field::named(typed.trim()).or_else(|| Field::ALL.into_iter().find(called));
            Step::Inherit(field.ok_or_else(|| exported::no_field(typed, language))?)
        }
    };
    propose(edge, arrival, path, step, &Known::default()).await
}

/// Proposes that everything be set as it is set somewhere else: in another channel, or in what is above it or here.
pub(super) async fn copy(
    edge: &Arc<Edge>,
    arrival: &Arrival,
    path: Path,
    args: &Args<'_>,
) -> Result<Message, Message> {
    let language = arrival.language;
    let say = |refused: Refused| refused.message(language);
    let level = args.one_of("from_level", &places::LEVELS);
    let (channel, beside) = match (args.channel("from"), level) {
        (Some(from), _) => from,
        (None, Some(_)) => (arrival.place.channel, arrival.channel.as_ref()),
        (None, None) => return Err(exported::nothing_given(language)),
    };
    let from = edge.way_to(arrival, channel, beside).await.map_err(say)?;
    let from = match level {
        Some(level) => {
            let above = from.up_to(level);
            above.ok_or_else(|| exported::no_level(level, language))?
        }
        None => from,
    };
    // What is set there is shown: whoever may not set it may not see to it that it is set here.
    edge.authority_to_set(arrival, &from).await.map_err(say)?;
    let own = edge.levels(&from).await.map_err(say)?.own();
    let known = Known {
        left_out: left_out(&own, &path),
        empty_source: own.is_empty().then(|| from.here()),
    };
    propose(edge, arrival, path, Step::Replace(Box::new(own)), &known).await
}

/// What is the server's of what is to be set in a place below it.
fn left_out(settings: &Settings, path: &Path) -> Vec<Field> {
    let is_below = path.here().level != Level::Server;
    let fields = settings.fields();
    fields
        .filter(|field| is_below && field.is_of_server())
        .collect()
}

/// Proposes that everything be set as a file has it.
pub(super) async fn import(
    edge: &Arc<Edge>,
    arrival: &Arrival,
    path: Path,
    args: &Args<'_>,
) -> Result<Message, Message> {
    let say = |refused: Refused| refused.message(arrival.language);
    // Nothing is fetched for somebody who may set nothing.
    edge.authority_to_set(arrival, &path).await.map_err(say)?;
    let written = match (args.file("file"), args.text("text")) {
        (Some(file), None) => edge
            .files
            .fetch(file)
            .await
            .map_err(|reason| match reason {
                NotFetched::Fault(fault) => exported::not_imported(&fault, arrival.language),
                NotFetched::Unavailable => say(Refused::NotLookedUp),
            })?,
        (None, Some(text)) => text.to_owned(),
        _ => return Err(exported::file_or_text(arrival.language)),
    };
    let settings = export::import(&written)
        .map_err(|fault| exported::not_imported(&fault, arrival.language))?;
    let known = Known {
        left_out: left_out(&settings, &path),
        empty_source: None,
    };
    let step = Step::Replace(Box::new(settings));
    propose(edge, arrival, path, step, &known).await
}

/// Shows what a step would change, with the buttons that make the change or leave it.
async fn propose(
    edge: &Arc<Edge>,
    arrival: &Arrival,
    path: Path,
    step: Step,
    known: &Known,
) -> Result<Message, Message> {
    let language = arrival.language;
    let say = |refused: Refused| refused.message(language);
    let authority = edge.authority_to_set(arrival, &path).await.map_err(say)?;
    let order = Order {
        path,
        steps: vec![step],
        on: None,
        by: arrival.person.clone(),
        manages_server: authority.manages_server,
    };
    edge.audit_stays_in_server(&order).await.map_err(say)?;
    let planned = edge.desk.administration().preview(&order).await;
    let waiting = arrival.reply.interaction.0;
    let planned = match planned.map_err(refused) {
        Err(Refused::Unreadable)
            if order.steps == [Step::Reset] && edge.is_unreadable(&path).await =>
        {
            may_clear(&path, authority.manages_server).map_err(say)?;
            let proposal = Proposal {
                path,
                steps: order.steps,
                on: ChangeId::NONE,
                person: arrival.person.id,
            };
            edge.waiting.keep(waiting, proposal);
            return Ok(changed::unreadable(&path.here(), waiting, language));
        }
        other => other.map_err(say)?,
    };
    if !planned.is_nothing() {
        let proposal = Proposal {
            path,
            steps: order.steps,
            on: planned.revision,
            person: arrival.person.id,
        };
        edge.waiting.keep(waiting, proposal);
    }
    Ok(changed::preview(
        &path.here(),
        &planned,
        known,
        waiting,
        language,
    ))
}

/// Makes the change that was proposed, if nobody else changed the place since, and the person may still.
pub(super) async fn apply(
    edge: &Arc<Edge>,
    arrival: &Arrival,
    waiting: u64,
) -> Result<Message, Message> {
    let language = arrival.language;
    let say = |refused: Refused| refused.message(language);
    let proposal = edge.waiting.take(waiting, arrival.person.id);
    let proposal = proposal.ok_or_else(|| changed::expired(language))?;
    let Proposal {
        path, steps, on, ..
    } = proposal;
    let authority = edge.authority_to_set(arrival, &path).await.map_err(say)?;
    if steps == [Step::Reset] && edge.is_unreadable(&path).await {
        may_clear(&path, authority.manages_server).map_err(say)?;
        let cleared = edge.clear_unreadable(&path, &arrival.person).await;
        cleared.map_err(say)?;
        return Ok(changed::cleared(&path.here(), language));
    }
    let order = Order {
        path,
        steps,
        on: Some(on),
        by: arrival.person.clone(),
        manages_server: authority.manages_server,
    };
    made(edge, arrival, &order).await
}

/// Clearing what cannot be read takes at the server also away who else may set and where changes are told, which is for its managers alone.
fn may_clear(path: &Path, manages_server: bool) -> Result<(), Refused> {
    if path.here().level == Level::Server && !manages_server {
        return Err(Refused::OfManagers(Field::Setters));
    }
    Ok(())
}

/// Forgets what was proposed.
pub(super) fn cancel(edge: &Arc<Edge>, arrival: &Arrival, waiting: u64) -> Message {
    drop(edge.waiting.take(waiting, arrival.person.id));
    changed::cancelled(arrival.language)
}
