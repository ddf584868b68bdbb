//! Shows how a research ended: as new messages that ping its asker, in a thread where one is wanted; then leads there from where its progress
//! was. May be done again by a later process: nothing is posted twice.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::conversation::failure::Failure;
use crate::conversation::outcome::Outcome;
use crate::conversation::ports::Posted;
use crate::conversation::question::{Origin, Question};
use crate::conversation::rules::Display;
use crate::discord::answering::{Edge, Form, Stoppable, has_pictures};
use crate::discord::call::CallError;
use crate::discord::courier::{Courier, Undelivered, again};
use crate::discord::first_message::FirstMessage;
use crate::discord::research::home::{Home, before_all};
use crate::failpoint;
use crate::ids::{ChannelId, MessageId, QuestionId};
use crate::render::research;
use crate::research::ports::{Report, Shown};

/// How long it may be tried to lead from the progress to the outcome, or to learn where that is.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

impl Edge {
    /// Shows how a research ended.
    pub(super) async fn deliver_research(
        self: &Arc<Self>,
        question: &Question,
        outcome: &Outcome,
        report: &Report,
        may_be_there: bool,
    ) -> Shown {
        // Somebody takes it away right now, or shows how it ended.
        let Some(stoppable) = Stoppable::new(Arc::clone(self), question.id) else {
            return Shown::Later;
        };
        self.arrivals.arrived(question.asked.event).await;
        self.boards.close(question).await;
        let shown = self
            .show_research(question, outcome, report, may_be_there)
            .await;
        self.over(stoppable).await;
        if shown != Shown::Later {
            self.boards.forget(question.id);
        }
        shown
    }

    async fn show_research(
        &self,
        question: &Question,
        outcome: &Outcome,
        report: &Report,
        may_be_there: bool,
    ) -> Shown {
        // Meanwhile it may have been taken away, or opened once more.
        match self.desk.store().question(question.id).await {
            Ok(Some(kept)) if !kept.withdrawn && kept.question.attempt == question.attempt => {}
            Ok(_) => return Shown::Done,
            Err(error) => {
                tracing::error!(question = %question.id, %error, "a question could not be read");
                return Shown::Later;
            }
        }
        let progress = self.progress_of(question.id).await;
        if is_quiet(outcome)
            && question.asked.is_answered_openly()
            && let Some(shown) = self
                .show_in_place(question, outcome, report, progress)
                .await
        {
            return shown;
        }
        // To look for what nobody can have written would take from the calls that Discord allows.
        let after = may_be_there.then(|| before_all(question, progress));
        let home = match self
            .home_of(question, outcome, report, progress, after)
            .await
        {
            Ok(home) => home,
            Err(error) => {
                tracing::warn!(question = %question.id, %error, "where an outcome is shown is not known yet; it is tried again");
                return Shown::Later;
            }
        };
        let mut form = Form::AsSet;
        let refused = loop {
            let sent = self.send_research(home, question, outcome, report, form, after);
            let error = match sent.await {
                Ok(()) => break None,
                Err(error) => error,
            };
            let place = question.asked.place.channel;
            match &error {
                Undelivered::Embeds(_) if form != Form::Plain => {
                    tracing::info!(question = %question.id, %error, "an outcome is shown as plain text");
                    self.ways.rights.embeds.note(place, false);
                    form = Form::Plain;
                }
                Undelivered::Malformed(_) if form != Form::Plain => {
                    let without = if form == Form::AsSet && has_pictures(outcome) {
                        Form::WithoutPictures
                    } else {
                        Form::Plain
                    };
                    tracing::error!(question = %question.id, %error, next = ?without, "an outcome is shown in a simpler form");
                    form = without;
                }
                Undelivered::ForNow(_) => {
                    tracing::warn!(question = %question.id, %error, "an outcome could not be shown; it is tried again");
                    return Shown::Later;
                }
                _ => break Some(error),
            }
        };
        if let Some(error) = refused {
            tracing::warn!(question = %question.id, %error, "an outcome can be shown to nobody");
            self.lead_there(question, outcome, report, None).await;
            self.desk.undeliverable(question.id).await;
            return Shown::Nobody;
        }
        failpoint::pass("research.after_parts");
        self.settle_home(home, question, outcome).await;
        failpoint::pass("research.after_home");
        let there = self.first_of(question).await;
        if let Home::Anew { .. } = home
            && self.lead_there(question, outcome, report, there).await == Shown::Later
        {
            return Shown::Later;
        }
        failpoint::pass("research.after_leading");
        self.desk.shown(question.id).await;
        failpoint::pass("research.after_shown");
        self.catch_up_with_changes(question).await;
        let took = self.desk.clock().now().since(question.opened_at);
        let answered = matches!(outcome, Outcome::Answered(_));
        tracing::info!(question = %question.id, took_ms = took.as_millis(), answered, "research done");
        Shown::Done
    }

