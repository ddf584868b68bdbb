//! What is set in Discord, and every change of it.

use async_trait::async_trait;
use sqlx::Row;
use sqlx::postgres::PgConnection;

use super::{Alone, PostgresStore, alone_with, kept_text};
use crate::clock::Moment;
use crate::conversation::ports::{
    KeptSettings, NewChange, Saved, SettingsChange, SettingsStore, StoreError, Untold,
};
use crate::conversation::question::Person;
use crate::ids::{ChangeId, ChannelId, GuildId};
use crate::search::fields::{Audit, Settings};
use crate::search::scope::Scope;
use crate::storage::rows::read;
use crate::storage::settings::{change, json, kept, level_name, untold};
use crate::storage::{not_readable, signed, trouble, unsigned};

/// The servers of the changes after `$1`, each with the newest.
const CHANGED_SINCE: &str =
    "SELECT guild_id, max(id) AS newest FROM setting_change WHERE id > $1 GROUP BY guild_id";

/// At most `$1` changes with a channel in which they are still to be told, but for the channels `$2`.
const UNTOLD: &str = concat!(
    "SELECT setting_change.*, setting_untold.channel_id FROM setting_untold ",
    "JOIN setting_change ON setting_change.id = setting_untold.change_id ",
    "WHERE setting_untold.channel_id <> ALL($2) ",
    "ORDER BY setting_untold.change_id, setting_untold.channel_id LIMIT $1",
);

/// The changes in the server `$1`, in the scope `$2` and before the change `$3` where these are given; the newest `$4`.
const CHANGES: &str = concat!(
    "SELECT * FROM setting_change WHERE guild_id = $1 AND ($2::bigint IS NULL OR scope_id = $2) ",
    "AND ($3::bigint IS NULL OR id < $3) ORDER BY id DESC LIMIT $4",
);

#[async_trait]
impl SettingsStore for PostgresStore {
    async fn settings_of(
        &self,
        guild: GuildId,
        ids: &[u64],
    ) -> Result<Vec<KeptSettings>, StoreError> {
        let ids: Vec<i64> = ids.iter().map(|id| signed(*id)).collect();
        let rows = sqlx::query("SELECT * FROM setting WHERE guild_id = $1 AND scope_id = ANY($2)")
            .bind(signed(guild.0))
            .bind(ids)
            .fetch_all(&self.pool)
            .await
            .map_err(trouble)?;
        rows.iter()
            .map(kept)
            .collect::<Result<_, _>>()
            .map_err(not_readable)
    }

    async fn save_settings(&self, change: &NewChange) -> Result<Saved, StoreError> {
        let change = change.clone();
        self.transact(move |connection| {
            Box::pin(async move {
                alone_with(connection, Alone::Setting).await?;
                save(connection, &change).await.map_err(trouble)
            })
        })
        .await
    }

    async fn changes(
        &self,
        guild: GuildId,
        id: Option<u64>,
        before: Option<ChangeId>,
        limit: u32,
    ) -> Result<Vec<SettingsChange>, StoreError> {
        let rows = sqlx::query(CHANGES)
            .bind(signed(guild.0))
            .bind(id.map(signed))
            .bind(before.map(|before| before.0))
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await
            .map_err(trouble)?;
        rows.iter()
            .map(change)
            .collect::<Result<_, _>>()
            .map_err(trouble)
    }

    async fn changed_since(&self, after: ChangeId) -> Result<(ChangeId, Vec<GuildId>), StoreError> {
        let rows = sqlx::query(CHANGED_SINCE)
            .bind(after.0)
            .fetch_all(&self.pool)
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

    async fn untold(&self, limit: u32, without: &[ChannelId]) -> Result<Vec<Untold>, StoreError> {
        let without: Vec<i64> = without.iter().map(|channel| signed(channel.0)).collect();
        let rows = sqlx::query(UNTOLD)
            .bind(i64::from(limit))
            .bind(without)
            .fetch_all(&self.pool)
            .await
            .map_err(trouble)?;
        rows.iter()
            .map(untold)
            .collect::<Result<_, _>>()
            .map_err(trouble)
    }

    async fn told(&self, change: ChangeId, channel: ChannelId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM setting_untold WHERE change_id = $1 AND channel_id = $2")
            .bind(change.0)
            .bind(signed(channel.0))
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(trouble)
    }

    async fn forget_settings(
        &self,
        guild: GuildId,
        id: u64,
        by: &Person,
        at: Moment,
    ) -> Result<(), StoreError> {
        let by = by.clone();
        self.transact(move |connection| {
            Box::pin(async move {
                alone_with(connection, Alone::Setting).await?;
                forget(connection, (guild, id), &by, at)
                    .await
                    .map_err(trouble)
            })
        })
        .await
    }
}

/// Takes back what is set in a scope. What cannot be read is logged as nothing, so that the log can be read.
async fn forget(
    connection: &mut PgConnection,
    (guild, id): (GuildId, u64),
    by: &Person,
    at: Moment,
) -> Result<(), sqlx::Error> {
    let told_in = audit_of(connection, guild).await?;
    let gone = sqlx::query("DELETE FROM setting WHERE guild_id = $1 AND scope_id = $2 RETURNING *")
        .bind(signed(guild.0))
        .bind(signed(id))
        .fetch_optional(&mut *connection)
        .await?;
    let Some(gone) = gone else {
        return Ok(());
    };
    let before: Option<Settings> = read(&gone, "settings").ok();
    if before.as_ref().is_some_and(Settings::is_empty) {
        return Ok(());
    }
    let row = sqlx::query(concat!(
        "INSERT INTO setting_change (guild_id, scope_id, level, person_id, person_name, changed_at, before, after) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
    ))
    .bind(signed(guild.0))
    .bind(signed(id))
    .bind(gone.try_get::<String, _>("level")?)
    .bind(signed(by.id.0))
    .bind(kept_text(&by.name))
    .bind(at.0)
    .bind(json(&before.unwrap_or_default()))
    .bind(json(&Settings::default()))
    .fetch_one(&mut *connection)
    .await?;
    let id = ChangeId(row.try_get("id")?);
    tell_in(connection, id, told_in.as_slice()).await
}

/// The channel in which a server has its changes told.
async fn audit_of(
    connection: &mut PgConnection,
    guild: GuildId,
) -> Result<Option<ChannelId>, sqlx::Error> {
    let server = Scope::server(guild);
    let row = sqlx::query("SELECT * FROM setting WHERE guild_id = $1 AND scope_id = $2")
        .bind(signed(guild.0))
        .bind(signed(server.id))
        .fetch_optional(connection)
        .await?;
    // Where what is set for the server cannot be read, nobody knows where.
    let settings: Option<Settings> = row.and_then(|row| read(&row, "settings").ok());
    Ok(match settings.and_then(|settings| settings.audit) {
        Some(Audit::Channel(channel)) => Some(channel),
        Some(Audit::Off) | None => None,
    })
}

/// Notes the channels in which a change is still to be told.
async fn tell_in(
    connection: &mut PgConnection,
    change: ChangeId,
    channels: &[ChannelId],
) -> Result<(), sqlx::Error> {
    for channel in channels {
        sqlx::query("INSERT INTO setting_untold (change_id, channel_id) VALUES ($1, $2)")
            .bind(change.0)
            .bind(signed(channel.0))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn save(connection: &mut PgConnection, new: &NewChange) -> Result<Saved, sqlx::Error> {
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
    .bind(kept_text(&new.by.name))
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
    tell_in(connection, id, &new.told_in).await?;
    Ok(Saved::Done(id))
}
