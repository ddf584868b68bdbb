//! A stand-in that listens. Must listen on loopback only, and break every connection when it is dropped.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

/// Something that listens until it is dropped.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    tasks: TaskTracker,
    stopped: DropGuard,
}

impl Running {
    /// Serves the routes on a loopback port; 0 takes a free one.
    ///
    /// # Errors
    ///
    /// When the port cannot be had.
    pub async fn start(port: u16, routes: Router) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let stopped = CancellationToken::new();
        let tasks = TaskTracker::new();
        tasks.spawn(accept(listener, routes, tasks.clone(), stopped.clone()));
        Ok(Self {
            address,
            tasks,
            stopped: stopped.drop_guard(),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address as the beginning of a URL, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Breaks every connection and waits until nothing of it runs any longer.
    pub async fn close(self) {
        drop(self.stopped);
        self.tasks.close();
        self.tasks.wait().await;
    }
}

async fn accept(
    listener: TcpListener,
    routes: Router,
    tasks: TaskTracker,
    stopped: CancellationToken,
) {
    let accepting = async {
        loop {
            // An error is that of one connection, which its client sees.
            if let Ok((stream, _)) = listener.accept().await {
                let connection = serve(stream, routes.clone());
                let stopped = stopped.clone();
                tasks.spawn(async move {
                    stopped.run_until_cancelled(connection).await;
                });
            }
        }
    };
    stopped.run_until_cancelled(accepting).await;
}

async fn serve(stream: TcpStream, routes: Router) {
    // Pieces of a stream are small, and each is to arrive when it is sent.
    stream.set_nodelay(true).ok();
    http1::Builder::new()
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes))
        .await
        .ok();
}
