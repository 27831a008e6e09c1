-- The nodes that run on this database. Each says every few seconds that it is there; times are milliseconds since
-- 1970-01-01T00:00Z.
CREATE TABLE nodes (
    id          TEXT    PRIMARY KEY,                         -- new at each start
    name        TEXT    NOT NULL,
    version     TEXT    NOT NULL,
    host        TEXT    NOT NULL,
    started_at  INTEGER NOT NULL,
    last_seen   INTEGER NOT NULL,
    roles       TEXT    NOT NULL                             -- comma-separated
);
