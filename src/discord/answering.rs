//! Takes a question from its acknowledgement to its delivered outcome. Every path ends with something the reader sees.

use std::borrow::Cow;
use std::sync::Arc;

use dashmap::mapref::entry::Entry;
use dashmap::{DashMap, DashSet};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::access::ToldLately;
use super::arrival::Arrival;
use super::audit::Audit;
use super::call::CallError;
use super::catching_up::HeardUntil;
use super::commands::{Files, Waiting};
use super::courier::{Courier, Undelivered};
use super::first_message::{FirstMessage, Ways};
use super::happenings::Happening;
use super::order::Order;
use super::progress::Growing;
use super::recovery::try_later;
use super::research::{Arrivals, Boards, Lines};
use super::settings_panel::Drafts;
use crate::conversation::answer::Answer;
use crate::conversation::ask::Desk;
use crate::conversation::failure::Failure;
use crate::conversation::in_flight::OpenQuestion;
use crate::conversation::line::InLine;
use crate::conversation::outcome::Outcome;
use crate::conversation::question::{Origin, Question};
use crate::conversation::rules::{Display, Format, Rules};
use crate::failpoint;
use crate::ids::{PersonId, QuestionId};
use crate::render::{Message, answer};
use crate::research::desk::ResearchDesk;
use crate::search::scope::Path;

/// What everything at the edge needs at hand.
pub(super) struct Edge {
    /// Where questions are taken and answered.
    pub(super) desk: Arc<Desk>,
    /// How things are shown.
    pub(super) ways: Ways,
    /// Who the bot is.
    pub(super) me: PersonId,
    /// Whether messages that do not mention it come with their text.
    pub(super) reads_messages: bool,
    /// How it behaves.
    pub(super) rules: Rules,
    /// What happens to messages, in the order in which it happened.
    pub(super) order: Order<Happening>,
    /// Up to when everything was heard.
    pub(super) heard_until: HeardUntil,
    /// Every task of the edge; the shutdown waits for them.
    pub(super) tasks: TaskTracker,
    /// Cancelled when what is still being answered has to be given up.
    pub(super) give_up: CancellationToken,
    /// The answers that are being written or delivered. May be lost: then none is.
    pub(super) stops: DashMap<QuestionId, UnderWay>,
    /// Who was told lately that they may not ask.
    pub(super) told_lately: ToldLately,
    /// The questions whose answers are being taken away. May be lost.
    pub(super) removing: DashSet<QuestionId>,
    /// Where changes of settings are told.
    pub(super) audit: Audit,
    /// Changes of settings that wait for a button.
    pub(super) waiting: Waiting,
    /// Where files that people hand in are fetched.
    pub(super) files: Files,
    /// Where researches are taken on.
    pub(super) research: Arc<ResearchDesk>,
    /// Researches that are being acknowledged.
    pub(super) arrivals: Arrivals,
    /// The messages that show how far researches are.
    pub(super) boards: Boards,
    /// The lines for researches in which somebody moved up.
    pub(super) lines: Lines,
    /// Told when somebody moved up.
    pub(super) moved_up: Arc<Notify>,
    /// What people typed in panels and was not saved. May be lost.
    pub(super) drafts: Drafts,
}

/// An answer that is being written or delivered.
#[derive(Clone, Default)]
pub(super) struct UnderWay {
    /// Ends the writing.
    pub(super) stop: CancellationToken,
    /// Cancelled once all of it was delivered.
    pub(super) over: CancellationToken,
}

/// What came of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delivery {
    /// It can be seen, or nobody can be shown it.
    Done,
    /// Discord did not take it for now.
    Later,
}

/// What is left of an answer's form, where Discord did not take all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As the settings have it and the channel lets it be.
    AsSet,
    /// The same without pictures.
    WithoutPictures,
    /// Nothing but text.
    Plain,
}

/// A question that is being answered, until its outcome was delivered: so long it can be stopped, and is neither answered anew nor taken
/// away.
pub(super) struct Stoppable {
    edge: Arc<Edge>,
    question: QuestionId,
    under_way: UnderWay,
}

