//! Names and notices of a file.

use super::event::Event;
use super::file::{File, Track};
use super::merge::ChannelPrefix;
use super::message::Message;
use super::meta_kind::MetaKind;
use super::unwritable::unwritable;
use crate::error::Error;
use crate::room;

impl File<'_> {
    /// Sets a text that a track has once, such as its name, in UTF-8, or removes it where `text` is empty. It takes the
    /// place of all texts of its kind in the track; that of a copyright notice, of which there is one a file, the place of
    /// all in the file. What a MIDI Channel Prefix assigns to a channel stays. Where there was none, the text stands at the
    /// start of the track.
    ///
    /// # Errors
    /// [`Unwritable`](crate::ErrorKind::Unwritable) where there is no such track. Out of memory.
    pub fn set_text(&mut self, track: usize, kind: MetaKind, text: &str) -> Result<(), Error> {
        let count = self.tracks.len();
        if track >= count {
            let tracks = if count == 1 { "1 track".to_owned() } else { format!("{count} tracks") };
            let error = unwritable(format!("no track {track}: the file has {tracks}, from 0 on"));
            return Err(error.with_hint(Some("midi_tracks shows the tracks of a file.")));
        }
        for (index, other) in self.tracks.iter_mut().enumerate() {
            if index == track {
                set(other, kind, text)?;
            } else if kind == MetaKind::COPYRIGHT {
                remove(other, kind);
            }
        }
        Ok(())
    }
}

fn set(track: &mut Track<'_>, kind: MetaKind, text: &str) -> Result<(), Error> {
    let before = remove(track, kind);
    if text.is_empty() {
        return Ok(());
    }
    let mut bytes = room::list(text.len())?;
    bytes.extend_from_slice(text.as_bytes());
    let (place, tick) = before.unwrap_or_else(|| (start(track), 0));
    room::reserve(&mut track.events, 1)?;
    track.events.insert(place, Event::new(tick, Message::meta(kind, bytes)));
    Ok(())
}

/// Removes all texts of a kind, and gives the place and the tick of the first.
fn remove(track: &mut Track<'_>, kind: MetaKind) -> Option<(usize, u32)> {
    let mut prefix = ChannelPrefix::default();
    let (mut index, mut first) = (0, None);
    track.events.retain(|event| {
        let is_of_channel = prefix.channel_of(&event.message()).is_some();
        let found = !is_of_channel && event.message().meta_data(kind).is_some();
        if found && first.is_none() {
            first = Some((index, event.tick));
        }
        index += 1;
        !found
    });
    first
}

/// Where the texts of a track begin: what has to be first stays so.
fn start(track: &Track<'_>) -> usize {
    let is_first = |event: &&Event<'_>| {
        let message = event.message();
        let kinds = [MetaKind::SEQUENCE_NUMBER, MetaKind::COPYRIGHT];
        event.tick == 0 && kinds.into_iter().any(|kind| message.meta_data(kind).is_some())
    };
    track.events.iter().take_while(is_first).count()
}
