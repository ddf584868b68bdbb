//! The panel in which settings are made: one message that only its reader sees, drawn anew in place by whatever is pressed in it. Whoever
//! presses is judged each time, whatever the panel showed before, and what they save is saved on what they saw, or not at all.

mod drafts;

pub(super) mod payload;

mod reading;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use serenity::all::{ComponentInteraction, ModalInteraction};
use tokio::time::{Instant, timeout};

pub(super) use self::drafts::Drafts;
use self::reading::{Given, step};
use super::answering::Edge;
use super::arrival::Arrival;
use super::call::CallError;
use super::courier::again;
use crate::conversation::administering::Order;
use crate::conversation::panel::{Act, Panel};
use crate::conversation::place_settings::Levels;
use crate::conversation::ports::SettingsChange;
use crate::ids::ChangeId;
use crate::render::Message;
use crate::render::sentences::Refusal;
use crate::render::settings::Refused;
use crate::render::settings::panel::{
    Form, INPUTS_AT_MOST, Notice, View, field, form, overview, reset, saved_unshown,
};
use crate::search::change::Step;
use crate::search::fields::Field;
use crate::search::scope::Path;

/// How long a form may wait for what is to stand in it: it has to be the first response, and comes within a second, whatever the store does.
const LOOK: Duration = Duration::from_millis(700);

/// How long it may be tried to show a panel.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a panel is about.
#[derive(Clone, Copy)]
struct Spot {
    /// The whole way that the panel leads along.
    way: Path,
    /// The place on it whose settings are shown.
    here: Path,
}

/// What a panel shows.
enum Page {
    Overview,
    Field(Field),
    /// Whether to let everything be inherited.
    Reset,
}

/// What came of a press: where the panel is now, and what it says.
struct Done {
    spot: Spot,
    page: Page,
    notice: Option<Notice>,
}

impl Done {
    fn is_saved(&self) -> bool {
        let notice = self.notice.as_ref();
        notice.is_some_and(|notice| matches!(notice, Notice::Saved | Notice::SavedUntold(_)))
    }
}

/// What is found when a form is to be opened.
enum Looked {
    /// The form.
    Form(Form),
    /// Somebody changed what it is about since the panel was shown.
    Overtaken,
}

impl Edge {
    /// The panel of a place, for those who may set something there.
    ///
    /// # Errors
    ///
    /// Why it is not opened.
    pub(super) async fn open_panel(
        &self,
        arrival: &Arrival,
        path: Path,
    ) -> Result<Message, Refused> {
        self.authority_to_set(arrival, &path).await?;
        let spot = Spot {
            way: path,
            here: path,
        };
        self.drawn(arrival, spot, &Page::Overview, None).await
    }

    /// Does what somebody pressed, chose or picked in a panel.
    pub(super) async fn panel_pressed(
        self: &Arc<Self>,
        interaction: &ComponentInteraction,
        panel: Panel,
    ) {
        let arrival = Arrival::of_component(interaction, &self.ways.languages);
        let given = Given::of_component(interaction);
        let edge = Arc::clone(self);
        // The shutdown waits for it: what is half done would stay so.
        let done = async move {
            if panel.act.opens_form() {
                let opened = edge.open_panel_form(&arrival, panel);
                edge.caught(&arrival, opened).await;
            } else {
                let used = edge.use_panel(&arrival, panel, &given);
                edge.caught(&arrival, used).await;
            }
        };
        self.tasks.track_future(done).await;
    }

    /// Does what somebody typed into a form of a panel.
    pub(super) async fn panel_form_sent(
        self: &Arc<Self>,
        interaction: &ModalInteraction,
        panel: Panel,
    ) {
        // A panel is opened where the bot is; whoever forges one elsewhere has no authority there.
        let arrival = Arrival::of_modal(interaction, true, &self.ways.languages);
        let given = Given::of_form(interaction);
        let edge = Arc::clone(self);
        let done = async move {
            let used = edge.use_panel(&arrival, panel, &given);
            edge.caught(&arrival, used).await;
        };
        self.tasks.track_future(done).await;
    }

