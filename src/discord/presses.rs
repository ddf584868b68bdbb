//! What people press and pick below an answer: finds the answer, and does with it what they may. Of what it is sent it trusts nothing but
//! to find the answer by.

use std::sync::Arc;
use std::time::Duration;

use serenity::all::{ComponentInteraction, ComponentInteractionDataKind};
use tokio::time::{Instant, timeout};

use super::answering::{Edge, Form, Stoppable};
use super::arrival::Arrival;
use super::call::CallError;
use super::courier::{again, without_its_file};
use super::research::Pressed;
use super::taking::{Asked, LOOK};
use crate::conversation::controls::{About, Control, Deed, QuestionForm};
use crate::conversation::outcome::Outcome;
use crate::conversation::ports::{Kept, Posted, StoreError};
use crate::conversation::question::{Belongs, Origin, Question, Task};
use crate::ids::{MessageId, QuestionId};
use crate::jobs::job::State;
use crate::render::sentences::Refusal;
use crate::render::{Message, answer, sources};
use crate::search::wish::Wish;

/// How long it may be tried to show the one who pressed what came of it.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long a press waits for the rest of an answer that is being delivered.
const DELIVERY: Duration = Duration::from_secs(10);

/// Something that was pressed or picked.
struct Press {
    arrival: Arrival,
    /// The message that it is below.
    message: MessageId,
    /// Which option was picked, from 0.
    picked: Option<usize>,
}

impl Edge {
    /// Does what somebody pressed or picked; whoever is refused is told so, and nobody else.
    pub(super) async fn pressed(self: &Arc<Self>, interaction: &ComponentInteraction) {
        let picked = match &interaction.data.kind {
            ComponentInteractionDataKind::StringSelect { values } => {
                values.first().and_then(|value| value.parse().ok())
            }
            _ => None,
        };
        let press = Press {
            arrival: Arrival::of_component(interaction, &self.ways.languages),
            message: MessageId(interaction.message.id.get()),
            picked,
        };
        let Some(control) = Control::named(&interaction.data.custom_id) else {
            tracing::warn!("something of an unknown kind was pressed");
            return self.refuse(&press.arrival, Refusal::NotUnderstood).await;
        };
        match control.deed {
            Deed::FollowUp => self.follow_up(&press, control.question).await,
            Deed::Related => self.ask_related(&press, control.question).await,
            _ => {
                let edge = Arc::clone(self);
                // The shutdown waits for it: what is half done would stay so.
                let done = async move { edge.carry_out(&press, control).await };
                self.tasks.track_future(done).await;
            }
        }
    }

    /// Opens the form for a question that goes on from an answer.
    async fn follow_up(&self, press: &Press, question: QuestionId) {
        let place = press.arrival.place;
        let found = timeout(LOOK, self.found(question, &press.arrival));
        let (found, admitted) = tokio::join!(found, self.admit_to_form(&press.arrival));
        // The form need not wait for the store: what comes back in it is looked up again.
        let found = found.map_or(Ok(()), |found| found.map(drop));
        if let Err(refusal) = found.and(admitted) {
            return self.refuse(&press.arrival, refusal).await;
        }
        let form = QuestionForm {
            about: About::Answer(question),
            present: place.present,
        };
        self.open_form(&press.arrival, form).await;
    }

    /// Takes on the related question that was picked.
    async fn ask_related(self: &Arc<Self>, press: &Press, question: QuestionId) {
        let found = timeout(LOOK, self.found(question, &press.arrival)).await;
        let found = found.unwrap_or(Err(Refusal::NotLookedUp));
        let text = found.and_then(|kept| {
            let offered = match kept.outcome {
                Some(Outcome::Answered(answer)) => answer.offered(),
                Some(Outcome::Failed { .. }) => Vec::new(),
                None => return Err(Refusal::BeingAnswered),
            };
            let picked = press
                .picked
                .and_then(|place| offered.into_iter().nth(place));
            picked.ok_or(Refusal::Gone)
        });
        match text {
            Ok(text) => {
                let asked = Asked {
                    text: text.as_str(),
                    task: Task::Answer,
                    quote: None,
                    seen: false,
                    belongs: Belongs::After(question),
                    wish: Wish::default(),
                };
                self.take_interaction(&press.arrival, asked).await;
            }
            Err(refusal) => self.refuse(&press.arrival, refusal).await,
        }
    }