    /// Makes what showed the progress say that nobody wanted the research: whoever ended it is looking at it. None where that cannot be written.
    async fn show_in_place(
        &self,
        question: &Question,
        outcome: &Outcome,
        report: &Report,
        progress: Option<Posted>,
    ) -> Option<Shown> {
        let is_shown_elsewhere = self.first_of(question).await.is_some();
        if is_shown_elsewhere || progress.is_none() {
            return None;
        }
        let over = research::over(question, None, outcome, report);
        let once = || self.write_progress(question, &over);
        match again(Instant::now() + PATIENCE, once).await {
            Ok(()) => {
                failpoint::pass("research.in_place_unnoted");
                self.desk.shown(question.id).await;
                Some(Shown::Done)
            }
            Err(CallError::RateLimited { .. } | CallError::Unavailable(_)) => Some(Shown::Later),
            Err(error) => {
                tracing::info!(question = %question.id, %error, "what showed the progress of a research cannot be written");
                None
            }
        }
    }

    /// Sends all messages of an outcome in this form.
    async fn send_research(
        &self,
        home: Home,
        question: &Question,
        outcome: &Outcome,
        report: &Report,
        form: Form,
        after: Option<MessageId>,
    ) -> Result<(), Undelivered> {
        let (display, showable) = self.in_form(question, outcome, form);
        let messages = research::outcome(question, &showable, report, display);
        let first = FirstMessage::of(self.ways.clone(), question.clone()).await;
        let mut courier = match home {
            Home::InPlace => Courier::new(&self.ways, &first).await,
            Home::Anew { channel, .. } => {
                Courier::anew(&self.ways, &first, channel, self.me, after).await
            }
        };
        let mut sent = courier.deliver_all(&messages).await;
        // The reply is over, and nobody else is to see it: it comes to the asker directly.
        if let Err(Undelivered::ForGood(CallError::Gone { .. })) = &sent
            && !question.asked.is_answered_openly()
            && let Ok(direct) = self.ways.channels.direct(question.asked.asker.id).await
        {
            courier = Courier::anew(&self.ways, &first, direct, self.me, after).await;
            sent = courier.deliver_all(&messages).await;
        }
        sent?;
        let parts = u32::try_from(messages.len()).unwrap_or(u32::MAX);
        courier.clear_beyond(parts).await;
        Ok(())
    }

    /// Lets the conversation go on where the answer is.
    async fn settle_home(&self, home: Home, question: &Question, outcome: &Outcome) {
        let (Outcome::Answered(_), Some((channel, message))) =
            (outcome, self.first_of(question).await)
        else {
            return;
        };
        match home {
            Home::Anew {
                channel: thread,
                is_own: true,
            } if channel == thread => self.settle(question, thread).await,
            // No thread could be opened on the progress: on the answer one may be.
            _ => {
                let first = Posted {
                    part: 0,
                    channel,
                    message,
                };
                self.go_on_in_thread(question, first).await;
            }
        }
    }

