//! One piece of music: what every analyser reads and none computes again.
//!
//! Times are ticks from the start of the piece.

use smallvec::SmallVec;

use crate::error::{Error, ErrorKind};
use crate::model::controllers::ControllerTally;
use crate::model::division::Division;
use crate::model::key::KeySignature;
use crate::model::meter_map::MeterMap;
use crate::model::note::{CHANNELS, Note, channel_index};
use crate::model::source::Source;
use crate::model::tempo_map::TempoMap;
use crate::model::text::{RawText, RawTexts};

/// A key signature and the tick from which it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DeclaredKey {
    pub(crate) tick: u32,
    pub(crate) signature: KeySignature,
}

/// What a channel's pitch bend or volume is set to, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChannelValue {
    pub(crate) tick: u32,
    /// The bend, -8192 to 8191, or the volume, 0-127.
    pub(crate) value: i16,
    pub(crate) port: u8,
    pub(crate) channel: u8,
}

impl ChannelValue {
    /// Index of its channel among those of all ports.
    pub(crate) fn channel_index(&self) -> usize {
        channel_index(self.port, self.channel)
    }
}

/// The pitched notes of a piece in short.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pitched {
    /// How many there are.
    pub(crate) count: usize,
    /// The tick until which one of them sounds; 0 without any.
    pub(crate) end: u32,
}

impl Pitched {
    pub(crate) fn of(notes: &[Note]) -> Self {
        notes.iter().filter(|note| !note.is_drum()).fold(Self::default(), |sum, note| Self {
            count: sum.count + 1,
            end: sum.end.max(note.sounding_end()),
        })
    }
}

/// One piece of music.
pub(crate) struct Score<'a> {
    /// SMF format: 0 one track, 1 simultaneous tracks, 2 independent patterns, which here follow one
    /// another in time.
    pub(crate) format: u8,
    pub(crate) division: Division,
    pub(crate) track_count: u16,
    /// The highest port that is named, plus one.
    pub(crate) port_count: u16,
    pub(crate) event_count: u32,
    /// By start; notes that start together in the order of their tracks.
    pub(crate) notes: Vec<Note>,
    pub(crate) pitched: Pitched,
    /// The tick at which the last note ends.
    pub(crate) end: u32,
    pub(crate) tempo: TempoMap,
    pub(crate) meter: MeterMap,
    /// In the order of their time.
    pub(crate) keys: SmallVec<[DeclaredKey; 2]>,
    /// In the order of the file.
    pub(crate) texts: Vec<RawText>,
    /// The bytes that the texts are a part of.
    pub(crate) source: Source<'a>,
    pub(crate) controllers: ControllerTally,
    /// Whether the file has a program change.
    pub(crate) names_programs: bool,
    /// Pitch bends, in the order of their time.
    pub(crate) bends: Vec<ChannelValue>,
    /// Channel volumes (controller 7), in the order of their time.
    pub(crate) volumes: Vec<ChannelValue>,
}

impl Score<'_> {
    /// # Errors
    /// [`ErrorKind::NoNotes`] where there is no music.
    pub(crate) fn require_notes(&self) -> Result<(), Error> {
        if self.notes.is_empty() {
            let reason = match self.track_count {
                1.. if self.source.bytes().is_ascii() => {
                    "no note, since no byte is over 127: the eighth bit of all bytes is lost"
                        .to_owned()
                }
                0 => "no track in the file".to_owned(),
                tracks => format!("no note in {tracks} track(s), {} events", self.event_count),
            };
            return Err(Error::new(ErrorKind::NoNotes, 0, reason));
        }
        Ok(())
    }

    /// Channels of all ports: each note's [`Note::channel_index`] is less.
    pub(crate) fn channel_count(&self) -> usize {
        usize::from(self.port_count) * CHANNELS
    }

    /// Ticks in a quarter note; `None` where time is SMPTE.
    pub(crate) fn ticks_per_quarter(&self) -> Option<u16> {
        self.division.ticks_per_quarter()
    }

    /// The texts with their bytes.
    pub(crate) fn raw_texts(&self) -> RawTexts<'_> {
        RawTexts { list: &self.texts, source: self.source.bytes() }
    }
}
