//! What is set in Discord, as rows hold it. Reads no table itself.

use super::columns::Columns;
use super::rows::{read, unreadable};
use super::unsigned;
use crate::clock::Moment;
use crate::conversation::ports::{KeptSettings, SettingsChange, Untold};
use crate::conversation::question::Person;
use crate::ids::{ChangeId, ChannelId, GuildId, PersonId};
use crate::search::fields::Settings;
use crate::search::scope::{Level, Scope};

/// What is set in a scope.
pub(super) fn kept(row: &impl Columns) -> Result<KeptSettings, sqlx::Error> {
    Ok(KeptSettings {
        scope: scope(row)?,
        settings: read(row, "settings")?,
        revision: ChangeId(row.int("revision")?),
    })
}

/// A change. One that this version cannot read holds back neither those before nor those behind it.
pub(super) fn change(row: &impl Columns) -> Result<SettingsChange, sqlx::Error> {
    let both = read(row, "before").and_then(|before| Ok((before, read(row, "after")?)));
    let (before, after): (Settings, Settings) = both.unwrap_or_default();
    Ok(SettingsChange {
        id: ChangeId(row.int("id")?),
        scope: scope(row)?,
        by: Person {
            id: PersonId(unsigned(row.int("person_id")?)),
            name: row.text("person_name")?.to_owned(),
        },
        at: Moment(row.int("changed_at")?),
        before,
        after,
    })
}

fn scope(row: &impl Columns) -> Result<Scope, sqlx::Error> {
    Ok(Scope {
        guild: GuildId(unsigned(row.int("guild_id")?)),
        level: level_named(row.text("level")?)?,
        id: unsigned(row.int("scope_id")?),
    })
}

/// What is set, as a column holds it.
pub(super) fn json(settings: &Settings) -> String {
    serde_json::json!(settings).to_string()
}

/// The name of a level.
pub(super) fn level_name(level: Level) -> &'static str {
    match level {
        Level::Operator | Level::Server => "server",
        Level::Category => "category",
        Level::Channel => "channel",
        Level::Thread => "thread",
    }
}

fn level_named(name: &str) -> Result<Level, sqlx::Error> {
    let mut levels = Level::IN_DISCORD.into_iter();
    let found = levels.find(|level| level_name(*level) == name);
    found.ok_or_else(|| unreadable("level", "it names no level"))
}

/// A change that is still to be told.
pub(super) fn untold(row: &impl Columns) -> Result<Untold, sqlx::Error> {
    Ok(Untold {
        change: change(row)?,
        channel: ChannelId(unsigned(row.int("channel_id")?)),
    })
}
