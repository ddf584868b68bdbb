//! What a request brings: a body, and files beside it. Stores nothing.

use axum::body::Bytes;
use serde_json::Value;

/// One file of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Upload {
    /// The `n` of `files[n]`, by which the body names it.
    pub(crate) index: Option<u64>,
    pub(crate) filename: String,
    pub(crate) content_type: Option<String>,
    pub(crate) bytes: Bytes,
}

impl Upload {
    /// A file that a person attaches.
    pub(crate) fn named(name: &str, bytes: &[u8]) -> Self {
        Self {
            index: None,
            filename: name.to_owned(),
            content_type: None,
            bytes: Bytes::copy_from_slice(bytes),
        }
    }
}

/// A message as it was sent: the fields, and the files beside them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent<'a> {
    pub(crate) body: &'a Value,
    pub(crate) files: &'a [Upload],
}

impl<'a> Sent<'a> {
    pub(crate) fn new(body: &'a Value, files: &'a [Upload]) -> Self {
        Self { body, files }
    }

    /// The same files with one part of the body, where the message stands inside of it.
    pub(crate) fn part(self, body: &'a Value) -> Self {
        Self { body, ..self }
    }
}

impl<'a> From<&'a Value> for Sent<'a> {
    fn from(body: &'a Value) -> Self {
        Self { body, files: &[] }
    }
}
