//! The page on the library.

use pgrx::prelude::*;

#[pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::super::support::{Folder, counts, holds, piece, refusal, text};

    /// A tune of its own for each number.
    fn tune(number: u8) -> Vec<u8> {
        piece(&[60, 62, 64, 65, 67, 69, 71, 72, 60 + number % 12, 64, 67, 60])
    }

    fn import(name: &str, content: Vec<u8>) {
        // Takes the lock of imports before those of rows, in the same order as other tests.
        Folder::new("reports").import();
        let sql = "SELECT * FROM midi_import($1, $2::bytea)";
        counts(sql, &[name.into(), content.into()]);
    }

    fn report() -> String {
        text("SELECT midi_library_report()").unwrap()
    }

    /// The parts of the page that are titled `title` in its charts: how many files each shows.
    fn titled(page: &str, title: &str) -> i64 {
        let number =
            page.split(&format!("<title>{title}: ")).nth(1).and_then(|rest| rest.split('<').next());
        number
            .unwrap_or_else(|| panic!("nothing is titled {title}"))
            .replace(',', "")
            .parse()
            .unwrap()
    }

    #[pg_test]
    fn an_empty_library_has_a_page_that_says_so() {
        let page = report();
        assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>"));
        assert!(page.contains("The library is empty."));
    }

    #[pg_test]
    fn what_the_charts_count_is_what_the_view_has() {
        for number in 0..8 {
            import(&format!("{number}.mid"), tune(number));
        }
        import("again.mid", tune(3));
        import("broken.mid", b"MThd".to_vec());
        let page = report();
        let key =
            text("SELECT key_signature FROM midi_library WHERE key_signature IS NOT NULL LIMIT 1")
                .unwrap();
        let in_key = format!("SELECT count(*) FROM midi_library WHERE key_signature = '{key}'");
        assert_eq!(Some(titled(&page, &key)), Spi::get_one::<i64>(&in_key).unwrap());
        let shown: i64 = (0..12)
            .flat_map(|index| ["major", "minor"].map(|mode| (index, mode)))
            .map(|(index, mode)| {
                titled(
                    &page,
                    &midi_analysis::Key::from_index(index + if mode == "minor" { 12 } else { 0 })
                        .to_string(),
                )
            })
            .sum();
        assert_eq!(
            Some(shown),
            Spi::get_one::<i64>("SELECT count(key_signature) FROM midi_library").unwrap()
        );
        let at_120 = "SELECT count(*) FROM midi_library WHERE bpm >= 120 AND bpm < 125";
        assert_eq!(Some(titled(&page, "120 to 125 BPM")), Spi::get_one::<i64>(at_120).unwrap());
        assert!(page.contains("<strong>9</strong><span>files</span>"));
        assert!(page.contains("<strong>1</strong><span>copies</span>"));
        assert!(page.contains("1 could not be read"));
    }

    #[pg_test]
    fn the_strangest_piece_is_the_one_whose_properties_are_rarest() {
        for number in 0..12 {
            import(&format!("alike {number}.mid"), tune(number));
        }
        Spi::run(
            "UPDATE musical_metadata SET key_signature = 'C major', bpm = 120, bpm_confidence = 1, time_signature_numerator = 4,
                 time_signature_denominator = 4, duration_s = 6, complexity = 20",
        )
        .unwrap();
        Spi::run(
            "UPDATE musical_metadata SET key_signature = 'F# minor', bpm = 61, time_signature_numerator = 7,
                 time_signature_denominator = 8
             WHERE content_hash = (SELECT content_hash FROM midi_files WHERE filename = 'alike 7.mid')",
        )
        .unwrap();
        let page = report();
        let strangest = page.split("The strangest</h2>").nth(1).unwrap();
        let first = strangest.split("<td class=\"name\"><bdi>").nth(1).unwrap();
        assert!(first.starts_with("alike 7.mid</bdi>"), "{}", &first[..80]);
        // Key, meter and tempo are those of one piece in twelve: 3 x log2(12) bits. Length and complexity are those of all.
        assert!(first.split("</tr>").next().unwrap().contains(">10.8<"), "{}", &first[..400]);
        let slowest = page.split("The slowest</h2>").nth(1).unwrap();
        assert!(slowest.split("<bdi>").nth(1).unwrap().starts_with("alike 7.mid"));
    }

    #[pg_test]
    fn hostile_names_stay_text() {
        let name =
            "</script><script>alert(1)</script><img src=x onerror=\"alert(2)\">\u{202e}\u{1}'.mid";
        import(name, tune(0));
        Spi::run_with_args(
            "UPDATE midi_files SET tags = ARRAY[$1], name_key = $1, name_bpm = 90, error = $1",
            &[name.into()],
        )
        .unwrap();
        Spi::run_with_args("UPDATE musical_metadata SET key_signature = $1, warnings = ARRAY[$1], tags = ARRAY[$1]", &[name.into()])
            .unwrap();
        let page = report();
        assert_eq!(page.matches("<script>").count(), 1, "the page's own");
        assert_eq!(page.matches("</script>").count(), 1);
        assert!(!page.contains("<img"));
        assert!(page.contains("&lt;img src=x onerror=&quot;alert(2)&quot;&gt;"));
        assert!(!page.contains('\u{1}'));
    }

    #[pg_test]
    fn a_page_has_less_than_a_megabyte() {
        Spi::run(
            "INSERT INTO musical_metadata (content_hash, analyzer_version, key_signature, bpm, tags, warnings,
                 time_signature_numerator, time_signature_denominator)
             SELECT sha256(i::text::bytea), 1, repeat('\"', 5000) || i, 1e300, array_fill(repeat('&', 5000) || i, '{9}'),
                    ARRAY[repeat('<', 5000) || i], i, i
             FROM generate_series(1, 3000) AS i;
             INSERT INTO midi_files (path, path_digest, filename, content_hash, state, error, imported_at, tags, name_bpm)
             SELECT i::text, sha256(i::text::bytea), repeat('\"', 5000) || i, sha256(i::text::bytea), 'imported', NULL,
                    '1900-01-01'::timestamptz + i * interval '2 years', '{}', 100
             FROM generate_series(1, 3000) AS i;
             INSERT INTO midi_files (path, path_digest, filename, content_hash, state, error)
             SELECT 'f' || i, sha256(('f' || i)::bytea), i::text, NULL, 'failed', repeat('>', 5000) || i
             FROM generate_series(1, 300) AS i;
             INSERT INTO midi_import_errors (path, kind, reason, at)
             SELECT 'f' || i, repeat('>', 5000) || i, repeat('>', 5000) || i, now() FROM generate_series(1, 300) AS i",
        )
        .unwrap();
        let length = report().len();
        assert!((200_000..1_000_000).contains(&length), "{length} bytes");
    }

    #[pg_test]
    fn the_report_is_made_with_the_rights_of_the_caller() {
        import("public.mid", tune(0));
        import("secret.mid", tune(1));
        Spi::run("CREATE ROLE listener").unwrap();
        let sql = "SELECT midi_library_report()";
        let refused = |grant: &str| {
            Spi::run(grant).unwrap();
            refusal(Some("listener"), sql).map(|refusal| (refusal.sqlstate, refusal.message))
        };
        let denied =
            |what: &str| Some(("42501".to_owned(), format!("permission denied for {what}")));
        assert_eq!(refused("GRANT SELECT ON midi_library TO listener"), denied("table midi_files"));
        let partly = "GRANT SELECT (id, state, filename, content_hash) ON midi_files TO listener";
        assert_eq!(refused(partly), denied("table midi_files"));
        let files = "GRANT SELECT ON midi_files TO listener";
        assert_eq!(refused(files), denied("table musical_metadata"));
        let others = refusal(Some("listener"), sql).unwrap().hint;
        let (grant, _) = others.split_once(" to this role").unwrap();
        let grant = grant.strip_prefix("Ask the owner of the library for ").unwrap();
        assert_eq!(refused(&format!("{grant} TO listener")), None);
        Spi::run(
            "ALTER TABLE midi_files ENABLE ROW LEVEL SECURITY;
             CREATE POLICY own ON midi_files FOR SELECT TO listener USING (filename <> 'secret.mid');
             UPDATE midi_files SET name_bpm = 77, name_key = 'F# minor';
             GRANT SELECT ON midi_name_disagreements TO listener",
        )
        .unwrap();
        assert!(report().contains("secret.mid"));
        Spi::run("SET LOCAL ROLE listener").unwrap();
        let page = report();
        Spi::run("RESET ROLE").unwrap();
        assert!(page.contains("public.mid") && !page.contains("secret.mid"));
        assert!(page.contains("<strong>1</strong><span>files</span>"));
        assert!(holds("SELECT count(*) = 2 FROM midi_name_disagreements"));
    }
}
