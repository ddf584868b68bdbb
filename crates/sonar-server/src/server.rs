//! A running server: binds, serves, and stops without leaving anything behind. Must know no route and no engine.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::connections::Connections;
use crate::engines::Engine;
use crate::jobs::{Jobs, OpenError, Worker};
use crate::routes::{Shared, router};
use crate::run::Answering;
use crate::{Pretend, ServerSettings, links};

/// How long a failing stream may take to say so after the grace is over.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// A server that listens. Dropping it stops it at once; [`Server::close`] lets answers finish.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    jobs: Arc<Jobs>,
    tasks: TaskTracker,
    grace: Duration,
    /// Cancelled when `closing` is dropped.
    closing_token: CancellationToken,
    /// No new connection, no new request.
    closing: DropGuard,
    /// Answers end with a failure.
    answers_stopped: DropGuard,
    /// Connections are dropped.
    connections_stopped: DropGuard,
}

/// Why a server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Something else listens there.
    #[error(
        "{address} is in use; stop what listens there, or choose another port (0 takes a free one)"
    )]
    PortInUse {
        /// The address asked for.
        address: SocketAddr,
    },
    /// The system does not let us listen there.
    #[error(
        "cannot listen on {address}; choose an address of this machine, and a port from 1024 up"
    )]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The file of the jobs cannot be used.
    #[error(transparent)]
    Jobs(#[from] OpenError),
}

impl Server {
    /// Listens, and answers with `engine` from then on.
    ///
    /// # Errors
    ///
    /// [`StartError`] when the address or the file of the jobs cannot be had.
    pub async fn start(
        settings: ServerSettings,
        engine: Arc<dyn Engine>,
    ) -> Result<Self, StartError> {
        let (listener, address) = listen(settings.bind).await?;
        let tasks = TaskTracker::new();
        let [closing, answers_stopped, connections_stopped] =
            std::array::from_fn(|_| CancellationToken::new());
        let jobs = Jobs::open(settings.jobs.clone(), tasks.clone()).await?;
        let answering = Answering {
            documents_at: links::address(&settings, address).map(Arc::from),
            engine,
        };
        jobs.work(Worker {
            jobs: Arc::clone(&jobs),
            answering: answering.clone(),
            dialect: settings.dialect,
            fails: settings.pretend.contains(&Pretend::FailingJobs),
            closing: closing.clone(),
            stopped: answers_stopped.clone(),
        });
        let (grace, most) = (settings.grace, settings.connections);
        let connections = Connections {
            head_time: settings.request_time,
            reading_time: settings.reading_time,
            tasks: tasks.clone(),
            closing: closing.clone(),
            stopped: connections_stopped.clone(),
            router: router(Shared::new(
                settings,
                answering,
                Arc::clone(&jobs),
                answers_stopped.clone(),
            )),
        };
        tasks.spawn(connections.accept(listener, most));
        tracing::info!(%address, "the Sonar server listens");
        Ok(Self {
            address,
            jobs,
            tasks,
            grace,
            closing_token: closing.clone(),
            closing: closing.drop_guard(),
            answers_stopped: answers_stopped.drop_guard(),
            connections_stopped: connections_stopped.drop_guard(),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Runs work beside the server. It is given a token that is cancelled when the server closes, and
    /// [`Server::close`] waits until it has ended.
    pub fn beside<W>(&self, work: impl FnOnce(CancellationToken) -> W)
    where
        W: Future<Output = ()> + Send + 'static,
    {
        self.tasks.spawn(work(self.closing_token.clone()));
    }

    /// Accepts nothing more, lets answers finish within the grace time, fails those that do not, keeps unfinished jobs
    /// for the next start, and returns when every
    /// task has ended.
    pub async fn close(self) {
        let Self {
            jobs,
            tasks,
            grace,
            closing,
            answers_stopped,
            connections_stopped,
            ..
        } = self;
        drop(closing);
        tasks.close();
        for (wait, next) in [(grace, answers_stopped), (LAST_WORDS, connections_stopped)] {
            timeout(wait, tasks.wait()).await.ok();
            drop(next);
        }
        tasks.wait().await;
        jobs.close().await;
    }
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let cannot = |source: io::Error| match source.kind() {
        io::ErrorKind::AddrInUse => StartError::PortInUse { address },
        _ => StartError::Bind { address, source },
    };
    let listener = TcpListener::bind(address).await.map_err(cannot)?;
    let bound = listener.local_addr().map_err(cannot)?;
    Ok((listener, bound))
}
