-- Has each view, function and table of the extension run code of their owner, as far as an owner can.
CREATE ROLE keeper;
CREATE SCHEMA trap AUTHORIZATION keeper;
CREATE FUNCTION trap.spring() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        RAISE EXCEPTION 'a superuser runs code of the owner';
    END IF;
    RETURN true;
END $$;
CREATE FUNCTION trap.on_write() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM trap.spring();
    RETURN NEW;
END $$;
DO $$
DECLARE
    own record;
BEGIN
    FOR own IN
        SELECT c.oid::regclass AS name, c.relkind, pg_get_viewdef(c.oid) AS definition
        FROM pg_class c
        JOIN pg_depend d ON d.objid = c.oid AND d.deptype = 'e' AND d.classid = 'pg_class'::regclass
        JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'midi_pipeline'
        WHERE c.relkind IN ('r', 'v')
    LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO keeper', own.name);
        IF own.relkind = 'v' THEN
            EXECUTE format('CREATE OR REPLACE VIEW %s AS SELECT v.* FROM trap.spring() t LEFT JOIN (%s) v ON t OFFSET 0',
                           own.name, rtrim(own.definition, ';'));
        ELSE
            EXECUTE format('CREATE TRIGGER trap BEFORE INSERT OR UPDATE OR DELETE ON %s
                            FOR EACH ROW EXECUTE FUNCTION trap.on_write()', own.name);
        END IF;
    END LOOP;
    FOR own IN
        SELECT p.proname AS name, p.proretset AS is_set, pg_get_function_arguments(p.oid) AS arguments,
               pg_get_function_result(p.oid) AS result
        FROM pg_proc p
        JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e' AND d.classid = 'pg_proc'::regclass
        JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'midi_pipeline'
        WHERE p.prokind = 'f' AND NOT 'internal'::regtype = ANY (p.proargtypes)
          AND p.prorettype <> ALL ('{internal,trigger,index_am_handler}'::regtype[])
    LOOP
        BEGIN
            EXECUTE format('CREATE OR REPLACE FUNCTION %I(%s) RETURNS %s LANGUAGE plpgsql AS
                            $f$ BEGIN PERFORM trap.spring(); RETURN %s; END $f$',
                           own.name, own.arguments, own.result, CASE WHEN NOT own.is_set THEN 'NULL' END);
        -- PL/pgSQL knows no argument that has the name of a column of the result.
        EXCEPTION WHEN invalid_function_definition THEN NULL;
        END;
    END LOOP;
END $$;
