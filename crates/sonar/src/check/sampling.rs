//! How the text is made: length, randomness, number of answers. Must look at one field at a time.

use super::{known, within};
use crate::{ChatRequest, Invalid, ReasoningEffort, StreamMode};

/// The pages say "more than 0"; the service refused less than 16.
const TOKENS: std::ops::RangeInclusive<u32> = 16..=128_000;

pub(super) fn check(request: &ChatRequest) -> Result<(), Invalid> {
    within("max_tokens", request.max_tokens, &TOKENS)?;
    within("temperature", request.temperature, &(0.0..=2.0))?;
    within("top_p", request.top_p, &(0.0..=1.0))?;
    within("top_k", request.top_k, &(0..=2048))?;
    within("presence_penalty", request.presence_penalty, &(-2.0..=2.0))?;
    within(
        "frequency_penalty",
        request.frequency_penalty,
        &(-2.0..=2.0),
    )?;
    within("n", request.n, &(1..=10))?;
    known(
        "stream_mode",
        request.stream_mode.as_ref().map(StreamMode::as_str),
        StreamMode::KNOWN,
    )?;
    known(
        "reasoning_effort",
        request
            .reasoning_effort
            .as_ref()
            .map(ReasoningEffort::as_str),
        ReasoningEffort::KNOWN,
    )
}
