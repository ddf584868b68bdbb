//! A stand-in that listens. Must listen on loopback only, and stop when it is dropped.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

/// Something that listens until it is dropped.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    _stopped: DropGuard,
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
        let stop = stopped.clone();
        tokio::spawn(async move {
            let serving = axum::serve(listener, routes).into_future();
            stop.run_until_cancelled(serving).await
        });
        Ok(Self {
            address,
            _stopped: stopped.drop_guard(),
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
}
