//! The notes of one channel on one track.

use crate::model::note::Note;

/// The notes of one channel among those of a track, in the order of time; or all of a list.
pub(super) struct Part<'n> {
    track: &'n [Note],
    channel: Option<u8>,
}

impl<'n> Part<'n> {
    /// The notes of a channel of a track.
    pub(super) fn of_channel(track: &'n [Note], channel: u8) -> Self {
        Self { track, channel: Some(channel) }
    }

    /// A list of notes.
    pub(super) fn of_notes(notes: &'n [Note]) -> Self {
        Self { track: notes, channel: None }
    }

    /// The notes.
    pub(super) fn notes(&self) -> impl Iterator<Item = &'n Note> + use<'n> {
        let (any, wanted) = (self.channel.is_none(), self.channel.unwrap_or_default());
        self.track.iter().filter(move |note| any | (note.channel == wanted))
    }
}
