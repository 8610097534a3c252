//! Imports at the same time.

use std::thread;

use midi_pipeline_tests::cluster::Cluster;
use midi_pipeline_tests::folder::Folder;
use midi_pipeline_tests::smf;

const PIECES: u32 = 1_500;
const COPIES: u32 = 100;

#[test]
fn two_imports_of_one_folder_at_once_bring_in_every_file_once() {
    let (cluster, folder) = (Cluster::start(), Folder::numbered(PIECES, 20));
    for number in 0..COPIES {
        folder.write(format!("copies/{number}.mid"), &smf::numbered(number, 20));
    }
    let imports = thread::scope(|scope| {
        let import = || {
            let mut client = cluster.connect();
            let row = client
                .query_one(
                    "SELECT found, imported, duplicate, unchanged, failed + skipped + vanished
                     FROM midi_import($1::text)",
                    &[&folder.as_str()],
                )
                .expect("neither import disturbs the other");
            [0, 1, 2, 3, 4].map(|column| row.get::<_, i64>(column))
        };
        [scope.spawn(import), scope.spawn(import)].map(|import| import.join().unwrap())
    });
    let all = i64::from(PIECES + COPIES);
    for [found, imported, duplicate, unchanged, other] in imports {
        assert_eq!(found, all);
        assert_eq!(imported + duplicate + unchanged, all);
        assert_eq!(other, 0);
    }
    let [imported, duplicate, unchanged] =
        [1, 2, 3].map(|column: usize| imports[0][column] + imports[1][column]);
    assert_eq!((imported, duplicate), (i64::from(PIECES), i64::from(COPIES)));
    assert_eq!(unchanged, all, "the second import reads nothing anew");
    let row = cluster
        .connect()
        .query_one(
            "SELECT (SELECT count(*) FROM midi_files),
                    (SELECT count(DISTINCT path) FROM midi_files),
                    (SELECT count(*) FROM musical_metadata)",
            &[],
        )
        .unwrap();
    assert_eq!([0, 1, 2].map(|column| row.get::<_, i64>(column)), [all, all, i64::from(PIECES)]);
}
