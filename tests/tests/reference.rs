//! `docs/reference.md`, `docs/columns.md` and `docs/tables.md` are written from the database's catalogs: functions, tables,
//! columns and settings, each with its comment. `UPDATE_DOCS=1` writes them again.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use midi_testkit::cluster::Cluster;
use postgres::{Client, Row};

/// What the test writes follows this line of a document.
const MARK: &str = "--test reference -->\n";

/// Which functions belong together, in the order of the document.
const FAMILIES: [(&str, &[&str]); 6] = [
    (
        "One piece of music",
        &[
            "midi_analyze",
            "midi_to_jsonb",
            "midi_notes",
            "midi_tracks",
            "midi_tempo_map",
            "midi_keys",
            "midi_chords",
            "midi_beats",
            "midi_sections",
            "midi_parts",
            "midi_melody",
            "midi_lyrics",
            "midi_events",
            "midi_piano_roll",
            "midi_page",
            "midi_features",
            "midi_feature_catalog",
            "midi_content",
        ],
    ),
    (
        "Files that are written",
        &[
            "midi_header",
            "midi_repair",
            "midi_convert",
            "midi_set_text",
            "midi_from_events",
            "midi_transpose",
            "midi_set_tempo",
            "midi_quantize",
            "midi_trim",
            "midi_split",
            "midi_keep_parts",
            "midi_merge",
            "midi_from_notes",
        ],
    ),
    (
        "Imports",
        &[
            "midi_import",
            "midi_catalog",
            "midi_reanalyze",
            "midi_import_start",
            "midi_deepen",
            "midi_import_wait",
            "midi_import_cancel",
            "midi_import_on_nodes",
            "midi_import_part",
            "midi_node_imports",
            "midi_forget",
            "midi_prune",
            "midi_schedule",
            "midi_unschedule",
        ],
    ),
    (
        "Search",
        &[
            "midi_search",
            "midi_search_count",
            "midi_search_sql",
            "midi_find_melody",
            "midi_find_progression",
            "midi_has_tune",
            "midi_has_progression",
            "midi_similar",
            "midi_similar_to",
            "midi_compatible",
            "midi_duplicate_pairs",
            "midi_duplicates_of",
            "midi_library_report",
        ],
    ),
    (
        "Administration",
        &[
            "midi_create_indexes",
            "midi_drop_indexes",
            "midi_distribute",
            "midi_tuning_advice",
            "midi_pipeline_version",
        ],
    ),
    (
        "Used by indexes, views, aggregates and triggers",
        &[
            "midi_words",
            "midi_words_query",
            "midi_damage",
            "midi_launcher",
            "midi_placements",
            "midi_progression_grams",
            "midi_progression_position",
            "midi_progression_runs",
            "midi_tune_grams",
            "midi_tune_support",
            "midi_distance",
            "midi_vectors_handler",
            "midi_postings_handler",
            "midi_fingerprint_similarity",
            "midi_fingerprint_bands",
            "midi_from_events_add",
            "midi_from_events_file",
            "midi_from_notes_add",
            "midi_from_notes_file",
            "midi_guard",
        ],
    ),
];

/// The relations by the document that has their columns, in its order.
const RELATIONS: [(&str, &[&str]); 2] = [
    (
        "columns.md",
        &[
            "midi_analysis",
            "midi_library",
            "midi_library_music",
            "midi_melody_index",
            "midi_harmony_index",
            "midi_library_tags",
            "midi_library_instruments",
            "midi_library_chord_types",
            "midi_files",
            "musical_metadata",
            "musical_search",
            "midi_contents",
            "midi_parts_library",
            "midi_duplicates",
            "midi_name_disagreements",
        ],
    ),
    (
        "tables.md",
        &[
            "midi_import_errors",
            "midi_pipeline_status",
            "midi_import_workers",
            "midi_import_progress",
            "midi_schedules",
            "midi_index_profiles",
            "midi_index_choice",
            "midi_distribution",
            "midi_import_jobs",
            "midi_import_states",
            "midi_import_chunks",
        ],
    ),
];

