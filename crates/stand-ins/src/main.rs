//! The stand-ins as a program, for trying Footnote by hand with no account anywhere. Must only read the command line and start one.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use stand_ins::Trouble;
use stand_ins::agent::{AgentApi, AgentSettings, Progress, Refusal};

/// Stand-ins for the services behind Footnote, on this machine alone: no account, no key, no cost.
#[derive(Debug, Parser)]
#[command(name = "stand-ins", version)]
struct Cli {
    /// What to stand in for.
    #[command(subcommand)]
    service: Service,
}

#[derive(Debug, Subcommand)]
enum Service {
    /// Perplexity's Agent API.
    #[command(after_help = AGENT_EXAMPLE)]
    Agent(AgentArgs),
}

const AGENT_EXAMPLE: &str = "\
Try Footnote's bridge with it:
  cargo run -p stand-ins -- agent --port 9001
  PERPLEXITY_API_KEY=test-key PERPLEXITY_BASE_URL=http://127.0.0.1:9001 footnote serve";

#[derive(Args, Debug)]
struct AgentArgs {
    /// Listen on this port; 0 takes any free one.
    #[arg(long, default_value_t = 0)]
    port: u16,

    /// A key that is accepted; may be given several times.
    #[arg(long = "key", value_name = "KEY", default_value = "test-key")]
    keys: Vec<String>,

    /// A key that is refused as blocked (403).
    #[arg(long, value_name = "KEY")]
    blocked_key: Vec<String>,

    /// A key that is refused as out of credit (401).
    #[arg(long, value_name = "KEY")]
    key_without_credit: Vec<String>,

    /// Refuse more requests than this in one second (429).
    #[arg(long, value_name = "N")]
    requests_a_second: Option<u32>,

    /// Make so many searches for each question, instead of as many as its level is known for.
    #[arg(long, value_name = "N")]
    searches: Option<usize>,

    /// Wait so many milliseconds before each event of a stream.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pace: u64,

    /// Send text in pieces of so many bytes, instead of in words.
    #[arg(long, value_name = "N")]
    piece_bytes: Option<usize>,

    /// Let a background run be queued for so many seconds.
    #[arg(long, value_name = "S", default_value_t = 1)]
    queued: u64,

    /// Let a background run be in progress for so many seconds.
    #[arg(long, value_name = "S", default_value_t = 3)]
    running: u64,

    /// Play this on every request: rate-limited, internal-error, bad-gateway, gateway-timeout, html, silence, cut=BYTES, stall=BYTES,
    /// or pieces=BYTES.
    #[arg(long, value_name = "TROUBLE", value_parser = trouble)]
    trouble: Option<Trouble>,
}

/// Reads a trouble by its name.
fn trouble(written: &str) -> Result<Trouble, String> {
    let (name, bytes) = written.split_once('=').unwrap_or((written, ""));
    let of_bytes = || {
        bytes
            .parse()
            .map_err(|_| format!("{name} needs a number of bytes, such as {name}=100"))
    };
    Ok(match name {
        "rate-limited" => Refusal::rate_limited().into(),
        "internal-error" => Refusal::internal_error().into(),
        "bad-gateway" => Refusal::bad_gateway().into(),
        "gateway-timeout" => Refusal::gateway_timeout().into(),
        "html" => Trouble::html(502),
        "silence" => Trouble::Silence,
        "cut" => Trouble::Cut { after: of_bytes()? },
        "stall" => Trouble::Stall { after: of_bytes()? },
        "pieces" => Trouble::Pieces { of: of_bytes()? },
        _ => return Err("there is no trouble of that name".to_owned()),
    })
}

#[tokio::main]
async fn main() -> ExitCode {
    let ran = match Cli::parse().service {
        Service::Agent(arguments) => agent(arguments).await,
    };
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            writeln!(io::stderr(), "the stand-in cannot listen: {error}").ok();
            ExitCode::FAILURE
        }
    }
}

async fn agent(arguments: AgentArgs) -> io::Result<()> {
    let api = AgentApi::start(AgentSettings {
        port: arguments.port,
        keys: arguments.keys,
        blocked_keys: arguments.blocked_key,
        keys_without_credit: arguments.key_without_credit,
        requests_a_second: arguments.requests_a_second,
        pace: Duration::from_millis(arguments.pace),
        piece_bytes: arguments.piece_bytes,
        searches: arguments.searches,
        background: Progress::Time {
            queued: Duration::from_secs(arguments.queued),
            running: Duration::from_secs(arguments.running),
        },
        ..AgentSettings::default()
    })
    .await?;
    if let Some(trouble) = arguments.trouble {
        api.script().always(trouble);
    }
    say(&format!(
        "The Agent API's stand-in listens at {}",
        api.url()
    ))?;
    told_to_stop().await;
    let calls = api.calls();
    say(&format!(
        "{} requests: {} runs ({} plain, {} streamed, {} in the background) that would have cost {:.5} USD, {} looks, {} refused",
        calls.all(),
        calls.runs(),
        calls.plain,
        calls.streamed,
        calls.background,
        api.money(),
        calls.looks,
        calls.refused,
    ))?;
    api.close().await;
    Ok(())
}

fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Waits for Ctrl-C, or for what a service manager sends.
async fn told_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    tokio::signal::ctrl_c().await.ok();
}
