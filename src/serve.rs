//! The built-in server: answers the Sonar protocol from documents, or through the Agent API. Starts it for the bot, or alone for `footnote serve`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sonar_server::engines::agent::{self, AgentEngine};
use sonar_server::engines::corpus::{
    Corpus, CorpusError, CorpusSettings, IndexProgress, LiveCorpus, RustDocs,
};
use sonar_server::engines::local::LocalEngine;
use sonar_server::engines::web::{Web, WebError};
use sonar_server::engines::writer::{self, Writer};
use sonar_server::{DocumentLinks, JobSettings, Server, ServerSettings};

use crate::settings::Settings;
use crate::settings::agent::AgentSettings;
use crate::settings::engine::{AnswersWith, EngineSettings};
use crate::settings::jobs::JobsSettings;
use crate::settings::review;
use crate::settings::web::WebSettings;
use crate::settings::writer::WriterSettings;

/// How long an answer may take that somebody is paid for.
const PAID_ANSWER: Duration = Duration::from_secs(900);

/// Why the built-in server did not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The documents cannot be used.
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    /// It cannot listen.
    #[error(transparent)]
    Start(#[from] sonar_server::StartError),
    /// The bridge is to answer and has no key.
    #[error("{0}")]
    Key(String),
    /// The bridge cannot be built.
    #[error(transparent)]
    Agent(#[from] agent::BuildError),
    /// There is nothing to answer from, or a setting of the web is wrong.
    #[error("{0}")]
    Sources(String),
    /// The web search cannot be set up.
    #[error(transparent)]
    Web(#[from] WebError),
    /// The language model cannot be asked.
    #[error("{0}")]
    Writer(String),
    /// Indexing ended in a fault of ours.
    #[error("indexing the documents failed: this is a fault of Footnote, please report it")]
    Indexing,
}

/// Takes the address and the file of the jobs, opens the documents and starts the server on `bind`. `links` says where citations of documents without a public address lead.
///
/// # Errors
///
/// See [`ServeError`].
pub async fn start(
    settings: &Settings,
    bind: SocketAddr,
    links: DocumentLinks,
    progress: Arc<dyn IndexProgress>,
) -> Result<Server, ServeError> {
    if let Some(warning) = review::exposure(bind, &settings.server) {
        tracing::warn!("{warning}");
    }
    // Before the documents: what is in the way should show at once, and not when they are indexed.
    let server = Server::reserve(ServerSettings {
        bind,
        hosts: settings.server.hosts.clone(),
        keys: settings.server.keys.clone(),
        pace: settings.server.words_per_second,
        answer_time: match settings.answers_with() {
            // What is given up is paid for all the same, and research takes its time.
            AnswersWith::Agent => PAID_ANSWER,
            AnswersWith::Auto | AnswersWith::Documents => ServerSettings::default().answer_time,
        },
        requests_a_minute: settings.server.requests_per_minute,
        answers: settings.server.answers_at_once,
        connections: settings.server.connections,
        dialect: settings.server.dialect,
        pretend: settings.server.pretend.clone(),
        document_links: links,
        jobs: jobs(&settings.server.jobs, settings.data_dir.join("jobs.db")),
        ..ServerSettings::default()
    })
    .await?;
    if settings.answers_with() == AnswersWith::Agent {
        let bridge = bridge(&settings.agent)?;
        let base_url = &settings.agent.base_url;
        tracing::info!(
            base_url,
            "answers come from the Agent API; no documents are searched"
        );
        return Ok(server.answer(bridge)?);
    }
    if let Some(problem) = review::sources(settings).first() {
        return Err(ServeError::Sources(problem.to_string()));
    }
    let documents = documents(&settings.engine, settings.data_dir.join("index"));
    let opening =
        tokio::task::spawn_blocking(move || LiveCorpus::open(documents, progress.as_ref()));
    let (opened, web) = (
        opening.await.map_err(|_| ServeError::Indexing)?,
        web(&settings.web)?,
    );
    let corpus = match opened {
        Err(CorpusError::NoDocuments) if web.is_some() => {
            tracing::info!(
                "there are no documents; answers come from the web alone, by way of SearXNG"
            );
            LiveCorpus::from(Arc::new(Corpus::empty(&settings.engine.language)))
        }
        opened => {
            let corpus = opened?;
            tell(&corpus.current());
            if web.is_some() {
                tracing::info!("answers come from the web as well, by way of SearXNG");
            }
            corpus
        }
    };
    let mut engine = LocalEngine::new(corpus.clone());
    if let Some(web) = web {
        engine = engine.searching_the_web(web);
    }
    if let Some(writer) = writer(&settings.writer)? {
        tracing::info!(
            model = writer.model(),
            "answers are written by a language model"
        );
        engine = engine.writing_with(writer);
    }
    let server = server.answer(Arc::new(engine))?;
    if let Some(every) = settings.engine.reload_every() {
        server.beside(|closing| corpus.watch(every, closing));
    }
    Ok(server)
}

/// The language model that is to write, when the settings name one.
///
/// # Errors
///
/// [`ServeError::Writer`] with what is wrong with the settings.
fn writer(settings: &WriterSettings) -> Result<Option<Writer>, ServeError> {
    if let Some(problem) = review::writer(settings).first() {
        return Err(ServeError::Writer(problem.to_string()));
    }
    let endpoint = settings.endpoint().map(|endpoint| Writer::new(&endpoint));
    endpoint
        .transpose()
        .map_err(|error| ServeError::Writer(error.to_string()))
}

/// Whether the chat endpoint of the settings answers and has its model, at no cost.
///
/// # Errors
///
/// A sentence for the operator.
pub async fn reach_writer(endpoint: &writer::WriterSettings) -> Result<(), String> {
    let reached = writer::reach(endpoint).await;
    reached.map(|_| ()).map_err(|error| error.to_string())
}

/// The bridge to the Agent API.
///
/// # Errors
///
/// [`ServeError::Key`] without a key, [`ServeError::Agent`] when its connection cannot be prepared.
pub(crate) fn bridge(settings: &AgentSettings) -> Result<Arc<AgentEngine>, ServeError> {
    let missing = || review::missing_agent_key(settings).map(|told| told.to_string());
    let bridge = settings
        .bridge()
        .ok_or_else(|| ServeError::Key(missing().unwrap_or_default()))?;
    Ok(Arc::new(AgentEngine::new(bridge)?))
}

/// The web, where it is to be searched.
fn web(settings: &WebSettings) -> Result<Option<Web>, WebError> {
    settings.search().map(Web::new).transpose()
}

/// What a SearXNG says to one question, where the settings name one: how much it found, and which of its search engines did not answer.
///
/// # Errors
///
/// A sentence for the operator.
pub async fn knock_on_web(settings: &WebSettings) -> Option<Result<String, String>> {
    match web(settings) {
        Ok(Some(web)) => Some(web.check().await),
        Ok(None) => None,
        Err(error) => Some(Err(error.to_string())),
    }
}

/// Whether the Agent API takes the key, at no cost.
///
/// # Errors
///
/// A sentence for the operator.
pub async fn knock(settings: &AgentSettings) -> Result<(), String> {
    let bridge = bridge(settings).map_err(|error| error.to_string())?;
    bridge.knock().await
}

fn jobs(settings: &JobsSettings, usual_file: PathBuf) -> JobSettings {
    JobSettings {
        file: Some(settings.file.clone().unwrap_or(usual_file)),
        keep: Duration::from_secs(settings.keep_days * 24 * 60 * 60),
        at_once: settings.at_once,
        waiting: settings.waiting,
        waiting_of_one: settings.waiting_per_client,
        space: settings.space_mb * 1024 * 1024,
        answer_time: Duration::from_secs(settings.answer_seconds),
        attempts: settings.attempts,
        delay: Duration::from_secs(settings.delay_seconds),
        ..JobSettings::default()
    }
}

/// What the operator's own folders hold, in a few lines; nothing when there are none. Reads every document of theirs.
///
/// # Errors
///
/// Those that would keep the built-in server from starting.
pub fn survey(engine: &EngineSettings) -> Result<Vec<String>, CorpusError> {
    if engine.corpus.is_empty() {
        return Ok(Vec::new());
    }
    let own = CorpusSettings {
        handbook: false,
        rust_docs: RustDocs::Off,
        ..documents(engine, PathBuf::new())
    };
    Ok(Corpus::survey(&own)?.lines())
}

/// The documents that the settings name, with their index in `index_dir` unless the settings name another folder.
pub(crate) fn documents(engine: &EngineSettings, index_dir: PathBuf) -> CorpusSettings {
    CorpusSettings {
        folders: engine.corpus.clone(),
        handbook: engine.bundled,
        rust_docs: if engine.bundled {
            RustDocs::Installed
        } else {
            RustDocs::Off
        },
        index_dir: Some(engine.index_dir.clone().unwrap_or(index_dir)),
        language: engine.language.clone(),
    }
}

fn tell(corpus: &Corpus) {
    let report = corpus.report();
    tracing::info!(
        documents = report.documents,
        sections = report.sections,
        passages = report.passages,
        "the documents are indexed"
    );
    for line in report.lines() {
        tracing::info!("{line}");
    }
}
