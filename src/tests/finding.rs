//! Searches for melodies.

use pgrx::prelude::*;

#[pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::super::support::{Folder, holds, piece, refusal, text};

    const TUNE: [u8; 14] = [64, 62, 60, 62, 64, 64, 67, 65, 69, 72, 71, 67, 64, 65];
    const OTHER: [u8; 12] = [60, 67, 61, 66, 70, 72, 63, 62, 68, 60, 65, 71];

    fn library() -> Folder {
        let folder = Folder::new("tunes");
        folder.put("low.mid", piece(&TUNE.map(|pitch| pitch - 7)));
        folder.put("other.mid", piece(&OTHER));
        assert_eq!(folder.import(), [2, 0, 0, 0, 0, 0]);
        folder
    }

    fn make_index() {
        Spi::run("SELECT midi_create_indexes('search')").unwrap();
    }

    #[pg_test]
    fn a_melody_is_found_in_any_key_with_an_error_and_with_every_copy_of_it() {
        let folder = library();
        folder.put("twin.mid", piece(&TUNE.map(|pitch| pitch - 7)));
        folder.import();
        let melodies = [
            "'E4 D4 C4 D4 E4 E4 G4 F4 A4 C5'",
            "'E D C D E E G F A C B G'",
            "'{64,62,60,62,64,64}'::int[]",
            "'64 62 60 62 63 64 67 65'",
            "'64 62 60 62 64 67 65 69 72'",
            "'64 62 60 62 64 64 67 68 65 69 72'",
        ];
        for indexed in [false, true] {
            if indexed {
                make_index();
            }
            for melody in melodies {
                let sql = format!(
                    "SELECT string_agg((path ~ 'low|twin' AND score > 0.85 AND start_s = 0 AND bar = 1)::text,
                                       ' ')
                     FROM midi_find_melody({melody})"
                );
                assert_eq!(text(&sql).as_deref(), Some("true true"), "{melody}, {indexed}");
            }
            assert!(holds("SELECT count(*) = 1 FROM midi_find_melody('E D C D E E G F A C', 1)"));
            assert!(holds("SELECT count(*) = 0 FROM midi_find_melody('E D C D E E G F A C', 0)"));
            assert!(holds("SELECT count(*) = 0 FROM midi_find_melody('60 61 60 61 60 61')"));
        }
    }

    #[pg_test]
    fn a_match_reports_where_the_melody_begins_and_how_well_it_fits() {
        let _folder = library();
        make_index();
        let sql = "SELECT format('%s s, bar %s, %s', start_s, bar, round(score::numeric, 3))
                   FROM midi_find_melody('{72,71,67,64,66,60,60,60,60,60}'::int[])
                   UNION ALL
                   SELECT format('%s s, bar %s, %s', start_s, bar, round(score::numeric, 3))
                   FROM midi_find_melody('E4 E4 G4 F4 A4 C5 B4 G4')";
        let found = Spi::connect(|client| {
            let rows = client.select(sql, None, &[]).unwrap();
            rows.map(|row| row.get::<String>(1).unwrap().unwrap()).collect::<Vec<_>>()
        });
        assert_eq!(found, ["2 s, bar 2, 1.000"]);
    }

    #[pg_test]
    fn the_melody_of_a_midi_snippet_can_be_searched_for() {
        let folder = library();
        make_index();
        folder.put("snippet", piece(&TUNE[2..12]));
        let found = text(&format!(
            "SELECT string_agg(regexp_replace(path, '.*/', '') || ' ' || start_s || ' ' || score, ';')
             FROM midi_find_melody(pg_read_binary_file('{}'))",
            folder.text("snippet")
        ));
        assert_eq!(found.as_deref(), Some("low.mid 1 1"));
        let short = "SELECT midi_find_melody(content => '\\x')";
        assert_eq!(refusal(None, short).unwrap().sqlstate, "22P03");
    }

    #[pg_test]
    fn the_index_is_used() {
        let _folder = library();
        let scans = "SELECT pg_stat_get_xact_numscans(oid) FROM pg_class
                     WHERE relname = 'musical_search_melody_ngrams_idx'";
        make_index();
        assert_eq!(Spi::get_one::<i64>(scans), Ok(Some(0)));
        assert!(holds("SELECT count(*) = 1 FROM midi_find_melody('E D C D E E G F A C', 1)"));
        // From an even note and from an odd one; both match exactly.
        assert_eq!(Spi::get_one::<i64>(scans), Ok(Some(2)));
        assert!(holds("SELECT count(*) = 1 FROM midi_find_melody('E D C D E E G F A C', 2)"));
        assert!(Spi::get_one::<i64>(scans).unwrap().unwrap() > 100);
    }

    #[pg_test]
    fn an_invalid_melody_is_rejected_with_its_position() {
        for (melody, place) in [
            ("'E4 D4 H4 D4 E4 E4'", "at position 7"),
            ("'{60,62,NULL,60,60,60}'::int[]", "at position 3: NULL"),
            ("'{60,62,60,60,60,128}'::int[]", "at position 6: 128"),
            ("array_fill(60, '{1000000}')", "1000000 notes"),
            ("'{}'::int[]", "0 notes"),
            ("'C D E'", "3 notes"),
            ("''", "0 notes"),
            ("repeat('C ', 100000)", "longer than"),
        ] {
            let refusal = refusal(None, &format!("SELECT midi_find_melody({melody})")).unwrap();
            assert_eq!(refusal.sqlstate, "22023");
            assert!(refusal.message.contains(place), "{refusal:?}");
            assert!(!refusal.hint.is_empty());
        }
        for results in [-1, 1001] {
            let sql = format!("SELECT midi_find_melody('C D E F G A', {results})");
            let refused = refusal(None, &sql).unwrap();
            assert_eq!(refused.sqlstate, "22023");
            assert!(refused.hint.contains("1000"), "{refused:?}");
        }
        assert_eq!(refusal(None, "SELECT midi_find_melody(NULL::text)").unwrap().sqlstate, "22004");
    }

    #[pg_test]
    fn damaged_and_empty_rows_do_not_keep_others_from_being_found() {
        let _folder = library();
        let damaged = "SELECT content_hash FROM midi_files WHERE path ~ 'other'";
        for lines in
            ["NULL", "''", "'\\xffffffffffffffffffff'", "'\\x7f7f3c'", "repeat('<', 9999)::bytea"]
        {
            Spi::run(&format!(
                "UPDATE musical_search SET melody_lines = {lines},
                     melody_ngrams = (SELECT melody_ngrams || NULL::int FROM musical_search
                                      WHERE content_hash NOT IN ({damaged}))
                 WHERE content_hash IN ({damaged})"
            ))
            .unwrap();
            for index in ["midi_drop_indexes('search')", "midi_create_indexes('search')"] {
                Spi::run(&format!("SELECT {index}")).unwrap();
                let found = "SELECT string_agg(path, ' ') ~ '/low.mid$' AND count(*) = 1
                             FROM midi_find_melody('E D C D E E G F A C')";
                assert!(holds(found), "{lines}, {index}");
            }
        }
    }

    #[pg_test]
    fn a_melody_search_runs_with_the_rights_of_the_caller() {
        let _folder = library();
        make_index();
        Spi::run("CREATE ROLE plain").unwrap();
        let sql = "SELECT midi_find_melody('C D E F G A')";
        assert_eq!(refusal(Some("plain"), sql).unwrap().sqlstate, "42501");
        Spi::run("GRANT SELECT ON midi_files, musical_metadata, musical_search TO plain").unwrap();
        assert_eq!(refusal(Some("plain"), sql), None);
    }

    #[pg_test]
    fn rows_that_a_policy_hides_are_not_found() {
        let _folder = library();
        make_index();
        Spi::run(
            "CREATE ROLE plain;
             GRANT SELECT ON midi_files, musical_metadata, musical_search TO plain;
             ALTER TABLE musical_metadata ENABLE ROW LEVEL SECURITY;
             CREATE POLICY short ON musical_metadata USING (note_count < 14);
             SET LOCAL ROLE plain",
        )
        .unwrap();
        let found = |tune: &[u8]| {
            let sql = format!("SELECT count(*) FROM midi_find_melody(ARRAY{tune:?}::int[])");
            Spi::get_one::<i64>(&sql).unwrap().unwrap()
        };
        let counts = (found(&TUNE), found(&OTHER));
        Spi::run("RESET ROLE").unwrap();
        assert_eq!(counts, (0, 1));
        assert_eq!((found(&TUNE), found(&OTHER)), (1, 1));
    }
}
