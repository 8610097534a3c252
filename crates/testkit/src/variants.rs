//! Variants of a piece: changes to a MIDI file that leave its music the same.

use std::collections::HashSet;

use fastrand::Rng;
use midly::live::LiveEvent;
use midly::{MetaMessage, MidiMessage, Smf, Timing, TrackEventKind};

use crate::smf::{Layout, Statuses, Track, file_in};

/// The kinds of variants, by the names of their folders.
pub const KINDS: [(&str, Change); 8] = [
    ("transposed", transposed),
    ("faster", faster),
    ("reordered", reordered),
    ("exported", exported),
    ("louder", louder),
    ("undoubled", undoubled),
    ("thinned", thinned),
    ("all", all),
];

type Change = fn(&mut Piece, &mut Rng) -> Option<()>;

const DRUMS: u8 = 9;
/// The share of notes that are removed.
const LOST: f64 = 0.05;

/// A piece as its events.
#[derive(Clone)]
pub struct Piece {
    layout: Layout,
    tracks: Vec<Vec<Event>>,
}

#[derive(Clone)]
struct Event {
    tick: u32,
    what: What,
}

#[derive(Clone)]
enum What {
    Note {
        channel: u8,
        pitch: u8,
        velocity: u8,
        length: u32,
    },
    /// Microseconds a quarter.
    Tempo(u32),
    Other(Vec<u8>),
}

impl Piece {
    /// Reads a well-formed file; `None` for others, and for SMPTE time.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let smf = Smf::parse(bytes).ok()?;
        let Timing::Metrical(division) = smf.header.timing else { return None };
        let tracks: Vec<_> = smf.tracks.iter().map(|track| events(track)).collect();
        let layout = Layout {
            division: division.as_int(),
            one_track: tracks.len() == 1,
            statuses: Statuses::Running,
        };
        Some(Self { layout, tracks })
    }

    /// The piece as a file.
    pub fn write(&self) -> Vec<u8> {
        let tracks: Vec<_> = self.tracks.iter().map(|events| track(events)).collect();
        file_in(self.layout, &tracks)
    }

    /// The changed piece; `None` if the change does nothing or is impossible.
    pub fn changed(&self, change: Change, rng: &mut Rng) -> Option<Self> {
        let mut piece = self.clone();
        change(&mut piece, rng)?;
        Some(piece)
    }

    fn events(&mut self) -> impl Iterator<Item = &mut Event> {
        self.tracks.iter_mut().flatten()
    }

    fn pitches(&mut self) -> impl Iterator<Item = &mut u8> {
        self.events().filter_map(|event| match &mut event.what {
            What::Note { channel, pitch, .. } if *channel != DRUMS => Some(pitch),
            _ => None,
        })
    }
}

