CREATE TABLE job (
    id TEXT NOT NULL PRIMARY KEY,
    -- Who may see it.
    owner TEXT NOT NULL,
    -- Its place among the jobs of its owner.
    number INTEGER NOT NULL,
    -- Whose turn it takes.
    lane TEXT NOT NULL,
    idempotency_key TEXT,
    model TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('CREATED', 'IN_PROGRESS', 'COMPLETED', 'FAILED')),
    -- How often it was begun.
    attempts INTEGER NOT NULL DEFAULT 0,
    -- Seconds since 1970.
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    completed_at INTEGER,
    failed_at INTEGER,
    expires_at INTEGER NOT NULL,
    error_message TEXT,
    engine TEXT,
    -- What is asked, until it has ended.
    request TEXT,
    response TEXT,
    UNIQUE (owner, number),
    CHECK ((status = 'COMPLETED') = (response IS NOT NULL AND completed_at IS NOT NULL)),
    CHECK ((status = 'FAILED') = (error_message IS NOT NULL AND failed_at IS NOT NULL)),
    CHECK ((status IN ('CREATED', 'IN_PROGRESS')) = (request IS NOT NULL)),
    CHECK ((status = 'CREATED') <= (started_at IS NULL))
) STRICT;

CREATE UNIQUE INDEX job_idempotency_key ON job (owner, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX job_waiting ON job (lane, number) WHERE status = 'CREATED';
CREATE INDEX job_running ON job (id) WHERE status = 'IN_PROGRESS';
CREATE INDEX job_expiry ON job (expires_at);
