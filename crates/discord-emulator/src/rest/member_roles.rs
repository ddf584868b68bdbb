//! `/guilds/{guild}/members/{user}/roles/{role}`: giving a member a role, and taking it away. Makes no role.

use super::{answer::Answer, call::Call};
use crate::world::refusal::Refusal;

pub(crate) fn give(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    assign(call, true)
}

pub(crate) fn take(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    assign(call, false)
}

fn assign(call: &mut Call<'_>, has: bool) -> Result<Answer, Refusal> {
    let (guild, person, role) = (call.id("guild")?, call.id("user")?, call.id("role")?);
    call.world.bot_assigns(call.now, guild, person, role, has)?;
    Ok(Answer::no_content())
}
