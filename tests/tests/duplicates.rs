//! Variants of a piece are distinguished from other music, and all pairs are those that are found for each file.

use fastrand::Rng;
use midi_pipeline_tests::synthetic;
use midi_testkit::archives::zip;
use midi_testkit::cluster::Cluster;
use midi_testkit::corpus::piece;
use midi_testkit::folder::Folder;
use midi_testkit::variants::{KINDS, Piece};
use postgres::Client;
use postgres::error::SqlState;

const PIECES: u32 = 60;

/// Pieces and their variants, each kind in a folder of its own.
fn variants() -> (Folder, usize) {
    let (folder, mut rng) = (Folder::new(), Rng::with_seed(1));
    let mut count = 0;
    for number in 0..PIECES {
        let bytes = piece(7, number).bytes;
        folder.write(format!("original/{number}.mid"), &bytes);
        let original = Piece::read(&bytes).expect("a well-formed file");
        for (name, change) in KINDS {
            if let Some(changed) = original.changed(change, &mut rng) {
                folder.write(format!("{name}/{number}.mid"), &changed.write());
                count += 1;
            }
        }
    }
    (folder, count)
}

#[test]
fn variants_of_a_piece_are_its_duplicates_and_other_pieces_are_not() {
    let (cluster, (folder, count)) = (Cluster::start(), variants());
    assert!(count > 6 * PIECES as usize, "{count}");
    let mut client = cluster.connect();
    client.execute("SELECT midi_import($1::text)", &[&folder.as_str()]).expect("it is imported");
    client.batch_execute("SELECT midi_create_indexes('search'); ANALYZE musical_search").unwrap();
    let sql = "
        SELECT count(*) FILTER (WHERE f.filename = o.filename AND f.path LIKE '%/original/%'),
               count(*) FILTER (WHERE f.filename = o.filename), count(*)
        FROM midi_duplicates d
        JOIN midi_files f ON f.id = file_id JOIN midi_files o ON o.id = other_file_id";
    let row = client.query_one(sql, &[]).expect("counts");
    let [found, right, all] = [0, 1, 2].map(|column| row.get::<_, i64>(column) as f64);
    assert!(found >= 0.95 * count as f64, "{found} of {count} are found");
    assert!(right >= 0.95 * all, "{right} of {all} pairs are of one piece");
}

/// A library of made-up pieces with copies, files that are gone, and rows that belong to no piece.
fn library() -> Cluster {
    let cluster = Cluster::start();
    synthetic::fill(&cluster, 6_000);
    cluster
        .connect()
        .batch_execute(
            "INSERT INTO midi_files (path, path_digest, filename, size_bytes, content_hash, state)
             SELECT format('/copies/%s/%s', copy, id), sha256(format('%s %s', copy, id)::bytea), filename,
                    size_bytes, content_hash, 'duplicate'
             FROM midi_files, generate_series(1, 2) AS copy WHERE id % 75 = 0 AND state = 'imported';
             UPDATE midi_files SET state = 'vanished' WHERE id % 350 = 0;
             DELETE FROM musical_metadata WHERE content_hash IN (
                 SELECT content_hash FROM midi_files WHERE id % 400 = 0 AND state = 'imported');
             UPDATE musical_search SET fingerprint = '{1,NULL}' WHERE content_hash IN (
                 SELECT content_hash FROM midi_files WHERE id % 450 = 0 AND state = 'imported');
             INSERT INTO musical_search (content_hash, fingerprint)
             SELECT 'short', fingerprint FROM musical_search LIMIT 1;
             SELECT midi_create_indexes('search'); ANALYZE",
        )
        .expect("a library");
    cluster
}

/// Pairs of the view as `midi_duplicate_pairs` gives them: each once, near ones of the first files of both
/// contents, exact ones with the first file.
const OF_VIEW: &str = "
    CREATE TEMP TABLE of_view AS
    WITH first AS (
        SELECT min(id) AS id FROM midi_files WHERE state IN ('imported', 'duplicate') GROUP BY content_hash)
    SELECT least(file_id, other_file_id) AS file_id, greatest(file_id, other_file_id) AS other_file_id, kind,
           max(similarity) AS similarity
    FROM midi_duplicates
    WHERE CASE kind WHEN 'near' THEN file_id IN (SELECT id FROM first) AND other_file_id IN (SELECT id FROM first)
                    ELSE least(file_id, other_file_id) IN (SELECT id FROM first) END
    GROUP BY 1, 2, 3";

