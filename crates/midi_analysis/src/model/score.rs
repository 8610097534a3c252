//! Events of all tracks -> one [`Score`]: what every analyser reads and none computes again.
//!
//! Tracks of a format 2 file, which are independent patterns, follow one another in time. Times are
//! ticks from the start of the piece.

mod build;

use smallvec::SmallVec;

use self::build::Builder;
use crate::analysis::controllers::ControllerTally;
use crate::analysis::meter::MeterMap;
use crate::analysis::tempo::TempoMap;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use crate::read::container::Payload;
use crate::read::repair::{Fault, Repairs};
use crate::read::smf::{Chunks, Division, Header};

/// The channel that General MIDI 1 reserves for drums, counted from 0.
pub(crate) const DRUM_CHANNEL: u8 = 9;

/// One note. `start` and `end` are ticks; a note may end where it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Index of the track, from 0.
    pub(crate) track: u16,
    pub(crate) channel: u8,
    /// General MIDI program, 0-127, in force at the start of the note.
    pub(crate) program: u8,
    pub(crate) pitch: u8,
    pub(crate) velocity: u8,
    pub(crate) drum: bool,
}

impl Note {
    pub(crate) fn is_drum(&self) -> bool {
        self.drum
    }

    /// The tick until which it is heard: a note of no length counts for one.
    pub(crate) fn heard_until(&self) -> u32 {
        self.end.max(self.start.saturating_add(1))
    }

    pub(crate) fn duration(&self) -> u32 {
        self.end - self.start
    }

    /// The tick until which it is heard: a note of no length sounds for one tick.
    pub(crate) fn sounding_end(&self) -> u32 {
        self.end.max(self.start.saturating_add(1))
    }
}

/// What a piece of text in the file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextKind {
    Text,
    Copyright,
    TrackName,
    Lyric,
    Marker,
}

/// A text as it stands in the file, undecoded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawText<'a> {
    pub(crate) kind: TextKind,
    pub(crate) track: u16,
    pub(crate) tick: u32,
    pub(crate) bytes: &'a [u8],
}

/// A declared key: sharps (+) or flats (-), and the mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DeclaredKey {
    pub(crate) tick: u32,
    pub(crate) fifths: i8,
    pub(crate) minor: bool,
}

/// What a channel's pitch bend or volume is set to, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChannelValue {
    pub(crate) tick: u32,
    /// The bend, -8192 to 8191, or the volume, 0-127.
    pub(crate) value: i16,
    pub(crate) channel: u8,
}

/// One piece of music.
pub(crate) struct Score<'a> {
    pub(crate) header: Header,
    pub(crate) track_count: u16,
    pub(crate) event_count: u32,
    /// By start; notes that start together in the order of their tracks.
    pub(crate) notes: Vec<Note>,
    /// Ends of the pitched notes, ascending; a note of no length counts for one tick.
    pub(crate) pitched_ends: Vec<u32>,
    /// The tick at which the last note ends.
    pub(crate) end: u32,
    pub(crate) tempo: TempoMap,
    pub(crate) meter: MeterMap,
    /// In the order of their time.
    pub(crate) keys: SmallVec<[DeclaredKey; 2]>,
    pub(crate) texts: Vec<RawText<'a>>,
    pub(crate) controllers: ControllerTally,
    /// Whether any program change stands in the file.
    pub(crate) names_programs: bool,
    /// Pitch bends, in the order of their time.
    pub(crate) bends: Vec<ChannelValue>,
    /// Channel volumes (controller 7), in the order of their time.
    pub(crate) volumes: Vec<ChannelValue>,
    pub(crate) repairs: Repairs,
}

impl<'a> Score<'a> {
    /// Reads every track of a file.
    ///
    /// # Errors
    /// More events than `limits` allows, out of memory, or `interrupted`.
    pub(crate) fn read(
        payload: &'a Payload<'_>,
        limits: &Limits,
        interrupted: &dyn Fn() -> bool,
        mut repairs: Repairs,
    ) -> Result<Self, Error> {
        let mut chunks = Chunks::new(payload, &mut repairs);
        let header = chunks.header();
        let mut builder = Builder::new(header, payload.bytes.len(), limits, interrupted, repairs)?;
        while let Some(track) = chunks.next_track(&mut builder.repairs) {
            if builder.is_full() {
                builder.repairs.note(Fault::TooManyTracks, track.offset);
                break;
            }
            builder.read_track(&track, &mut chunks)?;
        }
        builder.finish()
    }

    /// # Errors
    /// [`ErrorKind::NoNotes`] where there is no music.
    pub(crate) fn require_notes(&self) -> Result<(), Error> {
        if self.notes.is_empty() {
            let reason = match self.track_count {
                0 => "no track in the file".to_owned(),
                tracks => format!("no note in {tracks} track(s), {} events", self.event_count),
            };
            return Err(Error::new(ErrorKind::NoNotes, 0, reason));
        }
        Ok(())
    }

    /// Ticks in a quarter note; `None` where time is SMPTE.
    pub(crate) fn ticks_per_quarter(&self) -> Option<u16> {
        match self.header.division {
            Division::Metrical(ticks) => Some(ticks),
            Division::Timecode(_) => None,
        }
    }
}
