//! `/guilds/{guild}` and its channels. Changes nothing.

use serde_json::Value;

use super::{answer::Answer, call::Call};
use crate::world::refusal::Refusal;

pub(crate) fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    call.own_guild()?;
    Ok(Answer::ok(call.world.guild_json()))
}

pub(crate) fn channels(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    call.own_guild()?;
    let channels: Value = call
        .world
        .channels()
        .map(|channel| call.world.channel_json(channel))
        .collect();
    Ok(Answer::ok(channels))
}
