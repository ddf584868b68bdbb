//! `/channels/{channel}/messages/{message}/reactions`: the bot's own, others', and who has reacted. Knows no emoji.

use super::{answer::Answer, call::Call};
use crate::world::{emoji::Emoji, reactions::Target, refusal::Refusal};

fn target(call: &Call<'_>) -> Result<Target, Refusal> {
    Ok(Target {
        channel: call.id("channel")?,
        message: call.id("message")?,
    })
}

fn emoji(call: &Call<'_>) -> Result<Emoji, Refusal> {
    Emoji::read(&call.text("emoji"))
}

pub(crate) fn add(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (target, emoji, bot) = (target(call)?, emoji(call)?, call.world.application);
    call.world.react(call.now, bot, target, &emoji)?;
    Ok(Answer::no_content())
}

pub(crate) fn remove_own(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (target, emoji, bot) = (target(call)?, emoji(call)?, call.world.application);
    call.world.unreact(call.now, bot, target, &emoji, bot)?;
    Ok(Answer::no_content())
}

pub(crate) fn remove(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (target, emoji, bot) = (target(call)?, emoji(call)?, call.world.application);
    let person = call.id("user")?;
    call.world.unreact(call.now, bot, target, &emoji, person)?;
    Ok(Answer::no_content())
}

pub(crate) fn clear(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (target, bot) = (target(call)?, call.world.application);
    call.world.clear_reactions(call.now, bot, target, None)?;
    Ok(Answer::no_content())
}

pub(crate) fn clear_emoji(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (target, emoji, bot) = (target(call)?, emoji(call)?, call.world.application);
    call.world
        .clear_reactions(call.now, bot, target, Some(&emoji))?;
    Ok(Answer::no_content())
}

pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let limit = call.number("limit", 1..=100)?.unwrap_or(25);
    let after = call.query_id("after")?;
    call.world
        .reacted_with(call.now, target(call)?, &emoji(call)?, after, limit)
        .map(Answer::ok)
}
