//! The content of a file of the library: what `midi_content` and the functions that take a `file_id` read, and for whom.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use midi_pipeline_tests::contents::{FILES, MEMBERS, id, keep, readable, refused, write_music};
use midi_pipeline_tests::imports::import;
use midi_testkit::archives::{tar, zip, zip_named};
use midi_testkit::cluster::{Cluster, sqlstate};
use midi_testkit::folder::Folder;
use midi_testkit::smf;
use postgres::Client;
use rustix::fs::{CWD, FileType, Mode, mknodat};

#[test]
fn an_analysis_by_id_is_what_the_import_has_stored() {
    let (cluster, folder) = (Cluster::start(), Folder::demo());
    write_music(&folder);
    // A beat that only the name of its folder tells from a melody.
    folder.write("f.zip", &zip(&[("Drum Loops/hats.mid", smf::numbered(10, 20))]));
    let mut client = cluster.connect();
    import(&mut client, folder.as_str());
    let sql = "SELECT count(*), count(*) FILTER (WHERE l.archive_member IS NOT NULL)
               FROM midi_library l
               JOIN musical_metadata m USING (content_hash) JOIN musical_search s USING (content_hash)
               WHERE l.path NOT LIKE '%/copies/%' AND midi_analyze(l.file_id)::jsonb
                     = (to_jsonb(m) || to_jsonb(s)) - '{content_hash,analyzer_version,depth}'::text[]";
    let row = client.query_one(sql, &[]).unwrap();
    assert_eq!([row.get::<_, i64>(0), row.get(1)], [7 + FILES + MEMBERS + 1, MEMBERS + 1]);
}

#[test]
fn a_content_that_is_not_the_recorded_one_is_not_given() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    write_music(&folder);
    let mut client = cluster.connect();
    import(&mut client, folder.as_str());
    assert_eq!(refused(&mut client, -1), "42704");
    let archive = id(&mut client, "a.zip");
    assert_eq!(refused(&mut client, archive), "55000", "an archive");
    // Files that change, or are exchanged for what is no file.
    let file = id(&mut client, "one.mid");
    folder.write("one.mid", &smf::numbered(11, 8));
    assert_eq!(refused(&mut client, file), "55000");
    fs::remove_file(folder.path().join("one.mid")).unwrap();
    assert_eq!(refused(&mut client, file), "58P01");
    fs::create_dir(folder.path().join("one.mid")).unwrap();
    assert_eq!(refused(&mut client, file), "42809");
    // Archives that change: the member is another, is gone, or cannot be read.
    let member = id(&mut client, "same.mid (2)");
    let same = b"same.mid".as_slice();
    for (members, code) in [
        (zip_named(&[(same, smf::numbered(4, 8)), (same, smf::numbered(3, 8))]), "55000"),
        (zip_named(&[(same, smf::numbered(4, 8))]), "58P01"),
        (b"no archive".to_vec(), "22000"),
    ] {
        folder.write("a.zip", &members);
        assert_eq!(refused(&mut client, member), code);
    }
    // What is kept, and was written by another role than an import.
    keep(&mut client, "'on'");
    let file = id(&mut client, "y.mid");
    import(&mut client, folder.as_str());
    client.execute("SELECT midi_import('sent', $1)", &[&smf::numbered(12, 8)]).unwrap();
    client.batch_execute("UPDATE midi_contents SET content = '\\x00'").unwrap();
    let content = "SELECT midi_content($1)";
    let content: Vec<u8> = client.query_one(content, &[&file]).expect("the file's own").get(0);
    assert!(content == smf::numbered(6, 8));
    let sent = id(&mut client, "sent");
    assert_eq!(refused(&mut client, sent), "55000");
}

#[test]
fn a_file_that_no_import_has_read_has_no_content() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    folder.write("large.mid", &smf::numbered(1, 1_000));
    let mut client = cluster.connect();
    client.batch_execute("SET midi_pipeline.max_file_size = '1kB'").unwrap();
    assert_eq!(import(&mut client, folder.as_str()), [1, 0, 0, 0, 0, 1, 0]);
    let file = id(&mut client, "large.mid");
    assert_eq!(refused(&mut client, file), "55000");
    client.batch_execute("RESET midi_pipeline.max_file_size").unwrap();
    import(&mut client, folder.as_str());
    assert_eq!(readable(&mut client), 1);
    client.batch_execute("SET midi_pipeline.max_file_size = '1kB'").unwrap();
    assert_eq!(refused(&mut client, file), "54000");
}

