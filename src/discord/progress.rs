//! Shows a growing answer by editing the reply at a pace Discord allows. The newest text wins; nothing queues up.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::interactions::{CallError, Interactions};
use crate::conversation::answer::Draft;
use crate::conversation::ports::Progress;
use crate::conversation::question::Reply;
use crate::render::{Message, answer};

/// The shortest time between two edits of one reply. Discord takes about five in two seconds; the last one has to have room.
const PACE: Duration = Duration::from_millis(1_500);

/// As much of a text as is kept for showing it while it grows, in bytes: more than one message can hold.
const ENOUGH: usize = 16 * 1024;

/// Edits one reply while its answer grows.
pub(super) struct EditedReply {
    newest: watch::Sender<Draft>,
    stop: CancellationToken,
    editing: JoinHandle<()>,
}

impl EditedReply {
    /// Begins to show what [`Progress::grew`] is told.
    pub(super) fn start(tasks: &TaskTracker, interactions: Interactions, reply: Reply) -> Self {
        let newest = watch::Sender::new(Draft::default());
        let stop = CancellationToken::new();
        let editor = Editor {
            interactions,
            reply,
            drafts: newest.subscribe(),
        };
        let stopped = stop.clone();
        // Only the waits between edits are cut short: an edit under way must arrive before the final one is sent.
        let editing = tasks.spawn(editor.run(stopped));
        Self {
            newest,
            stop,
            editing,
        }
    }

    /// Ends the editing, and waits for an edit that is under way: after this nothing can overwrite the final text.
    pub(super) async fn finish(self) {
        self.stop.cancel();
        if let Err(error) = self.editing.await {
            tracing::error!(%error, "showing progress failed");
        }
    }
}

impl EditedReply {
    /// The newest draft that can have been shown.
    pub(super) fn newest(&self) -> Draft {
        self.newest.borrow().clone()
    }
}

impl Progress for EditedReply {
    fn grew(&self, draft: &Draft) {
        // A growing answer shows its beginning; beyond that, copying more for every piece would only cost.
        self.newest.send_if_modified(|newest| {
            let full = newest.text.len() >= ENOUGH && newest.sources == draft.sources;
            if !full {
                newest.clone_from(draft);
            }
            !full
        });
    }
}

struct Editor {
    interactions: Interactions,
    reply: Reply,
    drafts: watch::Receiver<Draft>,
}

impl Editor {
    async fn run(mut self, stop: CancellationToken) {
        let mut shown: Option<Message> = None;
        while let Some(Ok(())) = stop.run_until_cancelled(self.drafts.changed()).await {
            let grown = answer::growing(&self.drafts.borrow_and_update());
            let Some(message) = grown.filter(|message| shown.as_ref() != Some(message)) else {
                continue;
            };
            let started = Instant::now();
            let pause = match self.interactions.edit(&self.reply, &message).await {
                Ok(()) => PACE,
                Err(CallError::RateLimited(wait)) => wait.max(PACE),
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
}
