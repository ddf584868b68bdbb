//! What settings cost a question: the time in which what is in force in a channel is known, remembered and not, what it takes to show where it
//! comes from, and the memory of all that is remembered; where each of many channels has settings of its own. Prints figures; passes no verdict.
//! Linux only: it reads `/proc`.
//!
//! `cargo bench --bench settings`; `-- 100` measures as many channels instead of 10,000.

use std::io::{self, Write};
use std::path::Path as File;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use footnote_bot::clock::Moment;
use footnote_bot::conversation::place_settings::PlaceSettings;
use footnote_bot::conversation::ports::{NewChange, Saved, SettingsStore};
use footnote_bot::conversation::question::Person;
use footnote_bot::ids::{ChangeId, ChannelId, GuildId, PersonId};
use footnote_bot::search::domains::{Domains, Hosts};
use footnote_bot::search::fields::{Field, Settings, Value};
use footnote_bot::search::freshness::Freshness;
use footnote_bot::search::operator::Operator;
use footnote_bot::search::persona::{Instruction, Persona};
use footnote_bot::search::presets::Preset;
use footnote_bot::search::scope::Path;
use footnote_bot::search::{Recency, service::ContextSize};
use footnote_bot::storage::sqlite::SqliteStore;

/// How many channels have settings where none are named.
const CHANNELS: u64 = 10_000;
/// How many channels share a category.
const IN_A_CATEGORY: u64 = 20;
/// How often what is remembered is asked for in each channel: a single time is near what a clock can tell.
const TIMES: u32 = 1_000;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let numbers: Vec<u64> = std::env::args()
        .filter_map(|word| word.parse().ok())
        .collect();
    if let [channels, servers] = numbers.as_slice() {
        let folder = tempfile::tempdir()?;
        let measured = measure(folder.path(), *channels, *servers);
        return tokio::runtime::Runtime::new()?.block_on(measured);
    }
    // Each in a process of its own: memory that one gives back would hide what the next one takes.
    let channels = numbers.first().copied().unwrap_or(CHANNELS).to_string();
    for servers in ["20", "1"] {
        let status = Command::new(std::env::current_exe()?)
            .args([&channels, servers])
            .status()?;
        if !status.success() {
            return Err(format!("the measurement of {servers} servers: {status}").into());
        }
    }
    Ok(())
}

async fn measure(folder: &File, channels: u64, servers: u64) -> Outcome<()> {
    let store: Arc<dyn SettingsStore> =
        Arc::new(SqliteStore::open(&folder.join("footnote.db")).await?);
    let places: Vec<Path> = (0..channels).map(|n| place(n, servers)).collect();
    let began = Instant::now();
    for path in &places {
        set(store.as_ref(), path).await?;
    }
    tell(&format!(
        "{channels} channels in {servers} servers: all set in {:.1} s",
        began.elapsed().as_secs_f64()
    ))?;

    let operator = Operator::of(&footnote_bot::settings::Settings::defaults()?);
    let settings = PlaceSettings::new(store, operator);
    let mut shown = Vec::new();
    for path in &places {
        let began = Instant::now();
        let levels = settings.levels(path).await?;
        for field in Field::ALL {
            std::hint::black_box(levels.origin(settings.operator(), field));
        }
        shown.push(began.elapsed());
    }
    say("read for show, with where each field comes from", shown)?;

    // By now SQLite's own memory of the file is as large as it gets.
    let before = resident()?;
    let mut cold = Vec::new();
    for path in &places {
        let began = Instant::now();
        settings.in_force(Some(path)).await?;
        cold.push(began.elapsed());
    }
    let grown = resident()?.saturating_sub(before);
    say("in force, read from the database", cold)?;
    tell(&format!(
        "  all remembered: {} KiB more resident, {} bytes for each",
        grown / 1_024,
        grown / channels.max(1)
    ))?;

    let mut warm = Vec::new();
    for path in &places {
        let began = Instant::now();
        for _ in 0..TIMES {
            std::hint::black_box(settings.in_force(Some(path)).await?);
        }
        warm.push(began.elapsed() / TIMES);
    }
    say("in force, remembered", warm)?;

    let mut forgotten = Vec::new();
    for path in &places {
        settings.forget(path.guild);
        let began = Instant::now();
        settings.in_force(Some(path)).await?;
        forgotten.push(began.elapsed());
    }
    say("in force, read again after a change", forgotten)?;

    let began = Instant::now();
    settings.look().await;
    tell(&format!(
        "  looked for changes, all of them at once: {} µs",
        began.elapsed().as_micros()
    ))?;
    let mut looks = Vec::new();
    for _ in 0..TIMES {
        let began = Instant::now();
        settings.look().await;
        looks.push(began.elapsed());
    }
    say("looked for changes, where there are none", looks)
}

