//! `/webhooks/{application}/{token}`: follow-ups, and reading, editing and deleting what answered an interaction.

use super::{answer::Answer, call::Call};
use crate::world::{refusal::Refusal, replies::Named, uploads::Sent};

pub(crate) fn post(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let token = token(call)?;
    call.world
        .follow_up(call.now, &token, Sent::new(&call.body, call.files))
        .map(Answer::ok)
}

pub(crate) fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let token = token(call)?;
    call.world.read_reply(&token, named(call)?).map(Answer::ok)
}

pub(crate) fn edit(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let token = token(call)?;
    let named = named(call)?;
    call.world
        .edit_reply(call.now, &token, named, Sent::new(&call.body, call.files))
        .map(Answer::ok)
}

pub(crate) fn delete(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let token = token(call)?;
    let named = named(call)?;
    call.world.delete_reply(call.now, &token, named)?;
    Ok(Answer::no_content())
}

fn token(call: &Call<'_>) -> Result<String, Refusal> {
    call.own_application()
        .map_err(|_| Refusal::UnknownWebhook)?;
    Ok(call.text("token"))
}

fn named(call: &Call<'_>) -> Result<Named, Refusal> {
    if call.text("message") == "@original" {
        return Ok(Named::Original);
    }
    call.id("message").map(Named::Message)
}
