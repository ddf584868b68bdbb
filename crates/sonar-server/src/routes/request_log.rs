//! One debug line a request, an id for it, and an answer even when a handler panics. Must log no text of anybody.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use hyper::body::{Frame, SizeHint};
use uuid::Uuid;

use crate::Failure;

/// The id of a request, in the header `x-request-id` and inside the id of its answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct RequestId(pub(super) Uuid);

/// Runs a request under an id of its own.
pub(super) async fn watch(mut request: Request, next: Next) -> Response {
    let (id, began) = (Uuid::new_v4(), Instant::now());
    request.extensions_mut().insert(RequestId(id));
    let handled = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let mut response = handled.unwrap_or_else(|_| {
        tracing::error!(%id, "a request's handler panicked");
        Failure::internal().into_response()
    });
    // A service behind this one has an id of its own for the request, by which its people find it.
    let id = match response.headers().get("x-request-id") {
        Some(told) => told.to_str().unwrap_or_default().to_owned(),
        None => id.to_string(),
    };
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    let status = response.status();
    if matches!(
        status,
        StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE
    ) {
        // What is left of the request was not read, so the connection cannot be used again.
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    response.map(|body| {
        Body::new(Watched {
            body,
            id,
            status,
            began,
            sent: 0,
        })
    })
}

/// A reply's body that tells how it went when it is over, or when the client hangs up.
struct Watched {
    body: Body,
    id: String,
    status: StatusCode,
    began: Instant,
    sent: usize,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            self.sent += frame.data_ref().map_or(0, Bytes::len);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        tracing::debug!(
            id = %self.id,
            status = self.status.as_u16(),
            ms = self.began.elapsed().as_millis(),
            sent = self.sent,
            "request"
        );
    }
}
