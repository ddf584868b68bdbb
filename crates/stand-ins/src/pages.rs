//! A stand-in of the web: pages at any address, as good and as bad as pages are. Must send nothing that it was not told to.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_stream::stream;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::HOST;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::time::sleep;

use crate::Running;

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// What stands on it.
    pub body: PageBody,
}

/// How the body of a page comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageBody {
    /// At once, with its length.
    Whole(Vec<u8>),
    /// This piece again and again without end, and without a length.
    Endless(Vec<u8>),
    /// Piece by piece.
    Slow {
        /// The pieces.
        pieces: Vec<Vec<u8>>,
        /// How long to wait before each.
        pause: Duration,
    },
    /// Not even its head.
    Never,
}

impl Page {
    /// A page with a content type.
    #[must_use]
    pub fn new(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            headers: vec![("content-type".to_owned(), content_type.to_owned())],
            body: PageBody::Whole(body.into()),
        }
    }

    /// A page in HTML, in UTF-8.
    #[must_use]
    pub fn html(body: &str) -> Self {
        Self::new("text/html; charset=utf-8", body)
    }

    /// A page that leads elsewhere.
    #[must_use]
    pub fn redirect(status: u16, location: &str) -> Self {
        Self {
            status,
            ..Self::html("Moved.")
        }
        .header("location", location)
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With another body.
    #[must_use]
    pub fn with(self, body: PageBody) -> Self {
        Self { body, ..self }
    }

    /// With this body, packed.
    #[must_use]
    pub fn packed(self, body: &[u8]) -> Self {
        self.with(PageBody::Whole(gzip(body)))
            .header("content-encoding", "gzip")
    }
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut packing = GzEncoder::new(Vec::new(), Compression::best());
    // Writing into memory does not fail.
    packing.write_all(body).ok();
    packing.finish().unwrap_or_default()
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The address, as `http://host/path?query`.
    pub address: String,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
}

/// Pages that are there until it is dropped. Names are told apart by the `Host` of a request.
#[derive(Debug)]
pub struct Pages {
    running: Running,
    inner: Arc<Mutex<World>>,
}

#[derive(Debug, Default)]
struct World {
    pages: HashMap<String, Page>,
    fetched: Vec<Fetched>,
    at_once: usize,
    most_at_once: usize,
}

impl Pages {
    /// Starts it on any free port.
    ///
    /// # Errors
    ///
    /// When the port cannot be had.
    pub async fn start() -> io::Result<Self> {
        let inner = Arc::new(Mutex::new(World::default()));
        let routes = Router::new().fallback(page).with_state(Arc::clone(&inner));
        Ok(Self {
            running: Running::start(0, routes).await?,
            inner,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.running.address()
    }

    /// There is a page at an address, such as `http://tea.example/green?x=y`.
    pub fn serves(&self, address: &str, page: Page) -> &Self {
        locked(&self.inner).pages.insert(address.to_owned(), page);
        self
    }

    /// What was asked for, in order.
    #[must_use]
    pub fn fetched(&self) -> Vec<Fetched> {
        locked(&self.inner).fetched.clone()
    }

    /// How many pages were asked for and not yet answered together, at most.
    #[must_use]
    pub fn most_at_once(&self) -> usize {
        locked(&self.inner).most_at_once
    }
}

fn locked(world: &Mutex<World>) -> MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One page being asked for.
struct Asked(Arc<Mutex<World>>);

impl Drop for Asked {
    fn drop(&mut self) {
        locked(&self.0).at_once -= 1;
    }
}

async fn page(State(inner): State<Arc<Mutex<World>>>, request: Request) -> Response {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let host = request.headers().get(HOST).map(text).unwrap_or_default();
    let address = format!("http://{host}{}", request.uri());
    let headers = request.headers().iter();
    let fetched = Fetched {
        headers: headers
            .map(|(name, value)| (name.as_str().to_owned(), text(value)))
            .collect(),
        address: address.clone(),
    };
    let page = {
        let mut world = locked(&inner);
        world.fetched.push(fetched);
        world.at_once += 1;
        world.most_at_once = world.most_at_once.max(world.at_once);
        world.pages.get(&address).cloned()
    };
    let asked = Asked(Arc::clone(&inner));
    let page = page.unwrap_or_else(|| Page {
        status: 404,
        ..Page::html("<title>Not found</title>")
    });
    sent(page, asked).await
}

async fn sent(page: Page, asked: Asked) -> Response {
    let body = match page.body {
        PageBody::Whole(body) => Body::from(body),
        PageBody::Endless(piece) => Body::from_stream(stream! {
            let _asked = asked;
            loop {
                tokio::task::yield_now().await;
                yield Ok::<_, Infallible>(Bytes::copy_from_slice(&piece));
            }
        }),
        PageBody::Slow { pieces, pause } => Body::from_stream(stream! {
            let _asked = asked;
            for piece in pieces {
                sleep(pause).await;
                yield Ok::<_, Infallible>(Bytes::from(piece));
            }
        }),
        PageBody::Never => std::future::pending().await,
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(page.status).unwrap_or_default();
    for (name, value) in page.headers {
        let name = HeaderName::try_from(name);
        if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
