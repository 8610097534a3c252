//! The catalogue entry of a piece: the same as in its analysis, without what is heard.

use crate::support::{QUARTER, melody, meta, placed, program, read, smf, tempo};
use midi_analysis::{Analysis, Catalog, TimeSignature};

const Q: u32 = QUARTER as u32;

/// A song with words, declared tempo, meter and key, a loop of two bars, and drums.
fn song() -> Vec<u8> {
    let conductor = [
        tempo(0, 90.0),
        meta(0, 0x58, &[3, 2, 24, 8]),
        meta(0, 0x59, &[0xff, 1]),
        meta(0, 3, b"Jazz waltz"),
    ];
    let words = [meta(0, 5, b"la "), meta(0, 5, b"la ")].concat();
    let tune = [words, melody(0, &[62, 65, 69, 67, 65, 64].repeat(16))].concat();
    let mut chords = Vec::new();
    let mut drums = Vec::new();
    for bar in 0..32 {
        let root = [50, 45][bar as usize % 2];
        chords.extend([0, 3, 7].map(|step| (bar * 3 * Q, 3 * Q, 1, root + step)));
        drums.extend(
            [36, 42, 42].iter().zip(0..).map(|(drum, n)| ((3 * bar + n) * Q, 20, 9, *drum)),
        );
    }
    let accompaniment = [program(1, 24), placed(&chords)].concat();
    smf(1, &[conductor.concat(), tune, accompaniment, placed(&drums)])
}

fn both(file: &[u8]) -> (Catalog, Analysis) {
    let piece = read(file);
    (piece.catalog().expect("notes"), piece.analysis().expect("notes"))
}

#[test]
fn what_is_read_is_the_same_with_and_without_listening() {
    let (catalog, full) = both(&song());
    assert_eq!(catalog.file, full.file);
    assert_eq!(catalog.tempo, full.tempo);
    assert_eq!(catalog.pitch, full.pitch);
    assert_eq!(catalog.texture, full.texture);
    assert_eq!(catalog.instruments, full.instruments);
    assert_eq!(catalog.controllers, full.controllers);
    assert_eq!(catalog.texts, full.texts);
    assert_eq!(catalog.key.declared, full.key.declared);
    assert_eq!(catalog.key.pitch_class_histogram, full.key.pitch_class_histogram);
    assert_eq!(catalog.meter.change_count, full.meter.change_count);
    // The same whatever was asked for first.
    let other = read(&song()).catalog().expect("notes");
    assert_eq!(other, catalog);
}

#[test]
fn a_catalogue_entry_has_what_the_file_declares_and_nothing_estimated() {
    let (catalog, full) = both(&song());
    assert_eq!(catalog.meter.signature, Some(TimeSignature::new(3, 4)));
    assert!(catalog.meter.declared && catalog.meter.confidence.is_none());
    assert_eq!(catalog.meter.bar_count, Some(32));
    assert_eq!(catalog.key.declared.map(|key| key.to_string()).as_deref(), Some("D minor"));
    assert!(full.key.estimated.is_some() && catalog.key.estimated.is_none());
    assert_eq!((catalog.key.confidence, catalog.key.change_count), (None, None));
    assert!(catalog.key.alternatives.is_empty());

    let plain = smf(0, &[melody(0, &[60, 62, 64, 65].repeat(8))]);
    let (catalog, full) = both(&plain);
    assert!(full.meter.bar_count.is_some());
    assert_eq!((catalog.meter.bar_count, catalog.meter.signature), (None, None));
    assert!(!catalog.meter.declared);
}

#[test]
fn tags_of_texts_and_instruments_need_no_listening() {
    let (catalog, full) = both(&song());
    assert_eq!(catalog.tags, ["jazz", "karaoke", "lyrics", "waltz"]);
    assert_eq!(full.tags, ["jazz", "karaoke", "loop", "lyrics", "waltz"]);
}