    /// Does something with a panel; whoever wanted it is told where that panics.
    async fn caught(&self, arrival: &Arrival, done: impl Future<Output = ()>) {
        if AssertUnwindSafe(done).catch_unwind().await.is_ok() {
            return;
        }
        let interaction = arrival.reply.interaction;
        tracing::error!(%interaction, "what was done in a panel panicked");
        let message = Refusal::Internal.message(arrival.language);
        // The first response, where there was none yet.
        let first = self
            .ways
            .interactions
            .refuse(&arrival.reply, &message)
            .await;
        if first.is_err() {
            self.whisper(arrival, &message).await;
        }
    }

    /// Opens the form of a control, with what is set in it or what was typed before.
    async fn open_panel_form(&self, arrival: &Arrival, panel: Panel) {
        let shown = match timeout(LOOK, self.looked(arrival, panel)).await {
            Ok(Ok(Looked::Form(form))) => form,
            Ok(Ok(Looked::Overtaken)) => return self.show_overtaken(arrival, panel).await,
            Ok(Err(refused)) => {
                let (reply, message) = (&arrival.reply, refused.message(arrival.language));
                return log_unshown(
                    arrival,
                    self.ways.interactions.refuse(reply, &message).await,
                );
            }
            // What comes back in it is judged as it would have been here.
            Err(_) => match self.empty_form(arrival, panel) {
                Some(form) => form,
                None => {
                    let message = Refused::NotLookedUp.message(arrival.language);
                    let refused = self.ways.interactions.refuse(&arrival.reply, &message);
                    return log_unshown(arrival, refused.await);
                }
            },
        };
        let opened = self.ways.interactions.ask(&arrival.reply, &shown).await;
        log_unshown(arrival, opened);
    }

    /// The form of a control with what is set, for those who may set it.
    async fn looked(&self, arrival: &Arrival, panel: Panel) -> Result<Looked, Refused> {
        let spot = self.spot(arrival, panel).await?;
        self.authority_to_set(arrival, &spot.here).await?;
        let levels = self.levels(&spot.here).await?;
        if levels.revision() != panel.seen {
            return Ok(Looked::Overtaken);
        }
        let form = self.form_with(arrival, panel, spot.way, &levels);
        form.map(Looked::Form).ok_or(Refused::NotUnderstood)
    }

    /// The same form where it is not known what is set: with nothing in it. None where several values would be replaced by what is typed, of
    /// which the person would not know.
    fn empty_form(&self, arrival: &Arrival, panel: Panel) -> Option<Form> {
        let typed = self.drafts.of(owner(arrival), panel);
        let is_several = matches!(
            panel.field,
            Some(Field::Freshness | Field::History | Field::SourceLanguages)
        );
        if typed.is_none() && panel.act == Act::Write && is_several {
            return None;
        }
        let typed = typed.unwrap_or_else(|| vec![String::new(); INPUTS_AT_MOST]);
        let way = Path::server(arrival.place.guild?);
        let levels = Levels::of(way, Vec::new());
        form(&self.view(arrival, way, &levels), panel, Some(&typed))
    }

    fn form_with(
        &self,
        arrival: &Arrival,
        panel: Panel,
        way: Path,
        levels: &Levels,
    ) -> Option<Form> {
        let typed = self.drafts.of(owner(arrival), panel);
        form(&self.view(arrival, way, levels), panel, typed.as_deref())
    }

    fn view<'a>(&'a self, arrival: &Arrival, way: Path, levels: &'a Levels) -> View<'a> {
        View {
            levels,
            way,
            operator: self.desk.places().operator(),
            language: arrival.language,
        }
    }

    /// Acknowledges a press or a form, does what it says, and draws the panel anew.
    async fn use_panel(&self, arrival: &Arrival, panel: Panel, given: &Given) {
        if !self.acknowledged(arrival).await {
            return;
        }
        // Whatever keeps it from being saved, what was typed is there again.
        if let Given::Typed(texts) = given {
            self.drafts.keep(owner(arrival), panel, texts.clone());
        }
        match self.done(arrival, panel, given).await {
            Ok(done) => self.show_done(arrival, done).await,
            Err(refused) => self.show_refused(arrival, panel, refused).await,
        }
    }

    /// Whether a press is acknowledged, and to be carried out.
    async fn acknowledged(&self, arrival: &Arrival) -> bool {
        match self
            .ways
            .interactions
            .acknowledge_press(&arrival.reply)
            .await
        {
            Ok(()) => true,
            // Discord told of it twice: it is one deed.
            Err(CallError::AlreadyAcknowledged) => false,
            // The one who pressed reads that it failed.
            Err(error) => {
                log_unacknowledged(arrival, &error);
                false
            }
        }
    }

