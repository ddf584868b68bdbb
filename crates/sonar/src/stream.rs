//! A streamed answer: events of the wire become pieces, and an end that is no end becomes an error. Must not join pieces.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::Stream;
use serde_json::Value;

use crate::decode::{Decoder, Event};
use crate::key::Key;
use crate::refusal::{is_refusal, refusal_in_stream};
use crate::reply::Reply;
use crate::{BoxError, ChatChunk, Error};

/// Longest text a stream may add up to, in bytes. The bytes on the wire are not counted: pieces of a full stream repeat
/// the text so far, so that even a modest answer is many megabytes there.
const TEXT_LIMIT: usize = 8 * 1024 * 1024;

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
        let mut decoder = Decoder::default();
        let mut progress = Progress::default();
        let mut events = Vec::new();
        let mut lost = None;
        loop {
            let arrived = match reply.next().await {
                // Some services close without a proper end; after the last piece that harms nobody.
                Err(Error::Truncated { source }) => {
                    lost = source;
                    None
                }
                other => other?,
            };
            let ended = arrived.is_none();
            let whole = progress.whole();
            match arrived {
                Some(bytes) => decoder
                    .push(&bytes, &mut events)
                    .map_err(|_| Error::unreadable("an event longer than the protocol allows"))?,
                None => events.extend(std::mem::take(&mut decoder).finish()),
            }
            for event in events.drain(..) {
                match progress.read(&event, &key)? {
                    Step::Piece(piece) => yield *piece,
                    Step::Skip => {}
                    Step::End => {
                        progress.whole()?;
                        return;
                    }
                }
            }
            if ended {
                progress.end(whole, lost.take())?;
                return;
            }
        }
    }
}

/// What an event means for the stream.
enum Step {
    Piece(Box<ChatChunk>),
    Skip,
    End,
}

/// What must be remembered from event to event.
#[derive(Default)]
struct Progress {
    seen_last: bool,
    malformed: bool,
    /// The last piece held the whole text.
    repeated: bool,
    text: usize,
}

impl Progress {
    fn read(&mut self, event: &Event, key: &Key) -> Result<Step, Error> {
        if event.data.trim() == "[DONE]" {
            return Ok(Step::End);
        }
        let json = serde_json::from_str::<Value>(&event.data);
        if event.name == "error" || json.as_ref().is_ok_and(is_refusal) {
            return Err(refusal_in_stream(&key.cut_from(event.data.as_bytes())));
        }
        match json.and_then(serde_json::from_value::<ChatChunk>) {
            Ok(piece) => self.keep(piece),
            Err(_) => self.forgive(),
        }
    }

    fn keep(&mut self, piece: ChatChunk) -> Result<Step, Error> {
        self.seen_last |= piece.is_last();
        self.repeated |= piece.is_last() && !piece.text().is_empty();
        self.text += piece.added_text().len();
        if self.text > TEXT_LIMIT {
            return Err(Error::unreadable(format!(
                "more than {TEXT_LIMIT} bytes of text"
            )));
        }
        Ok(Step::Piece(Box::new(piece)))
    }

    /// One malformed piece is skipped, for the last one repeats the whole text; a second one is a lying service.
    fn forgive(&mut self) -> Result<Step, Error> {
        if std::mem::replace(&mut self.malformed, true) {
            return Err(Error::unreadable(
                "pieces of a stream that are not chat completions",
            ));
        }
        Ok(Step::Skip)
    }

    /// The connection has ended: well, once the last piece was there. `whole` says how things stood before the end, where an
    /// event may have been cut in two.
    fn end(&self, whole: Result<(), Error>, lost: Option<BoxError>) -> Result<(), Error> {
        whole?;
        if self.seen_last {
            Ok(())
        } else {
            Err(Error::Truncated { source: lost })
        }
    }

    /// A skipped piece may have held text; only a last piece with the whole text makes up for it.
    fn whole(&self) -> Result<(), Error> {
        if self.malformed && !self.repeated {
            return Err(Error::unreadable(
                "a piece of the stream that is no chat completion",
            ));
        }
        Ok(())
    }
}
