//! All that the catalogs know of the extension's objects, as lines of text: two databases whose lines are the same have the
//! same extension.

use postgres::Client;

/// The members of the extension.
const MEMBERS: &str = "
    CREATE OR REPLACE TEMP VIEW members AS
    SELECT d.classid, d.objid,
           pg_catalog.pg_describe_object(d.classid, d.objid, 0) AS object
    FROM pg_extension e
    JOIN pg_depend d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
    WHERE e.extname = 'midi_pipeline'";

/// What is compared, with the query whose column of text says it.
const SUBJECTS: &[(&str, &str)] = &[
    ("members", "SELECT object FROM members"),
    ("version", "SELECT extversion FROM pg_extension WHERE extname = 'midi_pipeline'"),
    (
        "columns",
        "SELECT concat_ws(' ', m.object, a.attnum - (
                    SELECT count(*) FROM pg_attribute gone
                    WHERE gone.attrelid = a.attrelid AND gone.attisdropped AND gone.attnum BETWEEN 1 AND a.attnum),
                    a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
                    a.attstorage, a.attcompression, NULLIF(a.attstattarget, -1), a.attcollation::regcollation,
                    (SELECT array_agg(o) FROM unnest(a.attoptions) AS o WHERE o !~ '^pg_attver='),
                    pg_get_expr(d.adbin, d.adrelid))
         FROM members m
         JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
            OR m.classid = 'pg_type'::regclass AND c.reltype = m.objid
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum",
    ),
    (
        "relations",
        "SELECT concat_ws(' ', m.object, c.relkind, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity,
                    c.relreplident, c.reloptions, am.amname)
         FROM members m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
         LEFT JOIN pg_am am ON am.oid = c.relam",
    ),
    (
        "views",
        "SELECT concat_ws(' ', m.object, pg_get_viewdef(m.objid))
         FROM members m JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid AND c.relkind = 'v'",
    ),
    (
        "sequences",
        "SELECT concat_ws(' ', m.object, s.seqtypid::regtype, seqstart, seqincrement, seqmax, seqmin, seqcache, seqcycle)
         FROM members m JOIN pg_sequence s ON m.classid = 'pg_class'::regclass AND s.seqrelid = m.objid",
    ),
    (
        "constraints",
        "SELECT concat_ws(' ', m.object, c.conname, pg_get_constraintdef(c.oid), c.convalidated)
         FROM members m JOIN pg_constraint c ON m.classid = 'pg_class'::regclass AND c.conrelid = m.objid",
    ),
    (
        "triggers",
        "SELECT concat_ws(' ', m.object, pg_get_triggerdef(t.oid), t.tgenabled)
         FROM members m JOIN pg_trigger t ON m.classid = 'pg_class'::regclass AND t.tgrelid = m.objid
         WHERE NOT t.tgisinternal",
    ),
    (
        "policies",
        "SELECT concat_ws(' ', m.object, p.polname, p.polcmd, p.polpermissive, p.polroles::regrole[],
                    pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
         FROM members m JOIN pg_policy p ON m.classid = 'pg_class'::regclass AND p.polrelid = m.objid",
    ),
    (
        "indexes",
        "SELECT concat_ws(' ', pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisreplident, i.indisclustered,
                    obj_description(i.indexrelid, 'pg_class'),
                    (SELECT array_agg(s.attstattarget ORDER BY s.attnum) FROM pg_attribute s
                     WHERE s.attrelid = i.indexrelid AND s.attstattarget >= 0),
                    EXISTS (SELECT FROM members own WHERE own.classid = 'pg_class'::regclass AND own.objid = i.indexrelid))
         FROM members m JOIN pg_index i ON m.classid = 'pg_class'::regclass AND i.indrelid = m.objid",
    ),
    (
        "statistics",
        "SELECT concat_ws(' ', pg_get_statisticsobjdef(s.oid), s.stxstattarget,
                    EXISTS (SELECT FROM members own WHERE own.classid = 'pg_statistic_ext'::regclass AND own.objid = s.oid))
         FROM members m JOIN pg_statistic_ext s ON m.classid = 'pg_class'::regclass AND s.stxrelid = m.objid",
    ),
    (
        "functions",
        "SELECT concat_ws(' ', m.object, pg_get_functiondef(p.oid), p.proowner::regrole)
         FROM members m JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid AND p.prokind <> 'a'",
    ),
    (
        "aggregates",
        "SELECT concat_ws(' ', m.object, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid), p.proparallel,
                    a.aggkind, a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn,
                    a.aggtranstype::regtype, a.aggtransspace, a.aggfinalmodify, a.agginitval)
         FROM members m JOIN pg_aggregate a ON m.classid = 'pg_proc'::regclass AND a.aggfnoid = m.objid
         JOIN pg_proc p ON p.oid = m.objid",
    ),
    (
        "operators",
        "SELECT concat_ws(' ', m.object, o.oprcode, o.oprcom::regoperator, o.oprnegate::regoperator, o.oprrest,
                    o.oprjoin, o.oprcanmerge, o.oprcanhash, o.oprresult::regtype)
         FROM members m JOIN pg_operator o ON m.classid = 'pg_operator'::regclass AND o.oid = m.objid",
    ),
    (
        "operators of indexes",
        "SELECT concat_ws(' ', m.object, a.amopstrategy, a.amoppurpose, a.amopopr::regoperator, f.opfname)
         FROM members m JOIN pg_amop a ON m.classid = 'pg_opfamily'::regclass AND a.amopfamily = m.objid
         LEFT JOIN pg_opfamily f ON f.oid = a.amopsortfamily",
    ),
    (
        "functions of indexes",
        "SELECT concat_ws(' ', m.object, a.amprocnum, a.amproc)
         FROM members m JOIN pg_amproc a ON m.classid = 'pg_opfamily'::regclass AND a.amprocfamily = m.objid",
    ),
    (
        "classes of operators",
        "SELECT concat_ws(' ', m.object, c.opcintype::regtype, c.opcdefault, c.opckeytype::regtype)
         FROM members m JOIN pg_opclass c ON m.classid = 'pg_opclass'::regclass AND c.oid = m.objid",
    ),
    (
        "access methods",
        "SELECT concat_ws(' ', m.object, a.amhandler, a.amtype)
         FROM members m JOIN pg_am a ON m.classid = 'pg_am'::regclass AND a.oid = m.objid",
    ),
    (
        "casts",
        "SELECT concat_ws(' ', m.object, c.castfunc::regprocedure, c.castcontext, c.castmethod)
         FROM members m JOIN pg_cast c ON m.classid = 'pg_cast'::regclass AND c.oid = m.objid",
    ),
    (
        "comments",
        "SELECT concat_ws(' ', pg_describe_object(d.classoid, d.objoid, d.objsubid), d.description)
         FROM members m JOIN pg_description d ON d.classoid = m.classid AND d.objoid = m.objid
            OR m.classid = 'pg_type'::regclass AND d.classoid = 'pg_class'::regclass
                AND d.objoid = (SELECT typrelid FROM pg_type WHERE oid = m.objid)",
    ),
    (
        "privileges",
        "SELECT concat_ws(' ', m.object, c.relacl) FROM members m
         JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
         UNION ALL
         SELECT concat_ws(' ', m.object, a.attname, a.attacl) FROM members m
         JOIN pg_attribute a ON m.classid = 'pg_class'::regclass AND a.attrelid = m.objid AND a.attacl IS NOT NULL
         UNION ALL
         SELECT concat_ws(' ', m.object, ARRAY(
             SELECT r::text FROM unnest(COALESCE(p.proacl, acldefault('f', p.proowner))) AS r ORDER BY 1)) FROM members m
         JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
         UNION ALL
         SELECT concat_ws(' ', m.object, t.typacl) FROM members m
         JOIN pg_type t ON m.classid = 'pg_type'::regclass AND t.oid = m.objid
         UNION ALL
         SELECT concat_ws(' ', 'at the start', pg_describe_object(i.classoid, i.objoid, i.objsubid), i.initprivs)
         FROM members m JOIN pg_init_privs i ON i.classoid = m.classid AND i.objoid = m.objid
         LEFT JOIN pg_proc p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
         WHERE NOT COALESCE(i.initprivs @> acldefault('f', p.proowner) AND i.initprivs <@ acldefault('f', p.proowner), false)",
    ),
    (
        "dumped tables",
        "SELECT concat_ws(' ', t.oid::regclass, t.condition)
         FROM pg_extension e, unnest(e.extconfig, e.extcondition) AS t (oid, condition)
         WHERE e.extname = 'midi_pipeline'",
    ),
    (
        "dependencies",
        "SELECT DISTINCT concat_ws(' ', pg_describe_object(d.classid, d.objid, d.objsubid), 'needs',
                    pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid), d.deptype)
         FROM members m JOIN pg_depend d ON d.classid = m.classid AND d.objid = m.objid
            OR d.refclassid = m.classid AND d.refobjid = m.objid
         WHERE d.classid NOT IN ('pg_rewrite'::regclass)
         UNION
         SELECT concat_ws(' ', r.ev_class::regclass, 'reads',
                    pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid), d.deptype)
         FROM members m JOIN pg_rewrite r ON m.classid = 'pg_class'::regclass AND r.ev_class = m.objid
         JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid",
    ),
];

/// What the catalogs know of the extension, by subject, each sorted.
pub fn described(client: &mut Client) -> Vec<(&'static str, Vec<String>)> {
    client.batch_execute(MEMBERS).expect("a view");
    let mut lines = |sql: &str| {
        // The names of TOAST tables are numbers.
        let sql = format!(
            "SELECT line FROM ({sql}) AS t (line) WHERE line !~ 'pg_toast' ORDER BY line COLLATE \"C\""
        );
        client.query(&sql, &[]).expect(&sql).iter().map(|row| row.get(0)).collect()
    };
    SUBJECTS.iter().map(|&(subject, sql)| (subject, lines(sql))).collect()
}
