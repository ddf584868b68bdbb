//! What is set in Discord, and every change of it.

use async_trait::async_trait;
use sqlx::sqlite::{Sqlite, SqliteConnection};
use sqlx::{QueryBuilder, Row};

use super::SqliteStore;
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

/// The servers of the changes after `$1`, each with the newest. The `+` keeps SQLite from walking through every change in the order of servers.
const CHANGED_SINCE: &str =
    "SELECT guild_id, max(id) AS newest FROM setting_change WHERE id > $1 GROUP BY +guild_id";

/// At most `$1` changes with a channel in which they are still to be told, but for the channels in the JSON list `$2`.
const UNTOLD: &str = concat!(
    "SELECT setting_change.*, setting_untold.channel_id FROM setting_untold ",
    "JOIN setting_change ON setting_change.id = setting_untold.change_id ",
    "WHERE setting_untold.channel_id NOT IN (SELECT value FROM json_each($2)) ",
    "ORDER BY setting_untold.change_id, setting_untold.channel_id LIMIT $1",
);

#[async_trait]
impl SettingsStore for SqliteStore {
    async fn settings_of(
        &self,
        guild: GuildId,
        ids: &[u64],
    ) -> Result<Vec<KeptSettings>, StoreError> {
        let rows = settings_of(guild, ids)
            .build()
            .fetch_all(&self.readers)
            .await;
        let rows = rows.map_err(trouble)?;
        rows.iter()
            .map(kept)
            .collect::<Result<_, _>>()
            .map_err(not_readable)
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
        let mut query = changes_of(guild, id, before, limit);
        let rows = query.build().fetch_all(&self.readers).await;
        let rows = rows.map_err(trouble)?;
        rows.iter()
            .map(change)
            .collect::<Result<_, _>>()
            .map_err(trouble)
    }

    async fn changed_since(&self, after: ChangeId) -> Result<(ChangeId, Vec<GuildId>), StoreError> {
        let rows = sqlx::query(CHANGED_SINCE)
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

    async fn untold(&self, limit: u32, without: &[ChannelId]) -> Result<Vec<Untold>, StoreError> {
        let without: Vec<i64> = without.iter().map(|channel| signed(channel.0)).collect();
        let rows = sqlx::query(UNTOLD)
            .bind(i64::from(limit))
            .bind(serde_json::json!(without).to_string())
            .fetch_all(&self.readers)
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
            .execute(&self.writer)
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
        let mut transaction = self.begin().await?;
        forget(&mut transaction, (guild, id), by, at)
            .await
            .map_err(trouble)?;
        transaction.commit().await.map_err(trouble)
    }
}

fn settings_of(guild: GuildId, ids: &[u64]) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new("SELECT * FROM setting WHERE guild_id = ");
    query.push_bind(signed(guild.0)).push(" AND scope_id IN (");
    let mut each = query.separated(", ");
    for id in ids {
        each.push_bind(signed(*id));
    }
    query.push(")");
    query
}

fn changes_of(
    guild: GuildId,
    id: Option<u64>,
    before: Option<ChangeId>,
    limit: u32,
) -> QueryBuilder<Sqlite> {
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
    query
}

/// Takes back what is set in a scope. What cannot be read is logged as nothing, so that the log can be read.
async fn forget(
    connection: &mut SqliteConnection,
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
    .bind(&by.name)
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
    connection: &mut SqliteConnection,
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
    connection: &mut SqliteConnection,
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
    tell_in(connection, id, &new.told_in).await?;
    Ok(Saved::Done(id))
}

#[cfg(test)]
mod tests {
    use sqlx::{AssertSqlSafe, Execute as _};

    use super::*;
    use crate::conversation::ports::Store as _;
    use crate::ids::PersonId;
    use crate::search::scope::Level;