impl Stoppable {
    /// None where the question is under way already.
    pub(super) fn new(edge: Arc<Edge>, question: QuestionId) -> Option<Self> {
        let under_way = UnderWay::default();
        match edge.stops.entry(question) {
            Entry::Occupied(_) => return None,
            Entry::Vacant(free) => free.insert(under_way.clone()),
        };
        Some(Self {
            edge,
            question,
            under_way,
        })
    }
}

impl Drop for Stoppable {
    fn drop(&mut self) {
        self.edge.stops.remove(&self.question);
        self.under_way.over.cancel();
    }
}

impl Edge {
    /// Acknowledges a recorded question and answers it in a task of its own.
    pub(super) async fn take(
        self: &Arc<Self>,
        question: Question,
        path: Option<Path>,
        in_line: InLine,
        open: OpenQuestion,
    ) {
        failpoint::pass("ask.before_acknowledge");
        let acknowledged = match &question.asked.origin {
            Origin::Interaction(reply) if question.asked.wish.private => {
                self.ways.interactions.acknowledge_privately(reply).await
            }
            Origin::Interaction(reply) => self.ways.interactions.acknowledge(reply).await,
            // Nothing waits for it: those who write next in the channel are to be heard.
            Origin::Message(_) => {
                let (ways, channel) = (self.ways.clone(), question.asked.place.channel);
                self.tasks
                    .spawn(async move { ways.channels.typing(channel).await });
                Ok(())
            }
            Origin::Past => Ok(()),
        };
        failpoint::pass("ask.after_acknowledge");
        match acknowledged {
            // An earlier try arrived.
            Ok(()) | Err(CallError::AlreadyAcknowledged) => {}
            // The question is recorded, so it is answered; the courier finds a way that is still open.
            Err(error) => {
                tracing::warn!(question = %question.id, %error, "a question could not be acknowledged")
            }
        }
        let Some(stoppable) = Stoppable::new(Arc::clone(self), question.id) else {
            return tracing::error!(question = %question.id, "a new question is under way already");
        };
        self.answer_apart(question, path, stoppable, in_line, open);
    }

    /// Answers a question in a task of its own.
    pub(super) fn answer_apart(
        self: &Arc<Self>,
        question: Question,
        path: Option<Path>,
        stoppable: Stoppable,
        in_line: InLine,
        open: OpenQuestion,
    ) {
        let edge = Arc::clone(self);
        self.tasks
            .spawn(async move { edge.answer(question, path, stoppable, in_line, open).await });
    }

    async fn answer(
        self: Arc<Self>,
        question: Question,
        path: Option<Path>,
        stoppable: Stoppable,
        in_line: InLine,
        open: OpenQuestion,
    ) {
        let in_line = Arc::new(in_line);
        let first = Arc::new(FirstMessage::of(self.ways.clone(), question).await);
        let progress = Arc::new(Growing::start(
            &self.tasks,
            Arc::clone(&first),
            self.display_for(first.question()),
        ));
        let outcome = self
            .outcome(
                first.question(),
                path,
                Arc::clone(&in_line),
                &progress,
                &stoppable.under_way.stop,
            )
            .await;
        if let Some(progress) = Arc::into_inner(progress) {
            progress.finish().await;
        }
        if self.deliver(&first, &outcome, 0).await == Delivery::Later {
            try_later(&self, first.question().id);
        }
        self.over(stoppable).await;
        drop(in_line);
        drop(open);
    }

    /// An answer was delivered as far as it could be. Who takes it away in the meantime leaves it to be cleared away here.
    pub(super) async fn over(&self, stoppable: Stoppable) {
        let question = stoppable.question;
        drop(stoppable);
        // Looked for after that: whoever takes it away from now on does all of it alone.
        if self.is_withdrawn(question).await {
            self.clear_away(question).await;
        }
    }

