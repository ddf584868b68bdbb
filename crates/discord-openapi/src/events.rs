//! Judges events of the gateway: by the document's schemas of the objects in them, and by our own shapes around those.

use std::sync::OnceLock;

use discord_emulator::SentEvent;
use serde_json::Value;

use crate::{document::Document, gaps, tally::Tally, violation::Violation};

pub(crate) fn judge(document: &Document, event: &SentEvent, tally: &mut Tally) -> Vec<Violation> {
    tally.events += 1;
    let violations = document
        .against_event(&event.kind, &event.data)
        .unwrap_or_else(|| {
            vec![Violation::plain(
                "events.json has no shape for this kind".to_owned(),
            )]
        });
    let subject = format!("the event {}", event.kind);
    let found = violations.into_iter().map(|one| one.by(&subject));
    gaps::without_known(found.collect(), tally)
}

/// Our shapes, by the kind of event; below `$defs` are parts of them.
pub(crate) fn shapes() -> &'static Value {
    static SHAPES: OnceLock<Value> = OnceLock::new();
    SHAPES.get_or_init(|| {
        let read = serde_json::from_str(include_str!("events.json"));
        read.unwrap_or_else(|error| panic!("events.json: {error}"))
    })
}
