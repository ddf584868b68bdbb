//! Pins, on their own routes and on those that came before them. Pins nothing itself.

use serde_json::{Value, json};

use super::{answer::Answer, call::Call};
use crate::world::refusal::Refusal;

const MOST: usize = 50;

pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let limit = call.number("limit", 1..=MOST)?.unwrap_or(MOST);
    let (channel, before) = (call.id("channel")?, call.moment("before")?);
    let (pins, has_more) = call.world.pins(call.now, channel, before, limit)?;
    let items: Vec<Value> = pins
        .into_iter()
        .map(|one| call.world.pin_json(one))
        .collect();
    Ok(Answer::ok(json!({"items": items, "has_more": has_more})))
}

/// The older route knows no pages.
pub(crate) fn list_as_before(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (pins, _) = call.world.pins(call.now, call.id("channel")?, None, MOST)?;
    let shown: Value = pins
        .into_iter()
        .map(|one| call.world.json_for_bot(one))
        .collect();
    Ok(Answer::ok(shown))
}

pub(crate) fn pin(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (channel, message) = (call.id("channel")?, call.id("message")?);
    let bot = call.world.application;
    call.world.pin(call.now, bot, channel, message)?;
    Ok(Answer::no_content())
}

pub(crate) fn unpin(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (channel, message) = (call.id("channel")?, call.id("message")?);
    let bot = call.world.application;
    call.world.unpin(call.now, bot, channel, message)?;
    Ok(Answer::no_content())
}
