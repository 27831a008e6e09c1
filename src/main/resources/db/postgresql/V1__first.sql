-- The schema on PostgreSQL. As in SQLite, times are milliseconds since 1970-01-01T00:00Z and money is micro-dollars, so
-- that one set of statements serves both; the views show times as times.

CREATE TABLE api_keys (
    id                   BIGINT   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key_name             TEXT     NOT NULL,
    key_hash             CHAR(64) NOT NULL UNIQUE,           -- SHA-256, hex
    key_hint             TEXT     NOT NULL,                  -- the value's first characters, to tell keys apart
    previous_hash        CHAR(64),                           -- the value before the last rotation
    previous_expires_at  BIGINT,
    is_active            SMALLINT NOT NULL DEFAULT 1,
    permissions          TEXT     NOT NULL DEFAULT 'read',   -- comma-separated
    daily_limit          BIGINT,                             -- null: none
    monthly_limit        BIGINT,
    global_rate          TEXT,                               -- null: the configured one
    endpoint_rates       TEXT     NOT NULL DEFAULT '{}',     -- JSON: endpoint -> rate
    daily_usage          BIGINT   NOT NULL DEFAULT 0,
    usage_day            BIGINT   NOT NULL DEFAULT 0,        -- the day that daily_usage counts
    monthly_usage        BIGINT   NOT NULL DEFAULT 0,
    usage_month          BIGINT   NOT NULL DEFAULT 0,
    created_at           BIGINT   NOT NULL,
    expires_at           BIGINT,
    last_used            BIGINT
);
-- A name is taken while a key that bears it is active.
CREATE UNIQUE INDEX api_keys_active_name ON api_keys (key_name) WHERE is_active = 1;
CREATE INDEX api_keys_previous_hash ON api_keys (previous_hash) WHERE previous_hash IS NOT NULL;

CREATE TABLE cache_entries (
    cache_key       CHAR(64) PRIMARY KEY,                    -- SHA-256 of the question, hex
    endpoint        TEXT     NOT NULL,
    method          TEXT     NOT NULL DEFAULT 'GET',
    question        TEXT     NOT NULL,                       -- canonical JSON
    target          TEXT     NOT NULL,                       -- path and query as sent upstream
    status_code     INTEGER  NOT NULL,
    headers         TEXT     NOT NULL,                       -- JSON: [[name, value], ...]
    etag            TEXT     NOT NULL,
    upstream_etag   TEXT,
    last_modified   TEXT,
    created_at      BIGINT   NOT NULL,                       -- fetched or last confirmed
    initial_age_ms  BIGINT   NOT NULL DEFAULT 0,
    expires_at      BIGINT   NOT NULL,
    is_valid        SMALLINT NOT NULL DEFAULT 1,
    invalidated_at  BIGINT,
    hit_count       BIGINT   NOT NULL DEFAULT 0,
    last_accessed   BIGINT,
    body            BYTEA    NOT NULL,                       -- the upstream's exact bytes
    body_gzip       BYTEA
);
CREATE INDEX cache_entries_endpoint ON cache_entries (endpoint, expires_at);
CREATE INDEX cache_entries_expires_at ON cache_entries (expires_at);

-- JSON where the bytes are JSON, else null: a view must not fail for one row.
CREATE FUNCTION json_or_null(bytes BYTEA) RETURNS JSONB LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN convert_from(bytes, 'UTF8')::jsonb;
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END $$;

CREATE VIEW cache_entries_json AS
SELECT cache_key, endpoint, question, target, status_code, to_timestamp(created_at / 1000.0) AS created_at,
       to_timestamp(expires_at / 1000.0) AS expires_at, is_valid, hit_count,
       to_timestamp(last_accessed / 1000.0) AS last_accessed, json_or_null(body) AS response_data
FROM cache_entries;

