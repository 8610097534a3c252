//! The events of a file that go with some of its parts.

use super::event::Event;
use super::file::{Chunk, File, Track};
use super::merge::ChannelPrefix;
use super::message::Message;
use super::meta::MetaKind;
use super::part_numbers::PartNumbers;
use super::ports::TrackPorts;
use super::sounding::NotesOfTracks;
use crate::error::Error;
use crate::model::note::{CHANNELS, Note, channel_index};
use crate::options::Options;
use crate::piece::Piece;
use crate::room::{self, NoRoom};

/// Ports of a file.
const PORTS: usize = 128;
/// Events between two questions whether to stop.
const EVENTS_BETWEEN_CHECKS: usize = 8_192;

/// The notes of a piece by part.
pub(super) struct Divided<'s> {
    notes: NotesOfTracks<'s>,
    numbers: PartNumbers,
    options: &'s Options<'s>,
}

/// What of a track is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// What is of the piece, and messages to the channels that are kept.
    Common,
    /// All but what is of other parts.
    Texts,
}

impl<'s> Divided<'s> {
    /// # Errors
    /// The piece has no notes; out of memory, or `interrupted`.
    pub(super) fn of(piece: &'s Piece<'_>) -> Result<Self, Error> {
        let (_, options) = piece.source()?;
        let score = piece.score()?;
        let notes = NotesOfTracks::of(score, options.interrupted)?;
        Ok(Self { notes, numbers: PartNumbers::of(score)?, options })
    }

    /// How many parts there are.
    pub(super) fn count(&self) -> usize {
        self.numbers.first.len()
    }

    /// The first note of each part.
    pub(super) fn first_notes(&self) -> &[Note] {
        &self.numbers.first
    }

    /// The file of the piece without the parts that are not wanted. `unplayed` says whether messages stay that go to
    /// channels on which nothing plays.
    ///
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(super) fn only<'p>(
        &self,
        file: &File<'p>,
        wanted: impl Fn(u32) -> bool,
        unplayed: bool,
    ) -> Result<File<'p>, Error> {
        // By channel: whether a wanted part plays on it; `None` where nobody does.
        let mut channels = room::filled(None, PORTS * CHANNELS)?;
        let mut kept_of = room::list(file.tracks.len())?;
        let mut ports = TrackPorts::of(&file.tracks)?;
        for (index, track) in file.tracks.iter().enumerate() {
            self.options.check()?;
            let port = ports_of(ports.as_mut(), index);
            kept_of.push(self.mark_channels(index, track, port, &wanted, &mut channels)?);
        }
        let mut ports = TrackPorts::of(&file.tracks)?;
        let (format, division) = (file.format, file.division);
        let mut only = File { format, division, tracks: Vec::new(), chunks: Vec::new() };
        let mut chunks = file.chunks.iter().peekable();
        for (index, (track, kept)) in file.tracks.iter().zip(kept_of).enumerate() {
            while let Some(chunk) = chunks.next_if(|chunk| chunk.tracks_before <= index) {
                push_chunk(&mut only, chunk)?;
            }
            let port = ports_of(ports.as_mut(), index);
            let filter = Filter { kept, wanted: &wanted, channels: &channels, unplayed };
            let events = self.filtered(index, track, port, &filter)?;
            if !events.is_empty() || track.events.is_empty() {
                let Track { end, end_form, .. } = *track;
                room::push(&mut only.tracks, Track { events, end, end_form })?;
            }
        }
        chunks.try_for_each(|chunk| push_chunk(&mut only, chunk))?;
        Ok(only)
    }

    /// Marks the channels to which a track plays wanted parts.
    fn mark_channels(
        &self,
        index: usize,
        track: &Track<'_>,
        mut port: impl FnMut() -> u8,
        wanted: impl Fn(u32) -> bool,
        channels: &mut [Option<bool>],
    ) -> Result<Kept, NoRoom> {
        let mut sounding = self.notes.of_track(index)?;
        let (mut plays, mut is_wanted) = (false, false);
        for event in &track.events {
            let port = port();
            let Some(message) = event.channel_message().filter(|m| m.begins_note()) else {
                continue;
            };
            plays = true;
            let note = sounding.pass(message);
            let heard = note.is_some_and(|note| wanted(self.numbers.of_notes[note]));
            is_wanted |= heard;
            *channels[channel_index(port, message.channel())].get_or_insert(heard) |= heard;
        }
        Ok(if is_wanted || !plays { Kept::Texts } else { Kept::Common })
    }

    fn filtered<'p>(
        &self,
        index: usize,
        track: &Track<'p>,
        mut port: impl FnMut() -> u8,
        filter: &Filter<'_, impl Fn(u32) -> bool>,
    ) -> Result<Vec<Event<'p>>, Error> {
        let mut sounding = self.notes.of_track(index)?;
        let mut prefix = ChannelPrefix::default();
        let mut events = Vec::new();
        for (at, event) in track.events.iter().enumerate() {
            if at.is_multiple_of(EVENTS_BETWEEN_CHECKS) {
                self.options.check()?;
            }
            let port = port();
            let channel = prefix.channel_of(&event.message());
            let is_heard = || {
                let of = |channel| filter.channels[channel_index(port, channel)];
                channel.is_none_or(|channel| of(channel).unwrap_or(filter.unplayed))
            };
            let stays = match event.channel_message() {
                Some(message) if message.pitch().is_some() => {
                    let part = sounding.pass(message).map(|note| self.numbers.of_notes[note]);
                    part.map_or_else(is_heard, filter.wanted)
                }
                Some(_) => is_heard(),
                None => match event.message() {
                    Message::Meta(kind, _) if kind.is_of_the_piece() => true,
                    Message::Meta(..) => filter.kept == Kept::Texts && is_heard(),
                    _ => true,
                },
            };
            if stays {
                room::push(&mut events, event.clone())?;
            }
        }
        // A port that no message is sent to needs no name.
        let names_only =
            |event: &Event<'_>| event.message().meta_data(MetaKind::PORT_PREFIX).is_some();
        if filter.kept == Kept::Common && events.iter().all(names_only) {
            events.clear();
        }
        Ok(events)
    }
}

/// Which events of a track stay.
struct Filter<'f, W> {
    kept: Kept,
    wanted: &'f W,
    channels: &'f [Option<bool>],
    unplayed: bool,
}

/// The port of each event of a track, one after the other.
fn ports_of(mut ports: Option<&mut TrackPorts>, track: usize) -> impl FnMut() -> u8 {
    move || ports.as_mut().map_or(0, |ports| ports.pass(track))
}

fn push_chunk<'p>(file: &mut File<'p>, chunk: &Chunk<'p>) -> Result<(), NoRoom> {
    let chunk = Chunk { tracks_before: file.tracks.len(), ..chunk.clone() };
    room::push(&mut file.chunks, chunk)
}
