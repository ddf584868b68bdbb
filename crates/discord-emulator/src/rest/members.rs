//! `/guilds/{guild}/members`: one, all of them by pages, and by name. Changes nobody.

use super::{answer::Answer, call::Call};
use crate::world::refusal::Refusal;

const MOST: usize = 1_000;

pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let limit = call.number("limit", 1..=MOST)?.unwrap_or(1);
    let after = call.query_id("after")?;
    let guild = call.world.guild_for_bot(call.id("guild")?)?;
    call.world.members_json(guild, after, limit).map(Answer::ok)
}

pub(crate) fn search(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let limit = call.number("limit", 1..=MOST)?.unwrap_or(1);
    let Some(query) = call.query("query").filter(|query| !query.is_empty()) else {
        return Err(Refusal::field(
            "query",
            "BASE_TYPE_REQUIRED",
            "This field is required",
        ));
    };
    let guild = call.world.guild_for_bot(call.id("guild")?)?;
    Ok(Answer::ok(call.world.search_members(guild, query, limit)))
}

pub(crate) fn one(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let person = call.id("user")?;
    let guild = call.world.guild_for_bot(call.id("guild")?)?;
    if call.world.user(person).is_none() {
        return Err(Refusal::UnknownUser);
    }
    if !guild.members.contains_key(&person) {
        return Err(Refusal::UnknownMember);
    }
    Ok(Answer::ok(call.world.full_member_json(guild.id, person)))
}