#[test]
fn all_pairs_are_those_of_the_view_however_little_memory_there_is() {
    let cluster = library();
    let mut client = cluster.connect();
    client.batch_execute(OF_VIEW).expect("the view");
    let counts: String = client
        .query_one("SELECT string_agg(DISTINCT kind, ' ') || (count(*) > 200) FROM of_view", &[])
        .unwrap()
        .get(0);
    assert_eq!(counts, "exact neartrue");
    for memory in ["1MB", "64MB"] {
        for (least, sql) in [
            (0.25, "SELECT * FROM midi_duplicate_pairs()"),
            (0.9, "SELECT * FROM midi_duplicate_pairs(0.9)"),
        ] {
            let differences = format!(
                "SELECT count(*) FROM (
                     (SELECT file_id, other_file_id, kind, similarity FROM ({sql}) AS pairs
                      EXCEPT ALL SELECT * FROM of_view WHERE similarity >= {least})
                     UNION ALL
                     (SELECT * FROM of_view WHERE similarity >= {least}
                      EXCEPT ALL SELECT file_id, other_file_id, kind, similarity FROM ({sql}) AS pairs)) AS d"
            );
            client.batch_execute(&format!("SET maintenance_work_mem = '{memory}'")).unwrap();
            let differences: i64 = client.query_one(&differences, &[]).expect(sql).get(0);
            assert_eq!(differences, 0, "{sql}, {memory}");
            let paths = format!(
                "SELECT bool_and(f.path = p.path AND o.path = p.other_path) FROM ({sql}) AS p
                 JOIN midi_files f ON f.id = file_id JOIN midi_files o ON o.id = other_file_id"
            );
            assert!(client.query_one(&paths, &[]).unwrap().get::<_, bool>(0), "{sql}");
        }
    }
}

#[test]
fn the_duplicates_of_each_file_are_those_of_the_view() {
    let cluster = library();
    let mut client = cluster.connect();
    for least in [0.25, 0.9] {
        let sql = format!(
            "WITH of_view AS (SELECT file_id, other_file_id, other_path, kind, similarity
                              FROM midi_duplicates WHERE similarity >= {least}),
                  of_each AS (SELECT f.id, d.* FROM midi_files f, midi_duplicates_of(f.id, {least}) AS d
                              WHERE f.state IN ('imported', 'duplicate'))
             SELECT (SELECT count(*) FROM of_view), (SELECT count(*) FROM (
                 (SELECT * FROM of_view EXCEPT ALL SELECT * FROM of_each)
                 UNION ALL (SELECT * FROM of_each EXCEPT ALL SELECT * FROM of_view)) AS d)"
        );
        let row = client.query_one(&sql, &[]).unwrap();
        let (pairs, differences): (i64, i64) = (row.get(0), row.get(1));
        assert!(pairs > 200 && differences == 0, "{pairs} {differences}, {least}");
    }
    let ordered = "SELECT bool_and(n = place) FROM (
             SELECT n, row_number() OVER (PARTITION BY f.id ORDER BY kind, similarity DESC, file_id) AS place
             FROM midi_files f, midi_duplicates_of(f.id) WITH ORDINALITY AS d (file_id, path, kind, similarity, n)
         ) AS numbered";
    assert!(client.query_one(ordered, &[]).unwrap().get::<_, bool>(0));
}

