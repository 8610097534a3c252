//! Files that are written.

use pgrx::prelude::*;

#[pg_schema]
mod tests {
    use midi_testkit::smf::bytes::{file, header, line, meta, note, tempo, track};
    use pgrx::prelude::*;

    use super::super::support::{Folder, holds, literal, piece, refusal, text};

    /// A file with an event of every kind.
    fn every_kind() -> Vec<u8> {
        let texts = (1..10).map(|kind| meta(1, kind, b"words"));
        let first: Vec<Vec<u8>> = texts
            .chain([
                meta(0, 3, b"Fl\xfbte"),
                meta(0, 5, b"a\0b"),
                meta(0, 0, &[1, 2]),
                meta(0, 0, &[]),
                meta(0, 0x20, &[3]),
                meta(0, 0x21, &[1]),
                tempo(5, 97.3),
                meta(0, 0x54, &[0x61, 2, 3, 4, 5]),
                meta(0, 0x58, &[6, 3, 36, 8]),
                meta(0, 0x58, &[6, 70, 36, 8]),
                meta(0, 0x59, &[0xfd, 1]),
                meta(0, 0x59, &[0xfd, 9]),
                meta(0, 0x60, &[1, 2]),
                meta(0, 0x7f, &[0x43, 0]),
                vec![3, 0xf0, 4, 0x7e, 0x7f, 9, 0xf7],
                vec![3, 0xf7, 2, 0xf3, 1],
            ])
            .collect();
        let second = [
            note(0, 0, 60, 480),
            vec![0, 0x93, 60, 1, 3, 60, 0, 3, 0xa3, 60, 7, 0, 0xb3, 7, 100, 0, 0xc3, 5],
            vec![0, 0xd3, 9, 0, 0xe3, 0, 0, 0, 0xe3, 127, 127],
        ];
        file(1, 480, &[first.concat(), second.concat(), Vec::new()])
    }

