//! The SQL statements of deferred indexes. They run with a `search_path` of their own. `@schema@` stands
//! for the extension's schema. Values from tables are put into statements with `format`, as identifiers
//! and literals. No statement contains a backslash, because its meaning depends on the session's
//! `standard_conforming_strings`.

/// Whether the role $1 has the rights of the owners of the library's tables, in the schema $2.
pub(super) const OWNS_TABLES: &str = "
    SELECT bool_and(pg_has_role($1, relowner, 'USAGE')) FROM pg_class
    WHERE relnamespace = $2 AND relname IN ('midi_files', 'musical_metadata', 'musical_search', 'midi_parts_library')";

/// The owners of the library's tables in the schema $1. For each, whether the current role has its
/// privileges, and whether the owner of `midi_index_profiles`, whose definitions are executed, has them too.
pub(crate) const OWNERS: &str = "
    SELECT t.relowner, pg_has_role(t.relowner, 'USAGE'),
           bool_and(v.relkind = 'v' AND pg_has_role(v.relowner, t.relowner, 'USAGE'))
    FROM pg_class t
    JOIN pg_class v ON v.relnamespace = t.relnamespace AND v.relname = 'midi_index_profiles'
    WHERE t.relnamespace = $1 AND t.relname IN ('midi_files', 'musical_metadata', 'musical_search', 'midi_parts_library')
    GROUP BY t.relowner
    ORDER BY t.relowner";

// Options are left out of the comparison, because they are stored and set again.
/// The indexes of the tables of the owner $1 that are defined as in `midi_index_profiles`: the statements
/// that drop them, and their settings.
pub(super) const INDEXES: &str = "
    SELECT format('DROP INDEX %I.%I', n.nspname, c.relname),
           jsonb_strip_nulls(jsonb_build_object(
               'name', c.relname,
               'tablespace', s.spcname,
               'options', c.reloptions,
               'statistics', (
                   SELECT jsonb_object_agg(a.attnum, a.attstattarget) FROM pg_attribute a
                   WHERE a.attrelid = c.oid AND a.attstattarget >= 0),
               'comment', obj_description(c.oid, 'pg_class')))
    FROM @schema@.midi_index_profiles p
    JOIN pg_class t ON t.oid = p.relation AND t.relowner = $1
    JOIN pg_namespace n ON n.oid = t.relnamespace
    JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = p.index_name
    JOIN pg_index i ON i.indexrelid = c.oid AND i.indrelid = t.oid
    LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
    WHERE i.indisvalid AND NOT i.indisunique AND NOT i.indisreplident AND NOT i.indisclustered
      AND regexp_replace(pg_get_indexdef(c.oid), ' WITH [(][^()]*[)](?=$| WHERE [(])', '')
        = regexp_replace(p.definition, ' WITH [(][^()]*[)](?=$| WHERE [(])', '')
    ORDER BY c.relname";

/// The settings of the indexes that the job $1 has dropped.
pub(super) const DEFERRED: &str =
    "SELECT deferred_indexes FROM @schema@.midi_import_jobs WHERE id = $1";

/// Those of the dropped indexes $2 that belong to tables of the owner $1 and do not exist: their names; the
/// extension that each needs, if that is not installed any more; the tablespace, if the owner may use it;
/// and the statements that recreate it.
pub(super) const REBUILD: &str = "
    SELECT p.index_name, CASE WHEN e.oid IS NULL THEN p.requires END,
           COALESCE(s.spcname, '')::text,
           ARRAY[p.definition]
           || CASE WHEN d ? 'comment' THEN ARRAY[
                  format('COMMENT ON INDEX %I.%I IS %L', n.nspname, p.index_name, d->>'comment')
              ] END
           || ARRAY(
               SELECT format('ALTER INDEX %I.%I SET (%I = %L)', n.nspname, p.index_name,
                             split_part(o, '=', 1), substr(o, strpos(o, '=') + 1))
               FROM jsonb_array_elements_text(COALESCE(d->'options', '[]')) AS o)
           || ARRAY(
               SELECT format('ALTER INDEX %I.%I ALTER COLUMN %s SET STATISTICS %s',
                             n.nspname, p.index_name, a.key::smallint, a.value::integer)
               FROM jsonb_each_text(COALESCE(d->'statistics', '{}')) AS a)
    FROM jsonb_array_elements($2) AS d
    JOIN @schema@.midi_index_profiles p ON p.index_name = d->>'name'
    JOIN pg_class t ON t.oid = p.relation AND t.relowner = $1
    JOIN pg_namespace n ON n.oid = t.relnamespace
    LEFT JOIN pg_extension e ON e.extname = p.requires
    LEFT JOIN pg_tablespace s ON s.spcname = d->>'tablespace'
        AND has_tablespace_privilege(t.relowner, s.oid, 'CREATE')
    WHERE NOT EXISTS (SELECT FROM pg_class c
                      WHERE c.relnamespace = n.oid AND c.relname = p.index_name)
    ORDER BY p.index_name";

/// Stores the settings $2 of the indexes that the job $1 has dropped; NULL after they are recreated.
pub(super) const DEFER: &str =
    "UPDATE @schema@.midi_import_jobs SET deferred_indexes = $2 WHERE id = $1";