    /// How the question ended: answered or failed by the desk, stopped, given up, or lost to a panic of ours.
    async fn outcome(
        &self,
        question: &Question,
        path: Option<Path>,
        in_line: Arc<InLine>,
        progress: &Arc<Growing>,
        stop: &CancellationToken,
    ) -> Outcome {
        let desk = Arc::clone(&self.desk);
        let (asked, shown) = (question.clone(), Arc::clone(progress));
        let mut work = self.tasks.spawn(async move {
            desk.answer(&asked, path.as_ref(), &in_line, shown.as_ref())
                .await
        });
        let ended = tokio::select! {
            ended = &mut work => match ended {
                Ok(outcome) => Ok(outcome),
                Err(error) => {
                    tracing::error!(question = %question.id, %error, "answering failed");
                    Err(Failure::Internal)
                }
            },
            () = stop.cancelled() => Err(Failure::Stopped),
            () = self.give_up.cancelled() => Err(Failure::Interrupted),
        };
        let failure = match ended {
            Ok(outcome) => return outcome,
            Err(failure) => failure,
        };
        work.abort();
        // Once it is gone, nothing is shown or recorded any more but what follows here. It may just have ended well.
        if failure != Failure::Internal
            && let Ok(outcome) = work.await
        {
            return outcome;
        }
        tracing::info!(question = %question.id, failure = failure.name(), "given up");
        let outcome = Outcome::Failed {
            failure,
            draft: progress.newest(),
        };
        self.desk.record(question.id, &outcome).await;
        outcome
    }

    /// How the answer to a question is to look: plain where the bot may not show embeds.
    pub(super) fn display_for(&self, question: &Question) -> Display {
        let display = self.rules.display;
        let embeds = &self.ways.rights.embeds;
        let format = if embeds.is_refused(question.asked.place.channel) {
            Format::Plain
        } else {
            display.format
        };
        Display { format, ..display }
    }

