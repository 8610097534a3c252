//! Music in archives, well-formed, damaged and hostile ones.

use std::fs;

use midi_pipeline_tests::imports::import;
use midi_pipeline_tests::jobs::{start, wait};
use midi_testkit::archives::{gzip, tar, tar_member, zip, zip_named, zip_overlapping, zstd};
use midi_testkit::cluster::Cluster;
use midi_testkit::folder::Folder;
use midi_testkit::smf;
use postgres::Client;
use tar::EntryType;

/// The rows of `midi_files`: path below the folder, member, state.
fn recorded(client: &mut Client, folder: &Folder) -> Vec<(String, Option<String>, String)> {
    client
        .query(
            "SELECT substr(path, length($1) + 2), archive_member, state FROM midi_files
             ORDER BY path COLLATE \"C\", archive_member COLLATE \"C\" NULLS FIRST",
            &[&folder.as_str()],
        )
        .unwrap()
        .into_iter()
        .map(|row| (row.get(0), row.get(1), row.get(2)))
        .collect()
}

fn problem(client: &mut Client, member: Option<&str>) -> String {
    client
        .query_one(
            "SELECT kind FROM midi_import_errors WHERE archive_member IS NOT DISTINCT FROM $1",
            &[&member],
        )
        .expect("one problem")
        .get(0)
}

fn pieces(from: u32) -> Vec<(&'static str, Vec<u8>)> {
    let long = "a folder with a long name that goes on and on and on until it is longer than \
                the hundred bytes of a tar header/piece.mid";
    vec![
        ("one.mid", smf::numbered(from, 8)),
        ("folder/two.MID", smf::numbered(from + 1, 8)),
        (long, smf::numbered(from + 2, 8)),
        ("folder/read me.txt", b"no music".to_vec()),
    ]
}

#[test]
fn music_in_every_kind_of_archive_is_imported_once() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    folder.write("a.zip", &zip(&pieces(0)));
    folder.write("b.tar", &tar(&pieces(10)));
    folder.write("c.tar.gz", &gzip(&tar(&pieces(20))));
    folder.write("d.TGZ", &gzip(&tar(&pieces(30))));
    folder.write("e.tar.zst", &zstd(&tar(&pieces(40))));
    folder.write("f.mid.gz", &gzip(&smf::numbered(50, 8)));
    folder.write("copies.zip", &zip(&pieces(0)));
    let mut client = cluster.connect();
    assert_eq!(import(&mut client, folder.as_str()), [19, 16, 3, 0, 0, 0, 0]);
    let row = client
        .query_one(
            "SELECT count(*), count(DISTINCT (path, archive_member)),
                    count(*) FILTER (WHERE filename = 'two.MID'),
                    count(*) FILTER (WHERE note_count = 8)
             FROM midi_library",
            &[],
        )
        .unwrap();
    assert_eq!([0, 1, 2, 3].map(|column| row.get::<_, i64>(column)), [19, 19, 6, 19]);
    let hash: bool = client
        .query_one(
            "SELECT content_hash = sha256($1) FROM midi_files
             WHERE path LIKE '%e.tar.zst' AND archive_member = 'one.mid'",
            &[&smf::numbered(40, 8)],
        )
        .unwrap()
        .get(0);
    assert!(hash, "the member's own bytes are what counts");

    // An unchanged archive is not read again.
    assert_eq!(import(&mut client, folder.as_str()), [19, 0, 0, 19, 0, 0, 0]);

    folder.write("a.zip", &zip(&pieces(0)[..2]));
    fs::remove_file(folder.path().join("b.tar")).unwrap();
    let counts = import(&mut client, folder.as_str());
    assert_eq!(counts, [19, 0, 0, 15, 0, 0, 4], "one member and one archive of three are gone");
    folder.write("b.tar", &tar(&pieces(10)));
    assert_eq!(import(&mut client, folder.as_str())[3], 18, "and may come back");
    let single = folder.path().join("c.tar.gz");
    assert_eq!(import(&mut client, single.to_str().unwrap()), [3, 0, 0, 3, 0, 0, 0]);
}

