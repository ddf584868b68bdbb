-- What an answer is shown with: the language around it, pictures, what its search was limited to, and how long it took.

ALTER TABLE question ADD COLUMN language TEXT NOT NULL DEFAULT 'en'; -- a two-letter code
ALTER TABLE question ADD COLUMN opened_at INTEGER;                   -- the last time; none where it was asked just once
ALTER TABLE answer ADD COLUMN images TEXT NOT NULL DEFAULT '[]';     -- as a JSON list
ALTER TABLE answer ADD COLUMN filters TEXT NOT NULL DEFAULT '{}';    -- as JSON
ALTER TABLE answer ADD COLUMN took_ms INTEGER NOT NULL DEFAULT 0;
