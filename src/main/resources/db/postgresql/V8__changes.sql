-- Nodes hear of what is invalidated and of keys that change as soon as it is committed, whoever wrote it.
CREATE FUNCTION rentcache_tell_of_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('rentcache_changes', '');
    RETURN NULL;
END $$;
CREATE TRIGGER invalidations_are_told AFTER INSERT ON invalidations
    FOR EACH STATEMENT EXECUTE FUNCTION rentcache_tell_of_changes();
