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

use super::view::view;
use crate::{shared::Shared, snowflake::Snowflake};

/// Changes that follow each other faster are shown together.
const PACE: Duration = Duration::from_millis(40);

/// Whose view of which channel; without them the first person's of the first channel.
#[derive(Deserialize)]
pub(crate) struct Viewer {
    person: Option<String>,
    channel: Option<String>,
}

pub(crate) async fn events(
    State(shared): State<Arc<Shared>>,
    Query(viewer): Query<Viewer>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = shared.changes();
    let follower = Follower {
        shared,
        viewer,
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

    fn look(&self) -> String {
        let id = |text: &Option<String>| {
            text.as_ref()
                .and_then(|text| text.parse::<Snowflake>().ok())
        };
        self.shared.act(|state, _| {
            let person =
                id(&self.viewer.person).or_else(|| state.world.owner().map(|owner| owner.id));
            let channel = id(&self.viewer.channel).or_else(|| {
                state
                    .world
                    .channels_of(state.world.home)
                    .next()
                    .map(|channel| channel.id)
            });
            person
                .zip(channel)
                .map_or_else(String::new, |(person, channel)| {
                    let mut view = view(state, person, channel);
                    view["me"] = serde_json::json!(person);
                    view["channel"] = serde_json::json!(channel);
                    view.to_string()
                })
        })
    }
}
