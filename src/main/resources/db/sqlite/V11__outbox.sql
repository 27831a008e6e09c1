-- Events for other programs, in the order in which what they tell of was committed. A place is never given twice, so a
-- reader who comes back with one gets what followed.
CREATE TABLE outbox (
    place  INTEGER PRIMARY KEY AUTOINCREMENT,
    at     INTEGER NOT NULL,                                 -- when it happened, by its node's clock
    name   TEXT    NOT NULL,                                 -- cache.miss and so on
    event  TEXT    NOT NULL                                  -- JSON
);

-- What cursors begin with, so that one of another database is known for what it is; and up to where events were deleted.
CREATE TABLE outbox_state (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    epoch    TEXT    NOT NULL,
    trimmed  INTEGER NOT NULL
);
INSERT INTO outbox_state (id, epoch, trimmed) VALUES (1, lower(hex(randomblob(4))), 0);

-- The event that tells of a change, and its cursor; null where events are not kept.
ALTER TABLE invalidations ADD COLUMN event TEXT;
ALTER TABLE invalidations ADD COLUMN cursor TEXT;
