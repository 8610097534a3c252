//! Higher or lower.
//!
//! All that has a pitch moves: notes, the pressure on single keys, and key signatures. A note that would leave the range of
//! MIDI keeps its pitch class, in the octave next to the end of the range. A key signature goes around the circle of fifths,
//! and has the name that is written more often where two sound the same: five flats to six sharps in major, six flats to
//! five sharps in minor.

use super::channel::ChannelMessage;
use super::file::{EVENTS_BETWEEN_CHECKS, File, Track};
use super::message::Message;
use super::sounding::NotesOfTracks;
use crate::error::{Error, ErrorKind};
use crate::model::key::{Key, Mode};
use crate::options::Options;
use crate::piece::Piece;

/// The highest pitch.
const HIGHEST: i16 = 127;
/// Semitones of an octave.
const OCTAVE: i16 = 12;
/// The most sharps of a major key, and of a minor one, where another name has fewer flats.
const MOST_SHARPS: [i16; 2] = [6, 5];
/// Semitones that a minor key is below the major key of the same notes.
const RELATIVE: i16 = 3;

/// What could not be transposed exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transposed {
    /// Notes that are in another octave, as they would have left the range of MIDI.
    pub folded_notes: u32,
    /// Key signatures that transposing back would name otherwise: those of names that are written less often.
    pub renamed_keys: u32,
}

impl File<'_> {
    /// Moves the music by semitones, upwards where positive. With `keep_drums` the drums stay as they are. `piece` is the
    /// one whose file this is.
    ///
    /// Where nothing leaves the range, transposing back gives the same bytes, as long as the same notes are found to be
    /// drums.
    ///
    /// # Errors
    /// The piece has no notes. Out of memory, or `interrupted`.
    pub fn transpose(
        &mut self,
        piece: &Piece<'_>,
        semitones: i8,
        keep_drums: bool,
    ) -> Result<Transposed, Error> {
        let (_, options) = piece.source()?;
        let score = piece.score()?;
        let mut done = Transposed::default();
        if semitones == 0 {
            return Ok(done);
        }
        let notes = NotesOfTracks::of(score, options.interrupted)?;
        for (index, track) in self.tracks.iter_mut().enumerate() {
            let mut sounding = notes.of_track(index)?;
            transpose(track, semitones.into(), options, &mut done, |message| {
                let note = sounding.pass(message);
                keep_drums && note.is_some_and(|note| sounding.note(note).is_drum())
            })?;
        }
        Ok(done)
    }
}

/// Transposes the events of a track, but those that are to `stay`.
fn transpose(
    track: &mut Track<'_>,
    semitones: i16,
    options: &Options<'_>,
    done: &mut Transposed,
    mut stay: impl FnMut(ChannelMessage) -> bool,
) -> Result<(), Error> {
    for events in track.events.chunks_mut(EVENTS_BETWEEN_CHECKS) {
        options.check()?;
        for event in events {
            let signature = event.message().as_key_signature();
            if let Some(message) = event.channel_message() {
                let Some(pitch) = message.pitch().filter(|_| !stay(message)) else { continue };
                let (pitch, folded) = transposed(pitch, semitones);
                done.folded_notes += u32::from(folded && message.begins_note());
                if let Some(message) = message.with_pitch(pitch) {
                    event.set_message(message);
                }
            } else if let Some((fifths, minor)) = signature {
                let (other, renamed) = transposed_signature(fifths.into(), minor, semitones);
                done.renamed_keys += u32::from(renamed);
                event.set_message(Message::key_signature(other, minor));
            }
        }
    }
    Ok(())
}

/// A pitch some semitones higher, and whether it is in another octave than it would be.
fn transposed(pitch: u8, semitones: i16) -> (u8, bool) {
    match i16::from(pitch) + semitones {
        low @ ..0 => (low.rem_euclid(OCTAVE) as u8, true),
        high if high > HIGHEST => ((HIGHEST - (HIGHEST - high).rem_euclid(OCTAVE)) as u8, true),
        exact => (exact as u8, false),
    }
}

/// The sharps of a key some semitones higher, and whether the key would have another name if it was transposed back.
/// Octaves change no signature.
fn transposed_signature(fifths: i16, minor: bool, semitones: i16) -> (i8, bool) {
    if semitones % OCTAVE == 0 {
        return (fifths as i8, false);
    }
    let most = MOST_SHARPS[usize::from(minor)];
    let named = |fifths: i16| most - (most - fifths).rem_euclid(OCTAVE);
    // A semitone is seven fifths, less octaves.
    (named(fifths + 7 * semitones) as i8, named(fifths) != fifths)
}

/// The semitones, from five down to six up, that bring a piece into a key: from the key that is estimated for the whole, or
/// else the first that is declared. From minor to major or back, the piece is brought to the same key signature.
///
/// # Errors
/// [`NotThere`](ErrorKind::NotThere) where no key is estimated or declared; the piece has no notes; out of memory, or
/// `interrupted`.
pub fn semitones_to_key(piece: &Piece<'_>, key: Key) -> Result<i8, Error> {
    let no_key = || {
        Error::new(
            ErrorKind::NotThere,
            0,
            "the piece has no key: fewer than three pitch classes sound",
        )
        .with_hint(Some("Give the semitones instead."))
    };
    let from = piece.home_key()?.ok_or_else(no_key)?;
    let major = |key: Key| match key.mode {
        Mode::Major => i16::from(key.tonic.semitones()),
        Mode::Minor => i16::from(key.tonic.semitones()) + RELATIVE,
    };
    let up = (major(key) - major(from)).rem_euclid(OCTAVE);
    Ok(if up > OCTAVE / 2 { up - OCTAVE } else { up } as i8)
}

#[cfg(test)]
mod tests {
    use super::{transposed, transposed_signature};

    #[test]
    fn a_pitch_beyond_the_range_is_in_the_octave_at_its_end() {
        assert_eq!(transposed(60, 7), (67, false));
        assert_eq!(transposed(127, 0), (127, false));
        assert_eq!(transposed(127, 1), (116, true));
        assert_eq!(transposed(120, 8), (116, true));
        assert_eq!(transposed(0, -1), (11, true));
        assert_eq!(transposed(0, -128), (4, true));
        for (pitch, semitones) in
            (0..=127).flat_map(|pitch| [-128, -13, 1, 24, 127].map(|by| (pitch, by)))
        {
            let (other, _) = transposed(pitch, semitones);
            assert!(other <= 127);
            assert_eq!((i16::from(pitch) + semitones - i16::from(other)) % 12, 0);
        }
    }

    #[test]
    fn a_key_signature_goes_around_the_circle_of_fifths() {
        let major = |fifths, semitones| transposed_signature(fifths, false, semitones).0;
        assert_eq!([2, -2, 6, 1, -1, 12].map(|by| major(0, by)), [2, -2, 6, -5, 5, 0]);
        assert_eq!(transposed_signature(0, true, 6), (-6, false));
        // C sharp major becomes D flat major on its way back.
        assert_eq!(transposed_signature(7, false, 1), (2, true));
        assert_eq!(transposed_signature(7, false, 24), (7, false));
    }

    #[test]
    fn the_names_that_are_written_most_come_back() {
        for (minor, names) in [(false, -5..=6), (true, -6..=5)] {
            for (fifths, by) in names.flat_map(|fifths| (-127..=127).map(move |by| (fifths, by))) {
                let (other, renamed) = transposed_signature(fifths, minor, by);
                assert!(!renamed);
                assert_eq!(transposed_signature(other.into(), minor, -by), (fifths as i8, false));
            }
        }
    }
}
