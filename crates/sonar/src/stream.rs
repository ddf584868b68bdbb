//! A streamed answer as it arrives. Must not join pieces, nor know what the bytes mean: the reader does.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::Stream;

use crate::key::Key;
use crate::reply::Reply;
use crate::stream_reader::StreamReader;
use crate::{ChatChunk, Error};

/// The pieces of an answer as they arrive. Dropping it hangs up.
///
/// It ends after the last piece, or after one `Err`: [`Error::Truncated`] when the service stopped before the end.
pub struct ChatStream(Pin<Box<dyn Stream<Item = Result<ChatChunk, Error>> + Send>>);

impl ChatStream {
    pub(crate) fn new(reply: Reply, key: Key) -> Self {
        Self(Box::pin(pieces(reply, key)))
    }
}

impl fmt::Debug for ChatStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChatStream")
    }
}

impl Stream for ChatStream {
    type Item = Result<ChatChunk, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(cx)
    }
}

fn pieces(mut reply: Reply, key: Key) -> impl Stream<Item = Result<ChatChunk, Error>> {
    async_stream::try_stream! {
        let mut reader = StreamReader::hiding(key);
        let mut pieces = Vec::new();
        let lost = loop {
            let bytes = match reply.next().await {
                Ok(Some(bytes)) => bytes,
                Ok(None) => break None,
                // Some services close without a proper end; whether that harms is for the reader to say.
                Err(Error::Truncated { source }) => break source,
                Err(error) => Err(error)?,
            };
            let read = reader.push(&bytes, &mut pieces);
            for piece in pieces.drain(..) {
                yield piece;
            }
            read?;
            if reader.is_ended() {
                return;
            }
        };
        let read = reader.finish_after(lost, &mut pieces);
        for piece in pieces {
            yield piece;
        }
        read?;
    }
}
