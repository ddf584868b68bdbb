//! The bot's life: connects to Discord, takes commands until told to stop, and lets what is open come to its end.

use std::sync::Arc;
use std::time::Duration;

use dashmap::{DashMap, DashSet};
use poise::{Framework, FrameworkOptions};
use secrecy::{ExposeSecret, SecretString};
use serenity::Client;
use serenity::all::{
    ApplicationFlags, Command, CreateAllowedMentions, GatewayIntents, HttpBuilder,
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::access::ToldLately;
use super::answering::Edge;
use super::api::{self, ApiError};
use super::audit::Audit;
use super::catching_up::HeardUntil;
use super::channels::Channels;
use super::commands::{self, Error, Files, Waiting};
use super::events;
use super::first_message::Ways;
use super::happenings::Announces;
use super::interactions::Interactions;
use super::languages::{HearsOfServers, Languages};
use super::on_error::on_error;
use super::order::Order;
use super::places::Places;
use super::recovery::recover;
use super::research::{Arrivals, Boards, Lines, Showcase};
use super::settings_panel::Drafts;
use crate::conversation::ask::Desk;
use crate::conversation::ports::StoreError;
use crate::conversation::rules::Rules;
use crate::failpoint;
use crate::ids::{PersonId, QuestionId};
use crate::jobs::workers::Work;
use crate::research::desk::ResearchDesk;
use crate::research::ports::Showing;
use crate::settings::discord::DiscordSettings;

/// How long the notices of those given up may take to be delivered.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Why the bot cannot run, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum BotError {
    /// There is no token.
    #[error("DISCORD_TOKEN is not set: put the bot's token into the environment or into .env")]
    NoToken,
    /// No client could be made.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// Discord refuses the token.
    #[error(
        "Discord refuses the token: set DISCORD_TOKEN to the one the developer portal shows after Bot → Reset Token"
    )]
    TokenRefused,
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Discord cannot be reached.
    #[error(
        "Discord cannot be reached ({0}): check the network, and DISCORD_ADDRESS and DISCORD_CA_FILE if they are set"
    )]
    Unreachable(String),
    /// The connection ended for good.
    #[error("the connection to Discord ended: {0}")]
    Ended(String),
}

/// A Discord that was reached with a token it takes.
pub struct Discord {
    http: reqwest::Client,
    token: SecretString,
    gateway: String,
    me: PersonId,
    /// Whether messages that do not mention the bot come with their text.
    reads_messages: bool,
    grace: Duration,
    files: Files,
}

impl Discord {
    /// Asks Discord for its gateway, which proves address and token.
    ///
    /// # Errors
    ///
    /// See [`BotError`].
    pub async fn reach(settings: &DiscordSettings) -> Result<Self, BotError> {
        let token = settings.token.clone().ok_or(BotError::NoToken)?;
        let http = api::client(settings)?;
        let asking = HttpBuilder::new(token.expose_secret())
            .client(http.clone())
            .build();
        let meant = |error: serenity::Error| meaning(&error);
        let bot = asking.get_bot_gateway().await.map_err(meant)?;
        let me = asking.get_current_user().await.map_err(meant)?;
        let application = asking.get_current_application_info().await.map_err(meant)?;
        let gateway = settings.gateway_url.clone().unwrap_or(bot.url);
        Ok(Self {
            http,
            token,
            gateway,
            me: PersonId(me.id.get()),
            reads_messages: settings.message_content && may_read(application.flags),
            grace: Duration::from_secs(settings.grace_seconds),
            files: Files::new(api::files(settings)?, settings.address.is_some()),
        })
    }

