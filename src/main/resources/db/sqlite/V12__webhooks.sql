-- Addresses that events are sent to. Times are milliseconds since 1970-01-01T00:00Z. No secret is kept: that of a webhook
-- follows from WEBHOOK_SECRET, its id and its generation.
CREATE TABLE webhooks (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    url                TEXT    NOT NULL,
    events             TEXT    NOT NULL,                      -- names, comma-separated
    paused             INTEGER NOT NULL DEFAULT 0,
    generation         INTEGER NOT NULL DEFAULT 1,
    former_until       INTEGER NOT NULL DEFAULT 0,            -- until when the former generation signs as well
    created_at         INTEGER NOT NULL,
    cursor             TEXT    NOT NULL,                      -- up to where events were delivered, or given up
    delivered          INTEGER NOT NULL DEFAULT 0,            -- events
    failures           INTEGER NOT NULL DEFAULT 0,            -- tries that failed of what is delivered next
    next_try_at        INTEGER NOT NULL DEFAULT 0,
    last_fault         TEXT,                                  -- why the last try failed; null where it did not
    last_delivered_at  INTEGER,
    leased_by          TEXT    NOT NULL DEFAULT '',           -- the node that delivers
    leased_until       INTEGER NOT NULL DEFAULT 0
);

-- What was given up.
CREATE TABLE webhook_dead (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook_id  INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    tries       INTEGER NOT NULL,
    fault       TEXT    NOT NULL,
    events      TEXT    NOT NULL,                             -- a JSON array
    wanted      INTEGER NOT NULL DEFAULT 0                    -- whether it is to be tried once more
);
CREATE INDEX webhook_dead_of_webhook ON webhook_dead (webhook_id, id);
