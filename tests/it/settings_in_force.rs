//! What is in force where, over a real store: at once after a change, in another process on the same file once it has looked, and never what it
//! was before.

use std::path::Path as File;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use footnote_bot::clock::{Moment, SystemClock};
use footnote_bot::conversation::administering::{Administration, Change, NotChanged, Order};
use footnote_bot::conversation::place_settings::PlaceSettings;
use footnote_bot::conversation::ports::{
    KeptSettings, NewChange, Saved, SettingsChange, SettingsStore, StoreError, Untold,
};
use footnote_bot::conversation::question::Person;
use footnote_bot::ids::{ChangeId, ChannelId, GuildId, PersonId};
use footnote_bot::search::change::Step;
use footnote_bot::search::domains::{Domains, Hosts};
use footnote_bot::search::fields::{Field, Value};
use footnote_bot::search::operator::Operator;
use footnote_bot::search::scope::{Level, Path};
use footnote_bot::settings::Settings;
use footnote_bot::storage::sqlite::SqliteStore;
use futures_util::future::join_all;
use tempfile::TempDir;
use tokio::sync::oneshot;

const GUILD: GuildId = GuildId(1);

/// The server, a category, a channel in it, a thread in that, and another channel.
const SERVER: Path = Path {
    guild: GUILD,
    category: None,
    channel: None,
    thread: None,
};
const CATEGORY: Path = Path {
    category: Some(ChannelId(2)),
    ..SERVER
};
const CHANNEL: Path = Path {
    channel: Some(ChannelId(3)),
    ..CATEGORY
};
const THREAD: Path = Path {
    thread: Some(ChannelId(4)),
    ..CHANNEL
};
const BESIDE: Path = Path {
    channel: Some(ChannelId(5)),
    ..SERVER
};

/// What the next read of a store's meets.
enum Met {
    /// It is read, tells so, and is handed over once it may be.
    Held(oneshot::Sender<()>, oneshot::Receiver<()>),
    /// It fails.
    Trouble,
}

/// A store whose next read is held up, or fails.
struct Troubled {
    store: Arc<SqliteStore>,
    next: Mutex<Option<Met>>,
}

impl Troubled {
    fn meets(&self, met: Met) {
        *self.next.lock().unwrap() = Some(met);
    }

    async fn through<T>(&self, read: Result<T, StoreError>) -> Result<T, StoreError> {
        let met = self.next.lock().unwrap().take();
        match met {
            None => read,
            Some(Met::Trouble) => Err(StoreError("the disk is gone".into())),
            Some(Met::Held(tell, go)) => {
                tell.send(()).unwrap();
                go.await.unwrap();
                read
            }
        }
    }
}

#[async_trait]
impl SettingsStore for Troubled {
    async fn settings_of(
        &self,
        guild: GuildId,
        ids: &[u64],
    ) -> Result<Vec<KeptSettings>, StoreError> {
        self.through(self.store.settings_of(guild, ids).await).await
    }

    async fn changed_since(&self, after: ChangeId) -> Result<(ChangeId, Vec<GuildId>), StoreError> {
        self.through(self.store.changed_since(after).await).await
    }

    async fn save_settings(&self, change: &NewChange) -> Result<Saved, StoreError> {
        self.store.save_settings(change).await
    }

    async fn changes(
        &self,
        guild: GuildId,
        id: Option<u64>,
        before: Option<ChangeId>,
        limit: u32,
    ) -> Result<Vec<SettingsChange>, StoreError> {
        self.store.changes(guild, id, before, limit).await
    }

    async fn untold(&self, limit: u32, without: &[ChannelId]) -> Result<Vec<Untold>, StoreError> {
        self.store.untold(limit, without).await
    }

    async fn told(&self, change: ChangeId, channel: ChannelId) -> Result<(), StoreError> {
        self.store.told(change, channel).await
    }

    async fn forget_settings(
        &self,
        guild: GuildId,
        id: u64,
        by: &Person,
        at: Moment,
    ) -> Result<(), StoreError> {
        self.store.forget_settings(guild, id, by, at).await
    }
}

/// What one process knows of what is set.
struct Process {
    store: Arc<Troubled>,
    places: Arc<PlaceSettings>,
    administration: Administration,
}

impl Process {
    async fn on(file: &File) -> Self {
        let store = Arc::new(Troubled {
            store: Arc::new(SqliteStore::open(file).await.unwrap()),
            next: Mutex::new(None),
        });
        let port: Arc<dyn SettingsStore> = Arc::clone(&store) as _;
        let operator = Operator::of(&Settings::defaults().unwrap());
        let places = Arc::new(PlaceSettings::new(Arc::clone(&port), operator));
        Self {
            store,
            administration: Administration::new(port, Arc::clone(&places), Arc::new(SystemClock)),
            places,
        }
    }

