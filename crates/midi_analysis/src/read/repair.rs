//! The repairs that reading a file took.
//!
//! Each kind of repair is reported once, with its number and first position, so that the list stays
//! short however damaged a file is.

use std::fmt;

use smallvec::SmallVec;

/// A departure from the Standard MIDI File 1.0 specification (MMA RP-001) that reading survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    CompressedStreamCut,
    BytesAsCharacters,
    LineEnds,
    LeadingBytes,
    MissingHeader,
    HeaderLength,
    UnknownFormat,
    ZeroDivision,
    TrackCount,
    TooManyTracks,
    TrackLength,
    TruncatedTrack,
    MissingEndOfTrack,
    DataAfterEndOfTrack,
    EarlyEndOfTrack,
    MisspeltTrack,
    UnknownChunk,
    TrailingBytes,
    TrailingTracks,
    DataByteOver127,
    RunningStatusAfterMeta,
    SystemMessage,
    UnreadableBytes,
    MalformedMeta,
    SysexLength,
    ZeroTempo,
    TimeSignature,
    KeySignature,
    UnclosedNote,
    TimeOverflow,
}

impl Fault {
    const ALL: [Self; 30] = [
        Self::CompressedStreamCut,
        Self::BytesAsCharacters,
        Self::LineEnds,
        Self::LeadingBytes,
        Self::MissingHeader,
        Self::HeaderLength,
        Self::UnknownFormat,
        Self::ZeroDivision,
        Self::TrackCount,
        Self::TooManyTracks,
        Self::TrackLength,
        Self::TruncatedTrack,
        Self::MissingEndOfTrack,
        Self::DataAfterEndOfTrack,
        Self::EarlyEndOfTrack,
        Self::MisspeltTrack,
        Self::UnknownChunk,
        Self::TrailingBytes,
        Self::TrailingTracks,
        Self::DataByteOver127,
        Self::RunningStatusAfterMeta,
        Self::SystemMessage,
        Self::UnreadableBytes,
        Self::MalformedMeta,
        Self::SysexLength,
        Self::ZeroTempo,
        Self::TimeSignature,
        Self::KeySignature,
        Self::UnclosedNote,
        Self::TimeOverflow,
    ];

    /// The name of the kind, by which users filter: it stays the same when the description is written better.
    fn kind(self) -> &'static str {
        match self {
            Self::CompressedStreamCut => "damaged compression",
            Self::BytesAsCharacters => "bytes written as characters",
            Self::LineEnds => "line ends converted",
            Self::LeadingBytes => "bytes before the header",
            Self::MissingHeader => "missing header",
            Self::HeaderLength => "wrong header length",
            Self::UnknownFormat => "unknown format",
            Self::ZeroDivision => "division of 0",
            Self::TrackCount => "wrong number of tracks",
            Self::TooManyTracks => "too many tracks",
            Self::TrackLength => "wrong track length",
            Self::TruncatedTrack => "track cut short",
            Self::MissingEndOfTrack => "missing End of Track",
            Self::DataAfterEndOfTrack => "data after End of Track",
            Self::EarlyEndOfTrack => "events after End of Track",
            Self::MisspeltTrack => "misspelt track chunk",
            Self::UnknownChunk => "unknown chunk",
            Self::TrailingBytes => "bytes after the last track",
            Self::TrailingTracks => "another file after the last track",
            Self::DataByteOver127 => "data byte over 127",
            Self::RunningStatusAfterMeta => "running status after a meta event",
            Self::SystemMessage => "misplaced system message",
            Self::UnreadableBytes => "unreadable bytes",
            Self::MalformedMeta => "malformed meta event",
            Self::SysexLength => "wrong SysEx length",
            Self::ZeroTempo => "tempo of 0",
            Self::TimeSignature => "impossible time signature",
            Self::KeySignature => "impossible key signature",
            Self::UnclosedNote => "note without note-off",
            Self::TimeOverflow => "time out of range",
        }
    }

    /// What was found and what was made of it.
    fn description(self) -> &'static str {
        match self {
            Self::CompressedStreamCut => {
                "compressed data damaged, what could be decompressed before is used"
            }
            Self::BytesAsCharacters => {
                "bytes over 127 had been written as UTF-8 or UTF-16 characters, restored"
            }
            Self::LineEnds => "each LF had been written as CR LF, restored",
            Self::LeadingBytes => "bytes before the MThd header skipped",
            Self::MissingHeader => "no MThd header, 480 ticks per quarter note assumed",
            Self::HeaderLength => "MThd length is not 6",
            Self::UnknownFormat => "unknown SMF format, read as format 1",
            Self::ZeroDivision => "division is 0, 480 ticks per quarter note assumed",
            Self::TrackCount => "number of tracks differs from the header's",
            Self::TooManyTracks => {
                "tracks after the 65,535th, more than a header can declare, ignored"
            }
            Self::TrackLength => "wrong track length",
            Self::TruncatedTrack => "track cut short",
            Self::MissingEndOfTrack => "track without End of Track",
            Self::EarlyEndOfTrack => "events after End of Track read",
            Self::DataAfterEndOfTrack => "data after End of Track ignored",
            Self::MisspeltTrack => "misspelt chunk identifier read as MTrk",
            Self::UnknownChunk => "unknown chunk skipped",
            Self::TrailingBytes => "bytes after the last track ignored",
            Self::TrailingTracks => "rest of another file after the last track ignored",
            Self::DataByteOver127 => "data byte over 127 read as 127",
            Self::RunningStatusAfterMeta => "running status kept across a meta or SysEx event",
            Self::SystemMessage => "system message outside SysEx skipped",
            Self::UnreadableBytes => "bytes that form no event skipped",
            Self::MalformedMeta => "malformed meta event skipped",
            Self::SysexLength => "wrong length of a SysEx event",
            Self::ZeroTempo => "tempo of 0 microseconds ignored",
            Self::TimeSignature => "impossible time signature ignored",
            Self::KeySignature => "impossible key signature ignored",
            Self::UnclosedNote => "note without note-off given an end",
            Self::TimeOverflow => "time beyond 4,294,967,294 ticks clamped",
        }
    }
}

