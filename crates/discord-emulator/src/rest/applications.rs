//! `/applications/@me` and `/oauth2/applications/@me`: the bot's application. Changes nothing.

use serde_json::{Value, json};

use super::{answer::Answer, call::Call};
use crate::{
    settings::PrivilegedIntents,
    world::{people::User, refusal::Refusal},
};

// The flags of an application in fewer than a hundred guilds, one for each switch of the portal.
// https://docs.discord.com/developers/resources/application#application-object-application-flags
const PRESENCES: u64 = 1 << 13;
const MEMBERS: u64 = 1 << 15;
const MESSAGE_CONTENT: u64 = 1 << 19;

pub(crate) fn me(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let bot = call.world.bot();
    let owner = call.world.owner().map_or(Value::Null, User::json);
    let flags = flags(call.world.privileged);
    Ok(Answer::ok(
        json!({"id": call.world.application, "name": bot["username"], "icon": null, "description": "",
        "summary": "", "rpc_origins": [], "bot_public": true, "bot_require_code_grant": false, "bot": bot,
        "owner": owner, "verify_key": "0".repeat(64), "team": null, "flags": flags, "redirect_uris": [],
        "interactions_endpoint_url": null, "approximate_guild_count": call.world.guilds_of_bot().count(), "integration_types_config": {"0": {}}, "type": null, "flags_new": flags.to_string(),
        "role_connections_verification_url": null, "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0, "explicit_content_filter": 0, "eligible_oauth2_scopes": []}),
    ))
}

fn flags(switches: PrivilegedIntents) -> u64 {
    [
        (switches.presences, PRESENCES),
        (switches.members, MEMBERS),
        (switches.message_content, MESSAGE_CONTENT),
    ]
    .into_iter()
    .filter(|(on, _)| *on)
    .fold(0, |flags, (_, flag)| flags | flag)
}
