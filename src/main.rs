//! The program: reads the command line and the settings, and hands over. A table of contents.

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use discord_emulator::RateLimits;
use footnote_bot::app::App;
use footnote_bot::cli::{Cli, Command, DemoArgs, ServeArgs};
use footnote_bot::clock::SystemClock;
use footnote_bot::demo::{self, Demo, DemoOptions, Print};
use footnote_bot::settings::Settings;
use footnote_bot::settings::engine::AnswersWith;
use footnote_bot::settings::environment::Environment;
use footnote_bot::settings::review;
use footnote_bot::{check, eval, indexing, open_files, serve, shutdown, telemetry};
use sonar_server::DocumentLinks;
use tokio_util::sync::CancellationToken;

/// The allocator of glibc keeps what a burst of large requests took, for each of its threads, and never gives it back.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Why the program ends with a failure: one line for the operator.
type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    let ended = runtime.block_on(carry_out(cli));
    // Indexing that was interrupted goes on in a thread of its own; nobody needs it any more.
    runtime.shutdown_background();
    match ended {
        Ok(code) => code,
        Err(error) => failed(error.as_ref()),
    }
}

async fn carry_out(cli: Cli) -> Result<ExitCode, Failure> {
    let environment = Environment::of_process(Path::new(".env"))?;
    if let Command::Check(arguments) = &cli.command {
        let (file, mut out) = (cli.config.as_deref(), io::stdout());
        let mut fine = check::check(file, &environment, &mut out)?;
        if arguments.online {
            fine &= check::online(file, &environment, &mut out).await?;
        }
        return Ok(if fine {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        });
    }
    let mut settings = Settings::load(cli.config.as_deref(), &environment)?;
    if matches!(cli.command, Command::Demo(_) | Command::Eval(_))
        && environment.get("FOOTNOTE_LOG").is_none()
    {
        // A newcomer wants to see the answer, not the log.
        "warn".clone_into(&mut settings.log.filter);
    }
    telemetry::start(&settings.log)?;
    open_files::allow_all();
    let requested = shutdown::requested()?;
    match cli.command {
        Command::Run => run(&settings, requested).await?,
        Command::Demo(arguments) => demo(settings, arguments, requested).await?,
        Command::Serve(arguments) => serve(settings, arguments, requested).await?,
        Command::Eval(arguments) => {
            let mut out = io::stdout();
            let measuring = eval::eval(&settings, &arguments, indexing::progress(), &mut out);
            let held = requested.run_until_cancelled(measuring).await;
            if !held.transpose()?.unwrap_or(true) {
                return Ok(ExitCode::FAILURE);
            }
        }
        Command::Check(_) => {}
    }
    Ok(ExitCode::SUCCESS)
}

async fn run(settings: &Settings, shutdown: CancellationToken) -> Result<(), Failure> {
    let building = App::build(
        settings,
        DocumentLinks::Nowhere,
        indexing::progress(),
        Arc::new(SystemClock),
    );
    match shutdown.run_until_cancelled(building).await {
        Some(app) => Ok(app?.run(shutdown).await?),
        None => Ok(()),
    }
}

async fn demo(
    mut settings: Settings,
    arguments: DemoArgs,
    shutdown: CancellationToken,
) -> Result<(), Failure> {
    let speed = arguments.speed();
    if let Some(folder) = arguments.data_dir {
        settings.data_dir = folder;
    }
    answer_only_from(&mut settings, arguments.corpus);
    // What somebody writes comes at a speed of its own; what is quoted would be there at once.
    let written = settings.answers_with() == AnswersWith::Agent || settings.writer.url.is_some();
    settings.server.words_per_second =
        speed.filter(|_| !written || arguments.words_per_second.is_some());
    let options = DemoOptions {
        port: arguments.port,
        log_requests: arguments.log_requests,
        rate_limits: if arguments.rate_limits {
            RateLimits::Realistic
        } else {
            RateLimits::Calm
        },
        // The page can follow a link to the built-in server; what `--ask` prints is read when the server is gone.
        document_links: if arguments.ask.is_some() {
            DocumentLinks::Nowhere
        } else {
            DocumentLinks::Here
        },
    };
    let starting = Demo::start(settings, &options, indexing::progress());
    let Some(demo) = shutdown.run_until_cancelled(starting).await else {
        return Ok(());
    };
    let print = if arguments.json {
        Print::Json
    } else {
        Print::Text
    };
    match arguments.ask {
        Some(question) => demo::ask(demo?, &question, print, &shutdown, &mut io::stdout()).await?,
        None => demo::page(demo?, &shutdown, &mut io::stdout()).await?,
    }
    Ok(())
}

async fn serve(
    mut settings: Settings,
    arguments: ServeArgs,
    shutdown: CancellationToken,
) -> Result<(), Failure> {
    let loopback = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let bind = arguments.port.map_or(settings.server.bind, loopback);
    answer_only_from(&mut settings, arguments.corpus);
    settings.server.pretend.extend(arguments.pretend);
    if let Some(problem) = review::server(&settings.server).into_iter().next() {
        return Err(problem.to_string().into());
    }
    let links = settings
        .server
        .public_url
        .clone()
        .map_or(DocumentLinks::Here, DocumentLinks::At);
    let starting = serve::start(&settings, bind, links, indexing::progress());
    let Some(server) = shutdown.run_until_cancelled(starting).await else {
        return Ok(());
    };
    let server = server?;
    writeln!(
        io::stdout(),
        "Footnote answers the Sonar protocol at http://{}",
        server.address()
    )?;
    shutdown.cancelled().await;
    server.close().await;
    Ok(())
}

/// Folders named on the command line replace those of the settings, the bundled documents included.
fn answer_only_from(settings: &mut Settings, folders: Vec<PathBuf>) {
    if !folders.is_empty() {
        settings.engine.corpus = folders;
        settings.engine.bundled = false;
        settings.engine.answers_with = AnswersWith::Documents;
    }
}

fn failed(error: &dyn std::error::Error) -> ExitCode {
    // Where standard error cannot be written, the exit code has to do.
    let _unwritten = writeln!(io::stderr(), "footnote: {error}");
    ExitCode::FAILURE
}
