//! Which roles may read which files.

use pgrx::prelude::*;

#[pg_schema]
mod tests {
    use std::os::unix::fs::symlink;

    use pgrx::prelude::*;

    use super::super::support::{Folder, holds, piece, refusal};

    const PATH_FORMS: [&str; 20] = [
        "midi_analyze",
        "midi_notes",
        "midi_events",
        "midi_header",
        "midi_repair",
        "midi_split",
        "midi_tracks",
        "midi_tempo_map",
        "midi_keys",
        "midi_chords",
        "midi_beats",
        "midi_sections",
        "midi_parts",
        "midi_melody",
        "midi_lyrics",
        "midi_features",
        "midi_import",
        "midi_catalog",
        "midi_reanalyze",
        "midi_import_start",
    ];

    fn allow(folders: &str) {
        Spi::run(&format!("SET LOCAL midi_pipeline.allowed_directories = '{folders}'")).unwrap();
    }

    fn analyze(path: &str) -> String {
        format!("SELECT midi_analyze('{path}')")
    }

    #[pg_test]
    fn a_plain_role_reads_no_server_file_even_with_the_function_granted() {
        Spi::run("CREATE ROLE plain").unwrap();
        for function in PATH_FORMS {
            let sql = format!("SELECT {function}('/etc/passwd')");
            let by_grant = refusal(Some("plain"), &sql).unwrap();
            assert_eq!(by_grant.sqlstate, "42501", "{function}");
            let signature =
                if function == "midi_import_start" { "text, int, bool, text" } else { "text" };
            Spi::run(&format!("GRANT EXECUTE ON FUNCTION {function}({signature}) TO plain"))
                .unwrap();
            let inside = refusal(Some("plain"), &sql).unwrap();
            assert_eq!(inside.sqlstate, "42501", "{function}");
            assert_eq!(inside.message, "permission denied to read server files");
            let missing = format!("SELECT {function}('/no/such/file')");
            assert_eq!(refusal(Some("plain"), &missing).unwrap(), inside);
        }
    }

    #[pg_test]
    fn a_plain_role_analyzes_content() {
        Spi::run("CREATE ROLE plain").unwrap();
        Spi::run("CREATE TEMP TABLE song (content bytea)").unwrap();
        Spi::run_with_args("INSERT INTO song VALUES ($1)", &[piece(&[60]).into()]).unwrap();
        Spi::run("GRANT SELECT ON song TO plain").unwrap();
        assert_eq!(refusal(Some("plain"), "SELECT midi_analyze(content) FROM song"), None);
        assert_eq!(refusal(Some("plain"), "SELECT midi_notes(content) FROM song"), None);
    }

    #[pg_test]
    fn a_member_of_pg_read_server_files_imports_and_reads_the_library() {
        let folder = Folder::new("member");
        folder.put("a.mid", piece(&[60]));
        Spi::run("CREATE ROLE reader IN ROLE pg_read_server_files").unwrap();
        let sql = format!("SELECT midi_import('{}')", folder.text(""));
        assert_eq!(refusal(Some("reader"), &sql), None);
        assert_eq!(refusal(Some("reader"), "SELECT * FROM midi_library"), None);
        assert!(holds("SELECT count(*) = 1 FROM midi_library"));
    }

    #[pg_test]
    fn content_is_imported_only_with_the_rights_on_the_tables() {
        Spi::run("CREATE ROLE plain").unwrap();
        let sql = "SELECT midi_import('a', '\\x00')";
        assert_eq!(refusal(Some("plain"), sql).unwrap().sqlstate, "42501");
        Spi::run(
            "GRANT SELECT, INSERT, UPDATE ON midi_files, musical_metadata, musical_search, midi_import_errors
             TO plain",
        )
        .unwrap();
        assert_eq!(refusal(Some("plain"), sql), None);
    }

