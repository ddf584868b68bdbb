//! The commands people use, one file each. This list is what Discord is told; a command not in it does not exist.

mod ask;

use std::sync::Arc;

use super::answering::Edge;

/// What a command may fail with: nothing of its own. Whatever goes wrong is told where it happens.
pub(super) type Error = std::convert::Infallible;

/// Every command.
pub(super) fn all() -> Vec<poise::Command<Arc<Edge>, Error>> {
    vec![ask::command()]
}