#[test]
fn members_that_cannot_be_imported_are_recorded_each_with_its_reason() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    let good = smf::numbered(1, 8);
    folder.write("up.tar", &tar_member(b"x/../../etc/up.mid", EntryType::Regular, &good));
    folder.write("root.tar", &tar_member(b"/root.mid", EntryType::Regular, &good));
    folder.write("link.tar", &tar_member(b"link.mid", EntryType::Symlink, b""));
    folder.write("fifo.tar", &tar_member(b"fifo.mid", EntryType::Fifo, b""));
    folder.write("zeros.zip", &zip(&[("zeros.mid", vec![0; 3 << 20]), ("good.mid", good)]));
    let mut encrypted = zip(&[("encrypted.mid", smf::numbered(2, 8))]);
    // The flag of the member, in its header and in the directory.
    for magic in [&b"PK\x03\x04"[..], b"PK\x01\x02"] {
        let at = encrypted.windows(4).position(|window| window == magic).unwrap();
        encrypted[at + if magic[2] == 3 { 6 } else { 8 }] |= 1;
    }
    folder.write("encrypted.zip", &encrypted);
    let mut client = cluster.connect();
    client.batch_execute("SET midi_pipeline.max_file_size = '1MB'").unwrap();
    let counts = import(&mut client, folder.as_str());
    assert_eq!(counts, [7, 1, 0, 0, 3, 3, 0]);
    let kinds = [
        ("x/../../etc/up.mid", "unsafe_name"),
        ("/root.mid", "unsafe_name"),
        ("link.mid", "symbolic_link"),
        ("fifo.mid", "not_regular_file"),
        ("zeros.mid", "too_large"),
        ("encrypted.mid", "encrypted"),
    ];
    for (member, kind) in kinds {
        assert_eq!(problem(&mut client, Some(member)), kind, "{member}");
    }
    assert_eq!(import(&mut client, folder.as_str()), [7, 0, 0, 7, 0, 0, 0]);
}

#[test]
fn archives_are_opened_one_level_deep() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    let deepest = zip(&[("deepest.mid", smf::numbered(1, 8))]);
    let inner = gzip(&tar(&[("inner.mid", smf::numbered(2, 8)), ("deepest.zip", deepest)]));
    let broken = b"PK but no zip".to_vec();
    let outer =
        zip(&[("outer.mid", smf::numbered(3, 8)), ("inner.tgz", inner), ("broken.zip", broken)]);
    folder.write("outer.zip", &outer);
    let mut client = cluster.connect();
    assert_eq!(import(&mut client, folder.as_str()), [4, 2, 0, 0, 1, 1, 0]);
    let rows = recorded(&mut client, &folder);
    let rows: Vec<_> =
        rows.iter().map(|(_, member, state)| (member.as_deref(), state.as_str())).collect();
    assert_eq!(
        rows,
        [
            (None, "archive"),
            (Some("broken.zip"), "failed"),
            (Some("inner.tgz/deepest.zip"), "skipped"),
            (Some("inner.tgz/inner.mid"), "imported"),
            (Some("outer.mid"), "imported"),
        ]
    );
}

#[test]
fn a_decompression_bomb_stops_at_the_limit_and_is_recorded() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    let zeros = vec![0; 64 << 20];
    let bomb = tar(&[("first.mid", smf::numbered(1, 8)), ("zeros.bin", zeros)]);
    folder.write("bomb.tar.gz", &gzip(&bomb));
    folder.write("bomb.tar.zst", &zstd(&bomb));
    // A member's name of a megabyte.
    folder.write("name.tar", &tar_member(b"././@LongLink", EntryType::GNULongName, &[97; 1 << 20]));
    let mut client = cluster.connect();
    client.batch_execute("SET midi_pipeline.max_archive_size = '8MB'").unwrap();
    assert_eq!(import(&mut client, folder.as_str()), [5, 1, 1, 0, 3, 0, 0]);
    let sql = "SELECT string_agg(DISTINCT kind, ' ' ORDER BY kind) FROM midi_import_errors
               WHERE archive_member IS NULL";
    let kinds: String = client.query_one(sql, &[]).unwrap().get(0);
    assert_eq!(kinds, "too_large");
    assert_eq!(import(&mut client, folder.as_str()), [5, 0, 0, 5, 0, 0, 0]);
}

#[test]
fn a_damaged_archive_gives_the_members_before_the_damage_and_is_recorded_as_damaged() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    let archives = [
        ("zip", zip(&pieces(0))),
        ("tar", tar(&pieces(0))),
        ("tgz", gzip(&tar(&pieces(0)))),
        ("tar.zst", zstd(&tar(&pieces(0)))),
    ];
    for (suffix, archive) in &archives {
        for part in 0..40 {
            let mut bytes = archive.clone();
            match part % 4 {
                0 => bytes.truncate(archive.len() * part / 40),
                1 => bytes.iter_mut().skip(part * 3).take(4).for_each(|byte| *byte ^= 0xff),
                2 => bytes.iter_mut().rev().skip(part * 2).take(2).for_each(|byte| *byte = 0xff),
                _ => bytes[archive.len() * part / 40] ^= 1 << (part % 8),
            }
            folder.write(format!("{part} of.{suffix}"), &bytes);
        }
        folder.write(format!("nothing.{suffix}"), b"");
    }
    let mut client = cluster.connect();
    let counts = import(&mut client, folder.as_str());
    assert!(counts[4] > 20, "{counts:?}");
    let row = client
        .query_one(
            "SELECT count(*) FILTER (WHERE state <> 'archive'),
                    count(*) FILTER (WHERE archive_member IS NULL),
                    count(*) FILTER (WHERE (state IN ('failed', 'skipped')) <> (error IS NOT NULL))
             FROM midi_files",
            &[],
        )
        .unwrap();
    let numbers = [0, 1, 2].map(|column| row.get::<_, i64>(column));
    assert_eq!(numbers, [counts[0], 164, 0], "every file and every archive has one row");
    let again = import(&mut client, folder.as_str());
    assert_eq!((again[0], again[3]), (counts[0], counts[0]), "and keeps it");
}

