//! The HTTP client for Discord, or for what stands in for it. Sends nothing by itself.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

use crate::settings::discord::DiscordSettings;

/// Where Discord's API is, version 10.
///
/// See <https://discord.com/developers/docs/reference#api-versioning>.
pub(super) const BASE: &str = "https://discord.com/api/v10";

/// The host that a stand-in answers as.
const HOST: &str = "discord.com";

/// How long one request may take. A question's acknowledgement has three seconds in all.
const REQUEST_LIMIT: Duration = Duration::from_secs(20);

/// Discord blocks clients that do not name themselves so.
///
/// See <https://discord.com/developers/docs/reference#user-agent>.
const USER_AGENT: &str = concat!("DiscordBot (footnote, ", env!("CARGO_PKG_VERSION"), ")");

/// Why no client could be made.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The stand-in's address leads nowhere.
    #[error("DISCORD_ADDRESS is `{address}`: no such host and port ({source})")]
    Address {
        /// The address.
        address: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The certificate cannot be read.
    #[error("DISCORD_CA_FILE {path} cannot be read: {reason}")]
    Certificate {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The client cannot be set up at all.
    #[error("no HTTPS client could be set up: {0}")]
    Client(#[from] reqwest::Error),
}

/// A client for Discord. With an address set, `discord.com` leads there, through no proxy, so that nothing meant for the
/// stand-in can reach the real Discord.
pub(super) fn client(settings: &DiscordSettings) -> Result<reqwest::Client, ApiError> {
    Ok(builder(settings)?.build()?)
}

/// A client for the files that people hand in. It goes nowhere but where it is sent.
pub(super) fn files(settings: &DiscordSettings) -> Result<reqwest::Client, ApiError> {
    let stays = reqwest::redirect::Policy::none();
    Ok(builder(settings)?.redirect(stays).build()?)
}

fn builder(settings: &DiscordSettings) -> Result<reqwest::ClientBuilder, ApiError> {
    let mut builder = reqwest::Client::builder()
        .use_rustls_tls()
        .user_agent(USER_AGENT)
        .timeout(REQUEST_LIMIT);
    if let Some(address) = &settings.address {
        builder = builder.resolve(HOST, resolve(address)?).no_proxy();
    }
    if let Some(path) = &settings.ca_file {
        let unreadable = |reason: String| ApiError::Certificate {
            path: path.clone(),
            reason,
        };
        let pem = std::fs::read(path).map_err(|error| unreadable(error.to_string()))?;
        let certificates = reqwest::Certificate::from_pem_bundle(&pem)
            .map_err(|error| unreadable(error.to_string()))?;
        builder = certificates
            .into_iter()
            .fold(builder, reqwest::ClientBuilder::add_root_certificate);
    }
    Ok(builder)
}

fn resolve(address: &str) -> Result<SocketAddr, ApiError> {
    let failed = |source| ApiError::Address {
        address: address.to_owned(),
        source,
    };
    let mut found = address.to_socket_addrs().map_err(failed)?;
    found
        .next()
        .ok_or_else(|| failed(std::io::ErrorKind::NotFound.into()))
}
