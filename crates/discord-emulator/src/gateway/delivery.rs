//! Hands events to the sessions that may see them, lost, late or broken where a fault wants it. Knows no socket.

use std::{cell::OnceCell, sync::Arc, time::Duration};

use serde_json::{Value, json};

use super::{frames::MESSAGE_CONTENT, sessions::Sessions, told::Told};
use crate::{clock::Moment, faults::event::EventAction, world::Event};

/// Events that a fault holds back; further ones are not held.
const MOST_HELD: usize = 10_000;
/// How long an event waits for the one it is swapped with.
const SWAPPED_WITHIN: Duration = Duration::from_secs(10);

impl Sessions {
    /// Hands an event to every session that may see it, as faults let it.
    pub(crate) fn deliver(&mut self, now: Moment, event: Event) {
        let met = self.event_faults.meet(|fault| fault.matches(event.kind));
        let fate = met.map(|met| met.fault.action);
        let can_hold = self.held.len() < MOST_HELD;
        let is_swapped = fate == Some(EventAction::Swap);
        match fate {
            Some(EventAction::Lose) => {}
            Some(EventAction::Delay(by)) if can_hold => {
                self.held.push((now.plus(by), false, event));
                self.revision += 1;
            }
            Some(EventAction::Swap) if can_hold => {
                self.held.push((now.plus(SWAPPED_WITHIN), true, event));
                self.revision += 1;
            }
            Some(action) => self.hand_out_broken(event, &action),
            None => self.hand_out(&event),
        }
        if !is_swapped {
            self.release(|(_, is_swapped, _)| *is_swapped);
        }
    }

    fn hand_out_broken(&mut self, mut event: Event, action: &EventAction) {
        match action {
            EventAction::Double => self.hand_out(&event),
            EventAction::Jump(by) => {
                for session in self.by_id.values_mut().filter(|one| one.may_see(&event)) {
                    session.seq += u64::from(*by);
                }
            }
            EventAction::UnknownOp => self.hand_out_odd(&event, 99, event.kind),
            EventAction::UnknownEvent => self.hand_out_odd(&event, 0, "EMULATED_UNKNOWN_EVENT"),
            EventAction::UnknownField => {
                change(&mut event, |data| {
                    data["emulated_unknown_field"] = json!({"of": ["no", "meaning"]});
                });
            }
            EventAction::WrongType(field) => change(&mut event, |data| {
                let wrong = if data[field].is_string() {
                    json!(42)
                } else {
                    json!("42")
                };
                data[field] = wrong;
            }),
            EventAction::Lose | EventAction::Delay(_) | EventAction::Swap => {}
        }
        self.hand_out(&event);
    }

    /// Something that Discord does not have, to whoever will see the event.
    fn hand_out_odd(&mut self, event: &Event, op: u8, kind: &'static str) {
        let told = Arc::new(Told {
            op,
            ..Told::new(kind, &json!({"emulated": true}))
        });
        for session in self.by_id.values_mut().filter(|one| one.may_see(event)) {
            session.push(Arc::clone(&told));
        }
    }

    /// Every session gets the same text, which is written when the first one needs it.
    fn hand_out(&mut self, event: &Event) {
        let told = |data: &Value| {
            Arc::new(Told {
                interaction: event.interaction,
                ..Told::new(event.kind, data)
            })
        };
        let (whole, stripped) = (OnceCell::new(), OnceCell::new());
        for session in self.by_id.values_mut().filter(|one| one.may_see(event)) {
            let told = match &event.without_content {
                Some(data) if session.intents & MESSAGE_CONTENT == 0 => {
                    stripped.get_or_init(|| told(data))
                }
                _ => whole.get_or_init(|| told(&event.payload)),
            };
            session.push(Arc::clone(told));
        }
    }

    /// Lets go of the events whose time has come.
    pub(crate) fn settle(&mut self, now: Moment) {
        if !self.held.is_empty() {
            self.release(|(due, ..)| *due <= now);
        }
    }

    fn release(&mut self, is_due: impl FnMut(&mut (Moment, bool, Event)) -> bool) {
        let mut due: Vec<_> = self.held.extract_if(.., is_due).collect();
        due.sort_by_key(|(due, ..)| *due);
        for (_, _, event) in due {
            self.hand_out(&event);
        }
    }

    /// When [`Sessions::settle`] has something to do next.
    pub(crate) fn next_deadline(&self) -> Option<Moment> {
        self.held.iter().map(|(due, ..)| *due).min()
    }
}

/// Changes the data of an event in both of its forms.
fn change(event: &mut Event, change: impl Fn(&mut Value)) {
    for data in [Some(&mut event.payload), event.without_content.as_mut()] {
        if let Some(data) = data.filter(|data| data.is_object()) {
            change(data);
        }
    }
}
