-- After a start the most used answers are loaded, in pages, without a look at the others.
CREATE INDEX cache_entries_most_used
    ON cache_entries (hit_count, COALESCE(last_accessed, created_at), cache_key) WHERE is_valid = 1;