/// In each group one file is the keeper of all its pairs, and it is the first by the order that the comment states.
#[test]
fn the_pairs_of_a_group_name_one_keeper() {
    let (cluster, folder) = (Cluster::start(), Folder::new());
    let original = piece(7, 1).bytes;
    let (_, lose) = KINDS.into_iter().find(|(name, _)| *name == "thinned").expect("a kind");
    let whole = Piece::read(&original).expect("a well-formed file");
    let lost = whole.changed(lose, &mut Rng::with_seed(1)).expect("fewer notes");
    folder.write("lost.mid", &lost.write());
    folder.write("cut.mid", &original[..original.len() - 3]);
    folder.write("b/whole.mid", &original);
    folder.write("whole in another folder.mid", &original);
    folder.write("z.zip", &zip(&[("w.mid", original.clone())]));
    let mut client = cluster.connect();
    client.execute("SELECT midi_import($1::text)", &[&folder.as_str()]).expect("it is imported");
    let order = "
        SELECT string_agg(DISTINCT regexp_replace(f.path, '.*/', ''), ' ')
        FROM midi_duplicates d JOIN midi_files f ON f.id = d.keeper WHERE @";
    let keeper = |client: &mut Client, condition: &str| -> String {
        client.query_one(&order.replace('@', condition), &[]).expect(condition).get(0)
    };
    let of_best = "d.file_id IN (SELECT id FROM midi_files f WHERE f.path LIKE '%/b/whole.mid')";
    assert_eq!(keeper(&mut client, of_best), "whole.mid");
    assert_eq!(
        keeper(&mut client, "d.path LIKE '%.zip' AND d.other_path LIKE '%another%'"),
        "whole in another folder.mid"
    );
    assert_eq!(
        keeper(&mut client, "d.path LIKE '%.zip' AND d.other_path LIKE '%/cut.mid'"),
        "z.zip"
    );
    assert_eq!(
        keeper(&mut client, "d.path LIKE '%/lost.mid' AND d.other_path LIKE '%/cut.mid'"),
        "lost.mid"
    );
    let both = "SELECT count(*) FROM midi_duplicates a JOIN midi_duplicates b
                ON b.file_id = a.other_file_id AND b.other_file_id = a.file_id AND b.kind = a.kind
                WHERE a.keeper <> b.keeper OR a.keeper NOT IN (a.file_id, a.other_file_id)";
    assert_eq!(client.query_one(both, &[]).unwrap().get::<_, i64>(0), 0);
}

#[test]
fn all_pairs_are_found_with_the_rights_of_the_caller() {
    let cluster = library();
    let mut client = cluster.connect();
    let sql = "SELECT file_id, other_file_id FROM midi_duplicate_pairs() WHERE kind = 'near'";
    let pairs = |client: &mut Client| -> Vec<(i64, i64)> {
        let rows = client.query(sql, &[]).expect(sql);
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    };
    let all = pairs(&mut client);
    client
        .batch_execute(
            "CREATE ROLE plain LOGIN;
             GRANT SELECT ON midi_files, musical_metadata, musical_search TO plain;
             ALTER TABLE musical_metadata ENABLE ROW LEVEL SECURITY;
             CREATE POLICY half ON musical_metadata USING (content_hash < '\\x80')",
        )
        .unwrap();
    let some = pairs(&mut cluster.connect_as("plain"));
    assert!(!some.is_empty() && some.len() < all.len(), "{} of {}", some.len(), all.len());
    client
        .batch_execute(
            "ALTER TABLE musical_metadata DISABLE ROW LEVEL SECURITY;
             ALTER TABLE musical_search ENABLE ROW LEVEL SECURITY;
             CREATE POLICY half ON musical_search USING (content_hash < '\\x80')",
        )
        .unwrap();
    assert_eq!(pairs(&mut cluster.connect_as("plain")), some);
}

#[test]
fn a_similarity_that_none_can_have_is_rejected() {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    for least in ["0", "-1", "1.5", "'nan'", "'infinity'"] {
        let sql = format!("SELECT * FROM midi_duplicate_pairs({least})");
        let error = client.query(&sql, &[]).expect_err(&sql);
        assert_eq!(error.code(), Some(&SqlState::INVALID_PARAMETER_VALUE), "{least}");
    }
    let error = client.query("SELECT * FROM midi_duplicate_pairs(NULL)", &[]).expect_err("NULL");
    assert_eq!(error.code(), Some(&SqlState::NULL_VALUE_NOT_ALLOWED));
}
