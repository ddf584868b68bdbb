//! The stand-ins as a program, for trying Footnote by hand with no account anywhere. Must only read the command line and start one.

mod program;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use program::{agent, chat, searxng};

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
    #[command(after_help = agent::EXAMPLE)]
    Agent(agent::Arguments),
    /// An OpenAI-compatible chat endpoint, such as those of Ollama, llama.cpp and vLLM.
    #[command(after_help = chat::EXAMPLE)]
    Chat(chat::Arguments),
    /// A SearXNG that knows a handful of pages.
    #[command(after_help = searxng::EXAMPLE)]
    Searxng(searxng::Arguments),
}

#[tokio::main]
async fn main() -> ExitCode {
    let ran = match Cli::parse().service {
        Service::Agent(arguments) => agent::run(arguments).await,
        Service::Chat(arguments) => chat::run(arguments).await,
        Service::Searxng(arguments) => searxng::run(arguments).await,
    };
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            writeln!(
                io::stderr(),
                "the stand-in cannot listen: {error}; choose another --port (0 takes a free one)"
            )
            .ok();
            ExitCode::FAILURE
        }
    }
}
