//! PostgreSQL extension: a music library in SQL.
//!
//! `functions` has the SQL functions, `import` imports files, `pg` wraps PostgreSQL's C interface, and the crate
//! `midi_analysis` analyzes the music. ARCHITECTURE.md describes how they fit together.

// An ErrorReport is pgrx's type, and large, but there is at most one in a call.
#![allow(clippy::result_large_err)]

#[cfg(not(panic = "unwind"))]
compile_error!("an ERROR unwinds the stack: midi_pipeline must be built with panic = \"unwind\"");

mod access;
mod analysis_row;
mod archive;
mod content;
mod distribution;
mod error;
mod files;
mod functions;
mod import;
mod jobs;
mod kept;
mod music;
mod pg;
mod query;
mod render;
mod rights;
mod schedule;
mod settings;
#[cfg(any(test, feature = "pg_test"))]
mod tests;
mod text;
mod threads;
mod tuning;

use pgrx::prelude::*;

::pgrx::pg_module_magic!();

// An import allocates on one thread and frees on another, for which the system's allocator is slow. And the process
// must survive a lack of memory.
#[global_allocator]
static ALLOCATOR: pg::allocator::Allocator = pg::allocator::Allocator;

extension_sql_file!("../sql/tables.sql", name = "tables", bootstrap);
extension_sql_file!("../sql/jsonb.sql", name = "jsonb", requires = ["tables"]);
extension_sql_file!("../sql/views.sql", name = "views", requires = ["tables", damage::midi_damage]);
extension_sql_file!(
    "../sql/status.sql",
    name = "status",
    requires = ["views", launcher::midi_launcher, version::midi_pipeline_version]
);
extension_sql_file!(
    "../sql/distribution.sql",
    name = "distribution",
    requires = [distribution::midi_placements]
);
extension_sql_file!(
    "../sql/duplicates.sql",
    name = "duplicates",
    requires =
        ["tables", duplicates::midi_fingerprint_bands, duplicates::midi_fingerprint_similarity]
);
extension_sql_file!(
    "../sql/vectors.sql",
    name = "vectors",
    requires = [similar::midi_vectors_handler, similar::midi_distance]
);
extension_sql_file!(
    "../sql/postings.sql",
    name = "postings",
    requires = [melody::midi_postings_handler]
);
extension_sql_file!(
    "../sql/operators.sql",
    name = "operators",
    requires = [
        "tables",
        tunes::midi_has_tune,
        tunes::midi_tune_grams,
        tunes::midi_tune_support,
        progression::midi_progression_grams,
        progression::midi_progression_runs,
        progression::midi_progression_position
    ]
);
extension_sql_file!(
    "../sql/aggregates.sql",
    name = "aggregates",
    requires = [
        from_events::midi_from_events_add,
        from_events::midi_from_events_file,
        from_notes::midi_from_notes_add,
        from_notes::midi_from_notes_file
    ]
);
extension_sql_file!("../sql/guard.sql", name = "guard", requires = ["tables"]);
extension_sql_file!("../sql/indexes.sql", name = "indexes", requires = ["views"]);
extension_sql_file!(
    "../sql/grants.sql",
    name = "grants",
    requires = [
        "views",
        "status",
        "duplicates",
        "distribution",
        analyze::midi_analyze_path,
        harmony::midi_keys_path,
        harmony::midi_chords_path,
        rhythm::midi_beats_path,
        lyrics::midi_lyrics_path,
        sections::midi_sections_path,
        melody::midi_melody_path,
        features::midi_features_path,
        notes::midi_notes_path,
        events::midi_events_path,
        midi_out::midi_header_path,
        midi_out::midi_repair_path,
        midi_out::midi_convert_path,
        midi_out::midi_set_text_path,
        edit::midi_transpose_by_path,
        edit::midi_transpose_to_path,
        edit::midi_set_tempo_path,
        edit::midi_quantize_path,
        edit::midi_trim_path,
        part_files::midi_keep_parts_path,
        part_files::midi_split_path,
        notes::midi_tracks_path,
        parts::midi_parts_path,
        rhythm::midi_tempo_map_path,
        pictures::midi_piano_roll_path,
        pictures::midi_page_path,
        import::midi_import_source,
        import::midi_catalog,
        import::midi_reanalyze,
        similar::midi_similar,
        similar::midi_similar_to,
        compatible::midi_compatible_file,
        compatible::midi_compatible_content,
        jobs::midi_import_start,
        jobs::midi_deepen,
        jobs::midi_import_cancel,
        jobs::midi_import_wait,
        schedule::midi_schedule,
        schedule::midi_unschedule,
        tuning::midi_tuning_advice,
        "indexes",
    ]
);
extension_sql!(
    "SELECT pg_catalog.count(*) FROM midi_create_indexes('default'::text);",
    name = "default_indexes",
    requires = [
        indexes::midi_create_indexes,
        progression::midi_progression_grams,
        duplicates::midi_fingerprint_bands
    ]
);
extension_sql_file!(
    "../sql/comments/analysis.sql",
    name = "comments_on_analysis",
    requires = ["tables"]
);
extension_sql_file!(
    "../sql/comments/library.sql",
    name = "comments_on_library",
    requires = ["comments_on_analysis", "views", "duplicates", "distribution"]
);
extension_sql_file!(
    "../sql/comments/jobs.sql",
    name = "comments_on_jobs",
    requires = ["views", "status", "guard"]
);
extension_sql_file!(
    "../sql/comments/indexes.sql",
    name = "comments_on_indexes",
    requires = ["indexes", words::midi_words, words::midi_words_query]
);
extension_sql_file!(
    "../sql/comments/functions.sql",
    name = "comments_on_functions",
    requires = [
        "default_indexes",
        "grants",
        "aggregates",
        "operators",
        "jsonb",
        "comments_on_library",
        "comments_on_jobs",
        "comments_on_indexes",
        features::midi_feature_catalog,
        part_files::midi_merge,
        indexes::midi_drop_indexes,
        search::midi_search,
        search::midi_search_count,
        search::midi_search_sql,
        melody::midi_find_melody_text,
        melody::midi_find_melody_pitches,
        melody::midi_find_melody_content,
        progression::midi_progression_position,
        progression::midi_find_progression,
        duplicates::midi_duplicate_pairs,
        duplicates::midi_duplicates_of,
        removal::midi_forget,
        removal::midi_prune,
        report::midi_library_report
    ],
    finalize
);

/// Called by PostgreSQL when it loads the library.
#[pg_guard]
extern "C-unwind" fn _PG_init() {
    pg::panic::install();
    settings::define();
    if pg::worker::can_register() {
        pg::shared_state::request();
        schedule::register_launcher();
    }
}

/// What `cargo pgrx test` asks of the crate under test.
#[cfg(test)]
pub mod pg_test {
    /// Nothing has to be set up.
    pub fn setup(_options: Vec<&str>) {}

    /// The defaults are used.
    pub fn postgresql_conf_options() -> Vec<&'static str> {
        Vec::new()
    }
}
