-- The worker's schema. Running it again changes nothing, and several workers may run it at once.
BEGIN;
SELECT pg_advisory_xact_lock(hashtext('worker schema'));

-- One row per voter: the newest vote, by its stream id in Redis (stream_ms-stream_seq).
CREATE TABLE IF NOT EXISTS votes (
    voter uuid PRIMARY KEY,
    vote text NOT NULL CHECK (vote IN ('a', 'b')),
    release text NOT NULL,
    cast_at timestamptz NOT NULL,
    stream_ms bigint NOT NULL,
    stream_seq bigint NOT NULL
);

-- The one row that result reads instead of counting votes.
CREATE TABLE IF NOT EXISTS tally (
    one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row),
    a bigint NOT NULL CHECK (a >= 0),
    b bigint NOT NULL CHECK (b >= 0),
    updated_at timestamptz NOT NULL
);

-- Updates the tally as the last step of every change to votes. Writers lock the rows of their voters first, in
-- order, and this row last, so they never deadlock. Without a change, no lock is taken.
CREATE OR REPLACE FUNCTION tally_add(more_a bigint, more_b bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF more_a = 0 AND more_b = 0 THEN
        RETURN;
    END IF;
    UPDATE tally SET a = a + more_a, b = b + more_b, updated_at = clock_timestamp();
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the row of tally is missing: run the schema again to recount';
    END IF;
    PERFORM pg_notify('tally', '');
END $$;

CREATE OR REPLACE FUNCTION tally_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tally_add(count(*) FILTER (WHERE vote = 'a'), count(*) FILTER (WHERE vote = 'b')) FROM new_votes;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tally_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tally_add(
        coalesce(sum(one) FILTER (WHERE vote = 'a'), 0),
        coalesce(sum(one) FILTER (WHERE vote = 'b'), 0)
    ) FROM (SELECT vote, 1 AS one FROM new_votes UNION ALL SELECT vote, -1 FROM old_votes) AS changes;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tally_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tally_add(-count(*) FILTER (WHERE vote = 'a'), -count(*) FILTER (WHERE vote = 'b')) FROM old_votes;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION tally_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tally_add(-a, -b) FROM tally;
    RETURN NULL;
END $$;

-- CREATE TRIGGER locks the table against other writers until COMMIT, so the count below is exact.
CREATE OR REPLACE TRIGGER tally_insert AFTER INSERT ON votes
    REFERENCING NEW TABLE AS new_votes FOR EACH STATEMENT EXECUTE FUNCTION tally_insert();
CREATE OR REPLACE TRIGGER tally_update AFTER UPDATE ON votes
    REFERENCING NEW TABLE AS new_votes OLD TABLE AS old_votes FOR EACH STATEMENT EXECUTE FUNCTION tally_update();
CREATE OR REPLACE TRIGGER tally_delete AFTER DELETE ON votes
    REFERENCING OLD TABLE AS old_votes FOR EACH STATEMENT EXECUTE FUNCTION tally_delete();
CREATE OR REPLACE TRIGGER tally_truncate AFTER TRUNCATE ON votes
    FOR EACH STATEMENT EXECUTE FUNCTION tally_truncate();

DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM tally) THEN
        INSERT INTO tally (a, b, updated_at)
        SELECT count(*) FILTER (WHERE vote = 'a'), count(*) FILTER (WHERE vote = 'b'), now() FROM votes;
    END IF;
END $$;
COMMIT;
