//! What is in force where: reads it once and remembers it until it changes, also in another process on the same database.
//!
//! What cannot be read is an error, never taken for nothing: else what limits a place would fall away with it.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use dashmap::DashMap;
use tokio::sync::Mutex;
use tokio::time::{MissedTickBehavior, interval};

use super::ports::{KeptSettings, SettingsStore, StoreError};
use crate::ids::{ChangeId, GuildId};
use crate::search::fields::{Complete, Field, Settings};
use crate::search::in_force::{InForce, Origin, origin};
use crate::search::operator::Operator;
use crate::search::people::Setters;
use crate::search::scope::{Level, Path};

/// How often it is looked for changes that other processes made.
const LOOK: Duration = Duration::from_millis(500);

/// Once this many places were remembered, all are forgotten, and read again where they are needed.
const REMEMBERED_AT_MOST: usize = 50_000;

/// The places of one server that are remembered. A map behind one lock: there may be thousands of servers, most of them with few places.
type Places = RwLock<HashMap<Path, Arc<InForce>>>;

/// What is in force where.
pub struct PlaceSettings {
    store: Arc<dyn SettingsStore>,
    operator: Operator,
    /// What holds where nothing can be set: in direct conversations, and in servers that the bot is not in.
    elsewhere: Arc<InForce>,
    remembered: DashMap<GuildId, Arc<Places>>,
    /// How many were put there since all were forgotten: as many as there are, or more.
    put: AtomicUsize,
    /// The last change of which is known here.
    seen: Mutex<ChangeId>,
    /// Whether it could not be looked for changes the last time.
    blind: AtomicBool,
}

/// What is set on the way to a place, from the farthest.
#[derive(Clone, Debug)]
pub struct Levels {
    /// The place.
    pub path: Path,
    kept: Vec<KeptSettings>,
}

impl Levels {
    /// What is set on the way to a place, where this is what is kept of it, from the farthest.
    pub fn of(path: Path, kept: Vec<KeptSettings>) -> Self {
        Self { path, kept }
    }

    fn set(&self) -> Vec<(Level, &Settings)> {
        let each = self.kept.iter();
        each.map(|kept| (kept.scope.level, &kept.settings))
            .collect()
    }

    /// What is set in the place itself.
    pub fn own(&self) -> Settings {
        self.here()
            .map_or_else(Settings::default, |kept| kept.settings.clone())
    }

    /// The change that made it so.
    pub fn revision(&self) -> ChangeId {
        self.here().map_or(ChangeId::NONE, |kept| kept.revision)
    }

    fn here(&self) -> Option<&KeptSettings> {
        let here = self.path.here();
        self.kept.iter().find(|kept| kept.scope.id == here.id)
    }

    /// What would be in force in the place if nothing were set there itself.
    pub fn inherited(&self, operator: &Operator) -> Complete {
        let here = self.path.here();
        let above = self.kept.iter().filter(|kept| kept.scope.id != here.id);
        let above = above.map(|kept| (kept.scope.level, &kept.settings));
        InForce::of(&operator.defaults, above).values
    }

    /// What is in force in the place.
    pub fn in_force(&self, operator: &Operator) -> InForce {
        InForce::of(&operator.defaults, self.set())
    }

    /// Where the value of a field comes from.
    pub fn origin(&self, operator: &Operator, field: Field) -> Origin {
        origin(&operator.defaults, &self.set(), field)
    }
}

/// What of it is remembered: no question needs the server's own lists of domains, nor, below the server, who may set something. Both can be
/// large, and would be kept for every place.
fn for_questions(mut in_force: InForce, path: &Path) -> InForce {
    in_force.values.presets = Vec::new();
    if *path != Path::server(path.guild) {
        in_force.values.setters = Setters::default();
    }
    in_force
}

impl PlaceSettings {
    /// What is in force by what `operator` decides and `store` keeps.
    pub fn new(store: Arc<dyn SettingsStore>, operator: Operator) -> Self {
        Self {
            elsewhere: Arc::new(InForce::of(&operator.defaults, [])),
            store,
            operator,
            remembered: DashMap::new(),
            put: AtomicUsize::new(0),
            seen: Mutex::new(ChangeId::NONE),
            blind: AtomicBool::new(false),
        }
    }

    /// What the operator decides.
    pub fn operator(&self) -> &Operator {
        &self.operator
    }

    /// What is in force in a place; none stands for a place outside of the bot's servers. What no question needs is left out: the lists of domains,
    /// and below the server who may set something; [`PlaceSettings::levels`] has them.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it cannot be read.
    pub async fn in_force(&self, path: Option<&Path>) -> Result<Arc<InForce>, StoreError> {
        let Some(path) = path else {
            return Ok(Arc::clone(&self.elsewhere));
        };
        // Taken before anything is read: what changes meanwhile drops it, so that nothing old is remembered in what takes its place.
        let places = Arc::clone(&self.remembered.entry(path.guild).or_default());
        if let Some(known) = lock(places.read()).get(path) {
            return Ok(Arc::clone(known));
        }
        let levels = self.levels(path).await?;
        let in_force = Arc::new(for_questions(levels.in_force(&self.operator), path));
        if self.put.fetch_add(1, Ordering::Relaxed) >= REMEMBERED_AT_MOST {
            self.put.store(0, Ordering::Relaxed);
            self.remembered.clear();
        }
        lock(places.write()).insert(*path, Arc::clone(&in_force));
        Ok(in_force)
    }

    /// What is set on the way to a place, as it is kept right now.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it cannot be read.
    pub async fn levels(&self, path: &Path) -> Result<Levels, StoreError> {
        let ids: Vec<u64> = path.scopes().map(|scope| scope.id).collect();
        let mut kept = self.store.settings_of(path.guild, &ids).await?;
        // What is set is of the level at which it stands on this way.
        for kept in &mut kept {
            if let Some(scope) = path.scopes().find(|scope| scope.id == kept.scope.id) {
                kept.scope = scope;
            }
        }
        kept.sort_by_key(|kept| kept.scope.level);
        Ok(Levels::of(*path, kept))
    }

    /// Forgets what is remembered of a server: something changed there.
    pub fn forget(&self, guild: GuildId) {
        self.remembered.remove(&guild);
    }

    /// Looks for changes that other processes made, for ever.
    pub async fn follow(&self) -> Infallible {
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            self.look().await;
        }
    }

    /// Forgets what has changed since this was last done.
    pub async fn look(&self) {
        let mut seen = self.seen.lock().await;
        match self.store.changed_since(*seen).await {
            Ok((newest, servers)) => {
                for guild in servers {
                    self.forget(guild);
                }
                *seen = newest;
                if self.blind.swap(false, Ordering::Relaxed) {
                    tracing::info!("it can be looked for changed settings again");
                }
            }
            Err(error) => {
                // Once, not twice a second for as long as it lasts.
                if !self.blind.swap(true, Ordering::Relaxed) {
                    tracing::warn!(%error, "it cannot be looked for changed settings: they are read anew for every question");
                }
                self.remembered.clear();
            }
        }
    }
}

/// The guard of a lock. A panic while it was held leaves the map whole: one place is put in or not.
fn lock<T>(guard: Result<T, PoisonError<T>>) -> T {
    guard.unwrap_or_else(PoisonError::into_inner)
}
