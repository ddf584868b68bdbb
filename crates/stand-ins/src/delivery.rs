//! Sends a reply, whole or with the trouble it is to meet. Must not decide which.

use std::convert::Infallible;
use std::io;
use std::mem;
use std::time::Duration;

use async_stream::stream;
use axum::body::Body;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use tokio::time::sleep;

use crate::Trouble;

/// A reply before it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers; a later one of the same name wins, but for cookies.
    pub headers: Vec<(String, String)>,
    /// The body in the pieces in which it is sent.
    pub pieces: Vec<String>,
    /// How long to wait before each piece, and before the head of a reply in one piece.
    pub pause: Duration,
}

impl Reply {
    /// A reply in JSON.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self {
            status,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            pieces: vec![body.to_string()],
            pause: Duration::ZERO,
        }
    }

    /// Server-sent events, each as it stands, with the empty line behind it.
    pub fn events(events: Vec<String>, pause: Duration) -> Self {
        Self {
            status: 200,
            headers: vec![("content-type".to_owned(), "text/event-stream".to_owned())],
            pieces: events,
            pause,
        }
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Sends it, or what the trouble makes of it.
    pub async fn sent(self, trouble: Option<Trouble>) -> Response {
        match trouble {
            None => self.well().await,
            Some(Trouble::Instead {
                status,
                headers,
                body,
            }) => {
                let mut instead = Self::json(status, &serde_json::Value::Null);
                instead.headers.extend(headers);
                instead.pieces = vec![body];
                instead.well().await
            }
            Some(Trouble::Silence) => std::future::pending().await,
            Some(Trouble::Cut { after }) => self.broken_off(after, true),
            Some(Trouble::Stall { after }) => self.broken_off(after, false),
            Some(Trouble::Pieces { of }) => self.in_pieces(of),
            Some(Trouble::Body(body)) => {
                let other = Self {
                    pieces: vec![body],
                    ..self
                };
                other.well().await
            }
        }
    }

    async fn well(mut self) -> Response {
        let pieces = mem::take(&mut self.pieces);
        let pause = self.pause;
        // Even the shortest sleep takes a millisecond.
        if pieces.len() == 1 {
            if !pause.is_zero() {
                sleep(pause).await;
            }
            return self.response(Body::from(pieces.concat()));
        }
        self.response(Body::from_stream(stream! {
            for piece in pieces {
                if !pause.is_zero() {
                    sleep(pause).await;
                }
                yield Ok::<_, Infallible>(Bytes::from(piece));
            }
        }))
    }

    fn in_pieces(self, of: usize) -> Response {
        let body = Bytes::from(self.pieces.concat());
        self.response(Body::from_stream(stream! {
            for piece in body.chunks(of.max(1)) {
                // A connection sends what it has when there is nothing more to send yet.
                tokio::task::yield_now().await;
                yield Ok::<_, Infallible>(Bytes::copy_from_slice(piece));
            }
        }))
    }

    fn broken_off(self, after: usize, cut: bool) -> Response {
        let body = Bytes::from(self.pieces.concat());
        let arrives = body.slice(..after.min(body.len()));
        let arriving = stream::iter([Ok(arrives)]);
        let body = if cut {
            // A connection sends what it has when there is nothing more to send yet; only then it may break.
            let broken = async {
                tokio::task::yield_now().await;
                Err(io::Error::from(io::ErrorKind::ConnectionReset))
            };
            Body::from_stream(arriving.chain(stream::once(broken)))
        } else {
            Body::from_stream(arriving.chain(stream::pending()))
        };
        self.response(body)
    }

    fn response(self, body: Body) -> Response {
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or_default();
        for (name, value) in self.headers {
            let name = HeaderName::try_from(name);
            if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
                if name == SET_COOKIE {
                    response.headers_mut().append(name, value);
                } else {
                    response.headers_mut().insert(name, value);
                }
            }
        }
        response
    }
}