fn events(track: &[midly::TrackEvent<'_>]) -> Vec<Event> {
    let (mut events, mut tick): (Vec<Event>, u32) = (Vec::new(), 0);
    let mut open: Vec<(u8, u8, usize)> = Vec::new();
    for event in track {
        tick = tick.saturating_add(event.delta.as_int());
        let what = match event.kind {
            TrackEventKind::Midi { channel, message } => {
                let channel = channel.as_int();
                match message {
                    MidiMessage::NoteOn { key, vel } if vel > 0 => {
                        let (pitch, velocity) = (key.as_int(), vel.as_int());
                        open.push((channel, pitch, events.len()));
                        What::Note { channel, pitch, velocity, length: 1 }
                    }
                    MidiMessage::NoteOn { key, .. } | MidiMessage::NoteOff { key, .. } => {
                        let ends = |&(c, p, _): &(u8, u8, usize)| c == channel && p == key.as_int();
                        if let Some(index) = open.iter().position(ends) {
                            let note = &mut events[open.remove(index).2];
                            let since = tick - note.tick;
                            if let What::Note { length, .. } = &mut note.what {
                                *length = since.max(1);
                            }
                        }
                        continue;
                    }
                    _ => {
                        let mut bytes = Vec::new();
                        let event = LiveEvent::Midi { channel: channel.into(), message };
                        event.write(&mut bytes).expect("a vector takes all");
                        What::Other(bytes)
                    }
                }
            }
            TrackEventKind::Meta(MetaMessage::Tempo(tempo)) => What::Tempo(tempo.as_int()),
            TrackEventKind::Meta(MetaMessage::TimeSignature(n, d, clicks, quarters)) => {
                What::Other(vec![0xff, 0x58, 4, n, d, clicks, quarters])
            }
            _ => continue,
        };
        events.push(Event { tick, what });
    }
    events
}

fn track(events: &[Event]) -> Track {
    let mut track = Track::empty();
    for Event { tick, what } in events {
        match what {
            What::Note { channel, pitch, velocity, length } => {
                track = track.at(*tick).on(*channel).note(*pitch, *velocity, *length);
            }
            What::Tempo(tempo) => track = track.at(*tick).meta(0x51, &tempo.to_be_bytes()[1..]),
            What::Other(bytes) => track.put(*tick, bytes),
        }
    }
    track
}

fn transposed(piece: &mut Piece, rng: &mut Rng) -> Option<()> {
    let (lowest, highest) =
        (piece.pitches().map(|p| *p).min()?, piece.pitches().map(|p| *p).max()?);
    let steps: Vec<i16> = (-6..=6)
        .filter(|&step| {
            step != 0 && i16::from(lowest) + step >= 0 && i16::from(highest) + step < 128
        })
        .collect();
    let step = steps[rng.usize(..steps.len().max(1)).min(steps.len().checked_sub(1)?)];
    piece.pitches().for_each(|pitch| *pitch = (i16::from(*pitch) + step) as u8);
    Some(())
}

fn faster(piece: &mut Piece, rng: &mut Rng) -> Option<()> {
    let factor = 0.6 + rng.f64();
    let mut found = false;
    for event in piece.events() {
        if let What::Tempo(tempo) = &mut event.what {
            *tempo = (f64::from(*tempo) * factor) as u32;
            found = true;
        }
    }
    if !found {
        let what = What::Tempo((500_000.0 * factor) as u32);
        piece.tracks.first_mut()?.insert(0, Event { tick: 0, what });
    }
    Some(())
}

fn reordered(piece: &mut Piece, rng: &mut Rng) -> Option<()> {
    let conductor =
        !piece.tracks.first()?.iter().any(|event| matches!(event.what, What::Note { .. }));
    let tracks = &mut piece.tracks[usize::from(conductor)..];
    if tracks.len() < 2 {
        return None;
    }
    rng.shuffle(tracks);
    tracks.rotate_left(1);
    Some(())
}

/// Another resolution, another format, no running status.
fn exported(piece: &mut Piece, rng: &mut Rng) -> Option<()> {
    let others = [96, 120, 192, 220, 384, 480, 960, 1024];
    let others: Vec<u16> = others.into_iter().filter(|&d| d != piece.layout.division).collect();
    let division = others[rng.usize(..others.len())];
    let factor = f64::from(division) / f64::from(piece.layout.division);
    let scaled = |ticks: u32| (f64::from(ticks) * factor).round() as u32;
    for event in piece.events() {
        if let What::Note { length, .. } = &mut event.what {
            *length = (scaled(event.tick + *length) - scaled(event.tick)).max(1);
        }
        event.tick = scaled(event.tick);
    }
    piece.layout = Layout { division, one_track: true, statuses: Statuses::Explicit };
    Some(())
}

fn louder(piece: &mut Piece, rng: &mut Rng) -> Option<()> {
    let factor = 0.5 + rng.f64();
    for event in piece.events() {
        if let What::Note { velocity, .. } = &mut event.what {
            let changed = f64::from(*velocity) * factor + 10.0 * rng.f64();
            *velocity = (changed as u8).clamp(1, 127);
        }
    }
    Some(())
}

/// Removes notes that another track has as well.
fn undoubled(piece: &mut Piece, _: &mut Rng) -> Option<()> {
    let mut before = HashSet::new();
    let mut doubled = 0;
    for track in &mut piece.tracks {
        let mut own = HashSet::new();
        track.retain(|event| match event.what {
            What::Note { channel, pitch, .. } if channel != DRUMS => {
                own.insert((event.tick, pitch));
                let is_doubled = before.contains(&(event.tick, pitch));
                doubled += u32::from(is_doubled);
                !is_doubled
            }
            _ => true,
        });
        before.extend(own);
    }
    (doubled > 0).then_some(())
}

fn thinned(piece: &mut Piece, rng: &mut Rng) -> Option<()> {
    let is_lost =
        |event: &Event, rng: &mut Rng| matches!(event.what, What::Note { .. }) && rng.f64() < LOST;
    let count = |piece: &Piece| piece.tracks.iter().map(Vec::len).sum::<usize>();
    let before = count(piece);
    for track in &mut piece.tracks {
        track.retain(|event| !is_lost(event, rng));
    }
    (count(piece) < before).then_some(())
}

fn all(piece: &mut Piece, rng: &mut Rng) -> Option<()> {
    transposed(piece, rng);
    faster(piece, rng);
    let _ = reordered(piece, rng);
    let _ = undoubled(piece, rng);
    louder(piece, rng);
    exported(piece, rng);
    thinned(piece, rng)
}
