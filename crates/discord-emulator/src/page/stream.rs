//! Keeps a page up to date with server-sent events: after every change the whole view, never half of one.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::{Query, State},
    response::{
        Sse,
        sse::{Event, KeepAlive},
    },
};
use futures_util::{Stream, stream};
use serde::Deserialize;
use tokio::sync::watch;

use super::view::{Viewer, view};
use crate::shared::Shared;

/// Changes that follow each other faster are shown together.
const PACE: Duration = Duration::from_millis(40);

/// Whose view of which channel; without them the first person's of the first channel.
#[derive(Deserialize)]
pub(crate) struct Watching {
    person: Option<String>,
    channel: Option<String>,
}

impl Watching {
    fn viewer(&self) -> Viewer {
        let id = |text: &Option<String>| text.as_ref().and_then(|text| text.parse().ok());
        Viewer {
            person: id(&self.person),
            channel: id(&self.channel),
        }
    }
}

pub(crate) async fn events(
    State(shared): State<Arc<Shared>>,
    Query(watching): Query<Watching>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = shared.changes();
    let follower = Follower {
        shared,
        viewer: watching.viewer(),
        changes,
        shown: String::new(),
    };
    let events = stream::unfold(follower, async |mut follower| {
        let view = follower.next().await?;
        Some((Ok(Event::default().data(view)), follower))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

struct Follower {
    shared: Arc<Shared>,
    viewer: Viewer,
    changes: watch::Receiver<u64>,
    /// What the page has already.
    shown: String,
}

impl Follower {
    /// The next view that differs from what is shown; `None` when the emulator ends.
    async fn next(&mut self) -> Option<String> {
        loop {
            let view = self.look();
            if view != self.shown {
                self.shown.clone_from(&view);
                return Some(view);
            }
            tokio::select! {
                changed = self.changes.changed() => changed.ok()?,
                () = self.shared.stopping.cancelled() => return None,
            }
            tokio::time::sleep(PACE).await;
        }
    }

    /// The view as text; it is written out after the lock is given back.
    fn look(&self) -> String {
        let view = self.shared.act(|state, now| view(state, now, self.viewer));
        view.to_string()
    }
}