    /// Prepares the connection of a bot that takes its questions to `desk`, and those that are researched to `research`.
    ///
    /// # Errors
    ///
    /// See [`BotError`].
    pub async fn connect(
        self,
        desk: Arc<Desk>,
        research: Arc<ResearchDesk>,
        rules: Rules,
    ) -> Result<Bot, BotError> {
        let left = desk.newest().await?;
        if let Some(newest) = left {
            // Before anything new can be asked: what is open now was left so by a process that is gone.
            let now = desk.clock().now();
            failpoint::pass("start.before_interrupt");
            desk.store().interrupt(newest, now).await?;
            failpoint::pass("start.after_interrupt");
        }
        let http = || {
            HttpBuilder::new(self.token.expose_secret())
                .client(self.http.clone())
                .default_allowed_mentions(CreateAllowedMentions::new())
                .build()
        };
        let ways = Ways {
            interactions: Interactions::new(self.http.clone()),
            channels: Arc::new(Channels::new(self.http.clone(), &self.token)),
            places: Arc::new(Places::default()),
            whereabouts: Arc::default(),
            languages: Arc::new(Languages::new(rules.language)),
            rights: Arc::default(),
            desk: Arc::clone(&desk),
        };
        let intents = self.intents();
        let edge = Arc::new(Edge {
            desk,
            ways,
            me: self.me,
            reads_messages: self.reads_messages,
            rules,
            order: Order::default(),
            heard_until: HeardUntil::default(),
            tasks: TaskTracker::new(),
            give_up: CancellationToken::new(),
            stops: DashMap::new(),
            told_lately: ToldLately::default(),
            removing: DashSet::new(),
            audit: Audit::default(),
            waiting: Waiting::default(),
            files: self.files,
            research,
            arrivals: Arrivals::default(),
            boards: Boards::default(),
            lines: Lines::default(),
            moved_up: Arc::default(),
            drafts: Drafts::default(),
        });
        edge.begin_to_hear().await?;
        let client = serenity::all::ClientBuilder::new_with_http(http(), intents)
            .event_handler(HearsOfServers {
                languages: Arc::clone(&edge.ways.languages),
                whereabouts: Arc::clone(&edge.ways.whereabouts),
            })
            .event_handler(Announces::new(Arc::clone(&edge)))
            .framework(framework(Arc::clone(&edge), left))
            .await
            .map_err(|error| BotError::Unreachable(error.to_string()))?;
        // Without this, serenity falls back to the real Discord, token and all, when it cannot ask for the address.
        *client.ws_url.lock().await = self.gateway;
        Ok(Bot {
            client,
            edge,
            grace: self.grace,
        })
    }
}

impl Discord {
    /// What Discord is asked to send besides interactions: messages, and with each server what was last said in its channels.
    fn intents(&self) -> GatewayIntents {
        let mut intents = GatewayIntents::GUILDS
            | GatewayIntents::GUILD_MESSAGES
            | GatewayIntents::DIRECT_MESSAGES;
        intents.set(GatewayIntents::MESSAGE_CONTENT, self.reads_messages);
        intents
    }
}

/// Whether the developer portal lets the bot read messages. To ask for what it does not allow ends the connection.
fn may_read(flags: Option<ApplicationFlags>) -> bool {
    flags.is_some_and(|flags| {
        flags.intersects(
            ApplicationFlags::GATEWAY_MESSAGE_CONTENT
                | ApplicationFlags::GATEWAY_MESSAGE_CONTENT_LIMITED,
        )
    })
}

/// A bot that can connect.
pub struct Bot {
    client: Client,
    edge: Arc<Edge>,
    grace: Duration,
}

impl Bot {
    /// Where researches are shown.
    pub fn showing(&self) -> Arc<dyn Showing> {
        Arc::new(Showcase(Arc::clone(&self.edge)))
    }

    /// What is told when those who wait for a research moved up in their lines.
    pub fn moved_up(&self) -> Arc<Notify> {
        Arc::clone(&self.edge.moved_up)
    }

