//! Variants of a piece are distinguished from other music.

use fastrand::Rng;
use midi_testkit::cluster::Cluster;
use midi_testkit::corpus::piece;
use midi_testkit::folder::Folder;
use midi_testkit::variants::{KINDS, Piece};

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
