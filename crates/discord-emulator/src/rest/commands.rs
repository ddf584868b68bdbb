//! `/applications/{application}/commands`, global and of the guild: what the bot registers. Runs no command.

use super::{answer::Answer, call::Call};
use crate::{snowflake::Snowflake, world::refusal::Refusal};

pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let guild = scope(call)?;
    Ok(Answer::ok(call.world.commands_json(guild)))
}

pub(crate) fn replace(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let guild = scope(call)?;
    call.world
        .replace_commands(call.now, guild, &call.body)
        .map(Answer::ok)
}

pub(crate) fn register(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let guild = scope(call)?;
    let (is_new, command) = call.world.register_command(call.now, guild, &call.body)?;
    Ok(Answer::json(if is_new { 201 } else { 200 }, command))
}

pub(crate) fn one(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let guild = scope(call)?;
    call.world
        .find_command(guild, call.id("command")?)
        .map(Answer::ok)
}

pub(crate) fn delete(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let guild = scope(call)?;
    call.world.delete_command(guild, call.id("command")?)?;
    Ok(Answer::no_content())
}

/// The guild that the path names; both routes share their handlers.
fn scope(call: &Call<'_>) -> Result<Option<Snowflake>, Refusal> {
    call.own_application()?;
    if !call.parameters.iter().any(|(name, _)| *name == "guild") {
        return Ok(None);
    }
    let guild = call.id("guild")?;
    call.world.guild_for_bot(guild)?;
    Ok(Some(guild))
}
