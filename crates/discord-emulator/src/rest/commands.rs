//! `/applications/{application}/commands`, global and of the guild: what the bot registers. Runs no command.

use super::{answer::Answer, call::Call};
use crate::world::refusal::Refusal;

pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let of_guild = scope(call)?;
    Ok(Answer::ok(call.world.commands_json(of_guild)))
}

pub(crate) fn replace(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let of_guild = scope(call)?;
    call.world
        .replace_commands(call.now, of_guild, &call.body)
        .map(Answer::ok)
}

pub(crate) fn register(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let of_guild = scope(call)?;
    let (is_new, command) = call
        .world
        .register_command(call.now, of_guild, &call.body)?;
    Ok(Answer::json(if is_new { 201 } else { 200 }, command))
}

pub(crate) fn one(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let of_guild = scope(call)?;
    call.world
        .find_command(of_guild, call.id("command")?)
        .map(Answer::ok)
}

pub(crate) fn delete(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let of_guild = scope(call)?;
    call.world.delete_command(of_guild, call.id("command")?)?;
    Ok(Answer::no_content())
}

/// Whether the path names a guild; both routes share their handlers.
fn scope(call: &Call<'_>) -> Result<bool, Refusal> {
    call.own_application()?;
    let of_guild = call.parameters.iter().any(|(name, _)| *name == "guild");
    if of_guild {
        call.own_guild()?;
    }
    Ok(of_guild)
}
