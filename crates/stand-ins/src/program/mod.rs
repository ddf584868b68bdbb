//! What the program does for each service, and what they have in common: troubles by name, the first line, the end.

pub(crate) mod agent;
pub(crate) mod chat;
pub(crate) mod searxng;

use std::io::{self, Write};

use stand_ins::Trouble;
use stand_ins::agent::Refusal;

/// Reads a trouble by its name.
fn trouble(written: &str) -> Result<Trouble, String> {
    let (name, bytes) = written.split_once('=').unwrap_or((written, ""));
    let of_bytes = || {
        bytes
            .parse()
            .map_err(|_| format!("{name} needs a number of bytes, such as {name}=100"))
    };
    Ok(match name {
        "rate-limited" => Refusal::rate_limited().into(),
        "internal-error" => Refusal::internal_error().into(),
        "bad-gateway" => Refusal::bad_gateway().into(),
        "gateway-timeout" => Refusal::gateway_timeout().into(),
        "html" => Trouble::html(502),
        "silence" => Trouble::Silence,
        "cut" => Trouble::Cut { after: of_bytes()? },
        "stall" => Trouble::Stall { after: of_bytes()? },
        "pieces" => Trouble::Pieces { of: of_bytes()? },
        _ => return Err("there is no trouble of that name".to_owned()),
    })
}

fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Waits for Ctrl-C, or for what a service manager sends.
async fn told_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    tokio::signal::ctrl_c().await.ok();
}
