//! `footnote demo`: the real bot in a local Discord, with no account and no key. Keeps no questions when it ends.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use discord_emulator::{Emulator, Interaction, PrivilegedIntents, RateLimits};
use secrecy::SecretString;
use serde_json::{Value, json};
use sonar_server::DocumentLinks;
use sonar_server::engines::corpus::IndexProgress;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::app::{App, StartError};
use crate::clock::SystemClock;
use crate::conversation::ask::Desk;
use crate::conversation::outcome::Outcome;
use crate::conversation::ports::{Store, StoreError};
use crate::discord::bot::BotError;
use crate::settings::Settings;

/// How long the bot may take to come up once its parts are built.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// How long Discord would wait for an acknowledgement.
const ACKNOWLEDGED_WITHIN: Duration = Duration::from_secs(3);

/// What a demo is started with.
#[derive(Clone, Debug, Default)]
pub struct DemoOptions {
    /// The port of the page; 0 takes any free one.
    pub port: u16,
    /// A file that gets a line for each request of the bot.
    pub log_requests: Option<PathBuf>,
    /// Whether Discord's rate limits are in force.
    pub rate_limits: RateLimits,
    /// Where citations of documents without a public address lead.
    pub document_links: DocumentLinks,
}

/// Why a demo failed.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The local Discord did not start.
    #[error(transparent)]
    Emulator(#[from] discord_emulator::StartError),
    /// The bot did not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The bot stopped.
    #[error(transparent)]
    Bot(#[from] BotError),
    /// The bot did not come up.
    #[error("the bot did not become ready within {} s; FOOTNOTE_LOG=debug tells more", READY_WITHIN.as_secs())]
    NotReady,
    /// The question could not be put.
    #[error("the question could not be asked: {0}")]
    Ask(String),
    /// The question was refused, as the channel shows.
    #[error("the question was refused")]
    Refused,
    /// It was ended before there was an answer.
    #[error("interrupted before there was an answer")]
    Interrupted,
    /// The question got no answer.
    #[error("the question got no answer ({0}); the log above says why")]
    NoAnswer(String),
    /// A file or the terminal could not be written.
    #[error("cannot write: {0}")]
    Io(#[from] io::Error),
}

/// A local Discord with the bot in it.
pub struct Demo {
    /// The local Discord.
    pub emulator: Emulator,
    /// Where the bot takes its questions.
    pub desk: Arc<Desk>,
    /// Where the bot keeps them.
    pub store: Arc<dyn Store>,
    shutdown: CancellationToken,
    running: JoinHandle<Result<(), BotError>>,
    /// Held until the end: the store and the certificate lie in it.
    _folder: TempDir,
}

impl Demo {
    /// Starts both and waits until the bot is ready. Of the settings, those of Discord and the place of the store are replaced.
    ///
    /// # Errors
    ///
    /// See [`DemoError`].
    pub async fn start(
        mut settings: Settings,
        options: &DemoOptions,
        progress: Arc<dyn IndexProgress>,
    ) -> Result<Self, DemoError> {
        let emulator = Emulator::start(discord_emulator::Settings {
            page_port: options.port,
            request_log: options.log_requests.clone(),
            rate_limits: options.rate_limits,
            // So that one can go on talking in a thread without a mention.
            privileged_intents: PrivilegedIntents {
                message_content: true,
                ..PrivilegedIntents::default()
            },
            ..discord_emulator::Settings::default()
        })
        .await?;
        let folder = tempfile::tempdir()?;
        let ca_file = folder.path().join("ca.pem");
        std::fs::write(&ca_file, emulator.ca_pem())?;
        // The documents' index is worth keeping; the questions of a demo are not.
        settings
            .engine
            .index_dir
            .get_or_insert(settings.data_dir.join("index"));
        folder.path().clone_into(&mut settings.data_dir);
        settings.discord.token = Some(SecretString::from(emulator.bot_token()));
        settings.discord.address = Some(emulator.discord_address().to_string());
        settings.discord.ca_file = Some(ca_file);
        settings.discord.gateway_url = Some(emulator.gateway_url());
        // Nobody waits for an answer in a demo that is being ended.
        settings.discord.grace_seconds = 0;
        let app = App::build(
            &settings,
            options.document_links.clone(),
            progress,
            Arc::new(SystemClock),
        )
        .await?;
        let (desk, store) = (app.desk(), app.store());
        let shutdown = CancellationToken::new();
        #[expect(
            clippy::disallowed_methods,
            reason = "the handle is kept, and awaited in `close`"
        )]
        let running = tokio::spawn(app.run(shutdown.clone()));
        let demo = Self {
            emulator,
            desk,
            store,
            shutdown,
            running,
            _folder: folder,
        };
        match demo.emulator.bot_is_ready(READY_WITHIN).await {
            Ok(()) => Ok(demo),
            Err(_) => Err(demo.close().await.err().unwrap_or(DemoError::NotReady)),
        }
    }

    /// Ends the bot, then the local Discord.
    ///
    /// # Errors
    ///
    /// [`DemoError::Bot`] when the bot had stopped by itself.
    pub async fn close(self) -> Result<(), DemoError> {
        self.shutdown.cancel();
        let ended = self.running.await;
        self.emulator.close().await;
        ended
            .unwrap_or_else(|panic| Err(BotError::Ended(panic.to_string())))
            .map_err(DemoError::Bot)
    }

    /// Resolves when the bot stops by itself.
    async fn stopped(&mut self) -> Result<(), DemoError> {
        let ended = (&mut self.running).await;
        ended
            .unwrap_or_else(|panic| Err(BotError::Ended(panic.to_string())))
            .map_err(DemoError::Bot)
    }
}

