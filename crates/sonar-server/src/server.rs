//! A running server: binds, serves, and stops without leaving anything behind. Must know no route and no engine.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpSocket;
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

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;

/// What a server needs before it can answer: its address and the file of its jobs.
///
/// The file is its own from now on. Of the address it is known that nothing listens there; another server may still reserve it,
/// and whichever listens first has it. Nothing is answered yet: a client that connects is refused by the system.
#[derive(Debug)]
pub struct Reserved {
    settings: ServerSettings,
    socket: TcpSocket,
    address: SocketAddr,
    jobs: Arc<Jobs>,
    tasks: TaskTracker,
}

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
        Self::reserve(settings).await?.answer(engine)
    }

    /// Takes what the server needs, so that what is in the way shows before a long preparation of the engine.
    ///
    /// # Errors
    ///
    /// [`StartError`] when the address or the file of the jobs cannot be had.
    pub async fn reserve(settings: ServerSettings) -> Result<Reserved, StartError> {
        let (socket, address) = bind(settings.bind)?;
        let tasks = TaskTracker::new();
        let jobs = Jobs::open(settings.jobs.clone(), tasks.clone()).await?;
        Ok(Reserved {
            settings,
            socket,
            address,
            jobs,
            tasks,
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

impl Reserved {
    /// Listens, and answers with `engine` from then on.
    ///
    /// # Errors
    ///
    /// [`StartError`] when something else began to listen there meanwhile.
    pub fn answer(self, engine: Arc<dyn Engine>) -> Result<Server, StartError> {
        let Self {
            settings,
            socket,
            address,
            jobs,
            tasks,
        } = self;
        let listener = socket.listen(BACKLOG);
        let listener = listener.map_err(|source| StartError::at(address, source))?;
        let [closing, answers_stopped, connections_stopped] =
            std::array::from_fn(|_| CancellationToken::new());
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
                address,
                answering,
                Arc::clone(&jobs),
                answers_stopped.clone(),
            )),
        };
        tasks.spawn(connections.accept(listener, most));
        tracing::info!(%address, "the Sonar server listens");
        Ok(Server {
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
}

/// A socket that is bound to the address and does not listen yet.
fn bind(address: SocketAddr) -> Result<(TcpSocket, SocketAddr), StartError> {
    let bound = || {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4(),
            SocketAddr::V6(_) => TcpSocket::new_v6(),
        }?;
        // Connections of a server that just ended do not keep the next one from its address. On Windows they never do, and the
        // option would let two servers listen at one address.
        #[cfg(not(windows))]
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        let bound = socket.local_addr()?;
        Ok((socket, bound))
    };
    bound().map_err(|source| StartError::at(address, source))
}

impl StartError {
    fn at(address: SocketAddr, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::AddrInUse => Self::PortInUse { address },
            _ => Self::Bind { address, source },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn of_two_servers_that_reserve_one_address_one_has_it_and_the_other_is_told() {
        let (first, address) = bind("127.0.0.1:0".parse().unwrap()).unwrap();
        // Where the system lets both reserve it, listening tells.
        let error = match bind(address) {
            Ok((second, _)) => {
                let _listens = first.listen(BACKLOG).unwrap();
                StartError::at(address, second.listen(BACKLOG).unwrap_err())
            }
            Err(error) => error,
        };
        assert!(matches!(error, StartError::PortInUse { .. }), "{error}");
    }
}
