//! Loopback listeners whose connections can be cut off as a broken network would. Knows no HTTP.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{extract::connect_info::Connected, serve::IncomingStream};
use futures_util::{StreamExt, future::BoxFuture, stream::FuturesUnordered, task::AtomicWaker};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{LazyConfigAcceptor, TlsAcceptor, rustls::server::Acceptor, server::TlsStream};

use crate::{faults::request::Fault, shared::Shared};

/// A handshake that takes longer is given up.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Handshakes under way at the same time; further connections wait in the system's queue.
const MOST_HANDSHAKES: usize = 256;
/// The pause after the system refused to accept a connection, for instance for want of file handles.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Cuts one connection: the other side sees a reset instead of an orderly end.
#[derive(Clone, Default)]
pub(crate) struct Switch(Arc<SwitchState>);

#[derive(Default)]
struct SwitchState {
    is_cut: AtomicBool,
    /// Requests of the connection that are not answered yet.
    under_way: AtomicUsize,
    /// The task that reads or writes the connection.
    waker: AtomicWaker,
}

impl Switch {
    pub(crate) fn cut(&self) {
        self.0.is_cut.store(true, Ordering::Release);
        self.0.waker.wake();
    }

    /// A request has come; it is under way for as long as this is held.
    pub(crate) fn request(&self) -> UnderWay {
        self.0.under_way.fetch_add(1, Ordering::AcqRel);
        UnderWay(self.clone())
    }

    fn is_idle(&self) -> bool {
        self.0.under_way.load(Ordering::Acquire) == 0
    }
}

/// A request of a connection that is not answered yet.
pub(crate) struct UnderWay(Switch);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.0.under_way.fetch_sub(1, Ordering::AcqRel);
    }
}

/// The switches of connections that are open.
#[derive(Default)]
pub(crate) struct Connections(Mutex<Vec<Weak<SwitchState>>>);

impl Connections {
    fn add(&self, switch: &Switch) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() == open.capacity() {
            open.retain(|one| one.strong_count() > 0);
        }
        open.push(Arc::downgrade(&switch.0));
    }

    /// Cuts every connection that waits for its next request.
    pub(crate) fn cut_idle(&self) {
        let open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let switches = open.iter().filter_map(Weak::upgrade).map(Switch);
        switches.filter(Switch::is_idle).for_each(|one| one.cut());
    }
}

/// A connection with its switch.
pub(crate) struct Cuttable<S> {
    stream: S,
    switch: Switch,
}

impl<S: OverTcp> Cuttable<S> {
    fn new(stream: S) -> Self {
        Self {
            stream,
            switch: Switch::default(),
        }
    }

    /// An error once the connection is cut; dropping the socket then sends a reset.
    fn still_whole(&self, cx: &Context<'_>) -> io::Result<()> {
        self.switch.0.waker.register(cx.waker());
        if !self.switch.0.is_cut.load(Ordering::Acquire) {
            return Ok(());
        }
        // Without this the system would say goodbye properly; if it cannot be set, the cut is merely gentler.
        let _ = self.stream.tcp().set_zero_linger();
        Err(io::ErrorKind::ConnectionReset.into())
    }
}

/// A stream that has a TCP connection at its bottom.
pub(crate) trait OverTcp {
    fn tcp(&self) -> &TcpStream;
}

impl OverTcp for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl OverTcp for TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

impl<S: AsyncRead + OverTcp + Unpin> AsyncRead for Cuttable<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.still_whole(cx)?;
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + OverTcp + Unpin> AsyncWrite for Cuttable<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.still_whole(cx)?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.still_whole(cx)?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.still_whole(cx)?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// What a handler knows about the connection its request came on.
#[derive(Clone)]
pub(crate) struct Peer {
    pub(crate) switch: Switch,
}

/// Accepts connections as they are.
pub(crate) struct PlainListener(pub(crate) TcpListener);

impl axum::serve::Listener for PlainListener {
    type Io = Cuttable<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            if let Some((stream, peer)) = accept(&self.0).await {
                return (Cuttable::new(stream), peer);
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, PlainListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, PlainListener>) -> Self {
        Self {
            switch: stream.io().switch.clone(),
        }
    }
}

/// What becomes of a handshake: a connection, or nothing.
type Handshake = Option<(TlsStream<TcpStream>, SocketAddr)>;

/// Accepts TLS connections; a slow handshake holds up no other.
pub(crate) struct TlsListener {
    tcp: TcpListener,
    tls: TlsAcceptor,
    shared: Arc<Shared>,
    handshakes: FuturesUnordered<BoxFuture<'static, Handshake>>,
}

impl TlsListener {
    pub(crate) fn new(tcp: TcpListener, tls: TlsAcceptor, shared: Arc<Shared>) -> Self {
        Self {
            tcp,
            tls,
            shared,
            handshakes: FuturesUnordered::new(),
        }
    }

    fn begin(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
    ) -> impl Future<Output = Handshake> + use<> {
        let config = Arc::clone(self.tls.config());
        let shared = Arc::clone(&self.shared);
        let handshake = async move {
            let hello = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
            if shared.act(|state, _| state.faults.meet(Fault::is_for_handshakes).is_some()) {
                return Err(io::Error::other("as a fault wants it"));
            }
            hello.into_stream(config).await
        };
        async move {
            match tokio::time::timeout(HANDSHAKE, handshake).await {
                Ok(Ok(stream)) => Some((stream, peer)),
                Ok(Err(error)) => {
                    tracing::debug!(%peer, %error, "a TLS handshake failed");
                    None
                }
                Err(_) => {
                    tracing::debug!(%peer, "a TLS handshake took too long");
                    None
                }
            }
        }
    }
}

impl axum::serve::Listener for TlsListener {
    type Io = Cuttable<TlsStream<TcpStream>>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            tokio::select! {
                accepted = accept(&self.tcp), if self.handshakes.len() < MOST_HANDSHAKES => {
                    if let Some((stream, peer)) = accepted {
                        self.handshakes.push(Box::pin(self.begin(stream, peer)));
                    }
                }
                Some(done) = self.handshakes.next(), if !self.handshakes.is_empty() => {
                    if let Some((stream, peer)) = done {
                        let stream = Cuttable::new(stream);
                        self.shared.connections.add(&stream.switch);
                        return (stream, peer);
                    }
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.tcp.local_addr()
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        Self {
            switch: stream.io().switch.clone(),
        }
    }
}

async fn accept(listener: &TcpListener) -> Option<(TcpStream, SocketAddr)> {
    match listener.accept().await {
        Ok((stream, peer)) => {
            // Small frames must not wait for each other; without it they only travel later.
            let _ = stream.set_nodelay(true);
            Some((stream, peer))
        }
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}
