//! How fast `/ask` is: many people at once in a local Discord, answered from documents. Prints figures; passes no verdict.
//!
//! `cargo bench --bench asking` runs it on documents of its own; nothing has to be installed.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use discord_emulator::Interaction;
use footnote_bot::demo::{Demo, DemoOptions};
use footnote_bot::settings::Settings;
use sonar_server::engines::corpus::Silent;

/// How many people ask at the same moment.
const PEOPLE: usize = 20;
/// How many questions each of them asks, one after the other.
const ROUNDS: usize = 10;
/// How long one round may take before the measurement is given up.
const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(measure())
}

async fn measure() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    std::fs::write(
        folder.path().join("bees.md"),
        "# Bees\n\n## How do I calm a hive?\n\nBlow cool smoke into the entrance of the hive and wait two minutes.\n",
    )?;
    let mut settings = Settings::defaults()?;
    settings.engine.corpus = vec![folder.path().to_owned()];
    settings.engine.bundled = false;
    settings.data_dir = folder.path().join("data");
    let demo = Demo::start(settings, &DemoOptions::default(), Arc::new(Silent)).await?;
    let mut asked = Vec::new();
    let started = Instant::now();
    for _ in 0..ROUNDS {
        asked.extend(ask_at_once(&demo).await?);
        tokio::time::timeout(PATIENCE, demo.desk.in_flight().idle()).await?;
    }
    report(&demo, &asked, started.elapsed())?;
    Ok(demo.close().await?)
}

/// Everybody asks; returns once all are acknowledged.
async fn ask_at_once(demo: &Demo) -> Result<Vec<Interaction>, Box<dyn std::error::Error>> {
    let channel = demo.emulator.channel("general");
    let people: Vec<_> = (0..PEOPLE)
        .map(|number| demo.emulator.person(&format!("person-{number}")))
        .collect();
    let asking = people
        .iter()
        .map(|person| person.uses(&channel, "ask", &[("question", "How do I calm a hive?")]));
    let asked: Vec<Interaction> = futures_util::future::try_join_all(asking).await?;
    for interaction in &asked {
        interaction.acknowledged(PATIENCE).await?;
    }
    Ok(asked)
}

fn report(demo: &Demo, asked: &[Interaction], took: Duration) -> io::Result<()> {
    let mut out = io::stdout();
    let answered = asked
        .iter()
        .filter(|asked| {
            asked.reply().is_some_and(|reply| {
                reply["content"]
                    .as_str()
                    .is_some_and(|text| text.contains("cool smoke"))
            })
        })
        .count();
    let shown = demo
        .emulator
        .person("you")
        .sees(&demo.emulator.channel("general"))
        .len();
    writeln!(
        out,
        "{} questions, {PEOPLE} at a time, in {:.2} s: {answered} answered, {shown} messages shown",
        asked.len(),
        took.as_secs_f64()
    )?;
    let timelines: Vec<_> = asked.iter().map(Interaction::timeline).collect();
    percentiles(
        &mut out,
        "acknowledged",
        timelines
            .iter()
            .map(|timeline| timeline.acknowledged.zip(timeline.received)),
    )?;
    percentiles(
        &mut out,
        "first text",
        timelines
            .iter()
            .map(|timeline| timeline.first_text.zip(timeline.received)),
    )?;
    percentiles(
        &mut out,
        "final",
        timelines
            .iter()
            .map(|timeline| timeline.last_change.zip(timeline.received)),
    )
}

/// Milliseconds from the moment the event was sent to the bot.
fn percentiles(
    out: &mut impl Write,
    name: &str,
    moments: impl Iterator<Item = Option<(Duration, Duration)>>,
) -> io::Result<()> {
    let mut millis: Vec<f64> = moments
        .flatten()
        .map(|(moment, received)| moment.saturating_sub(received).as_secs_f64() * 1_000.0)
        .collect();
    millis.sort_by(f64::total_cmp);
    let at = |share: f64| {
        millis
            .get(((millis.len() as f64 * share).ceil() as usize).saturating_sub(1))
            .copied()
            .unwrap_or(f64::NAN)
    };
    writeln!(
        out,
        "{name:>12}: p50 {:.1} ms, p99 {:.1} ms, worst {:.1} ms",
        at(0.5),
        at(0.99),
        at(1.0)
    )
}
