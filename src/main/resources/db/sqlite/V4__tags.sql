-- Answers are invalidated by parameters of their questions: those are looked through without a look at the bodies.
CREATE INDEX cache_entries_question ON cache_entries (question, cache_key);
