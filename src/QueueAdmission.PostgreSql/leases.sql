-- The table of the leases. The store runs this script by itself unless CreateSchema is false.
-- For an account that may not create tables, run it as another one. Then grant the account its rights:
--   GRANT USAGE ON SCHEMA queue_admission TO shop;
--   GRANT SELECT, INSERT, UPDATE ON queue_admission.leases TO shop;
CREATE SCHEMA IF NOT EXISTS queue_admission;
CREATE TABLE IF NOT EXISTS queue_admission.leases (
    cluster text NOT NULL,
    queue text NOT NULL,
    version text NOT NULL,
    document bytea NOT NULL,
    -- How many signals there were, and the last one: for nodes that poll.
    signals bigint NOT NULL DEFAULT 0,
    signal text NOT NULL DEFAULT '',
    PRIMARY KEY (cluster, queue)
-- Room in the page for the next version of a row: each renewal writes one.
) WITH (fillfactor = 50);
