//! Catalogue entries and full rows: in archives, in jobs, and what searches say of them.

use std::collections::BTreeSet;
use std::fs;
use std::sync::{Arc, Mutex};

use midi_pipeline_tests::imports::import;
use midi_pipeline_tests::jobs::{start, wait};
use midi_testkit::archives::zip;
use midi_testkit::cluster::{Cluster, sqlstate};
use midi_testkit::folder::Folder;
use midi_testkit::smf;
use postgres::Client;

/// How many contents are known at each depth: cataloged, full; and how many searches can find by what is heard.
fn depths(client: &mut Client) -> [i64; 3] {
    let sql =
        "SELECT count(*) FILTER (WHERE depth = 'catalog'), count(*) FILTER (WHERE depth = 'full'),
                      (SELECT count(*) FROM musical_search)
               FROM musical_metadata";
    let row = client.query_one(sql, &[]).unwrap();
    [0, 1, 2].map(|column| row.get(column))
}

fn set(client: &mut Client, depth: &str) {
    client.batch_execute(&format!("SET midi_pipeline.depth = {depth}")).unwrap();
}

/// Every row of what is known of contents, in which two libraries of the same files are equal.
fn music(client: &mut Client) -> String {
    let sql = "SELECT string_agg(concat_ws('|', m::text, s::text), E'\n' ORDER BY m.content_hash)
               FROM musical_metadata m LEFT JOIN musical_search s USING (content_hash)";
    client.query_one(sql, &[]).unwrap().get(0)
}

#[test]
fn members_of_archives_are_cataloged_and_completed_like_files() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    let members =
        |from| [("one.mid", smf::numbered(from, 8)), ("two.mid", smf::numbered(from + 1, 8))];
    folder.write("a.zip", &zip(&members(0)));
    folder.write("b.zip", &zip(&members(1)));
    let mut client = cluster.connect();
    set(&mut client, "catalog");
    assert_eq!(import(&mut client, folder.as_str()), [4, 3, 1, 0, 0, 0, 0]);
    assert_eq!(import(&mut client, folder.as_str()), [4, 0, 0, 4, 0, 0, 0]);
    assert_eq!(depths(&mut client), [3, 0, 0]);
    set(&mut client, "full");
    assert_eq!(import(&mut client, folder.as_str()), [4, 3, 1, 0, 0, 0, 0]);
    assert_eq!(depths(&mut client), [0, 3, 3]);
    assert_eq!(import(&mut client, folder.as_str()), [4, 0, 0, 4, 0, 0, 0]);
    set(&mut client, "catalog");
    assert_eq!(import(&mut client, folder.as_str()), [4, 0, 0, 4, 0, 0, 0]);
    assert_eq!(depths(&mut client), [0, 3, 3]);
}

#[test]
fn a_job_is_as_deep_as_its_caller_asked_whatever_others_set() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(300, 8));
    let mut client = cluster.connect();
    client
        .batch_execute("SET midi_pipeline.batch_size = 20; SET midi_pipeline.depth = catalog")
        .unwrap();
    let job = start(&mut client, folder.as_str(), 2);
    set(&mut client, "full");
    assert_eq!(wait(&mut client, job), "finished");
    assert_eq!(depths(&mut client), [300, 0, 0]);

    // New files beside those to complete, in the same batches.
    for number in 300..310 {
        folder.write(format!("1{number}.mid"), &smf::numbered(number, 8));
    }
    let job = start(&mut client, folder.as_str(), 2);
    assert_eq!(wait(&mut client, job), "finished");
    assert_eq!(depths(&mut client), [0, 310, 310]);
    let completed = music(&mut client);

    let other = Cluster::start();
    let mut client = other.connect();
    let job = start(&mut client, folder.as_str(), 1);
    assert_eq!(wait(&mut client, job), "finished");
    assert!(music(&mut client) == completed, "completing in a job gives what a full import gives");
}

#[test]
fn a_job_and_a_schedule_take_a_depth_whatever_is_set() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(3, 8));
    let mut client = cluster.connect();
    for (set_to, asked, expected) in
        [("full", "catalog", [3, 0, 0]), ("catalog", "full", [0, 3, 3])]
    {
        set(&mut client, set_to);
        let sql = "SELECT midi_import_start($1, depth => $2)";
        let job = client.query_one(sql, &[&folder.as_str(), &asked]).unwrap().get(0);
        assert_eq!(wait(&mut client, job), "finished");
        assert_eq!(depths(&mut client), expected);
        let sql = "SELECT midi_schedule('s', $1, every => '1 day', depth => $2)";
        client.execute(sql, &[&folder.as_str(), &asked]).unwrap();
        let sql = "SELECT settings ->> 'midi_pipeline.depth' FROM midi_schedules";
        assert_eq!(client.query_one(sql, &[]).unwrap().get::<_, String>(0), asked);
    }
}

