-- What is set in Discord, and every change of it; and what askers wish for one question. Times are milliseconds since 1970.

CREATE TABLE setting (
    guild_id INTEGER NOT NULL,
    scope_id INTEGER NOT NULL,              -- the server itself, a category, a channel or a thread
    level    TEXT    NOT NULL,              -- which of these: server, category, channel, thread
    settings TEXT    NOT NULL,              -- what is set there, as JSON; {} where all of it was taken back
    revision INTEGER NOT NULL,              -- the change that made it so
    PRIMARY KEY (guild_id, scope_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE setting_change (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id    INTEGER NOT NULL,
    scope_id    INTEGER NOT NULL,
    level       TEXT    NOT NULL,
    person_id   INTEGER NOT NULL,
    person_name TEXT    NOT NULL,
    changed_at  INTEGER NOT NULL,
    before      TEXT    NOT NULL,           -- the changed fields as they were, as JSON
    after       TEXT    NOT NULL            -- the same fields as they became
) STRICT;

CREATE INDEX setting_change_of_guild ON setting_change (guild_id, id);
CREATE INDEX setting_change_of_scope ON setting_change (guild_id, scope_id, id);

-- Where a change is still to be told.
CREATE TABLE setting_untold (
    change_id  INTEGER NOT NULL REFERENCES setting_change (id) ON DELETE CASCADE,
    channel_id INTEGER NOT NULL,
    PRIMARY KEY (change_id, channel_id)
) STRICT, WITHOUT ROWID;

ALTER TABLE question ADD COLUMN wish TEXT; -- as JSON; none where nothing was wished for

ALTER TABLE held_quote ADD COLUMN private INTEGER NOT NULL DEFAULT 0; -- whether others do not see the message
