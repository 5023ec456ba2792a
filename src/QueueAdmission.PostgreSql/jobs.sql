-- The tables and functions of deferred jobs, version 1. The store runs this script and jobs-2.sql itself unless
-- CreateSchema is false. If the account of the application may not create tables, run both scripts in this order with
-- another account. Then grant the account of the application (here: shop) its rights:
--   GRANT USAGE ON SCHEMA queue_admission TO shop;
--   GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA queue_admission TO shop;
--   GRANT USAGE ON ALL SEQUENCES IN SCHEMA queue_admission TO shop;
-- The functions run with the rights of the account that calls them.
-- The store splits this script at each semicolon that an empty line follows. No statement contains such a place.
CREATE SCHEMA IF NOT EXISTS queue_admission;

-- A single row. Releases that use a version from oldest to version can use these tables and functions.
CREATE TABLE queue_admission.job_store (
    one smallint PRIMARY KEY CHECK (one = 1),
    version int NOT NULL,
    oldest int NOT NULL
);

CREATE TABLE queue_admission.job_queues (
    number int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE
);

-- The rows that calls lock. They never change, so a long transaction elsewhere leaves no dead rows here.
-- Part 0: accepting. Part 1: everything after accepting. Part 2: sequences. A call locks by part, then by queue.
CREATE TABLE queue_admission.job_locks (
    queue int NOT NULL,
    part smallint NOT NULL,
    PRIMARY KEY (part, queue)
);

-- The counters. Each change inserts a new row, and the row with the highest version of a queue applies. Updates would
-- leave dead row versions, which each reader must scan while a long transaction elsewhere is open.
CREATE TABLE queue_admission.job_tails (
    queue int NOT NULL,
    version bigint NOT NULL,
    accepted bigint NOT NULL,
    -- The last place that was assigned to a job of the queue.
    place bigint NOT NULL,
    PRIMARY KEY (queue, version)
);

CREATE TABLE queue_admission.job_heads (
    queue int NOT NULL,
    version bigint NOT NULL,
    running bigint NOT NULL,
    done bigint NOT NULL,
    dead bigint NOT NULL,
    cancelled bigint NOT NULL,
    discarded bigint NOT NULL,
    -- For each priority, from low to critical: the last place in the table jobs that was claimed.
    cursors bigint[] NOT NULL,
    -- The latest end time of a job, in microseconds. Each job of the queue gets a different end time.
    ended bigint NOT NULL,
    -- Finished jobs with an end time up to this time are purged.
    purged bigint NOT NULL,
    -- Delayed jobs with a due time up to this time have become ready in job_kept.
    due bigint NOT NULL,
    PRIMARY KEY (queue, version)
);

-- Accepted jobs. Usually rows are only inserted, and are removed with their partition. Exceptions: a cancelled job is
-- deleted, job_unblock_1 moves a job to job_kept, and job_gather_1 moves rows to another partition.
-- A row represents a waiting job if its place is after the cursor of its priority, or if it is blocked.
CREATE TABLE queue_admission.jobs (
    slot smallint NOT NULL,
    queue int NOT NULL,
    place bigint NOT NULL,
    priority smallint NOT NULL,
    -- Whether the job waits for an earlier job of its sequence.
    blocked boolean NOT NULL,
    weight int NOT NULL,
    id uuid NOT NULL,
    -- The time by the clock of the accepting node, in ticks of UTC.
    accepted bigint NOT NULL,
    route text NOT NULL,
    sequence bytea,
    idempotency bytea,
    fingerprint bytea,
    payload bytea NOT NULL
) PARTITION BY LIST (slot);

CREATE INDEX jobs_id ON queue_admission.jobs (id);

CREATE INDEX jobs_turn ON queue_admission.jobs (queue, priority, place) WHERE NOT blocked;

CREATE INDEX jobs_sequence ON queue_admission.jobs (queue, sequence, place) WHERE sequence IS NOT NULL;

CREATE INDEX jobs_blocked ON queue_admission.jobs (queue, place) WHERE blocked;

CREATE INDEX jobs_idempotency ON queue_admission.jobs (queue, idempotency) WHERE idempotency IS NOT NULL;

-- Jobs that are done, cancelled or discarded. Rows are only inserted, and are removed with their partition.
-- (job_gather_1 moves rows to another partition.)
CREATE TABLE queue_admission.job_ends (
    slot smallint NOT NULL,
    queue int NOT NULL,
    ended bigint NOT NULL,
    -- The numbers of StoredJobState.
    state smallint NOT NULL,
    attempts int NOT NULL,
    id uuid NOT NULL,
    accepted bigint NOT NULL,
    route text NOT NULL,
    idempotency bytea,
    fingerprint bytea,
    reason text,
    result bytea
) PARTITION BY LIST (slot);

CREATE INDEX job_ends_id ON queue_admission.job_ends (id);

CREATE INDEX job_ends_ended ON queue_admission.job_ends (queue, ended);

CREATE INDEX job_ends_idempotency ON queue_admission.job_ends (queue, idempotency) WHERE idempotency IS NOT NULL;

-- The partitions form a ring: one is filled, and the others are truncated when none of their rows is needed.
DO $$
BEGIN
    FOR i IN 0..7 LOOP
        EXECUTE format(
            'CREATE TABLE queue_admission.jobs_%s PARTITION OF queue_admission.jobs FOR VALUES IN (%s)', i, i);
        EXECUTE format(
            'CREATE TABLE queue_admission.job_ends_%s PARTITION OF queue_admission.job_ends FOR VALUES IN (%s)', i, i);
    END LOOP;
END $$;

CREATE TABLE queue_admission.job_rings (
    name text PRIMARY KEY,
    slot smallint NOT NULL,
    -- The time at which filling of the slot began, in microseconds.
    taken bigint NOT NULL
);

INSERT INTO queue_admission.job_rings VALUES ('jobs', 0, 0), ('job_ends', 0, 0);

-- Jobs that wait again after a claim, jobs that their sequence no longer blocks, dead letters, and re-driven jobs.
CREATE TABLE queue_admission.job_kept (
    id uuid PRIMARY KEY,
    queue int NOT NULL,
    place bigint NOT NULL,
    priority smallint NOT NULL,
    -- 0 ready, 1 delayed, 2 blocked by its sequence, 3 running, 4 dead.
    state smallint NOT NULL,
    weight int NOT NULL,
    attempts int NOT NULL,
    due bigint NOT NULL,
    ended bigint NOT NULL,
    accepted bigint NOT NULL,
    route text NOT NULL,
    sequence bytea,
    idempotency bytea,
    fingerprint bytea,
    reason text,
    payload bytea NOT NULL
);

CREATE INDEX job_kept_ready ON queue_admission.job_kept (queue, priority, place) WHERE state = 0;

