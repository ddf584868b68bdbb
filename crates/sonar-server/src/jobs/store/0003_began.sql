-- When the run of a job that a service behind this one answers was first looked at: it goes on while this server does not.
ALTER TABLE job ADD COLUMN run_began_at INTEGER;
UPDATE job SET run_began_at = started_at WHERE run IS NOT NULL;
