//! What is set in Discord, and every change of it.

use async_trait::async_trait;
use serde::de::DeserializeOwned;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{QueryBuilder, Row};

use super::{SqliteStore, signed, trouble, unsigned};
use crate::clock::Moment;
use crate::conversation::ports::{
    KeptSettings, NewChange, Saved, SettingsChange, SettingsStore, StoreError, Untold,
};
use crate::conversation::question::Person;
use crate::ids::{ChangeId, ChannelId, GuildId, PersonId};
use crate::search::fields::Settings;
use crate::search::scope::{Level, Scope};

#[async_trait]
impl SettingsStore for SqliteStore {
    async fn settings_of(
        &self,
        guild: GuildId,
        ids: &[u64],
    ) -> Result<Vec<KeptSettings>, StoreError> {
        let mut query = QueryBuilder::new("SELECT * FROM setting WHERE guild_id = ");
        query.push_bind(signed(guild.0)).push(" AND scope_id IN (");
        let mut each = query.separated(", ");
        for id in ids {
            each.push_bind(signed(*id));
        }
        query.push(")");
        let rows = query.build().fetch_all(&self.readers).await;
        let rows = rows.map_err(trouble)?;
        rows.iter()
            .map(kept)
            .collect::<Result<_, _>>()
            .map_err(trouble)
    }

    async fn save_settings(&self, change: &NewChange) -> Result<Saved, StoreError> {
        let mut transaction = self.begin().await?;
        let saved = save(&mut transaction, change).await.map_err(trouble)?;
        match saved {
            Saved::Done(_) => transaction.commit().await.map_err(trouble)?,
            Saved::Overtaken => transaction.rollback().await.map_err(trouble)?,
        }
        Ok(saved)
    }

    async fn changes(
        &self,
        guild: GuildId,
        id: Option<u64>,
        before: Option<ChangeId>,
        limit: u32,
    ) -> Result<Vec<SettingsChange>, StoreError> {
        let mut query = QueryBuilder::new("SELECT * FROM setting_change WHERE guild_id = ");
        query.push_bind(signed(guild.0));
        if let Some(id) = id {
            query.push(" AND scope_id = ").push_bind(signed(id));
        }
        if let Some(before) = before {
            query.push(" AND id < ").push_bind(before.0);
        }
        query
            .push(" ORDER BY id DESC LIMIT ")
            .push_bind(i64::from(limit));
        let rows = query.build().fetch_all(&self.readers).await;
        let rows = rows.map_err(trouble)?;
        rows.iter()
            .map(change)
            .collect::<Result<_, _>>()
            .map_err(trouble)
    }

    async fn changed_since(&self, after: ChangeId) -> Result<(ChangeId, Vec<GuildId>), StoreError> {
        let rows = sqlx::query(
            "SELECT guild_id, max(id) AS newest FROM setting_change WHERE id > $1 GROUP BY guild_id",
        )
        .bind(after.0)
        .fetch_all(&self.readers)
        .await
        .map_err(trouble)?;
        let mut newest = after;
        let mut servers = Vec::new();
        for row in rows {
            servers.push(GuildId(unsigned(row.try_get("guild_id").map_err(trouble)?)));
            newest = newest.max(ChangeId(row.try_get("newest").map_err(trouble)?));
        }
        Ok((newest, servers))
    }

    async fn untold(&self, limit: u32) -> Result<Vec<Untold>, StoreError> {
        let rows = sqlx::query(concat!(
            "SELECT setting_change.*, setting_untold.channel_id FROM setting_untold ",
            "JOIN setting_change ON setting_change.id = setting_untold.change_id ORDER BY setting_untold.change_id LIMIT $1",
        ))
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await
        .map_err(trouble)?;
        let untold = |row: &SqliteRow| {
            Ok(Untold {
                change: change(row)?,
                channel: ChannelId(unsigned(row.try_get("channel_id")?)),
            })
        };
        rows.iter()
            .map(untold)
            .collect::<Result<_, _>>()
            .map_err(trouble)
    }

    async fn told(&self, change: ChangeId, channel: ChannelId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM setting_untold WHERE change_id = $1 AND channel_id = $2")
            .bind(change.0)
            .bind(signed(channel.0))
            .execute(&self.writer)
            .await
            .map(drop)
            .map_err(trouble)
    }

