//! `/channels/{channel}`: reading, changing and deleting it, its overwrites, its typing line. Its messages have a file of their own.

use super::{answer::Answer, call::Call};
use crate::world::{permissions::Permissions, refusal::Refusal};

pub(crate) fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let channel = call.world.find_channel(call.id("channel")?)?;
    let bot = call.world.application;
    call.world
        .require(call.now, channel, bot, Permissions::VIEW_CHANNEL)?;
    Ok(Answer::ok(call.world.channel_json(channel)))
}

pub(crate) fn change(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (channel, bot) = (call.id("channel")?, call.world.application);
    call.world
        .change_channel(call.now, bot, channel, &call.body)?;
    let channel = call.world.find_channel(channel)?;
    Ok(Answer::ok(call.world.channel_json(channel)))
}

pub(crate) fn delete(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (channel, bot) = (call.id("channel")?, call.world.application);
    call.world
        .delete_channel(call.now, bot, channel)
        .map(Answer::ok)
}

pub(crate) fn overwrite(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (channel, subject) = (call.id("channel")?, call.id("overwrite")?);
    call.world
        .bot_overwrites(call.now, channel, subject, &call.body)?;
    Ok(Answer::no_content())
}

pub(crate) fn remove_overwrite(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (channel, subject) = (call.id("channel")?, call.id("overwrite")?);
    call.world
        .bot_removes_overwrite(call.now, channel, subject)?;
    Ok(Answer::no_content())
}

pub(crate) fn typing(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (channel, bot) = (call.id("channel")?, call.world.application);
    call.world.types(call.now, channel, bot)?;
    Ok(Answer::no_content())
}
