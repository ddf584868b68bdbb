//! The program: a local Discord for any bot in any language, until Ctrl-C. Reads its arguments, says where it is, and waits.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::Parser;
use discord_emulator::{Emulator, LimitTable, PrivilegedIntents, RateLimits, Settings, StartError};

/// What a wrong argument ends the program with, as clap does it.
const BAD_INPUT: u8 = 2;

/// A local Discord to run a bot against: gateway v10, REST v10 and a page to use the bot in a browser.
///
/// Everything listens on 127.0.0.1, and nothing leaves the machine. The bot token it prints is valid nowhere else.
/// Start it, point the bot at the printed addresses, start the bot, and open the page. Ctrl-C ends it.
#[derive(Parser)]
#[command(name = "discord-emulator", version)]
struct Arguments {
    /// Port for http and ws: the page, REST under /api/v10, and the gateway. 0 takes any free one.
    #[arg(long, default_value_t = 8765)]
    port: u16,
    /// Port for https, where it answers as discord.com with a certificate of its own. 0 takes any free one.
    #[arg(long, default_value_t = 0)]
    tls_port: u16,
    /// Write the certificate to trust for https to this file, as PEM. It is new at every start.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Append every request and its answer to this file, one JSON line each.
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// "calm" limits nothing, "realistic" limits as has been observed on the real service; or a JSON file with a table.
    #[arg(long, value_name = "calm|realistic|FILE", default_value = "calm", value_parser = rate_limits)]
    rate_limits: RateLimits,
    /// How many guilds the bot is in.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    guilds: u32,
    /// Turn on the application's switch for the privileged intent `MESSAGE_CONTENT`.
    #[arg(long)]
    message_content: bool,
    /// Turn on the application's switch for the privileged intent `GUILD_MEMBERS`.
    #[arg(long)]
    members: bool,
    /// Turn on the application's switch for the privileged intent `GUILD_PRESENCES`.
    #[arg(long)]
    presences: bool,
    /// What chance in faults begins with: the same seed gives the same faults.
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

/// A table of rate limits, by name or from a file.
fn rate_limits(named: &str) -> Result<RateLimits, String> {
    match named {
        "calm" => Ok(RateLimits::Calm),
        "realistic" => Ok(RateLimits::Realistic),
        file => {
            let text = std::fs::read_to_string(file).map_err(|error| {
                format!("neither calm nor realistic, nor a file that can be read ({error})")
            })?;
            let table: LimitTable = serde_json::from_str(&text)
                .map_err(|error| format!("the file is no table of rate limits ({error})"))?;
            Ok(RateLimits::Table(table))
        }
    }
}

impl Arguments {
    fn settings(&self) -> Settings {
        Settings {
            rest_port: self.tls_port,
            page_port: self.port,
            request_log: self.log.clone(),
            rate_limits: self.rate_limits,
            more_guilds: self.guilds - 1,
            privileged_intents: PrivilegedIntents {
                members: self.members,
                presences: self.presences,
                message_content: self.message_content,
            },
            seed: self.seed,
            ..Settings::default()
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // What it says goes to standard output; what goes wrong on the way, to standard error.
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_max_level(tracing::Level::WARN)
        .init();
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Without standard error there is nobody to tell.
            let _ = writeln!(io::stderr(), "error: {failure}");
            ExitCode::from(failure.code())
        }
    }
}

/// Why the program ends with a failure.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}")]
    Start(#[from] StartError),
    #[error("the certificate file {} cannot be written ({source}): name a file in a folder that exists and may be written", path.display())]
    Certificate { path: PathBuf, source: io::Error },
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl Failure {
    /// What the person can mend by another argument, and what not.
    fn code(&self) -> u8 {
        match self {
            Self::Start(StartError::PortInUse { .. } | StartError::RequestLog { .. })
            | Self::Certificate { .. } => BAD_INPUT,
            _ => 1,
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), Failure> {
    let emulator = Emulator::start(arguments.settings()).await?;
    emulator.furnish();
    let ended = serve(arguments, &emulator).await;
    emulator.close().await;
    ended
}

async fn serve(arguments: &Arguments, emulator: &Emulator) -> Result<(), Failure> {
    let stopped = stop_signal()?;
    if let Some(path) = &arguments.ca_file {
        std::fs::write(path, emulator.ca_pem()).map_err(|source| Failure::Certificate {
            path: path.clone(),
            source,
        })?;
    }
    match writeln!(io::stdout(), "{}", greeting(arguments, emulator)) {
        // Whoever started it may have read as much as it wants to know.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        written => written?,
    }
    stopped.await;
    Ok(())
}

/// Where everything is, and how a bot gets there.
fn greeting(arguments: &Arguments, emulator: &Emulator) -> String {
    let page = emulator.page_url();
    let authority = arguments.ca_file.as_ref().map_or_else(
        || "(--ca-file FILE writes the certificate to trust)".to_owned(),
        |path| format!("(trust {})", path.display()),
    );
    format!(
        "A local Discord is running. Ctrl-C ends it.\n\
        page         {page}\n\
        REST         {page}api/v10\n\
        gateway      {gateway}\n\
        discord.com  https://{tls} {authority}\n\
        bot token    {token}\n\
        application  {application}\n\
        Point a bot at it: its REST base is {page}api/v10, and GET /gateway tells it the gateway; or resolve discord.com to\n\
        {tls} and trust the certificate. The README of crates/discord-emulator shows how, for serenity, discord.py and discord.js.",
        gateway = emulator.gateway_url(),
        tls = emulator.discord_address(),
        token = emulator.bot_token(),
        application = emulator.application_id(),
    )
}

/// Resolves when the program is asked to end. It listens from now on, so that no request is missed.
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut end) = (
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
        );
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = end.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    {
        Ok(async {
            // If Ctrl-C cannot be heard, the program runs until it is ended from outside.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending().await
            }
        })
    }
}
