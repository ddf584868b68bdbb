//! What goes wrong around a command, before or beside our own code. One arm for each kind; each is told once.

use std::sync::Arc;

use poise::FrameworkError;
use serenity::all::CommandInteraction;

use super::answering::Edge;
use super::arrival::Arrival;
use super::commands::Error;
use crate::render::sentences::Refusal;

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
            told(ctx, Refusal::Internal).await;
        }
        FrameworkError::ArgumentParse { ctx, .. } => {
            tracing::warn!(command = %ctx.command().name, "an argument could not be read");
            told(ctx, Refusal::NotUnderstood).await;
        }
        FrameworkError::CommandStructureMismatch {
            ctx, description, ..
        } => {
            tracing::warn!(command = %ctx.command().name, description, "Discord knows an older form of a command");
            told(poise::Context::Application(ctx), Refusal::NotUnderstood).await;
        }
        FrameworkError::SubcommandRequired { ctx } => {
            tracing::warn!(command = %ctx.command().name, "a command came without its subcommand");
            told(ctx, Refusal::NotUnderstood).await;
        }
        FrameworkError::UnknownInteraction {
            framework,
            interaction,
            ..
        } => {
            tracing::warn!(command = interaction.data.name, "an unknown command");
            refuse(framework.user_data, interaction, Refusal::NotUnderstood).await;
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
            told(ctx, Refusal::Internal).await;
        }
        FrameworkError::UnknownCommand { .. } => {}
        other => {
            tracing::error!(kind = ?std::mem::discriminant(&other), "an error of the framework that this version does not know")
        }
    }
}

async fn told(ctx: poise::Context<'_, Arc<Edge>, Error>, refusal: Refusal) {
    if let poise::Context::Application(ctx) = ctx {
        refuse(ctx.framework.user_data, ctx.interaction, refusal).await;
    }
}

async fn refuse(edge: &Arc<Edge>, interaction: &CommandInteraction, refusal: Refusal) {
    let arrival = Arrival::of_command(interaction, &edge.ways.languages);
    edge.refuse(&arrival, refusal).await;
}
