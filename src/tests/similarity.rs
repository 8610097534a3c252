//! Searches for similar pieces.

use pgrx::prelude::*;

#[pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::super::support::{Folder, holds, piece, refusal, text};

    const TUNE: [u8; 16] = [60, 64, 67, 72, 71, 67, 65, 62, 64, 60, 59, 60, 65, 69, 67, 60];

    fn library(name: &str) -> Folder {
        let folder = Folder::new(name);
        folder.put("tune.mid", piece(&TUNE));
        folder.put("tune, a fourth up.mid", piece(&TUNE.map(|pitch| pitch + 5)));
        folder.put(
            "tune, a note changed.mid",
            piece(&{
                let mut tune = TUNE;
                tune[5] = 69;
                tune
            }),
        );
        for shift in 0..8_u8 {
            let other: Vec<u8> = (0..20).map(|i| 40 + (i * (5 + shift)) % 36).collect();
            folder.put(&format!("other {shift}.mid"), piece(&other));
        }
        folder.put("beat.mid", piece(&[]));
        folder.import();
        folder
    }

    fn nearest() -> Option<String> {
        text(
            "SELECT string_agg(filename, '; ' ORDER BY n) FROM (
                  SELECT f.filename, s.n FROM midi_files t,
                      midi_similar(t.id, 2) WITH ORDINALITY AS s (file_id, path, distance, n)
                  JOIN midi_files f ON f.id = s.file_id
                  WHERE t.filename = 'tune.mid') AS near",
        )
    }

    #[pg_test]
    fn a_variant_is_nearer_than_other_music_with_and_without_an_index() {
        let _folder = library("similarity");
        let variants = Some("tune, a fourth up.mid; tune, a note changed.mid".to_owned());
        assert_eq!(nearest(), variants);
        Spi::run(
            "CREATE INDEX ON musical_search USING midi_vectors (embedding);
             SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off",
        )
        .unwrap();
        assert_eq!(nearest(), variants);
    }

    #[pg_test]
    fn content_outside_the_library_finds_similar_pieces() {
        let _folder = library("similarity of content");
        assert!(holds(
            "SELECT s.distance < 1e-6 AND s.path LIKE '%/tune%'
             FROM midi_files f, midi_similar_to(pg_read_binary_file(f.path), 1) AS s
             WHERE f.filename = 'tune.mid'"
        ));
    }

    #[pg_test]
    fn a_piece_without_embedding_has_no_similar_pieces_and_an_unknown_id_is_an_error() {
        let _folder = library("no similarity");
        let unknown = refusal(None, "SELECT * FROM midi_similar(-1)").unwrap();
        assert_eq!(unknown.sqlstate, "42704");
        assert!(holds("SELECT count(*) = 0 FROM midi_files f, midi_similar(f.id, 0)"));
        let refused = refusal(None, "SELECT * FROM midi_files f, midi_similar(f.id, -1)").unwrap();
        assert_eq!(refused.sqlstate, "22023");
        assert!(refused.hint.contains("10000"), "{refused:?}");
        assert!(holds("SELECT midi_distance('{1,2}', '{1}') IS NULL"));
        assert!(holds("SELECT midi_distance('{1,NULL}', '{1,2}') IS NULL"));
        assert!(holds("SELECT midi_distance('{0,3}', '{4,0}') = 5"));
    }
}