    /// Acknowledges a press, then does what was pressed.
    async fn carry_out(self: Arc<Self>, press: &Press, control: Control) {
        let (interactions, reply) = (&self.ways.interactions, &press.arrival.reply);
        self.note_rights(&press.arrival);
        let acknowledged = match control.deed {
            Deed::Sources => interactions.acknowledge_privately(reply).await,
            _ => interactions.acknowledge_press(reply).await,
        };
        match acknowledged {
            Ok(()) => {}
            // Discord told of it twice: it is one deed.
            Err(CallError::AlreadyAcknowledged) => return,
            // The one who pressed reads that it failed.
            Err(error) => {
                return tracing::warn!(interaction = %reply.interaction, %error, "a press could not be acknowledged");
            }
        }
        let done = match control.deed {
            Deed::Page(page) => self.sources(press, control.question, page).await,
            Deed::Sources => self.sources(press, control.question, 0).await,
            Deed::Stop => self.stop(press, control).await,
            Deed::Delete => self.delete(press, control).await,
            Deed::Begin => self.begin(press, control).await,
            Deed::Cancel => self.cancel(press, control).await,
            _ => self.answer_anew(press, control).await,
        };
        let Err(refusal) = done else {
            return;
        };
        let refusal = refusal.message(press.arrival.language);
        let deadline = Instant::now() + PATIENCE;
        let told = match control.deed {
            Deed::Sources => again(deadline, || interactions.edit(reply, &refusal))
                .await
                .map(drop),
            _ => again(deadline, || interactions.whisper(reply, &refusal)).await,
        };
        if let Err(error) = told {
            tracing::warn!(interaction = %reply.interaction, %error, "a refusal could not be shown");
        }
    }

    /// Shows a page of the sources to the one who pressed.
    async fn sources(&self, press: &Press, question: QuestionId, page: u16) -> Result<(), Refusal> {
        let kept = self.found(question, &press.arrival).await?;
        let outcome = kept.outcome.ok_or(Refusal::BeingAnswered)?;
        let shown = sources::page(question, &outcome, page, press.arrival.language);
        if let Err(error) = self.show_in_reply(press, &kept.question, &shown).await {
            log_unshown(press, &error);
        }
        Ok(())
    }

    /// Makes what the press was acknowledged with say this.
    async fn show_in_reply(
        &self,
        press: &Press,
        question: &Question,
        message: &Message,
    ) -> Result<(), CallError> {
        let message = self
            .ways
            .bearable(question, press.arrival.place.channel, message);
        let (interactions, reply) = (&self.ways.interactions, &press.arrival.reply);
        let deadline = Instant::now() + PATIENCE;
        let mut shown = again(deadline, || interactions.edit(reply, &message)).await;
        if let Err(error) = &shown
            && let Some(message) = without_its_file(question, &message, error)
        {
            shown = again(deadline, || interactions.edit(reply, &message)).await;
        }
        shown.map(drop)
    }

    /// Ends an answer that is being written, or that waits for its turn.
    async fn stop(self: &Arc<Self>, press: &Press, control: Control) -> Result<(), Refusal> {
        let kept = self.found(control.question, &press.arrival).await?;
        allowed(press, control, &kept)?;
        let under_way = self.stops.get(&control.question).map(|found| found.clone());
        if let Some(under_way) = under_way {
            under_way.stop.cancel();
            return Ok(());
        }
        // Nobody else shows anything of it in the meantime.
        let Some(held) = Stoppable::new(Arc::clone(self), control.question) else {
            return Err(Refusal::BeingAnswered);
        };
        let shown = self.show_end(press, control.question).await;
        self.over(held).await;
        shown
    }