    async fn forget_settings(&self, guild: GuildId, id: u64) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM setting WHERE guild_id = $1 AND scope_id = $2")
            .bind(signed(guild.0))
            .bind(signed(id))
            .execute(&self.writer)
            .await
            .map(drop)
            .map_err(trouble)
    }
}

async fn save(connection: &mut SqliteConnection, new: &NewChange) -> Result<Saved, sqlx::Error> {
    let scope = new.scope;
    let now = sqlx::query("SELECT * FROM setting WHERE guild_id = $1 AND scope_id = $2")
        .bind(signed(scope.guild.0))
        .bind(signed(scope.id))
        .fetch_optional(&mut *connection)
        .await?;
    let now = now.as_ref().map(kept).transpose()?;
    let revision = now.as_ref().map_or(ChangeId::NONE, |now| now.revision);
    if revision != new.on {
        return Ok(Saved::Overtaken);
    }
    let before = now.map(|now| now.settings).unwrap_or_default();
    let fields = before.differences(&new.after);
    let row = sqlx::query(concat!(
        "INSERT INTO setting_change (guild_id, scope_id, level, person_id, person_name, changed_at, before, after) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
    ))
    .bind(signed(scope.guild.0))
    .bind(signed(scope.id))
    .bind(level_name(scope.level))
    .bind(signed(new.by.id.0))
    .bind(&new.by.name)
    .bind(new.at.0)
    .bind(json(&before.only(&fields)))
    .bind(json(&new.after.only(&fields)))
    .fetch_one(&mut *connection)
    .await?;
    let id = ChangeId(row.try_get("id")?);
    sqlx::query(concat!(
        "INSERT INTO setting (guild_id, scope_id, level, settings, revision) VALUES ($1, $2, $3, $4, $5) ",
        "ON CONFLICT (guild_id, scope_id) DO UPDATE SET level = excluded.level, settings = excluded.settings, revision = excluded.revision",
    ))
    .bind(signed(scope.guild.0))
    .bind(signed(scope.id))
    .bind(level_name(scope.level))
    .bind(json(&new.after))
    .bind(id.0)
    .execute(&mut *connection)
    .await?;
    for channel in &new.told_in {
        sqlx::query("INSERT INTO setting_untold (change_id, channel_id) VALUES ($1, $2)")
            .bind(id.0)
            .bind(signed(channel.0))
            .execute(&mut *connection)
            .await?;
    }
    Ok(Saved::Done(id))
}

fn kept(row: &SqliteRow) -> Result<KeptSettings, sqlx::Error> {
    Ok(KeptSettings {
        scope: scope(row)?,
        settings: read(row, "settings")?,
        revision: ChangeId(row.try_get("revision")?),
    })
}

fn change(row: &SqliteRow) -> Result<SettingsChange, sqlx::Error> {
    Ok(SettingsChange {
        id: ChangeId(row.try_get("id")?),
        scope: scope(row)?,
        by: Person {
            id: PersonId(unsigned(row.try_get("person_id")?)),
            name: row.try_get("person_name")?,
        },
        at: Moment(row.try_get("changed_at")?),
        before: read(row, "before")?,
        after: read(row, "after")?,
    })
}

fn scope(row: &SqliteRow) -> Result<Scope, sqlx::Error> {
    Ok(Scope {
        guild: GuildId(unsigned(row.try_get("guild_id")?)),
        level: level_named(row.try_get("level")?)?,
        id: unsigned(row.try_get("scope_id")?),
    })
}

fn json(settings: &Settings) -> String {
    serde_json::json!(settings).to_string()
}

/// What a column holds as JSON. What serde says of it can repeat what it holds, so only the column is named.
pub(super) fn read<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<T, sqlx::Error> {
    let json: &str = row.try_get(column)?;
    serde_json::from_str(json).map_err(|_| sqlx::Error::ColumnDecode {
        index: column.to_owned(),
        source: "it holds what this version cannot read".into(),
    })
}

fn level_name(level: Level) -> &'static str {
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
    found.ok_or_else(|| sqlx::Error::ColumnDecode {
        index: "level".to_owned(),
        source: "it names no level".into(),
    })
}
