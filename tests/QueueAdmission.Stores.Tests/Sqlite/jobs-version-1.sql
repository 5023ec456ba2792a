-- A file of version 1 with at least one job in each state. Do not change this script when the tables change.
CREATE TABLE queueadmission_job_store (
    one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL, owner TEXT,
    boot TEXT NOT NULL, clock INTEGER NOT NULL, seen INTEGER NOT NULL);
INSERT INTO queueadmission_job_store (one, version, boot, clock, seen) VALUES (1, 0, '', 0, 0);
CREATE TABLE queueadmission_job_queues (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, accepted INTEGER NOT NULL, waiting INTEGER NOT NULL,
    running INTEGER NOT NULL, done INTEGER NOT NULL, dead INTEGER NOT NULL, cancelled INTEGER NOT NULL,
    discarded INTEGER NOT NULL, place INTEGER NOT NULL);
CREATE TABLE queueadmission_jobs (
    number INTEGER PRIMARY KEY, id BLOB NOT NULL, queue INTEGER NOT NULL, state INTEGER NOT NULL,
    priority INTEGER NOT NULL, place INTEGER NOT NULL, weight INTEGER NOT NULL, attempts INTEGER NOT NULL,
    claims INTEGER NOT NULL, accepted INTEGER NOT NULL, due INTEGER NOT NULL, ended INTEGER NOT NULL,
    route TEXT NOT NULL, sequence BLOB, idempotency BLOB, fingerprint BLOB, reason TEXT);
CREATE TABLE queueadmission_job_bodies (number INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE queueadmission_job_keys (number INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT NOT NULL);
CREATE UNIQUE INDEX queueadmission_jobs_id ON queueadmission_jobs (id);
CREATE UNIQUE INDEX queueadmission_jobs_idempotency ON queueadmission_jobs (queue, idempotency)
    WHERE idempotency IS NOT NULL;
CREATE INDEX queueadmission_jobs_ready ON queueadmission_jobs (queue, priority DESC, place) WHERE state = 0;
CREATE INDEX queueadmission_jobs_delayed ON queueadmission_jobs (queue, due) WHERE state = 1;
CREATE INDEX queueadmission_jobs_waiting ON queueadmission_jobs (queue, place) WHERE state <= 2;
CREATE INDEX queueadmission_jobs_running ON queueadmission_jobs (queue) WHERE state = 3;
CREATE INDEX queueadmission_jobs_sequence ON queueadmission_jobs (queue, sequence, place)
    WHERE sequence IS NOT NULL AND state <= 3;
CREATE INDEX queueadmission_jobs_dead ON queueadmission_jobs (queue, ended) WHERE state = 4;
CREATE INDEX queueadmission_jobs_all_dead ON queueadmission_jobs (ended) WHERE state = 4;
CREATE INDEX queueadmission_jobs_finished ON queueadmission_jobs (queue, ended) WHERE state >= 5;
UPDATE queueadmission_job_store SET version = 1, owner = 'old', boot = 'an old boot', clock = 638000000000000000, seen = 638000000500000000;
INSERT INTO queueadmission_job_queues VALUES (1, 'posts', 9, 4, 1, 1, 1, 1, 1, 9);
INSERT INTO queueadmission_jobs VALUES (1, x'00000000000070008000000000000001', 1, 5, 0, 1, 1, 1, 1, 638000000000000000, 0, 638000000100000000, 'POST /posts', NULL, NULL, NULL, NULL);
INSERT INTO queueadmission_job_bodies VALUES (1, CAST('the result' AS BLOB));
INSERT INTO queueadmission_jobs VALUES (2, x'00000000000070008000000000000002', 1, 4, 0, 2, 1, 5, 5, 638000000000000000, 0, 638000000200000000, 'POST /posts', NULL, NULL, NULL, 'It is broken.');
INSERT INTO queueadmission_job_bodies VALUES (2, CAST('payload 2' AS BLOB));
INSERT INTO queueadmission_jobs VALUES (3, x'00000000000070008000000000000003', 1, 6, 0, 3, 1, 0, 0, 638000000000000000, 0, 638000000300000000, 'POST /posts', NULL, NULL, NULL, NULL);
INSERT INTO queueadmission_jobs VALUES (4, x'00000000000070008000000000000004', 1, 7, 0, 4, 1, 5, 5, 638000000000000000, 0, 638000000400000000, 'POST /posts', NULL, NULL, NULL, 'It is broken.');
INSERT INTO queueadmission_jobs VALUES (5, x'00000000000070008000000000000005', 1, 0, 0, 5, 1, 0, 0, 638000000000000000, 0, 0, 'POST /posts', NULL, NULL, NULL, NULL);
INSERT INTO queueadmission_job_bodies VALUES (5, CAST('payload 5' AS BLOB));
INSERT INTO queueadmission_jobs VALUES (6, x'00000000000070008000000000000006', 1, 3, 1, 6, 1, 0, 1, 638000000000000000, 0, 0, 'POST /posts', x'0a', NULL, NULL, NULL);
INSERT INTO queueadmission_job_bodies VALUES (6, CAST('payload 6' AS BLOB));
INSERT INTO queueadmission_jobs VALUES (7, x'00000000000070008000000000000007', 1, 2, 0, 7, 1, 0, 0, 638000000000000000, 0, 0, 'POST /posts', x'0a', NULL, NULL, NULL);
INSERT INTO queueadmission_job_bodies VALUES (7, CAST('payload 7' AS BLOB));
INSERT INTO queueadmission_jobs VALUES (8, x'00000000000070008000000000000008', 1, 1, 0, 8, 1, 1, 1, 638000000000000000, 9000000000000000000, 0, 'POST /posts', NULL, NULL, NULL, 'It failed.');
INSERT INTO queueadmission_job_bodies VALUES (8, CAST('payload 8' AS BLOB));
INSERT INTO queueadmission_jobs VALUES (9, x'00000000000070008000000000000009', 1, 2, 0, 9, 1, 0, 0, 638000000000000000, 0, 0, 'POST /posts', x'0a', NULL, NULL, NULL);
INSERT INTO queueadmission_job_bodies VALUES (9, CAST('payload 9' AS BLOB));
INSERT INTO queueadmission_job_keys (document) VALUES ('<key />');