/// Name, signature, result and comment of each function.
const FUNCTIONS: &str = "
    SELECT proname::text, format('%s(%s)', proname, pg_get_function_arguments(p.oid)),
           pg_get_function_result(p.oid), obj_description(p.oid, 'pg_proc')
    FROM pg_proc p
    JOIN pg_depend d ON classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e'
    WHERE refobjid = (SELECT oid FROM pg_extension WHERE extname = 'midi_pipeline')
      AND proname LIKE 'midi%'
    ORDER BY proname, pg_get_function_arguments(p.oid) DESC";

/// Name, kind and comment of each relation and composite type.
const NAMES: &str = "
    SELECT c.relname::text, c.relkind::text,
           COALESCE(obj_description(c.oid, 'pg_class'), obj_description(c.reltype, 'pg_type'))
    FROM pg_class c
    JOIN pg_depend d ON refclassid = 'pg_extension'::regclass AND deptype = 'e'
     AND (classid = 'pg_class'::regclass AND objid = c.oid
          OR classid = 'pg_type'::regclass AND objid = c.reltype)
    WHERE c.relkind IN ('r', 'v', 'c')
      AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'midi_pipeline')";

/// Name, type and comment of each column of a relation, and whether it is the same in another.
const COLUMNS: &str = "
    SELECT a.attname::text, format_type(a.atttypid, a.atttypmod),
           col_description(a.attrelid, a.attnum),
           a.attrelid <> $2::text::regclass AND EXISTS (
               SELECT FROM pg_attribute b
               WHERE b.attrelid = $2::text::regclass AND b.attname = a.attname
                 AND col_description(b.attrelid, b.attnum) = col_description(a.attrelid, a.attnum))
    FROM pg_attribute a
    WHERE a.attrelid = $1::text::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum";

/// Name, value and descriptions of each setting, and who may set it.
const SETTINGS: &str = "
    SELECT name, current_setting(name), concat_ws(' ', short_desc, extra_desc),
           CASE context WHEN 'user' THEN 'everyone' WHEN 'superuser' THEN 'superusers'
                        WHEN 'sighup' THEN 'the server''s configuration' ELSE context END
    FROM pg_settings
    WHERE name LIKE 'midi_pipeline.%'
    ORDER BY name";

#[test]
fn the_reference_is_what_the_catalogs_say() {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    // The settings are defined when the library is loaded.
    client.execute("SELECT midi_pipeline_version()", &[]).expect("a version");
    let mut reference = String::from("\n## Functions\n");
    functions(&mut client, &mut reference);
    relations(&mut client, &mut reference);
    settings(&mut client, &mut reference);
    compare_or_write("reference.md", &reference);
    every_column_has_a_subject(&mut client);
}

/// The document groups the columns of an analysis by hand.
fn every_column_has_a_subject(client: &mut Client) {
    let document = fs::read_to_string(path("columns.md")).expect("columns.md");
    let (prose, _) = document.split_once(MARK).expect("the mark before the tables");
    for row in client.query(COLUMNS, &[&"midi_analysis", &"midi_analysis"]).expect("the columns") {
        let name: &str = row.get(0);
        assert!(prose.contains(&code(name)), "docs/columns.md has {name} under no subject");
    }
}

fn compare_or_write(name: &str, tables: &str) {
    let path = path(name);
    let document = fs::read_to_string(&path).expect(name);
    let (prose, _) = document.split_once(MARK).expect("the mark before the tables");
    let expected = [prose, MARK, tables].concat();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, expected).expect("a document can be written");
    } else {
        assert!(document == expected, "docs/{name} is out of date: run with UPDATE_DOCS=1");
    }
}

fn path(document: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(document)
}

