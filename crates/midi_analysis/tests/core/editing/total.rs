//! Whatever can be analyzed can be changed, and whatever it is made into is sound.

use midi_analysis::write::{File, Quantize, semitones_to_key, split};
use midi_analysis::{Error, ErrorKind, Key, Options, Piece};
use proptest::collection::vec;
use proptest::prelude::*;

use super::music;
use crate::support::{ended, header, track};

type Edit<'e> = &'e dyn Fn(&Piece<'_>, &mut File<'_>) -> Result<(), Error>;

/// Makes every change of a file: each gives a sound file or says what the piece does not have.
fn change(bytes: &[u8], options: &Options<'_>) {
    let how = Quantize::new("1/16, 1/8T".parse().expect("a grid")).swing(0.6).strength(0.9);
    let edits: [Edit<'_>; 9] = [
        &|piece, file| file.transpose(piece, 7, true).map(drop),
        &|piece, file| file.transpose(piece, -127, false).map(drop),
        &|piece, file| {
            let semitones = semitones_to_key(piece, Key::from_index(15))?;
            file.transpose(piece, semitones, true).map(drop)
        },
        &|piece, file| file.stretch(piece, 133.7).map(drop),
        &|piece, file| file.restate(piece, 61.0),
        &|piece, file| file.quantize(piece, &how),
        &|piece, file| file.trim(piece, 2, Some(3)).map(drop),
        &|piece, file| file.trim(piece, 0, None).map(drop),
        &|piece, file| file.keep_parts(piece, &[1]),
    ];
    let Ok(piece) = Piece::read(bytes, options) else { return };
    let Ok(file) = File::of(&piece) else { return };
    for edit in edits {
        let mut file = file.clone();
        match edit(&piece, &mut file) {
            Ok(()) => is_sound(&file),
            Err(error) => is_plain(&error),
        }
    }
    let mut parts = Vec::new();
    let done = split(&piece, |part| {
        parts.push(part.bytes);
        Ok(())
    });
    done.unwrap_or_else(|error| is_plain(&error));
    let pieces: Vec<_> =
        parts.iter().map(|part| Piece::read(part, options).expect("a part")).collect();
    let files: Vec<_> = pieces.iter().map(|piece| File::of(piece).expect("a part")).collect();
    files.iter().for_each(is_sound);
    if !files.is_empty() {
        match File::join(files, options) {
            Ok(file) => is_sound(&file),
            Err(error) => is_plain(&error),
        }
    }
}

fn is_plain(error: &Error) {
    use ErrorKind::{NoNotes, NotThere, TooLarge, Unwritable};
    assert!([NoNotes, NotThere, TooLarge, Unwritable].contains(&error.kind()), "{error:?}");
}

/// It can be written, and is read again without damage.
fn is_sound(file: &File<'_>) {
    let options = Options::default();
    let bytes = file.to_bytes(&options).expect("it can be written");
    let piece = Piece::read(&bytes, &options).expect("a file");
    let again = File::of(&piece).expect("a file").to_bytes(&options).expect("it can be written");
    assert!(again == bytes);
}

proptest! {
    // Each case takes dozens of analyses.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_events_can_be_changed(bytes in vec(any::<u8>(), 0..1_500)) {
        let options = Options::default().max_bytes(1 << 20).max_events(50_000);
        change(&[header(1, 1, 96), track(&bytes)].concat(), &options);
        change(&[header(2, 3, 0xe350), track(&ended(&bytes)), track(&bytes)].concat(), &options);
    }

    #[test]
    fn a_damaged_file_can_be_changed(
        file in music(),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let options = Options::default().max_bytes(1 << 20).max_events(50_000);
        let mut file = file;
        change(&file, &options);
        for (place, byte) in damage {
            let place = place.index(file.len());
            file[place] = byte;
        }
        change(&file, &options);
        change(&file[..cut.index(file.len())], &options);
    }
}
