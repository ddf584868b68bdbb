-- What the run is called that a service behind this one answers the job with.
ALTER TABLE job ADD COLUMN run TEXT;
-- Whether that service is being asked to begin it. Nobody sees the job before it has.
ALTER TABLE job ADD COLUMN handing_over INTEGER NOT NULL DEFAULT 0;
