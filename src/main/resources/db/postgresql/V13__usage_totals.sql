-- The same sums without endpoints and keys: what most reports ask for, in a hundredth of the rows. They are written with the
-- others. Those of days and hours are made anew of the sums by hour, as those of days were before, at the first use.

CREATE TABLE usage_totals_minutely (LIKE usage_rollup_minutely INCLUDING DEFAULTS);
ALTER TABLE usage_totals_minutely
    DROP COLUMN api_key_id,
    DROP COLUMN endpoint,
    ADD PRIMARY KEY (minute, cache_result);
INSERT INTO usage_totals_minutely (minute, cache_result, requests, errors, response_time_us, cost_micros,
    saved_micros, paid_calls, uncached_calls, latency_00, latency_01, latency_02, latency_03, latency_04, latency_05,
    latency_06, latency_07, latency_08, latency_09, latency_10, latency_11, latency_12, latency_13, latency_14,
    latency_15, latency_16, latency_17)
SELECT minute, cache_result, SUM(requests), SUM(errors), SUM(response_time_us), SUM(cost_micros), SUM(saved_micros),
    SUM(paid_calls), SUM(uncached_calls), SUM(latency_00), SUM(latency_01), SUM(latency_02), SUM(latency_03),
    SUM(latency_04), SUM(latency_05), SUM(latency_06), SUM(latency_07), SUM(latency_08), SUM(latency_09),
    SUM(latency_10), SUM(latency_11), SUM(latency_12), SUM(latency_13), SUM(latency_14), SUM(latency_15),
    SUM(latency_16), SUM(latency_17) FROM usage_rollup_minutely GROUP BY minute, cache_result;

CREATE TABLE usage_totals_hourly (LIKE usage_rollup_hourly INCLUDING DEFAULTS);
ALTER TABLE usage_totals_hourly
    DROP COLUMN api_key_id,
    DROP COLUMN endpoint,
    ADD PRIMARY KEY (hour, cache_result);

CREATE TABLE usage_totals_daily (LIKE usage_rollup_daily INCLUDING DEFAULTS);
ALTER TABLE usage_totals_daily
    DROP COLUMN api_key_id,
    DROP COLUMN endpoint,
    ADD PRIMARY KEY (day, cache_result);

CREATE TABLE usage_keys_daily (LIKE usage_rollup_daily INCLUDING DEFAULTS);
ALTER TABLE usage_keys_daily
    DROP COLUMN endpoint,
    ADD PRIMARY KEY (day, cache_result, api_key_id);

UPDATE usage_coverage SET days_zone = '';
