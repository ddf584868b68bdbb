//! `/applications/{application}/commands`, global and of the guild: what the bot registers. Runs no command.

use super::{answer::Answer, call::Call};
use crate::{
    snowflake::Snowflake,
    world::{localizations, refusal::Refusal},
};

pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let guild = scope(call)?;
    let commands = call.world.commands_json(guild);
    Ok(Answer::ok(if call.is_on("with_localizations") {
        commands
    } else {
        localizations::without(commands)
    }))
}

pub(crate) fn replace(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let guild = scope(call)?;
    let creates = call.limits.table.command_creates;
    call.world
        .replace_commands(call.now, guild, creates, &call.body)
        .map(Answer::ok)
}

pub(crate) fn register(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let guild = scope(call)?;
    let creates = call.limits.table.command_creates;
    let (is_new, command) = call
        .world
        .register_command(call.now, guild, creates, &call.body)?;
    Ok(Answer::json(if is_new { 201 } else { 200 }, command))
}

pub(crate) fn one(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let guild = scope(call)?;
    call.world
        .find_command(guild, call.id("command")?)
        .map(Answer::ok)
}

pub(crate) fn change(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (guild, id) = (scope(call)?, call.id("command")?);
    call.world
        .change_command(call.now, guild, id, &call.body)
        .map(Answer::ok)
}

/// What administrators have decided about the commands of a guild.
pub(crate) fn all_permissions(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let guild = own_guild(call)?;
    Ok(Answer::ok(call.world.all_decisions_json(guild)))
}

pub(crate) fn permissions(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let guild = own_guild(call)?;
    call.world
        .decisions_about(guild, call.id("command")?)
        .map(Answer::ok)
}

/// Only administrators decide about that, never a bot.
pub(crate) fn change_permissions(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    scope(call)?;
    Err(Refusal::NotForBots)
}

pub(crate) fn delete(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let guild = scope(call)?;
    call.world.delete_command(guild, call.id("command")?)?;
    Ok(Answer::no_content())
}

/// The guild that the path may name; both routes share their handlers.
fn scope(call: &Call<'_>) -> Result<Option<Snowflake>, Refusal> {
    if call.parameters.iter().any(|(name, _)| *name == "guild") {
        own_guild(call).map(Some)
    } else {
        call.own_application().map(|()| None)
    }
}

/// The guild that the path names.
fn own_guild(call: &Call<'_>) -> Result<Snowflake, Refusal> {
    call.own_application()?;
    let guild = call.id("guild")?;
    call.world.guild_for_bot(guild)?;
    Ok(guild)
}
