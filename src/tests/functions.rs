//! The functions that analyse one piece.

use pgrx::prelude::*;

#[pg_schema]
mod tests {
    use midi_testkit::smf::bytes::{file, line, meta};
    use pgrx::prelude::*;

    use super::super::support::{Folder, holds, literal, piece, refusal, text};

    #[pg_test]
    fn a_piece_is_analyzed_from_its_content_and_from_its_path_alike() {
        let folder = Folder::new("alike");
        folder.put("scale.mid", piece(&[60, 62, 64, 65, 67, 69, 71, 72]));
        let content = literal(&piece(&[60, 62, 64, 65, 67, 69, 71, 72]));
        let path = folder.text("scale.mid");
        assert!(holds(&format!("SELECT midi_analyze({content}) = midi_analyze('{path}')")));
        assert_eq!(
            text(&format!(
                "SELECT format('%s %s %s %s %s', note_count, bpm_declared, pitch_min, pitch_max,
                               duration_s) FROM midi_analyze({content})"
            )),
            Some("8 120 60 72 4".to_owned())
        );
    }

    #[pg_test]
    fn the_keys_that_a_piece_may_be_in_are_found_with_one_operator() {
        // A minor seventh chord, which is C major with a sixth.
        let content = literal(&piece(&[57, 60, 64, 67, 69, 67, 64, 60].repeat(4)));
        assert!(holds(&format!(
            "SELECT 'A minor' = ANY (key_signature || key_alternatives)
                AND 'C major' = ANY (key_signature || key_alternatives)
                AND cardinality(key_alternatives) = cardinality(key_alternative_shares)
                AND key_confidence + (SELECT sum(share) FROM unnest(key_alternative_shares) AS share)
                    <= 1.001
             FROM midi_analyze({content})"
        )));
    }

    #[pg_test]
    fn rows_come_from_all_forms() {
        let tune = piece(&[
            60, 62, 64, 65, 67, 69, 71, 72, 71, 69, 67, 65, 64, 62, 60, 67, 60, 64, 67, 72,
        ]);
        let folder = Folder::new("all forms");
        folder.put("tune.mid", &tune);
        folder.import();
        let id = Spi::get_one::<i64>("SELECT id FROM midi_files").unwrap().unwrap();
        let content = literal(&tune);
        let path = folder.text("tune.mid");
        for (function, rows) in [
            ("midi_notes", 20),
            ("midi_tracks", 1),
            ("midi_tempo_map", 1),
            ("midi_events", 42),
            ("midi_header", 1),
            ("midi_repair", 1),
            ("midi_split", 1),
            ("midi_keys", 1),
            ("midi_chords", 1),
            ("midi_beats", 20),
            ("midi_sections", 1),
            ("midi_parts", 1),
            ("midi_melody", 20),
            ("midi_features", 244),
        ] {
            let sql = format!(
                "SELECT count(*) = {rows}
                    AND array_agg(c) = (SELECT array_agg(p) FROM {function}('{path}') AS p)
                    AND array_agg(c) = (SELECT array_agg(f) FROM {function}({id}) AS f)
                 FROM {function}({content}) AS c"
            );
            assert!(holds(&sql), "{function}");
        }
    }

    #[pg_test]
    fn text_without_a_type_is_a_path_and_a_number_is_a_file_of_the_library() {
        let code = |argument: &str| {
            let sql = format!("SELECT midi_analyze({argument})");
            refusal(None, &sql).map(|refusal| refusal.sqlstate)
        };
        for path in ["'1'", "'no/root'", "'1'::varchar", "'\\x00'"] {
            assert_eq!(code(path).as_deref(), Some("42602"), "{path}");
        }
        for file in ["-1", "1::smallint", "9223372036854775807"] {
            assert_eq!(code(file).as_deref(), Some("42704"), "{file}");
        }
        assert_eq!(code("'\\x00'::bytea").as_deref(), Some("22P03"));
        assert_eq!(code("NULL"), None);
    }

    #[pg_test]
    fn the_syllables_of_a_line_are_the_line() {
        let words = ["Sail ", "a", "way\r", "now"].map(|word| meta(120, 5, word.as_bytes()));
        let tune = file(0, 480, &[[words.concat(), line(0, &[60, 62], 480)].concat()]);
        let folder = Folder::new("lyrics");
        folder.put("tune.mid", &tune);
        let path = folder.text("tune.mid");
        for argument in [literal(&tune), format!("'{path}'")] {
            let rows = text(&format!(
                "SELECT string_agg(concat_ws(' ', track, tick, start_s, bar, line, syllable), ', ')
                 FROM midi_lyrics({argument})"
            ));
            let right =
                "0 120 0.125 1 1 Sail , 0 240 0.25 1 1 a, 0 360 0.375 1 1 way, 0 480 0.5 1 2 now";
            assert_eq!(rows.as_deref(), Some(right));
        }
        assert!(holds(&format!(
            "SELECT string_agg(words, E'\\n' ORDER BY line) = (midi_analyze({content})).lyrics
             FROM (SELECT line, string_agg(syllable, '' ORDER BY ordinality) AS words
                   FROM midi_lyrics({content}) WITH ORDINALITY GROUP BY line) AS lines",
            content = literal(&tune)
        )));
    }

    #[pg_test]
    fn the_notes_are_the_ones_written() {
        let content = literal(&piece(&[60, 67]));
        assert_eq!(
            text(&format!(
                "SELECT string_agg(concat_ws(' ', pitch, velocity, start_tick, duration_ticks,
                                             start_s, duration_s, bar, beat), ', ')
                 FROM midi_notes({content})"
            )),
            Some("60 80 0 480 0 0.5 1 1, 67 80 480 480 0.5 0.5 1 2".to_owned())
        );
    }

    #[pg_test]
    fn the_features_are_those_of_the_catalog_and_fill_its_dimensions() {
        let content = literal(&piece(&[60, 67, 64, 60]));
        assert!(holds(&format!(
            "SELECT count(*) = 244 AND bool_and(coalesce(array_length(value, 1) = dimensions, true))
             FROM midi_feature_catalog() JOIN midi_features({content}) USING (name)"
        )));
        assert!(holds(&format!(
            "SELECT value = '{{7}}' FROM midi_features({content}) WHERE name = 'Range'"
        )));
        // Four equal quarter notes without drums: features that compare drums or lengths are NULL.
        assert!(holds(&format!(
            "SELECT value IS NULL FROM midi_features({content})
             WHERE name = 'Rhythmic Value Skewness'"
        )));
    }

    #[pg_test]
    fn an_analysis_can_be_a_generated_column() {
        Spi::run(
            "CREATE TABLE song (content bytea,
                 analysis jsonb GENERATED ALWAYS AS (midi_analyze(content)::jsonb) STORED)",
        )
        .unwrap();
        Spi::run(&format!("INSERT INTO song VALUES ({})", literal(&piece(&[64])))).unwrap();
        assert!(holds("SELECT (analysis->>'pitch_min')::int = 64 FROM song"));
        assert!(holds("SELECT analysis = to_jsonb(midi_analyze(content)) FROM song"));
    }

    #[pg_test]
    fn the_jsonb_of_other_rows_stays_unambiguous() {
        assert!(holds("SELECT to_jsonb(t) = '{\"a\": 1}' FROM (SELECT 1 AS a) AS t"));
    }

    #[pg_test]
    fn null_gives_null() {
        assert!(holds("SELECT midi_analyze(NULL::bytea)::text IS NULL"));
        assert!(holds("SELECT count(*) = 0 FROM midi_notes(NULL::bytea)"));
    }

    #[pg_test]
    fn the_error_for_bad_content_says_what_is_wrong_where_and_what_to_do() {
        let sqlstate_of = |content: &[u8]| {
            let sql = format!("SELECT midi_analyze({})", literal(content));
            let refusal = refusal(None, &sql).unwrap();
            assert!(refusal.message.contains("at byte"), "{refusal:?}");
            assert!(!refusal.hint.is_empty(), "{refusal:?}");
            refusal.sqlstate
        };
        assert_eq!(sqlstate_of(b"<html>"), "22P03");
        assert_eq!(sqlstate_of(&piece(&[])), "22000");
        Spi::run("SET LOCAL midi_pipeline.max_events = 3").unwrap();
        assert_eq!(sqlstate_of(&piece(&[60, 62])), "54000");
    }

    #[pg_test]
    fn the_error_for_an_unreadable_path_gives_the_reason() {
        let folder = Folder::new("cannot");
        folder.put("big.mid", vec![0; 2048]);
        let sqlstate_of = |path: &str| {
            let refusal = refusal(None, &format!("SELECT midi_analyze('{path}')")).unwrap();
            assert!(refusal.message.contains(path), "{refusal:?}");
            assert!(!refusal.hint.is_empty(), "{refusal:?}");
            refusal.sqlstate
        };
        assert_eq!(sqlstate_of("relative.mid"), "42602");
        assert_eq!(sqlstate_of(&folder.text("missing.mid")), "58P01");
        assert_eq!(sqlstate_of(&folder.text("")), "42809");
        assert_eq!(sqlstate_of("/dev/null"), "42809");
        assert_eq!(sqlstate_of(&folder.text("big.mid/x.mid")), "42809");
        Spi::run("SET LOCAL midi_pipeline.max_file_size = '1kB'").unwrap();
        assert_eq!(sqlstate_of(&folder.text("big.mid")), "54000");
    }

    #[pg_test]
    fn a_fifo_is_refused_and_not_waited_for() {
        let folder = Folder::new("fifo");
        let path = folder.path().join("wait.mid");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &path,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RWXU,
            0,
        )
        .unwrap();
        let sql = format!("SELECT midi_analyze('{}')", path.display());
        assert_eq!(refusal(None, &sql).unwrap().sqlstate, "42809");
    }

    #[pg_test]
    fn the_advised_settings_exist_and_accept_the_advised_values() {
        Spi::run(
            "DO $$
             DECLARE
                 advice record;
             BEGIN
                 FOR advice IN
                     SELECT a.setting, a.advised, a.current, a.why, s.context
                     FROM midi_tuning_advice() a LEFT JOIN pg_settings s ON s.name = a.setting
                 LOOP
                     ASSERT advice.context IS NOT NULL AND advice.why <> '', advice.setting;
                     ASSERT advice.current = current_setting(advice.setting), advice.setting;
                     IF advice.context IN ('user', 'superuser') THEN
                         PERFORM set_config(advice.setting, advice.advised, true);
                     ELSIF advice.advised ~ 'B$' THEN
                         ASSERT pg_size_bytes(advice.advised) BETWEEN 1 << 26 AND 1::bigint << 50;
                     END IF;
                 END LOOP;
             END $$",
        )
        .unwrap();
        let count = "SELECT count(*) >= 10 FROM midi_tuning_advice()";
        assert!(Spi::get_one::<bool>(count).unwrap().unwrap());
    }
}
