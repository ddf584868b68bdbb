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
use crate::conversation::rules::Display;
use crate::render::{Message, answer};

/// The shortest time between two edits of one message. Discord takes about five in two seconds; the last one has to have room.
const PACE: Duration = Duration::from_millis(1_500);

/// How long typing is shown for one call is ten seconds; the next one comes before they are over.
const TYPING: Duration = Duration::from_secs(8);

/// As much of a text as is kept for showing it while it grows, in bytes: more than one message can hold.
const ENOUGH: usize = 16 * 1024;

/// What is shown of an answer that is not there yet.
#[derive(Clone, Debug, Default)]
struct Stage {
    /// It is answered once more: what was answered before makes way at once.
    again: bool,
    /// Whether it waits for its turn; none when it never had to.
    waits: Option<bool>,
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
        self.newest.send_modify(|stage| stage.waits = Some(true));
    }

    fn begins(&self) {
        self.newest.send_if_modified(|stage| {
            let waited = stage.waits.is_some();
            stage.waits = waited.then_some(false);
            waited
        });
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
                .message()
                .filter(|message| shown.as_ref() != Some(message));
            let Some(message) = message else {
                continue;
            };
            let started = Instant::now();
            let pause = match self.first.show(&message).await {
                Ok(()) => PACE,
                Err(CallError::RateLimited { wait, .. }) => wait.max(PACE),
                Err(CallError::Unavailable(_)) => PACE,
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

    fn message(&mut self) -> Option<Message> {
        let question = self.first.question();
        let stage = self.stages.borrow_and_update();
        answer::growing(question, &stage.draft, self.display).or_else(|| match stage.waits {
            Some(true) => Some(answer::waiting(question)),
            Some(false) => Some(answer::begun(question)),
            None => stage.again.then(|| answer::begun(question)),
        })
    }

    /// Waits for something to show. As long as there is nothing to see of the answer, it is shown that it is being written.
    async fn changed(&mut self, nothing_shown: bool) -> Result<(), watch::error::RecvError> {
        let mut types = nothing_shown;
        while types {
            if let Ok(changed) = timeout_at(self.types_at, self.stages.changed()).await {
                return changed;
            }
            self.types_at = Instant::now() + TYPING;
            types = self.first.type_on().await;
        }
        self.stages.changed().await
    }
}