    /// Takes commands until `shutdown`, then lets open questions end, or says that they were interrupted. Does these works all the while; what is
    /// left of them at the end the next process goes on with.
    ///
    /// # Errors
    ///
    /// [`BotError`] when the connection ends for good by itself.
    pub async fn run(
        mut self,
        works: Vec<Arc<dyn Work>>,
        shutdown: CancellationToken,
    ) -> Result<(), BotError> {
        let shards = Arc::clone(&self.client.shard_manager);
        // They do not wait for the connection: what a former process left goes on at once.
        let (workers, stop) = (
            Arc::clone(self.edge.research.workers()),
            CancellationToken::new(),
        );
        let (stopped, grace) = (stop.clone(), self.grace);
        let working = TaskTracker::new();
        working.spawn(async move { workers.run(works, stopped, grace).await });
        working.close();
        let ended = tokio::select! {
            ended = self.client.start() => ended.map_err(|error| meaning(&error)),
            () = shutdown.cancelled() => Ok(()),
            never = self.edge.note_what_was_heard() => match never {},
            never = self.edge.desk.places().follow() => match never {},
            never = self.edge.tell_changes() => match never {},
            never = self.edge.keep_the_lines_shown() => match never {},
        };
        stop.cancel();
        shards.shutdown_all().await;
        failpoint::pass("stop.before_drain");
        tokio::join!(drain(&self.edge, self.grace), working.wait());
        failpoint::pass("stop.after_drain");
        self.edge.note_heard_until().await;
        ended
    }
}

/// The framework with our commands; once connected, it settles the questions up to `left`, the last of an earlier process.
fn framework(edge: Arc<Edge>, left: Option<QuestionId>) -> Framework<Arc<Edge>, Error> {
    let options = FrameworkOptions {
        commands: commands::all(),
        on_error: |error| Box::pin(on_error(error)),
        event_handler: |ctx, event| Box::pin(events::handle(ctx, event)),
        allowed_mentions: Some(CreateAllowedMentions::new()),
        initialize_owners: false,
        ..FrameworkOptions::default()
    };
    Framework::builder()
        .options(options)
        .setup(move |ctx, ready, framework| {
            Box::pin(async move {
                register(ctx, &framework.options().commands).await;
                failpoint::pass("start.ready");
                tracing::info!(bot = ready.user.name, guilds = ready.guilds.len(), "ready");
                if let Some(newest) = left {
                    edge.tasks.spawn(recover(Arc::clone(&edge), newest));
                }
                Ok(edge)
            })
        })
        .build()
}

/// Tells Discord which commands there are. Naming those it knows costs nothing of its daily allowance.
async fn register(ctx: &serenity::all::Context, commands: &[poise::Command<Arc<Edge>, Error>]) {
    if let Err(error) = Command::set_global_commands(&ctx.http, commands::told(commands)).await {
        tracing::error!(cause = %meaning(&error), "the commands could not be registered; Discord goes on with those it knows");
    }
}

/// Waits for open questions; gives up what takes too long, and still tells its reader so.
async fn drain(edge: &Edge, grace: Duration) {
    let idle = edge.desk.in_flight().idle();
    let _ended_or_not = tokio::time::timeout(grace, idle).await;
    edge.give_up.cancel();
    edge.tasks.close();
    if tokio::time::timeout(LAST_WORDS, edge.tasks.wait())
        .await
        .is_err()
    {
        tracing::warn!("stopped before everything was delivered; the next start delivers it");
    }
}

/// What an error of the library means for the operator. Its own text may name addresses that hold tokens.
fn meaning(error: &serenity::Error) -> BotError {
    use serenity::all::{GatewayError, HttpError};
    match error {
        serenity::Error::Http(HttpError::UnsuccessfulRequest(response))
            if response.status_code.as_u16() == 401 =>
        {
            BotError::TokenRefused
        }
        serenity::Error::Http(HttpError::UnsuccessfulRequest(response)) => {
            BotError::Unreachable(format!("status {}", response.status_code.as_u16()))
        }
        serenity::Error::Http(HttpError::Request(error)) => BotError::Unreachable(below(error)),
        serenity::Error::Http(_) => {
            BotError::Unreachable("its answer could not be read".to_owned())
        }
        serenity::Error::Gateway(GatewayError::InvalidAuthentication) => BotError::TokenRefused,
        other => BotError::Ended(other.to_string()),
    }
}

/// The innermost cause of a failed request: the outer ones name the address.
fn below(error: &dyn std::error::Error) -> String {
    std::iter::successors(error.source(), |error| error.source())
        .last()
        .map_or_else(|| "no answer".to_owned(), ToString::to_string)
}