/// The channel of this number, in one of so many servers and one of its categories.
fn place(channel: u64, servers: u64) -> Path {
    // As far from each other as Discord's ids are.
    let id = |kind: u64, number: u64| (kind << 60) + number * 4_194_304 + 1;
    Path {
        guild: GuildId(id(1, channel % servers)),
        category: Some(ChannelId(id(2, channel / IN_A_CATEGORY))),
        channel: Some(ChannelId(id(3, channel))),
        thread: None,
    }
}

/// Sets something in the channel, and where it is the first one there in its category and its server.
async fn set(store: &dyn SettingsStore, path: &Path) -> Outcome<()> {
    for scope in path.scopes() {
        let kept = store.settings_of(path.guild, &[scope.id]).await?;
        if !kept.is_empty() {
            continue;
        }
        let is_channel = Some(scope.id) == path.channel.map(|channel| channel.0);
        let change = NewChange {
            scope,
            by: Person {
                id: PersonId(1),
                name: "Alice".to_owned(),
            },
            at: Moment(0),
            on: ChangeId::NONE,
            after: if is_channel {
                of_a_channel(scope.id)?
            } else {
                of_others()
            },
            told_in: Vec::new(),
        };
        let Saved::Done(_) = store.save_settings(&change).await? else {
            return Err("nobody else changes it".into());
        };
    }
    Ok(())
}

/// What a channel is set to whose people took some care: domains, an age, an instruction.
fn of_a_channel(id: u64) -> Outcome<Settings> {
    let mut settings = Settings::default();
    let host = format!("docs-{id}.example");
    let hosts = Hosts::of(["docs.rs", "doc.rust-lang.org", &host])?;
    let instruction = "Answer in at most three sentences, for people who know the language well.";
    settings.set(Value::Domains(Domains::Only(hosts)));
    settings.set(Value::Freshness(Freshness::Recency(Recency::Year)));
    settings.set(Value::Persona(Persona::Instruction(Instruction::parse(
        instruction,
    )?)));
    Ok(settings)
}

/// What a server or a category is set to: the longest list, and some switches.
fn of_others() -> Settings {
    let mut settings = Settings::default();
    settings.set(Value::Domains(Preset::Documentation.domains()));
    settings.set(Value::ContextSize(ContextSize::High));
    settings.set(Value::Related(true));
    settings
}

/// What most, nearly all and the slowest of them took.
fn say(what: &str, mut times: Vec<Duration>) -> Outcome<()> {
    times.sort_unstable();
    let at = |percent: usize| {
        let place = (times.len() * percent / 100).min(times.len().saturating_sub(1));
        let time = times.get(place).copied().unwrap_or_default();
        time.as_secs_f64() * 1e6
    };
    tell(&format!(
        "  {what}: median {:.2} µs, of 100 the slowest {:.2} µs, at most {:.2} µs",
        at(50),
        at(99),
        at(100)
    ))
}

fn tell(line: &str) -> Outcome<()> {
    Ok(writeln!(io::stdout(), "{line}")?)
}

/// The memory of this process that is in use, in bytes.
fn resident() -> io::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let kib = status.lines().find_map(|told| {
        let told = told.strip_prefix("VmRSS:")?.trim();
        told.strip_suffix(" kB")?.parse::<u64>().ok()
    });
    kib.map(|kib| kib * 1_024)
        .ok_or(io::ErrorKind::InvalidData.into())
}
