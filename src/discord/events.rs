//! What Discord tells besides commands: hands each event to the feature that it is for. Decides nothing.

use std::sync::Arc;

use poise::FrameworkContext;
use serenity::all::{ChannelId, FullEvent, Interaction, MessageId};

use super::answering::Edge;
use super::commands::Error;
use super::happenings::Happening;
use super::listening::Hearing;
use crate::conversation::panel::Panel;
use crate::ids;

/// Hands an event on. The library runs this in a task of its own for each event, so it may wait.
pub(super) async fn handle(
    ctx: FrameworkContext<'_, Arc<Edge>, Error>,
    event: &FullEvent,
) -> Result<(), Error> {
    let edge = ctx.user_data;
    match event {
        FullEvent::Ready { data_about_bot } => edge.session_began(&data_about_bot.guilds).await,
        FullEvent::GuildCreate { guild, .. } => edge.guild_came(guild).await,
        // One that is only unavailable still has the bot.
        FullEvent::GuildDelete { incomplete, .. } if !incomplete.unavailable => {
            edge.server_left(ids::GuildId(incomplete.id.get())).await;
        }
        FullEvent::Message { new_message } => {
            let written = Happening::Written(Box::new(new_message.clone()), Hearing::Live);
            edge.happens(channel(new_message.channel_id), written).await;
        }
        FullEvent::MessageUpdate { event, .. } => {
            let edited = Happening::Edited(Box::new(event.clone()));
            edge.happens(channel(event.channel_id), edited).await;
        }
        FullEvent::MessageDelete {
            channel_id,
            deleted_message_id,
            ..
        } => deleted(edge, *channel_id, &[*deleted_message_id]).await,
        FullEvent::MessageDeleteBulk {
            channel_id,
            multiple_deleted_messages_ids,
            ..
        } => deleted(edge, *channel_id, multiple_deleted_messages_ids).await,
        FullEvent::ThreadCreate { thread } => edge.thread_opened(thread).await,
        FullEvent::InteractionCreate { interaction } => match interaction {
            Interaction::Component(press) if press.data.custom_id.starts_with("change") => {
                edge.deed_pressed(press).await;
            }
            Interaction::Component(press) => match Panel::named(&press.data.custom_id) {
                Some(panel) => edge.panel_pressed(press, panel).await,
                None => edge.pressed(press).await,
            },
            Interaction::Modal(form) => match Panel::named(&form.data.custom_id) {
                Some(panel) => edge.panel_form_sent(form, panel).await,
                None => edge.sent(form).await,
            },
            _ => {}
        },
        _ => {}
    }
    Ok(())
}

async fn deleted(edge: &Arc<Edge>, here: ChannelId, messages: &[MessageId]) {
    for message in messages {
        let message = ids::MessageId(message.get());
        edge.happens(channel(here), Happening::Deleted(message))
            .await;
    }
}

fn channel(id: ChannelId) -> ids::ChannelId {
    ids::ChannelId(id.get())
}
