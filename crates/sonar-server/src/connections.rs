//! Accepts connections and carries HTTP over them. Must hold a bounded number, and let go of every one at the end.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::patience::Patient;
use crate::visitor::Peer;

/// How long accepting rests when the system has no room for another connection.
const REST: Duration = Duration::from_millis(200);

/// Most bytes a connection holds of what comes or goes; a longer head is refused with 431.
const BUFFER: usize = 64 * 1024;

/// What connections share.
#[derive(Clone)]
pub(crate) struct Connections {
    pub(crate) router: Router,
    /// How long a request's head may take.
    pub(crate) head_time: Duration,
    /// How long a client may take nothing of what is sent to it.
    pub(crate) reading_time: Duration,
    /// Where the tasks are tracked.
    pub(crate) tasks: TaskTracker,
    /// Cancelled when no new request is taken.
    pub(crate) closing: CancellationToken,
    /// Cancelled when nothing is waited for any longer.
    pub(crate) stopped: CancellationToken,
}

impl Connections {
    /// Accepts until `closing`, at most `most` connections at once.
    pub(crate) async fn accept(self, listener: TcpListener, most: usize) {
        let room = Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)));
        let closing = self.closing.clone();
        let accepting = async {
            while let Ok(permit) = Arc::clone(&room).acquire_owned().await {
                match listener.accept().await {
                    Ok((stream, peer)) => {
                        self.tasks
                            .spawn(self.clone().serve(stream, Peer(peer), permit));
                    }
                    Err(error) => {
                        tracing::warn!(%error, "cannot accept a connection");
                        tokio::time::sleep(REST).await;
                    }
                }
            }
        };
        tokio::select! {
            () = closing.cancelled() => {}
            () = accepting => {}
        }
    }

    async fn serve(self, stream: TcpStream, peer: Peer, _permit: OwnedSemaphorePermit) {
        // Pieces of an answer are small and must leave at once; where that cannot be set they only come late.
        stream.set_nodelay(true).ok();
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.head_time)
            .max_buf_size(BUFFER)
            .serve_connection(
                TokioIo::new(Patient::new(stream, self.reading_time)),
                Introduced {
                    peer,
                    router: TowerToHyperService::new(self.router),
                },
            );
        let mut connection = std::pin::pin!(connection);
        // A connection that breaks is the client's business, and its requests are logged each for itself.
        tokio::select! {
            _ = connection.as_mut() => return,
            () = self.closing.cancelled() => connection.as_mut().graceful_shutdown(),
        }
        tokio::select! {
            _ = connection => {}
            () = self.stopped.cancelled() => {}
        }
    }
}

/// The routes, told with each request who is at the other end.
struct Introduced {
    peer: Peer,
    router: TowerToHyperService<Router>,
}

impl Service<Request<Incoming>> for Introduced {
    type Response = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Response;
    type Error = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Error;
    type Future = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Future;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(self.peer);
        self.router.call(request)
    }
}
