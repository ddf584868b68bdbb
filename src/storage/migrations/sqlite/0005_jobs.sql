-- Durable work. Times are milliseconds since 1970.

CREATE TABLE job (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT, -- rises in the order in which jobs are made
    id          TEXT    NOT NULL UNIQUE,
    kind        TEXT    NOT NULL,                  -- research, retention
    question_id INTEGER REFERENCES question (id) ON DELETE CASCADE, -- the question that it is about
    lane        INTEGER,                           -- the line it stands in: a server or a direct conversation
    person_id   INTEGER,                           -- whose it is in that line
    state       TEXT    NOT NULL,                  -- waiting, ready, ended
    checkpoint  TEXT    NOT NULL,                  -- how far it is, in the words of its kind
    attempts    INTEGER NOT NULL DEFAULT 0,        -- how often it was claimed since it last came any further
    cancelled   INTEGER NOT NULL DEFAULT 0,        -- whether somebody wants it to end
    worker      TEXT,                              -- who works on it; none where nobody does
    lease_until INTEGER,                           -- from then on others may take it
    fence       INTEGER NOT NULL DEFAULT 0,        -- rises with every claim
    turn        INTEGER,                           -- rises with every turn that any job has; none where it had none
    turn_over   INTEGER NOT NULL DEFAULT 0,        -- whether others need not wait for what is left of it
    created_at  INTEGER NOT NULL,
    run_at      INTEGER NOT NULL,                  -- before this it is not worked on
    ended_at    INTEGER,
    CHECK ((lane IS NULL) = (person_id IS NULL)),
    CHECK (state <> 'waiting' OR lane IS NOT NULL),
    CHECK ((worker IS NULL) = (lease_until IS NULL))
) STRICT;

CREATE INDEX job_due ON job (run_at, seq) WHERE state = 'ready';
CREATE INDEX job_waiting ON job (kind, lane, person_id, seq) WHERE state = 'waiting';
CREATE INDEX job_having_its_turn ON job (kind, lane) WHERE state = 'ready' AND turn IS NOT NULL AND NOT turn_over;
CREATE INDEX job_open ON job (lane, kind, person_id) WHERE state <> 'ended';
CREATE INDEX job_ended ON job (ended_at) WHERE state = 'ended';
CREATE INDEX job_of_question ON job (question_id, seq) WHERE question_id IS NOT NULL;
CREATE INDEX job_of_worker ON job (worker) WHERE worker IS NOT NULL;
CREATE INDEX job_turn ON job (turn) WHERE turn IS NOT NULL;
CREATE INDEX job_last_turn ON job (kind, lane, person_id, turn) WHERE turn IS NOT NULL;
CREATE INDEX job_last_turn_of_lane ON job (kind, lane, turn) WHERE turn IS NOT NULL;