fn functions(client: &mut Client, text: &mut String) {
    let rows = client.query(FUNCTIONS, &[]).expect("the functions");
    for row in &rows {
        let name: &str = row.get(0);
        let known = FAMILIES.iter().any(|(_, names)| names.contains(&name));
        assert!(known, "{name} belongs to no family: add it to this test");
    }
    for (family, names) in FAMILIES {
        write!(text, "\n### {family}\n\n| function | returns | |\n| --- | --- | --- |\n")
            .expect("a string takes all");
        for name in names {
            let forms: Vec<_> = rows.iter().filter(|row| row.get::<_, &str>(0) == *name).collect();
            assert!(!forms.is_empty(), "there is no function {name}");
            // Forms with the same result share a line.
            for forms in
                forms.chunk_by(|one, other| one.get::<_, &str>(2) == other.get::<_, &str>(2))
            {
                let signatures: Vec<String> = forms.iter().map(|row| code(row.get(1))).collect();
                let result = code(forms[0].get(2));
                line(text, &[&signatures.join("<br>"), &result, &comments(forms)]);
            }
        }
    }
}

/// The comments on the forms of a function: once of those that differ in what is given.
fn comments(forms: &[&Row]) -> String {
    let comments: Vec<&str> = forms.iter().map(|row| comment(row, 3)).collect();
    fn stem(text: &str) -> &str {
        text.split(", given ").next().unwrap_or(text)
    }
    let mut shown = Vec::new();
    for text in &comments {
        let is_shared = comments.iter().filter(|other| stem(other) == stem(text)).count() > 1;
        let text = if is_shared { stem(text) } else { text };
        if !shown.contains(&text) {
            shown.push(text);
        }
    }
    shown.join("<br>")
}

fn relations(client: &mut Client, reference: &mut String) {
    let rows = client.query(NAMES, &[]).expect("the relations");
    for row in &rows {
        let name: &str = row.get(0);
        let is_listed = RELATIONS.iter().any(|(_, names)| names.contains(&name));
        assert!(is_listed, "{name} is in no list: add it to this test");
    }
    reference.push_str(
        "\n## Tables and views\n\nTheir columns are in [columns.md](columns.md) and \
         [tables.md](tables.md).\n\n| name | kind | |\n| --- | --- | --- |\n",
    );
    for (document, names) in RELATIONS {
        let mut text = String::new();
        for name in names {
            let row = rows.iter().find(|row| row.get::<_, &str>(0) == *name);
            let row = row.unwrap_or_else(|| panic!("there is no relation {name}"));
            let kind = match row.get(1) {
                "r" => "table",
                "v" => "view",
                _ => "type",
            };
            line(reference, &[&format!("[`{name}`]({document}#{name})"), kind, comment(row, 2)]);
            let title = format!("\n## {name}\n\n{}.\n\n| column | type | |\n", comment(row, 2));
            text.push_str(&title);
            text.push_str("| --- | --- | --- |\n");
            columns(client, name, &mut text);
        }
        compare_or_write(document, &text);
    }
}

fn settings(client: &mut Client, text: &mut String) {
    text.push_str("\n## Settings\n\n| setting | default | set by | |\n| --- | --- | --- | --- |\n");
    for row in client.query(SETTINGS, &[]).expect("the settings") {
        line(text, &[&code(row.get(0)), row.get(1), row.get(3), row.get(2)]);
    }
}

fn columns(client: &mut Client, relation: &str, text: &mut String) {
    let mut shared = Vec::new();
    let other = if relation == "midi_library_music" { "midi_library" } else { "midi_analysis" };
    for row in client.query(COLUMNS, &[&relation, &other]).expect("the columns") {
        let [name, kind] = [0, 1].map(|column| code(row.get(column)));
        if row.get(3) {
            shared.push(name);
            continue;
        }
        line(text, &[&name, &kind, comment(&row, 2)]);
    }
    if !shared.is_empty() {
        writeln!(text, "\nAnd these columns of `{other}`: {}.", shared.join(", "))
            .expect("a string takes all");
    }
}

/// The comment on an object whose name is in the first column.
fn comment(row: &Row, column: usize) -> &str {
    let comment: Option<&str> = row.get(column);
    comment.unwrap_or_else(|| panic!("{} has no comment", row.get::<_, &str>(0)))
}

fn line(text: &mut String, cells: &[&str]) {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    writeln!(text, "| {} |", cells.join(" | ")).expect("a string takes all");
}

fn code(text: &str) -> String {
    format!("`{text}`")
}