    /// Makes the message that showed the progress lead to the outcome.
    async fn lead_there(
        &self,
        question: &Question,
        outcome: &Outcome,
        report: &Report,
        there: Option<(ChannelId, MessageId)>,
    ) -> Shown {
        let progress = self.progress_of(question.id).await;
        if progress.is_none() && matches!(question.asked.origin, Origin::Message(_)) {
            return Shown::Done;
        }
        let there = match there {
            Some((channel, _)) if !self.is_for_all(question, channel).await => None,
            there => there,
        };
        let over = research::over(question, there, outcome, report);
        let once = || self.write_progress(question, &over);
        match again(Instant::now() + PATIENCE, once).await {
            Err(error @ (CallError::RateLimited { .. } | CallError::Unavailable(_))) => {
                tracing::warn!(question = %question.id, %error, "what showed the progress of a research does not lead to its outcome yet");
                Shown::Later
            }
            Err(error) => {
                tracing::info!(question = %question.id, %error, "what showed the progress of a research stays as it was");
                Shown::Done
            }
            Ok(()) => Shown::Done,
        }
    }

    /// Says where the progress of a research was that it is given up, as nobody can tell how it is to be shown.
    pub(super) async fn give_up_unread(
        &self,
        question: QuestionId,
        report: Option<&Report>,
    ) -> Shown {
        self.boards.take_down(question).await;
        let there = self.desk.messages(question).await;
        if there
            .iter()
            .any(|posted| posted.part < Posted::ANNOUNCEMENT)
        {
            return Shown::Done;
        }
        let progress = there
            .into_iter()
            .find(|posted| posted.part == Posted::PROGRESS);
        let Some(progress) = progress else {
            tracing::error!(%question, "nothing shows that a research is given up");
            return Shown::Nobody;
        };
        let given_up = research::given_up_unread(report);
        let channels = &self.ways.channels;
        let once = || channels.edit(progress.channel, progress.message, &given_up);
        match again(Instant::now() + PATIENCE, once).await {
            Ok(_) => Shown::Done,
            Err(CallError::RateLimited { .. } | CallError::Unavailable(_)) => Shown::Later,
            Err(error) => {
                tracing::error!(%question, %error, "that a research is given up can be shown to nobody");
                Shown::Nobody
            }
        }
    }

    /// Shows in what was delivered what was paid in the end.
    pub(super) async fn settle_cost(
        &self,
        question: &Question,
        outcome: &Outcome,
        report: &Report,
    ) {
        let kept = self.desk.store().question(question.id).await;
        let is_newest = matches!(kept, Ok(Some(kept)) if kept.question.attempt == question.attempt && !kept.withdrawn);
        if !is_newest {
            return;
        }
        let there = self.desk.messages(question.id).await;
        let parts = there
            .iter()
            .filter(|posted| posted.part < Posted::ANNOUNCEMENT);
        let Some(last) = parts.max_by_key(|posted| posted.part) else {
            // It is where the progress was.
            let over = research::over(question, None, outcome, report);
            if let Err(error) = self.write_progress(question, &over).await {
                tracing::info!(question = %question.id, %error, "what a research cost in the end could not be shown");
            }
            return;
        };
        let display: Display = self.display_for(question);
        let mut messages = research::outcome(question, outcome, report, display);
        let is_last = usize::try_from(last.part).is_ok_and(|part| part + 1 == messages.len());
        let Some(message) = messages.pop().filter(|_| is_last) else {
            return;
        };
        let asked = &question.asked;
        let edited = match &asked.origin {
            Origin::Interaction(reply) if !asked.is_answered_openly() => {
                let interactions = &self.ways.interactions;
                interactions
                    .edit_further(reply, last.message, &message)
                    .await
            }
            _ => {
                let channels = &self.ways.channels;
                channels.edit(last.channel, last.message, &message).await
            }
        };
        if let Err(error) = edited {
            tracing::info!(question = %question.id, %error, "what a research cost in the end could not be shown");
        }
    }
}

/// Whether nobody waits for an outcome: somebody ended the research, or never had it begin.
fn is_quiet(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Failed {
            failure: Failure::Cancelled | Failure::Unconfirmed,
            ..
        }
    )
}
