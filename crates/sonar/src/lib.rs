//! Typed client and wire types of the Sonar protocol. Must know nothing of who uses it and read no environment.
//!
//! Reading order: [`ChatRequest`] is what is asked, [`ChatCompletion`] what is answered (whole, or piece by piece),
//! [`Client`] carries one to the other, and [`Error`] says what a caller can do when that fails.

#![warn(missing_docs)]

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod client;
mod completion;
mod decode;
mod error;
mod job;
mod key;
mod message;
mod open;
mod refusal;
mod reply;
mod request;
mod stream;
mod thinking;
mod timeouts;
mod usage;

pub use client::{BuildError, Client, ClientBuilder};
pub use completion::{
    ChatChunk, ChatCompletion, Choice, FinishReason, Image, ReasoningStep, SearchResult,
    SourceKind, Video,
};
pub use error::{BoxError, Error};
pub use job::{Job, JobOutcome, JobPage, JobRequest, JobResponse, JobStatus};
pub use message::{Content, MediaUrl, Message, Part, Role};
pub use request::{
    ChatRequest, JsonSchemaFormat, MediaOverrides, MediaResponse, ReasoningEffort, Recency,
    RegexFormat, ResponseFormat, SearchContextSize, SearchMode, SearchType, Stop, StreamMode,
    UserLocation, WebSearchOptions,
};
pub use stream::ChatStream;
pub use thinking::strip_thinking;
pub use timeouts::{Limit, Timeouts};
pub use usage::{Cost, Usage};
