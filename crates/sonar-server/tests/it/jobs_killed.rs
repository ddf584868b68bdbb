//! Servers that are killed while they work on jobs: real processes, `kill -9`, and the same file again.
//!
//! `SEED=7 cargo nextest run -p sonar-server killed` plays the random test again with the choices of a seed.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::num::NonZeroU32;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::Stream;
use serde_json::{Value, json};
use sonar::ChatRequest;
use sonar_server::engines::Event;
use sonar_server::{JobSettings, Server, ServerSettings};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::job_client::{BETWEEN_LOOKS, JobClient, PATH, id, text};
use crate::scripted::{Scripted, asking, delta, done, sources};

/// The variable that turns a run of this test binary into a server to be killed: the folder it works in.
const FOLDER: &str = "JOBS_TO_BE_KILLED_IN";
/// Most pieces of an answer.
const PIECES: usize = 4;

/// Not a test of its own: the server that the tests of this file start and kill.
#[ignore = "it is started by the tests of this file"]
#[tokio::test]
async fn serves_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let folder = Arc::<Path>::from(Path::new(&folder));
    let attempts = std::fs::read_to_string(folder.join("attempts")).ok();
    let attempts = attempts.map(|attempts| attempts.parse().unwrap());
    let settings = ServerSettings {
        jobs: JobSettings {
            file: Some(folder.join("jobs.db")),
            attempts: attempts.unwrap_or(JobSettings::default().attempts),
            ..JobSettings::default()
        },
        requests_a_minute: NonZeroU32::MAX,
        ..ServerSettings::default()
    };
    let engine = Scripted::new(move |request| working(question(request), Arc::clone(&folder)));
    let server = Server::start(settings, engine).await.unwrap();
    println!("\nlistening at {}", server.address());
    std::future::pending::<()>().await;
}

fn question(request: &ChatRequest) -> String {
    request.messages[0].content.text().into_owned()
}

/// An engine that takes its time, and whose process dies where the question says: `die TIMES at PIECE`.
fn working(question: String, folder: Arc<Path>) -> impl Stream<Item = Event> + Send {
    async_stream::stream! {
        let pause = if question.starts_with("slow") { 60 } else { 3 };
        yield sources();
        for piece in 0..=PIECES {
            die_if_told(&question, piece, &folder);
            if piece < PIECES {
                tokio::time::sleep(Duration::from_millis(pause)).await;
                yield delta(&format!("{question} {piece}. "));
            }
        }
        yield done();
    }
}

/// As `kill -9` at this very place: nothing is flushed, nothing is dropped.
fn die_if_told(question: &str, piece: usize, folder: &Path) {
    let words: Vec<&str> = question.split(' ').collect();
    let ["die", times, "at", at] = words[..] else {
        return;
    };
    let marks = folder.join(question);
    let died = std::fs::read(&marks).unwrap_or_default();
    if piece.to_string() == at && died.len() < times.parse().unwrap() {
        std::fs::write(&marks, [died, vec![b'x']].concat()).unwrap();
        std::process::abort();
    }
}

fn answer_to(question: &str) -> String {
    (0..PIECES)
        .map(|piece| format!("{question} {piece}. "))
        .collect()
}

/// A server in a process of its own.
struct Victim {
    child: Child,
    address: String,
    /// Held open, because a process that cannot write ends of itself.
    _said: Lines<BufReader<ChildStdout>>,
}

impl Victim {
    async fn start(folder: &Path) -> Self {
        let mut child = Self::launched(folder);
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        loop {
            let line = said.next_line().await.unwrap().expect("it did not start");
            if let Some(address) = line.strip_prefix("listening at ") {
                let address = address.to_owned();
                return Self {
                    child,
                    address,
                    _said: said,
                };
            }
        }
    }

    /// A process that may still be starting.
    fn launched(folder: &Path) -> Child {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "jobs_killed::serves_until_it_is_killed"])
            .args(["--ignored", "--nocapture"])
            .env(FOLDER, folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    }

    fn client(&self) -> JobClient {
        JobClient::at(&self.address)
    }

    async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Waits until it has died of itself.
    async fn dies(mut self) {
        assert!(!self.child.wait().await.unwrap().success());
    }
}

fn body(question: &str, key: &str) -> Value {
    let messages = json!([{ "role": "user", "content": question }]);
    json!({ "request": asking(json!({ "messages": messages })), "idempotency_key": key })
}

/// The id that the server acknowledges, or nothing when it dies before.
async fn submitted(client: &JobClient, question: &str, key: &str) -> Option<String> {
    let reply = client.post(PATH, &body(question, key)).await.ok()?;
    assert_eq!(reply.status(), 200);
    Some(id(&reply.json().await.ok()?))
}

#[tokio::test]
async fn wherever_a_process_dies_the_job_is_answered_once_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    for piece in 0..=PIECES {
        let question = format!("die 1 at {piece}");
        let first = Victim::start(folder.path()).await;
        let job = submitted(&first.client(), &question, &question).await;
        first.dies().await;

        let second = Victim::start(folder.path()).await;
        let client = second.client();
        let again = submitted(&client, &question, &question).await.unwrap();
        if let Some(job) = job {
            assert_eq!(job, again);
        }
        let ended = client.until(&again, "COMPLETED").await;
        assert_eq!(text(&ended), answer_to(&question));
        assert_eq!(client.list().await.len(), piece + 1);
        second.kill().await;
    }
}

