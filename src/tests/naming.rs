//! Values from names are kept apart from values of the music.

use pgrx::prelude::*;

#[pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::super::support::{Folder, counts, holds, piece, text};

    /// C, E, G: in C major, at 120 bpm.
    fn in_c_major() -> Vec<u8> {
        piece(&[60, 64, 67, 72, 67, 64, 62, 67, 71, 74, 67, 60, 65, 69, 72, 67, 71, 74, 72, 60])
    }

    fn named(filename: &str) -> String {
        text(&format!(
            "SELECT concat_ws(' | ', coalesce(name_bpm::text, '-'), coalesce(name_key, '-'), tags)
             FROM midi_files WHERE filename = '{filename}'"
        ))
        .unwrap()
    }

    #[pg_test]
    fn an_import_stores_what_each_name_says() {
        let folder = Folder::new("said");
        folder.put("House/Pad_Cmin_120bpm.mid", in_c_major());
        folder.put("House/copy in D.mid", in_c_major());
        folder.put("broken Am 90.mid", "no music");
        folder.import();
        assert_eq!(named("Pad_Cmin_120bpm.mid"), "120 | C minor | {house,pad}");
        assert_eq!(named("copy in D.mid"), "- | D major | {house}");
        assert_eq!(named("broken Am 90.mid"), "- | - | {}", "two words say nothing of Am");
        assert!(holds("SELECT count(*) = 1 FROM musical_metadata"));
    }

    #[pg_test]
    fn a_renamed_file_gets_the_values_of_its_new_name() {
        let folder = Folder::new("renamed");
        folder.put("Gmin 140.mid", piece(&[60]));
        folder.import();
        let path = |name: &str| folder.path().join(name);
        std::fs::rename(path("Gmin 140.mid"), path("Bass Dm 90.mid")).unwrap();
        folder.import();
        assert_eq!(named("Bass Dm 90.mid"), "90 | D minor | {bass}");
    }

    #[pg_test]
    fn an_import_of_a_known_path_refreshes_the_values_of_its_name() {
        let import = |content: &[u8]| {
            counts(
                "SELECT * FROM midi_import($1, $2)",
                &["x/Funk 99bpm.mid".into(), content.into()],
            )
        };
        import(&piece(&[60]));
        assert_eq!(named("Funk 99bpm.mid"), "99 | - | {funk}");
        Spi::run("UPDATE midi_files SET tags = '{}', name_bpm = 1").unwrap();
        import(&piece(&[62]));
        assert_eq!(named("Funk 99bpm.mid"), "99 | - | {funk}");
    }

    #[pg_test]
    fn the_library_has_the_tags_of_both_each_once() {
        let mut drums = piece(&[36, 38]);
        for at in 0..drums.len() - 1 {
            if matches!(drums[at], 0x80 | 0x90) && matches!(drums[at + 1], 36 | 38) {
                drums[at] |= 9;
            }
        }
        let folder = Folder::new("both");
        folder.put("drums only/Drums.mid", drums);
        folder.import();
        assert_eq!(text("SELECT tags::text FROM musical_metadata").unwrap(), "{\"drums only\"}");
        assert_eq!(text("SELECT tags::text FROM midi_files").unwrap(), "{drums}");
        let both = || text("SELECT tags::text FROM midi_library").unwrap();
        assert_eq!(both(), "{drums,\"drums only\"}");
        Spi::run("UPDATE musical_metadata SET tags = tags || '{drums}'").unwrap();
        assert_eq!(both(), "{drums,\"drums only\"}");
    }

    #[pg_test]
    fn the_name_of_a_file_says_drums_where_its_notes_leave_it_open() {
        let folder = Folder::new("one tone");
        folder.put("Hi Hat Loop.mid", piece(&[60; 16]));
        folder.put("Pluck.mid", piece(&[62; 16]));
        folder.put("copy of pluck, drums.mid", piece(&[62; 16]));
        folder.import();
        counts(
            "SELECT * FROM midi_import($1, $2)",
            &["Shaker.mid".into(), piece(&[64; 16]).into()],
        );
        let drums = "SELECT string_agg(filename, ', ' ORDER BY filename COLLATE \"C\")
                     FROM midi_library WHERE has_drums";
        assert_eq!(text(drums).unwrap(), "Hi Hat Loop.mid, Shaker.mid");
        let path = folder.text("Hi Hat Loop.mid");
        let has_drums =
            |argument: &str| holds(&format!("SELECT has_drums FROM midi_analyze({argument})"));
        assert!(has_drums(&format!("'{path}'")));
        assert!(!has_drums(&format!("pg_read_binary_file('{path}')")));
    }

    #[pg_test]
    fn a_name_that_contradicts_the_music_is_shown() {
        let folder = Folder::new("disagreements");
        for name in ["C major 120", "Amin 60", "Cmin 120", "Gmaj", "240 bpm", "97bpm", "silent"] {
            folder.put(&format!("{name}.mid"), in_c_major());
        }
        folder.import();
        assert!(holds("SELECT bool_and(key_signature = 'C major') FROM midi_library"));
        assert_eq!(
            text(
                "SELECT string_agg(concat_ws(' ', split_part(filename, '.', 1) || ':',
                            key_relation, bpm_relation), ', ' ORDER BY filename COLLATE \"C\")
                 FROM midi_name_disagreements"
            )
            .unwrap(),
            "240 bpm: double, 97bpm: other, Amin 60: relative half, Cmin 120: parallel, \
             Gmaj: other"
        );
    }

    #[pg_test]
    fn every_key_that_a_name_can_give_is_one_that_can_be_estimated() {
        for tonic in ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"] {
            for mode in ["maj", "min"] {
                let name = format!("{tonic}{mode}.mid");
                let sql = "SELECT * FROM midi_import($1, $2)";
                counts(sql, &[name.into(), in_c_major().into()]);
            }
        }
        assert!(holds("SELECT count(DISTINCT name_key) = 24 FROM midi_files"));
        // The view shows each of them but C major as a disagreement.
        assert!(holds("SELECT count(*) = 23 FROM midi_name_disagreements"));
        assert!(holds(
            "SELECT count(*) = 1 FROM midi_name_disagreements WHERE key_relation = 'relative'"
        ));
    }
}