    #[pg_test]
    fn nothing_outside_the_allowed_directories_is_read_or_revealed() {
        let folder = Folder::new("allowed");
        folder.put("inside/a.mid", piece(&[60]));
        folder.put("outside/b.mid", piece(&[62]));
        folder.put("inside too/c.mid", piece(&[64]));
        let (inside, outside) = (folder.path().join("inside"), folder.path().join("outside"));
        symlink(outside.join("b.mid"), inside.join("file.mid")).unwrap();
        symlink(&outside, inside.join("folder")).unwrap();
        symlink("../outside/missing.mid", inside.join("dangling.mid")).unwrap();
        symlink("loop.mid", inside.join("loop.mid")).unwrap();
        symlink(&inside, folder.path().join("way in")).unwrap();
        allow(&folder.text("inside"));

        assert_eq!(refusal(None, &analyze(&folder.text("inside/a.mid"))), None);
        assert_eq!(refusal(None, &analyze(&folder.text("inside/../inside/./a.mid"))), None);
        assert_eq!(refusal(None, &analyze(&folder.text("way in/a.mid"))), None);

        let refused = |path: &str| {
            let path = folder.text(path);
            let mut refusal = refusal(None, &analyze(&path)).unwrap();
            refusal.message = refusal.message.replace(&path, "PATH");
            refusal
        };
        let outside = refused("outside/b.mid");
        assert_eq!(outside.sqlstate, "42501");
        for path in [
            "outside/missing.mid",
            "missing/folder/b.mid",
            "outside",
            "inside/../outside/b.mid",
            "inside/../outside/missing.mid",
            "outside/../inside/a.mid",
            "missing/../inside/a.mid",
            "outside/b.mid/x",
            "inside too/c.mid",
            "inside/file.mid",
            "inside/folder/b.mid",
            "inside/folder/missing.mid",
            "inside/dangling.mid",
            "",
        ] {
            assert_eq!(refused(path), outside, "{path}");
        }
        assert_eq!(refused("inside/missing.mid").sqlstate, "58P01");
        assert_eq!(refused("inside/loop.mid").sqlstate, "42809");
    }

    #[pg_test]
    fn the_setting_takes_a_list_with_quotes_and_refuses_nonsense() {
        let folder = Folder::new("list, of");
        folder.put("a.mid", piece(&[60]));
        let quoted = format!("/no/such/folder, \"{}\"", folder.text(""));
        allow(&quoted);
        assert_eq!(refusal(None, &analyze(&folder.text("a.mid"))), None);
        for bad in ["relative", "/a,", "\"/a", "\"/a\"b"] {
            let sql = format!("SET LOCAL midi_pipeline.allowed_directories = '{bad}'");
            assert_eq!(refusal(None, &sql).unwrap().sqlstate, "22023", "{bad}");
        }
        allow("");
        assert_eq!(refusal(None, &analyze(&folder.text("a.mid"))), None);
    }

    #[pg_test]
    fn only_a_superuser_may_widen_the_allowed_directories() {
        Spi::run("CREATE ROLE reader IN ROLE pg_read_server_files").unwrap();
        for setting in ["allowed_directories = ''", "max_file_size = '1GB'", "max_events = 9"] {
            let sql = format!("SET LOCAL midi_pipeline.{setting}");
            assert_eq!(refusal(Some("reader"), &sql).unwrap().sqlstate, "42501", "{setting}");
        }
    }

    #[pg_test]
    fn types_tables_and_operators_earlier_on_search_path_change_nothing() {
        let folder = Folder::new("evil");
        folder.put("a.mid", piece(&[60]));
        folder.put("copy.mid", piece(&[60]));
        Spi::run(
            "CREATE SCHEMA evil;
             CREATE TYPE evil.midi_analysis AS (nothing integer);
             CREATE TABLE evil.midi_files (nothing integer);
             CREATE TABLE evil.musical_metadata (nothing integer);
             CREATE FUNCTION evil.no(bytea, bytea) RETURNS boolean
                 LANGUAGE sql AS 'SELECT 1 / 0 = 0';
             CREATE OPERATOR evil.= (LEFTARG = bytea, RIGHTARG = bytea, FUNCTION = evil.no);
             CREATE FUNCTION evil.unnest(anyarray) RETURNS SETOF integer
                 LANGUAGE sql AS 'SELECT 1 / 0';
             SET LOCAL search_path = evil, pg_catalog, public",
        )
        .unwrap();
        let path = folder.text("a.mid");
        assert!(holds(&format!("SELECT pitch_min = 60 FROM midi_analyze('{path}')")));
        assert_eq!(folder.import(), [1, 1, 0, 0, 0, 0]);
        assert_eq!(folder.import(), [0, 0, 2, 0, 0, 0]);
    }
}
