//! What Discord tells besides commands: hands each event to the feature that it is for. Decides nothing.

use std::sync::Arc;

use poise::FrameworkContext;
use serenity::all::FullEvent;

use super::answering::Edge;
use super::commands::Error;

/// Hands an event on. The library runs this in a task of its own for each event, so it may wait.
pub(super) async fn handle(
    ctx: FrameworkContext<'_, Arc<Edge>, Error>,
    event: &FullEvent,
) -> Result<(), Error> {
    let edge = ctx.user_data;
    match event {
        FullEvent::Message { new_message } => edge.hear(new_message).await,
        FullEvent::ThreadCreate { thread } => edge.thread_opened(thread).await,
        _ => {}
    }
    Ok(())
}