    async fn takes(
        &self,
        path: Path,
        step: Step,
        on: Option<ChangeId>,
    ) -> Result<Change, NotChanged> {
        let order = Order {
            path,
            steps: vec![step],
            on,
            by: alice(),
            manages_server: true,
        };
        self.administration.change(&order).await
    }

    async fn allows(&self, path: Path, host: &str) -> Change {
        let allow = Step::Allow(Hosts::of([host]).unwrap());
        self.takes(path, allow, None).await.unwrap()
    }

    /// The domains that alone are allowed in a place.
    async fn allowed(&self, path: Path) -> Vec<String> {
        let in_force = self.places.in_force(Some(&path)).await.unwrap();
        in_force.values.domains.allowed().to_vec()
    }
}

fn alice() -> Person {
    Person {
        id: PersonId(7),
        name: "Alice".to_owned(),
    }
}

async fn one() -> (Process, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::on(&folder.path().join("footnote.db")).await;
    (process, folder)
}

async fn two() -> (Process, Process, TempDir) {
    let (process, folder) = one().await;
    let other = Process::on(&folder.path().join("footnote.db")).await;
    (process, other, folder)
}

#[tokio::test]
async fn a_change_is_in_force_at_once_where_it_counts_and_nowhere_else() {
    let (here, _folder) = one().await;
    for path in [SERVER, CHANNEL, THREAD, BESIDE] {
        assert!(
            here.allowed(path).await.is_empty(),
            "before anything is set"
        );
    }
    here.allows(CHANNEL, "docs.rs").await;
    assert_eq!(here.allowed(CHANNEL).await, ["docs.rs"]);
    assert_eq!(here.allowed(THREAD).await, ["docs.rs"]);
    assert!(here.allowed(SERVER).await.is_empty() && here.allowed(BESIDE).await.is_empty());
    here.allows(SERVER, ".gov").await;
    assert_eq!(here.allowed(BESIDE).await, [".gov"]);
    assert_eq!(
        here.allowed(THREAD).await,
        ["docs.rs"],
        "the nearest counts"
    );
    here.allows(THREAD, "go.dev").await;
    assert_eq!(here.allowed(THREAD).await, ["docs.rs", "go.dev"]);
    here.takes(CHANNEL, Step::Reset, None).await.unwrap();
    assert_eq!(here.allowed(CHANNEL).await, [".gov"]);

    let levels = here.places.levels(&THREAD).await.unwrap();
    let origin = levels.origin(here.places.operator(), Field::Domains);
    assert_eq!(origin.from, Level::Thread);
    let server = Value::Domains(Domains::Only(Hosts::of([".gov"]).unwrap()));
    assert_eq!(origin.without, Some((server, Level::Server)));
    let elsewhere = here.places.in_force(None).await.unwrap();
    assert_eq!(elsewhere.values.domains, Domains::All, "outside of servers");
}

#[tokio::test]
async fn a_channel_that_moves_keeps_what_is_its_own_and_inherits_from_where_it_is() {
    let (here, _folder) = one().await;
    here.allows(CATEGORY, "docs.rs").await;
    assert_eq!(here.allowed(CHANNEL).await, ["docs.rs"]);
    let moved = Path {
        category: Some(ChannelId(9)),
        ..CHANNEL
    };
    assert!(here.allowed(moved).await.is_empty());
    here.allows(moved, "go.dev").await;
    for path in [CHANNEL, moved] {
        assert_eq!(here.allowed(path).await, ["go.dev"]);
    }
}

#[tokio::test]
async fn what_another_process_changes_is_in_force_once_it_was_looked_for() {
    let (here, there, _folder) = two().await;
    assert!(here.allowed(THREAD).await.is_empty());
    there.allows(SERVER, "docs.rs").await;
    here.places.look().await;
    assert_eq!(here.allowed(THREAD).await, ["docs.rs"]);

    there.takes(SERVER, Step::Reset, None).await.unwrap();
    there.allows(THREAD, "go.dev").await;
    here.places.look().await;
    assert_eq!(here.allowed(THREAD).await, ["go.dev"]);
    // Also that a thread is gone, with what was set in it.
    let by = alice();
    let forgotten = there.store.forget_settings(GUILD, 4, &by, Moment(1));
    forgotten.await.unwrap();
    here.places.look().await;
    assert!(here.allowed(THREAD).await.is_empty());
    // Both change in turn, each on what the other made of it.
    for (process, host) in [(&here, "one.example"), (&there, "two.example")] {
        process.allows(CHANNEL, host).await;
    }
    there.places.look().await;
    here.places.look().await;
    for process in [&here, &there] {
        assert_eq!(
            process.allowed(CHANNEL).await,
            ["one.example", "two.example"]
        );
    }
}

