//! Deep research under load and after a kill: 500 researches at once, and how soon a killed process goes on. Prints figures; passes no verdict. Linux
//! only: it reads `/proc`.
//!
//! `cargo bench --bench research`. The program is a process of its own; Discord and the service are in this one. `-- --seed=N` replays the service's times.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Json;
use axum::Router;
use axum::extract::{Path as Named, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use discord_emulator::{Emulator, RateLimits};
use footnote_bot::clock::{Clock, Moment, SystemClock};
use footnote_bot::jobs::workers::later;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

const PROGRAM: &str = env!("CARGO_BIN_EXE_footnote");

/// How many people ask, and how often each of them does.
const PEOPLE: usize = 50;
const EACH: usize = 10;
const ALL: usize = PEOPLE * EACH;

/// How many channels they ask in.
const CHANNELS: usize = 25;

/// How many researches have their turn at the same time when the order of turns is looked at.
const TURNS: usize = 50;

/// Those who have their turn together come to the service in any order: so far apart may two be that had theirs at the same time.
const TOGETHER: usize = 10;

/// What the service allows in a minute: the looks of the protocol's tables, and far more submissions than those.
const LOOKS_PER_MINUTE: usize = 6_000;

/// How long anything may take before the measurement is given up.
const PATIENCE: Duration = Duration::from_secs(300);

type Failed = Box<dyn std::error::Error>;

fn main() -> Result<(), Failed> {
    // `cargo bench` hands over `--bench` beside what is written behind `--`.
    let seed = std::env::args().find_map(|word| word.strip_prefix("--seed=")?.parse().ok());
    let seed = seed.unwrap_or(7_u64);
    writeln!(io::stdout(), "--seed={seed}")?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(at_once(seed, ALL))?;
    runtime.block_on(at_once(seed, TURNS))?;
    runtime.block_on(killed())
}

/// A research at the service.
#[derive(Clone)]
struct Taken {
    /// Who asked, as the question says.
    asker: String,
    taken: Instant,
    done: Instant,
    /// The same by the wall clock.
    done_at: Moment,
    /// The first look that found it done.
    seen: Option<Instant>,
}

#[derive(Default)]
struct Book {
    by_key: BTreeMap<String, usize>,
    taken: Vec<Taken>,
    /// When it was looked.
    looks: Vec<Instant>,
    seed: u64,
    /// How long nothing is done; else from one to twenty seconds.
    never: bool,
}

type Service = Arc<Mutex<Book>>;

/// The next number of a plain sequence of chance.
///
/// See <https://prng.di.unimi.it/splitmix64.c>.
fn chance(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *seed;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

async fn serve(book: &Service) -> Result<SocketAddr, Failed> {
    let routes = Router::new()
        .route("/async/chat/completions", post(submit))
        .route("/async/chat/completions/{id}", get(look))
        .with_state(Arc::clone(book));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    TaskTracker::new().spawn(async move { axum::serve(listener, routes).await });
    Ok(address)
}

async fn submit(State(book): State<Service>, Json(body): Json<Value>) -> Json<Value> {
    let key = body["idempotency_key"].as_str().unwrap_or_default();
    let messages = body["request"]["messages"].as_array();
    let last = messages.and_then(|messages| messages.last());
    let asker = last
        .and_then(|last| last["content"].as_str())
        .unwrap_or_default();
    let mut book = book
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let number = match book.by_key.get(key) {
        Some(number) => *number,
        None => {
            let number = book.taken.len();
            book.by_key.insert(key.to_owned(), number);
            let millis = 1_000 + chance(&mut book.seed) % 19_000;
            let works = if book.never {
                Duration::from_secs(86_400)
            } else {
                Duration::from_millis(millis)
            };
            let taken = Instant::now();
            book.taken.push(Taken {
                asker: asker.to_owned(),
                taken,
                done: taken + works,
                done_at: later(SystemClock.now(), works),
                seen: None,
            });
            number
        }
    };
    Json(json!({ "id": format!("r{number}"), "model": "m", "created_at": 1, "status": "CREATED" }))
}

async fn look(
    State(book): State<Service>,
    Named(id): Named<String>,
) -> Result<Json<Value>, StatusCode> {
    let mut book = book
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let now = Instant::now();
    book.looks.push(now);
    let number: usize = id
        .trim_start_matches('r')
        .parse()
        .map_err(|_| StatusCode::NOT_FOUND)?;
    let taken = book.taken.get_mut(number).ok_or(StatusCode::NOT_FOUND)?;
    if now < taken.done {
        return Ok(Json(
            json!({ "id": id, "model": "m", "created_at": 1, "status": "IN_PROGRESS" }),
        ));
    }
    taken.seen.get_or_insert(now);
    let text = format!(
        "Of research {number} it is known: {}[1]",
        "the tea of this question was looked at in depth. ".repeat(30)
    );
    let source = json!({ "title": "Tea", "url": "https://example.org/tea" });
    let message = json!({ "role": "assistant", "content": text });
    Ok(Json(json!({
        "id": id, "model": "m", "created_at": 1, "completed_at": 2, "status": "COMPLETED",
        "response": {
            "id": id, "model": "m", "created": 2, "object": "chat.completion",
            "choices": [{ "index": 0, "finish_reason": "stop", "message": message }],
            "citations": ["https://example.org/tea"], "search_results": [source],
            "usage": { "prompt_tokens": 9, "completion_tokens": 99, "total_tokens": 108, "cost": { "total_cost": 0.41 } },
        },
    })))
}

/// The program on an emulator.
fn start(
    discord: &Emulator,
    service: SocketAddr,
    folder: &Path,
    turns: usize,
) -> io::Result<Child> {
    let ca_file = folder.join("ca.pem");
    std::fs::write(&ca_file, discord.ca_pem())?;
    let settings = format!(
        "[research]\nat_once = {turns}\nat_once_per_server = {turns}\nopen_per_server = {ALL}\nopen_per_person = {EACH}\n\
         submissions_per_minute = 60000\nlooks_per_minute = {LOOKS_PER_MINUTE}\n[conversations]\nthreads = \"never\"\n"
    );
    std::fs::write(folder.join("footnote.toml"), settings)?;
    Command::new(PROGRAM)
        .arg("run")
        .env_clear()
        .current_dir(folder)
        .env("DISCORD_TOKEN", discord.bot_token())
        .env("DISCORD_ADDRESS", discord.discord_address().to_string())
        .env("DISCORD_CA_FILE", &ca_file)
        .env("DISCORD_GATEWAY_URL", discord.gateway_url())
        .env("SONAR_BASE_URL", format!("http://{service}"))
        .env("FOOTNOTE_LOG", "error")
        .spawn()
}

/// Everybody asks as fast as the bot acknowledges, each person everything at once, and all is waited for.
async fn at_once(seed: u64, turns: usize) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let discord = Emulator::start(discord_emulator::Settings {
        rate_limits: RateLimits::Realistic,
        ..discord_emulator::Settings::default()
    })
    .await?;
    let book: Service = Arc::new(Mutex::new(Book {
        seed,
        ..Book::default()
    }));
    let service = serve(&book).await?;
    let mut bot = start(&discord, service, folder.path(), turns)?;
    discord.bot_is_ready(PATIENCE).await?;
    let idle = resident(&bot)?;
    let channels: Vec<_> = (0..CHANNELS)
        .map(|number| discord.channel(&format!("channel-{number}")))
        .collect();
    let began = Instant::now();
    for person in 0..PEOPLE {
        let asker = discord.person(&format!("person-{person}"));
        let channel = channels.get(person % CHANNELS).ok_or("no channel")?;
        for number in 0..EACH {
            let question = format!("person-{person} asks number {number} about tea");
            let options = [("question", question.as_str())];
            let asked = asker.uses(channel, "research", &options).await?;
            asked.acknowledged(PATIENCE).await?;
        }
    }
    let asked = Instant::now();
    let mut most = resident(&bot)?;
    let posted = loop {
        let posted = posted(&discord, &channels);
        most = most.max(resident(&bot)?);
        if posted.len() >= ALL || began.elapsed() > PATIENCE {
            break posted;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    };
    let took = began.elapsed();
    let cpu = cpu(&bot)?;
    stop(&mut bot)?;
    let run = Run {
        turns,
        began,
        asked,
        took,
        idle,
        most,
        cpu,
        posted,
    };
    report(
        &run,
        &book
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner),
    )?;
    discord.close().await;
    Ok(())
}

/// What one run was, and what it took.
struct Run {
    turns: usize,
    began: Instant,
    asked: Instant,
    took: Duration,
    /// Memory before, and the most of it, in MB.
    idle: f64,
    most: f64,
    /// Processor time, in seconds.
    cpu: f64,
    posted: BTreeMap<usize, Vec<Moment>>,
}

fn report(run: &Run, book: &Book) -> io::Result<()> {
    let mut out = io::stdout();
    let twice = run.posted.values().filter(|times| times.len() > 1).count();
    writeln!(
        out,
        "{ALL} researches of {PEOPLE} people, {} at once, asked within {:.1} s, the service takes 1 to 20 s: {} delivered, {twice} of them more than once, \
         {} paid for, in {:.1} s",
        run.turns,
        (run.asked - run.began).as_secs_f64(),
        run.posted.len(),
        book.taken.len(),
        run.took.as_secs_f64()
    )?;
    writeln!(
        out,
        "memory: {:.1} MB before, at most {:.1} MB; processor: {:.1} s in all, {:.1} ms a research",
        run.idle,
        run.most,
        run.cpu,
        run.cpu * 1_000.0 / ALL as f64
    )?;
    writeln!(
        out,
        "looks: {} in all, at most {} in one minute, of {LOOKS_PER_MINUTE} allowed",
        book.looks.len(),
        busiest_minute(&book.looks)
    )?;
    let (unfair, judged) = out_of_turn(&book.taken, run.asked);
    writeln!(
        out,
        "turns after everybody had asked: {judged}, out of turn: {unfair}"
    )?;
    let seen = book
        .taken
        .iter()
        .filter_map(|taken| Some(taken.seen?.duration_since(taken.done)));
    percentiles(&mut out, "completed at the service to looked at", seen)?;
    let shown = run.posted.iter().filter_map(|(number, at)| {
        let done = book.taken.get(*number)?.done_at;
        Some(at.first()?.since(done))
    });
    percentiles(&mut out, "completed at the service to posted", shown)?;
    Ok(())
}

/// When the answer to each research was posted, as often as it was.
fn posted(
    discord: &Emulator,
    channels: &[discord_emulator::Channel],
) -> BTreeMap<usize, Vec<Moment>> {
    let reader = discord.person("reader");
    let mut found: BTreeMap<usize, Vec<Moment>> = BTreeMap::new();
    for channel in channels {
        for message in reader.sees(channel) {
            let content = message["content"].as_str().unwrap_or_default();
            let number = content
                .split("Of research ")
                .nth(1)
                .and_then(|rest| rest.split(' ').next()?.parse().ok());
            let id: Option<i64> = message["id"].as_str().and_then(|id| id.parse().ok());
            if let (Some(number), Some(id)) = (number, id) {
                found.entry(number).or_default().push(written(id));
            }
        }
    }
    found
}

/// When a message was written, as its id tells.
///
/// See <https://discord.com/developers/docs/reference#snowflakes>.
fn written(id: i64) -> Moment {
    Moment((id >> 22) + 1_420_070_400_000)
}

/// How many turns were had, once everybody had asked, by somebody who had one while another waited whose last was longer ago; and how many
/// were judged.
fn out_of_turn(taken: &[Taken], asked: Instant) -> (usize, usize) {
    let person = |taken: &Taken| taken.asker.split(' ').next().unwrap_or_default().to_owned();
    let mut order: Vec<&Taken> = taken.iter().collect();
    order.sort_by_key(|taken| taken.taken);
    let mut left: BTreeMap<String, usize> = BTreeMap::new();
    for one in &order {
        *left.entry(person(one)).or_default() += 1;
    }
    let mut last: BTreeMap<String, usize> = BTreeMap::new();
    let (mut unfair, mut judged) = (0, 0);
    for (turn, one) in (1..).zip(order) {
        let own = person(one);
        if one.taken > asked {
            judged += 1;
            let own_last = last.get(&own).copied().unwrap_or_default();
            let waited_longer = left.iter().any(|(other, open)| {
                *open > 0
                    && *other != own
                    && last.get(other).copied().unwrap_or_default() + TOGETHER < own_last
            });
            unfair += usize::from(waited_longer);
        }
        last.insert(own.clone(), turn);
        if let Some(open) = left.get_mut(&own) {
            *open -= 1;
        }
    }
    (unfair, judged)
}

/// The most looks within any sixty seconds.
fn busiest_minute(looks: &[Instant]) -> usize {
    let minute = Duration::from_secs(60);
    let within = |first: &Instant| {
        let until = *first + minute;
        looks
            .iter()
            .filter(|look| *look >= first && **look < until)
            .count()
    };
    looks.iter().map(within).max().unwrap_or_default()
}

/// Kills the program while the service works on some, and starts it again.
async fn killed() -> Result<(), Failed> {
    let mut resumed = Vec::new();
    for _ in 0..10 {
        let folder = tempfile::tempdir()?;
        let discord = Emulator::start(discord_emulator::Settings::default()).await?;
        let book: Service = Arc::new(Mutex::new(Book {
            never: true,
            ..Book::default()
        }));
        let service = serve(&book).await?;
        let mut bot = start(&discord, service, folder.path(), 10)?;
        discord.bot_is_ready(PATIENCE).await?;
        let channel = discord.channel("general");
        for number in 0..10 {
            let asker = discord.person("alice");
            let question = format!("alice asks number {number} about tea");
            let options = [("question", question.as_str())];
            let asked = asker.uses(&channel, "research", &options).await?;
            asked.acknowledged(PATIENCE).await?;
        }
        let looks = || {
            let book = book
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            (book.taken.len(), book.looks.len())
        };
        until(|| matches!(looks(), (10, looks) if looks >= 10)).await?;
        bot.kill()?;
        bot.wait()?;
        let (_, before) = looks();
        let started = Instant::now();
        let mut bot = start(&discord, service, folder.path(), 10)?;
        until(|| looks().1 > before).await?;
        resumed.push(started.elapsed());
        stop(&mut bot)?;
        discord.close().await;
    }
    percentiles(
        &mut io::stdout(),
        "start of a killed process to its first look",
        resumed.into_iter(),
    )?;
    Ok(())
}

async fn until(is_so: impl Fn() -> bool) -> Result<(), Failed> {
    let began = Instant::now();
    while !is_so() {
        if began.elapsed() > PATIENCE {
            return Err("not in time".into());
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Ok(())
}

fn stop(bot: &mut Child) -> io::Result<()> {
    let pid = bot.id().to_string();
    Command::new("kill").args(["-s", "TERM", &pid]).status()?;
    bot.wait().map(drop)
}

/// The memory that a process has, in MB.
fn resident(child: &Child) -> io::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()))?;
    let kib = status.lines().find_map(|line| {
        let line = line.strip_prefix("VmRSS:")?.trim();
        line.strip_suffix(" kB")?.parse::<u32>().ok()
    });
    kib.map(|kib| f64::from(kib) * 1_024.0 / 1e6)
        .ok_or(io::ErrorKind::InvalidData.into())
}

/// The processor time that a process has taken, in seconds.
fn cpu(child: &Child) -> io::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id()))?;
    // The name before it may hold spaces.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks: Vec<f64> = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse().ok())
        .collect();
    // Linux counts a hundred ticks a second for programs.
    Ok(ticks.iter().sum::<f64>() / 100.0)
}

fn percentiles(
    out: &mut impl Write,
    name: &str,
    spans: impl Iterator<Item = Duration>,
) -> io::Result<()> {
    let mut millis: Vec<f64> = spans.map(|span| span.as_secs_f64() * 1_000.0).collect();
    millis.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = (millis.len() as f64 * share).ceil() as usize;
        millis
            .get(place.saturating_sub(1))
            .copied()
            .unwrap_or(f64::NAN)
    };
    writeln!(
        out,
        "{name}: p50 {:.0} ms, p99 {:.0} ms, worst {:.0} ms, of {}",
        at(0.5),
        at(0.99),
        at(1.0),
        millis.len()
    )
}
