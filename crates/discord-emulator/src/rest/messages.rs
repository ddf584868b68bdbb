//! `/channels/{channel}/messages`: reading, posting, editing and deleting as the bot.

use super::{answer::Answer, call::Call};
use crate::world::{history::Page, refusal::Refusal, uploads::Sent};

const USUAL_PAGE: usize = 50;
const LARGEST_PAGE: usize = 100;

pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let limit = call
        .number("limit", 1..=LARGEST_PAGE)?
        .unwrap_or(USUAL_PAGE);
    call.world
        .history(call.now, call.id("channel")?, page(call)?, limit)
        .map(Answer::ok)
}

pub(crate) fn post(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let channel = call.id("channel")?;
    call.world
        .bot_posts(call.now, channel, Sent::new(&call.body, call.files))
        .map(Answer::ok)
}

pub(crate) fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    call.world
        .read_message(call.now, call.id("channel")?, call.id("message")?)
        .map(Answer::ok)
}

pub(crate) fn edit(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (channel, message) = (call.id("channel")?, call.id("message")?);
    let bot = call.world.application;
    let sent = Sent::new(&call.body, call.files);
    call.world
        .edit(call.now, bot, (channel, message), sent)
        .map(Answer::ok)
}

pub(crate) fn delete(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (channel, message) = (call.id("channel")?, call.id("message")?);
    let bot = call.world.application;
    call.world.delete(call.now, bot, channel, message)?;
    Ok(Answer::no_content())
}

pub(crate) fn delete_many(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (channel, bot) = (call.id("channel")?, call.world.application);
    call.world.delete_many(call.now, bot, channel, &call.body)?;
    Ok(Answer::no_content())
}

fn page(call: &Call<'_>) -> Result<Page, Refusal> {
    Ok(
        match (
            call.query_id("around")?,
            call.query_id("before")?,
            call.query_id("after")?,
        ) {
            (Some(id), _, _) => Page::Around(id),
            (_, Some(id), _) => Page::Before(id),
            (_, _, Some(id)) => Page::After(id),
            (None, None, None) => Page::Newest,
        },
    )
}
