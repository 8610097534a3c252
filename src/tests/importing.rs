//! Every file that an import finds has exactly one recorded state.

use pgrx::prelude::*;

#[pg_schema]
mod tests {
    use std::ffi::OsStr;
    use std::fs::Permissions;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::time::{Duration, SystemTime};

    use pgrx::prelude::*;

    use super::super::support::{Folder, counts, holds, piece, text};

    fn touch(folder: &Folder, name: &str) {
        let file = std::fs::File::options().write(true).open(folder.path().join(name)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(3600)).unwrap();
    }

    fn state(name: &str) -> Option<String> {
        text(&format!("SELECT state FROM midi_files WHERE filename = '{name}'"))
    }

    #[pg_test]
    fn each_file_is_imported_once_and_is_unchanged_after() {
        let folder = Folder::new("once");
        folder.put("a.mid", piece(&[60]));
        folder.put("deep/er/b.MIDI", piece(&[62]));
        folder.put("deep/copy of a.kar", piece(&[60]));
        folder.put("broken.mid", "no music");
        folder.put("notes.txt", "not looked at");
        assert_eq!(folder.import(), [2, 1, 0, 1, 0, 0]);
        assert!(holds("SELECT count(*) = 2 FROM musical_metadata"));
        assert!(holds("SELECT count(*) = 3 FROM midi_library"));
        assert!(holds(
            "SELECT bool_and(content_hash = sha256(pg_read_binary_file(path)))
                       FROM midi_files"
        ));
        assert!(holds(
            "SELECT bool_and(path_digest = sha256(convert_to(path, 'UTF8')))
                       FROM midi_files"
        ));
        assert_eq!(
            text("SELECT concat_ws(': ', kind, reason) FROM midi_import_errors"),
            text("SELECT 'not_midi: ' || error FROM midi_files WHERE state = 'failed'")
        );
        assert_eq!(folder.import(), [0, 0, 4, 0, 0, 0]);
        assert!(holds("SELECT count(*) = 1 FROM midi_import_errors"));
    }

    #[pg_test]
    fn the_first_of_several_copies_by_name_is_imported() {
        let folder = Folder::new("copies");
        for name in ["c.mid", "a.mid", "d.mid", "b.mid"] {
            folder.put(name, piece(&[60]));
        }
        folder.import();
        assert!(holds(
            "SELECT bool_and((state = 'imported') = (filename = 'a.mid')) FROM midi_files"
        ));
    }

    #[pg_test]
    fn an_import_works_across_batches() {
        let folder = Folder::new("batches");
        for number in 0..25 {
            folder.put(&format!("{number}.mid"), piece(&[60 + number % 10]));
            folder.put(&format!("bad {number}.mid"), "the same bad content");
        }
        Spi::run("SET LOCAL midi_pipeline.batch_size = 3").unwrap();
        assert_eq!(folder.import(), [10, 15, 0, 25, 0, 0]);
        assert_eq!(folder.import(), [0, 0, 50, 0, 0, 0]);
    }

    #[pg_test]
    fn a_changed_file_is_read_again() {
        let folder = Folder::new("changed");
        folder.put("a.mid", piece(&[60]));
        folder.put("b.mid", piece(&[62]));
        folder.import();
        folder.put("a.mid", piece(&[64, 65]));
        touch(&folder, "b.mid");
        assert_eq!(folder.import(), [1, 0, 1, 0, 0, 0]);
        assert!(holds("SELECT pitch_max = 65 FROM midi_library WHERE filename = 'a.mid'"));
        assert_eq!(folder.import(), [0, 0, 2, 0, 0, 0]);
    }

    #[pg_test]
    fn a_failed_file_is_imported_once_it_is_repaired() {
        let folder = Folder::new("mended");
        folder.put("a.mid", "broken");
        assert_eq!(folder.import(), [0, 0, 0, 1, 0, 0]);
        folder.put("a.mid", piece(&[60]));
        assert_eq!(folder.import(), [1, 0, 0, 0, 0, 0]);
        assert!(holds("SELECT error IS NULL FROM midi_files"));
    }

