//! How to reach Discord, or what stands in for it.

use std::path::PathBuf;

use secrecy::SecretString;
use serde::Deserialize;

/// The `[discord]` table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiscordSettings {
    /// `token`, `DISCORD_TOKEN`: the bot's token. Needed by `run` only.
    pub token: Option<SecretString>,
    /// `address`, `DISCORD_ADDRESS`: host:port that stands in for discord.com.
    pub address: Option<String>,
    /// `ca_file`, `DISCORD_CA_FILE`: a PEM certificate to trust for that address.
    pub ca_file: Option<PathBuf>,
    /// `gateway_url`, `DISCORD_GATEWAY_URL`: a ws:// or wss:// address to connect to.
    pub gateway_url: Option<String>,
    /// `message_content`: whether messages that do not mention the bot are read, where the developer portal allows it.
    pub message_content: bool,
    /// `grace_seconds`: how long open questions may take to end once the program is told to stop, 0 to 840.
    pub grace_seconds: u64,
}
