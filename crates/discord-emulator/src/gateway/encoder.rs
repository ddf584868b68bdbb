//! Turns payloads into frames: as text, or as one zlib stream for the whole connection. Sends nothing.

use axum::extract::ws::Message;
use flate2::{Compress, CompressError, Compression, FlushCompress};

/// Room for what the compressor adds at each flush.
const SPARE: usize = 1024;

/// How the frames of one connection are written.
pub(crate) enum Encoder {
    Text,
    /// Every message continues the same stream and ends with a flush.
    Zlib(Box<Compress>),
}

impl Encoder {
    pub(crate) fn new(compressed: bool) -> Self {
        if compressed {
            Self::Zlib(Box::new(Compress::new(Compression::default(), true)))
        } else {
            Self::Text
        }
    }

    pub(crate) fn encode(&mut self, text: String) -> Result<Message, CompressError> {
        match self {
            Self::Text => Ok(Message::Text(text.into())),
            Self::Zlib(stream) => {
                flushed(stream, text.as_bytes()).map(|bytes| Message::Binary(bytes.into()))
            }
        }
    }
}

fn flushed(stream: &mut Compress, input: &[u8]) -> Result<Vec<u8>, CompressError> {
    let start = stream.total_in();
    let mut output = Vec::with_capacity(input.len() / 2 + SPARE);
    loop {
        let done = usize::try_from(stream.total_in() - start).unwrap_or(usize::MAX);
        let rest = input.get(done..).unwrap_or_default();
        stream.compress_vec(rest, &mut output, FlushCompress::Sync)?;
        let taken = usize::try_from(stream.total_in() - start).unwrap_or(usize::MAX);
        // Room left over means that everything, the flush included, has been written.
        if taken >= input.len() && output.len() < output.capacity() {
            return Ok(output);
        }
        output.reserve(SPARE + input.len());
    }
}

#[cfg(test)]
mod tests {
    use flate2::{Decompress, FlushDecompress};

    use super::*;

    #[test]
    fn messages_share_one_stream_and_each_ends_with_a_flush() {
        let mut encoder = Encoder::new(true);
        let mut decoder = Decompress::new(true);
        for text in [
            "{}".to_owned(),
            "x".repeat(100_000),
            (0..50_000u64)
                .map(|n| char::from(33 + u8::try_from(n * n % 90).unwrap()))
                .collect(),
        ] {
            let Message::Binary(bytes) = encoder.encode(text.clone()).unwrap() else {
                panic!("not binary")
            };
            assert!(bytes.ends_with(&[0, 0, 0xFF, 0xFF]));
            let mut back = Vec::with_capacity(200_000);
            decoder
                .decompress_vec(&bytes, &mut back, FlushDecompress::Sync)
                .unwrap();
            assert_eq!(back, text.as_bytes());
        }
    }
}
