//! A running server: binds, serves, and stops without leaving anything behind. Must know no route and no engine.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::ServerSettings;
use crate::connections::Connections;
use crate::engines::Engine;
use crate::routes::{Shared, router};

/// How long a failing stream may take to say so after the grace is over.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// A server that listens. Dropping it stops it at once; [`Server::close`] lets answers finish.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
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
}

impl Server {
    /// Listens, and answers with `engine` from then on.
    ///
    /// # Errors
    ///
    /// [`StartError`] when the address cannot be had.
    pub async fn start(
        settings: ServerSettings,
        engine: Arc<dyn Engine>,
    ) -> Result<Self, StartError> {
        let (listener, address) = listen(settings.bind).await?;
        let tasks = TaskTracker::new();
        let [closing, answers_stopped, connections_stopped] =
            std::array::from_fn(|_| CancellationToken::new());
        let (grace, most) = (settings.grace, settings.connections);
        let connections = Connections {
            head_time: settings.request_time,
            tasks: tasks.clone(),
            closing: closing.clone(),
            stopped: connections_stopped.clone(),
            router: router(Shared::new(
                settings,
                address,
                engine,
                answers_stopped.clone(),
            )),
        };
        tasks.spawn(connections.accept(listener, most));
        tracing::info!(%address, "the Sonar server listens");
        Ok(Self {
            address,
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

    /// Accepts nothing more, lets answers finish within the grace time, fails those that do not, and returns when every
    /// task has ended.
    pub async fn close(self) {
        let Self {
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