    /// The outcome as far as it can be shown: pictures are embeds too.
    pub(super) fn showable<'a>(
        &self,
        question: &Question,
        outcome: &'a Outcome,
    ) -> Cow<'a, Outcome> {
        let embeds = &self.ways.rights.embeds;
        if embeds.is_refused(question.asked.place.channel) {
            without_pictures(outcome)
        } else {
            Cow::Borrowed(outcome)
        }
    }

    /// How an outcome is to look, and as much of it as can be shown, in this form.
    pub(super) fn in_form<'a>(
        &self,
        question: &Question,
        outcome: &'a Outcome,
        form: Form,
    ) -> (Display, Cow<'a, Outcome>) {
        let display = self.display_for(question);
        match form {
            Form::AsSet => (display, self.showable(question, outcome)),
            Form::WithoutPictures => (display, without_pictures(outcome)),
            Form::Plain => {
                let format = Format::Plain;
                (Display { format, ..display }, without_pictures(outcome))
            }
        }
    }

    /// Takes note of what the bot may do in the channel that an interaction is from, where it tells.
    pub(super) fn note_rights(&self, arrival: &Arrival) {
        let rights = &self.ways.rights;
        for (right, may) in [
            (&rights.embeds, arrival.embeds),
            (&rights.files, arrival.files),
        ] {
            if let Some(may) = may {
                right.note(arrival.place.channel, may);
            }
        }
    }

    /// What says that an answer is complete, where that took long and nothing else lets the channel show as unread: further messages
    /// do, and who has it answered anew is there.
    async fn announcement(
        &self,
        first: &FirstMessage,
        outcome: &Outcome,
        display: Display,
        parts: usize,
    ) -> Option<Message> {
        let question = first.question();
        let Outcome::Answered(Answer { took, .. }) = *outcome else {
            return None;
        };
        // Where only the reply can be written it could be sent twice, and could not be taken away with its answer.
        let is_due = question.asked.is_answered_openly()
            && question.attempt == 0
            && parts == 1
            && display.announced_after.is_some_and(|after| took > after);
        let answer = first.place().await.filter(|_| is_due)?;
        Some(answer::announcement(
            question,
            answer.channel,
            answer.message,
            took,
        ))
    }

    /// Shows an outcome, of which so many messages may be out already, and notes what can be seen.
    pub(super) async fn deliver(
        &self,
        first: &FirstMessage,
        outcome: &Outcome,
        parts_shown: u32,
    ) -> Delivery {
        // By now it may be cut in other places, and look otherwise: what was begun is gone through from its first message on, and edited.
        // Only where nothing can be edited later is what was sent left alone.
        let is_editable = first.question().asked.is_answered_openly();
        let begun = if is_editable { 0 } else { parts_shown };
        self.deliver_in(Form::AsSet, first, outcome, begun).await
    }

    /// Shows an outcome in this form, from the message of this number on.
    async fn deliver_in(
        &self,
        form: Form,
        first: &FirstMessage,
        outcome: &Outcome,
        begun: u32,
    ) -> Delivery {
        let question = first.question();
        if self.is_withdrawn(question.id).await {
            return Delivery::Done;
        }
        let (display, showable) = self.in_form(question, outcome, form);
        let messages = answer::outcome(question, &showable, display);
        let parts = messages.len();
        let is_edited = first.place().await.is_some()
            || matches!(question.asked.origin, Origin::Interaction(_));
        let mut courier = Courier::new(&self.ways, first).await;
        for (part, message) in (0..).zip(&messages).skip(begun as usize) {
            failpoint::pass("deliver.before_part");
            let delivered = courier.deliver(part, message).await;
            failpoint::pass("deliver.after_part");
            match delivered {
                Ok(()) => {}
                // What is there of it is edited to read without them.
                Err(error @ Undelivered::Embeds(_)) => {
                    tracing::info!(question = %question.id, %error, "an outcome is shown as plain text");
                    let (channel, embeds) =
                        (question.asked.place.channel, &self.ways.rights.embeds);
                    embeds.note(channel, false);
                    let delivery = Box::pin(self.deliver_in(Form::Plain, first, outcome, 0)).await;
                    let first = first.place().await;
                    if first.is_none_or(|first| first.channel != channel) {
                        // Text alone is refused there too, so that it was not because of the embeds.
                        embeds.note(channel, true);
                    }
                    return delivery;
                }
                Err(error @ Undelivered::Malformed(_)) => {
                    let without = if form == Form::AsSet && has_pictures(&showable) {
                        Form::WithoutPictures
                    } else {
                        Form::Plain
                    };
                    tracing::error!(question = %question.id, part, %error, next = ?without, "an outcome is shown in a simpler form");
                    // Pictures change nothing in how the text is cut.
                    let keeps_cut = without == Form::WithoutPictures;
                    let begun = if keeps_cut { part } else { 0 };
                    return Box::pin(self.deliver_in(without, first, outcome, begun)).await;
                }
                Err(error @ Undelivered::ForGood(_)) => {
                    tracing::warn!(question = %question.id, %error, "an outcome can be shown to nobody");
                    self.desk.undeliverable(question.id).await;
                    return Delivery::Done;
                }
                Err(error @ Undelivered::ForNow(_)) => {
                    tracing::warn!(question = %question.id, %error, "an outcome could not be shown; it is tried again");
                    return Delivery::Later;
                }
            }
            if (part as usize) + 1 < parts {
                self.desk.parts_shown(question.id, part + 1).await;
            }
        }
        courier
            .clear_beyond(u32::try_from(parts).unwrap_or(u32::MAX))
            .await;
        let answered = matches!(outcome, Outcome::Answered(_));
        if answered && let Some(answer) = first.place().await {
            self.go_on_in_thread(question, answer).await;
        }
        failpoint::pass("deliver.before_shown");
        self.desk.shown(question.id).await;
        failpoint::pass("deliver.after_shown");
        self.catch_up_with_changes(question).await;
        let took = self.desk.clock().now().since(question.opened_at);
        tracing::info!(question = %question.id, took_ms = took.as_millis(), answered, parts, "question done");
        // Last of all: whatever becomes of it, the answer is there.
        if is_edited
            && let Some(announcement) = self.announcement(first, outcome, display, parts).await
        {
            courier.announce(&announcement).await;
        }
        Delivery::Done
    }
}

pub(super) fn has_pictures(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Answered(answer) if !answer.images.is_empty())
}

fn without_pictures(outcome: &Outcome) -> Cow<'_, Outcome> {
    match outcome {
        Outcome::Answered(answer) if !answer.images.is_empty() => {
            Cow::Owned(Outcome::Answered(Answer {
                images: Vec::new(),
                ..answer.clone()
            }))
        }
        _ => Cow::Borrowed(outcome),
    }
}
