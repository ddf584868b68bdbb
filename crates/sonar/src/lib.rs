//! Typed client and wire types of the Sonar protocol. Must know nothing of who uses it and read no environment.
//!
//! Reading order: [`ChatRequest`] is what is asked, [`normalise()`] puts its messages in order, [`ChatCompletion`] is what is answered
//! (whole, or piece by piece), [`Job`] what is answered later; [`Client`] carries one to the other, [`Retries`] says what is tried
//! again, and [`Error`] what a caller can do when that fails.
//!
//! A year beside a field or a rule names the pages of the protocol that brought it: the first pages are of early 2025, the last of
//! September 2026, when the vendor retired the protocol.

#![warn(missing_docs)]

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod builder;
mod call;
mod chat;
mod check;
mod client;
mod completion;
mod decode;
mod domain_entry;
mod endpoints;
mod error;
mod idempotency_key;
mod job;
mod jobs;
mod key;
mod markers;
mod message;
mod normalise;
mod open;
mod outgoing;
mod refusal;
mod reply;
mod request;
mod retry;
mod retry_after;
mod stream;
mod stream_reader;
mod thinking;
mod timeouts;
mod usage;
mod watch;

pub use builder::{BuildError, ClientBuilder};
pub use check::{DomainLimit, Invalid, names_a_language};
pub use client::Client;
pub use completion::{
    ChatChunk, ChatCompletion, Choice, FinishReason, Image, ObjectKind, ReasoningStep,
    SearchResult, SourceKind, Video,
};
pub use decode::{EventDecoder, ServerSentEvent, TooLong};
pub use domain_entry::DomainEntry;
pub use endpoints::Paths;
pub use error::{BoxError, Error};
pub use idempotency_key::IdempotencyKey;
pub use job::{Job, JobOutcome, JobPage, JobRequest, JobResponse, JobStatus};
pub use jobs::JobStream;
pub use message::{Content, MediaUrl, Message, Part, Role};
pub use normalise::normalise;
pub use request::{
    ChatRequest, JsonSchemaFormat, MediaOverrides, MediaResponse, ReasoningEffort, Recency,
    RegexFormat, ResponseFormat, SearchContextSize, SearchMode, SearchType, Stop, StreamMode,
    UserLocation, WebSearchOptions,
};
pub use retry::Retries;
pub use stream::ChatStream;
pub use stream_reader::StreamReader;
pub use thinking::strip_thinking;
pub use timeouts::{Limit, Timeouts};
pub use usage::{Cost, Usage};
pub use watch::Pace;
