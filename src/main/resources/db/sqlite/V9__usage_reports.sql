-- Usage summed by minute, hour and day; the sums of one batch go into all three in one transaction, so they agree. The
-- calls are those that Rentcast bills: paid_calls were made for these answers, uncached_calls would have been made without
-- the cache. latency_00 to latency_17 count the answers by their time: up to 20 us, 40, 80, 160, 400 us, 1 ms, 3, 10, 30,
-- 100, 250, 500 ms, 1 s, 2, 5, 10, 30 s, and longer ones. The key comes last in the primary
-- keys of minutes and days: reports that are not by keys are summed in that order, and the rows need no sorting.
ALTER TABLE usage_rollup_hourly ADD COLUMN paid_calls INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_rollup_hourly ADD COLUMN uncached_calls INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_rollup_hourly ADD COLUMN latency_00 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_rollup_hourly ADD COLUMN latency_01 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_rollup_hourly ADD COLUMN latency_02 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_rollup_hourly ADD COLUMN latency_03 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_rollup_hourly ADD COLUMN latency_04 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_rollup_hourly ADD COLUMN latency_05 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_rollup_hourly ADD COLUMN latency_06 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_rollup_hourly ADD COLUMN latency_07 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_rollup_hourly ADD COLUMN latency_08 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_rollup_hourly ADD COLUMN latency_09 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_rollup_hourly ADD COLUMN latency_10 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_rollup_hourly ADD COLUMN latency_11 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_rollup_hourly ADD COLUMN latency_12 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_rollup_hourly ADD COLUMN latency_13 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_rollup_hourly ADD COLUMN latency_14 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_rollup_hourly ADD COLUMN latency_15 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_rollup_hourly ADD COLUMN latency_16 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_rollup_hourly ADD COLUMN latency_17 INTEGER NOT NULL DEFAULT 0;

-- What is there already: how many calls were billed follows from the money, for each cost the same; the greatest cost or
-- saving of one answer is the price of one call. A refresh would not have been made without the cache. How long single
-- answers took is not known.
WITH price AS (
    SELECT MAX(CASE WHEN cost_micros > saved_micros THEN cost_micros ELSE saved_micros END / requests) AS micros
    FROM usage_rollup_hourly WHERE requests > 0)
UPDATE usage_rollup_hourly SET
    paid_calls = cost_micros / (SELECT micros FROM price),
    uncached_calls = CASE WHEN cache_result = 'refreshed' THEN 0
                          ELSE (cost_micros + saved_micros) / (SELECT micros FROM price) END
WHERE (SELECT micros FROM price) > 0;

CREATE TABLE usage_rollup_minutely (
    minute            INTEGER NOT NULL,                      -- the minute's first millisecond
    api_key_id        INTEGER NOT NULL,
    endpoint          TEXT    NOT NULL,
    cache_result      TEXT    NOT NULL,
    requests          INTEGER NOT NULL,
    errors            INTEGER NOT NULL,
    response_time_us  INTEGER NOT NULL,
    cost_micros       INTEGER NOT NULL,
    saved_micros      INTEGER NOT NULL,
    paid_calls        INTEGER NOT NULL,
    uncached_calls    INTEGER NOT NULL,
    latency_00        INTEGER NOT NULL DEFAULT 0,
    latency_01        INTEGER NOT NULL DEFAULT 0,
    latency_02        INTEGER NOT NULL DEFAULT 0,
    latency_03        INTEGER NOT NULL DEFAULT 0,
    latency_04        INTEGER NOT NULL DEFAULT 0,
    latency_05        INTEGER NOT NULL DEFAULT 0,
    latency_06        INTEGER NOT NULL DEFAULT 0,
    latency_07        INTEGER NOT NULL DEFAULT 0,
    latency_08        INTEGER NOT NULL DEFAULT 0,
    latency_09        INTEGER NOT NULL DEFAULT 0,
    latency_10        INTEGER NOT NULL DEFAULT 0,
    latency_11        INTEGER NOT NULL DEFAULT 0,
    latency_12        INTEGER NOT NULL DEFAULT 0,
    latency_13        INTEGER NOT NULL DEFAULT 0,
    latency_14        INTEGER NOT NULL DEFAULT 0,
    latency_15        INTEGER NOT NULL DEFAULT 0,
    latency_16        INTEGER NOT NULL DEFAULT 0,
    latency_17        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (minute, endpoint, cache_result, api_key_id)
) WITHOUT ROWID;

CREATE TABLE usage_rollup_daily (
    day               INTEGER NOT NULL,                      -- the day's first millisecond, in the zone below
    api_key_id        INTEGER NOT NULL,
    endpoint          TEXT    NOT NULL,
    cache_result      TEXT    NOT NULL,
    requests          INTEGER NOT NULL,
    errors            INTEGER NOT NULL,
    response_time_us  INTEGER NOT NULL,
    cost_micros       INTEGER NOT NULL,
    saved_micros      INTEGER NOT NULL,
    paid_calls        INTEGER NOT NULL,
    uncached_calls    INTEGER NOT NULL,
    latency_00        INTEGER NOT NULL DEFAULT 0,
    latency_01        INTEGER NOT NULL DEFAULT 0,
    latency_02        INTEGER NOT NULL DEFAULT 0,
    latency_03        INTEGER NOT NULL DEFAULT 0,
    latency_04        INTEGER NOT NULL DEFAULT 0,
    latency_05        INTEGER NOT NULL DEFAULT 0,
    latency_06        INTEGER NOT NULL DEFAULT 0,
    latency_07        INTEGER NOT NULL DEFAULT 0,
    latency_08        INTEGER NOT NULL DEFAULT 0,
    latency_09        INTEGER NOT NULL DEFAULT 0,
    latency_10        INTEGER NOT NULL DEFAULT 0,
    latency_11        INTEGER NOT NULL DEFAULT 0,
    latency_12        INTEGER NOT NULL DEFAULT 0,
    latency_13        INTEGER NOT NULL DEFAULT 0,
    latency_14        INTEGER NOT NULL DEFAULT 0,
    latency_15        INTEGER NOT NULL DEFAULT 0,
    latency_16        INTEGER NOT NULL DEFAULT 0,
    latency_17        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (day, endpoint, cache_result, api_key_id)
) WITHOUT ROWID;

-- What the sums are good for: by which zone's days the daily ones go (empty: they have to be made anew of the hourly ones),
-- and from when on there are minutes.
CREATE TABLE usage_coverage (
    id             INTEGER PRIMARY KEY CHECK (id = 1),
    days_zone      TEXT    NOT NULL,
    minutes_since  INTEGER NOT NULL
);
INSERT INTO usage_coverage (id, days_zone, minutes_since)
SELECT 1, '', COALESCE(MAX(hour) + 3600000, 0) FROM usage_rollup_hourly;

-- Who is writing usage. Whoever stops in order takes its row away; one that stays and is not renewed any more is a crash.
CREATE TABLE usage_writers (
    writer      TEXT   PRIMARY KEY,
    started_at  INTEGER NOT NULL,
    written_at  INTEGER NOT NULL,
    beats       INTEGER NOT NULL                           -- grows while the writer lives
);

-- A kept row stands for as many answers as its weight says: itself and those like it that were not kept.
ALTER TABLE usage_stats ADD COLUMN weight INTEGER NOT NULL DEFAULT 1;
ALTER TABLE usage_stats ADD COLUMN tier TEXT;                -- near, redis or sql; null where none had the answer
ALTER TABLE usage_stats ADD COLUMN reason TEXT;              -- why it was refused; null where it was not