    /// Does what a control says, for those who may.
    async fn done(&self, arrival: &Arrival, panel: Panel, given: &Given) -> Result<Done, Refused> {
        let mut spot = self.spot(arrival, panel).await?;
        if panel.act == Act::Elsewhere {
            let (place, beside) = given.channel().ok_or(Refused::NotUnderstood)?;
            let way = self.way_to(arrival, place, beside).await?;
            spot = Spot { way, here: way };
        }
        let authority = self.authority_to_set(arrival, &spot.here).await?;
        let page = match panel.act {
            Act::Overview | Act::Elsewhere => Page::Overview,
            Act::Choose => Page::Field(given.field().ok_or(Refused::NotUnderstood)?),
            Act::AskReset => Page::Reset,
            _ => {
                let notice = self
                    .changed(arrival, panel, given, spot.here, authority.manages_server)
                    .await?;
                let page = panel.field.map_or(Page::Overview, Page::Field);
                return Ok(Done {
                    spot,
                    page,
                    notice: Some(notice),
                });
            }
        };
        Ok(Done {
            spot,
            page,
            notice: None,
        })
    }

    /// Makes a change on what its maker saw, and says what came of it. What they had typed for the field is forgotten once something is saved.
    async fn changed(
        &self,
        arrival: &Arrival,
        panel: Panel,
        given: &Given,
        path: Path,
        manages_server: bool,
    ) -> Result<Notice, Refused> {
        let places = self.desk.places();
        let domains = self.levels(&path).await?.in_force(places.operator());
        let domains = domains.values.domains;
        let language = arrival.language;
        let notice = match step(panel, given, &domains, places.operator(), language) {
            Ok(step) => {
                let order = Order {
                    path,
                    steps: vec![step],
                    on: Some(panel.seen),
                    by: arrival.person.clone(),
                    manages_server,
                };
                self.made(&order).await
            }
            Err(notice) => notice,
        };
        if matches!(
            notice,
            Notice::Saved | Notice::SavedUntold(_) | Notice::Unchanged
        ) {
            self.drafts.forget(owner(arrival), panel);
        }
        Ok(notice)
    }

    async fn made(&self, order: &Order) -> Notice {
        match self.change_settings(order).await {
            Ok(change) if change.is_nothing() => Notice::Unchanged,
            Ok(change) => match self.unwritable_audit(&change).await {
                Some(channel) => Notice::SavedUntold(channel),
                None => Notice::Saved,
            },
            Err(Refused::Invalid(reason)) => Notice::Invalid(reason),
            Err(Refused::Overtaken) => {
                let seen = order.on.unwrap_or(ChangeId::NONE);
                Notice::Overtaken(self.newer_than(&order.path, seen).await.map(Box::new))
            }
            Err(refused) => Notice::Refused(refused),
        }
    }

    /// The last change of a place, if it was made after another.
    async fn newer_than(&self, path: &Path, seen: ChangeId) -> Option<SettingsChange> {
        let place = Some(path.here().id);
        let changes = self.desk.store().changes(path.guild, place, None, 1).await;
        let changes = changes.inspect_err(|error| {
            tracing::error!(guild = %path.guild, %error, "who changed settings could not be read");
        });
        let newest = changes.ok()?.into_iter().next();
        newest.filter(|change| change.id > seen)
    }

    /// Where a panel is.
    async fn spot(&self, arrival: &Arrival, panel: Panel) -> Result<Spot, Refused> {
        let way = match panel.place {
            Some(place) => {
                self.way_to(arrival, place, arrival.channel.as_ref())
                    .await?
            }
            None => {
                let guild = arrival.place.guild.filter(|_| arrival.place.present);
                Path::server(guild.ok_or(Refused::NoServer)?)
            }
        };
        // What was seen, and is judged on, was of that category.
        if panel.category.is_some() && panel.category != way.category {
            return Err(Refused::Moved);
        }
        let here = way.up_to(panel.level).ok_or(Refused::NotInThisServer)?;
        Ok(Spot { way, here })
    }

