-- The schema of the embedded default. Times are milliseconds since 1970-01-01T00:00Z, money is micro-dollars.

CREATE TABLE api_keys (
    id                   INTEGER PRIMARY KEY AUTOINCREMENT,
    key_name             TEXT    NOT NULL,
    key_hash             TEXT    NOT NULL UNIQUE,            -- SHA-256, hex
    key_hint             TEXT    NOT NULL,                   -- the value's first characters, to tell keys apart
    previous_hash        TEXT,                               -- the value before the last rotation
    previous_expires_at  INTEGER,
    is_active            INTEGER NOT NULL DEFAULT 1,
    permissions          TEXT    NOT NULL DEFAULT 'read',    -- comma-separated
    daily_limit          INTEGER,                            -- null: none
    monthly_limit        INTEGER,
    global_rate          TEXT,                               -- null: the configured one
    endpoint_rates       TEXT    NOT NULL DEFAULT '{}',      -- JSON: endpoint -> rate
    daily_usage          INTEGER NOT NULL DEFAULT 0,
    usage_day            INTEGER NOT NULL DEFAULT 0,         -- the day that daily_usage counts
    monthly_usage        INTEGER NOT NULL DEFAULT 0,
    usage_month          INTEGER NOT NULL DEFAULT 0,
    created_at           INTEGER NOT NULL,
    expires_at           INTEGER,
    last_used            INTEGER
);
-- A name is taken while a key that bears it is active.
CREATE UNIQUE INDEX api_keys_active_name ON api_keys (key_name) WHERE is_active = 1;
CREATE INDEX api_keys_previous_hash ON api_keys (previous_hash) WHERE previous_hash IS NOT NULL;

CREATE TABLE cache_entries (
    cache_key       TEXT    PRIMARY KEY,                     -- SHA-256 of the question, hex
    endpoint        TEXT    NOT NULL,
    method          TEXT    NOT NULL DEFAULT 'GET',
    question        TEXT    NOT NULL,                        -- canonical JSON
    target          TEXT    NOT NULL,                        -- path and query as sent upstream
    status_code     INTEGER NOT NULL,
    headers         TEXT    NOT NULL,                        -- JSON: [[name, value], ...]
    etag            TEXT    NOT NULL,
    upstream_etag   TEXT,
    last_modified   TEXT,
    created_at      INTEGER NOT NULL,                        -- fetched or last confirmed
    initial_age_ms  INTEGER NOT NULL DEFAULT 0,
    expires_at      INTEGER NOT NULL,
    is_valid        INTEGER NOT NULL DEFAULT 1,
    invalidated_at  INTEGER,
    hit_count       INTEGER NOT NULL DEFAULT 0,
    last_accessed   INTEGER,
    body            BLOB    NOT NULL,                        -- the upstream's exact bytes
    body_gzip       BLOB
);
CREATE INDEX cache_entries_endpoint ON cache_entries (endpoint, expires_at);
CREATE INDEX cache_entries_expires_at ON cache_entries (expires_at);

CREATE VIEW cache_entries_json AS
SELECT cache_key, endpoint, question, target, status_code, created_at, expires_at, is_valid, hit_count, last_accessed,
       CASE WHEN json_valid(CAST(body AS TEXT)) THEN json(CAST(body AS TEXT)) END AS response_data
FROM cache_entries;

-- What was invalidated or revoked, in order: other processes on this file apply what they have not seen yet.
CREATE TABLE invalidations (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    scope      TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    undone_at  INTEGER
);

CREATE TABLE usage_stats (
    id                INTEGER PRIMARY KEY,
    api_key_id        INTEGER NOT NULL,
    endpoint          TEXT    NOT NULL,
    method            TEXT    NOT NULL,
    status_code       INTEGER NOT NULL,
    response_time_us  INTEGER NOT NULL,
    cache_result      TEXT    NOT NULL,
    cost_micros       INTEGER NOT NULL,
    saved_micros      INTEGER NOT NULL,
    user_agent        TEXT,
    ip_address        TEXT,
    created_at        INTEGER NOT NULL
);
CREATE INDEX usage_stats_created_at ON usage_stats (created_at);
CREATE INDEX usage_stats_key ON usage_stats (api_key_id, created_at);

CREATE TABLE usage_rollup_hourly (
    hour              INTEGER NOT NULL,                      -- the hour's first millisecond
    api_key_id        INTEGER NOT NULL,
    endpoint          TEXT    NOT NULL,
    cache_result      TEXT    NOT NULL,
    requests          INTEGER NOT NULL,
    errors            INTEGER NOT NULL,                      -- answers with a status of 400 or more
    response_time_us  INTEGER NOT NULL,                      -- summed
    cost_micros       INTEGER NOT NULL,
    saved_micros      INTEGER NOT NULL,
    PRIMARY KEY (hour, api_key_id, endpoint, cache_result)
) WITHOUT ROWID;