    #[pg_test]
    fn a_deleted_file_is_marked_vanished_and_may_come_back() {
        let folder = Folder::new("vanished");
        let other = Folder::new("vanished not");
        folder.put("a.mid", piece(&[60]));
        folder.put("b.mid", piece(&[62]));
        other.put("c.mid", piece(&[64]));
        other.import();
        folder.import();
        std::fs::remove_file(folder.path().join("a.mid")).unwrap();
        assert_eq!(folder.import(), [0, 0, 1, 0, 0, 1]);
        assert_eq!(state("a.mid").as_deref(), Some("vanished"));
        assert_eq!(state("c.mid").as_deref(), Some("imported"));
        assert!(holds("SELECT count(*) = 2 FROM midi_library"));
        assert_eq!(folder.import(), [0, 0, 1, 0, 0, 0]);
        folder.put("a.mid", piece(&[60]));
        assert_eq!(folder.import(), [0, 0, 2, 0, 0, 0]);
        assert_eq!(state("a.mid").as_deref(), Some("imported"));
    }

    #[pg_test]
    fn an_unreadable_folder_is_reported_and_its_files_do_not_vanish() {
        let folder = Folder::new("locked");
        folder.put("open/a.mid", piece(&[60]));
        folder.put("locked/b.mid", piece(&[62]));
        folder.import();
        let locked = folder.path().join("locked");
        std::fs::set_permissions(&locked, Permissions::from_mode(0o000)).unwrap();
        let imported = folder.import();
        let recorded = text("SELECT concat_ws(': ', kind, right(path, 8)) FROM midi_import_errors");
        std::fs::set_permissions(&locked, Permissions::from_mode(0o700)).unwrap();
        assert_eq!(imported, [0, 0, 1, 1, 0, 0]);
        assert_eq!(recorded.as_deref(), Some("permission_denied: /locked/"));
        assert_eq!(state("b.mid").as_deref(), Some("imported"));
        assert_eq!(folder.import(), [0, 0, 2, 0, 0, 0]);
        assert!(holds("SELECT count(*) = 2 FROM midi_files"));
    }

    #[pg_test]
    fn a_lost_analysis_is_made_again() {
        let folder = Folder::new("lost");
        folder.put("a.mid", piece(&[60]));
        folder.import();
        Spi::run("DELETE FROM musical_metadata; UPDATE musical_search SET melody_lines = NULL")
            .unwrap();
        assert_eq!(folder.import(), [1, 0, 0, 0, 0, 0]);
        assert!(holds(
            "SELECT count(*) = 1 AND bool_and(melody_lines IS NOT NULL) FROM musical_search"
        ));
    }

    #[pg_test]
    fn entries_that_are_no_regular_files_are_skipped_with_the_reason() {
        let folder = Folder::new("rules");
        folder.put("a.mid", piece(&[60]));
        folder.put("big.mid", vec![0; 2048]);
        symlink("a.mid", folder.path().join("link.mid")).unwrap();
        symlink(".", folder.path().join("loop")).unwrap();
        let fifo = folder.path().join("fifo.mid");
        let mode = rustix::fs::Mode::RWXU;
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        Spi::run("SET LOCAL midi_pipeline.max_file_size = '1kB'").unwrap();
        assert_eq!(folder.import(), [1, 0, 0, 0, 3, 0]);
        assert_eq!(
            text("SELECT string_agg(kind, ' ' ORDER BY kind) FROM midi_import_errors").unwrap(),
            "not_regular_file symbolic_link too_large"
        );
        assert_eq!(folder.import(), [0, 0, 1, 0, 3, 0]);
        assert!(holds("SELECT count(*) = 3 FROM midi_import_errors"));
    }