-- What was invalidated or revoked, in order: other processes apply what they have not seen yet. The numbers are given
-- under a lock that is held until the commit, so that a number never becomes visible after a higher one.
CREATE SEQUENCE invalidations_seq;
CREATE TABLE invalidations (
    seq        BIGINT PRIMARY KEY,
    scope      TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    undone_at  BIGINT
);
CREATE FUNCTION number_invalidation() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('rentcache.invalidations'));
    NEW.seq := nextval('invalidations_seq');
    RETURN NEW;
END $$;
CREATE TRIGGER invalidations_number BEFORE INSERT ON invalidations
    FOR EACH ROW EXECUTE FUNCTION number_invalidation();

CREATE TABLE usage_stats (
    id                BIGINT  GENERATED ALWAYS AS IDENTITY,
    api_key_id        BIGINT  NOT NULL,
    endpoint          TEXT    NOT NULL,
    method            TEXT    NOT NULL,
    status_code       INTEGER NOT NULL,
    response_time_us  BIGINT  NOT NULL,
    cache_result      TEXT    NOT NULL,
    cost_micros       BIGINT  NOT NULL,
    saved_micros      BIGINT  NOT NULL,
    user_agent        TEXT,
    ip_address        INET,
    created_at        BIGINT  NOT NULL,
    PRIMARY KEY (created_at, id)
) PARTITION BY RANGE (created_at);
CREATE INDEX usage_stats_key ON usage_stats (api_key_id, created_at);
-- What belongs to no month that was made ahead is not lost.
CREATE TABLE usage_stats_other PARTITION OF usage_stats DEFAULT;

-- Makes the partitions of this month and the next two, and drops those that ended before the oldest time to be kept.
CREATE FUNCTION keep_usage_stats(now_millis BIGINT, oldest_millis BIGINT) RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    month TIMESTAMP;
    name  TEXT;
    part  RECORD;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('rentcache.usage_stats'));
    FOR ahead IN 0..2 LOOP
        month := date_trunc('month', to_timestamp(now_millis / 1000.0) AT TIME ZONE 'UTC') + ahead * INTERVAL '1 month';
        name := 'usage_stats_' || to_char(month, 'YYYY_MM');
        IF to_regclass(name) IS NULL THEN
            BEGIN
                EXECUTE format('CREATE TABLE %I PARTITION OF usage_stats FOR VALUES FROM (%s) TO (%s)', name,
                    (EXTRACT(EPOCH FROM month) * 1000)::BIGINT,
                    (EXTRACT(EPOCH FROM month + INTERVAL '1 month') * 1000)::BIGINT);
            EXCEPTION WHEN check_violation THEN
                -- The month's first rows are among the others already, and stay there with the rest of them.
                NULL;
            END;
        END IF;
    END LOOP;
    FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = 'usage_stats'::regclass AND c.relname ~ '^usage_stats_[0-9]{4}_[0-9]{2}$' LOOP
        month := to_timestamp(substr(part.relname, 13), 'YYYY_MM') AT TIME ZONE current_setting('TimeZone');
        IF EXTRACT(EPOCH FROM month + INTERVAL '1 month') * 1000 <= oldest_millis THEN
            EXECUTE format('DROP TABLE %I', part.relname);
        END IF;
    END LOOP;
    DELETE FROM usage_stats_other WHERE created_at < oldest_millis;
END $$;

CREATE TABLE usage_rollup_hourly (
    hour              BIGINT NOT NULL,                       -- the hour's first millisecond
    api_key_id        BIGINT NOT NULL,
    endpoint          TEXT   NOT NULL,
    cache_result      TEXT   NOT NULL,
    requests          BIGINT NOT NULL,
    errors            BIGINT NOT NULL,                       -- answers with a status of 400 or more
    response_time_us  BIGINT NOT NULL,                       -- summed
    cost_micros       BIGINT NOT NULL,
    saved_micros      BIGINT NOT NULL,
    PRIMARY KEY (hour, api_key_id, endpoint, cache_result)
);
