//! What goes wrong around a command, before or beside our own code. One arm for each kind; each is told once.

use std::sync::Arc;

use poise::FrameworkError;
use serenity::all::CommandInteraction;

use super::answering::Edge;
use super::arrival::Arrival;
use super::commands::Error;
use crate::render::{Message, sentences};

/// Handles an error of the framework.
pub(super) async fn on_error(error: FrameworkError<'_, Arc<Edge>, Error>) {
    match error {
        FrameworkError::Setup { error, .. } => match error {},
        FrameworkError::EventHandler { error, .. } => match error {},
        FrameworkError::Command { error, .. } => match error {},
        FrameworkError::NonCommandMessage { error, .. } => match error {},
        FrameworkError::DynamicPrefix { error, .. } => match error {},
        FrameworkError::CommandPanic { ctx, .. } => {
            // The payload may hold what the person wrote.
            tracing::error!(command = %ctx.command().name, "a command panicked");
            told(ctx, &sentences::internal()).await;
        }
        FrameworkError::ArgumentParse { ctx, .. } => {
            tracing::warn!(command = %ctx.command().name, "an argument could not be read");
            told(ctx, &sentences::not_understood()).await;
        }
        FrameworkError::CommandStructureMismatch {
            ctx, description, ..
        } => {
            tracing::warn!(command = %ctx.command().name, description, "Discord knows an older form of a command");
            told(
                poise::Context::Application(ctx),
                &sentences::not_understood(),
            )
            .await;
        }
        FrameworkError::SubcommandRequired { ctx } => {
            tracing::warn!(command = %ctx.command().name, "a command came without its subcommand");
            told(ctx, &sentences::not_understood()).await;
        }
        FrameworkError::UnknownInteraction {
            framework,
            interaction,
            ..
        } => {
            tracing::warn!(command = interaction.data.name, "an unknown command");
            refuse(
                framework.user_data,
                interaction,
                &sentences::not_understood(),
            )
            .await;
        }
        // None of our commands sets these conditions, and none is a prefix command.
        FrameworkError::CooldownHit { ctx, .. }
        | FrameworkError::MissingBotPermissions { ctx, .. }
        | FrameworkError::MissingUserPermissions { ctx, .. }
        | FrameworkError::PermissionFetchFailed { ctx, .. }
        | FrameworkError::NotAnOwner { ctx, .. }
        | FrameworkError::GuildOnly { ctx, .. }
        | FrameworkError::DmOnly { ctx, .. }
        | FrameworkError::NsfwOnly { ctx, .. }
        | FrameworkError::CommandCheckFailed { ctx, .. } => {
            tracing::error!(command = %ctx.command().name, "a condition that no command sets was not met");
            told(ctx, &sentences::internal()).await;
        }
        FrameworkError::UnknownCommand { .. } => {}
        other => {
            tracing::error!(kind = ?std::mem::discriminant(&other), "an error of the framework that this version does not know")
        }
    }
}

async fn told(ctx: poise::Context<'_, Arc<Edge>, Error>, message: &Message) {
    if let poise::Context::Application(ctx) = ctx {
        refuse(ctx.framework.user_data, ctx.interaction, message).await;
    }
}

async fn refuse(edge: &Arc<Edge>, interaction: &CommandInteraction, message: &Message) {
    edge.refuse(&Arrival::of_command(interaction).reply, message)
        .await;
}
