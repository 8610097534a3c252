//! The extension's objects in the catalogs.

use pgrx::prelude::*;

#[pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::super::support::text;
    use crate::analysis_row::{COLUMNS, SEARCH_COLUMNS};

    fn columns_of(relation: &str) -> Vec<(String, pg_sys::Oid)> {
        Spi::connect(|client| {
            let sql = "SELECT attname::text, atttypid FROM pg_attribute
                       WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
                       ORDER BY attnum";
            let rows = client.select(sql, None, &[relation.into()]).unwrap();
            rows.map(|row| (row.get(1).unwrap().unwrap(), row.get(2).unwrap().unwrap())).collect()
        })
    }

    #[pg_test]
    fn the_columns_of_rust_type_and_table_are_the_same() {
        let rust: Vec<_> =
            COLUMNS.iter().map(|column| (column.name.to_owned(), column.type_oid())).collect();
        assert_eq!(rust, columns_of("midi_analysis"));
        let (search, read): (Vec<_>, Vec<_>) =
            rust.into_iter().partition(|(name, _)| SEARCH_COLUMNS.contains(&name.as_str()));
        let table = columns_of("musical_metadata");
        let own: Vec<_> = table[..3].iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(own, ["content_hash", "analyzer_version", "depth"]);
        assert_eq!(read, table[3..]);
        let table = columns_of("musical_search");
        assert_eq!(search, table[1..]);
        assert_eq!(table[0].0, "content_hash");
    }

    #[pg_test]
    fn every_object_and_every_column_has_a_comment() {
        let bare = text(
            "WITH member AS (
                 SELECT d.classid, d.objid FROM pg_depend d
                 JOIN pg_extension e ON d.refobjid = e.oid AND d.deptype = 'e'
                 WHERE d.refclassid = 'pg_extension'::regclass AND e.extname = 'midi_pipeline'
                   AND NOT EXISTS (SELECT FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
                                   WHERE p.oid = d.objid AND n.nspname = 'tests')
                   AND pg_describe_object(d.classid, d.objid, 0) !~ '^(schema|sequence)'
                   -- From PostgreSQL 17 on, the types of rows and arrays that come with others are members.
                   AND NOT EXISTS (SELECT FROM pg_type t LEFT JOIN pg_class c ON c.oid = typrelid
                                   WHERE t.oid = d.objid AND d.classid = 'pg_type'::regclass
                                     AND (typcategory = 'A' OR relkind <> 'c'))
             )
             SELECT string_agg(what, ', ') FROM (
                 SELECT pg_describe_object(classid, objid, 0) AS what FROM member
                 WHERE obj_description(objid, classid::regclass::text) IS NULL
                 UNION ALL
                 SELECT pg_describe_object(a.attrelid::regclass::oid, 0, 0) || a.attname
                 FROM pg_attribute a
                 LEFT JOIN pg_type t ON t.typrelid = a.attrelid
                 JOIN member ON member.objid IN (a.attrelid, t.oid)
                 WHERE a.attnum > 0 AND NOT a.attisdropped
                   AND col_description(a.attrelid, a.attnum) IS NULL
             ) AS bare",
        );
        assert_eq!(bare, None);
    }

    #[pg_test]
    fn content_forms_are_immutable_and_parallel_safe_and_the_other_forms_are_not() {
        let marks = text(
            "SELECT string_agg(format('%s(%s) %s%s%s', proname, proargnames[1], provolatile,
                                      proparallel, CASE WHEN proisstrict THEN 's' END),
                               E'\n' ORDER BY proname COLLATE \"C\", proargnames[1])
             FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND pronargs > 0",
        );
        assert_eq!(
            marks.unwrap(),
            "midi_analyze(content) iss\nmidi_analyze(file_id) vrs\nmidi_analyze(path) vrs\n\
             midi_beats(content) iss\nmidi_beats(file_id) vrs\nmidi_beats(path) vrs\n\
             midi_catalog(source) vu\nmidi_chords(content) iss\nmidi_chords(file_id) vrs\n\
             midi_chords(path) vrs\nmidi_compatible(content) sr\nmidi_compatible(file_id) sr\n\
             midi_content(file_id) vrs\nmidi_convert(content) is\nmidi_convert(file_id) vr\n\
             midi_convert(path) vr\nmidi_create_indexes(profile) vu\nmidi_damage(warnings) iss\n\
             midi_deepen(workers) vu\n\
             midi_distance(a) iss\nmidi_distribute(shards) vu\nmidi_drop_indexes(profile) vu\n\
             midi_duplicate_pairs(min_similarity) sr\nmidi_duplicates_of(file_id) sr\nmidi_events(content) iss\n\
             midi_events(file_id) vrs\nmidi_events(path) vrs\nmidi_features(content) iss\n\
             midi_features(file_id) vrs\nmidi_features(path) vrs\nmidi_find_melody(content) sr\n\
             midi_find_melody(melody) sr\nmidi_find_melody(pitches) sr\n\
             midi_find_progression(progression) sr\nmidi_fingerprint_bands(fingerprint) iss\n\
             midi_fingerprint_similarity(a) iss\nmidi_forget(source) vu\nmidi_from_events(track) is\n\
             midi_from_events_add(state) is\nmidi_from_events_file(state) iss\n\
             midi_from_notes(track) is\nmidi_from_notes_add(state) is\n\
             midi_from_notes_file(state) iss\nmidi_has_progression(chord_progression) is\n\
             midi_has_progression(harmony) is\nmidi_has_tune(melody) is\nmidi_has_tune(ngrams) iss\n\
             midi_header(content) iss\n\
             midi_header(file_id) vrs\nmidi_header(path) vrs\nmidi_import(name) vu\n\
             midi_import(source) vu\nmidi_import_cancel(job) vu\n\
             midi_import_on_nodes(source) vu\nmidi_import_part(source) vu\nmidi_import_start(source) vu\n\
             midi_import_wait(job) vu\nmidi_keep_parts(content) iss\n\
             midi_keep_parts(file_id) vrs\nmidi_keep_parts(path) vrs\nmidi_keys(content) iss\n\
             midi_keys(file_id) vrs\nmidi_keys(path) vrs\nmidi_lyrics(content) iss\n\
             midi_lyrics(file_id) vrs\nmidi_lyrics(path) vrs\nmidi_melody(content) iss\n\
             midi_melody(file_id) vrs\nmidi_melody(path) vrs\nmidi_merge(contents) iss\n\
             midi_notes(content) iss\nmidi_notes(file_id) vrs\nmidi_notes(path) vrs\n\
             midi_page(content) iss\nmidi_page(file_id) vrs\nmidi_page(path) vrs\n\
             midi_parts(content) iss\nmidi_parts(file_id) vrs\nmidi_parts(path) vrs\n\
             midi_piano_roll(content) is\nmidi_piano_roll(file_id) vr\nmidi_piano_roll(path) vr\n\
             midi_postings_handler() vus\nmidi_progression_grams(progression) iss\n\
             midi_progression_position(progression) is\nmidi_progression_runs(progression) iss\n\
             midi_prune(older_than) vu\nmidi_quantize(content) iss\n\
             midi_quantize(file_id) vrs\nmidi_quantize(path) vrs\nmidi_reanalyze(source) vu\n\
             midi_repair(content) iss\nmidi_repair(file_id) vrs\nmidi_repair(path) vrs\n\
             midi_schedule(name) vu\nmidi_search(query) sr\nmidi_search_count(query) sr\nmidi_search_sql(query) sr\n\
             midi_sections(content) iss\nmidi_sections(file_id) vrs\nmidi_sections(path) vrs\n\
             midi_set_tempo(content) iss\nmidi_set_tempo(file_id) vrs\nmidi_set_tempo(path) vrs\n\
             midi_set_text(content) iss\nmidi_set_text(file_id) vrs\nmidi_set_text(path) vrs\n\
             midi_similar(file_id) sr\nmidi_similar_to(content) sr\nmidi_split(content) iss\n\
             midi_split(file_id) vrs\nmidi_split(path) vrs\nmidi_tempo_map(content) iss\n\
             midi_tempo_map(file_id) vrs\nmidi_tempo_map(path) vrs\nmidi_to_jsonb(analysis) iss\n\
             midi_tracks(content) iss\nmidi_tracks(file_id) vrs\nmidi_tracks(path) vrs\n\
             midi_transpose(content) iss\nmidi_transpose(content) iss\n\
             midi_transpose(file_id) vrs\nmidi_transpose(file_id) vrs\nmidi_transpose(path) vrs\n\
             midi_transpose(path) vrs\nmidi_trim(content) is\nmidi_trim(file_id) vr\n\
             midi_trim(path) vr\nmidi_tune_grams(tune) iss\nmidi_tune_support() vus\n\
             midi_unschedule(name) vu\nmidi_vectors_handler() vus\n\
             midi_words(texts) iss\nmidi_words_query(phrase) iss"
        );
    }

    #[pg_test]
    fn every_table_and_sequence_is_dumped_with_its_rows_except_a_running_job_s_list_of_files() {
        let dumped = text(
            "SELECT string_agg(c::regclass::text, ' ' ORDER BY c::regclass::text COLLATE \"C\")
             FROM pg_extension, unnest(extconfig) AS c WHERE extname = 'midi_pipeline'",
        );
        assert_eq!(
            dumped.unwrap(),
            "midi_contents midi_files midi_files_id_seq midi_import_errors midi_import_errors_id_seq \
             midi_import_jobs midi_import_jobs_id_seq midi_index_choice midi_parts_library midi_schedules \
             musical_metadata musical_search"
        );
    }

    #[pg_test]
    fn the_version_is_that_of_the_extension() {
        let version = text("SELECT version FROM midi_pipeline_version()");
        let installed = "SELECT extversion FROM pg_extension WHERE extname = 'midi_pipeline'";
        assert_eq!(version, text(installed));
    }
}
