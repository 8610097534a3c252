//! Duplicates: the same music in the same or other bytes.

use pgrx::prelude::*;

#[pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::super::support::{Folder, holds, piece, refusal, text};

    /// A different tune of quarter notes for every number.
    fn tune(number: u32) -> Vec<u8> {
        let mut state = number.wrapping_mul(2_654_435_761).wrapping_add(1);
        let next = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            48 + (state >> 24) as u8 % 30
        };
        (0..300).map(next).collect()
    }

    fn library(name: &str) -> Folder {
        let folder = Folder::new(name);
        let first = tune(1);
        folder.put("tune.mid", piece(&first));
        folder.put("tune again.mid", piece(&first));
        folder.put("tune up.mid", piece(&first.iter().map(|pitch| pitch + 3).collect::<Vec<_>>()));
        let lost = first.iter().enumerate().map(|(i, p)| if i % 40 == 9 { p + 1 } else { *p });
        folder.put("tune with slips.mid", piece(&lost.collect::<Vec<_>>()));
        for number in 2..12 {
            folder.put(&format!("other {number}.mid"), piece(&tune(number)));
        }
        folder.put("short.mid", piece(&[60, 62, 64, 65]));
        folder.put("short up.mid", piece(&[61, 63, 65, 66]));
        folder.put("gone.mid", piece(&first));
        folder.import();
        Spi::run("UPDATE midi_files SET state = 'vanished' WHERE filename = 'gone.mid'").unwrap();
        folder
    }

    fn duplicates() -> Option<String> {
        text(
            "SELECT string_agg(concat_ws(' ', o.filename, d.kind, round(d.similarity::numeric, 1)), '; '
                               ORDER BY d.similarity DESC, o.filename)
             FROM midi_duplicates d
             JOIN midi_files f ON f.id = d.file_id JOIN midi_files o ON o.id = d.other_file_id
             WHERE f.filename = 'tune.mid' AND d.path = f.path AND d.other_path = o.path",
        )
    }

    const FOUND: &str =
        "tune again.mid exact 1.0; tune up.mid near 1.0; tune with slips.mid near 0.7";

    #[pg_test]
    fn copies_are_exact_duplicates_and_variants_near_ones_with_and_without_an_index() {
        let _folder = library("duplicates");
        assert_eq!(duplicates().as_deref(), Some(FOUND));
        // Each pair in both directions, and no others.
        assert!(holds(
            "SELECT count(*) = 12 AND count(*) FILTER (WHERE kind = 'exact') = 2
                AND bool_and(path LIKE '%/tune%' AND other_path LIKE '%/tune%' AND file_id <> other_file_id)
             FROM midi_duplicates"
        ));
        Spi::run(
            "SELECT midi_create_indexes('search'); ANALYZE musical_metadata;
             SET LOCAL enable_seqscan = off",
        )
        .unwrap();
        assert_eq!(duplicates().as_deref(), Some(FOUND));
    }

    #[pg_test]
    fn damaged_and_missing_fingerprints_have_no_duplicates() {
        let _folder = library("damaged fingerprints");
        for damaged in ["NULL", "'{}'", "'{1,2,3}'", "array_fill(NULL::int, '{64}')", "'{{1},{2}}'"]
        {
            Spi::run(&format!("UPDATE musical_search SET fingerprint = {damaged}")).unwrap();
            assert_eq!(duplicates().as_deref(), Some("tune again.mid exact 1.0"), "{damaged}");
        }
        for nothing in [
            "midi_fingerprint_similarity(NULL, '{1}')",
            "midi_fingerprint_similarity('{1}', '{1}')",
            "midi_fingerprint_similarity(array_fill(1, '{64}'), array_fill(NULL::int, '{64}'))",
            "midi_fingerprint_bands(NULL)",
        ] {
            assert!(holds(&format!("SELECT {nothing} IS NULL")), "{nothing}");
        }
        assert!(holds("SELECT midi_fingerprint_bands(array_fill(1, '{100000}')) = '{}'"));
        assert!(holds("SELECT cardinality(midi_fingerprint_bands(array_fill(1, '{64}'))) > 20"));
    }

    #[pg_test]
    fn duplicates_are_shown_only_to_those_who_may_read_the_view() {
        let _folder = library("rights of duplicates");
        Spi::run(
            "CREATE ROLE listener; CREATE ROLE stranger;
             CREATE ROLE reader IN ROLE pg_read_server_files;
             GRANT SELECT ON midi_duplicates TO listener",
        )
        .unwrap();
        let sql = "SELECT * FROM midi_duplicates";
        assert_eq!(refusal(Some("listener"), sql), None);
        assert_eq!(refusal(Some("reader"), sql), None);
        assert_eq!(refusal(Some("stranger"), sql).unwrap().sqlstate, "42501");
    }
}
