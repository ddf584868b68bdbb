//! Reads a request's body within its limits. Must not look at what it says.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::http::StatusCode;
use futures_util::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::Failure;

/// A body up to this many bytes is taken in without asking; every further piece needs room.
const PIECE: usize = 64 * 1024;
/// How many bodies of the greatest length there is room for at once.
const LONGEST_AT_ONCE: usize = 2;

/// Room for what bodies hold beyond their first piece: one permit a piece.
pub(super) fn room(limit: usize) -> Arc<Semaphore> {
    let pieces = limit.div_ceil(PIECE).saturating_mul(LONGEST_AT_ONCE);
    Arc::new(Semaphore::new(pieces.min(Semaphore::MAX_PERMITS)))
}

/// A body, and the room it takes up when it is longer than a piece.
pub(super) struct Read {
    pub(super) bytes: Vec<u8>,
    /// How long the client says the body is, and no more than it may be.
    announced: usize,
    pub(super) room: Option<OwnedSemaphorePermit>,
}

impl Read {
    /// Keeps the chunk, when there is room.
    fn keep(&mut self, chunk: &[u8], room: &Arc<Semaphore>) -> Result<(), Failure> {
        let pieces = |bytes: usize| bytes.saturating_sub(1) / PIECE;
        let more = pieces(self.bytes.len() + chunk.len()) - pieces(self.bytes.len());
        if more > 0 {
            let more = u32::try_from(more).map_err(|_| no_room())?;
            let taken = Arc::clone(room).try_acquire_many_owned(more);
            let taken = taken.map_err(|_| no_room())?;
            match &mut self.room {
                Some(room) => room.merge(taken),
                none => *none = Some(taken),
            }
        }
        self.grow(chunk.len());
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }

    /// Makes place for so many bytes: for as much again as there is, so that little is copied, but for no more than is to come.
    fn grow(&mut self, more: usize) {
        let needed = self.bytes.len() + more;
        if needed > self.bytes.capacity() {
            let length = needed.saturating_mul(2).min(self.announced).max(needed);
            self.bytes.reserve_exact(length - self.bytes.len());
        }
    }
}

/// Waiting for room would let bodies that are half here wait for each other.
fn no_room() -> Failure {
    Failure::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "overloaded",
        "The server takes in as many long requests as it may; ask again in a moment.",
    )
    .retry_after(1)
}

/// The body, unless it is longer than `limit` bytes, takes longer than `time` to arrive, or finds no room.
pub(super) async fn read(
    body: Body,
    limit: usize,
    time: Duration,
    room: &Arc<Semaphore>,
) -> Result<Read, Failure> {
    match timeout(time, collect(body, limit, room)).await {
        Ok(read) => read,
        Err(_) => Err(Failure::new(
            StatusCode::REQUEST_TIMEOUT,
            "request_timeout",
            format!(
                "The request's body did not arrive within {} seconds.",
                time.as_secs()
            ),
        )),
    }
}

/// Takes in as much again as the limit before refusing: a client that is cut off while it sends often never reads why.
async fn collect(body: Body, limit: usize, room: &Arc<Semaphore>) -> Result<Read, Failure> {
    let announced = body.size_hint().exact().map(usize::try_from);
    let announced = announced.map_or(limit, |length| length.unwrap_or(usize::MAX));
    let mut chunks = body.into_data_stream();
    let mut arrived = 0_usize;
    let mut read = if announced > limit {
        Err(too_long(limit))
    } else {
        Ok(Read {
            bytes: Vec::new(),
            announced,
            room: None,
        })
    };
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| {
            Failure::bad_request(
                "bad_request",
                "The request's body broke off before its end.",
            )
        })?;
        arrived = arrived.saturating_add(chunk.len());
        if arrived > limit {
            read = Err(too_long(limit));
        } else if let Ok(kept) = &mut read
            && let Err(failure) = kept.keep(&chunk, room)
        {
            read = Err(failure);
        }
        if arrived > limit.saturating_mul(2) {
            break;
        }
    }
    read
}

fn too_long(limit: usize) -> Failure {
    Failure::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "payload_too_large",
        format!("The request's body is longer than {limit} bytes."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn taken_in(length: usize, limit: usize, room: &Arc<Semaphore>) -> Result<Read, Failure> {
        read(
            Body::from(vec![b' '; length]),
            limit,
            Duration::from_secs(9),
            room,
        )
        .await
    }

    #[test]
    fn no_more_memory_is_taken_than_the_client_announced() {
        let (limit, chunk) = (8 * PIECE, [b' '; 1000]);
        let room = room(limit);
        for announced in [1000, 3 * PIECE, 5 * PIECE + 7] {
            let mut body = Read {
                bytes: Vec::new(),
                announced,
                room: None,
            };
            while body.bytes.len() < announced {
                let left = announced - body.bytes.len();
                let kept = body.keep(&chunk[..left.min(chunk.len())], &room);
                kept.unwrap();
                assert!(body.bytes.capacity() <= announced, "{announced}");
            }
        }
    }

    #[tokio::test]
    async fn a_body_that_says_it_is_too_long_is_told_so() {
        let room = room(PIECE);
        let refused = taken_in(PIECE + 1, PIECE, &room).await.err().unwrap();
        assert_eq!(refused.kind, "payload_too_large");
        assert_eq!(
            taken_in(PIECE, PIECE, &room).await.unwrap().bytes.len(),
            PIECE
        );
    }

    #[tokio::test]
    async fn long_bodies_share_the_room_and_give_it_back() {
        let limit = 2 * PIECE;
        let room = room(limit);
        let all = room.available_permits();
        assert_eq!(all, 2 * LONGEST_AT_ONCE);

        let short = taken_in(PIECE, limit, &room).await.unwrap();
        assert!(short.room.is_none());
        let mut held = Vec::new();
        while room.available_permits() > 0 {
            held.push(taken_in(PIECE + 1, limit, &room).await.unwrap());
        }
        let refused = taken_in(PIECE + 1, limit, &room).await.err().unwrap();
        assert_eq!((refused.kind, refused.retry_after), ("overloaded", Some(1)));
        assert_eq!(
            taken_in(PIECE, limit, &room).await.unwrap().bytes.len(),
            PIECE
        );
        drop(held);
        assert_eq!(room.available_permits(), all);
    }
}
