//! What people typed into a form of the panel and what was not saved, so that it is there when they open the form again. Memory only; may be
//! lost.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::conversation::panel::Panel;
use crate::ids::{ChangeId, GuildId, PersonId};

/// How long it is kept.
const KEPT: Duration = Duration::from_secs(15 * 60);

/// Beyond this many, the oldest is forgotten.
const KEPT_AT_MOST: usize = 200;

/// What people typed.
#[derive(Default)]
pub(in crate::discord) struct Drafts(Mutex<VecDeque<Draft>>);

/// Whose a form is, and in which server: forms of servers differ in nothing else.
pub(super) type Of = (PersonId, Option<GuildId>);

struct Draft {
    of: Of,
    form: Panel,
    texts: Vec<String>,
    since: Instant,
}

impl Drafts {
    /// Keeps what somebody typed into a form, in place of what they typed into it before.
    pub(super) fn keep(&self, of: Of, form: Panel, texts: Vec<String>) {
        let form = whenever_seen(form);
        let mut drafts = self.fresh();
        drafts.retain(|draft| (draft.of, draft.form) != (of, form));
        if drafts.len() >= KEPT_AT_MOST {
            drafts.pop_front();
        }
        drafts.push_back(Draft {
            of,
            form,
            texts,
            since: Instant::now(),
        });
    }

    /// What somebody typed into a form.
    pub(super) fn of(&self, of: Of, form: Panel) -> Option<Vec<String>> {
        let form = whenever_seen(form);
        let drafts = self.fresh();
        let mut each = drafts.iter();
        let draft = each.find(|draft| (draft.of, draft.form) == (of, form));
        draft.map(|draft| draft.texts.clone())
    }

    /// Forgets what somebody typed for a field, or for all of a place where the control has none: they have saved something else, or just that.
    pub(super) fn forget(&self, of: Of, saved: Panel) {
        let is_saved = |draft: &Draft| {
            let form = draft.form;
            draft.of == of
                && (form.place, form.level, form.category)
                    == (saved.place, saved.level, saved.category)
                && saved.field.is_none_or(|field| form.field == Some(field))
        };
        self.fresh().retain(|draft| !is_saved(draft));
    }

    /// What is not too old.
    fn fresh(&self) -> MutexGuard<'_, VecDeque<Draft>> {
        let mut drafts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drafts.retain(|draft| draft.since.elapsed() < KEPT);
        drafts
    }
}

/// The same form, whatever was seen when it was opened.
fn whenever_seen(form: Panel) -> Panel {
    Panel {
        seen: ChangeId::NONE,
        ..form
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::panel::Act;
    use crate::search::fields::Field;
    use crate::search::scope::Level;

    const HERE: Option<GuildId> = Some(GuildId(1));

    fn form(field: Field, seen: i64) -> Panel {
        Panel {
            act: Act::Write,
            place: None,
            level: Level::Server,
            category: None,
            field: Some(field),
            seen: ChangeId(seen),
        }
    }

    fn typed(text: &str) -> Vec<String> {
        vec![text.to_owned()]
    }

    #[tokio::test(start_paused = true)]
    async fn what_somebody_typed_is_there_again_for_a_while_and_for_nobody_else() {
        let drafts = Drafts::default();
        let (alice, bob) = ((PersonId(1), HERE), (PersonId(2), HERE));
        let alice_elsewhere = (PersonId(1), Some(GuildId(2)));
        drafts.keep(alice, form(Field::Persona, 1), typed("Be brief"));
        drafts.keep(alice, form(Field::Persona, 2), typed("Be very brief"));
        assert_eq!(
            drafts.of(alice, form(Field::Persona, 3)),
            Some(typed("Be very brief"))
        );
        assert_eq!(drafts.of(bob, form(Field::Persona, 1)), None);
        assert_eq!(drafts.of(alice_elsewhere, form(Field::Persona, 1)), None);
        assert_eq!(drafts.of(alice, form(Field::Country, 1)), None);
        tokio::time::advance(KEPT).await;
        assert_eq!(drafts.of(alice, form(Field::Persona, 1)), None);
        drafts.keep(alice, form(Field::Persona, 1), typed("Be brief"));
        // What is saved of another field, or elsewhere, is nothing to it; what is chosen for the field in any way is.
        drafts.forget(alice, form(Field::Country, 9));
        drafts.forget(alice_elsewhere, form(Field::Persona, 9));
        assert!(drafts.of(alice, form(Field::Persona, 1)).is_some());
        let chosen = Panel {
            act: Act::Open,
            ..form(Field::Persona, 9)
        };
        drafts.forget(alice, chosen);
        assert_eq!(drafts.of(alice, form(Field::Persona, 1)), None);
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_is_forgotten_beyond_the_bound() {
        let drafts = Drafts::default();
        for person in 0..=KEPT_AT_MOST as u64 {
            drafts.keep(
                (PersonId(person), HERE),
                form(Field::Persona, 1),
                typed("x"),
            );
        }
        assert_eq!(
            drafts.of((PersonId(0), HERE), form(Field::Persona, 1)),
            None
        );
        assert_eq!(
            drafts.of((PersonId(1), HERE), form(Field::Persona, 1)),
            Some(typed("x"))
        );
        assert_eq!(drafts.fresh().len(), KEPT_AT_MOST);
    }
}
