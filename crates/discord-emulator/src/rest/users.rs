//! `/users`: the bot and the people. Of the people it changes none.

use super::{answer::Answer, call::Call};
use crate::world::{
    form::Form,
    refusal::{Problems, Refusal},
};

const MOST_GUILDS: usize = 200;

pub(crate) fn me(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(Answer::ok(call.world.own_user_json()))
}

pub(crate) fn change_me(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    call.world.change_bot(&call.body)?;
    me(call)
}

/// The guilds that the bot is in.
pub(crate) fn guilds(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let limit = call
        .number("limit", 1..=MOST_GUILDS)?
        .unwrap_or(MOST_GUILDS);
    let between = (call.query_id("after")?, call.query_id("before")?);
    let with_counts = call.is_on("with_counts");
    Ok(Answer::ok(call.world.own_guilds_json(
        call.now,
        between,
        limit,
        with_counts,
    )))
}

pub(crate) fn leave_guild(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    call.world.remove_bot(call.id("guild")?)?;
    Ok(Answer::no_content())
}

/// Opens the channel between the bot and one person.
pub(crate) fn open_direct(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let mut problems = Problems::default();
    let form = Form::read(&call.body, "", &mut problems);
    let person = form.and_then(|form| {
        if form.value("recipient_id").is_none() {
            problems.required("recipient_id");
        }
        form.id("recipient_id", &mut problems)
    });
    let person = problems.unless_any(person)?.ok_or(Refusal::UnknownUser)?;
    let channel = call.world.bot_opens_direct(call.now, person)?;
    let channel = call.world.find_channel(channel)?;
    Ok(Answer::ok(call.world.channel_json(channel)))
}

pub(crate) fn one(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let user = call
        .world
        .user(call.id("user")?)
        .ok_or(Refusal::UnknownUser)?;
    Ok(Answer::ok(user.json()))
}
