-- What nodes that share this database and have no Redis may do together: each row is a place that is free again at
-- full_at, milliseconds since 1970-01-01T00:00Z by the database's clock, or a node that is there until then.
CREATE TABLE rate_limits (
    bucket  TEXT   PRIMARY KEY,
    full_at BIGINT NOT NULL
);