#[test]
fn contents_are_for_roles_that_may_read_their_table_or_the_files() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    folder.write("in/kept.mid", &smf::numbered(1, 8));
    let mut client = cluster.connect();
    keep(&mut client, "'on'");
    import(&mut client, folder.as_str());
    keep(&mut client, "off");
    folder.write("in/file.mid", &smf::numbered(2, 8));
    folder.write("out/file.zip", &zip(&[("member.mid", smf::numbered(3, 8))]));
    import(&mut client, folder.as_str());
    client
        .batch_execute(
            "CREATE ROLE listener LOGIN;
             CREATE ROLE reader LOGIN IN ROLE pg_read_server_files;
             CREATE ROLE sender LOGIN;
             GRANT SELECT, INSERT, UPDATE ON midi_files, musical_metadata, musical_search TO sender;
             GRANT INSERT ON midi_import_errors TO sender",
        )
        .unwrap();
    let files = ["kept.mid", "file.mid", "member.mid"].map(|name| id(&mut client, name));
    let codes = |client: &mut Client| {
        files.map(|file| sqlstate(&client.query("SELECT midi_content($1)", &[&file])).to_owned())
    };
    let (given, denied) = ("", "42501");
    let mut listener = cluster.connect_as("listener");
    for (grant, expected) in [
        ("midi_library", [denied; 3]),
        ("midi_contents", [denied; 3]),
        ("midi_files", [given, denied, denied]),
    ] {
        client.batch_execute(&format!("GRANT SELECT ON {grant} TO listener")).unwrap();
        assert_eq!(codes(&mut listener), expected, "{grant}");
    }
    let columns = "REVOKE SELECT ON midi_contents FROM listener;
                   GRANT SELECT (content_hash) ON midi_contents TO listener";
    client.batch_execute(columns).unwrap();
    assert_eq!(codes(&mut listener), [denied; 3]);
    client.batch_execute("GRANT SELECT (content) ON midi_contents TO listener").unwrap();
    assert_eq!(codes(&mut listener), [given, denied, denied]);
    // Row security hides a kept content like any row.
    client.batch_execute("ALTER TABLE midi_contents ENABLE ROW LEVEL SECURITY").unwrap();
    assert_eq!(codes(&mut listener), [denied; 3]);

    let mut reader = cluster.connect_as("reader");
    cluster.give(folder.path());
    assert_eq!(codes(&mut reader), [given; 3]);
    let allowed = format!("SET midi_pipeline.allowed_directories = '\"{}/in\"'", folder.as_str());
    client.batch_execute(&allowed).unwrap();
    assert_eq!(codes(&mut client), [given, given, denied]);
    for sql in ["UPDATE midi_contents SET content = ''", "DELETE FROM midi_contents"] {
        assert_eq!(sqlstate(&reader.execute(sql, &[])), denied, "{sql}");
    }
    // To import takes no right to what is not kept.
    let mut sender = cluster.connect_as("sender");
    for (keep, expected) in [("false", given), ("true", denied)] {
        let sql = format!("SELECT midi_import('mine', $1, keep => {keep})");
        assert_eq!(sqlstate(&sender.execute(&sql, &[&smf::numbered(4, 8)])), expected);
    }
}

/// A row of `midi_files` as a role may write it that may not read files.
fn forge(client: &mut Client, path: &str, member: Option<&str>, hash: &[u8]) -> i64 {
    let sql = "INSERT INTO midi_files (path, archive_member, path_digest, filename, state, content_hash)
               VALUES ($1, $2, sha256(convert_to($1 || COALESCE($2, ''), 'UTF8')), 'a', 'imported', $3)
               RETURNING id";
    client.query_one(sql, &[&path, &member, &hash]).expect(path).get(0)
}

#[test]
fn a_row_that_names_any_place_gives_nothing_but_the_recorded_content() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    let secret = folder.write("secret.txt", b"nobody's business");
    folder.write("a.zip", &zip(&[("secret.mid", b"nobody's business".to_vec())]));
    let fifo = folder.path().join("fifo.mid");
    mknodat(CWD, &fifo, FileType::Fifo, Mode::from_raw_mode(0o666), 0).unwrap();
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let hash = [7; 32].as_slice();
    let mut client = cluster.connect();
    client.batch_execute("SET statement_timeout = '5s'").unwrap();
    let archive = format!("{}/a.zip", folder.as_str());
    for (path, member, hash, code) in [
        (text(&secret), None, hash, "55000"),
        (archive.clone(), Some("secret.mid"), hash, "55000"),
        (archive.clone(), Some("secret.mid (2)"), hash, "58P01"),
        (archive.clone(), Some("secret.mid (99999999999)"), hash, "58P01"),
        (archive.clone(), Some("../secret.txt"), hash, "58P01"),
        (text(&fifo), None, hash, "42809"),
        (text(&fifo), Some("a.mid"), hash, "42809"),
        ("/dev/zero".to_owned(), None, hash, "42809"),
        ("/proc/self/environ".to_owned(), None, hash, "55000"),
        ("/".to_owned(), None, hash, "42809"),
        (String::new(), None, hash, "55000"),
        ("secret.txt".to_owned(), None, hash, "55000"),
        ("/\\x00".to_owned(), None, hash, "58030"),
        ("/a".repeat(100_000), None, hash, "42622"),
        (text(&secret), Some("a.mid"), hash, "22000"),
        (text(&secret), None, b"short".as_slice(), "55000"),
        (text(&secret), None, [0; 100].as_slice(), "55000"),
    ] {
        let file = forge(&mut client, &path, member, hash);
        assert_eq!(refused(&mut client, file), code, "{} {member:?}", &path[..path.len().min(200)]);
        client.execute("DELETE FROM midi_files WHERE id = $1", &[&file]).unwrap();
    }
}

#[test]
fn a_function_on_a_piece_takes_the_path_of_a_name_that_is_no_utf8() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    folder.write(OsStr::from_bytes(b"caf\xe9.mid"), &smf::numbered(1, 8));
    folder.write("b.zip", &zip_named(&[(b"caf\xe9.mid".as_slice(), smf::numbered(2, 8))]));
    folder.write(OsStr::from_bytes(b"\xe9.tar"), &tar(&[("c.mid", smf::numbered(3, 8))]));
    let mut client = cluster.connect();
    assert_eq!(import(&mut client, folder.as_str())[1], 3);
    assert_eq!(readable(&mut client), 3);
}
