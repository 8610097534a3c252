//! The music that `scripts/bench` makes.

use std::collections::HashSet;

use midi_testkit::corpus::piece;

#[test]
fn a_piece_follows_from_its_seed_and_number() {
    for number in [0, 1, 99_999] {
        let (first, second) = (piece(1, number), piece(1, number));
        assert_eq!((first.path, &first.bytes), (second.path, &second.bytes));
        assert_ne!(first.bytes, piece(2, number).bytes);
    }
}

#[test]
fn no_two_pieces_are_the_same() {
    let pieces: Vec<_> = (0..500).map(|number| piece(1, number)).collect();
    let paths: HashSet<_> = pieces.iter().map(|piece| &piece.path).collect();
    let contents: HashSet<_> = pieces.iter().map(|piece| &piece.bytes).collect();
    assert_eq!((paths.len(), contents.len()), (500, 500));
}

#[test]
fn sizes_vary_between_5_and_60_kb() {
    let mut sizes: Vec<_> = (0..2000).map(|number| piece(1, number).bytes.len()).collect();
    sizes.sort_unstable();
    assert!(sizes[0] >= 4_500, "the smallest has {}", sizes[0]);
    assert!(sizes[1999] <= 62_000, "the largest has {}", sizes[1999]);
    let (low, median, high) = (sizes[200], sizes[1000], sizes[1800]);
    assert!((12_000..20_000).contains(&median), "the median is {median}");
    assert!(high > 3 * low, "a tenth is below {low}, and a tenth above {high}");
}
