//! Music found by what sounds in it.

use pgrx::prelude::*;

#[pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::super::support::{Folder, holds, piece, refusal, text};

    const TUNE: [u8; 14] = [64, 62, 60, 62, 64, 64, 67, 65, 69, 72, 71, 67, 64, 65];

    fn library() -> Folder {
        let folder = Folder::new("tunes");
        folder.put("low.mid", piece(&TUNE.map(|pitch| pitch - 7)));
        folder.put("other.mid", piece(&[60, 67, 61, 66, 70, 72, 63, 62, 68, 60, 65, 71]));
        assert_eq!(folder.import(), [2, 0, 0, 0, 0, 0]);
        folder
    }

    #[pg_test]
    fn a_melody_is_found_in_any_key_with_a_wrong_note_and_with_every_copy_of_it() {
        let folder = library();
        folder.put("twin.mid", piece(&TUNE.map(|pitch| pitch - 7)));
        folder.import();
        for melody in [
            "'E4 D4 C4 D4 E4 E4 G4 F4 A4 C5'",
            "'E D C D E E G F A C B G'",
            "'{64,62,60,62,64,64,67}'::int[]",
            "'64 62 60 62 63 64 67 65'",
            "'64 62 60 62 64 64 67 66 69 72 71 67'",
        ] {
            let sql = format!(
                "SELECT string_agg((path ~ 'low|twin' AND score > 0.85 AND start_s = 0)::text, ' ')
                 FROM midi_find_melody({melody})"
            );
            assert_eq!(text(&sql).as_deref(), Some("true true"), "{melody}");
        }
        assert!(holds("SELECT count(*) = 1 FROM midi_find_melody('E D C D E E G F A C', 1)"));
        assert!(holds("SELECT count(*) = 0 FROM midi_find_melody('60 61 60 61 60 61')"));
    }

    #[pg_test]
    fn what_is_no_melody_is_refused_with_its_place() {
        for (melody, place) in [
            ("'E4 D4 H4 D4 E4 E4'", "at position 7"),
            ("'{60,62,NULL,60,60,60}'::int[]", "at position 3"),
            ("'C D E'", "3 notes"),
            ("''", "0 notes"),
            ("repeat('C ', 100000)", "longer than"),
        ] {
            let refusal = refusal(None, &format!("SELECT midi_find_melody({melody})")).unwrap();
            assert_eq!(refusal.sqlstate, "22023");
            assert!(refusal.message.contains(place), "{refusal:?}");
            assert!(!refusal.hint.is_empty());
        }
        let none = refusal(None, "SELECT midi_find_melody('C D E F G A', -1)").unwrap();
        assert_eq!(none.sqlstate, "22023");
    }

    #[pg_test]
    fn a_melody_is_looked_for_with_the_rights_of_the_one_who_asks() {
        Spi::run("CREATE ROLE plain").unwrap();
        let sql = "SELECT midi_find_melody('C D E F G A')";
        assert_eq!(refusal(Some("plain"), sql).unwrap().sqlstate, "42501");
        Spi::run("GRANT SELECT ON midi_files, musical_metadata TO plain").unwrap();
        assert_eq!(refusal(Some("plain"), sql), None);
    }
}
