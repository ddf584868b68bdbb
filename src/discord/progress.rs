//! Shows a growing answer by editing its first message at a pace Discord allows. The newest text wins; nothing queues up.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::call::CallError;
use super::first_message::FirstMessage;
use crate::conversation::answer::Draft;
use crate::conversation::ports::Progress;
use crate::render::{Message, answer};

/// The shortest time between two edits of one message. Discord takes about five in two seconds; the last one has to have room.
const PACE: Duration = Duration::from_millis(1_500);

/// As much of a text as is kept for showing it while it grows, in bytes: more than one message can hold.
const ENOUGH: usize = 16 * 1024;

/// What is shown of an answer that is not there yet.
#[derive(Clone, Debug, Default)]
struct Stage {
    waits: bool,
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
    pub(super) fn start(tasks: &TaskTracker, first: Arc<FirstMessage>) -> Self {
        let newest = watch::Sender::new(Stage::default());
        let stop = CancellationToken::new();
        let editor = Editor {
            first,
            stages: newest.subscribe(),
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
    stages: watch::Receiver<Stage>,
}

impl Editor {
    async fn run(mut self, stop: CancellationToken) {
        let mut shown: Option<Message> = None;
        while let Some(Ok(())) = stop.run_until_cancelled(self.stages.changed()).await {
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
        let question = self.first.question().id;
        let stage = self.stages.borrow_and_update();
        answer::growing(question, &stage.draft)
            .or_else(|| stage.waits.then(|| answer::waiting(question)))
    }
}
