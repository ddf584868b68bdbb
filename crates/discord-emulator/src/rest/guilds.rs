//! `/guilds/{guild}`: the guild, its channels and its roles. Changes nothing.

use serde_json::{Value, json};

use super::{answer::Answer, call::Call};
use crate::world::{guild::Role, refusal::Refusal};

pub(crate) fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let with_counts = call.is_on("with_counts");
    let guild = call.world.guild_for_bot(call.id("guild")?)?;
    let mut shown = call.world.guild_json(guild);
    if with_counts {
        shown["approximate_member_count"] = json!(guild.members.len());
        shown["approximate_presence_count"] = json!(guild.members.len());
    }
    Ok(Answer::ok(shown))
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

pub(crate) fn roles(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let guild = call.world.guild_for_bot(call.id("guild")?)?;
    Ok(Answer::ok(call.world.roles_json(guild)))
}

pub(crate) fn role(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let role = call.id("role")?;
    let guild = call.world.guild_for_bot(call.id("guild")?)?;
    let role = guild.roles.get(&role).ok_or(Refusal::UnknownRole)?;
    Ok(Answer::ok(Role::json(role)))
}