CREATE INDEX job_kept_delayed ON queue_admission.job_kept (queue, due) WHERE state = 1;

CREATE INDEX job_kept_waiting ON queue_admission.job_kept (queue, place) WHERE state <= 2;

CREATE INDEX job_kept_sequence ON queue_admission.job_kept (queue, sequence, place)
    WHERE sequence IS NOT NULL AND state <= 3;

CREATE INDEX job_kept_idempotency ON queue_admission.job_kept (queue, idempotency) WHERE idempotency IS NOT NULL;

CREATE INDEX job_kept_dead ON queue_admission.job_kept (queue, ended) WHERE state = 4;

CREATE INDEX job_kept_all_dead ON queue_admission.job_kept (ended) WHERE state = 4;

-- The running jobs. Each claim has a unique number, so an end that arrives too late finds no row.
CREATE TABLE queue_admission.job_claims (
    id uuid PRIMARY KEY,
    claim bigint NOT NULL,
    owner bigint NOT NULL,
    queue int NOT NULL,
    place bigint NOT NULL,
    priority smallint NOT NULL,
    -- The partition that contains the job. Null if the job is in job_kept.
    slot smallint,
    weight int NOT NULL,
    attempts int NOT NULL,
    accepted bigint NOT NULL,
    route text NOT NULL,
    sequence bytea,
    idempotency bytea,
    fingerprint bytea,
    reason text
);

CREATE SEQUENCE queue_admission.job_claim_numbers;

