//! Turns payloads into frames: as text, compressed one by one, or as one zlib stream for the whole connection. Sends nothing.

use axum::extract::ws::Message;
use flate2::{Compress, CompressError, Compression, FlushCompress, Status};

use super::settings::PayloadCompression;

/// Room for what the compressor adds at each flush.
const SPARE: usize = 1024;

/// How the frames of one connection are written.
pub(crate) enum Encoder {
    Text,
    /// Each message by itself is compressed, or is text.
    Payload {
        mode: PayloadCompression,
        /// Whether the last one was compressed.
        was_compressed: bool,
    },
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

    /// From now on payloads are compressed by themselves, unless the whole connection is.
    pub(crate) fn compress_payloads(&mut self, mode: PayloadCompression) {
        if matches!(self, Self::Text) && mode != PayloadCompression::Never {
            *self = Self::Payload {
                mode,
                was_compressed: false,
            };
        }
    }

    pub(crate) fn encode(&mut self, text: String) -> Result<Message, CompressError> {
        match self {
            Self::Text => Ok(Message::Text(text.into())),
            Self::Payload {
                mode,
                was_compressed,
            } => {
                *was_compressed = *mode == PayloadCompression::Always || !*was_compressed;
                if *was_compressed {
                    alone(text.as_bytes()).map(|bytes| Message::Binary(bytes.into()))
                } else {
                    Ok(Message::Text(text.into()))
                }
            }
            Self::Zlib(stream) => {
                flushed(stream, text.as_bytes()).map(|bytes| Message::Binary(bytes.into()))
            }
        }
    }
}

/// One message as a zlib stream of its own.
fn alone(input: &[u8]) -> Result<Vec<u8>, CompressError> {
    let mut stream = Compress::new(Compression::default(), true);
    let mut output = Vec::with_capacity(input.len() / 2 + SPARE);
    loop {
        let done = usize::try_from(stream.total_in()).unwrap_or(usize::MAX);
        let rest = input.get(done..).unwrap_or_default();
        if stream.compress_vec(rest, &mut output, FlushCompress::Finish)? == Status::StreamEnd {
            return Ok(output);
        }
        output.reserve(SPARE + input.len());
    }
}

/// A message as it arrives over a broken line: neither inflatable nor JSON.
pub(crate) fn corrupted(message: Message) -> Message {
    match message {
        Message::Binary(bytes) => {
            let broken: Vec<u8> = bytes.iter().map(|byte| !byte).collect();
            Message::Binary(broken.into())
        }
        Message::Text(text) => Message::Text(format!("\u{fffd}{text}").into()),
        other => other,
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
    fn payloads_are_compressed_one_by_one_as_the_mode_says() {
        for (mode, compressed) in [
            (PayloadCompression::Never, [false; 3]),
            (PayloadCompression::Always, [true; 3]),
            (PayloadCompression::Mixed, [true, false, true]),
        ] {
            let mut encoder = Encoder::new(false);
            encoder.compress_payloads(mode);
            for (number, expected) in compressed.into_iter().enumerate() {
                let sent = format!("{{\"s\":{number}}}").repeat(5_000);
                let message = encoder.encode(sent.clone()).unwrap();
                assert_eq!(matches!(message, Message::Binary(_)), expected, "{mode:?}");
                let mut read = Vec::with_capacity(sent.len() + 1);
                match message {
                    Message::Binary(bytes) => {
                        let mut alone = Decompress::new(true);
                        alone
                            .decompress_vec(&bytes, &mut read, FlushDecompress::Finish)
                            .unwrap();
                    }
                    other => read.extend(other.into_data()),
                }
                assert_eq!(read, sent.as_bytes());
            }
        }
    }

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