    /// Makes a message that says it is being written say how that ended, where it could not be shown: by the reply to the press it can.
    async fn show_end(&self, press: &Press, question: QuestionId) -> Result<(), Refusal> {
        let kept = self.found(question, &press.arrival).await?;
        let there = self.desk.messages(question).await;
        let is_shown = kept.shown && there.iter().any(|posted| posted.message == press.message);
        let Some(outcome) = kept.outcome.filter(|_| !is_shown) else {
            return Err(Refusal::NotBeingWritten);
        };
        for form in [Form::AsSet, Form::WithoutPictures, Form::Plain] {
            let (display, outcome) = self.in_form(&kept.question, &outcome, form);
            let messages = answer::outcome(&kept.question, &outcome, display);
            // Of several messages the last one says how it ended, and has the controls. Whoever still tries to show all of them goes on.
            let Some(last) = messages.last() else {
                return Ok(());
            };
            let Err(error) = self.show_in_reply(press, &kept.question, last).await else {
                if messages.len() == 1 {
                    self.desk.shown(question).await;
                }
                return Ok(());
            };
            log_unshown(press, &error);
            // As it is delivered: what Discord does not take goes in a simpler form.
            let may_be_of_embeds = error.lacks_permission() || error.is_malformed();
            if last.embeds().is_empty() || !may_be_of_embeds {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Lets a research begin.
    async fn begin(self: &Arc<Self>, press: &Press, control: Control) -> Result<(), Refusal> {
        let kept = self.found(control.question, &press.arrival).await?;
        // Whoever had it opened once more agrees to what that costs.
        let research = self.researched(control.question).await?;
        let asker = kept.question.asked.asker.id;
        let whose = research.and_then(|found| found.job.lane);
        let whose = whose.map_or(asker, |lane| lane.person);
        if !control.deed.is_open_to(press.arrival.reader, whose) {
            return Err(Refusal::NotYoursToBegin);
        }
        self.begin_research(&kept, &press.arrival.reply).await
    }

    /// Cancels a research.
    async fn cancel(&self, press: &Press, control: Control) -> Result<(), Refusal> {
        let kept = self.found(control.question, &press.arrival).await?;
        allowed(press, control, &kept)?;
        self.cancel_research(control.question).await
    }

    /// Takes an answer away.
    async fn delete(&self, press: &Press, control: Control) -> Result<(), Refusal> {
        let kept = self.found_here(control.question, &press.arrival).await?;
        allowed(press, control, &kept)?;
        self.until_delivered(&kept).await?;
        let pressed = (
            &press.arrival.reply,
            press.message,
            press.arrival.place.channel,
        );
        self.take_away(control.question, Some(pressed)).await
    }

    /// Waits until all of an answer that is there was delivered: whoever reads it may press before its last part is noted. An answer that
    /// is still being written is left alone.
    async fn until_delivered(&self, kept: &Kept) -> Result<(), Refusal> {
        let under_way = self.stops.get(&kept.question.id).map(|found| found.clone());
        let Some(under_way) = under_way else {
            return Ok(());
        };
        if kept.outcome.is_none() {
            return Err(Refusal::BeingAnswered);
        }
        let over = timeout(DELIVERY, under_way.over.cancelled()).await;
        over.or(Err(Refusal::BeingAnswered))
    }

    /// Has a question answered once more, as it reads by now, in the messages of the earlier answer.
    async fn answer_anew(self: &Arc<Self>, press: &Press, control: Control) -> Result<(), Refusal> {
        let kept = self.found(control.question, &press.arrival).await?;
        allowed(press, control, &kept)?;
        if control.deed == Deed::AnswerEdited && kept.edited.is_none() {
            return Err(Refusal::NotEdited);
        }
        self.until_delivered(&kept).await?;
        let place = kept.question.asked.place;
        let arrival = &press.arrival;
        let path = self.path_patiently(place, arrival.channel.as_ref()).await?;
        // Who presses is judged where the question was asked, which can be another place than that of the answer.
        let roles = (arrival.place.guild == place.guild).then_some(arrival.roles.as_slice());
        self.admit(path.as_ref(), arrival.person.id, roles).await?;
        // Judged before anything of the earlier answer is gone.
        let wish = &kept.question.asked.wish;
        let limits = self.grant(path.as_ref(), wish).await?;
        let earlier = self.researched(control.question).await?;
        if earlier
            .as_ref()
            .is_some_and(|earlier| earlier.job.state != State::Ended)
            && !limits.is_research()
        {
            return Err(Refusal::BeingAnswered);
        }
        if limits.is_research() {
            let pressed = Pressed {
                by: arrival.person.id,
                reply: &arrival.reply,
                message: press.message,
                channel: arrival.place.channel,
            };
            let path = path.as_ref();
            return self
                .research_anew(&kept, earlier.as_ref(), pressed, path, &limits)
                .await;
        }
        let open = self.open(press.arrival.person.id)?;
        let stoppable =
            Stoppable::new(Arc::clone(self), control.question).ok_or(Refusal::BeingAnswered)?;
        let there = self.desk.messages(control.question).await;
        let first = there.iter().find(|posted| posted.part == 0);
        let elsewhere = first.is_some_and(|first| first.message != press.message);
        let openly = kept.question.asked.is_answered_openly();
        // The reply to the press is the message that was pressed. Where that is not the answer's first one, the bot's own rights have to do,
        // and where it has none, the pressed message becomes the first.
        let reply = (!openly || !elsewhere).then_some(&press.arrival.reply);
        let reopened = self.desk.reopen(control.question, reply).await;
        let reopened = reopened.map_err(|error| {
            tracing::error!(question = %control.question, %error, "a question could not be opened once more");
            Refusal::NotRecorded
        })?;
        let (question, in_line) = reopened.ok_or(Refusal::BeingAnswered)?;
        if reply.is_some() && first.is_none_or(|first| first.message != press.message) {
            self.gather_in(press, &kept, &there).await;
        }
        self.answer_apart(question, path, stoppable, in_line, open);
        Ok(())
    }

    /// Makes the pressed message the first of its answer, whatever it was before, and deletes the others as far as Discord lets them be.
    async fn gather_in(&self, press: &Press, kept: &Kept, there: &[Posted]) {
        for posted in there {
            if posted.message != press.message {
                self.delete_earlier_soon(kept, posted).await;
            }
            self.desk.unposted(posted.message).await;
        }
        let first = Posted {
            part: 0,
            channel: press.arrival.place.channel,
            message: press.message,
        };
        self.desk.posted(kept.question.id, first).await;
    }

    /// Deletes a message of an earlier answer, where Discord lets it be.
    pub(super) async fn delete_earlier_soon(&self, kept: &Kept, posted: &Posted) {
        let deadline = Instant::now() + PATIENCE;
        if let Err(error) = self.delete_earlier(kept, posted, deadline).await {
            tracing::info!(question = %kept.question.id, %error, "a message of an earlier answer stays");
        }
    }

    /// Deletes a message of an earlier answer: by the bot's own rights, or where it is not by the earlier reply.
    async fn delete_earlier(
        &self,
        kept: &Kept,
        posted: &Posted,
        deadline: Instant,
    ) -> Result<(), CallError> {
        let ways = &self.ways;
        match &kept.question.asked.origin {
            _ if kept.question.asked.is_answered_openly() => {
                let delete = || ways.channels.delete(posted.channel, posted.message);
                again(deadline, delete).await
            }
            Origin::Interaction(earlier) => {
                // The first one is what the reply itself is.
                let which = (posted.part > 0).then_some(posted.message);
                let delete = || ways.interactions.delete(earlier, which);
                again(deadline, delete).await
            }
            Origin::Message(_) | Origin::Past => Ok(()),
        }
    }

    /// A question whose answer was not taken away, if it is of the place that somebody is in and they may know of it.
    pub(super) async fn found(
        &self,
        question: QuestionId,
        arrival: &Arrival,
    ) -> Result<Kept, Refusal> {
        let kept = self.found_here(question, arrival).await?;
        if kept.withdrawn {
            Err(Refusal::Gone)
        } else {
            Ok(kept)
        }
    }

    /// A question, if it was asked or answered where somebody is. A private one is there for its asker alone.
    async fn found_here(&self, question: QuestionId, arrival: &Arrival) -> Result<Kept, Refusal> {
        let (channel, person) = (arrival.place.channel, arrival.person.id);
        let store = self.desk.store();
        let failed = |error: StoreError| {
            tracing::error!(%question, %error, "a question could not be looked up");
            Refusal::NotLookedUp
        };
        let kept = store.question(question).await.map_err(failed)?;
        let kept = kept.ok_or(Refusal::Gone)?;
        let asked = &kept.question.asked;
        if asked.wish.private && asked.asker.id != person {
            return Err(Refusal::Gone);
        }
        let here = kept.question.asked.place.channel == channel
            || store
                .messages(question)
                .await
                .map_err(failed)?
                .iter()
                .any(|posted| posted.channel == channel);
        if here { Ok(kept) } else { Err(Refusal::Gone) }
    }
}

fn log_unshown(press: &Press, error: &CallError) {
    let interaction = press.arrival.reply.interaction;
    tracing::warn!(%interaction, %error, "what came of a press could not be shown");
}

/// Refuses what the reader may not do.
fn allowed(press: &Press, control: Control, kept: &Kept) -> Result<(), Refusal> {
    let asker = kept.question.asked.asker.id;
    if control.deed.is_open_to(press.arrival.reader, asker) {
        Ok(())
    } else {
        Err(Refusal::NotYours)
    }
}
