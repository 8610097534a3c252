//! `midi_compatible`: what can be played together with a piece; and the views with a row for each tag, instrument and chord
//! type.

use midi_pipeline_tests::imports::import;
use midi_pipeline_tests::synthetic;
use midi_testkit::cluster::{Cluster, sqlstate, wait_until};
use midi_testkit::folder::Folder;
use postgres::Client;

/// A piece in A minor at 90, and others.
const LIBRARY: &str = "
    INSERT INTO midi_files (path, path_digest, filename, content_hash, state)
    SELECT '/m/' || name, sha256(name::bytea), name, sha256(hash::bytea), state
    FROM (VALUES ('asked', 'asked', 'imported'), ('copy', 'asked', 'duplicate'), ('same', 'same', 'imported'),
                 ('same again', 'same', 'duplicate'), ('gone', 'same', 'vanished'), ('faster', 'faster', 'imported'),
                 ('slower', 'slower', 'imported'), ('too fast', 'too fast', 'imported'),
                 ('too slow', 'too slow', 'imported'), ('relative', 'relative', 'imported'),
                 ('dominant', 'dominant', 'imported'), ('subdominant', 'subdominant', 'imported'),
                 ('parallel', 'parallel', 'imported'), ('two steps', 'two steps', 'imported'),
                 ('drums', 'drums', 'imported'), ('keyless', 'keyless', 'imported'),
                 ('timeless', 'timeless', 'imported'), ('cataloged', 'cataloged', 'imported'),
                 ('strange', 'strange', 'imported'), ('unread', 'unread', 'failed')
         ) AS f (name, hash, state);
    INSERT INTO musical_metadata (content_hash, analyzer_version, depth, key_signature, bpm, pitch_min)
    SELECT sha256(hash::bytea), 1, depth, key, bpm, pitch
    FROM (VALUES ('asked', 'full', 'A minor', 90, 40), ('same', 'full', 'A minor', 90, 40),
                 ('faster', 'full', 'A minor', 95, 40), ('slower', 'full', 'A minor', 86, 40),
                 ('too fast', 'full', 'A minor', 95.5, 40), ('too slow', 'full', 'A minor', 84.9, 40),
                 ('relative', 'full', 'C major', 180, 40), ('dominant', 'full', 'E minor', 90, 40),
                 ('subdominant', 'full', 'D minor', 44, 40), ('parallel', 'full', 'A major', 90, 40),
                 ('two steps', 'full', 'B minor', 90, 40), ('drums', 'full', NULL, 91, NULL),
                 ('keyless', 'full', NULL, 90, 40), ('timeless', 'full', 'A minor', NULL, 40),
                 ('cataloged', 'catalog', NULL, NULL, 40), ('strange', 'full', 'A minor', 'nan', 40),
                 ('unread', 'full', 'A minor', 90, 40)
         ) AS m (hash, depth, key, bpm, pitch)";

fn texts(client: &mut Client, sql: &str) -> Vec<String> {
    client.query(sql, &[]).expect(sql).iter().map(|row| row.get(0)).collect()
}

/// What can be played with a file, by its name.
fn found(client: &mut Client, name: &str, columns: &str) -> Vec<String> {
    let sql = format!(
        "SELECT concat_ws('|', {columns}) FROM midi_files f, midi_compatible(f.id) WITH ORDINALITY AS c (
             file_id, path, filename, key, camelot, bpm, relation, bpm_relation, camelot_distance, semitones,
             ratio, distance, place)
         WHERE f.filename = '{name}' ORDER BY place"
    );
    texts(client, &sql)
}

fn names(client: &mut Client, name: &str) -> Vec<String> {
    found(client, name, "c.filename")
}

#[test]
fn what_fits_is_sorted_by_key_and_tempo_with_what_brings_it_there() {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    client.batch_execute(LIBRARY).unwrap();
    let columns = "c.filename, key, camelot, bpm, relation, bpm_relation, COALESCE(camelot_distance::text, '-'),
                   semitones, round(ratio::numeric, 3), round(distance::numeric, 3)";
    assert_eq!(
        found(&mut client, "asked", columns),
        [
            "same|A minor|8A|90|same|same|0|0|1.000|0.000",
            "same again|A minor|8A|90|same|same|0|0|1.000|0.000",
            "slower|A minor|8A|86|same|same|0|0|1.047|0.780",
            "faster|A minor|8A|95|same|same|0|0|0.947|0.928",
            "dominant|E minor|9A|90|dominant|same|1|5|1.000|1.000",
            "drums|91|drums|same|-|0|0.989|1.190",
            "relative|C major|8B|180|relative|double|1|0|1.000|2.000",
            "subdominant|D minor|7A|44|subdominant|half|1|-5|1.023|2.386",
        ]
    );
    let sql = "SELECT count(*) FROM midi_files f JOIN midi_compatible(
                   (SELECT id FROM midi_files WHERE filename = 'asked')) c ON c.file_id = f.id AND c.path = f.path";
    assert_eq!(client.query_one(sql, &[]).unwrap().get::<_, i64>(0), 8);
}