/// Reads a place while a change is made between the read and its end.
async fn raced(here: &Process, change: impl Future<Output = ()>) -> Vec<String> {
    let (tell, read) = oneshot::channel();
    let (go, may_go) = oneshot::channel();
    here.store.meets(Met::Held(tell, may_go));
    let meanwhile = async {
        read.await.unwrap();
        change.await;
        go.send(()).unwrap();
    };
    let (seen, ()) = tokio::join!(here.allowed(CHANNEL), meanwhile);
    seen
}

#[tokio::test]
async fn what_was_read_while_it_changed_is_not_remembered() {
    let (here, there, _folder) = two().await;
    let by_this_process = async {
        here.allows(SERVER, "docs.rs").await;
    };
    let seen = raced(&here, by_this_process).await;
    assert!(seen.is_empty(), "it was read before the change");
    assert_eq!(here.allowed(CHANNEL).await, ["docs.rs"]);

    here.places.forget(GUILD);
    let by_another = async {
        there.allows(CHANNEL, "go.dev").await;
        here.places.look().await;
    };
    let seen = raced(&here, by_another).await;
    assert_eq!(seen, ["docs.rs"], "it was read before the change");
    assert_eq!(here.allowed(CHANNEL).await, ["docs.rs", "go.dev"]);
}

#[tokio::test]
async fn what_cannot_be_read_is_an_error_and_never_the_defaults() {
    let (here, there, _folder) = two().await;
    here.allows(SERVER, "docs.rs").await;
    here.store.meets(Met::Trouble);
    let trouble = here.places.in_force(Some(&CHANNEL)).await.unwrap_err();
    assert_eq!(trouble.to_string(), "the store failed: the disk is gone");
    // Nothing of it stays.
    assert_eq!(here.allowed(CHANNEL).await, ["docs.rs"]);

    here.store.meets(Met::Trouble);
    let step = Step::Allow(Hosts::of(["go.dev"]).unwrap());
    let refused = here.takes(CHANNEL, step, None).await;
    assert!(matches!(refused, Err(NotChanged::Store(_))), "{refused:?}");

    // As long as it cannot be looked for changes, nothing is remembered over a look.
    there.allows(CHANNEL, "go.dev").await;
    here.store.meets(Met::Trouble);
    here.places.look().await;
    assert_eq!(here.allowed(CHANNEL).await, ["docs.rs", "go.dev"]);
}

#[tokio::test]
async fn of_two_who_change_what_they_both_saw_one_is_told() {
    let (here, there, _folder) = two().await;
    here.allows(CHANNEL, "docs.rs").await;
    let saw = here.places.levels(&CHANNEL).await.unwrap().revision();
    assert_eq!(saw, there.places.levels(&CHANNEL).await.unwrap().revision());
    let allow = |host: &str| Step::Allow(Hosts::of([host]).unwrap());
    let (one, other) = tokio::join!(
        here.takes(CHANNEL, allow("one.example"), Some(saw)),
        there.takes(CHANNEL, allow("two.example"), Some(saw)),
    );
    let (made, told, host) = match (one, other) {
        (Ok(made), Err(told)) => (made, told, "one.example"),
        (Err(told), Ok(made)) => (made, told, "two.example"),
        both => panic!("one of them: {both:?}"),
    };
    assert!(matches!(told, NotChanged::Overtaken));
    let levels = here.places.levels(&CHANNEL).await.unwrap();
    assert_eq!(levels.own().domains.unwrap().allowed(), ["docs.rs", host]);
    assert_eq!(levels.revision(), made.revision);
    // What they saw has changed, so that they cannot change it by what they saw even if it says nothing new.
    let late = here.takes(CHANNEL, allow("docs.rs"), Some(saw)).await;
    assert!(matches!(late, Err(NotChanged::Overtaken)));
    let nothing = here.takes(CHANNEL, allow("docs.rs"), None).await.unwrap();
    assert!(nothing.is_nothing());
    let log = here.store.changes(GUILD, None, None, 9).await.unwrap();
    assert_eq!(log.len(), 2);
}

#[tokio::test]
async fn whatever_many_say_at_once_nothing_of_it_is_lost() {
    let (here, there, _folder) = two().await;
    let hosts: Vec<String> = (0..20).map(|n| format!("d{n:02}.example")).collect();
    let processes = [&here, &there].into_iter().cycle();
    let all = hosts.iter().zip(processes);
    join_all(all.map(|(host, process)| process.allows(CHANNEL, host))).await;
    for process in [&here, &there] {
        process.places.look().await;
        let mut allowed = process.allowed(CHANNEL).await;
        allowed.sort();
        assert_eq!(allowed, hosts);
    }
    let log = here.store.changes(GUILD, Some(3), None, 99).await.unwrap();
    assert_eq!(log.len(), 20, "each is in the log");
}
