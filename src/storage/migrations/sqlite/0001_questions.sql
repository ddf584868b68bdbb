-- Questions with how they ended. Times are milliseconds since 1970; ids of Discord's are stored as the signed twin of their bits.

CREATE TABLE question (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    interaction_id INTEGER NOT NULL UNIQUE,  -- the same event twice is one question
    application_id INTEGER NOT NULL,
    reply_token    TEXT,                     -- lets its holder write the reply; dropped once the outcome is shown
    guild_id       INTEGER,
    channel_id     INTEGER NOT NULL,
    asker_id       INTEGER NOT NULL,
    text           TEXT    NOT NULL,
    asked_at       INTEGER NOT NULL,
    failure        TEXT,                     -- why there is no whole answer
    ended_at       INTEGER,                  -- when the outcome was recorded
    parts_shown    INTEGER NOT NULL DEFAULT 0, -- how many of its messages are out, while more are to come
    shown_at       INTEGER                   -- when all of it could be seen
) STRICT;

CREATE INDEX question_unshown ON question (id) WHERE shown_at IS NULL;

CREATE TABLE answer (
    question_id       INTEGER PRIMARY KEY REFERENCES question (id) ON DELETE CASCADE,
    text              TEXT    NOT NULL,      -- with a failure beside it: as far as it came
    model             TEXT    NOT NULL,
    finish            TEXT    NOT NULL,
    prompt_tokens     INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    cost_usd          REAL
) STRICT;

CREATE TABLE source (
    question_id  INTEGER NOT NULL REFERENCES question (id) ON DELETE CASCADE,
    number       INTEGER NOT NULL,           -- as [n] in the text names it
    title        TEXT    NOT NULL,
    url          TEXT    NOT NULL,
    date         TEXT,
    last_updated TEXT,
    snippet      TEXT    NOT NULL,
    PRIMARY KEY (question_id, number)
) STRICT, WITHOUT ROWID;
