//! Searches for chord progressions.

use pgrx::prelude::*;

#[pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::super::support::{Folder, holds, refusal, text};

    const C: [u8; 4] = [48, 60, 64, 67];
    const D_MINOR: [u8; 4] = [50, 62, 65, 69];
    const F: [u8; 4] = [53, 60, 65, 69];
    const G: [u8; 4] = [43, 59, 62, 67];
    const G7: [u8; 4] = [43, 59, 62, 65];
    const A_MINOR: [u8; 4] = [45, 60, 64, 69];

    /// A piece of one chord a bar, transposed by a number of semitones.
    fn chords(chords: &[[u8; 4]], up: u8) -> Vec<u8> {
        let mut track = b"\x00\xff\x51\x03\x07\xa1\x20".to_vec();
        for chord in chords {
            track.extend(chord.iter().flat_map(|pitch| [0x00, 0x90, pitch + up, 80]));
            let off = |(index, pitch): (usize, &u8)| match index {
                0 => vec![0x8f, 0x00, 0x80, pitch + up, 0],
                _ => vec![0x00, 0x80, pitch + up, 0],
            };
            track.extend(chord.iter().enumerate().flat_map(off));
        }
        track.extend(b"\x00\xff\x2f\x00");
        let mut file = b"MThd\x00\x00\x00\x06\x00\x00\x00\x01\x01\xe0MTrk".to_vec();
        file.extend((track.len() as u32).to_be_bytes());
        file.extend(track);
        file
    }

    fn library(name: &str) -> Folder {
        let folder = Folder::new(name);
        let cadence = [C, D_MINOR, G, C, F, G, C, C];
        folder.put("cadence in C.mid", chords(&cadence, 0));
        folder.put("cadence in D.mid", chords(&cadence, 2));
        let dominant = [C, D_MINOR, G7, C, F, G7, C, C];
        folder.put("dominants.mid", chords(&dominant, 0));
        let axis = [C, G, A_MINOR, F, C, G, A_MINOR, F, C];
        folder.put("axis.mid", chords(&axis, 0));
        let entered_elsewhere = [F, C, G, A_MINOR, D_MINOR, C, F, C, G, A_MINOR, C];
        folder.put("entered elsewhere.mid", chords(&entered_elsewhere, 0));
        folder.import();
        folder
    }

    fn found(progression: &str) -> Option<String> {
        text(&format!(
            "SELECT string_agg(concat_ws(' ', regexp_replace(path, '.*/', ''), score, start_s, bar, key),
                               '; ' ORDER BY n)
             FROM midi_find_progression('{progression}')
                  WITH ORDINALITY AS f (file_id, path, score, start_s, bar, key, n)"
        ))
    }

    fn everything_is_found() {
        assert_eq!(
            found("ii V I").as_deref(),
            Some(
                "cadence in C.mid 1 2 2 C major; cadence in D.mid 1 2 2 D major; \
                  dominants.mid 1 2 2 C major"
            )
        );
        assert_eq!(found("ii, V7 | I").as_deref(), Some("dominants.mid 1 2 2 C major"));
        assert_eq!(
            found("IV ? I").as_deref(),
            Some(
                "cadence in C.mid 1 8 5 C major; cadence in D.mid 1 8 5 D major; \
                  dominants.mid 1 8 5 C major"
            )
        );
        assert_eq!(
            found("I V vi IV").as_deref(),
            Some("axis.mid 1 0 1 C major; entered elsewhere.mid 0.5 0 1 C major")
        );
        assert_eq!(found("bII"), None);
        assert!(holds("SELECT count(*) = 2 FROM midi_find_progression('ii V I', 2)"));
        assert!(holds("SELECT count(*) = 1 FROM midi_find_progression('I V vi IV', 1)"));
        assert!(holds("SELECT count(*) = 0 FROM midi_find_progression('ii V I', 0)"));
        let sql = "SELECT midi_find_progression(NULL)";
        assert_eq!(refusal(None, sql).unwrap().sqlstate, "22004");
    }

    #[pg_test]
    fn a_progression_is_found_in_any_key_with_and_without_an_index() {
        let _folder = library("progressions");
        everything_is_found();
        Spi::run(
            "SELECT midi_create_indexes('search'); ANALYZE musical_metadata;
             SET LOCAL enable_seqscan = off",
        )
        .unwrap();
        everything_is_found();
        // midi_search has the same condition.
        for (progression, count) in [("ii V I", 3), ("ii V7 I", 1), ("IV ? I", 3), ("V/V", 0)] {
            let search =
                format!("SELECT count(*) FROM midi_search('progression:\"{progression}\"')");
            match count {
                0 => assert_eq!(refusal(None, &search).unwrap().sqlstate, "22023"),
                _ => assert_eq!(Spi::get_one::<i64>(&search).unwrap(), Some(count)),
            }
        }
    }

    #[pg_test]
    fn rows_without_moments_or_with_damaged_ones_are_found_too() {
        let _folder = library("damaged moments");
        Spi::run("UPDATE musical_search SET chord_moments = NULL").unwrap();
        assert_eq!(
            found("ii V I").as_deref(),
            Some("cadence in C.mid 1; cadence in D.mid 1; dominants.mid 1")
        );
        assert_eq!(found("ii V7 I"), None);
        Spi::run("UPDATE musical_search SET chord_moments = '\\xff'").unwrap();
        assert_eq!(found("ii V7 I"), None);
        assert_eq!(found("I V vi IV").as_deref(), Some("axis.mid 1; entered elsewhere.mid 0.5"));
        Spi::run(
            "UPDATE musical_search SET chord_moments = repeat('x', 100)::bytea;
             UPDATE musical_metadata SET
                 chord_progression = ARRAY[['ii', 'V', 'I', NULL], ['', repeat('V', 100000), 'V', 'I']]",
        )
        .unwrap();
        assert!(holds("SELECT count(*) = 5 FROM midi_find_progression('ii V I') WHERE score = 1"));
        Spi::run("UPDATE musical_metadata SET chord_progression = NULL").unwrap();
        assert_eq!(found("ii V I"), None);
        let position = "SELECT midi_progression_position";
        for (arguments, answer) in [
            ("'{I,V}', NULL, 'V'", Some(2)),
            ("'{I,V}', NULL, 'V', NULL", Some(2)),
            ("NULL, NULL, 'V'", None),
            ("'{I,V}', NULL, NULL", None),
            ("'{}', '', 'V'", None),
        ] {
            let sql = format!("{position}({arguments})");
            assert_eq!(Spi::get_one::<i32>(&sql).unwrap(), answer, "{arguments}");
        }
    }

    #[pg_test]
    fn a_mistake_is_reported_with_its_position_and_a_hint() {
        for (call, message, hint) in [
            (
                "midi_find_progression('é I')",
                "\"é\" is not a degree of a key, at character 1 of the progression",
                "roman",
            ),
            (
                "midi_find_progression('♭VII X')",
                "\"X\" is not a degree of a key, at character 6 of the progression",
                "roman",
            ),
            (
                "midi_find_progression('')",
                "no chord is named, at character 1 of the progression",
                "ii V I",
            ),
            (
                "midi_find_progression(repeat('I V ', 100))",
                "there are more than 64 chords, at character 129 of the progression",
                "part",
            ),
            (
                "midi_find_progression(repeat('I V ', 1000000))",
                "longer than 2000 characters, at character 2001 of the progression",
                "part",
            ),
            (
                "midi_find_progression('I', -1)",
                "-1 is outside the valid range for max_results (0 .. 10000)",
                "from 0 to 10000",
            ),
            (
                "midi_find_progression('I', 10001)",
                "10001 is outside the valid range for max_results (0 .. 10000)",
                "from 0 to 10000",
            ),
            (
                "midi_progression_position('{I}', '', 'X')",
                "\"X\" is not a degree of a key, at character 1 of the progression",
                "roman",
            ),
        ] {
            let refusal = refusal(None, &format!("SELECT {call}")).unwrap();
            assert_eq!((refusal.sqlstate.as_str(), refusal.message.as_str()), ("22023", message));
            assert!(refusal.hint.contains(hint), "{refusal:?}");
        }
    }

    #[pg_test]
    fn only_those_who_may_read_the_tables_can_search_for_progressions() {
        let _folder = library("rights of progressions");
        Spi::run("CREATE ROLE listener; CREATE ROLE stranger").unwrap();
        Spi::run("GRANT SELECT ON midi_files, musical_metadata, musical_search TO listener")
            .unwrap();
        let sql = "SELECT * FROM midi_find_progression('ii V I')";
        assert_eq!(refusal(Some("listener"), sql), None);
        assert_eq!(refusal(Some("stranger"), sql).unwrap().sqlstate, "42501");
        Spi::run(
            "CREATE SCHEMA evil;
             CREATE FUNCTION evil.no(bigint, bigint) RETURNS boolean
                 LANGUAGE sql AS 'SELECT 1 / 0 = 0';
             CREATE OPERATOR evil.<> (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = evil.no);
             SET LOCAL search_path = evil, pg_catalog, public",
        )
        .unwrap();
        assert!(found("I V vi IV").is_some());
    }
}
