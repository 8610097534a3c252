//! Results of `midi_search`.

use pgrx::prelude::*;

#[pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::super::support::{Refusal, holds, lacks, refusal, text};
    use crate::query::text::query_examples;

    /// Four pieces that differ in everything.
    fn library() {
        Spi::run(
            // The tests of this file insert the same keys, so that they run one at a time.
            "SELECT pg_advisory_xact_lock(hashtext('searching'));
             INSERT INTO midi_files (path, path_digest, filename, content_hash, state, tags)
             SELECT '/m/' || name, sha256(name::bytea), name, sha256(hash::bytea), state, tags::text[]
             FROM (VALUES ('Moonlight Sonata.mid', 'a', 'imported', '{sonata}'),
                          ('Copy of Moonlight_Sonata.mid', 'a', 'duplicate', '{}'),
                          ('Rock it (don''t stop).mid', 'b', 'imported', '{rock}'),
                          ('Waltz No 2.mid', 'c', 'imported', '{}'),
                          ('100%_sure.mid', 'd', 'imported', '{}'),
                          ('Moonlight lost.mid', 'a', 'vanished', '{}')
                  ) AS f (name, hash, state, tags);
             INSERT INTO musical_metadata (content_hash, key_signature, bpm, bar_count, note_count,
                 duration_s, complexity, has_drums, instruments, chord_types, chord_progression,
                 time_signature_numerator, time_signature_denominator, tags, track_names, lyrics,
                 markers, analyzer_version)
             SELECT sha256(hash::bytea), key, bpm, bars, notes, duration, complexity, drums,
                    instruments::smallint[], chords::text[], progression::text[], num, den,
                    tags::text[], tracks::text[], lyrics, '{}', 1
             FROM (VALUES
                 ('a', 'C# minor', 54.00013, 69, 800, 300.2, 40, false, '{0}', '{min,7}',
                  '{i,V,i,iv,V,i}', 4, 4, '{solo piano}', '{Klavier}', NULL),
                 ('b', 'C major', 130.00013, 32, 3000, 59.6, 60, true, '{30,33}', '{maj,maj7}',
                  '{I,IV,V,I}', 4, 4, '{loud}', '{Gitarre}', 'don''t stop me now'),
                 ('c', 'A minor', 180.2, 64, 500, 64, 20, NULL, '{40}', '{min}',
                  '{i,ii,V,i}', 3, 4, '{waltz}', '{}', 'dance with me'),
                 ('d', NULL, NULL, NULL, 10, 5, 2, true, '{}', '{}', '{}', NULL, NULL, '{}',
                  '{}', NULL)
                 ) AS m (hash, key, bpm, bars, notes, duration, complexity, drums, instruments,
                         chords, progression, num, den, tags, tracks, lyrics);",
        )
        .unwrap();
    }

    /// The first letters of the names that a query finds, in order.
    fn found(query: &str) -> String {
        Spi::get_one_with_args::<String>(
            "SELECT COALESCE(string_agg(left(filename, 1), ''), '') FROM midi_search($1)",
            &[query.into()],
        )
        .unwrap()
        .unwrap()
    }

    fn of(query: &str) -> Refusal {
        let sql = format!("SELECT * FROM midi_search($query${query}$query$)");
        refusal(None, &sql).unwrap()
    }

    #[pg_test]
    fn every_kind_of_condition_finds_the_expected_pieces() {
        library();
        for (query, names) in [
            ("", "MCRW1"),
            ("key:C", "R"),
            ("key:c#m", "MC"),
            ("key:12A", "MC"),
            ("tempo:54", "MC"),
            ("path:/M/moon", "M"),
            ("folder:m", "MCRW1"),
            ("folder:moon", ""),
            ("key:\"do sostenido menor\"", "MC"),
            ("key:C,Am", "RW"),
            ("key:minor", "MCW"),
            ("-key:minor", "R1"),
            ("bpm:54", "MC"),
            ("bpm:120..130", "R"),
            ("bpm:>130", "W"),
            ("-bpm:<100", "RW1"),
            ("duration:1:00", "R"),
            ("duration:1:00..1:10", "RW"),
            ("bars:32,64", "RW"),
            ("drums:yes", "R1"),
            ("drums:no", "MC"),
            ("-drums:yes", "MCW"),
            ("tag:rock", "R"),
            ("tag:sonata", "M"),
            ("tag:\"solo piano\",waltz", "MCW"),
            ("tag:\"solo piano\" -tag:sonata", "C"),
            ("instrument:piano", "MC"),
            ("instrument:violin,distortion", "RW"),
            ("instrument:strings", "W"),
            ("chord:maj7", "R"),
            ("progression:\"ii V i\"", "W"),
            ("progression:V-i,IV-V", "MCRW"),
            ("progression:\"i V i iv V i\"", "MC"),
            ("progression:\"V i V\"", ""),
            ("progression:\"i ? i\"", "MC"),
            ("progression:\"V7 i\"", ""),
            ("meter:3/4", "W"),
            ("name:moonlight_", "C"),
            ("name:100%_", "1"),
            ("name:\"T ST\"", "R"),
            ("text:dance", "W"),
            ("klavier", "MC"),
            ("moonlight", "MC"),
            ("\"sonata moonlight\"", ""),
            ("\"don't stop\"", "R"),
            ("-moonlight", "RW1"),
            ("moon sonata -copy", "M"),
            ("sort:-complexity", "RMCW1"),
            ("sort:-bpm", "WRMC1"),
            ("bpm:>100 sort:-bpm", "WR"),
            ("sort:bpm key:minor", "MCW"),
            ("sort:-notes,name", "RCMW1"),
        ] {
            assert_eq!(found(query), names, "{query}");
        }
    }

    #[pg_test]
    fn results_are_limited_and_counted() {
        library();
        assert!(holds("SELECT count(*) = 2 FROM midi_search('', 2)"));
        assert!(holds("SELECT count(*) = 0 FROM midi_search('', 0)"));
        assert!(holds("SELECT midi_search_count('key:minor sort:-bpm') = 3"));
        assert!(holds("SELECT midi_search_count('') = 5"));
    }

    #[pg_test]
    fn misspelt_words_match_if_pg_trgm_is_installed() {
        library();
        assert_eq!(found("moonligth"), "");
        if lacks("pg_trgm") {
            return;
        }
        Spi::run("CREATE EXTENSION pg_trgm").unwrap();
        assert_eq!(found("moonligth"), "MC");
        assert_eq!(found("\"moonligth\""), "");
        assert_eq!(found("sonat moonlight"), "MC");
    }

    #[pg_test]
    fn the_rows_are_those_of_the_library() {
        library();
        assert!(holds(
            "SELECT array_agg(s ORDER BY file_id) = (
                 SELECT array_agg(l ORDER BY file_id) FROM midi_library l WHERE bpm > 100)
             FROM midi_search('bpm:>100') AS s"
        ));
    }

    #[pg_test]
    fn no_part_of_a_query_becomes_sql() {
        library();
        for hostile in [
            "'; DROP TABLE midi_files; --",
            "name:'||pg_sleep(10)||'",
            "tag:'}';DELETE",
            "name:\\'\\\\",
            "$1 {} {library}",
            "key:C'--",
            "name:\"\\\"",
            "text:'''':*&!|",
            "a:*|b",
            "<->",
            "name:E'\\x27",
            "\u{feff}name:%",
        ] {
            let sql = "SELECT count(*) FROM midi_search($1)";
            let attempt = "SELECT midi_search_sql($1)";
            let run = |sql: &str| {
                let quoted = hostile.replace('\'', "''");
                refusal(None, &sql.replace("$1", &format!("'{quoted}'")))
            };
            let (found, shown) = (run(sql), run(attempt));
            assert_eq!(found, shown, "{hostile}");
            if let Some(refusal) = found {
                assert!(["22023", "42601"].contains(&refusal.sqlstate.as_str()), "{refusal:?}");
                continue;
            }
            // The statement that is shown can be run, whatever backslashes mean, and gives the same result.
            for conforming in ["on", "off"] {
                Spi::run(&format!("SET LOCAL standard_conforming_strings = {conforming}")).unwrap();
                let shown = Spi::get_one_with_args::<String>(attempt, &[hostile.into()]);
                let rows = format!("SELECT count(*) FROM ({}) AS found", shown.unwrap().unwrap());
                assert_eq!(
                    Spi::get_one::<i64>(&rows).unwrap(),
                    Spi::get_one_with_args::<i64>(sql, &[hostile.into()]).unwrap(),
                    "{hostile}"
                );
            }
        }
        assert!(holds("SELECT count(*) = 6 FROM midi_files"));
    }

    #[pg_test]
    fn a_mistake_has_its_sqlstate_its_column_and_a_hint() {
        let refusal = of("drums:yes bmp:120");
        assert_eq!(refusal.sqlstate, "22023");
        assert_eq!(refusal.message, "field \"bmp\" does not exist, at column 11 of the query");
        assert!(refusal.hint.starts_with("Did you mean \"bpm\", as in"), "{refusal:?}");
        assert_eq!(of("moon \"light").sqlstate, "42601");
        let negative = super::super::support::refusal(None, "SELECT midi_search('', -1)").unwrap();
        assert_eq!(negative.sqlstate, "22023");
    }

    #[pg_test]
    fn only_those_who_may_read_the_library_can_search_it() {
        library();
        Spi::run("CREATE ROLE listener; CREATE ROLE stranger").unwrap();
        Spi::run("GRANT SELECT ON midi_library TO listener").unwrap();
        let search = "SELECT * FROM midi_search('moonlight tag:sonata key:minor sort:-bpm')";
        assert_eq!(refusal(Some("listener"), search), None);
        assert_eq!(refusal(Some("stranger"), search).unwrap().sqlstate, "42501");
        if lacks("pg_trgm") {
            return;
        }
        Spi::run("CREATE EXTENSION pg_trgm").unwrap();
        assert_eq!(refusal(Some("listener"), search), None);
    }

    /// What a refusal asks for, as a statement.
    fn asked_for(refusal: &Refusal) -> String {
        assert_eq!(refusal.sqlstate, "42501", "{refusal:?}");
        let asked = refusal.hint.strip_prefix("Ask the owner of the library for ");
        let asked = asked.and_then(|rest| rest.split_once(" to this role"));
        let (grant, _) = asked.unwrap_or_else(|| panic!("{refusal:?}"));
        format!("{grant} TO listener")
    }

    #[pg_test]
    fn a_search_asks_for_the_rights_to_all_that_it_reads_and_for_no_more() {
        library();
        Spi::run("CREATE ROLE listener").unwrap();
        let others =
            ["moonlight", "\"moon light\"", "-moonlight", "sort:-bpm,name", "part:bass bars:4"];
        for query in query_examples().chain(others) {
            let sql = format!(
                "SELECT midi_search_count($${query}$$), count(s) FROM midi_search($${query}$$) AS s"
            );
            // Of a view of which no column may be read, all is asked for.
            Spi::run("GRANT SELECT (file_id) ON midi_library TO listener").unwrap();
            let mut asked = Vec::new();
            while let Some(refusal) = refusal(Some("listener"), &sql) {
                let grant = asked_for(&refusal);
                assert!(
                    asked.len() < 2 && !asked.contains(&grant),
                    "{query}: {asked:?} {refusal:?}"
                );
                Spi::run(&grant).expect("what is asked for can be granted");
                asked.push(grant);
            }
            Spi::run(
                "REVOKE ALL ON midi_library, midi_library_music, midi_parts_library FROM listener",
            )
            .unwrap();
        }
    }

    #[pg_test]
    fn no_notice_reads_what_a_search_does_not() {
        library();
        Spi::run(
            "CREATE ROLE listener; GRANT SELECT (file_id, instruments, drum_notes) ON midi_library TO listener",
        )
        .unwrap();
        let nothing = "SELECT * FROM midi_search('instrument:kalimba')";
        assert_eq!(refusal(Some("listener"), nothing), None);
    }

    #[pg_test]
    fn an_operator_earlier_on_search_path_changes_nothing() {
        library();
        Spi::run(
            "CREATE SCHEMA evil;
             CREATE FUNCTION evil.no(float8, float8) RETURNS boolean
                 LANGUAGE sql AS 'SELECT 1 / 0 = 0';
             CREATE OPERATOR evil.>= (LEFTARG = float8, RIGHTARG = float8, FUNCTION = evil.no);
             CREATE VIEW evil.midi_library AS SELECT 1 AS nothing;
             SET LOCAL search_path = evil, pg_catalog, public",
        )
        .unwrap();
        assert_eq!(found("bpm:54"), "MC");
    }

    #[pg_test]
    fn runs_of_chords_end_at_unknown_chords() {
        assert_eq!(
            text("SELECT midi_progression_grams('{I,V,NULL,IV,I}')::text"),
            Some("{I,\"I V\",IV,\"IV I\",V}".to_owned())
        );
        assert_eq!(text("SELECT midi_progression_grams('{}')::text"), Some("{}".to_owned()));
    }

    #[pg_test]
    fn words_are_found_in_texts_of_any_length_and_kind() {
        let words = "SELECT length(midi_words(ARRAY[(SELECT string_agg(md5(i::text), ' ')
                     FROM generate_series(1, 100000) AS i)])) > 1000";
        assert!(holds(words));
        assert!(holds(
            "SELECT midi_words(ARRAY['Rock_it-now.mid', NULL]) @@ midi_words_query('it now')"
        ));
        assert!(holds("SELECT midi_words(ARRAY['moonlight']) @@ midi_words_query('moon', true)"));
        assert!(holds("SELECT NOT midi_words(ARRAY['moonlight']) @@ midi_words_query('moon')"));
        assert!(holds("SELECT NOT midi_words(ARRAY['a']) @@ midi_words_query('?', true)"));
    }
}
