//! Takes in a reply's body within its bounds: so many bytes on the wire, and so many once it is unpacked. Must not believe what
//! the reply says of its length.

use std::io::{self, Write};

use flate2::write::GzDecoder;
use reqwest::Response;
use reqwest::header::{CONTENT_ENCODING, CONTENT_LENGTH};

use super::{MAX_BYTES, Refused};

/// The whole body, unpacked.
///
/// # Errors
///
/// When it is larger than [`MAX_BYTES`], packed in a way that was not asked for, or breaks off.
pub(super) async fn whole(mut response: Response) -> Result<Vec<u8>, Refused> {
    let announced = response.headers().get(CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > MAX_BYTES) {
        return Err(Refused::TooLarge);
    }
    let mut body = Body::of(&response)?;
    let mut on_the_wire = 0;
    while let Some(piece) = response.chunk().await.map_err(|_| Refused::BrokenOff)? {
        on_the_wire += piece.len();
        if on_the_wire > MAX_BYTES {
            return Err(Refused::TooLarge);
        }
        body.take(&piece)?;
    }
    body.end()
}

/// A body as it comes.
enum Body {
    Plain(Bounded),
    Packed(Box<GzDecoder<Bounded>>),
}

impl Body {
    fn of(response: &Response) -> Result<Self, Refused> {
        let encodings = response.headers().get_all(CONTENT_ENCODING);
        let mut body = Self::Plain(Bounded::default());
        for encoding in encodings {
            let encoding = encoding.to_str().unwrap_or("?").trim().to_ascii_lowercase();
            body = match (encoding.as_str(), body) {
                ("identity" | "", body) => body,
                ("gzip" | "x-gzip", Self::Plain(bounded)) => {
                    Self::Packed(Box::new(GzDecoder::new(bounded)))
                }
                _ => return Err(Refused::Packing),
            };
        }
        Ok(body)
    }

    fn take(&mut self, piece: &[u8]) -> Result<(), Refused> {
        let written = match self {
            Self::Plain(bounded) => bounded.write_all(piece),
            Self::Packed(unpacking) => unpacking.write_all(piece),
        };
        written.map_err(|error| why(&error))
    }

    fn end(self) -> Result<Vec<u8>, Refused> {
        match self {
            Self::Plain(bounded) => Ok(bounded.0),
            Self::Packed(unpacking) => {
                let unpacked = unpacking.finish().map_err(|error| why(&error))?;
                Ok(unpacked.0)
            }
        }
    }
}

fn why(error: &io::Error) -> Refused {
    match error.kind() {
        io::ErrorKind::FileTooLarge => Refused::TooLarge,
        _ => Refused::Packing,
    }
}

/// At most [`MAX_BYTES`].
#[derive(Debug, Default)]
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
