//! A library of catalogue entries, which later imports complete.

use pgrx::prelude::*;

#[pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::super::support::{Folder, counts, holds, piece, refusal, text};

    /// Every column of every row, in which two libraries of the same files are equal.
    const LIBRARY: &str = "
        SELECT string_agg(concat_ws('|', m::text, s::text), E'\n' ORDER BY m.content_hash)
        FROM musical_metadata m LEFT JOIN musical_search s USING (content_hash)";

    fn catalog(folder: &Folder) -> [i64; 6] {
        counts("SELECT * FROM midi_catalog($1)", &[folder.text("").trim_end_matches('/').into()])
    }

    fn forget() {
        Spi::run(
            "DELETE FROM midi_files; DELETE FROM musical_metadata; DELETE FROM musical_search",
        )
        .unwrap();
    }

    fn tune(first: u8) -> Vec<u8> {
        piece(&[0, 2, 4, 5, 7, 9, 11, 12, 11, 9, 7, 5, 4, 2, 0, 0].map(|step| first + step))
    }

    fn depths() -> String {
        text("SELECT string_agg(depth, ' ' ORDER BY depth) FROM musical_metadata")
            .unwrap_or_default()
    }

    #[pg_test]
    fn a_catalog_that_is_completed_is_what_a_full_import_gives() {
        let folder = Folder::new("complete");
        for pitch in 60..64 {
            folder.put(&format!("{pitch}.mid"), tune(pitch));
        }
        folder.put("no music.mid", b"a shopping list");
        assert_eq!(folder.import(), [4, 0, 0, 1, 0, 0]);
        let full = text(LIBRARY);
        forget();
        assert_eq!(catalog(&folder), [4, 0, 0, 1, 0, 0]);
        assert_eq!(depths(), "catalog catalog catalog catalog");
        assert!(text(LIBRARY) != full);
        assert_eq!(folder.import(), [4, 0, 1, 0, 0, 0]);
        assert_eq!(text(LIBRARY), full);
        assert_eq!(folder.import(), [0, 0, 5, 0, 0, 0]);
    }

    #[pg_test]
    fn a_catalog_has_what_is_read_and_leaves_out_what_is_heard() {
        let folder = Folder::new("read");
        folder.put("a.mid", tune(60));
        catalog(&folder);
        assert!(holds(
            "SELECT depth = 'catalog' AND note_count = 16 AND duration_s = 8 AND bpm_declared = 120
                    AND pitch_min = 60 AND instrument_names IS NOT NULL AND tags IS NOT NULL
                    AND chord_moments IS NULL
             FROM midi_library"
        ));
        let heard = "bpm beat_bpm key_signature key_confidence key_alternatives is_quantized form
                     section_count chord_types chord_progression chord_count complexity drum_pieces";
        for column in heard.split_whitespace() {
            assert!(holds(&format!("SELECT {column} IS NULL FROM midi_library")), "{column}");
        }
        assert!(holds("SELECT NOT EXISTS (SELECT FROM musical_search)"));
    }

    #[pg_test]
    fn a_full_row_is_never_replaced_by_a_catalogue_entry() {
        let folder = Folder::new("keep");
        folder.put("a.mid", tune(60));
        folder.put("b.mid", tune(61));
        assert_eq!(folder.import(), [2, 0, 0, 0, 0, 0]);
        Spi::run("UPDATE musical_metadata SET analyzer_version = 0").unwrap();
        let full = text(LIBRARY);
        assert_eq!(catalog(&folder), [0, 0, 2, 0, 0, 0]);
        folder.put("copy of a.mid", tune(60));
        folder.put("new.mid", tune(62));
        // Not even where rows of older versions are renewed.
        Spi::run("SET LOCAL midi_pipeline.reanalyze = on").unwrap();
        assert_eq!(catalog(&folder), [1, 1, 2, 0, 0, 0]);
        assert_eq!(depths(), "catalog full full");
        Spi::run("DELETE FROM musical_metadata WHERE depth = 'catalog'").unwrap();
        assert_eq!(text(LIBRARY), full);
    }

    #[pg_test]
    fn an_import_completes_exactly_the_catalogue_entries_of_its_files() {
        let folder = Folder::new("mixed");
        folder.put("cataloged.mid", tune(60));
        assert_eq!(catalog(&folder), [1, 0, 0, 0, 0, 0]);
        folder.put("full.mid", tune(61));
        Spi::run("SET LOCAL midi_pipeline.depth = full").unwrap();
        assert_eq!(folder.import(), [2, 0, 0, 0, 0, 0]);
        // A copy that comes with the completion, and one that comes before it.
        catalog_content("elsewhere", 62);
        folder.put("copy.mid", tune(62));
        folder.put("another copy.mid", tune(62));
        folder.put("new.mid", tune(63));
        assert_eq!(folder.import(), [2, 1, 2, 0, 0, 0]);
        assert_eq!(depths(), "full full full full");
    }

    fn catalog_content(name: &str, pitch: u8) {
        Spi::run("SET LOCAL midi_pipeline.depth = catalog").unwrap();
        import_content(name, pitch);
        Spi::run("RESET midi_pipeline.depth").unwrap();
    }

    fn import_content(name: &str, pitch: u8) -> [i64; 6] {
        counts("SELECT * FROM midi_import($1, $2)", &[name.into(), tune(pitch).into()])
    }

    #[pg_test]
    fn content_is_imported_as_deeply_as_the_setting_says() {
        catalog_content("a", 60);
        assert_eq!(depths(), "catalog");
        assert_eq!(import_content("a", 60), [1, 0, 0, 0, 0, 0]);
        assert_eq!(depths(), "full");
        assert_eq!(import_content("a", 60), [0, 0, 1, 0, 0, 0]);
        catalog_content("b", 60);
        assert_eq!(depths(), "full");
        assert!(holds("SELECT state = 'duplicate' FROM midi_files WHERE path = 'b'"));
    }

    #[pg_test]
    fn content_is_imported_as_deeply_as_the_call_says() {
        let import = |name: &str, depth: &str| {
            let arguments = [name.into(), tune(60).into(), depth.into()];
            counts("SELECT * FROM midi_import($1, $2, depth => $3)", &arguments)
        };
        Spi::run("SET LOCAL midi_pipeline.depth = catalog").unwrap();
        assert_eq!(import("a", "full"), [1, 0, 0, 0, 0, 0]);
        assert_eq!(depths(), "full");
        assert_eq!(import("b", "catalog"), [0, 1, 0, 0, 0, 0]);
        assert_eq!(depths(), "full");
        forget();
        Spi::run("SET LOCAL midi_pipeline.depth = full").unwrap();
        assert_eq!(import("a", "catalog"), [1, 0, 0, 0, 0, 0]);
        assert_eq!(depths(), "catalog");
        assert_eq!(import("a", "full"), [1, 0, 0, 0, 0, 0]);
        assert_eq!(depths(), "full");
    }

    #[pg_test]
    fn a_depth_that_does_not_exist_is_refused_before_anything_is_done() {
        for call in [
            "midi_import('a', '\\x4d546864', 'deeper')",
            "midi_import_start('/tmp', depth => 'Full')",
            "midi_schedule('s', '/tmp', every => '1 day', depth => '')",
        ] {
            let refused = refusal(None, &format!("SELECT {call}")).expect(call);
            assert_eq!(refused.sqlstate, "22023", "{call}");
            assert_eq!(refused.hint, "The depths are catalog and full.", "{call}");
        }
        assert!(holds("SELECT NOT EXISTS (SELECT FROM midi_files)"));
    }

    #[pg_test]
    fn untyped_names_and_contents_are_imported_as_such() {
        let content = tune(60).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        for (name, depth) in [("a", ""), ("b", ", 'catalog'")] {
            let sql = format!("SELECT * FROM midi_import('{name}', '\\x{content}'{depth})");
            assert_eq!(counts(&sql, &[])[..2].iter().sum::<i64>(), 1, "{sql}");
        }
    }

    #[pg_test]
    fn a_catalogue_entry_of_an_older_version_is_renewed_as_one() {
        let folder = Folder::new("renew catalog");
        folder.put("a.mid", tune(60));
        catalog(&folder);
        Spi::run("UPDATE musical_metadata SET analyzer_version = 0, note_count = 1").unwrap();
        assert_eq!(catalog(&folder), [0, 0, 1, 0, 0, 0]);
        Spi::run("SET LOCAL midi_pipeline.reanalyze = on").unwrap();
        assert_eq!(catalog(&folder), [1, 0, 0, 0, 0, 0]);
        assert!(holds(
            "SELECT depth = 'catalog' AND analyzer_version > 0 AND note_count = 16
             FROM musical_metadata"
        ));
    }
}
