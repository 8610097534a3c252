//! Files that are read, changed and written.

mod changed;
mod collected;
mod unchanged;

use midi_analysis::write::{File, Message};
use midi_analysis::{Error, EventKind, Note, Options, Piece};

use crate::support::read;

/// The bytes of a file after a change.
fn changed(bytes: &[u8], change: impl FnOnce(&mut File<'_>) -> Result<(), Error>) -> Vec<u8> {
    let piece = read(bytes);
    let mut file = File::of(&piece).expect("it can be read");
    change(&mut file).expect("the change can be made");
    file.to_bytes(&Options::default()).expect("it can be written")
}

fn written(bytes: &[u8]) -> Vec<u8> {
    changed(bytes, |_| Ok(()))
}

/// The notes, wherever they stand in the file: start, end, channel, pitch and velocity.
fn notes(bytes: &[u8]) -> Vec<[u32; 5]> {
    let piece = read(bytes);
    let row = |Note { start, end, channel, pitch, velocity, .. }: Note| {
        [start, end, channel.into(), pitch.into(), velocity.into()]
    };
    let mut notes: Vec<_> = piece.notes().expect("notes").map(|timed| row(timed.note)).collect();
    notes.sort_unstable();
    notes
}

/// The events in words, but those that end a track or say nothing, as where a long time is bridged.
fn events(bytes: &[u8]) -> Vec<String> {
    let piece = Piece::read(bytes, &Options::default()).expect("a MIDI file");
    let events = piece.events().expect("events").map(|event| event.expect("an event"));
    events
        .filter(|event| {
            !matches!(event.kind, EventKind::EndOfTrack | EventKind::SequencerSpecific([]))
        })
        .map(|event| format!("{} {} {:?} {:?}", event.track, event.tick, event.channel, event.kind))
        .collect()
}

/// The messages of a track.
fn messages(bytes: &[u8], track: usize) -> Vec<(u32, Message<'static>)> {
    let piece = read(bytes);
    let file = File::of(&piece).expect("it can be read");
    let own = |message: Message<'_>| match message {
        Message::Channel(message) => Message::Channel(message),
        Message::Meta(kind, data) => Message::meta(kind, data.into_owned()),
        Message::Sysex(data) => Message::Sysex(data.into_owned().into()),
        Message::Escape(data) => Message::Escape(data.into_owned().into()),
    };
    file.tracks[track].events.iter().map(|event| (event.tick, own(event.message()))).collect()
}