    /// The file of the events of a file.
    fn from_events(content: &str) -> String {
        format!(
            "(SELECT midi_from_events(track, tick, kind, channel, data,
                                      (SELECT division FROM midi_header({content})))
              FROM midi_events({content}))"
        )
    }

    fn same_events(one: &str, other: &str) -> bool {
        holds(&format!(
            "SELECT (SELECT array_agg(e) FROM midi_events({one}) AS e)
                  = (SELECT array_agg(e) FROM midi_events({other}) AS e)"
        ))
    }

    #[pg_test]
    fn events_and_a_file_of_them_are_the_same() {
        let of_one_track = piece(&[60, 62, 64]);
        let smpte = file(1, 0xe728, &[line(0, &[60, 62], 40)]);
        let patterns = [header(2, 2, 96), [60, 64].map(|p| track(&ended(p))).concat()].concat();
        for content in [every_kind(), of_one_track, smpte, patterns] {
            let content = literal(&content);
            let written = from_events(&content);
            assert!(same_events(&content, &written), "{content}");
        }
        let content = literal(&piece(&[60, 62, 64]));
        assert!(holds(&format!("SELECT {} = {content}", from_events(&content))));
    }

    fn ended(pitch: u8) -> Vec<u8> {
        midi_testkit::smf::bytes::ended(&note(0, 0, pitch, 96))
    }

    #[pg_test]
    fn rows_that_are_written_by_hand_make_a_piece() {
        let made = text(
            "SELECT string_agg(concat_ws(' ', pitch, start_s, duration_s, channel), ', ')
             FROM midi_notes((
                 SELECT midi_from_events(track, tick, kind, channel::smallint, data::jsonb, 96)
                 FROM (VALUES
                     (1, 96, 'note_off', 2, '{\"pitch\": 60, \"velocity\": 0}'),
                     (1, 0, 'note_on', 2, '{\"pitch\": 60, \"velocity\": 90}'),
                     (0, 0, 'set_tempo', NULL, '{\"bpm\": 60}'),
                     (0, 0, 'time_signature', NULL, '{\"numerator\": 3, \"denominator\": 4}'),
                     (0, 0, 'track_name', NULL, '{\"text\": \"Übung\"}')
                 ) AS rows (track, tick, kind, channel, data)))",
        );
        assert_eq!(made.as_deref(), Some("60 0 1 2"));
        assert!(holds(
            "SELECT (SELECT midi_from_events(n, 0, 'text', NULL, '{}', 480)
                     FROM generate_series(1, 0) AS n) IS NULL"
        ));
    }

    #[pg_test]
    fn each_group_has_a_file_of_its_own() {
        assert!(holds(
            "SELECT count(DISTINCT content) = 500 AND sum(events) = 3 * 500
             FROM (SELECT midi_from_events(0, n, 'control_change', 0::smallint,
                                           '{\"controller\": 7, \"value\": 1}', 480)
                   FROM generate_series(0, 999) AS n GROUP BY n % 500) AS files (content),
                  LATERAL (SELECT count(*) FROM midi_events(content)) AS counted (events)"
        ));
    }

    #[pg_test]
    fn a_running_aggregate_has_the_file_so_far() {
        assert!(holds(
            "SELECT array_agg(count ORDER BY n DESC) = '{2,3,4}'
             FROM (SELECT n, midi_from_events(0, n, 'control_change', 0::smallint,
                                              '{\"controller\": 7, \"value\": 1}', 480)
                             OVER (ORDER BY n DESC) AS content
                   FROM generate_series(1, 3) AS n) AS files,
                  LATERAL (SELECT count(*) FROM midi_events(content)) AS events"
        ));
    }

    #[pg_test]
    fn a_row_that_is_no_event_is_named() {
        let cases = [
            (
                "0, 0, 'note_on', 0::smallint, '{\"velocity\": 1}', 480",
                "its data have no \"pitch\"",
            ),
            (
                "0, 0, 'note_on', 0::smallint, '{\"pitch\": 128, \"velocity\": 1}', 480",
                "its \"pitch\" is no whole number from 0 to 127",
            ),
            (
                "0, 0, 'note_on', 0::smallint, '{\"pitch\": 6.5, \"velocity\": 1}', 480",
                "its \"pitch\" is no whole number from 0 to 127",
            ),
            (
                "0, 0, 'program_change', 16::smallint, '{\"program\": 1}', 480",
                "its channel is none",
            ),
            ("0, 0, 'program_change', NULL, '{\"program\": 1}', 480", "its channel is NULL"),
            ("0, 0, 'nothing', NULL, '{}', 480", "there is no kind \"nothing\""),
            ("0, 0, NULL, NULL, '{}', 480", "its kind is NULL"),
            ("0, 0, 'sysex', NULL, '{\"bytes\": \"f\"}', 480", "are not hexadecimal"),
            ("0, 0, 'text', NULL, '{\"text\": \"a\", \"length\": 9}', 480", "only the beginning"),
            ("0, 0, 'text', NULL, NULL, 480", "have no \"text\""),
            ("0, 0, 'text', NULL, '[1e1000]', 480", "cannot be read"),
            ("-1, 0, 'end_of_track', NULL, '{}', 480", "its track is no number"),
            ("0, 4294967295, 'end_of_track', NULL, '{}', 480", "its tick is no number"),
            ("0, NULL, 'end_of_track', NULL, '{}', 480", "its tick is no number"),
        ];
        for (row, reason) in cases {
            let sql = format!("SELECT midi_from_events({row})");
            let refused = refusal(None, &sql).unwrap_or_else(|| panic!("{sql}"));
            assert_eq!(refused.sqlstate, "22023", "{refused:?}");
            assert!(refused.message.contains(reason), "{refused:?}");
            assert!(!refused.hint.is_empty());
        }
    }

    #[pg_test]
    fn what_no_file_can_have_is_refused_with_a_reason() {
        let content = literal(&piece(&[60, 62]));
        let calls = [
            "midi_from_events(65535, 0, 'end_of_track', NULL, '{}', 480)".to_owned(),
            "midi_from_events(0, 0, 'end_of_track', NULL, '{}', 0)".to_owned(),
            "midi_from_events(0, 0, 'end_of_track', NULL, '{}', NULL)".to_owned(),
            "midi_from_events(0, 0, 'end_of_track', NULL, '{}', 32768)".to_owned(),
            format!("midi_convert({content}, 2)"),
            format!("midi_convert({content}, division => 0)"),
            format!("midi_convert({content}, division => -25600)"),
            format!("midi_set_text({content}, 'lyric', 'la')"),
            format!("midi_set_text({content}, 'track_name', 'a', 1)"),
            format!("midi_set_text({content}, 'track_name', 'a', -1)"),
            format!("midi_set_text({content}, 'title', 'a', 1)"),
        ];
        for call in calls {
            let refused = refusal(None, &format!("SELECT {call}")).expect(&call);
            assert_eq!(refused.sqlstate, "22023", "{refused:?}");
            assert!(!refused.message.is_empty() && !refused.hint.is_empty(), "{refused:?}");
        }
        let sql = "SELECT midi_from_events(0, 0, 'end_of_track', NULL, '{}', n)
                   FROM generate_series(1, 2) AS n";
        let refused = refusal(None, sql).expect("two divisions");
        assert!(refused.message.contains("its division is not that of the rows before"));
    }

    #[pg_test]
    fn no_more_rows_than_a_file_may_have_are_collected() {
        Spi::run("SET LOCAL midi_pipeline.max_events = 10").unwrap();
        let rows = |count| {
            format!(
                "SELECT midi_from_events(0, n, 'end_of_track', NULL, '{{}}', 480)
                 FROM generate_series(1, {count}) AS n"
            )
        };
        assert_eq!(refusal(None, &rows(10)), None);
        let refused = refusal(None, &rows(11)).expect("one too many");
        assert_eq!(refused.sqlstate, "54000");
        assert!(refused.hint.contains("midi_pipeline.max_events"));
    }

    #[pg_test]
    fn a_sound_file_is_repaired_to_itself_and_a_damaged_one_has_its_notes() {
        let sound = piece(&[60, 62, 64, 65]);
        let folder = Folder::new("repair");
        folder.put("cut.mid", &sound[..sound.len() - 4]);
        let (content, path) = (literal(&sound), folder.text("cut.mid"));
        assert!(holds(&format!("SELECT midi_repair({content}) = {content}")));
        assert!(holds(&format!(
            "SELECT midi_repair('{path}') = {content}
                AND (midi_analyze('{path}')).warnings <> '{{}}'
                AND (midi_analyze(midi_repair('{path}'))).warnings = '{{}}'"
        )));
        let refused = refusal(None, "SELECT midi_repair('a letter'::bytea)").unwrap();
        assert_eq!(refused.sqlstate, "22P03");
    }

    #[pg_test]
    fn a_file_is_converted() {
        let tracks = [tempo(0, 100.0), line(0, &[60, 62], 480), line(1, &[48], 960)];
        let content = literal(&file(1, 480, &tracks));
        for (arguments, header) in [
            ("format => 0", "0 480 480 1"),
            ("division => 96", "1 96 96 3"),
            ("0, -6360", "0 -6360  1"),
            ("NULL, NULL", "1 480 480 3"),
        ] {
            let converted = format!("midi_convert({content}, {arguments})");
            let found = text(&format!(
                "SELECT concat(format, ' ', division, ' ', ticks_per_quarter, ' ', track_count)
                 FROM midi_header({converted})"
            ));
            assert_eq!(found.as_deref(), Some(header));
            assert!(holds(&format!(
                "SELECT (SELECT array_agg((pitch, channel, round(start_s::numeric, 3)) ORDER BY 1)
                         FROM midi_notes({content}))
                      = (SELECT array_agg((pitch, channel, round(start_s::numeric, 3)) ORDER BY 1)
                         FROM midi_notes({converted}))"
            )));
        }
        assert!(holds("SELECT midi_convert(NULL, 0) IS NULL"));
    }

    #[pg_test]
    fn texts_are_set_and_removed() {
        let content = literal(&file(1, 480, &[tempo(0, 100.0), line(0, &[60, 62], 480)]));
        let named = format!(
            "midi_set_text(midi_set_text(midi_set_text({content}, 'title', 'Übung 1'),
                                         'track_name', 'ピアノ', 1), 'copyright', '© me')"
        );
        assert!(holds(&format!(
            "SELECT track_names = ARRAY['Übung 1', 'ピアノ'] AND copyright = '© me'
             FROM midi_analyze({named})"
        )));
        assert!(holds(&format!(
            "SELECT midi_set_text(midi_set_text(midi_set_text({named}, 'title', ''),
                                                'track_name', '', 1), 'copyright', '')
                  = midi_repair({content})"
        )));
    }
}
