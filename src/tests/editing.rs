//! Music that is changed.

use pgrx::prelude::*;

#[pg_schema]
mod tests {
    use midi_testkit::smf::bytes::{file, line, meta, placed, program, tempo};
    use pgrx::prelude::*;

    use super::super::support::{Folder, holds, literal, piece, refusal};

    /// A tune of eight bars on two channels, and drums.
    fn band() -> String {
        let tune = line(0, &[60, 62, 64, 65, 67, 69, 71, 72].repeat(4), 480);
        let bass = line(1, &[36, 43].repeat(8), 960);
        let drums = line(9, &[36, 38].repeat(16), 480);
        let first = [tempo(0, 100.0), meta(0, 0x58, &[4, 2, 24, 8]), meta(0, 0x59, &[0, 0])];
        literal(&file(1, 480, &[first.concat(), tune, [program(1, 33), bass].concat(), drums]))
    }

    #[pg_test]
    fn music_is_transposed_by_semitones_or_into_a_key() {
        let band = band();
        assert!(holds(&format!(
            "SELECT midi_transpose(midi_transpose({band}, 5), -5) = {band}
                AND midi_transpose({band}, 0) = {band}
                AND midi_transpose({band}, 'D') = midi_transpose({band}, 2)
                AND midi_transpose({band}, 'Am') = {band}
                AND midi_transpose({band}, 2, keep_drums => false) <> midi_transpose({band}, 2)"
        )));
        assert!(holds(&format!(
            "SELECT array_agg((pitch + CASE WHEN is_drum THEN 0 ELSE 2 END)::smallint) = (
                 SELECT array_agg(pitch) FROM midi_notes(midi_transpose({band}, 'D major')))
             FROM midi_notes({band})"
        )));
    }

    #[pg_test]
    fn music_is_played_or_declared_at_another_tempo() {
        let band = band();
        assert!(holds(&format!(
            "SELECT round(a.bpm) = 90 AND abs(a.duration_s * 90 - b.duration_s * 100) < 0.01
             FROM midi_analyze(midi_set_tempo({band}, 90)) AS a, midi_analyze({band}) AS b"
        )));
        assert!(holds(&format!(
            "SELECT round(a.bpm_declared) = 50 AND abs(a.duration_s - b.duration_s) < 0.01
             FROM midi_analyze(midi_set_tempo({band}, 50, stretch => false)) AS a,
                  midi_analyze({band}) AS b"
        )));
    }

    #[pg_test]
    fn notes_are_moved_to_a_grid() {
        let notes: Vec<_> = (0..64_u32)
            .map(|at| (960 + at * 240 + at % 4 * 5, 200, 0, 60 + (at % 8) as u8))
            .collect();
        let events = [meta(0, 0x58, &[4, 2, 24, 8]), tempo(0, 100.0), placed(&notes)];
        let content = literal(&file(0, 480, &[events.concat()]));
        for (arguments, steps) in [("", 120), (", '1/8'", 240), (", '1/8', 1, 0.5", 240)] {
            assert!(holds(&format!(
                "SELECT bool_and(start_tick % {steps} = 0) AND count(*) = 64
                 FROM midi_notes(midi_quantize({content}{arguments}))"
            )));
        }
        assert!(holds(&format!("SELECT midi_quantize({content}, strength => 0) = {content}")));
    }

    #[pg_test]
    fn bars_are_cut_out() {
        let band = band();
        assert!(holds(&format!(
            "SELECT count(*) = 8 + 4 + 8 AND min(start_tick) = 0 AND max(start_tick + duration_ticks) = 3840
             FROM midi_notes(midi_trim({band}, 3, 4))"
        )));
        assert!(holds(&format!(
            "SELECT midi_trim({band}, NULL) IS NULL AND midi_trim(NULL, 1) IS NULL
                AND midi_trim({band}, 1) = midi_trim({band}, 1, 8)"
        )));
    }

    #[pg_test]
    fn parts_are_split_kept_and_merged() {
        let band = band();
        let notes =
            "string_agg(concat_ws(' ', channel, program, pitch, velocity, start_tick, duration_ticks), ','
                        ORDER BY start_tick, channel, pitch)";
        assert!(holds(&format!(
            "SELECT array_agg(row(part_no, name, channel, is_drum)::text) = ARRAY[
                 '(1,\"Acoustic Grand Piano\",0,f)', '(2,\"Electric Bass (finger)\",1,f)', '(3,Drums,9,t)']
                AND (SELECT {notes} FROM midi_notes(midi_merge(array_agg(s.content))))
                  = (SELECT {notes} FROM midi_notes({band}))
                AND midi_merge(ARRAY[NULL, {band}]) = {band}
             FROM midi_split({band}) AS s"
        )));
        assert!(holds(&format!(
            "SELECT midi_keep_parts({band}, '{{1,2,3}}') = {band}
                AND (SELECT array_agg(DISTINCT channel) = '{{9}}'
                     FROM midi_notes(midi_keep_parts({band}, '{{3}}')))"
        )));
    }

    #[pg_test]
    fn notes_make_a_file() {
        let band = band();
        assert!(holds(&format!(
            "SELECT (SELECT array_agg(n) FROM midi_notes(made) AS n)
                  = (SELECT array_agg(n) FROM midi_notes({band}) AS n)
             FROM (SELECT midi_from_notes(track, channel, program, pitch, velocity, start_tick,
                                          duration_ticks, 480, 100)
                   FROM midi_notes({band})) AS m (made)"
        )));
        assert!(holds(
            "SELECT midi_from_notes(0, 0, 0, 60, 80, 0, 480, 480, 120) IS NULL
             FROM generate_series(1, 0)"
        ));
        // As a window function, of more and more notes.
        assert!(holds(
            "SELECT array_agg(count ORDER BY count) = '{1,2,3}'
             FROM (SELECT midi_from_notes(0, 0, 0, 60, 80, at * 480, 480, 480, 120) OVER (ORDER BY at) AS made
                   FROM generate_series(1, 3) AS at) AS m,
                  LATERAL (SELECT count(*) FROM midi_notes(made)) AS n"
        ));
    }

    #[pg_test]
    fn what_cannot_be_done_is_refused_with_a_hint() {
        let tune = literal(&piece(&[60, 62, 64, 65, 67, 69, 71, 72]));
        let one = literal(&piece(&[60]));
        for call in [
            format!("midi_transpose({tune}, 128)"),
            format!("midi_transpose({tune}, -128)"),
            format!("midi_transpose({tune}, 'H#x')"),
            format!("midi_transpose({tune}, 'minor')"),
            format!("midi_transpose({one}, 'C')"),
            format!("midi_set_tempo({tune}, 0)"),
            format!("midi_set_tempo({tune}, 'NaN')"),
            format!("midi_set_tempo({tune}, 1e10, false)"),
            format!("midi_quantize({tune}, '1/5')"),
            format!("midi_quantize({tune}, '1/8', 1.5)"),
            format!("midi_quantize({tune}, '1/8', 'NaN')"),
            format!("midi_quantize({tune}, '1/8', 1, 0.9)"),
            format!("midi_trim({tune}, 3)"),
            format!("midi_trim({tune}, -1)"),
            format!("midi_trim({tune}, 2, 1)"),
            format!("midi_keep_parts({tune}, '{{2}}')"),
            format!("midi_keep_parts({tune}, '{{-1}}')"),
            format!("midi_keep_parts({tune}, '{{}}')"),
            "midi_merge('{}')".to_owned(),
            "midi_from_notes(0, 0, 0, 128, 80, 0, 480, 480, 120)".to_owned(),
            "midi_from_notes(0, 16, 0, 60, 80, 0, 480, 480, 120)".to_owned(),
            "midi_from_notes(0, 0, 0, 60, 0, 0, 480, 480, 120)".to_owned(),
            "midi_from_notes(0, 0, 0, 60, 80, -1, 480, 480, 120)".to_owned(),
            "midi_from_notes(0, 0, 0, 60, 80, 4294967290, 480, 480, 120)".to_owned(),
            "midi_from_notes(0, 0, 0, 60, 80, 0, 480, 0, 120)".to_owned(),
            "midi_from_notes(0, 0, 0, 60, 80, 0, 480, 480, 1)".to_owned(),
            "midi_from_notes(NULL, 0, 0, 60, 80, 0, 480, 480, 120)".to_owned(),
        ] {
            let refused =
                refusal(None, &format!("SELECT {call}")).unwrap_or_else(|| panic!("{call}"));
            assert_eq!(refused.sqlstate, "22023", "{call}: {refused:?}");
            assert!(!refused.hint.is_empty(), "{call}");
        }
        let refused = refusal(None, "SELECT midi_merge(ARRAY['a letter'::bytea])").unwrap();
        assert_eq!(refused.sqlstate, "22P03");
    }

    #[pg_test]
    fn a_file_of_the_server_is_split_too() {
        let folder = Folder::new("split");
        folder.put("tune.mid", piece(&[60, 62]));
        let path = folder.text("tune.mid");
        assert!(holds(&format!("SELECT count(*) = 1 FROM midi_split('{path}')")));
    }
}
