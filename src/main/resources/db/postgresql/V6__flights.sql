-- Which upstream calls are under way. It is lost in a crash of the server, and may be: a flight is over in seconds.
CREATE UNLOGGED TABLE flights (
    cache_key  TEXT    PRIMARY KEY,
    fence      BIGINT  NOT NULL,
    phase      TEXT    NOT NULL,                             -- HELD, STORED, FAILED or GONE
    ends_at    BIGINT  NOT NULL,                             -- of the lease, or of the memory of the outcome
    failure    TEXT    NOT NULL
);
-- The fences of all keys: they grow also after a crash.
CREATE SEQUENCE flights_fence;
