//! `/_emu/state`: how a bot gets in, and what changes under a bot's feet, such as a thread that is locked while it answers. Decides nothing.

use std::time::Duration;

use axum::{Json, body::Bytes, extract::State};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    named,
    wrong::{Wrong, read},
};
use crate::{CommandSubject, Emulator, Status};

/// `GET /_emu/state`: how a bot gets in, and who is in.
pub(super) async fn show(State(emulator): State<Emulator>) -> Json<Value> {
    Json(
        json!({"application_id": emulator.application_id().to_string(), "token": emulator.bot_token(),
        "gateway_url": emulator.gateway_url(), "sessions": emulator.sessions()}),
    )
}

/// `POST /_emu/state`: one change of the home guild, or of the bot.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Change {
    /// The bot leaves the guild, or comes back.
    Bot(Invitation),
    /// The guild fails, or is back.
    Outage(bool),
    /// Somebody can do nothing but read.
    TimeOut {
        person: String,
        /// Seconds; 0 ends it.
        #[serde(with = "crate::seconds")]
        period: Duration,
    },
    /// Somebody installs the application for themselves, or removes it again.
    Install { person: String, installed: bool },
    /// An administrator decides about a command, or about all.
    CommandPermission {
        person: String,
        /// All commands without it.
        #[serde(default)]
        command: Option<String>,
        about: About,
        /// Without it, a decision is taken back.
        permission: Option<bool>,
    },
    /// Somebody changes a channel or thread as `PATCH /channels/{id}` does.
    Channel {
        person: String,
        channel: String,
        /// Such as `archived`, `locked`, `name`.
        set: Map<String, Value>,
    },
    /// Somebody deletes a channel or thread.
    DeleteChannel { person: String, channel: String },
    /// Somebody comes or goes.
    Presence { person: String, status: Status },
    /// The bot's token; the answer has the new one.
    Token(Token),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Token {
    Reset,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Invitation {
    Removed,
    Invited,
}

/// Whom or what a decision about commands is about.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum About {
    /// By its name; everybody has `@everyone`.
    Role(String),
    Person(String),
    Channel(String),
    AllChannels,
}

fn subject(emulator: &Emulator, about: About) -> Result<CommandSubject, Wrong> {
    Ok(match about {
        About::Role(name) => (&named::role(emulator, &name)?).into(),
        About::Person(name) => (&named::person(emulator, &name)?).into(),
        About::Channel(name) => (&named::channel(emulator, &name)?).into(),
        About::AllChannels => CommandSubject::all_channels(),
    })
}

pub(super) async fn change(
    State(emulator): State<Emulator>,
    body: Bytes,
) -> Result<Json<Value>, Wrong> {
    match read(&body)? {
        Change::Bot(Invitation::Removed) => emulator.removes_bot(),
        Change::Bot(Invitation::Invited) => emulator.invites_bot(),
        Change::Outage(on) => emulator.outage(on),
        Change::TimeOut { person, period } => {
            emulator.timeout(&named::person(&emulator, &person)?, period);
        }
        Change::Install { person, installed } => {
            let person = named::person(&emulator, &person)?;
            if installed {
                person.installs();
            } else {
                person.uninstalls();
            }
        }
        Change::CommandPermission {
            person,
            command,
            about,
            permission,
        } => {
            let person = named::person(&emulator, &person)?;
            let about = subject(&emulator, about)?;
            person
                .decides(command.as_deref(), about, permission)
                .map_err(|error| Wrong::refused(&error))?;
        }
        Change::Presence { person, status } => {
            named::person(&emulator, &person)?.goes(status);
        }
        Change::Channel {
            person,
            channel,
            set,
        } => {
            let channel = named::channel(&emulator, &channel)?;
            named::person(&emulator, &person)?
                .changes(&channel, &Value::Object(set))
                .map_err(|error| Wrong::refused(&error))?;
        }
        Change::DeleteChannel { person, channel } => {
            let channel = named::channel(&emulator, &channel)?;
            named::person(&emulator, &person)?
                .deletes_channel(&channel)
                .map_err(|error| Wrong::refused(&error))?;
        }
        Change::Token(Token::Reset) => {
            return Ok(Json(json!({"token": emulator.reset_token()})));
        }
    }
    Ok(Json(json!({})))
}
