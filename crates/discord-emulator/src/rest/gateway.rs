//! `GET /gateway` and `GET /gateway/bot`: where the gateway is. Opens no session.

use serde_json::json;

use super::{answer::Answer, call::Call};
use crate::world::refusal::Refusal;

pub(crate) fn address(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(Answer::ok(json!({"url": call.gateway_url})))
}

pub(crate) fn address_for_bots(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(Answer::ok(json!({"url": call.gateway_url, "shards": 1,
        "session_start_limit": {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}})))
}
