-- Version 2 adds what the import of jobs from a log in front of the store needs. Releases that use version 1 continue
-- to work. See jobs.sql for how to run the script and for the rights of the account. Grant the rights again, because
-- there are new tables.
-- The sources: the partitions of the log. A call that imports locks the row of its source, which never changes.
CREATE TABLE queue_admission.job_sources (
    number int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE
);

-- The position up to which each source has been imported. As with the counters, the row with the highest version
-- applies.
CREATE TABLE queue_admission.job_positions (
    source int NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (source, version)
);

-- The ids of imported duplicates, and the ids of the jobs to which they refer.
CREATE TABLE queue_admission.job_aliases (
    id uuid PRIMARY KEY,
    queue int NOT NULL,
    target uuid NOT NULL,
    -- The time by the clock of the server, in microseconds.
    made bigint NOT NULL
);

CREATE INDEX job_aliases_made ON queue_admission.job_aliases (queue, made);

CREATE FUNCTION queue_admission.job_position_2(p_source text) RETURNS bigint LANGUAGE plpgsql
SET search_path = queue_admission, pg_temp AS $$
BEGIN
    RETURN coalesce((
        SELECT p.position FROM job_sources s JOIN job_positions p ON p.source = s.number
        WHERE s.name = p_source ORDER BY p.version DESC LIMIT 1), -1);
END $$;

-- Stores jobs that follow a position of a source, and writes the next position. Does nothing if the source is meanwhile
-- at another position. The arguments from p_steps on are those of job_accept_1.
CREATE FUNCTION queue_admission.job_import_2(
    p_source text, p_position bigint, p_last bigint,
    p_steps int[], p_ids uuid[], p_queues text[], p_routes text[], p_payloads bytea[], p_accepted bigint[],
    p_limits bigint[], p_priorities smallint[], p_weights int[], p_sequences bytea[], p_keys bytea[], p_prints bytea[],
    p_channel text)
RETURNS TABLE (o_position bigint, o_is_done boolean) LANGUAGE plpgsql
SET search_path = queue_admission, pg_temp SET jit = off SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
DECLARE
    v_source int;
    v_version bigint;
    v_queue int;
    v_row record;
    v_place bigint;
    v_ended bigint;
BEGIN
    PERFORM job_begin_1();
    INSERT INTO job_sources (name) SELECT p_source WHERE NOT EXISTS (SELECT 1 FROM job_sources WHERE name = p_source)
    ON CONFLICT DO NOTHING;
    -- If two calls import from one source, the second waits here and then sees the position that the first has written.
    SELECT number INTO v_source FROM job_sources WHERE name = p_source FOR UPDATE;
    SELECT version, position INTO v_version, o_position FROM job_positions WHERE source = v_source
        ORDER BY version DESC LIMIT 1;
    o_position := coalesce(o_position, -1);
    o_is_done := o_position = p_position;
    IF NOT o_is_done THEN
        RETURN NEXT;
        RETURN;
    END IF;
    IF EXISTS (SELECT 1 FROM unnest(p_keys) k WHERE k IS NOT NULL) THEN
        -- An idempotency key that is used again for another payload creates a dead letter, which needs the lock of
        -- part 1. Locks are taken in the order of the parts: the call without jobs locks part 0, and the call with jobs
        -- may lock part 2 later.
        PERFORM job_accept_1('{}', '{}', p_queues, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', p_channel);
        PERFORM job_lock_1(1, ARRAY(SELECT number FROM job_queues WHERE name = ANY (p_queues)));
    END IF;
    FOR v_row IN
        SELECT o_number AS number, o_status AS status, o_id AS id FROM job_accept_1(
            p_steps, p_ids, p_queues, p_routes, p_payloads, p_accepted, p_limits, p_priorities, p_weights, p_sequences,
            p_keys, p_prints, p_channel)
        ORDER BY o_number
    LOOP
        CONTINUE WHEN v_row.id = p_ids[v_row.number];
        SELECT number INTO v_queue FROM job_queues WHERE name = p_queues[v_row.number];
        IF v_row.status = 2 THEN
            INSERT INTO job_aliases VALUES (p_ids[v_row.number], v_queue, v_row.id, job_clock_1())
                ON CONFLICT DO NOTHING;
            CONTINUE;
        END IF;
        -- The key was used for another payload. This job may already be stored, as a dead letter or in a later state.
        CONTINUE WHEN EXISTS (
            SELECT 1 FROM job_live WHERE id = p_ids[v_row.number]
            UNION ALL SELECT 1 FROM job_kept WHERE id = p_ids[v_row.number]
            UNION ALL SELECT 1 FROM job_finished WHERE id = p_ids[v_row.number]);
        INSERT INTO job_tails
        SELECT queue, version + 1, accepted + 1, place + 1 FROM job_tails WHERE queue = v_queue
            ORDER BY version DESC LIMIT 1
        RETURNING place INTO v_place;
        SELECT greatest(job_clock_1(), ended + 1) INTO v_ended FROM job_now WHERE queue = v_queue;
        INSERT INTO job_kept
        VALUES (p_ids[v_row.number], v_queue, v_place, p_priorities[v_row.number], 4, p_weights[v_row.number], 0, 0,
            v_ended,
            p_accepted[v_row.number], p_routes[v_row.number], p_sequences[v_row.number], NULL, p_prints[v_row.number],
            'key_reused', p_payloads[v_row.number]);
        PERFORM job_count_1(v_queue, 0, p_dead => 1, p_ended => v_ended);
    END LOOP;
    IF p_last > o_position THEN
        o_position := p_last;
        v_version := coalesce(v_version, 0) + 1;
        INSERT INTO job_positions VALUES (v_source, v_version, o_position);
        -- The lower bound keeps the scan away from deleted rows that PostgreSQL cannot remove yet.
        IF v_version % 256 = 0 THEN
            DELETE FROM job_positions WHERE source = v_source AND version BETWEEN v_version - 512 AND v_version - 64;
        END IF;
    END IF;
    RETURN NEXT;
END $$;

-- Returns the id of the job to which the id of a duplicate refers.
CREATE FUNCTION queue_admission.job_alias_2(p_id uuid) RETURNS uuid LANGUAGE plpgsql
SET search_path = queue_admission, pg_temp AS $$
BEGIN
    RETURN (SELECT target FROM job_aliases WHERE id = p_id);
END $$;

-- Like job_purge_1, and also removes the ids of duplicates whose job no longer exists.
CREATE FUNCTION queue_admission.job_purge_2(p_queue text, p_retention bigint, p_most int) RETURNS bigint
    LANGUAGE plpgsql
SET search_path = queue_admission, pg_temp SET jit = off SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_purged bigint;
BEGIN
    v_purged := job_purge_1(p_queue, p_retention, p_most);
    DELETE FROM job_aliases WHERE id IN (
        SELECT a.id FROM job_queues q JOIN job_aliases a ON a.queue = q.number
        WHERE q.name = p_queue AND a.made <= job_clock_1() - p_retention
            AND NOT EXISTS (SELECT 1 FROM job_live l WHERE l.id = a.target)
            AND NOT EXISTS (SELECT 1 FROM job_kept k WHERE k.id = a.target)
            AND NOT EXISTS (SELECT 1 FROM job_finished f WHERE f.id = a.target)
        ORDER BY a.made LIMIT p_most);
    RETURN v_purged;
END $$;

UPDATE queue_admission.job_store SET version = 2;