#[test]
fn searches_for_what_is_heard_say_once_how_much_is_only_cataloged() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(3, 20));
    let notices = Arc::new(Mutex::new(Vec::new()));
    let heard = notices.clone();
    let mut client =
        cluster.connect_noticing(move |notice| heard.lock().unwrap().push(notice.to_owned()));
    let told = |client: &mut Client, sql: &str| {
        notices.lock().unwrap().clear();
        client.batch_execute(sql).unwrap();
        notices.lock().unwrap().clone()
    };
    set(&mut client, "catalog");
    import(&mut client, folder.as_str());
    let searches = [
        "SELECT midi_find_melody('C4 D4 E4 F4 G4 A4')",
        "SELECT midi_find_melody(ARRAY[60, 62, 64, 65, 67, 69])",
        "SELECT midi_find_progression('ii V I')",
        "SELECT midi_similar(file_id) FROM midi_library",
        "SELECT midi_compatible(file_id) FROM midi_library",
        "SELECT midi_duplicate_pairs()",
        "SELECT midi_duplicates_of(file_id) FROM midi_library",
        "SELECT midi_search('key:C bpm:120')",
        "SELECT midi_search('meter:3/4')",
        "SELECT midi_search('sort:-complexity')",
        "SELECT midi_search('-chord:maj7')",
    ];
    let notice =
        "3 pieces are only cataloged, so that what this search asks for is not known of them";
    // What else is told, such as that a piece has nothing to search with, is told once as well.
    let told_of_depth = |client: &mut Client, sql: &str| {
        let told = told(client, sql);
        assert_eq!(told.iter().collect::<BTreeSet<_>>().len(), told.len(), "{told:?}");
        told.into_iter().filter(|notice| notice.contains("cataloged")).collect::<Vec<_>>()
    };
    for sql in searches {
        assert_eq!(told_of_depth(&mut client, sql), [notice], "{sql}");
    }
    for sql in ["SELECT midi_search('notes:>1 tag:rock sort:-duration')", "SELECT midi_search('a')"]
    {
        assert_eq!(told_of_depth(&mut client, sql), [""; 0], "{sql}");
    }
    // What no file has cannot be completed.
    fs::remove_file(folder.path().join("0.mid")).unwrap();
    import(&mut client, folder.as_str());
    for sql in searches {
        assert_eq!(told_of_depth(&mut client, sql), [notice.replace('3', "2")], "{sql}");
    }
    set(&mut client, "full");
    import(&mut client, folder.as_str());
    for sql in searches {
        assert_eq!(told_of_depth(&mut client, sql), [""; 0], "{sql}");
    }
}

#[test]
fn pieces_that_are_only_cataloged_are_last_by_what_is_heard() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    let mut client = cluster.connect();
    folder.write("full.mid", &smf::numbered(1, 20));
    import(&mut client, folder.as_str());
    folder.write("cataloged.mid", &smf::numbered(2, 20));
    set(&mut client, "catalog");
    assert_eq!(import(&mut client, folder.as_str()), [2, 1, 0, 1, 0, 0, 0]);
    for sort in ["complexity", "-complexity", "sections", "-sections", "-bpm"] {
        let sql = format!("SELECT filename FROM midi_search('sort:{sort}')");
        let rows = client.query(&sql, &[]).unwrap();
        let names: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        assert_eq!(names, ["full.mid", "cataloged.mid"], "{sort}");
        // The statement that is shown gives the same.
        let sql = format!("SELECT midi_search_sql('sort:{sort}')");
        let shown: String = client.query_one(&sql, &[]).unwrap().get(0);
        let rows = client.query(&shown, &[]).unwrap();
        let names: Vec<String> = rows.iter().map(|row| row.get("filename")).collect();
        assert_eq!(names, ["full.mid", "cataloged.mid"], "{sort}");
    }
}

#[test]
fn there_are_two_depths() {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    client.batch_execute("SELECT midi_pipeline_version()").unwrap();
    let unknown = client.batch_execute("SET midi_pipeline.depth = deeper");
    assert_eq!(sqlstate(&unknown), "22023");
    let unknown = client.batch_execute(
        "INSERT INTO musical_metadata (content_hash, analyzer_version, depth) VALUES ('a', 1, 'deeper')",
    );
    assert_eq!(sqlstate(&unknown), "23514");
}

#[test]
fn a_role_that_may_not_change_rows_neither_completes_nor_downgrades_them() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    let mut client = cluster.connect();
    client
        .batch_execute(
            "CREATE ROLE reader LOGIN IN ROLE pg_read_server_files;
             ALTER TABLE musical_metadata ENABLE ROW LEVEL SECURITY;
             CREATE POLICY seen ON musical_metadata FOR SELECT USING (true);
             CREATE POLICY added ON musical_metadata FOR INSERT WITH CHECK (true)",
        )
        .unwrap();
    cluster.give(folder.path());
    folder.write("a.mid", &smf::numbered(1, 8));
    set(&mut client, "catalog");
    import(&mut client, folder.as_str());
    folder.write("b.mid", &smf::numbered(2, 8));
    let mut reader = cluster.connect_as("reader");
    let sql = "SELECT midi_import($1::text)";
    let completes = reader.execute(sql, &[&folder.as_str()]);
    assert_eq!(sqlstate(&completes), "42501");
    assert_eq!(depths(&mut client), [1, 0, 0]);
    set(&mut reader, "catalog");
    assert_eq!(import(&mut reader, folder.as_str()), [2, 1, 0, 1, 0, 0, 0]);
    assert_eq!(depths(&mut client), [2, 0, 0]);
}
