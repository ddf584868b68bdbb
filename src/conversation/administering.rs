//! Changing what is set: a change is judged on what is kept right now, saved unless somebody was faster, and in force at once.
//!
//! Whether a person may change the place at all is decided before, where their rights are known.

use std::sync::Arc;

use super::place_settings::{Levels, PlaceSettings};
use super::ports::{NewChange, Saved, SettingsStore, StoreError};
use super::question::Person;
use crate::clock::{Clock, Moment};
use crate::ids::{ChangeId, ChannelId};
use crate::search::change::{Ground, Invalid, Step};
use crate::search::fields::{Audit, Complete, Field, Settings};
use crate::search::freshness::Day;
use crate::search::scope::Path;

/// How often a change is tried that is made on whatever is there. Each time it is overtaken somebody else's is made, so that so many at once are
/// all made.
const TRIES: u32 = 32;

/// What somebody wants to change.
#[derive(Clone, Debug)]
pub struct Order {
    /// Whose settings: the place at the end of the way.
    pub path: Path,
    /// What is changed, in this order, all of it or nothing.
    pub steps: Vec<Step>,
    /// The change on which they see it made; none for whatever is there, which is for changes that say all they mean.
    pub on: Option<ChangeId>,
    /// Who.
    pub by: Person,
    /// Whether they manage the server, and so decide who decides.
    pub manages_server: bool,
}

/// A change that was made, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The fields that differ.
    pub fields: Vec<Field>,
    /// These fields as they were.
    pub before: Settings,
    /// These fields as they are now.
    pub after: Settings,
    /// What would be in force in the place without anything set there: what a field becomes that is no longer set.
    pub inherited: Complete,
    /// The last change of the place, this one where it was made.
    pub revision: ChangeId,
}

impl Change {
    /// Whether nothing differs.
    pub fn is_nothing(&self) -> bool {
        self.fields.is_empty()
    }
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum NotChanged {
    /// The change is not valid.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Only those who manage the server may change this field.
    #[error("only those who manage the server may change {}", .0.name())]
    OfManagers(Field),
    /// Somebody else changed the place since it was looked at.
    #[error("somebody else changed it")]
    Overtaken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Changes what is set.
pub struct Administration {
    store: Arc<dyn SettingsStore>,
    places: Arc<PlaceSettings>,
    clock: Arc<dyn Clock>,
}

impl Administration {
    /// Changes what `store` keeps and `places` remembers.
    pub fn new(
        store: Arc<dyn SettingsStore>,
        places: Arc<PlaceSettings>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            store,
            places,
            clock,
        }
    }

    /// Makes a change. One that changes nothing is not kept.
    ///
    /// # Errors
    ///
    /// [`NotChanged`]; then nothing is changed.
    pub async fn change(&self, order: &Order) -> Result<Change, NotChanged> {
        for _ in 0..TRIES {
            let (planned, after, told_in) = self.planned(order).await?;
            if planned.is_nothing() {
                return Ok(planned);
            }
            let new = NewChange {
                scope: order.path.here(),
                by: order.by.clone(),
                at: self.clock.now(),
                on: planned.revision,
                after,
                told_in,
            };
            let saved = self.store.save_settings(&new).await?;
            // Also when overtaken: somebody changed something.
            self.places.forget(order.path.guild);
            match saved {
                Saved::Done(revision) => {
                    return Ok(Change {
                        revision,
                        ..planned
                    });
                }
                Saved::Overtaken if order.on.is_some() => return Err(NotChanged::Overtaken),
                Saved::Overtaken => {}
            }
        }
        Err(NotChanged::Overtaken)
    }

    /// What a change would do, without doing it.
    ///
    /// # Errors
    ///
    /// As [`Administration::change`].
    pub async fn preview(&self, order: &Order) -> Result<Change, NotChanged> {
        self.planned(order).await.map(|(planned, ..)| planned)
    }

    async fn planned(
        &self,
        order: &Order,
    ) -> Result<(Change, Settings, Vec<ChannelId>), NotChanged> {
        let levels = self.places.levels(&order.path).await?;
        let revision = levels.revision();
        if order.on.is_some_and(|on| on != revision) {
            return Err(NotChanged::Overtaken);
        }
        let before = levels.own();
        let inherited = levels.inherited(self.places.operator());
        let after = self.after(order, &levels, &inherited)?;
        let fields = before.differences(&after);
        if let Some(field) = fields
            .iter()
            .find(|field| field.is_of_managers() && !order.manages_server)
        {
            return Err(NotChanged::OfManagers(*field));
        }
        let told_in = self.told_in(&order.path, &before, &after).await?;
        let planned = Change {
            before: before.only(&fields),
            after: after.only(&fields),
            fields,
            inherited,
            revision,
        };
        Ok((planned, after, told_in))
    }

    fn after(
        &self,
        order: &Order,
        levels: &Levels,
        inherited: &Complete,
    ) -> Result<Settings, Invalid> {
        let mut own = levels.own();
        for step in &order.steps {
            own = step.taken(&Ground {
                scope: order.path.here(),
                own: &own,
                inherited,
                operator: self.places.operator(),
                today: Day::of(self.clock.now()),
            })?;
        }
        Ok(own)
    }

    /// Where a change is told: in the audit channel. One that moves it, or switches it off, is told where it was as well.
    async fn told_in(
        &self,
        path: &Path,
        before: &Settings,
        after: &Settings,
    ) -> Result<Vec<ChannelId>, StoreError> {
        let server = self
            .places
            .in_force(Some(&Path::server(path.guild)))
            .await?;
        let kept = Some(server.values.audit);
        let changed = before.audit != after.audit;
        let audits = [kept, changed.then_some(after.audit).flatten()];
        let mut channels = Vec::new();
        for audit in audits.into_iter().flatten() {
            if let Audit::Channel(channel) = audit
                && !channels.contains(&channel)
            {
                channels.push(channel);
            }
        }
        Ok(channels)
    }

    /// The moment that is now, by the clock that changes are timed by.
    pub fn now(&self) -> Moment {
        self.clock.now()
    }
}
