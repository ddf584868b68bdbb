//! Shows a growing answer by editing its first message at a pace Discord allows. The newest text wins; nothing queues up.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::call::CallError;
use super::first_message::FirstMessage;
use crate::conversation::answer::Draft;
use crate::conversation::ports::Progress;
use crate::conversation::rules::{Display, Format};
use crate::render::{Message, answer};

/// The shortest time between two edits of one message. Discord takes about five in two seconds; the last one has to have room.
const PACE: Duration = Duration::from_millis(1_500);

/// How long nothing may be heard of an answer before it is shown that it is being looked for. A quick one comes sooner, and costs no edit.
const SILENCE: Duration = Duration::from_secs(1);

/// The same once it is known what is searched for: a moment, in which the answer itself may come.
const TOLD: Duration = Duration::from_millis(250);

/// How long typing is shown for one call is ten seconds; the next one comes before they are over.
const TYPING: Duration = Duration::from_secs(8);

/// As much of a text as is kept for showing it while it grows, in bytes: more than one message can hold.
const ENOUGH: usize = 16 * 1024;

/// What is shown of an answer that is not there yet.
#[derive(Clone, Debug, Default)]
struct Stage {
    /// It is answered once more: what was answered before makes way at once.
    again: bool,
    /// Whether it waits for its turn.
    waits: bool,
    /// Whether its turn has come.
    begun: bool,
    /// What is being searched for.
    searches: Vec<String>,
    draft: Draft,
}

/// Shows one answer while it grows.
pub(super) struct Growing {
    newest: watch::Sender<Stage>,
    stop: CancellationToken,
    showing: JoinHandle<()>,
}

impl Growing {
    /// Begins to show in `first` what [`Progress`] is told.
    pub(super) fn start(tasks: &TaskTracker, first: Arc<FirstMessage>, display: Display) -> Self {
        let again = first.question().attempt > 0;
        let newest = watch::Sender::new(Stage {
            again,
            ..Stage::default()
        });
        let stop = CancellationToken::new();
        let mut stages = newest.subscribe();
        if again {
            stages.mark_changed();
        }
        let editor = Editor {
            first,
            display,
            types_at: Instant::now() + TYPING,
            tells_at: None,
            stages,
        };
        let stopped = stop.clone();
        // Only the waits between edits are cut short: an edit under way must arrive before the final one is sent.
        let showing = tasks.spawn(editor.run(stopped));
        Self {
            newest,
            stop,
            showing,
        }
    }

    /// Ends the showing, and waits for an edit that is under way: after this nothing can overwrite the final text.
    pub(super) async fn finish(self) {
        self.stop.cancel();
        if let Err(error) = self.showing.await {
            tracing::error!(%error, "showing progress failed");
        }
    }

    /// The newest draft that can have been shown.
    pub(super) fn newest(&self) -> Draft {
        self.newest.borrow().draft.clone()
    }
}

impl Progress for Growing {
    fn waits(&self) {
        self.newest.send_modify(|stage| stage.waits = true);
    }

    fn begins(&self) {
        self.newest.send_modify(|stage| stage.begun = true);
    }

    fn searches(&self, queries: &[String]) {
        self.newest
            .send_modify(|stage| queries.clone_into(&mut stage.searches));
    }

    fn grew(&self, draft: &Draft) {
        // A growing answer shows its beginning; beyond that, copying more for every piece would only cost.
        self.newest.send_if_modified(|stage| {
            let newest = &mut stage.draft;
            let full = newest.text.len() >= ENOUGH && newest.sources == draft.sources;
            if !full {
                newest.clone_from(draft);
            }
            !full
        });
    }
}

struct Editor {
    first: Arc<FirstMessage>,
    /// How the answer is to look.
    display: Display,
    /// When it has to be shown again that the answer is being written, as long as nothing else is.
    types_at: Instant,
    /// When it is shown that the answer is being looked for, if nothing else is by then.
    tells_at: Option<Instant>,
    stages: watch::Receiver<Stage>,
}

impl Editor {
    async fn run(mut self, stop: CancellationToken) {
        let mut shown: Option<Message> = None;
        while let Some(Ok(())) = stop
            .run_until_cancelled(self.changed(shown.is_none()))
            .await
        {
            let message = self
                .message(shown.is_none())
                .filter(|message| shown.as_ref() != Some(message));
            let Some(message) = message else {
                continue;
            };
            let started = Instant::now();
            let pause = match self.first.show(&message).await {
                Ok(()) => PACE,
                Err(CallError::RateLimited { wait, .. }) => wait.max(PACE),
                Err(CallError::Unavailable(_)) => PACE,
                Err(error) if error.lacks_permission() && !message.embeds().is_empty() => {
                    self.display.format = Format::Plain;
                    self.stages.mark_changed();
                    continue;
                }
                // The final message finds out the same and takes another way.
                Err(_) => return,
            };
            shown = Some(message);
            if stop
                .run_until_cancelled(sleep_until(started + pause))
                .await
                .is_none()
            {
                return;
            }
        }
    }

    fn message(&mut self, nothing_shown: bool) -> Option<Message> {
        let question = self.first.question();
        let stage = self.stages.borrow_and_update();
        if let Some(growing) = answer::growing(question, &stage.draft, self.display) {
            return Some(growing);
        }
        if !stage.begun {
            return if stage.waits {
                Some(answer::waiting(question))
            } else {
                stage.again.then(|| answer::searching(question, &[]))
            };
        }
        // What stands there makes way at once; where there is nothing yet, the text may come before it is time to tell.
        if nothing_shown && !stage.again {
            let silence = if stage.searches.is_empty() {
                SILENCE
            } else {
                TOLD
            };
            let now = Instant::now();
            let at = self
                .tells_at
                .map_or(now + silence, |at| at.min(now + silence));
            self.tells_at = Some(at);
            if now < at {
                return None;
            }
        }
        Some(if stage.draft.text.trim().is_empty() {
            answer::searching(question, &stage.searches)
        } else {
            answer::begun(question)
        })
    }

    /// Waits for something to show. As long as there is nothing to see of the answer, it is shown that it is being written.
    async fn changed(&mut self, nothing_shown: bool) -> Result<(), watch::error::RecvError> {
        let tells_at = self.tells_at.filter(|_| nothing_shown);
        let mut types = nothing_shown;
        loop {
            let types_at = types.then_some(self.types_at);
            let Some(wake) = types_at.into_iter().chain(tells_at).min() else {
                return self.stages.changed().await;
            };
            if let Ok(changed) = timeout_at(wake, self.stages.changed()).await {
                return changed;
            }
            if tells_at.is_some_and(|at| at <= Instant::now()) {
                return Ok(());
            }
            self.types_at = Instant::now() + TYPING;
            types = self.first.type_on().await;
        }
    }
}