    async fn store() -> (SqliteStore, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("footnote.db")).await;
        (store.unwrap(), folder)
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_an_error_and_never_taken_for_nothing() {
        let (store, _folder) = store().await;
        let guild = GuildId(1);
        let alice = Person {
            id: PersonId(7),
            name: "Alice".to_owned(),
        };
        let after: Settings = serde_json::from_str(r#"{"mode":"academic"}"#).unwrap();
        let change = |scope: Scope, on: ChangeId| NewChange {
            scope,
            by: alice.clone(),
            at: Moment(1),
            on,
            after: after.clone(),
            told_in: vec![ChannelId(9)],
        };
        let server = change(Scope::server(guild), ChangeId::NONE);
        let Saved::Done(revision) = store.save_settings(&server).await.unwrap() else {
            panic!("nobody was faster")
        };
        for unreadable in [
            "UPDATE setting SET settings = '{\"colour\":\"red\"}'",
            "UPDATE setting SET settings = '{'",
            "UPDATE setting SET settings = '{}', level = 'galaxy'",
        ] {
            let damaged = sqlx::raw_sql(unreadable).execute(&store.writer).await;
            damaged.unwrap();
            let error = store.settings_of(guild, &[1, 2]).await.unwrap_err();
            assert!(!error.to_string().contains("colour"), "{error}");
            assert!(error.is_unreadable(), "{error}");
            // Nor is it written over by somebody who has not seen it.
            let next = change(Scope::server(guild), revision);
            assert!(store.save_settings(&next).await.is_err());
        }
        assert_eq!(store.changes(guild, None, None, 9).await.unwrap().len(), 1);
        // It can still be forgotten, and the log stays legible.
        sqlx::raw_sql("UPDATE setting SET settings = '{', level = 'server'")
            .execute(&store.writer)
            .await
            .unwrap();
        store
            .forget_settings(guild, 1, &alice, Moment(2))
            .await
            .unwrap();
        assert!(store.settings_of(guild, &[1]).await.unwrap().is_empty());
        assert_eq!(store.changes(guild, None, None, 9).await.unwrap().len(), 2);
        sqlx::raw_sql("UPDATE setting_change SET after = '[1]'")
            .execute(&store.writer)
            .await
            .unwrap();
        // A change that cannot be read is told as one, and holds no other back.
        let channel = Scope {
            guild,
            level: Level::Channel,
            id: 2,
        };
        let next = change(channel, ChangeId::NONE);
        assert!(matches!(
            store.save_settings(&next).await.unwrap(),
            Saved::Done(_)
        ));
        let log = store.changes(guild, None, None, 9).await.unwrap();
        let changed = log.iter().map(|change| change.after.fields().count());
        assert_eq!(changed.collect::<Vec<_>>(), [1, 0, 0]);
        assert_eq!(store.untold(9, &[]).await.unwrap().len(), 2);
        store.close().await;
    }

    #[tokio::test]
    async fn what_is_set_is_looked_up_and_never_searched_through() {
        let (store, _folder) = store().await;
        let guild = GuildId(1);
        let before = Some(ChangeId(9));
        let built = [
            settings_of(guild, &[1, 2, 3, 4]),
            changes_of(guild, None, None, 10),
            changes_of(guild, None, before, 10),
            changes_of(guild, Some(2), None, 10),
            changes_of(guild, Some(2), before, 10),
        ];
        let built = built.map(|mut query| query.build().sql().as_str().to_owned());
        let fixed = [CHANGED_SINCE, UNTOLD].map(str::to_owned);
        for read in built.into_iter().chain(fixed) {
            // A place that nothing is bound to is null, which is planned like any value.
            let explained = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {read}")));
            let steps = explained.fetch_all(&store.readers).await.unwrap();
            assert!(!steps.is_empty(), "{read}");
            for step in steps {
                let step: String = step.get("detail");
                // It holds nothing but what is still to be told.
                let pending = step == "SCAN setting_untold" || step.starts_with("SCAN json_each");
                assert!(pending || !step.starts_with("SCAN"), "{step}: {read}");
                let sorts = step.contains("TEMP B-TREE FOR ORDER BY");
                assert!(!sorts, "{step}: {read}");
            }
        }
    }
}