/// Shows the page until `shutdown`.
///
/// # Errors
///
/// See [`DemoError`].
pub async fn page(
    mut demo: Demo,
    shutdown: &CancellationToken,
    out: &mut impl Write,
) -> Result<(), DemoError> {
    demo.emulator.furnish();
    writeln!(out, "Footnote's demo is at {}", demo.emulator.page_url())?;
    writeln!(
        out,
        "Open it, and type /ask in the channel. Ctrl-C ends it."
    )?;
    out.flush()?;
    match shutdown.run_until_cancelled(demo.stopped()).await {
        None => demo.close().await,
        Some(ended) => {
            demo.emulator.close().await;
            ended
        }
    }
}

/// How `demo --ask` prints what the channel shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Print {
    /// As a person would read it.
    Text,
    /// The messages as the REST API returns them, with timings.
    Json,
}

/// The moments of a question in milliseconds, counted from when it was put.
fn timings(interaction: &Interaction) -> Value {
    let timeline = interaction.timeline();
    let millis = |moment: Option<Duration>| {
        moment.map(|moment| (moment.as_secs_f64() * 1_000_000.0).round() / 1_000.0)
    };
    json!({
        "received_ms": millis(timeline.received),
        "acknowledged_ms": millis(timeline.acknowledged),
        "first_text_ms": millis(timeline.first_text),
        "final_ms": millis(timeline.last_change),
    })
}

/// Asks one question as a person in the channel would, prints what the channel shows, and ends; earlier at `shutdown`.
///
/// # Errors
///
/// See [`DemoError`]; [`DemoError::NoAnswer`] after printing, when the channel shows a failure.
pub async fn ask(
    demo: Demo,
    question: &str,
    print: Print,
    shutdown: &CancellationToken,
    out: &mut impl Write,
) -> Result<(), DemoError> {
    let asking = ask_and_print(&demo, question, print, out);
    let asked = shutdown
        .run_until_cancelled(asking)
        .await
        .unwrap_or(Err(DemoError::Interrupted));
    let closed = demo.close().await;
    asked.and(closed)
}

async fn ask_and_print(
    demo: &Demo,
    question: &str,
    print: Print,
    out: &mut impl Write,
) -> Result<(), DemoError> {
    let person = demo.emulator.person("you");
    let channel = demo.emulator.channel("general");
    let refused = |reason: &dyn std::fmt::Display| DemoError::Ask(reason.to_string());
    let interaction = person
        .uses(&channel, "ask", &[("question", question)])
        .await
        .map_err(|error| refused(&error))?;
    interaction
        .acknowledged(ACKNOWLEDGED_WITHIN)
        .await
        .map_err(|error| refused(&error))?;
    demo.desk.in_flight().idle().await;
    match print {
        Print::Text => writeln!(out, "{}", channel.shows())?,
        Print::Json => {
            let shown =
                json!({ "messages": person.sees(&channel), "timings": timings(&interaction) });
            writeln!(out, "{shown:#}")?;
        }
    }
    match outcome(demo, interaction.id()).await {
        Ok(Some(Outcome::Answered(_))) => Ok(()),
        Ok(Some(Outcome::Failed { failure, .. })) => {
            Err(DemoError::NoAnswer(failure.name().to_owned()))
        }
        // A question that was refused, such as a blank one, was never recorded.
        Ok(None) => Err(DemoError::Refused),
        Err(error) => Err(DemoError::NoAnswer(error.to_string())),
    }
}

/// How the question of an interaction ended.
async fn outcome(demo: &Demo, interaction: u64) -> Result<Option<Outcome>, StoreError> {
    let Some(question) = demo.store.asked_by(interaction).await? else {
        return Ok(None);
    };
    let kept = demo.store.question(question).await?;
    Ok(kept.and_then(|kept| kept.outcome))
}