/// The kinds of damage that reading a file repairs, as [`damage_kind`] names them.
pub fn damage_kinds() -> impl Iterator<Item = &'static str> {
    Fault::ALL.into_iter().map(Fault::kind)
}

/// The kind of damage of which a warning tells, without its number and place; of a warning that this version does not
/// give, its words up to these.
///
/// ```
/// let warning = "wrong track length (2 times, first at byte 18)";
/// assert_eq!(midi_analysis::damage_kind(warning), "wrong track length");
/// ```
pub fn damage_kind(warning: &str) -> &str {
    let description = warning.split(" (").next().unwrap_or(warning);
    let fault = Fault::ALL.into_iter().find(|fault| fault.description() == description);
    fault.map_or(description, |fault| fault.kind())
}

#[derive(Clone, Debug)]
struct Repair {
    fault: Fault,
    count: u32,
    first_offset: usize,
    /// How many bytes it took, where that says more than a number of places.
    bytes: usize,
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (", self.fault.description())?;
        match self.bytes {
            0 if self.count > 1 => write!(f, "{} times, first ", self.count)?,
            0 => {}
            bytes => write!(f, "{bytes} bytes, ")?,
        }
        write!(f, "at byte {})", self.first_offset)
    }
}

/// The repairs of one file, in the order in which their kinds first appeared.
#[derive(Clone, Debug, Default)]
pub(crate) struct Repairs(SmallVec<[Repair; 4]>);

impl Repairs {
    /// Notes one repair at a byte offset.
    #[cold]
    pub(crate) fn note(&mut self, fault: Fault, offset: usize) {
        self.note_bytes(fault, offset, 0);
    }

    /// Notes one repair of a number of bytes from an offset on.
    #[cold]
    pub(crate) fn note_bytes(&mut self, fault: Fault, offset: usize, bytes: usize) {
        match self.0.iter_mut().find(|repair| repair.fault == fault) {
            Some(repair) => {
                repair.count = repair.count.saturating_add(1);
                repair.bytes = repair.bytes.saturating_add(bytes);
            }
            None => self.0.push(Repair { fault, count: 1, first_offset: offset, bytes }),
        }
    }

    /// Forgets all but one kind.
    pub(crate) fn keep_only(&mut self, fault: Fault) {
        self.0.retain(|repair| repair.fault == fault);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether bytes were met that no event has, after which others may have been read wrongly.
    pub(crate) fn lost_step(&self) -> bool {
        self.0.iter().any(|repair| {
            matches!(
                repair.fault,
                Fault::TruncatedTrack
                    | Fault::MissingEndOfTrack
                    | Fault::DataByteOver127
                    | Fault::SystemMessage
                    | Fault::UnreadableBytes
                    | Fault::MalformedMeta
            )
        })
    }

    pub(crate) fn count(&self, fault: Fault) -> usize {
        let found = self.0.iter().find(|repair| repair.fault == fault);
        found.map_or(0, |repair| repair.count as usize)
    }

    /// Adds the repairs of another list.
    pub(crate) fn append(&mut self, other: Self) {
        for repair in other.0 {
            match self.0.iter_mut().find(|own| own.fault == repair.fault) {
                Some(own) => own.count = own.count.saturating_add(repair.count),
                None => self.0.push(repair),
            }
        }
    }

    /// The number of all repairs.
    pub(crate) fn total(&self) -> usize {
        self.0.iter().map(|repair| repair.count as usize).sum()
    }

    /// One line a kind.
    pub(crate) fn warnings(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_warning_has_a_kind_of_its_own() {
        let mut kinds: Vec<_> = damage_kinds().collect();
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(kinds.len(), Fault::ALL.len());
        for (fault, place) in Fault::ALL.into_iter().zip(0..) {
            assert_eq!(fault as usize, place, "{fault:?} is not at its place in the list");
            let mut repairs = Repairs::default();
            repairs.note(fault, 7);
            assert_eq!(damage_kind(&repairs.warnings()[0]), fault.kind());
            repairs.note_bytes(fault, 20, 3);
            assert_eq!(damage_kind(&repairs.warnings()[0]), fault.kind());
        }
    }

    #[test]
    fn a_warning_of_another_version_is_its_own_kind() {
        assert_eq!(damage_kind("pages stuck (3 times, first at byte 1)"), "pages stuck");
        assert_eq!(damage_kind(""), "");
    }
}