#[tokio::test]
async fn a_job_that_kills_every_process_fails_and_takes_no_other_along() {
    let folder = tempfile::tempdir().unwrap();
    let victim = Victim::start(folder.path()).await;
    let client = victim.client();
    let mut innocents = Vec::new();
    for number in 0..7 {
        // Slow ones, so that they are under way each time that the deadly one is begun beside them.
        let question = format!("slow {number}");
        let job = submitted(&client, &question, &question).await.unwrap();
        innocents.push((question, job));
    }
    let deadly = "die 1000 at 2";
    let _acknowledged = submitted(&client, deadly, deadly).await;
    victim.dies().await;

    let mut deaths = 1;
    let (last, failed) = loop {
        let victim = Victim::start(folder.path()).await;
        if let Some(job) = failed_or_dead(&victim.client(), deadly).await {
            break (victim, job);
        }
        victim.dies().await;
        deaths += 1;
    };
    assert_eq!(deaths, 3);
    assert_eq!(
        failed["error_message"],
        "The server ended 3 times while it worked on this request, and does not try again."
    );
    for (question, job) in &innocents {
        let ended = last.client().until(job, "COMPLETED").await;
        assert_eq!(text(&ended), answer_to(question));
    }
    last.kill().await;
}

/// The job with this key when it has failed, or nothing when the process dies first.
async fn failed_or_dead(client: &JobClient, key: &str) -> Option<Value> {
    loop {
        let reply = client.post(PATH, &body(key, key)).await.ok()?;
        let job: Value = reply.json().await.ok()?;
        if job["status"] == "FAILED" {
            return Some(job);
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}

/// What a crowd of clients was told, over the lives of all servers.
#[derive(Default)]
struct Told {
    /// The ids that were acknowledged for each key that anybody tried.
    keys: Mutex<BTreeMap<String, BTreeSet<String>>>,
    acknowledged: watch::Sender<u64>,
}

impl Told {
    /// Submits under keys of the dice's choice, old and new ones, until the server is gone.
    async fn submit_until_it_dies(self: Arc<Self>, client: JobClient, mut dice: Dice) {
        loop {
            let key = format!("question {}", dice.below(400));
            self.keys.lock().unwrap().entry(key.clone()).or_default();
            let Some(job) = submitted(&client, &key, &key).await else {
                return;
            };
            self.heard(key, job);
        }
    }

    fn heard(&self, key: String, job: String) {
        self.keys
            .lock()
            .unwrap()
            .entry(key)
            .or_default()
            .insert(job);
        self.acknowledged.send_modify(|count| *count += 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_random_moments_under_load_no_acknowledged_job_is_lost_or_doubled() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("attempts"), "1000").unwrap();
    let (mut dice, told) = (Dice::seeded(), Arc::new(Told::default()));
    println!("SEED={}", dice.0);
    for _ in 0..12 {
        // One that does not come to listen may die in the middle of what it begins with.
        let mut stillborn = Victim::launched(folder.path());
        tokio::time::sleep(Duration::from_micros(dice.below(60_000))).await;
        stillborn.kill().await.unwrap();

        let victim = Victim::start(folder.path()).await;
        let mut crowd = JoinSet::new();
        for _ in 0..6 {
            let (told, dice) = (Arc::clone(&told), Dice(dice.below(u64::MAX)));
            crowd.spawn(told.submit_until_it_dies(victim.client(), dice));
        }
        let mut heard = told.acknowledged.subscribe();
        let enough = *heard.borrow() + dice.below(60);
        heard.wait_for(|count| *count >= enough).await.unwrap();
        tokio::time::sleep(Duration::from_micros(dice.below(5_000))).await;
        victim.kill().await;
        crowd.join_all().await;
    }

    let last = Victim::start(folder.path()).await;
    let client = last.client();
    let keys: Vec<String> = told.keys.lock().unwrap().keys().cloned().collect();
    for key in keys {
        let job = submitted(&client, &key, &key).await.unwrap();
        told.heard(key, job);
    }
    let told = std::mem::take(&mut *told.keys.lock().unwrap());
    let mut made = BTreeSet::new();
    for (key, jobs) in &told {
        assert_eq!(jobs.len(), 1, "{key} is {jobs:?}");
        for job in jobs {
            let ended = client.until(job, "COMPLETED").await;
            assert_eq!(text(&ended), answer_to(key));
            made.insert(job.clone());
        }
    }
    let listed = client.list().await;
    assert_eq!(
        listed.len(),
        made.len(),
        "no job is listed that nobody knows"
    );
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), made);
    println!("{} jobs survived 24 processes", made.len());
    last.kill().await;
}

/// Random numbers that a seed brings back.
struct Dice(u64);

impl Dice {
    fn seeded() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "whoever runs the test may choose"
        )]
        let given = std::env::var("SEED").ok();
        let seed = match given {
            Some(seed) => seed.parse().expect("SEED is a number"),
            None => RandomState::new().build_hasher().finish(),
        };
        Self(seed)
    }

    /// The next number, below `most`: a step of `SplitMix64`.
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % most
    }
}