-- The nodes that may run jobs. Times are those of the server, in microseconds.
CREATE TABLE queue_admission.job_owners (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    node text NOT NULL UNIQUE,
    seen bigint NOT NULL,
    -- The time since which the node has renewed without a gap.
    since bigint NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE queue_admission.job_keys (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document text NOT NULL
);

-- The current counters of each queue.
CREATE VIEW queue_admission.job_now AS
    SELECT q.number AS queue, q.name, t.version AS tail, t.accepted, t.place,
        h.version AS head, h.running, h.done, h.dead, h.cancelled, h.discarded, h.cursors, h.ended, h.purged, h.due,
        t.accepted - h.running - h.done - h.dead - h.cancelled - h.discarded AS waiting
    FROM queue_admission.job_queues q
    CROSS JOIN LATERAL (
        SELECT * FROM queue_admission.job_tails t WHERE t.queue = q.number ORDER BY t.version DESC LIMIT 1) t
    CROSS JOIN LATERAL (
        SELECT * FROM queue_admission.job_heads h WHERE h.queue = q.number ORDER BY h.version DESC LIMIT 1) h;

-- The rows of the table jobs that represent a waiting job, or a running job that was claimed from this table.
CREATE VIEW queue_admission.job_live AS
    SELECT j.*, c.id IS NOT NULL AS is_running
    FROM queue_admission.jobs j
    CROSS JOIN LATERAL (
        SELECT h.cursors FROM queue_admission.job_heads h WHERE h.queue = j.queue ORDER BY h.version DESC LIMIT 1) h
    LEFT JOIN queue_admission.job_claims c ON c.id = j.id AND c.queue = j.queue AND c.place = j.place
        AND c.slot IS NOT NULL
    WHERE j.blocked OR j.place > h.cursors[j.priority + 2] OR c.id IS NOT NULL;

CREATE VIEW queue_admission.job_finished AS
    SELECT e.*
    FROM queue_admission.job_ends e
    CROSS JOIN LATERAL (
        SELECT h.purged FROM queue_admission.job_heads h WHERE h.queue = e.queue ORDER BY h.version DESC LIMIT 1) h
    WHERE e.ended > h.purged;

-- Each function that writes calls this first. Whatever the defaults of the account are, each statement must see all
-- that was committed before the function got its locks, and the commit must wait for the disk.
CREATE FUNCTION queue_admission.job_begin_1() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'the isolation is %, and deferred jobs need it to be read committed: '
            'ALTER ROLE % SET default_transaction_isolation = ''read committed''',
            current_setting('transaction_isolation'), current_user USING ERRCODE = '25001';
    END IF;
    IF current_setting('synchronous_commit') NOT IN ('on', 'remote_apply') THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
END $$;

-- Returns the current time. (now() is the start of the transaction, which may have waited for a lock since then.)
CREATE FUNCTION queue_admission.job_clock_1() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
$$;

CREATE FUNCTION queue_admission.job_lock_1(p_part int, p_queues int[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM job_locks WHERE part = p_part AND queue = ANY (p_queues) ORDER BY queue FOR UPDATE;
END $$;

-- Writes the next version of the counters of a queue. The caller has locked part 1.
CREATE FUNCTION queue_admission.job_count_1(
    p_queue int, p_running bigint, p_done bigint DEFAULT 0, p_dead bigint DEFAULT 0, p_cancelled bigint DEFAULT 0,
    p_discarded bigint DEFAULT 0, p_ended bigint DEFAULT 0, p_purged bigint DEFAULT 0, p_due bigint DEFAULT 0,
    p_cursors bigint[] DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_version bigint;
BEGIN
    INSERT INTO job_heads
    SELECT h.queue, h.version + 1, h.running + p_running, h.done + p_done, h.dead + p_dead, h.cancelled + p_cancelled,
        h.discarded + p_discarded, coalesce(p_cursors, h.cursors), greatest(h.ended, p_ended),
        greatest(h.purged, p_purged), greatest(h.due, p_due)
    FROM job_heads h WHERE h.queue = p_queue ORDER BY h.version DESC LIMIT 1
    RETURNING version INTO v_version;
    -- The lower bound keeps the scan away from deleted rows that PostgreSQL cannot remove yet.
    IF v_version % 256 = 0 THEN
        DELETE FROM job_heads WHERE queue = p_queue AND version BETWEEN v_version - 512 AND v_version - 64;
    END IF;
END $$;

-- Makes the next job of a sequence ready. The caller has locked parts 1 and 2. The job with the given place was the
-- first of its sequence, and no longer waits or runs.
CREATE FUNCTION queue_admission.job_unblock_1(p_queue int, p_sequence bytea, p_place bigint) RETURNS void
    LANGUAGE plpgsql AS $$
DECLARE
    v_new bigint;
    v_kept bigint;
BEGIN
    SELECT place INTO v_new FROM jobs
    WHERE queue = p_queue AND sequence = p_sequence AND place > p_place AND blocked ORDER BY place LIMIT 1;
    SELECT place INTO v_kept FROM job_kept
    WHERE queue = p_queue AND sequence = p_sequence AND place > p_place AND state = 2 ORDER BY place LIMIT 1;
    IF v_kept IS NOT NULL AND (v_new IS NULL OR v_kept < v_new) THEN
        UPDATE job_kept SET state = 0 WHERE queue = p_queue AND sequence = p_sequence AND place = v_kept AND state = 2;
    ELSIF v_new IS NOT NULL THEN
        WITH gone AS (
            DELETE FROM jobs WHERE queue = p_queue AND sequence = p_sequence AND place = v_new AND blocked RETURNING *)
        INSERT INTO job_kept
        SELECT id, queue, place, priority, 0, weight, 0, 0, 0, accepted, route, sequence, idempotency, fingerprint,
            NULL, payload
        FROM gone;
    END IF;
END $$;

-- Returns the running jobs of a removed owner to the waiting jobs. The jobs keep their places, and so remain the first
-- of their sequences.
CREATE FUNCTION queue_admission.job_release_1(p_owner bigint, p_attempts int, p_reason text) RETURNS bigint
    LANGUAGE plpgsql AS $$
DECLARE
    v_count record;
    v_total bigint := 0;
BEGIN
    PERFORM job_lock_1(1, ARRAY(SELECT DISTINCT queue FROM job_claims WHERE owner = p_owner));
    FOR v_count IN
        WITH hit AS (DELETE FROM job_claims WHERE owner = p_owner RETURNING *),
        again AS (
            UPDATE job_kept k SET state = 0, attempts = h.attempts + p_attempts, reason = coalesce(p_reason, h.reason)
            FROM (
                SELECT h.*, l.found FROM hit h CROSS JOIN LATERAL (
                    SELECT k.ctid AS found FROM job_kept k WHERE k.id = h.id OFFSET 0) l
                WHERE h.slot IS NULL) h
            WHERE k.ctid = h.found),
        fresh AS (
            INSERT INTO job_kept
            SELECT h.id, h.queue, h.place, h.priority, 0, h.weight, h.attempts + p_attempts, 0, 0, h.accepted, h.route,
                h.sequence, h.idempotency, h.fingerprint, coalesce(p_reason, h.reason), j.payload
            FROM hit h JOIN jobs j ON j.slot = h.slot AND j.queue = h.queue AND j.priority = h.priority
                AND j.place = h.place AND NOT j.blocked
            WHERE h.slot IS NOT NULL)
        SELECT queue, count(*) AS n FROM hit GROUP BY queue ORDER BY queue
    LOOP
        PERFORM job_count_1(v_count.queue, -v_count.n);
        v_total := v_total + v_count.n;
    END LOOP;
    RETURN v_total;
END $$;

-- Stores jobs, step by step. Within a step, all jobs of a queue have the same limit. The result has rows only for jobs
-- that were not accepted. The values of o_status are those of JobAcceptanceStatus.
CREATE FUNCTION queue_admission.job_accept_1(
    p_steps int[], p_ids uuid[], p_queues text[], p_routes text[], p_payloads bytea[], p_accepted bigint[],
    p_limits bigint[], p_priorities smallint[], p_weights int[], p_sequences bytea[], p_keys bytea[], p_prints bytea[],
    p_channel text)
RETURNS TABLE (o_number bigint, o_status smallint, o_id uuid) LANGUAGE plpgsql
SET search_path = queue_admission, pg_temp SET jit = off SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
DECLARE
    v_queues int[];
    v_slot smallint;
    v_last int;
    v_left bigint[];
    v_again bigint[];
    v_row record;
BEGIN
    PERFORM job_begin_1();
    WITH made AS (
        INSERT INTO job_queues (name)
        SELECT DISTINCT n FROM unnest(p_queues) n WHERE NOT EXISTS (SELECT 1 FROM job_queues q WHERE q.name = n)
        ORDER BY n ON CONFLICT DO NOTHING RETURNING number),
    locks AS (INSERT INTO job_locks SELECT number, part FROM made, generate_series(0, 2) part),
    tails AS (INSERT INTO job_tails SELECT number, 0, 0, 0 FROM made)
    INSERT INTO job_heads SELECT number, 0, 0, 0, 0, 0, 0, '{0,0,0,0}', 0, 0, 0 FROM made;
    v_queues := ARRAY(SELECT q.number FROM job_queues q WHERE q.name = ANY (p_queues));
    PERFORM job_lock_1(0, v_queues);
    IF EXISTS (SELECT 1 FROM unnest(p_sequences) s WHERE s IS NOT NULL) THEN
        PERFORM job_lock_1(2, v_queues);
    END IF;
    SELECT r.slot INTO v_slot FROM job_rings r WHERE r.name = 'jobs';
    SELECT max(s) INTO v_last FROM unnest(p_steps) s;
    FOR v_step IN 1..coalesce(v_last, 0) LOOP
        v_left := ARRAY(SELECT n FROM unnest(p_steps) WITH ORDINALITY AS u(s, n) WHERE s = v_step);
        WHILE cardinality(v_left) > 0 LOOP
        v_again := '{}';
        FOR v_row IN
        WITH counters AS MATERIALIZED (SELECT * FROM job_now WHERE queue = ANY (v_queues)),
        input AS MATERIALIZED (
            SELECT i.*, q.queue, q.waiting + q.running AS active, q.tail, q.accepted AS total, q.place
            FROM unnest(p_steps, p_ids, p_queues, p_routes, p_payloads, p_accepted, p_limits, p_priorities, p_weights,
                p_sequences, p_keys, p_prints)
                WITH ORDINALITY AS i(step, id, name, route, payload, accepted, most, priority, weight, sequence,
                    idempotency, fingerprint, number)
            JOIN counters q ON q.name = i.name
            WHERE i.number = ANY (v_left)),
        -- One statement, and so one snapshot, reads all tables that may contain a job. A job that moves meanwhile is
        -- therefore not missed.
        same AS MATERIALIZED (
            SELECT l.id FROM job_live l WHERE l.id = ANY (p_ids)
            UNION ALL SELECT k.id FROM job_kept k WHERE k.id = ANY (p_ids)
            UNION ALL SELECT f.id FROM job_finished f WHERE f.id = ANY (p_ids)),
        keyed AS MATERIALIZED (
            SELECT i.number, f.id, f.fingerprint IS NOT DISTINCT FROM i.fingerprint AS is_same FROM input i
            CROSS JOIN LATERAL (
                SELECT l.id, l.fingerprint FROM job_live l WHERE l.queue = i.queue AND l.idempotency = i.idempotency
                UNION ALL
                SELECT k.id, k.fingerprint FROM job_kept k WHERE k.queue = i.queue AND k.idempotency = i.idempotency
                UNION ALL
                SELECT e.id, e.fingerprint FROM job_finished e WHERE e.queue = i.queue AND e.idempotency = i.idempotency
                LIMIT 1) f
            WHERE i.idempotency IS NOT NULL),
        unknown AS MATERIALIZED (
            SELECT i.*,
                row_number() OVER (PARTITION BY i.id ORDER BY i.number) = 1
                AND (i.idempotency IS NULL
                    OR row_number() OVER (PARTITION BY i.queue, i.idempotency ORDER BY i.number) = 1) AS is_first
            FROM input i
            WHERE i.id NOT IN (SELECT s.id FROM same s) AND i.number NOT IN (SELECT k.number FROM keyed k)),
        fresh AS MATERIALIZED (
            SELECT u.*, row_number() OVER (PARTITION BY u.queue ORDER BY u.number) AS nth FROM unknown u
                WHERE u.is_first),
        stored AS (
            INSERT INTO jobs
            SELECT v_slot, f.queue, f.place + f.nth, f.priority,
                f.sequence IS NOT NULL AND (
                    row_number() OVER (PARTITION BY f.queue, f.sequence ORDER BY f.number) > 1
                    OR EXISTS (
                        SELECT 1 FROM job_kept k
                        WHERE k.queue = f.queue AND k.sequence = f.sequence AND k.state <= 3)
                    -- If the last accepted job of a sequence has ended, all its jobs in this table have ended.
                    OR EXISTS (
                        SELECT 1 FROM (
                            SELECT j.id, j.queue, j.place, j.blocked, j.priority FROM jobs j
                            WHERE j.queue = f.queue AND j.sequence = f.sequence ORDER BY j.place DESC LIMIT 1) j
                        JOIN job_now n ON n.queue = j.queue
                        WHERE j.blocked OR j.place > n.cursors[j.priority + 2] OR EXISTS (
                            SELECT 1 FROM job_claims c WHERE c.id = j.id AND c.queue = j.queue AND c.place = j.place))),
                f.weight, f.id, f.accepted, f.route, f.sequence, f.idempotency, f.fingerprint, f.payload
            FROM fresh f WHERE f.active + f.nth <= f.most ORDER BY f.number),
        counted AS (
            INSERT INTO job_tails
            SELECT f.queue, f.tail + 1, f.total + count(*), f.place + count(*) FROM fresh f
            WHERE f.active + f.nth <= f.most GROUP BY f.queue, f.tail, f.total, f.place)
        SELECT i.number, i.id, 2 AS status FROM input i
        WHERE i.number NOT IN (SELECT number FROM keyed) AND i.number NOT IN (SELECT number FROM unknown)
        UNION ALL
        SELECT k.number, k.id, CASE WHEN k.is_same THEN 2 ELSE 3 END FROM keyed k
        UNION ALL
        SELECT f.number, f.id, CASE WHEN f.active + f.nth <= f.most THEN 0 ELSE 1 END FROM fresh f
        UNION ALL
        -- The result depends on an earlier job of this call, so the job is looked at again in the next round.
        SELECT u.number, u.id, 9 FROM unknown u WHERE NOT u.is_first
        LOOP
            IF v_row.status = 9 THEN
                v_again := v_again || v_row.number;
            ELSIF v_row.status <> 0 THEN
                o_number := v_row.number;
                o_status := v_row.status;
                o_id := v_row.id;
                RETURN NEXT;
            END IF;
        END LOOP;
        v_left := v_again;
        END LOOP;
    END LOOP;
    DELETE FROM job_tails t USING job_now n
    WHERE n.queue = ANY (v_queues) AND n.tail % 256 = 0 AND t.queue = n.queue
        AND t.version BETWEEN n.tail - 512 AND n.tail - 64;
    PERFORM pg_notify(p_channel, '');
END $$;

-- Renews a node, and takes over the jobs of nodes that are gone. A node may declare others gone only after it has
-- itself renewed without a gap for p_limit. The reason: after an outage of the server, all nodes look as if they were
-- gone.
CREATE FUNCTION queue_admission.job_renew_1(p_node text, p_limit bigint, p_gap bigint, p_channel text) RETURNS bigint
    LANGUAGE plpgsql
SET search_path = queue_admission, pg_temp SET jit = off SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_now bigint;
    v_since bigint;
    v_owner bigint;
    v_total bigint := 0;
BEGIN
    PERFORM job_begin_1();
    v_now := job_clock_1();
    INSERT INTO job_owners AS o (node, seen, since) VALUES (p_node, v_now, v_now)
    ON CONFLICT (node) DO UPDATE
    SET seen = greatest(o.seen, v_now), since = CASE WHEN o.seen < v_now - p_gap THEN v_now ELSE o.since END
    RETURNING since INTO v_since;
    IF v_since <= v_now - p_limit THEN
        FOR v_owner IN SELECT number FROM job_owners WHERE seen < v_now - p_limit AND node <> p_node
            FOR UPDATE SKIP LOCKED LOOP
            DELETE FROM job_owners WHERE number = v_owner;
            v_total := v_total + job_release_1(v_owner, 1, 'The process that ran the job has ended.');
        END LOOP;
    END IF;
    IF v_total > 0 THEN
        PERFORM pg_notify(p_channel, '');
    END IF;
    RETURN v_total;
END $$;

CREATE FUNCTION queue_admission.job_resign_1(p_node text, p_channel text) RETURNS bigint LANGUAGE plpgsql
SET search_path = queue_admission, pg_temp SET jit = off SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_owner bigint;
    v_total bigint := 0;
BEGIN
    PERFORM job_begin_1();
    DELETE FROM job_owners WHERE node = p_node RETURNING number INTO v_owner;
    IF v_owner IS NOT NULL THEN
        v_total := job_release_1(v_owner, 0, NULL);
    END IF;
    IF v_total > 0 THEN
        PERFORM pg_notify(p_channel, '');
    END IF;
    RETURN v_total;
END $$;

-- First ends attempts, then claims jobs. The column o_what tells the kind of a row: 0 for the numbers of the ends that
-- took effect, 1 for a claimed job, 2 for the time until the next delayed job is due. The values of p_kinds are those
-- of JobEndKind.
-- The locks are held until the result has been sent. A node that is frozen reads nothing, so the result must fit into
-- the buffers of its connection. Only the first payloads are therefore sent, up to 48 KB. The others are null here, and
-- are read by job_payloads_1.
-- Rows of job_claims and job_kept are found one by one (which OFFSET 0 enforces), and then accessed by ctid. These
-- tables are nearly empty, so a join might scan a whole index instead. While a long transaction elsewhere is open, the
-- index keeps the entries of all earlier jobs, and each call would scan them. The ctids remain valid, because part 1 is
-- locked and so no row moves meanwhile.
CREATE FUNCTION queue_admission.job_advance_1(
    p_node text, p_ids uuid[], p_queues text[], p_claims bigint[], p_kinds smallint[], p_results bytea[],
    p_delays bigint[], p_reasons text[], p_wanted text[], p_most int[])
RETURNS TABLE (
    o_what smallint, o_number bigint, o_numbers bigint[], o_id uuid, o_queue text, o_route text, o_payload bytea,
    o_accepted bigint, o_priority smallint, o_weight int, o_attempts int) LANGUAGE plpgsql
SET search_path = queue_admission, pg_temp SET jit = off SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
DECLARE
    v_owner bigint;
    v_now bigint;
    v_slot smallint;
    v_queues int[];
    v_sequences int[];
    v_end record;
    v_want record;
    v_job record;
    v_cursors bigint[];
    v_left int;
    v_due bigint;
    v_rows bigint;
    v_bytes bigint := 0;
BEGIN
    PERFORM job_begin_1();
    -- A takeover deletes this row. Either the takeover waits until this call ends, or this call waits for the takeover.
    SELECT number INTO v_owner FROM job_owners WHERE node = p_node FOR KEY SHARE;
    v_queues := ARRAY(SELECT number FROM job_queues WHERE name = ANY (p_queues) OR name = ANY (p_wanted));
    PERFORM job_lock_1(1, v_queues);
    v_now := job_clock_1();
    IF cardinality(p_ids) > 0 THEN
        v_sequences := ARRAY(
            SELECT DISTINCT c.queue FROM job_claims c
            WHERE c.id = ANY (p_ids) AND c.sequence IS NOT NULL AND c.queue = ANY (v_queues));
        IF cardinality(v_sequences) > 0 THEN
            PERFORM job_lock_1(2, v_sequences);
        END IF;
        SELECT slot INTO v_slot FROM job_rings WHERE name = 'job_ends';
        FOR v_end IN
            WITH input AS MATERIALIZED (
                SELECT i.*, q.number AS queue
                FROM unnest(p_ids, p_queues, p_claims, p_kinds, p_results, p_delays, p_reasons)
                    WITH ORDINALITY AS i(id, name, claim, kind, result, delay, reason, number)
                JOIN job_queues q ON q.name = i.name),
            hit AS MATERIALIZED (
                DELETE FROM job_claims c USING (
                    SELECT i.*, l.found FROM input i CROSS JOIN LATERAL (
                        SELECT c.ctid AS found FROM job_claims c
                        WHERE c.id = i.id AND c.claim = i.claim AND c.queue = i.queue OFFSET 0) l) i
                WHERE c.ctid = i.found
                RETURNING c.*, i.kind, i.result, i.delay, i.reason AS new_reason, i.number),
            -- Jobs that end in one call get consecutive end times.
            over AS MATERIALIZED (
                SELECT h.*, n.due AS floor,
                    greatest(v_now, n.ended + 1) - 1
                        + count(*) FILTER (WHERE h.kind IN (0, 2))
                            OVER (PARTITION BY h.queue ORDER BY h.number) AS ended
                FROM hit h JOIN job_now n ON n.queue = h.queue),
            done AS (
                INSERT INTO job_ends
                SELECT v_slot, o.queue, o.ended, 2, o.attempts + 1, o.id, o.accepted, o.route, o.idempotency,
                    o.fingerprint, o.reason, o.result
                FROM over o WHERE o.kind = 0),
            gone AS (
                DELETE FROM job_kept
                    WHERE id = ANY (ARRAY(SELECT o.id FROM over o WHERE o.kind = 0 AND o.slot IS NULL))),
            again AS (
                UPDATE job_kept k
                SET state = CASE WHEN o.kind = 2 THEN 4 WHEN o.kind = 1 AND o.delay > 0 THEN 1 ELSE 0 END,
                    attempts = o.attempts + CASE WHEN o.kind = 3 THEN 0 ELSE 1 END,
                    due = CASE WHEN o.kind = 1 AND o.delay > 0 THEN greatest(v_now, o.floor) + o.delay ELSE 0 END,
                    ended = CASE WHEN o.kind = 2 THEN o.ended ELSE 0 END,
                    reason = coalesce(o.new_reason, o.reason)
                FROM (
                    SELECT o.*, l.found FROM over o CROSS JOIN LATERAL (
                        SELECT k.ctid AS found FROM job_kept k WHERE k.id = o.id OFFSET 0) l
                    WHERE o.kind <> 0 AND o.slot IS NULL) o
                WHERE k.ctid = o.found),
            kept AS (
                INSERT INTO job_kept
                SELECT o.id, o.queue, o.place, o.priority,
                    CASE WHEN o.kind = 2 THEN 4 WHEN o.kind = 1 AND o.delay > 0 THEN 1 ELSE 0 END,
                    o.weight, o.attempts + CASE WHEN o.kind = 3 THEN 0 ELSE 1 END,
                    CASE WHEN o.kind = 1 AND o.delay > 0 THEN greatest(v_now, o.floor) + o.delay ELSE 0 END,
                    CASE WHEN o.kind = 2 THEN o.ended ELSE 0 END,
                    o.accepted, o.route, o.sequence, o.idempotency, o.fingerprint, coalesce(o.new_reason, o.reason),
                    j.payload
                FROM over o
                JOIN jobs j ON j.slot = o.slot AND j.queue = o.queue AND j.priority = o.priority AND j.place = o.place
                    AND NOT j.blocked
                WHERE o.kind <> 0 AND o.slot IS NOT NULL)
            SELECT o.queue, count(*) AS n, count(*) FILTER (WHERE o.kind = 0) AS done,
                count(*) FILTER (WHERE o.kind = 2) AS dead,
                max(o.ended) FILTER (WHERE o.kind IN (0, 2)) AS ended, array_agg(o.number) AS numbers,
                array_agg(o.sequence) FILTER (WHERE o.sequence IS NOT NULL AND o.kind IN (0, 2)) AS sequences,
                array_agg(o.place) FILTER (WHERE o.sequence IS NOT NULL AND o.kind IN (0, 2)) AS places
            FROM over o GROUP BY o.queue ORDER BY o.queue
        LOOP
            PERFORM job_count_1(v_end.queue, -v_end.n, v_end.done, v_end.dead, p_ended => coalesce(v_end.ended, 0));
            PERFORM job_unblock_1(v_end.queue, s, p) FROM unnest(v_end.sequences, v_end.places) u(s, p);
            o_what := 0;
            o_numbers := v_end.numbers;
            RETURN NEXT;
        END LOOP;
    END IF;
    FOR v_want IN
        SELECT w.most, w.number, n.* FROM unnest(p_wanted, p_most) WITH ORDINALITY AS w(name, most, number)
        JOIN job_now n ON n.name = w.name ORDER BY w.number
    LOOP
        UPDATE job_kept SET state = 0, due = 0
        WHERE queue = v_want.queue AND state = 1 AND due > v_want.due AND due <= v_now;
        GET DIAGNOSTICS v_rows = ROW_COUNT;
        v_cursors := v_want.cursors;
        v_left := CASE WHEN v_owner IS NULL THEN 0 ELSE v_want.most END;
        FOR v_priority IN REVERSE 2..-1 LOOP
            EXIT WHEN v_left <= 0;
            FOR v_job IN
                WITH pick AS MATERIALIZED (
                    SELECT nextval('job_claim_numbers') AS claim, u.* FROM (
                        SELECT * FROM (
                            (SELECT k.place, k.id, NULL::smallint AS slot, k.weight, k.attempts, k.accepted, k.route,
                                k.sequence, k.idempotency, k.fingerprint, k.reason, k.payload
                            FROM job_kept k WHERE k.queue = v_want.queue AND k.state = 0 AND k.priority = v_priority
                            ORDER BY k.place LIMIT v_left)
                            UNION ALL
                            (SELECT j.place, j.id, j.slot, j.weight, 0, j.accepted, j.route,
                                j.sequence, j.idempotency, j.fingerprint, NULL::text, j.payload
                            FROM jobs j WHERE j.queue = v_want.queue AND j.priority = v_priority AND NOT j.blocked
                                AND j.place > v_cursors[v_priority + 2]
                            ORDER BY j.place LIMIT v_left)) x
                        ORDER BY place LIMIT v_left) u),
                marked AS (UPDATE job_kept SET state = 3
                    WHERE id = ANY (ARRAY(SELECT p.id FROM pick p WHERE p.slot IS NULL))),
                put AS (
                    INSERT INTO job_claims
                    SELECT p.id, p.claim, v_owner, v_want.queue, p.place, v_priority, p.slot, p.weight, p.attempts,
                        p.accepted, p.route,
                        p.sequence, p.idempotency, p.fingerprint, p.reason
                    FROM pick p)
                SELECT * FROM pick ORDER BY place
            LOOP
                v_left := v_left - 1;
                IF v_job.slot IS NOT NULL THEN
                    v_cursors[v_priority + 2] := v_job.place;
                END IF;
                o_what := 1;
                o_numbers := NULL;
                o_number := v_job.claim;
                o_id := v_job.id;
                o_queue := v_want.name;
                o_route := v_job.route;
                v_bytes := v_bytes + 100 + octet_length(v_job.payload);
                o_payload := CASE WHEN v_bytes <= 49152 THEN v_job.payload END;
                o_accepted := v_job.accepted;
                o_priority := v_priority;
                o_weight := v_job.weight;
                o_attempts := v_job.attempts + 1;
                RETURN NEXT;
            END LOOP;
        END LOOP;
        IF v_owner IS NOT NULL AND v_left < v_want.most THEN
            PERFORM job_count_1(
                v_want.queue, v_want.most - v_left, p_cursors => v_cursors,
                p_due => CASE WHEN v_rows > 0 THEN v_now ELSE 0 END);
        ELSIF v_rows > 0 THEN
            PERFORM job_count_1(v_want.queue, 0, p_due => v_now);
        END IF;
        SELECT k.due INTO v_due FROM job_kept k
            WHERE k.queue = v_want.queue AND k.state = 1 AND k.due > greatest(v_now, v_want.due)
            ORDER BY k.due LIMIT 1;
        IF FOUND THEN
            RETURN QUERY SELECT 2::smallint, v_due - v_now, NULL::bigint[], NULL::uuid, NULL::text, NULL::text,
                NULL::bytea, NULL::bigint, NULL::smallint, NULL::int, NULL::int;
        END IF;
    END LOOP;
END $$;

-- Returns the payloads of claimed jobs. A job whose claim was taken over meanwhile may have no row.
CREATE FUNCTION queue_admission.job_payloads_1(p_ids uuid[], p_claims bigint[])
RETURNS TABLE (o_id uuid, o_payload bytea) LANGUAGE plpgsql
SET search_path = queue_admission, pg_temp SET jit = off SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    RETURN QUERY
    SELECT c.id, coalesce(k.payload, j.payload) FROM unnest(p_ids, p_claims) i(id, claim)
    CROSS JOIN LATERAL (SELECT c.* FROM job_claims c WHERE c.id = i.id AND c.claim = i.claim OFFSET 0) c
    LEFT JOIN LATERAL (SELECT k.payload FROM job_kept k WHERE k.id = c.id AND c.slot IS NULL OFFSET 0) k ON true
    LEFT JOIN jobs j ON j.slot = c.slot AND j.queue = c.queue AND j.priority = c.priority AND j.place = c.place
        AND NOT j.blocked;
END $$;

-- Cancels a waiting job, or discards a dead letter.
CREATE FUNCTION queue_admission.job_remove_1(p_id uuid, p_is_dead boolean) RETURNS boolean LANGUAGE plpgsql
SET search_path = queue_admission, pg_temp SET jit = off SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_job record;
    v_queue int;
    v_ended bigint;
BEGIN
    PERFORM job_begin_1();
    SELECT queue INTO v_queue FROM (
        SELECT queue FROM job_kept WHERE id = p_id
        UNION ALL SELECT queue FROM job_live WHERE id = p_id AND NOT p_is_dead) q LIMIT 1;
    IF v_queue IS NULL THEN
        RETURN false;
    END IF;
    PERFORM job_lock_1(1, ARRAY[v_queue]);
    PERFORM job_lock_1(2, ARRAY[v_queue]);
    DELETE FROM job_kept WHERE id = p_id AND queue = v_queue AND CASE WHEN p_is_dead THEN state = 4 ELSE state <= 2 END
    RETURNING queue, place, state = 2 AS blocked, attempts, accepted, route, sequence, idempotency, fingerprint, reason
        INTO v_job;
    IF v_job IS NULL AND NOT p_is_dead THEN
        DELETE FROM jobs j USING job_live l
        WHERE l.id = p_id AND l.queue = v_queue AND NOT l.is_running
            AND j.slot = l.slot AND j.id = l.id AND j.queue = l.queue AND j.place = l.place
        RETURNING j.queue, j.place, j.blocked, 0 AS attempts, j.accepted, j.route, j.sequence, j.idempotency,
            j.fingerprint, NULL::text AS reason
        INTO v_job;
    END IF;
    IF v_job.queue IS NULL THEN
        RETURN false;
    END IF;
    SELECT greatest(job_clock_1(), ended + 1) INTO v_ended FROM job_now WHERE queue = v_queue;
    INSERT INTO job_ends
    SELECT r.slot, v_job.queue, v_ended, CASE WHEN p_is_dead THEN 5 ELSE 4 END, v_job.attempts, p_id, v_job.accepted,
        v_job.route, v_job.idempotency, v_job.fingerprint, v_job.reason, NULL
    FROM job_rings r WHERE r.name = 'job_ends';
    IF p_is_dead THEN
        PERFORM job_count_1(v_queue, 0, p_dead => -1, p_discarded => 1, p_ended => v_ended);
    ELSE
        PERFORM job_count_1(v_queue, 0, p_cancelled => 1, p_ended => v_ended);
        IF v_job.sequence IS NOT NULL AND NOT v_job.blocked THEN
            PERFORM job_unblock_1(v_queue, v_job.sequence, v_job.place);
        END IF;
    END IF;
    RETURN true;
END $$;

CREATE FUNCTION queue_admission.job_redrive_1(p_id uuid, p_channel text) RETURNS boolean LANGUAGE plpgsql
SET search_path = queue_admission, pg_temp SET jit = off SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_job record;
    v_place bigint;
    v_is_blocked boolean;
BEGIN
    PERFORM job_begin_1();
    SELECT queue INTO v_job FROM job_kept WHERE id = p_id AND state = 4;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM job_lock_1(0, ARRAY[v_job.queue]);
    PERFORM job_lock_1(1, ARRAY[v_job.queue]);
    PERFORM job_lock_1(2, ARRAY[v_job.queue]);
    SELECT queue, sequence INTO v_job FROM job_kept WHERE id = p_id AND state = 4 AND queue = v_job.queue;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    v_is_blocked := v_job.sequence IS NOT NULL AND (
        EXISTS (SELECT 1 FROM job_kept WHERE queue = v_job.queue AND sequence = v_job.sequence AND state <= 3)
        OR EXISTS (SELECT 1 FROM job_live WHERE queue = v_job.queue AND sequence = v_job.sequence));
    INSERT INTO job_tails
    SELECT queue, version + 1, accepted, place + 1 FROM job_tails WHERE queue = v_job.queue
        ORDER BY version DESC LIMIT 1
    RETURNING place INTO v_place;
    UPDATE job_kept SET state = CASE WHEN v_is_blocked THEN 2 ELSE 0 END,
        place = v_place, attempts = 0, due = 0, ended = 0
    WHERE id = p_id;
    PERFORM job_count_1(v_job.queue, 0, p_dead => -1);
    PERFORM pg_notify(p_channel, '');
    RETURN true;
END $$;

CREATE FUNCTION queue_admission.job_add_key_1(p_document text) RETURNS void LANGUAGE plpgsql
SET search_path = queue_admission, pg_temp AS $$
BEGIN
    PERFORM job_begin_1();
    INSERT INTO job_keys (document) VALUES (p_document);
END $$;

-- Marks finished jobs as purged. Their rows are removed with their partition, see job_rotate_1.
CREATE FUNCTION queue_admission.job_purge_1(p_queue text, p_retention bigint, p_most int) RETURNS bigint
    LANGUAGE plpgsql
SET search_path = queue_admission, pg_temp SET jit = off SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_now record;
    v_found record;
BEGIN
    SELECT * INTO v_now FROM job_now WHERE name = p_queue;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    PERFORM job_begin_1();
    PERFORM job_lock_1(1, ARRAY[v_now.queue]);
    SELECT * INTO v_now FROM job_now WHERE name = p_queue;
    SELECT count(*) AS n, max(ended) AS last INTO v_found FROM (
        SELECT ended FROM job_ends
        WHERE queue = v_now.queue AND ended > v_now.purged
            AND ended <= greatest(job_clock_1(), v_now.ended) - p_retention
        ORDER BY ended LIMIT p_most) e;
    IF v_found.n > 0 THEN
        PERFORM job_count_1(v_now.queue, 0, p_purged => v_found.last);
    END IF;
    RETURN v_found.n;
END $$;

-- Truncates partitions of which no row is needed, and switches to an empty partition if the current one is full or old.
-- A partition cannot be truncated while a transaction that has read it is open. A later call then tries again.
CREATE FUNCTION queue_admission.job_rotate_1(p_full bigint, p_old bigint, p_few int) RETURNS void LANGUAGE plpgsql
SET search_path = queue_admission, pg_temp SET jit = off SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET lock_timeout = '50ms' AS $$
DECLARE
    v_ring record;
    v_sizes bigint[];
    v_size bigint;
    v_empty int;
    v_table text;
BEGIN
    PERFORM job_begin_1();
    FOR v_ring IN SELECT * FROM job_rings ORDER BY name FOR UPDATE SKIP LOCKED LOOP
        FOR v_slot IN 0..7 LOOP
            v_table := v_ring.name || '_' || v_slot;
            CONTINUE WHEN v_slot = v_ring.slot OR pg_relation_size(v_table::regclass) = 0
                OR job_is_needed_1(v_ring.name, v_slot);
            BEGIN
                EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', v_table);
                -- All earlier writes are now committed, and the lock prevents new writes.
                IF NOT job_is_needed_1(v_ring.name, v_slot) THEN
                    EXECUTE format('TRUNCATE %I', v_table);
                END IF;
            EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
                NULL;
            END;
        END LOOP;
        v_sizes := ARRAY(SELECT pg_relation_size((v_ring.name || '_' || i)::regclass) FROM generate_series(0, 7) i);
        v_size := v_sizes[v_ring.slot + 1];
        v_empty := array_position(v_sizes, 0::bigint) - 1;
        IF v_size > 0 AND v_empty IS NOT NULL AND (
            v_size >= greatest(p_full, (SELECT sum(s) FROM unnest(v_sizes) s) / 4)
            OR v_ring.taken < job_clock_1() - p_old AND (SELECT count(*) FROM unnest(v_sizes) s WHERE s > 0) < 4)
        THEN
            UPDATE job_rings SET slot = v_empty, taken = job_clock_1() WHERE name = v_ring.name;
        END IF;
        -- Otherwise, a queue that is paused or keeps its results for long would also keep the rows of all other queues.
        FOR v_slot IN 0..7 LOOP
            IF v_slot <> v_ring.slot AND v_sizes[v_slot + 1] > 0
                AND (v_sizes[v_slot + 1] >= p_full OR v_empty IS NULL) THEN
                PERFORM job_gather_1(v_ring.name, v_slot, v_sizes[v_slot + 1], p_few);
            END IF;
        END LOOP;
    END LOOP;
END $$;

-- Moves the rows that are still needed from a partition in which most are not, to the current partition. The old
-- partition is truncated later.
CREATE FUNCTION queue_admission.job_gather_1(p_ring text, p_slot int, p_size bigint, p_few int) RETURNS void
    LANGUAGE plpgsql AS $$
DECLARE
    v_count bigint;
    v_size bigint;
    v_ids uuid[];
BEGIN
    SELECT count(*), sum(r.size + 150), (array_agg(r.id))[1:p_few] INTO v_count, v_size, v_ids
        FROM job_needed_1(p_ring, p_slot, 4 * p_few) r;
    IF v_count = 0 OR v_count >= 4 * p_few OR v_size > p_size / 8 THEN
        RETURN;
    END IF;
    PERFORM job_lock_1(1, ARRAY(SELECT number FROM job_queues));
    IF p_ring = 'jobs' THEN
        UPDATE jobs SET slot = (SELECT slot FROM job_rings WHERE name = p_ring)
        WHERE slot = p_slot
            AND id IN (SELECT r.id FROM job_needed_1(p_ring, p_slot, 4 * p_few) r WHERE r.id = ANY (v_ids));
    ELSE
        UPDATE job_ends SET slot = (SELECT slot FROM job_rings WHERE name = p_ring)
        WHERE slot = p_slot
            AND id IN (SELECT r.id FROM job_needed_1(p_ring, p_slot, 4 * p_few) r WHERE r.id = ANY (v_ids));
    END IF;
EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
    NULL;
END $$;

-- Returns the waiting jobs in a partition of jobs, or the results in a partition of job_ends that are not purged.
CREATE FUNCTION queue_admission.job_needed_1(p_ring text, p_slot int, p_most int) RETURNS TABLE (id uuid, size int)
    LANGUAGE plpgsql AS $$
BEGIN
    IF p_ring = 'job_ends' THEN
        RETURN QUERY
        SELECT e.id, e.size FROM job_now n CROSS JOIN LATERAL (
            SELECT e.id, coalesce(pg_column_size(e.result), 0) AS size FROM job_ends e
            WHERE e.slot = p_slot AND e.queue = n.queue AND e.ended > n.purged LIMIT p_most) e LIMIT p_most;
        RETURN;
    END IF;
    RETURN QUERY
    SELECT * FROM (
        SELECT j.id, j.size FROM job_now n CROSS JOIN generate_series(-1, 2) p CROSS JOIN LATERAL (
            SELECT j.id, pg_column_size(j.payload) AS size FROM jobs j
            WHERE j.slot = p_slot AND j.queue = n.queue AND NOT j.blocked AND j.priority = p
                AND j.place > n.cursors[p + 2] LIMIT p_most) j
        UNION ALL
        SELECT j.id, j.size FROM job_now n CROSS JOIN LATERAL (
            SELECT j.id, pg_column_size(j.payload) AS size FROM jobs j
            WHERE j.slot = p_slot AND j.queue = n.queue AND j.blocked LIMIT p_most) j) r
    LIMIT p_most;
END $$;

-- Returns whether a partition contains a row of a waiting or running job, or of a finished job that is not purged.
CREATE FUNCTION queue_admission.job_is_needed_1(p_ring text, p_slot int) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM job_needed_1(p_ring, p_slot, 1))
        OR p_ring = 'jobs' AND EXISTS (SELECT 1 FROM job_claims c WHERE c.slot = p_slot);
END $$;

CREATE FUNCTION queue_admission.job_find_1(p_id uuid, p_counted int)
RETURNS TABLE (
    o_queue text, o_route text, o_state smallint, o_accepted bigint, o_attempts int, o_reason text, o_ended bigint,
    o_body bytea, o_ahead bigint) LANGUAGE plpgsql
SET search_path = queue_admission, pg_temp SET jit = off SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_job record;
    v_now record;
    v_first bigint;
BEGIN
    -- One statement, and so one snapshot, reads all tables that may contain the job. A job that moves meanwhile is
    -- therefore found exactly once.
    SELECT u.*, n.name INTO v_job FROM (
        SELECT f.queue, f.route, f.state::int AS state, f.accepted, f.attempts, f.reason, f.ended, f.result AS body,
            0::bigint AS place
        FROM job_finished f WHERE f.id = p_id
        UNION ALL
        SELECT k.queue, k.route, CASE WHEN k.state <= 2 THEN 0 ELSE k.state - 2 + (k.state / 4) END,
            k.accepted, k.attempts, k.reason, k.ended, k.payload, k.place
        FROM job_kept k WHERE k.id = p_id
        UNION ALL
        SELECT l.queue, l.route, CASE WHEN l.is_running THEN 1 ELSE 0 END, l.accepted, 0, NULL, 0, l.payload, l.place
        FROM job_live l WHERE l.id = p_id) u
    JOIN job_queues n ON n.number = u.queue LIMIT 1;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    o_queue := v_job.name;
    o_route := v_job.route;
    o_state := v_job.state;
    o_accepted := v_job.accepted;
    o_attempts := v_job.attempts;
    o_reason := v_job.reason;
    o_ended := v_job.ended;
    o_body := v_job.body;
    IF v_job.state = 0 THEN
        SELECT * INTO v_now FROM job_now WHERE queue = v_job.queue;
        SELECT count(*), min(place) INTO o_ahead, v_first FROM (
            SELECT place FROM (
                SELECT j.place FROM generate_series(-1, 2) p CROSS JOIN LATERAL (
                    SELECT place FROM jobs
                    WHERE queue = v_job.queue AND NOT blocked AND priority = p
                        AND place > v_now.cursors[p + 2] AND place < v_job.place
                    ORDER BY place LIMIT p_counted) j
                UNION ALL
                (SELECT place FROM jobs WHERE queue = v_job.queue AND blocked AND place < v_job.place
                    ORDER BY place LIMIT p_counted)
                UNION ALL
                (SELECT place FROM job_kept WHERE queue = v_job.queue AND state <= 2 AND place < v_job.place
                    ORDER BY place LIMIT p_counted)) a
            LIMIT p_counted) a;
        IF o_ahead >= p_counted THEN
            -- A larger number is estimated from the places.
            o_ahead := least(greatest(v_job.place - v_first, o_ahead), greatest(o_ahead, v_now.waiting - 1));
        END IF;
    END IF;
    RETURN NEXT;
END $$;

CREATE FUNCTION queue_admission.job_counts_1()
RETURNS TABLE (
    o_queue text, o_accepted bigint, o_waiting bigint, o_running bigint, o_done bigint, o_dead bigint,
    o_cancelled bigint,
    o_discarded bigint, o_oldest bigint) LANGUAGE plpgsql
SET search_path = queue_admission, pg_temp SET jit = off SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    RETURN QUERY
    SELECT n.name, n.accepted, n.waiting, n.running, n.done, n.dead, n.cancelled, n.discarded, (
        SELECT w.accepted FROM (
            SELECT j.place, j.accepted FROM generate_series(-1, 2) p CROSS JOIN LATERAL (
                SELECT j.place, j.accepted FROM jobs j
                WHERE j.queue = n.queue AND NOT j.blocked AND j.priority = p
                    AND j.place > n.cursors[p + 2] ORDER BY j.place LIMIT 1) j
            UNION ALL
            (SELECT j.place, j.accepted FROM jobs j WHERE j.queue = n.queue AND j.blocked ORDER BY j.place LIMIT 1)
            UNION ALL
            (SELECT k.place, k.accepted FROM job_kept k WHERE k.queue = n.queue AND k.state <= 2
                ORDER BY k.place LIMIT 1)) w
        ORDER BY w.place LIMIT 1)
    FROM job_now n WHERE n.accepted > 0 ORDER BY n.queue;
END $$;

INSERT INTO queue_admission.job_store VALUES (1, 1, 1);

