-- Events for other programs, in the order in which what they tell of was committed. A place is never given twice, so a
-- reader who comes back with one gets what followed.
CREATE SEQUENCE outbox_place;
CREATE TABLE outbox (
    place  BIGINT PRIMARY KEY DEFAULT nextval('outbox_place'),
    at     BIGINT NOT NULL,                                  -- when it happened, by its node's clock
    name   TEXT   NOT NULL,                                  -- cache.miss and so on
    event  TEXT   NOT NULL                                   -- JSON
);

-- Places are given under a lock that is held until the commit, so that a place never becomes visible after a higher one.
-- The trigger runs before the statement's first row, and so before its first place.
CREATE FUNCTION outbox_in_order() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('rentcache.outbox'));
    RETURN NULL;
END $$;
CREATE TRIGGER outbox_is_in_order BEFORE INSERT ON outbox
    FOR EACH STATEMENT EXECUTE FUNCTION outbox_in_order();

CREATE FUNCTION outbox_tell() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('rentcache_outbox', '');
    RETURN NULL;
END $$;
CREATE TRIGGER outbox_is_told AFTER INSERT ON outbox
    FOR EACH STATEMENT EXECUTE FUNCTION outbox_tell();

-- What cursors begin with, so that one of another database is known for what it is; and up to where events were deleted.
CREATE TABLE outbox_state (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    epoch    TEXT    NOT NULL,
    trimmed  BIGINT  NOT NULL
);
INSERT INTO outbox_state (id, epoch, trimmed)
VALUES (1, substr(md5(random()::text || clock_timestamp()::text), 1, 8), 0);

-- The event that tells of a change, and its cursor; null where events are not kept.
ALTER TABLE invalidations ADD COLUMN event TEXT, ADD COLUMN cursor TEXT;
