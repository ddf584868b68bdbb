//! Sets up the log. Lines carry ids, lengths and causes, never a message's text or a secret.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::settings::log::{LogFormat, LogSettings};

/// Libraries whose lower levels would carry tokens or texts, and the most they may say unless directives name them.
const QUIET: &str = "serenity=warn,poise=warn,tungstenite=warn,hyper=warn,h2=warn,reqwest=warn,sqlx=warn,rustls=warn,html5ever=error,selectors=error";

/// The filter is not one.
#[derive(Debug, thiserror::Error)]
#[error(
    "log.filter (FOOTNOTE_LOG) is `{filter}`: {reason}; use a level such as info, or directives such as info,footnote_bot=debug"
)]
pub struct FilterError {
    filter: String,
    reason: String,
}

/// The filter that the settings name.
///
/// # Errors
///
/// [`FilterError`] when it cannot be read.
pub fn filter(settings: &LogSettings) -> Result<EnvFilter, FilterError> {
    let directives = format!("{QUIET},{}", settings.filter);
    EnvFilter::try_new(&directives).map_err(|error| FilterError {
        filter: settings.filter.clone(),
        reason: error.to_string(),
    })
}

/// Writes log lines to standard error from now on.
///
/// # Errors
///
/// [`FilterError`] when the filter cannot be read.
pub fn start(settings: &LogSettings) -> Result<(), FilterError> {
    let filter = filter(settings)?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    // A second start in one process, as in tests, keeps the first log.
    let _already_started = match settings.format {
        LogFormat::Text => lines.with_target(false).try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    Ok(())
}