#[test]
fn pieces_without_key_or_tempo_have_a_defined_answer() {
    let cluster = Cluster::start();
    let mut client = cluster.connect();
    client.batch_execute(LIBRARY).unwrap();
    // Drums go with any key, and with what has none.
    let all = names(&mut client, "drums");
    for name in ["asked", "copy", "parallel", "two steps", "keyless", "relative", "subdominant"] {
        assert!(all.contains(&name.to_owned()), "{name}: {all:?}");
    }
    let relation = "relation, COALESCE(camelot_distance::text, '-'), semitones";
    assert!(found(&mut client, "drums", relation).iter().all(|row| row == "drums|-|0"));
    // Of pitches without a key only drums are known to fit.
    assert_eq!(names(&mut client, "keyless"), ["drums"]);
    for name in ["timeless", "strange", "cataloged"] {
        assert_eq!(names(&mut client, name), [""; 0], "{name}");
    }
    // Files that are not in the library, or that there are not.
    for file in [
        "(SELECT id FROM midi_files WHERE filename = 'gone')",
        "(SELECT id FROM midi_files WHERE filename = 'unread')",
        "-1",
    ] {
        let refused = client.query(&format!("SELECT midi_compatible({file})"), &[]);
        assert_eq!(sqlstate(&refused), "42704", "{file}");
    }
    // A key that is no key is none.
    client.batch_execute("UPDATE musical_metadata SET key_signature = 'H' WHERE bpm = 44").unwrap();
    assert_eq!(names(&mut client, "subdominant"), ["drums"]);
    for (call, rows) in [("1, 0", 0), ("1, 3", 3)] {
        assert_eq!(
            texts(&mut client, &format!("SELECT path FROM midi_compatible({call})")).len(),
            rows
        );
    }
    for most in [-1, 10_001] {
        let refused = client.query(&format!("SELECT midi_compatible(1, {most})"), &[]);
        assert_eq!(sqlstate(&refused), "22023", "{most}");
    }
}

#[test]
fn a_piece_outside_the_library_is_answered_like_a_file_of_the_library() {
    let (cluster, folder) = (Cluster::start(), Folder::demo());
    let mut client = cluster.connect();
    import(&mut client, folder.as_str());
    let of_files = "SELECT concat(f.id, c) FROM midi_files f, midi_compatible(f.id) AS c
                    WHERE f.state = 'imported' ORDER BY f.id, c.distance, c.file_id";
    let of_contents =
        of_files.replace("midi_compatible(f.id)", "midi_compatible(pg_read_binary_file(f.path))");
    let rows = texts(&mut client, of_files);
    assert!(!rows.is_empty());
    assert_eq!(texts(&mut client, &of_contents), rows);
    // The same music in other bytes is no copy.
    let sql = "SELECT filename FROM midi_compatible(
                   (SELECT pg_read_binary_file(path) FROM midi_files WHERE filename = 'Ode to Joy.mid') || '\\x00')";
    assert!(texts(&mut client, sql).contains(&"Ode to Joy.mid".to_owned()));
}

/// All that fits each piece, by comparing it with all others: pairs of files and their distance.
const COMPARED: &str = "
    WITH keys AS (
        SELECT name, place % 12 AS tonic, place >= 12 AS minor
        FROM unnest('{C major,Db major,D major,Eb major,E major,F major,F# major,G major,Ab major,A major,Bb major,
                      B major,C minor,C# minor,D minor,Eb minor,E minor,F minor,F# minor,G minor,G# minor,A minor,
                      Bb minor,B minor}'::text[]) WITH ORDINALITY AS k (name, number), LATERAL (SELECT number - 1) AS p (place)
    ), music AS (
        SELECT l.file_id, l.bpm, l.pitch_min IS NULL AND k.name IS NULL AS drums, k.*
        FROM midi_library l LEFT JOIN keys k ON k.name = l.key_signature
    )
    SELECT o.file_id, key.distance + (octave <> 1)::int + abs(ln(octave * a.bpm / o.bpm)) / ln(1.06) AS distance
    FROM music a CROSS JOIN music o CROSS JOIN unnest('{0.5,1,2}'::float8[]) AS octave,
    LATERAL (SELECT CASE
        WHEN a.drums OR o.drums THEN 1
        WHEN a.name = o.name THEN 0
        WHEN a.minor = o.minor AND (a.tonic - o.tonic + 12) % 12 IN (5, 7) THEN 1
        WHEN a.minor AND NOT o.minor AND (a.tonic + 3) % 12 = o.tonic THEN 1
        WHEN o.minor AND NOT a.minor AND (o.tonic + 3) % 12 = a.tonic THEN 1
    END AS distance) AS key
    WHERE a.file_id = $1 AND o.file_id <> $1 AND key.distance IS NOT NULL
      AND octave * a.bpm / o.bpm BETWEEN 1 / 1.06 AND 1.06
    ORDER BY distance, o.file_id LIMIT $2";

