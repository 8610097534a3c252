//! The events of a file that go with some of its parts.

use std::iter::Peekable;

use super::event::Event;
use super::file::{Chunk, EVENTS_BETWEEN_CHECKS, File, Track};
use super::merge::ChannelPrefix;
use super::message::Message;
use super::meta_kind::MetaKind;
use super::part_numbers::PartNumbers;
use super::ports::TrackPorts;
use super::sounding::NotesOfTracks;
use crate::error::Error;
use crate::model::note::{CHANNELS, Note, PORTS, channel_index};
use crate::options::Options;
use crate::piece::Piece;
use crate::room::{self, NoRoom};

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
        let (score, parts) = piece.score_with_parts()?;
        let notes = NotesOfTracks::of(score, options.interrupted)?;
        Ok(Self { notes, numbers: PartNumbers::of(score, parts)?, options })
    }

    /// How many parts there are.
    pub(super) fn count(&self) -> usize {
        self.numbers.first.len()
    }

    /// The first note of each part.
    pub(super) fn first_notes(&self) -> &[Note] {
        &self.numbers.first
    }

    /// The file of the piece without the parts that are not wanted, and without messages to channels on which nothing
    /// plays.
    ///
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(super) fn only<'p>(
        &self,
        file: &File<'p>,
        wanted: impl Fn(u32) -> bool,
    ) -> Result<File<'p>, Error> {
        let filter = self.filter(file, &wanted, false)?;
        let (format, division) = (file.format, file.division);
        let mut only = File { format, division, tracks: Vec::new(), chunks: Vec::new() };
        let mut ports = TrackPorts::of(&file.tracks)?;
        let mut chunks = file.chunks.iter().cloned().peekable();
        for (index, track) in file.tracks.iter().enumerate() {
            add_chunks(&mut only, &mut chunks, index)?;
            let mut stays = self.sieve(index, ports_of(ports.as_mut(), index), &filter)?;
            let mut events = Vec::new();
            for some in track.events.chunks(EVENTS_BETWEEN_CHECKS) {
                self.options.check()?;
                for event in some.iter().filter(|event| stays(event)) {
                    room::push(&mut events, event.clone())?;
                }
            }
            let Track { end, end_form, .. } = *track;
            let kept = Track { events, end, end_form };
            filter.add_track(&mut only, kept, index, track.events.is_empty())?;
        }
        add_chunks(&mut only, &mut chunks, usize::MAX)?;
        Ok(only)
    }

    /// Takes the parts that are not wanted out of the file of the piece. Messages stay that go to channels on which nothing
    /// plays.
    ///
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(super) fn keep(
        &self,
        file: &mut File<'_>,
        wanted: impl Fn(u32) -> bool,
    ) -> Result<(), Error> {
        let filter = self.filter(file, &wanted, true)?;
        let mut ports = TrackPorts::of(&file.tracks)?;
        let tracks = std::mem::take(&mut file.tracks);
        let mut chunks = std::mem::take(&mut file.chunks).into_iter().peekable();
        for (index, mut track) in tracks.into_iter().enumerate() {
            add_chunks(file, &mut chunks, index)?;
            let mut stays = self.sieve(index, ports_of(ports.as_mut(), index), &filter)?;
            self.options.check()?;
            let was_empty = track.events.is_empty();
            track.events.retain(|event| stays(event));
            filter.add_track(file, track, index, was_empty)?;
        }
        add_chunks(file, &mut chunks, usize::MAX)
    }

    /// What of each track and to each channel stays. `unplayed` says whether messages do that go to channels on which
    /// nothing plays.
    fn filter<W: Fn(u32) -> bool>(
        &self,
        file: &File<'_>,
        wanted: W,
        unplayed: bool,
    ) -> Result<Filter<W>, Error> {
        let mut channels = room::filled(None, PORTS * CHANNELS)?;
        let mut kept = room::list(file.tracks.len())?;
        let mut ports = TrackPorts::of(&file.tracks)?;
        for (index, track) in file.tracks.iter().enumerate() {
            self.options.check()?;
            let port = ports_of(ports.as_mut(), index);
            kept.push(self.mark_channels(index, track, port, &wanted, &mut channels)?);
        }
        Ok(Filter { kept, wanted, channels, unplayed })
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

    /// Tells of the events of a track, one after the other, whether they stay.
    fn sieve<'p>(
        &self,
        index: usize,
        mut port: impl FnMut() -> u8,
        filter: &Filter<impl Fn(u32) -> bool>,
    ) -> Result<impl FnMut(&Event<'p>) -> bool, Error> {
        let mut sounding = self.notes.of_track(index)?;
        let mut prefix = ChannelPrefix::default();
        let kept = filter.kept[index];
        Ok(move |event: &Event<'p>| {
            let port = port();
            let channel = prefix.channel_of(&event.message());
            let is_heard = || {
                let of = |channel| filter.channels[channel_index(port, channel)];
                channel.is_none_or(|channel| of(channel).unwrap_or(filter.unplayed))
            };
            match event.channel_message() {
                Some(message) if message.pitch().is_some() => {
                    let part = sounding.pass(message).map(|note| self.numbers.of_notes[note]);
                    part.map_or_else(is_heard, &filter.wanted)
                }
                Some(_) => is_heard(),
                None => match event.message() {
                    Message::Meta(kind, _) if kind.is_of_the_piece() => true,
                    Message::Meta(..) => kept == Kept::Texts && is_heard(),
                    _ => true,
                },
            }
        })
    }
}

/// Which events stay.
struct Filter<W> {
    /// By track.
    kept: Vec<Kept>,
    wanted: W,
    /// By channel: whether a wanted part plays on it; `None` where nobody does.
    channels: Vec<Option<bool>>,
    unplayed: bool,
}

impl<W> Filter<W> {
    /// Adds a track of which only what stays is left, unless that is nothing. `was_empty` says that it was so before.
    fn add_track<'p>(
        &self,
        file: &mut File<'p>,
        mut track: Track<'p>,
        index: usize,
        was_empty: bool,
    ) -> Result<(), NoRoom> {
        // A port that no message is sent to needs no name.
        let names_only =
            |event: &Event<'_>| event.message().meta_data(MetaKind::PORT_PREFIX).is_some();
        if self.kept[index] == Kept::Common && track.events.iter().all(names_only) {
            track.events.clear();
        }
        if was_empty || !track.events.is_empty() {
            room::push(&mut file.tracks, track)?;
        }
        Ok(())
    }
}

/// The port of each event of a track, one after the other.
fn ports_of(mut ports: Option<&mut TrackPorts>, track: usize) -> impl FnMut() -> u8 {
    move || ports.as_mut().map_or(0, |ports| ports.pass(track))
}

/// Adds the chunks that stand before a track.
fn add_chunks<'p>(
    file: &mut File<'p>,
    chunks: &mut Peekable<impl Iterator<Item = Chunk<'p>>>,
    track: usize,
) -> Result<(), Error> {
    while let Some(chunk) = chunks.next_if(|chunk| chunk.tracks_before <= track) {
        let chunk = Chunk { tracks_before: file.tracks.len(), ..chunk };
        room::push(&mut file.chunks, chunk)?;
    }
    Ok(())
}
