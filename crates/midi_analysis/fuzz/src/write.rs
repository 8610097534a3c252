//! Files that are read and written: nothing is lost, what is written is sound, and changes keep the notes.

use midi_analysis::write::{File, MetaKind};
use midi_analysis::{Division, Error, ErrorKind, EventKind, Piece};

use crate::{hash, options};

/// Divisions of both kinds, as their words.
const DIVISIONS: [u16; 5] = [1, 96, 0x7fff, 0xe728, 0xe350];

/// Panics where a file is not written as it was read.
pub fn check(bytes: &[u8]) {
    let read = Piece::read(bytes, &options());
    let Ok(piece) = read else { return };
    let file = match File::of(&piece) {
        Ok(file) => file,
        Err(error) => return assert_eq!(error.kind(), ErrorKind::TooLarge),
    };
    let written = file.to_bytes(&options()).expect("what was read can be written");
    is_written_alike(&written);
    assert_eq!(events(bytes), events(&written));
    for format in 0..2 {
        is_changed(&file, |file| file.set_format(format, &options()));
    }
    let word = DIVISIONS[hash(bytes) % DIVISIONS.len()];
    let division = Division::of_word(word).expect("a division");
    is_changed(&file, |file| file.set_division(division, &options()));
    is_changed(&file, |file| file.set_text(hash(bytes) % 3, MetaKind::TRACK_NAME, "name"));
}

/// A file that was written is read without damage.
fn is_written_alike(written: &[u8]) {
    let piece = Piece::read(written, &options()).expect("a file that was written");
    let Ok(file) = File::of(&piece) else { return };
    assert!(file.to_bytes(&options()).expect("it was written before") == written);
}

/// The events but those that end a track, if there are not too many.
fn events(bytes: &[u8]) -> Option<Vec<String>> {
    let piece = Piece::read(bytes, &options()).expect("a file");
    let events = piece.events().ok()?;
    let events = events.map(|event| event.expect("an event"));
    let says = |kind: &EventKind<'_>| {
        !matches!(kind, EventKind::EndOfTrack | EventKind::SequencerSpecific([]))
    };
    let shown = events.filter(|event| says(&event.kind)).map(|event| {
        format!("{} {} {:?} {:?}", event.track, event.tick, event.channel, event.kind)
    });
    Some(shown.collect())
}

/// A change that can be made keeps the notes, and gives a sound file.
fn is_changed<'p>(file: &File<'p>, change: impl FnOnce(&mut File<'p>) -> Result<(), Error>) {
    let mut other = file.clone();
    match change(&mut other) {
        Ok(()) => {
            assert_eq!(notes(&other), notes(file));
            is_written_alike(&other.to_bytes(&options()).expect("a change that could be made"));
        }
        Err(error) => assert_eq!(error.kind(), ErrorKind::Unwritable),
    }
}

/// How many notes begin, and how many end.
fn notes(file: &File<'_>) -> (usize, usize) {
    let events = file.tracks.iter().flat_map(|track| &track.events);
    events.filter_map(|event| event.channel_message()).fold((0, 0), |(begun, ended), message| {
        (begun + usize::from(message.begins_note()), ended + usize::from(message.ends_note()))
    })
}
