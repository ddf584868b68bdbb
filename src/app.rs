//! Wires the parts into one program. The only module that knows them all; decides nothing.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use sonar_server::engines::corpus::IndexProgress;
use sonar_server::{DocumentLinks, Server};
use tokio_util::sync::CancellationToken;

use crate::answers::{EndpointError, SonarAnswers};
use crate::clock::Clock;
use crate::conversation::ask::Desk;
use crate::conversation::in_flight::{InFlight, Limits};
use crate::conversation::ports::Store;
use crate::conversation::rules::Rules;
use crate::discord::bot::{Bot, BotError, Discord};
use crate::failpoint;
use crate::jobs::retention::Retention;
use crate::jobs::workers::{Work, Workers};
use crate::research::desk::ResearchDesk;
use crate::research::running::Researching;
use crate::search::operator::Operator;
use crate::serve::{self, ServeError};
use crate::settings::Settings;
use crate::settings::review;
use crate::storage::data_dir::{DataDir, DataDirError};
use crate::storage::postgres::{self, PostgresStore};
use crate::storage::sqlite::{OpenError, SqliteStore};

/// As many jobs are worked on beside the researches that have their turn: those that are being shown, and what comes again and again.
const BESIDE_RESEARCH: usize = 16;

/// Footnote, built and ready to connect.
pub struct App {
    desk: Arc<Desk>,
    store: Arc<dyn Store>,
    research: Arc<ResearchDesk>,
    bot: Bot,
    works: Vec<Arc<dyn Work>>,
    server: Option<Server>,
    /// Held so that no second process writes the same store.
    _data_dir: DataDir,
}

/// Why Footnote did not start. Each is a sentence with its mend.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is missing or wrong.
    #[error("{0}")]
    Setting(review::Problem),
    /// The data directory cannot be used.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The Postgres database cannot be used.
    #[error(transparent)]
    Postgres(#[from] postgres::OpenError),
    /// The built-in server did not start.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The answer endpoint's address or key cannot be used.
    #[error("SONAR_BASE_URL or SONAR_API_KEY cannot be used: {0}")]
    Answers(#[from] EndpointError),
    /// Discord cannot be reached, or refuses.
    #[error(transparent)]
    Bot(#[from] BotError),
}

impl App {
    /// Builds every part; nothing is answered before [`App::run`]. `links` says where the built-in server's citations of
    /// documents without a public address lead, and `clock` what time it is.
    ///
    /// # Errors
    ///
    /// See [`StartError`].
    pub async fn build(
        settings: &Settings,
        links: DocumentLinks,
        progress: Arc<dyn IndexProgress>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StartError> {
        if let Some(problem) = review::problems(settings).into_iter().next() {
            return Err(StartError::Setting(problem));
        }
        let data_dir = DataDir::open(&settings.data_dir)?;
        // First what is quick to fail: a wrong token should not wait for the documents to be indexed.
        let discord = Discord::reach(&settings.discord).await?;
        let (server, base_url) = answer_endpoint(settings, links, progress).await?;
        let service = Arc::new(SonarAnswers::new(&base_url, &settings.answers)?);
        let store: Arc<dyn Store> = match settings.storage.postgres() {
            Some(address) => Arc::new(PostgresStore::open(address).await?),
            None => Arc::new(SqliteStore::open(&data_dir.database()).await?),
        };
        failpoint::pass("start.store_opened");
        let in_flight = InFlight::new(Limits {
            open: settings.answers.open_at_most,
            open_of_one: settings.answers.open_per_person,
            at_once: settings.answers.at_once,
        });
        let desk = Arc::new(Desk::new(
            Arc::clone(&store),
            Arc::clone(&service) as _,
            Arc::clone(&clock),
            in_flight,
            Operator::of(settings),
        ));
        let workers = Arc::new(Workers::new(
            Arc::clone(&store) as _,
            clock,
            settings.research.at_once as usize + BESIDE_RESEARCH,
        ));
        let research = Arc::new(ResearchDesk::new(
            Arc::clone(&store),
            workers,
            settings.research.clone(),
            settings.answers_are_free(),
        ));
        let rules = Rules::new(&settings.conversations, &settings.display);
        let bot = discord
            .connect(Arc::clone(&desk), Arc::clone(&research), rules)
            .await?;
        let works: Vec<Arc<dyn Work>> = vec![
            Arc::new(Researching::new(
                Arc::clone(&desk),
                Arc::clone(&research),
                service,
                bot.showing(),
                bot.moved_up(),
            )),
            Arc::new(Retention::new(
                Arc::clone(&store) as _,
                Arc::clone(research.workers()),
            )),
        ];
        Ok(Self {
            desk,
            store,
            research,
            bot,
            works,
            server,
            _data_dir: data_dir,
        })
    }

    /// Where questions are taken, for those who want to know when none is open.
    pub fn desk(&self) -> Arc<Desk> {
        Arc::clone(&self.desk)
    }

    /// Where researches are taken on, for those who want to know how far they are.
    pub fn research(&self) -> Arc<ResearchDesk> {
        Arc::clone(&self.research)
    }

    /// Where questions and answers are kept.
    pub fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }

    /// Answers until `shutdown`, or until Discord ends the connection for good.
    ///
    /// # Errors
    ///
    /// See [`BotError`].
    pub async fn run(self, shutdown: CancellationToken) -> Result<(), BotError> {
        let ended = self.bot.run(self.works, shutdown).await;
        if let Some(server) = self.server {
            server.close().await;
        }
        self.store.close().await;
        ended
    }
}

/// The endpoint that is set, else the built-in server on a free loopback port.
async fn answer_endpoint(
    settings: &Settings,
    links: DocumentLinks,
    progress: Arc<dyn IndexProgress>,
) -> Result<(Option<Server>, String), ServeError> {
    if let Some(base_url) = &settings.answers.base_url {
        return Ok((None, base_url.clone()));
    }
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    // The bot is the only client; keys are for those of `footnote serve`.
    let mut own = settings.clone();
    own.server.keys.clear();
    // `footnote serve` may run beside the bot, on the same settings.
    own.server.jobs.file = Some(own.data_dir.join("own-jobs.db"));
    let server = serve::start(&own, loopback, links, progress).await?;
    let base_url = format!("http://{}", server.address());
    Ok((Some(server), base_url))
}