    /// A panel as it is to be shown.
    async fn drawn(
        &self,
        arrival: &Arrival,
        spot: Spot,
        page: &Page,
        notice: Option<&Notice>,
    ) -> Result<Message, Refused> {
        let levels = self.levels(&spot.here).await?;
        let view = self.view(arrival, spot.way, &levels);
        match page {
            Page::Overview => Ok(overview(&view, notice)),
            Page::Field(shown) => Ok(field(&view, *shown, notice)),
            Page::Reset => {
                let order = Order {
                    path: spot.here,
                    steps: vec![Step::Reset],
                    on: Some(levels.revision()),
                    by: arrival.person.clone(),
                    manages_server: false,
                };
                let change = self.desk.administration().preview(&order).await?;
                Ok(reset(&view, &change))
            }
        }
    }

    /// Draws the panel anew; where that fails, what is saved is at least said to be.
    async fn show_done(&self, arrival: &Arrival, done: Done) {
        let saved = done.is_saved();
        let drawn = self.drawn(arrival, done.spot, &done.page, done.notice.as_ref());
        let message = match drawn.await {
            Ok(message) => message,
            Err(_) if saved => saved_unshown(arrival.language),
            Err(refused) => {
                let message = refused.message(arrival.language);
                return self.whisper(arrival, &message).await;
            }
        };
        if !self.show_panel(arrival, &message).await {
            let message = if saved {
                saved_unshown(arrival.language)
            } else {
                Refusal::Internal.message(arrival.language)
            };
            self.whisper(arrival, &message).await;
        }
    }

    /// Says why nothing is done: in place of the panel, which is no longer theirs; beside it, where they only wanted to go elsewhere, or can try
    /// again.
    async fn show_refused(&self, arrival: &Arrival, panel: Panel, refused: Refused) {
        let message = refused.message(arrival.language);
        let stays = matches!(panel.act, Act::Overview | Act::Elsewhere)
            || matches!(refused, Refused::NotLookedUp | Refused::NotRecorded);
        if stays || !self.show_panel(arrival, &message).await {
            self.whisper(arrival, &message).await;
        }
    }

    /// Draws the panel anew in place of opening a form: somebody changed what it is about.
    async fn show_overtaken(&self, arrival: &Arrival, panel: Panel) {
        if !self.acknowledged(arrival).await {
            return;
        }
        match self.spot(arrival, panel).await {
            Ok(spot) => {
                let change = self.newer_than(&spot.here, panel.seen).await;
                let done = Done {
                    spot,
                    page: panel.field.map_or(Page::Overview, Page::Field),
                    notice: Some(Notice::Overtaken(change.map(Box::new))),
                };
                self.show_done(arrival, done).await;
            }
            Err(refused) => self.show_refused(arrival, panel, refused).await,
        }
    }

    /// Makes the panel say this; whether it does.
    async fn show_panel(&self, arrival: &Arrival, message: &Message) -> bool {
        let (interactions, reply) = (&self.ways.interactions, &arrival.reply);
        let deadline = Instant::now() + PATIENCE;
        let shown = again(deadline, || interactions.edit(reply, message)).await;
        let is_shown = shown.is_ok();
        log_unshown(arrival, shown.map(drop));
        is_shown
    }

    /// Tells somebody alone something beside the panel.
    async fn whisper(&self, arrival: &Arrival, message: &Message) {
        let (interactions, reply) = (&self.ways.interactions, &arrival.reply);
        let deadline = Instant::now() + PATIENCE;
        let told = again(deadline, || interactions.whisper(reply, message)).await;
        log_unshown(arrival, told);
    }
}

/// Whose what is typed into a form is.
fn owner(arrival: &Arrival) -> drafts::Of {
    (arrival.person.id, arrival.place.guild)
}

fn log_unacknowledged(arrival: &Arrival, error: &CallError) {
    let interaction = arrival.reply.interaction;
    tracing::warn!(%interaction, %error, "what was done in a panel could not be acknowledged");
}

fn log_unshown(arrival: &Arrival, shown: Result<(), CallError>) {
    match shown {
        Ok(()) | Err(CallError::AlreadyAcknowledged) => {}
        Err(error) => {
            let interaction = arrival.reply.interaction;
            tracing::warn!(%interaction, %error, "a panel could not be shown");
        }
    }
}
