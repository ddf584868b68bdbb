//! `/users`: the bot and the people. Changes nobody.

use serde_json::json;

use super::{answer::Answer, call::Call};
use crate::world::refusal::Refusal;

pub(crate) fn me(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let mut me = call.world.bot();
    me["verified"] = json!(true);
    me["mfa_enabled"] = json!(false);
    me["email"] = json!(null);
    me["locale"] = json!("en-US");
    Ok(Answer::ok(me))
}

pub(crate) fn one(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let user = call
        .world
        .user(call.id("user")?)
        .ok_or(Refusal::UnknownUser)?;
    Ok(Answer::ok(user.json()))
}