/// Files and distances in ten thousandths.
fn pairs(client: &mut Client, sql: &str, file: i64, most: i64) -> Vec<(i64, i64)> {
    let rows = client.query(sql, &[&file, &most]).expect(sql);
    let rounded = |distance: f64| (distance * 1e4).round() as i64;
    rows.iter().map(|row| (row.get(0), rounded(row.get(1)))).collect()
}

#[test]
fn the_index_finds_the_best_of_all_that_fits() {
    let cluster = Cluster::start();
    synthetic::fill(&cluster, 10_000);
    let mut client = cluster.connect();
    let scans = |client: &mut Client, relation: &str| -> i64 {
        let sql = "SELECT pg_stat_get_numscans($1::text::regclass)";
        client.query_one(sql, &[&relation]).unwrap().get(0)
    };
    client
        .batch_execute(
            "UPDATE musical_metadata SET key_signature = NULL WHERE get_byte(content_hash, 0) < 25;
             UPDATE musical_metadata SET pitch_min = 60
             WHERE key_signature IS NOT NULL OR get_byte(content_hash, 1) < 128;
             UPDATE musical_metadata SET key_signature = 'C# minor' WHERE key_signature = 'Db minor';
             UPDATE musical_metadata SET key_signature = 'G# minor' WHERE key_signature = 'Ab minor'",
        )
        .unwrap();
    client.batch_execute("VACUUM ANALYZE musical_metadata").unwrap();
    let index = "musical_metadata_key_bpm_idx";
    let searched = "SELECT file_id, distance FROM midi_compatible($1, $2::bigint::integer)";
    let files = [1, 2, 42, 4_711, 7_001, 9_999];
    let found = files.map(|file| [5, 20].map(|most| pairs(&mut client, searched, file, most)));
    // A session reports its statistics with some delay.
    wait_until("the index has been used", || {
        client.batch_execute("SELECT pg_sleep(0.05)").unwrap();
        scans(&mut client, index) >= 2 * files.len() as i64
    });
    for (file, found) in files.into_iter().zip(found) {
        let all = pairs(&mut client, COMPARED, file, 10_000);
        assert!(all.len() > 20, "{file}: {all:?}");
        assert_eq!(found, [&all[..5], &all[..20]], "{file}");
        assert_eq!(pairs(&mut client, searched, file, 10_000), all, "{file}");
    }
    // The same without the index.
    let found = pairs(&mut client, searched, 42, 20);
    client.batch_execute("SELECT midi_drop_indexes('default')").unwrap();
    assert_eq!(pairs(&mut client, searched, 42, 20), found);
}

#[test]
fn whoever_may_read_the_library_may_ask_what_fits() {
    let (cluster, folder) = (Cluster::start(), Folder::demo());
    let mut client = cluster.connect();
    import(&mut client, folder.as_str());
    client
        .batch_execute(
            "CREATE ROLE listener LOGIN; CREATE ROLE stranger LOGIN;
             GRANT SELECT ON midi_library, midi_library_tags TO listener",
        )
        .unwrap();
    let content = std::fs::read(folder.path().join("Late Train.mid")).unwrap();
    for (role, file, of_content) in [("listener", "", ""), ("stranger", "42501", "42501")] {
        let mut client = cluster.connect_as(role);
        assert_eq!(sqlstate(&client.query("SELECT midi_compatible(1)", &[])), file, "{role}");
        let answer = client.query("SELECT midi_compatible($1::bytea)", &[&content]);
        assert_eq!(sqlstate(&answer), of_content, "{role}");
        assert_eq!(sqlstate(&client.query("SELECT FROM midi_library_tags", &[])), file, "{role}");
        let other = client.query("SELECT FROM midi_library_chord_types", &[]);
        assert_eq!(sqlstate(&other), "42501", "{role}");
    }
}

#[test]
fn the_views_have_a_row_for_each_tag_instrument_and_chord_type() {
    let (cluster, folder) = (Cluster::start(), Folder::demo());
    let mut client = cluster.connect();
    import(&mut client, folder.as_str());
    client
        .batch_execute("UPDATE midi_files SET state = 'vanished' WHERE filename LIKE 'Row%'")
        .unwrap();
    for (view, columns, arrays) in [
        ("midi_library_tags", "tag", "unnest(tags)"),
        (
            "midi_library_instruments",
            "program, instrument",
            "unnest(instruments), unnest(instrument_names)",
        ),
        ("midi_library_chord_types", "chord_type", "unnest(chord_types)"),
    ] {
        let rows = format!(
            "SELECT r::text FROM (SELECT file_id, path, filename, {columns} FROM {view}) r ORDER BY 1"
        );
        let rows = texts(&mut client, &rows);
        let expected = format!(
            "SELECT r::text FROM (SELECT file_id, path, filename, {arrays} FROM midi_library) r ORDER BY 1"
        );
        assert_eq!(rows, texts(&mut client, &expected), "{view}");
        assert!(rows.len() > 5 && rows.is_sorted(), "{view}: {rows:?}");
    }
}
