//! The plan of a piece: style, key, meter, tempo, parts, and the layout of its file.

use fastrand::Rng;

use super::harmony::Key;
use super::styles::{Role, STYLES, Style};
use crate::smf::{Layout, Statuses, Track};

/// One part.
pub(super) struct Part {
    pub(super) role: Role,
    pub(super) channel: u8,
    pub(super) level: u8,
    name: &'static str,
    program: u8,
}

/// Whether there are words, and where.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Sung {
    Not,
    /// Lyric events among the melody's.
    Lyrics,
    /// Text events in a track of their own.
    Karaoke,
}

/// Everything about a piece but its notes.
pub(super) struct Plan {
    pub(super) style: &'static Style,
    pub(super) key: Key,
    pub(super) meter: (u8, u8),
    pub(super) bpm: f64,
    pub(super) parts: Vec<Part>,
    pub(super) layout: Layout,
    pub(super) sung: Sung,
    pub(super) target_bytes: usize,
    /// How far notes are off the grid, in beats.
    pub(super) jitter: f64,
}

/// The extent of the finished music.
pub(super) struct Ending {
    pub(super) bars: usize,
    /// The first bar of each section, and its letter.
    pub(super) starts: Vec<(usize, char)>,
}

impl Plan {
    pub(super) fn new(rng: &mut Rng) -> Self {
        let style = &STYLES[rng.usize(..STYLES.len())];
        let (slow, fast) = style.bpm;
        let count = rng.usize(style.least_parts..=style.parts.len());
        let mut channels = (0..16).filter(|&channel| channel != 9);
        let parts = style.parts[..count].iter().map(|&(role, name, programs)| Part {
            role,
            channel: if role == Role::Drums { 9 } else { channels.next().expect("parts are few") },
            level: rng.u8(62..100),
            name,
            program: programs[rng.usize(..programs.len())],
        });
        let parts = parts.collect();
        let sung = match rng.u8(..8) {
            0 if style.sung => Sung::Lyrics,
            1 if style.sung => Sung::Karaoke,
            _ => Sung::Not,
        };
        const DIVISIONS: [u16; 8] = [480, 480, 480, 384, 960, 120, 192, 240];
        Self {
            style,
            key: Key::any(rng),
            meter: style.meters[rng.usize(..style.meters.len())],
            bpm: slow + (fast - slow) * rng.f64(),
            parts,
            layout: Layout {
                division: DIVISIONS[rng.usize(..DIVISIONS.len())],
                one_track: sung != Sung::Karaoke && rng.u8(..8) == 0,
                statuses: if rng.u8(..4) > 0 { Statuses::Running } else { Statuses::Explicit },
            },
            sung,
            // Log-normal: the sum of twelve uniform numbers, less six, is as good as normal.
            target_bytes: {
                let normal: f64 = (0..12).map(|_| rng.f64()).sum::<f64>() - 6.0;
                ((0.6 * normal).exp() * 15_000.0).clamp(5500.0, 44_000.0) as usize
            },
            jitter: if style.performed { 0.03 } else { [0.0, 0.0, 0.01, 0.02][rng.usize(..4)] },
        }
    }

    /// Quarter notes in a bar.
    pub(super) fn bar_beats(&self) -> f64 {
        4.0 * f64::from(self.meter.0) / f64::from(self.meter.1)
    }

    /// The tick of a beat as written, before the timing of the performance.
    pub(super) fn tick(&self, beat: f64) -> u32 {
        (beat.max(0.0) * f64::from(self.layout.division)).round() as u32
    }

    /// Roughly how many bytes these numbers of events and texts take.
    pub(super) fn bytes_of(&self, events: usize, texts: usize) -> usize {
        let tenths = if self.layout.statuses == Statuses::Running { 38 } else { 45 };
        events * tenths / 10 + 8 * texts
    }

    /// The track of a karaoke file's words.
    pub(super) fn words_track(&self) -> Option<Track> {
        (self.sung == Sung::Karaoke)
            .then(|| Track::new("Words", 0).meta(0x01, b"@KMIDI KARAOKE FILE"))
    }

    /// The conductor track. A performance has the default tempo of the recorder.
    pub(super) fn conductor(&self, title: &str, end: &Ending, rng: &mut Rng) -> Track {
        let mut track = Track::new(title, 0);
        if self.style.performed {
            return track.tempo(120);
        }
        let (numerator, denominator) = self.meter;
        track = track.meter(numerator, denominator);
        if rng.u8(..3) > 0 {
            track = track.key(self.key.sharps(), self.key.minor);
        }
        let bar = |number: usize| self.tick(number as f64 * self.bar_beats());
        for &(start, letter) in &end.starts {
            track = track.at(bar(start)).meta(0x06, &[letter as u8]);
        }
        track = track.at(0).tempo(self.bpm as u32);
        let change = |share: f64| (self.bpm * share) as u32;
        match rng.u8(..6) {
            // As a sequencer that follows a drummer writes it.
            0 => (1..end.bars).fold(track, |track, number| {
                track.at(bar(number)).tempo(change(0.97 + 0.06 * rng.f64()))
            }),
            // Slower section by section, or faster.
            1 => end.starts.iter().skip(1).fold(track, |track, &(start, _)| {
                track.at(bar(start)).tempo(change(0.9 + 0.2 * rng.f64()))
            }),
            // Slowing down at the end.
            2 | 3 => (0..8u32).fold(track, |track, step| {
                let tick = bar(end.bars - 1) + self.tick(self.bar_beats() * f64::from(step) / 8.0);
                track.at(tick).tempo(change(0.97 - 0.05 * f64::from(step)))
            }),
            _ => track,
        }
    }
}

impl Part {
    /// Its track, with the events at its start.
    pub(super) fn track(&self) -> Track {
        let pan = 24 + 10 * (self.channel % 8);
        Track::new(self.name, self.channel)
            .program(self.program)
            .control(7, self.level + 20)
            .control(10, pan)
            .control(91, 40)
    }
}
