-- Conversations: where they live, and what goes on from what. Questions come by messages too, so that their table is made anew; what is
-- there already becomes conversations of one question each. Times are milliseconds since 1970.

CREATE TABLE conversation (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id      INTEGER,
    began_in      INTEGER NOT NULL,         -- the channel
    home_id       INTEGER UNIQUE,           -- the thread, forum post or direct conversation it lives in; none for a chain of replies
    starter_id    INTEGER NOT NULL,
    others_joined INTEGER NOT NULL DEFAULT 0,
    told          INTEGER NOT NULL DEFAULT 0 -- whether it was said there how to go on
) STRICT;

CREATE TABLE question_now (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id INTEGER NOT NULL REFERENCES conversation (id),
    parent_id       INTEGER REFERENCES question_now (id), -- the question whose answer it goes on from
    event_id        INTEGER NOT NULL UNIQUE,  -- the interaction or message that brought it; the same event twice is one question
    by_message      INTEGER NOT NULL,         -- whether the event is a message
    application_id  INTEGER,
    interaction_id  INTEGER,                  -- the interaction whose reply is written; a later one than the event when asked again
    reply_token     TEXT,                     -- lets its holder write the reply; dropped once the outcome is shown
    guild_id        INTEGER,
    channel_id      INTEGER NOT NULL,
    present         INTEGER NOT NULL,         -- whether the bot is there itself
    asker_id        INTEGER NOT NULL,
    asker_name      TEXT    NOT NULL,
    seen            INTEGER NOT NULL,         -- whether others see by themselves what was asked
    task            TEXT    NOT NULL,         -- answer, check
    text            TEXT    NOT NULL,
    edited_text     TEXT,                     -- what the asker made of it since
    quote_author    TEXT,                     -- the message it is about
    quote_text      TEXT,
    quote_channel   INTEGER,
    quote_message   INTEGER,
    asked_at        INTEGER NOT NULL,
    attempt         INTEGER NOT NULL DEFAULT 0, -- how often it was opened once more
    failure         TEXT,                     -- why there is no whole answer
    ended_at        INTEGER,                  -- when the outcome was recorded
    parts_shown     INTEGER NOT NULL DEFAULT 0, -- how many of its messages are out, while more are to come
    shown_at        INTEGER,                  -- when all of it could be seen
    undeliverable   INTEGER NOT NULL DEFAULT 0, -- nobody can be shown it
    withdrawn       INTEGER NOT NULL DEFAULT 0  -- the answer was taken away
) STRICT;

INSERT INTO conversation (id, guild_id, began_in, starter_id)
    SELECT id, guild_id, channel_id, asker_id FROM question;

INSERT INTO question_now (id, conversation_id, event_id, by_message, application_id, interaction_id, reply_token, guild_id, channel_id,
        present, asker_id, asker_name, seen, task, text, asked_at, failure, ended_at, parts_shown, shown_at, undeliverable)
    SELECT id, id, interaction_id, 0, application_id, interaction_id, reply_token, guild_id, channel_id,
        1, asker_id, '', 1, 'answer', text, asked_at, failure, ended_at, parts_shown, shown_at, shown_at IS NULL AND reply_token IS NULL
    FROM question;

CREATE TABLE answer_now (
    question_id       INTEGER PRIMARY KEY REFERENCES question_now (id) ON DELETE CASCADE,
    text              TEXT    NOT NULL,      -- with a failure beside it: as far as it came
    model             TEXT    NOT NULL,
    finish            TEXT    NOT NULL,
    prompt_tokens     INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    cost_usd          REAL,
    related           TEXT    NOT NULL DEFAULT '[]' -- questions one could ask next, as a JSON list of texts
) STRICT;

INSERT INTO answer_now (question_id, text, model, finish, prompt_tokens, completion_tokens, cost_usd)
    SELECT question_id, text, model, finish, prompt_tokens, completion_tokens, cost_usd FROM answer;

CREATE TABLE source_now (
    question_id  INTEGER NOT NULL REFERENCES question_now (id) ON DELETE CASCADE,
    number       INTEGER NOT NULL,           -- as [n] in the text names it
    title        TEXT    NOT NULL,
    url          TEXT    NOT NULL,
    date         TEXT,
    last_updated TEXT,
    snippet      TEXT    NOT NULL,
    PRIMARY KEY (question_id, number)
) STRICT, WITHOUT ROWID;

INSERT INTO source_now SELECT question_id, number, title, url, date, last_updated, snippet FROM source;

DROP TABLE source;
DROP TABLE answer;
DROP TABLE question;
ALTER TABLE question_now RENAME TO question;
ALTER TABLE answer_now RENAME TO answer;
ALTER TABLE source_now RENAME TO source;

CREATE INDEX question_unshown ON question (id) WHERE shown_at IS NULL AND undeliverable = 0;
CREATE INDEX question_withdrawn ON question (id) WHERE withdrawn = 1;
CREATE INDEX question_of_conversation ON question (conversation_id, id);
CREATE INDEX question_by_time ON question (asked_at, channel_id);

-- The messages in which an answer can be seen.
CREATE TABLE posted (
    message_id  INTEGER PRIMARY KEY,
    question_id INTEGER NOT NULL REFERENCES question (id) ON DELETE CASCADE,
    part        INTEGER NOT NULL,            -- which message of the answer, from 0
    channel_id  INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX posted_of_question ON posted (question_id, part);

-- Messages that somebody is writing a question about right now.
CREATE TABLE held_quote (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    author     TEXT    NOT NULL,
    text       TEXT    NOT NULL,
    channel_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    held_at    INTEGER NOT NULL
) STRICT;

-- Up to when everything that was said was heard: one row.
CREATE TABLE heard (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    until INTEGER NOT NULL
) STRICT;
