//! When the operator wants the program to end: Ctrl-C, or the signal that service managers send. Ends nothing itself.

use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// A token that is cancelled at the first such signal. A second one ends the process at once, as it would without us.
///
/// # Errors
///
/// When the system lets nobody listen for signals.
pub fn requested() -> io::Result<CancellationToken> {
    let requested = CancellationToken::new();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let told = requested.clone();
    #[expect(
        clippy::disallowed_methods,
        reason = "it lives as long as the process, and holds nothing to be finished"
    )]
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        told.cancel();
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        std::process::exit(130);
    });
    Ok(requested)
}
