//! The SQL of deferred indexes. It runs with a `search_path` of its own; `@schema@` stands for the
//! extension's. What it reads from tables it puts into statements with `format`, as names and literals. No
//! backslash is in it: what that means is a matter of the session's `standard_conforming_strings`.

/// Whether the role $1 has the rights of the owners of the library's tables, in the schema $2.
pub(super) const OWNS_TABLES: &str = "
    SELECT bool_and(pg_has_role($1, relowner, 'USAGE')) FROM pg_class
    WHERE relnamespace = $2 AND relname IN ('midi_files', 'musical_metadata')";

/// The owners of the library's tables in the schema $1, and whether the owner of `midi_index_profiles`,
/// which says what is run, has the rights of each.
pub(super) const OWNERS: &str = "
    SELECT t.relowner, bool_and(v.relkind = 'v' AND pg_has_role(v.relowner, t.relowner, 'USAGE'))
    FROM pg_class t
    JOIN pg_class v ON v.relnamespace = t.relnamespace AND v.relname = 'midi_index_profiles'
    WHERE t.relnamespace = $1 AND t.relname IN ('midi_files', 'musical_metadata')
    GROUP BY t.relowner
    ORDER BY t.relowner";

// Options are compared with nothing: whatever they are, they are set again.
/// The indexes of the tables of the owner $1 that are as `midi_index_profiles` says: what drops them, and
/// what was set for them.
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

/// What is written down of the indexes that the job $1 has dropped.
pub(super) const DEFERRED: &str =
    "SELECT deferred_indexes FROM @schema@.midi_import_jobs WHERE id = $1";

/// Of the dropped indexes $2 those of the tables of the owner $1 that are not there: their names, the
/// extension that each needs, where that is gone, the tablespace, where the owner may use it, and what
/// makes it as it was.
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

/// Writes down the dropped indexes of the job $1, or that they are there.
pub(super) const DEFER: &str =
    "UPDATE @schema@.midi_import_jobs SET deferred_indexes = $2 WHERE id = $1";
