//! `stand-ins agent`: the Agent API until it is told to stop. Must only turn arguments into settings.

use std::io;
use std::time::Duration;

use clap::Args;
use stand_ins::Trouble;
use stand_ins::agent::{AgentApi, AgentSettings, Progress};

use super::{say, told_to_stop, trouble};

pub(crate) const EXAMPLE: &str = "\
Try Footnote's bridge with it:
  cargo run -p stand-ins -- agent --port 9001
  PERPLEXITY_API_KEY=test-key PERPLEXITY_BASE_URL=http://127.0.0.1:9001 footnote serve";

#[derive(Args, Debug)]
pub(crate) struct Arguments {
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

    /// Send no event of a type that nobody knows, for clients that refuse such.
    #[arg(long)]
    without_unknown_events: bool,

    /// Play this on every request: rate-limited, internal-error, bad-gateway, gateway-timeout, html, silence, cut=BYTES, stall=BYTES,
    /// or pieces=BYTES.
    #[arg(long, value_name = "TROUBLE", value_parser = trouble)]
    trouble: Option<Trouble>,
}

pub(crate) async fn run(arguments: Arguments) -> io::Result<()> {
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
        unknown_events: !arguments.without_unknown_events,
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
