//! The contents of files: music in files and archives, and what a library has of it.

use postgres::Client;

use midi_testkit::archives::{gzip, tar, zip, zip_named, zstd};
use midi_testkit::cluster::sqlstate;
use midi_testkit::folder::Folder;
use midi_testkit::smf;

/// The number that a query returns.
pub fn count(client: &mut Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).expect(sql).get(0)
}

/// Sets which contents imports keep.
pub fn keep(client: &mut Client, what: &str) {
    client.batch_execute(&format!("SET midi_pipeline.keep_content = {what}")).unwrap();
}

/// How many contents are kept.
pub fn kept(client: &mut Client) -> i64 {
    count(client, "SELECT count(*) FROM midi_contents WHERE sha256(content) = content_hash")
}

/// How many files of the library have the content that is recorded for them.
pub fn readable(client: &mut Client) -> i64 {
    let sql =
        "SELECT count(*) FROM midi_library WHERE sha256(midi_content(file_id)) = content_hash";
    count(client, sql)
}

/// The id of the file of this name, or of the member.
pub fn id(client: &mut Client, name: &str) -> i64 {
    let sql = "SELECT id FROM midi_files WHERE COALESCE(archive_member, filename) = $1";
    client.query_one(sql, &[&name]).expect(name).get(0)
}

/// The SQLSTATE of a call with the content of a file; every error has a hint.
pub fn refused(client: &mut Client, file: i64) -> String {
    for sql in [
        "SELECT midi_content($1)",
        "SELECT midi_analyze($1::bigint)",
        "SELECT midi_notes($1::bigint)",
    ] {
        let error = client.query(sql, &[&file]).expect_err(sql);
        assert!(error.as_db_error().is_some_and(|error| error.hint().is_some()), "{error:?}");
    }
    sqlstate(&client.query("SELECT midi_content($1)", &[&file])).to_owned()
}

/// Two files and seven members of archives: of all kinds, in an archive in an archive, and two of one name. All contents
/// differ.
pub fn write_music(folder: &Folder) {
    let one = |name, number| [(name, smf::numbered(number, 8))];
    folder.write("one.mid", &smf::numbered(1, 8));
    folder.write("folder/two.mid.gz", &gzip(&smf::numbered(2, 8)));
    let same = b"same.mid".as_slice();
    folder.write("a.zip", &zip_named(&[(same, smf::numbered(3, 8)), (same, smf::numbered(4, 8))]));
    folder.write("b.tar", &tar(&[("x.mid", smf::numbered(5, 8)), ("y.mid", smf::numbered(6, 8))]));
    folder.write("c.tgz", &gzip(&tar(&one("z.mid", 7))));
    folder.write("d.tar.zst", &zstd(&tar(&one("in/it.mid", 8))));
    folder.write("e.zip", &zip(&[("inner.tar", tar(&one("deep.mid", 9)))]));
}

/// How many files [`write_music`] writes outside of archives.
pub const FILES: i64 = 2;
/// How many members of archives it writes.
pub const MEMBERS: i64 = 7;
