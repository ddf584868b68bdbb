//! `GET /gateway` and `GET /gateway/bot`: where the gateway is, and how often one may identify. Opens no session.

use std::time::Duration;

use serde_json::json;

use super::{answer::Answer, call::Call, limit_table::Row};
use crate::world::refusal::Refusal;

/// What the real service gives a bot of ordinary size, where the table does not limit it.
const USUAL_IDENTIFIES: (u32, Duration) = (1_000, Duration::from_secs(24 * 3600));
/// One shard for so many guilds is what the real service recommends.
const GUILDS_FOR_A_SHARD: usize = 1_000;

pub(crate) fn address(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(Answer::ok(json!({"url": call.gateway_url})))
}

pub(crate) fn address_for_bots(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let table = &call.limits.table;
    let total = table
        .identifies
        .map_or(USUAL_IDENTIFIES.0, |rate| rate.limit);
    let (remaining, reset_after) = call
        .limits
        .left(call.now, Row::Identifies, "")
        .unwrap_or(USUAL_IDENTIFIES);
    let max_concurrency = table.identify.map_or(1, |rate| rate.limit);
    let shards = call
        .world
        .guilds_of_bot()
        .count()
        .div_ceil(GUILDS_FOR_A_SHARD);
    let reset_after = u64::try_from(reset_after.as_millis()).unwrap_or(u64::MAX);
    Ok(Answer::ok(
        json!({"url": call.gateway_url, "shards": shards.max(1),
        "session_start_limit": {"total": total, "remaining": remaining, "reset_after": reset_after,
            "max_concurrency": max_concurrency}}),
    ))
}
