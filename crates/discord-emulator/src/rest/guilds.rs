//! `/guilds/{guild}` and its channels. Changes nothing.

use serde_json::Value;

use super::{answer::Answer, call::Call};
use crate::world::refusal::Refusal;

pub(crate) fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let guild = call.world.guild_for_bot(call.id("guild")?)?;
    Ok(Answer::ok(call.world.guild_json(guild)))
}

pub(crate) fn channels(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let guild = call.world.guild_for_bot(call.id("guild")?)?.id;
    let channels: Value = call
        .world
        .channels_of(guild)
        .filter(|channel| !channel.kind.is_thread())
        .map(|channel| call.world.channel_json(channel))
        .collect();
    Ok(Answer::ok(channels))
}
