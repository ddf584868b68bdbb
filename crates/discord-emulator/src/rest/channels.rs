//! `/channels/{channel}` and its typing line. Its messages have a file of their own.

use super::{answer::Answer, call::Call};
use crate::world::refusal::Refusal;

pub(crate) fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let channel = call.world.find_channel(call.id("channel")?)?;
    Ok(Answer::ok(call.world.channel_json(channel)))
}

pub(crate) fn typing(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let channel = call.id("channel")?;
    call.world.bot_types(call.now, channel)?;
    Ok(Answer::no_content())
}
