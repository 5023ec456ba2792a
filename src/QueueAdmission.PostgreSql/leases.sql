-- The table of the leases. The store runs this script itself unless CreateSchema is false.
-- If the account of the application may not create tables, run the script with another account.
-- Then grant the account of the application (here: shop) its rights:
--   GRANT USAGE ON SCHEMA queue_admission TO shop;
--   GRANT SELECT, INSERT, UPDATE ON queue_admission.leases TO shop;
CREATE SCHEMA IF NOT EXISTS queue_admission;
CREATE TABLE IF NOT EXISTS queue_admission.leases (
    cluster text NOT NULL,
    queue text NOT NULL,
    version text NOT NULL,
    document bytea NOT NULL,
    -- The number of signals so far, and the last signal. Nodes that poll read them.
    signals bigint NOT NULL DEFAULT 0,
    signal text NOT NULL DEFAULT '',
    PRIMARY KEY (cluster, queue)
-- Leaves room in each page for the next version of a row, because each renewal writes one.
) WITH (fillfactor = 50);
