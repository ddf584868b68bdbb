//! The command line: what can be typed, and what each part means. Does nothing itself.

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use sonar_server::Pretend;

/// A Discord bot that answers questions with sources one can check.
#[derive(Debug, Parser)]
#[command(name = "footnote", version)]
pub struct Cli {
    /// Read settings from this file instead of footnote.toml.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What Footnote can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the bot on Discord; needs the bot's token.
    Run,
    /// Try the bot in a local Discord: no account, no key.
    Demo(DemoArgs),
    /// Run the built-in answer server alone.
    Serve(ServeArgs),
    /// Say what is missing or wrong in the settings.
    Check(CheckArgs),
    /// Measure how well documents answer questions whose right sections are known.
    Eval(EvalArgs),
}

/// How a demo is run.
#[derive(Args, Debug)]
pub struct DemoArgs {
    /// Ask this one question, print what the channel shows, and end.
    #[arg(long, value_name = "QUESTION")]
    pub ask: Option<String>,

    /// With --ask: print the messages as Discord's API returns them, with timings in milliseconds.
    #[arg(long, requires = "ask")]
    pub json: bool,

    /// The page's port; 0 takes any free one.
    #[arg(long, default_value_t = 0)]
    pub port: u16,

    /// Keep the index of the documents in this folder.
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,

    /// Answer from the documents in these folders, and from nothing else.
    #[arg(long, value_name = "DIR", num_args = 1..)]
    pub corpus: Vec<PathBuf>,

    /// Write one JSON line for each request of the bot to this file.
    #[arg(long, value_name = "FILE")]
    pub log_requests: Option<PathBuf>,

    /// Stream the built-in server's text at this speed, as a model would write. On the page the default is 40; 0 is as fast as it comes.
    #[arg(long, value_name = "N")]
    pub words_per_second: Option<u32>,

    /// Put Discord's rate limits in force.
    #[arg(long)]
    pub rate_limits: bool,
}

impl DemoArgs {
    /// The speed on the page, where one is to see the text grow.
    const PAGE_SPEED: u32 = 40;

    /// The speed to stream at.
    pub fn speed(&self) -> Option<NonZeroU32> {
        let usual = if self.ask.is_some() {
            0
        } else {
            Self::PAGE_SPEED
        };
        NonZeroU32::new(self.words_per_second.unwrap_or(usual))
    }
}

/// How the server is run.
#[derive(Args, Debug)]
pub struct ServeArgs {
    /// Listen on this port of 127.0.0.1 instead of the address in the settings.
    #[arg(long)]
    pub port: Option<u16>,

    /// Answer from the documents in these folders, and from nothing else.
    #[arg(long, value_name = "DIR", num_args = 1..)]
    pub corpus: Vec<PathBuf>,

    /// Play this trouble instead of answering, for trying a client (several may be named). "retired" and "migration-required" play
    /// the two names of the 403 of the retired service, "out-of-credit" its 401, "rate-limited" its 429; "failing-jobs" lets
    /// asynchronous jobs fail.
    #[arg(long, value_name = "TROUBLE")]
    pub pretend: Vec<Pretend>,
}

/// What is checked.
#[derive(Args, Debug)]
pub struct CheckArgs {
    /// Also ask the services that the settings name whether they take their keys. Nothing is asked that would be billed.
    #[arg(long)]
    pub online: bool,
}

/// What is measured.
#[derive(Args, Debug)]
pub struct EvalArgs {
    /// The corpora, the questions with their right sections, and the gates; `tests/eval/four.toml` is an example.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Print the figures as JSON.
    #[arg(long)]
    pub json: bool,

    /// Print what went wrong with each question of this set as well.
    #[arg(long, value_name = "SET", conflicts_with = "json")]
    pub misses: Option<String>,
}
