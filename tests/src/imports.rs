//! Direct imports by a session.

use postgres::Client;

/// Imports a folder and returns the counts: found, imported, duplicate, unchanged, failed, skipped, vanished.
pub fn import(client: &mut Client, source: &str) -> [i64; 7] {
    let row = client
        .query_one(
            "SELECT found, imported, duplicate, unchanged, failed, skipped, vanished
             FROM midi_import($1::text)",
            &[&source],
        )
        .expect("no file and no archive ends an import");
    let counts = [0, 1, 2, 3, 4, 5, 6].map(|column| row.get::<_, i64>(column));
    assert_eq!(counts[0], counts[1..].iter().sum::<i64>(), "every file is in one state");
    counts
}
