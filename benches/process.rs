//! What the program takes as a process: memory of an idle `run`, time until it is ready, time of a warm `demo --ask`. Prints
//! figures; passes no verdict. Linux only: it reads `/proc`.
//!
//! `cargo bench --bench process`

use std::io::{self, BufRead, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use discord_emulator::Emulator;

const PROGRAM: &str = env!("CARGO_BIN_EXE_footnote");
/// How long something may take before the measurement is given up.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often a start is timed.
const STARTS: usize = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    tokio::runtime::Runtime::new()?.block_on(idle_run(folder.path()))?;
    warm_demo(folder.path())?;
    warm_page(folder.path())
}

/// `footnote run` with another process to ask, once it is ready and again after a minute of nothing.
async fn idle_run(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let discord = Emulator::start(discord_emulator::Settings::default()).await?;
    let ca_file = folder.join("ca.pem");
    std::fs::write(&ca_file, discord.ca_pem())?;
    let started = Instant::now();
    let mut bot: Child = Command::new(PROGRAM)
        .arg("run")
        .env_clear()
        .current_dir(folder)
        .env("DISCORD_TOKEN", discord.bot_token())
        .env("DISCORD_ADDRESS", discord.discord_address().to_string())
        .env("DISCORD_CA_FILE", &ca_file)
        .env("DISCORD_GATEWAY_URL", discord.gateway_url())
        .env("SONAR_BASE_URL", "http://127.0.0.1:1")
        .env("FOOTNOTE_LOG", "error")
        .spawn()?;
    discord.bot_is_ready(PATIENCE).await?;
    let mut out = io::stdout();
    writeln!(
        out,
        "run: ready after {} ms, {}",
        started.elapsed().as_millis(),
        memory(&bot)?
    )?;
    tokio::time::sleep(Duration::from_secs(60)).await;
    writeln!(out, "run: after a minute of nothing, {}", memory(&bot)?)?;
    bot.kill()?;
    bot.wait()?;
    discord.close().await;
    Ok(())
}

fn memory(child: &Child) -> io::Result<String> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()))?;
    let kib = status.lines().find_map(|line| {
        line.strip_prefix("VmRSS:")?
            .trim()
            .strip_suffix(" kB")?
            .parse::<u32>()
            .ok()
    });
    kib.map(|kib| format!("{:.1} MB resident", f64::from(kib) * 1_024.0 / 1e6))
        .ok_or(io::ErrorKind::InvalidData.into())
}

/// `footnote demo --ask`: the first start builds the index, the later ones load it.
fn warm_demo(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut out = io::stdout();
    for start in 0..=STARTS {
        let started = Instant::now();
        let status = Command::new(PROGRAM)
            .args(["demo", "--ask", "How do I sort a vector by a key?"])
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        let kind = if start == 0 { "cold" } else { "warm" };
        writeln!(
            out,
            "demo --ask, {kind}: {} ms from start to end, {status}",
            started.elapsed().as_millis()
        )?;
    }
    Ok(())
}

/// `footnote demo`, index on disk: until it prints its address, which it does once the bot is ready.
fn warm_page(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    for _ in 0..STARTS {
        let started = Instant::now();
        let mut demo = Command::new(PROGRAM)
            .arg("demo")
            .current_dir(folder)
            .stdout(Stdio::piped())
            .spawn()?;
        // Held until the end: a program whose output nobody reads any more fails to write.
        let mut output = io::BufReader::new(demo.stdout.take().ok_or("no output")?);
        output.read_line(&mut String::new())?;
        writeln!(
            io::stdout(),
            "demo, warm: ready after {} ms",
            started.elapsed().as_millis()
        )?;
        Command::new("kill")
            .args(["-s", "INT", &demo.id().to_string()])
            .status()?;
        demo.wait()?;
        drop(output);
    }
    Ok(())
}
