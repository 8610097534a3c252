//! Indexes that a job drops and rebuilds keep everything that can be set for an index, and indexes that do not belong to
//! the library are left alone.

use midi_pipeline_tests::jobs::{wait, wait_until_left};
use midi_testkit::cluster::Cluster;
use midi_testkit::folder::Folder;
use postgres::Client;

/// Everything that the catalog says about the library's indexes, except for OIDs and sizes.
fn indexes(client: &mut Client) -> Vec<String> {
    let sql = "SELECT concat_ws(' | ', c.relname, pg_get_indexdef(c.oid), s.spcname, c.reloptions,
                                obj_description(c.oid, 'pg_class'), r.rolname,
                                (SELECT string_agg(a.attnum || ':' || a.attstattarget, ',')
                                 FROM pg_attribute a
                                 WHERE a.attrelid = c.oid AND a.attstattarget >= 0))
               FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
               JOIN pg_roles r ON r.oid = c.relowner
               LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
               WHERE i.indrelid IN ('midi_files'::regclass, 'musical_metadata'::regclass, 'musical_search'::regclass, 'midi_parts_library'::regclass)
               ORDER BY c.relname";
    client.query(sql, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

/// The OIDs of the indexes by name. A rebuilt index has a new one.
fn numbers(client: &mut Client) -> Vec<(String, u32)> {
    let sql =
        "SELECT c.relname::text, c.oid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
               WHERE i.indrelid IN ('midi_files'::regclass, 'musical_metadata'::regclass, 'musical_search'::regclass, 'midi_parts_library'::regclass)
               ORDER BY 1";
    client.query(sql, &[]).unwrap().iter().map(|row| (row.get(0), row.get(1))).collect()
}

#[test]
fn rebuilt_indexes_keep_their_options_and_other_indexes_are_left_alone() {
    let (cluster, folder, place) = (Cluster::start(), Folder::numbered(5, 8), Folder::new());
    let mut client = cluster.connect();
    cluster.give(place.path());
    client
        .batch_execute(&format!(
            "CREATE TABLESPACE \"the 'other' disk\" LOCATION '{}'",
            place.as_str()
        ))
        .unwrap();
    client
        .batch_execute(
            r#"SELECT midi_create_indexes('all');
               ALTER INDEX musical_metadata_bpm_idx SET TABLESPACE "the 'other' disk";
               ALTER INDEX musical_metadata_notes_idx SET (fillfactor = 70);
               ALTER INDEX musical_metadata_progression_idx SET (gin_pending_list_limit = 512);
               ALTER INDEX musical_metadata_tags_idx SET (fastupdate = off);
               ALTER INDEX midi_files_words_idx ALTER COLUMN 1 SET STATISTICS 777;
               ALTER INDEX midi_files_filename_lower_idx ALTER COLUMN 1 SET STATISTICS 0;
               COMMENT ON INDEX musical_metadata_bars_idx IS 'mine: it''s @schema@ "quoted"';
               COMMENT ON INDEX musical_metadata_notes_idx IS NULL;
               -- Of other names, or of other definitions than the library's.
               ALTER INDEX musical_metadata_meter_idx RENAME TO "my meter";
               CREATE INDEX "my own" ON musical_metadata (duration_s) WHERE bpm > 100;
               DROP INDEX musical_metadata_duration_idx;
               CREATE INDEX musical_metadata_duration_idx ON musical_metadata (duration_s DESC);
               DROP INDEX musical_metadata_complexity_idx;
               CREATE INDEX musical_metadata_complexity_idx ON musical_metadata (complexity)
                   WHERE complexity > 50;
               ALTER TABLE musical_metadata CLUSTER ON musical_metadata_key_bpm_idx;"#,
        )
        .unwrap();
    let stay = [
        "midi_files_archive_digest_idx",
        "midi_files_path_digest_idx",
        "midi_files_pkey",
        "midi_parts_library_pkey",
        "musical_metadata_complexity_idx",
        "musical_metadata_depth_idx",
        "musical_metadata_duration_idx",
        "musical_metadata_key_bpm_idx",
        "musical_metadata_pkey",
        "musical_search_pkey",
        "my meter",
        "my own",
    ];
    let (before, old) = (indexes(&mut client), numbers(&mut client));
    assert!(before.iter().any(|index| index.contains("the 'other' disk")), "{before:?}");
    let sql = "SELECT midi_import_start($1, defer_indexes => true)";
    // The default tablespace of the session does not apply to them.
    client
        .batch_execute("ALTER ROLE postgres SET default_tablespace = 'the ''other'' disk'")
        .unwrap();
    let job: i64 = client.query_one(sql, &[&folder.as_str()]).unwrap().get(0);
    assert_eq!(wait(&mut client, job), "finished");
    wait_until_left(&mut client, job);
    assert_eq!(indexes(&mut client), before);
    let new = numbers(&mut client);
    let kept: Vec<_> =
        old.iter().zip(&new).filter(|(a, b)| a == b).map(|(a, _)| a.0.as_str()).collect();
    assert_eq!(kept, stay, "all others were dropped for the time of the job");
}