    #[pg_test]
    fn a_name_that_is_not_utf8_is_escaped_and_found_again() {
        let folder = Folder::new("names");
        for name in [&b"caf\xe9.mid"[..], b"caf\\xe9.mid", b"AC\\DC.mid", b"new\nline '\".mid"] {
            std::fs::write(folder.path().join(OsStr::from_bytes(name)), piece(&[60])).unwrap();
        }
        assert_eq!(folder.import(), [1, 3, 0, 0, 0, 0]);
        assert_eq!(
            text(
                "SELECT string_agg(filename, '|' ORDER BY filename COLLATE \"C\") FROM midi_files"
            )
            .unwrap(),
            "AC\\DC.mid|caf\\x5cxe9.mid|caf\\xe9.mid|new\nline '\".mid"
        );
        assert_eq!(folder.import(), [0, 0, 4, 0, 0, 0]);
    }

    #[pg_test]
    fn a_path_longer_than_the_system_takes_is_imported() {
        let folder = Folder::new("long");
        let step = "d".repeat(250);
        let mut parent = rustix::fs::open(
            folder.path(),
            rustix::fs::OFlags::DIRECTORY,
            rustix::fs::Mode::empty(),
        )
        .unwrap();
        for _ in 0..20 {
            rustix::fs::mkdirat(&parent, step.as_str(), rustix::fs::Mode::RWXU).unwrap();
            let flags = rustix::fs::OFlags::DIRECTORY;
            parent = rustix::fs::openat(&parent, step.as_str(), flags, rustix::fs::Mode::empty())
                .unwrap();
        }
        let flags = rustix::fs::OFlags::CREATE | rustix::fs::OFlags::WRONLY;
        let file = rustix::fs::openat(&parent, "a.mid", flags, rustix::fs::Mode::RWXU).unwrap();
        rustix::io::write(&file, &piece(&[60])).unwrap();
        assert_eq!(folder.import(), [1, 0, 0, 0, 0, 0]);
        assert!(holds("SELECT length(path) > 5000 FROM midi_files"));
        assert!(holds("SELECT (midi_analyze(path)).pitch_min = 60 FROM midi_library"));
        assert_eq!(folder.import(), [0, 0, 1, 0, 0, 0]);
    }

    #[pg_test]
    fn a_single_file_is_imported_whatever_its_name() {
        let folder = Folder::new("single");
        folder.put("tune.bin", piece(&[60]));
        let path = folder.text("tune.bin");
        let import = || counts("SELECT * FROM midi_import($1)", &[path.as_str().into()]);
        assert_eq!(import(), [1, 0, 0, 0, 0, 0]);
        assert_eq!(import(), [0, 0, 1, 0, 0, 0]);
        assert_eq!(folder.import(), [0, 0, 0, 0, 0, 0], "it is there, and has not vanished");
    }

    #[pg_test]
    fn content_from_a_client_is_imported_under_its_name() {
        let import = |content: &[u8]| {
            counts("SELECT * FROM midi_import($1, $2)", &["set/a.mid".into(), content.into()])
        };
        assert_eq!(import(&piece(&[60])), [1, 0, 0, 0, 0, 0]);
        assert_eq!(import(&piece(&[60])), [0, 0, 1, 0, 0, 0]);
        assert_eq!(import(b"broken"), [0, 0, 0, 1, 0, 0]);
        assert_eq!(import(&piece(&[60])), [0, 1, 0, 0, 0, 0]);
        assert_eq!(state("a.mid").as_deref(), Some("duplicate"));
    }

    #[pg_test]
    fn a_trigger_of_the_user_runs_with_the_search_path_of_the_user() {
        let folder = Folder::new("trigger");
        // Takes the lock of imports before that of the table, in the same order as other tests.
        folder.import();
        folder.put("a.mid", piece(&[60]));
        Spi::run(
            "CREATE SCHEMA mine;
             SET LOCAL search_path = mine, public;
             CREATE TABLE seen (path text);
             CREATE FUNCTION on_write() RETURNS trigger LANGUAGE plpgsql AS
                 $$BEGIN INSERT INTO seen VALUES (NEW.path); RETURN NEW; END$$;
             CREATE TRIGGER on_write AFTER INSERT ON midi_files FOR EACH ROW EXECUTE FUNCTION on_write()",
        )
        .unwrap();
        folder.import();
        assert!(holds("SELECT count(*) = 1 FROM seen"));
    }
}