/// Members by the bytes of their names, some of which normalize to the same path. An inner archive occurs twice, and a
/// member of the outer one is named like a file in it.
fn colliding_members() -> Vec<(&'static [u8], Vec<u8>)> {
    let names: [&[u8]; 12] = [
        b"a.mid",
        b"a.mid",
        b"./a.mid",
        b"a.mid",
        b"abs.mid",
        b"/abs.mid",
        b"e/f.mid",
        b"e//f.mid",
        b"\xff.mid",
        b"\\xff.mid",
        b"in.zip/a.mid",
        b"n\0.mid",
    ];
    let files = (0..).zip(names).map(|(number, name)| (name, smf::numbered(number, 8)));
    let inner = |number| (&b"in.zip"[..], zip(&[("a.mid", smf::numbered(number, 8))]));
    files.chain([inner(100), inner(101)]).collect()
}

#[test]
fn members_whose_names_normalize_to_the_same_path_have_a_row_each() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    let files = colliding_members();
    folder.write("z.zip", &zip_named(&files));
    let single = files.iter().map(|(name, bytes)| tar_member(name, EntryType::Regular, bytes));
    let joined: Vec<u8> = single.flat_map(|tar| tar[..tar.len() - 1024].to_vec()).collect();
    folder.write("t.tar", &[joined, vec![0; 1024]].concat());
    let mut client = cluster.connect();
    let counts = import(&mut client, folder.as_str());
    assert_eq!(counts, [27, 12, 12, 0, 3, 0, 0], "the second archive's members are copies");
    let rows = recorded(&mut client, &folder);
    let of = |path: &str| -> Vec<String> {
        let members = rows.iter().filter(|(of, _, _)| of == path);
        members.filter_map(|(_, member, _)| member.clone()).collect()
    };
    let expected = [
        "./a.mid",
        "/abs.mid",
        "\\x5cxff.mid",
        "\\xff.mid",
        "a.mid",
        "a.mid (2)",
        "a.mid (3)",
        "abs.mid",
        "e//f.mid",
        "e/f.mid",
        "in.zip/a.mid",
        "in.zip/a.mid (2)",
        "in.zip/a.mid (3)",
        "n\\x00.mid",
    ];
    assert_eq!(of("z.zip"), expected);
    // A tar header ends a name at its first zero byte, so that the last one has no extension.
    assert_eq!(of("t.tar"), expected[..13]);
    let sql = "SELECT count(*) FROM midi_files WHERE filename = 'a.mid'";
    assert_eq!(
        client.query_one(sql, &[]).unwrap().get::<_, i64>(0),
        14,
        "the number is no part of the file name"
    );
    assert_eq!(import(&mut client, folder.as_str())[3], 27);
}

#[test]
fn a_job_finds_which_of_several_members_of_one_name_is_gone() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    let mut files = colliding_members();
    folder.write("z.zip", &zip_named(&files));
    let mut client = cluster.connect();
    assert_eq!(import(&mut client, folder.as_str()), [14, 12, 0, 0, 2, 0, 0]);
    // The third `a.mid`.
    files.remove(3);
    folder.write("z.zip", &zip_named(&files));
    let job = start(&mut client, folder.as_str(), 1);
    assert_eq!(wait(&mut client, job), "finished");
    let sql = "SELECT found, unchanged, failed, vanished FROM midi_import_progress WHERE job = $1";
    let row = client.query_one(sql, &[&job]).unwrap();
    assert_eq!([0, 1, 2, 3].map(|column| row.get::<_, i64>(column)), [14, 11, 2, 1]);
    let rows = recorded(&mut client, &folder).into_iter();
    let vanished = rows.filter_map(|(_, member, state)| member.filter(|_| state == "vanished"));
    assert_eq!(vanished.collect::<Vec<_>>(), ["a.mid (3)"]);
}

#[test]
fn overlapping_members_are_read_once() {
    const MEMBERS: usize = 30_000;
    let (cluster, folder) = (Cluster::start(), Folder::new());
    folder.write("overlap.zip", &zip_overlapping(MEMBERS, &vec![0; 2_000_000]));
    let piece = smf::numbered(1, 8);
    folder.write("twice.zip", &zip_overlapping(2, &piece));
    let mut client = cluster.connect();
    // To inflate two megabytes for each member would take longer.
    client.batch_execute("SET statement_timeout = '30s'").unwrap();
    let all = MEMBERS as i64 + 2;
    assert_eq!(import(&mut client, folder.as_str()), [all, 1, 0, 0, all - 1, 0, 0]);
    let sql = "SELECT kind FROM midi_import_errors WHERE path LIKE '%/twice.zip'";
    assert_eq!(client.query_one(sql, &[]).unwrap().get::<_, String>(0), "overlapping");
    assert_eq!(import(&mut client, folder.as_str())[3], all);
}
