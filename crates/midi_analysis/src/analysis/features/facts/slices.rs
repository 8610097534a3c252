//! One pass through time, from each change of the sounding notes to the next, for all measures that are
//! weighted by duration.
//!
//! Vertical intervals are counted by pitch, not by pair of notes: a note that starts is paired with
//! each of at most 128 sounding pitches once, however many notes have that pitch. The tick at which an
//! interval begins is subtracted and the tick at which it ends is added, which gives its duration.

use crate::analysis::features::facts::chord_types::{CHORD_TYPES, chord_type};
use crate::analysis::features::facts::motion::Motion;
use crate::analysis::features::stats::Histogram;
use crate::error::{Error, check};
use crate::model::note::{Note, channel_index};
use crate::model::score::Score;
use crate::room::{self, NoRoom};

/// Numbers of channels that sound at once: more than those of 16 ports are not counted.
pub(crate) const AT_ONCE: usize = 257;
/// Pitches sound together, for the motion of voices, when they do so for this part of a quarter
/// note (or this many seconds): less is a chord not played quite together.
const SHORTEST_SONORITY_QUARTERS: f64 = 0.1;
const SHORTEST_SONORITY_S: f64 = 0.05;
/// Changes of what sounds between two interrupt checks: milliseconds of work at most.
const CHANGES_BETWEEN_CHECKS: u32 = 8_192;
const MINOR_THIRD: usize = 3;
const MAJOR_THIRD: usize = 4;

/// Ticks by what sounds in them.
pub(crate) struct Slices {
    /// The tick at which the last note ends; a note of no length lasts one tick.
    pub(crate) end: u32,
    /// Vertical intervals by semitones, by duration, and by duration and velocity.
    pub(crate) intervals: Histogram<128>,
    pub(crate) weighted: Histogram<128>,
    /// Ticks by distinct pitches, by distinct pitch classes, and by channels (drums among them).
    pub(crate) pitches: Histogram<129>,
    pub(crate) classes: Histogram<13>,
    pub(crate) channels: Histogram<AT_ONCE>,
    pub(crate) chords: Histogram<CHORD_TYPES>,
    pub(crate) minor_thirds: f64,
    pub(crate) major_thirds: f64,
    /// Changes of the sounding pitch classes, the first among them, silence aside.
    pub(crate) chord_count: f64,
    pub(crate) motion: Motion,
}

impl Slices {
    /// # Errors
    /// Out of memory, or `interrupted`: many notes that sound at once take a while.
    pub(crate) fn of(score: &Score<'_>, interrupted: &dyn Fn() -> bool) -> Result<Self, Error> {
        let ends = ends(score, interrupted)?;
        let mut sweep = Sweep::new(shortest_sonority(score), score.channel_count())?;
        let (mut starting, mut ending) = (score.notes.iter().peekable(), ends.iter().peekable());
        let mut until_check = CHANGES_BETWEEN_CHECKS;
        let mut count = || {
            until_check -= 1;
            if until_check > 0 {
                return Ok(());
            }
            until_check = CHANGES_BETWEEN_CHECKS;
            check(interrupted)
        };
        while let Some(&&end) = ending.peek() {
            let start = starting.peek().map_or(u32::MAX, |note| note.start);
            let tick = start.min(end.tick());
            sweep.advance(tick);
            while let Some(end) = ending.next_if(|end| end.tick() == tick) {
                sweep.stop(end.what());
                count()?;
            }
            while let Some(note) = starting.next_if(|note| note.start == tick) {
                sweep.start(End::of(note).what());
                count()?;
            }
        }
        Ok(sweep.finish())
    }

    /// The time in which any channel sounds, by how many.
    pub(crate) fn sounding_channels(&self) -> Histogram<AT_ONCE> {
        let mut channels = *self.channels.bins();
        channels[0] = 0.0;
        Histogram::new(channels)
    }
}

fn shortest_sonority(score: &Score<'_>) -> u32 {
    let ticks = match score.ticks_per_quarter() {
        Some(quarter) => f64::from(quarter) * SHORTEST_SONORITY_QUARTERS,
        None => SHORTEST_SONORITY_S / score.tempo.clock().length(1),
    };
    ticks.ceil() as u32
}

/// The end of a note, packed so that ends sort by their ticks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct End(u64);

const DRUM: u8 = 0x80;

impl End {
    fn of(note: &Note) -> Self {
        let drum = if note.is_drum() { DRUM } else { 0 };
        let what = [note.port, note.channel, note.velocity, note.pitch & 0x7f | drum];
        Self(u64::from(note.sounding_end()) << u32::BITS | u64::from(u32::from_be_bytes(what)))
    }

    fn tick(self) -> u32 {
        (self.0 >> u32::BITS) as u32
    }

    fn what(self) -> Sound {
        let [port, channel, velocity, pitch] = (self.0 as u32).to_be_bytes();
        Sound {
            part: channel_index(port, channel),
            pitch: (pitch & 0x7f).into(),
            velocity,
            drum: pitch & DRUM != 0,
        }
    }
}

/// What begins or ends.
struct Sound {
    part: usize,
    pitch: usize,
    velocity: u8,
    drum: bool,
}

fn ends(score: &Score<'_>, interrupted: &dyn Fn() -> bool) -> Result<Vec<End>, Error> {
    let mut ends = room::gathered(score.notes.iter().map(End::of))?;
    check(interrupted)?;
    // Ends are nearly in order, and a stable sort makes use of that.
    room::sort_by_key(&mut ends, |&end| end)?;
    check(interrupted)?;
    Ok(ends)
}

/// The notes that sound at a tick, and the ticks counted until then.
struct Sweep {
    tick: u32,
    shortest_sonority: u32,
    /// Sounding notes by pitch, and the sum of their velocities.
    notes: [u32; 128],
    velocities: [u64; 128],
    /// Sounding pitches, one bit each.
    pitches: u128,
    class_pitches: [u8; 12],
    classes: u16,
    channel_notes: Vec<u32>,
    channels: usize,
    /// Sounding vertical intervals by size within the octave.
    wrapped: [u64; 12],
    chord: u16,
    sonority: u128,
    sonority_ticks: u64,
    intervals: Box<[i128; 128]>,
    weighted: Box<[i128; 128]>,
    pitch_ticks: [u64; 129],
    class_ticks: [u64; 13],
    channel_ticks: [u64; AT_ONCE],
    chord_ticks: [u64; CHORD_TYPES],
    third_ticks: [u64; 2],
    chord_count: u64,
    motion: Motion,
}

impl Sweep {
    fn new(shortest_sonority: u32, parts: usize) -> Result<Self, NoRoom> {
        Ok(Self {
            tick: 0,
            shortest_sonority,
            notes: [0; 128],
            velocities: [0; 128],
            pitches: 0,
            class_pitches: [0; 12],
            classes: 0,
            channel_notes: room::filled(0, parts)?,
            channels: 0,
            wrapped: [0; 12],
            chord: 0,
            sonority: 0,
            sonority_ticks: 0,
            intervals: Box::new([0; 128]),
            weighted: Box::new([0; 128]),
            pitch_ticks: [0; 129],
            class_ticks: [0; 13],
            channel_ticks: [0; AT_ONCE],
            chord_ticks: [0; CHORD_TYPES],
            third_ticks: [0; 2],
            chord_count: 0,
            motion: Motion::new(),
        })
    }

    /// Counts the ticks since the last change.
    fn advance(&mut self, tick: u32) {
        let ticks = u64::from(tick - self.tick);
        self.tick = tick;
        if ticks == 0 {
            return;
        }
        self.pitch_ticks[self.pitches.count_ones() as usize] += ticks;
        self.class_ticks[self.classes.count_ones() as usize] += ticks;
        self.channel_ticks[self.channels.min(AT_ONCE - 1)] += ticks;
        if let Some(kind) = chord_type(self.classes) {
            self.chord_ticks[kind] += ticks;
        }
        for (third, size) in [MINOR_THIRD, MAJOR_THIRD].into_iter().enumerate() {
            self.third_ticks[third] += u64::from(self.wrapped[size] > 0) * ticks;
        }
        if self.classes != 0 && self.classes != self.chord {
            self.chord = self.classes;
            self.chord_count += 1;
        }
        if self.pitches != self.sonority {
            self.end_sonority();
            (self.sonority, self.sonority_ticks) = (self.pitches, 0);
        }
        self.sonority_ticks += ticks;
    }

    fn end_sonority(&mut self) {
        if self.sonority_ticks >= u64::from(self.shortest_sonority) {
            self.motion.advance(self.sonority);
        }
    }

    fn start(&mut self, sound: Sound) {
        let Sound { part, pitch, velocity, drum } = sound;
        let notes = &mut self.channel_notes[part];
        self.channels += usize::from(*notes == 0);
        *notes += 1;
        if drum {
            return;
        }
        self.meet(pitch, velocity, false);
        if self.notes[pitch] == 0 {
            self.pitches |= 1 << pitch;
            self.class_pitches[pitch % 12] += 1;
            self.classes |= 1 << (pitch % 12);
        }
        self.notes[pitch] += 1;
        self.velocities[pitch] += u64::from(velocity);
    }

    fn stop(&mut self, sound: Sound) {
        let Sound { part, pitch, velocity, drum } = sound;
        let notes = &mut self.channel_notes[part];
        *notes -= 1;
        self.channels -= usize::from(*notes == 0);
        if drum {
            return;
        }
        self.notes[pitch] -= 1;
        self.velocities[pitch] -= u64::from(velocity);
        if self.notes[pitch] == 0 {
            self.pitches &= !(1 << pitch);
            self.class_pitches[pitch % 12] -= 1;
            self.classes &= !(u16::from(self.class_pitches[pitch % 12] == 0) << (pitch % 12));
        }
        self.meet(pitch, velocity, true);
    }

    /// Begins or ends the intervals between a note and those that sound.
    fn meet(&mut self, pitch: usize, velocity: u8, ends: bool) {
        let sign = if ends { 1 } else { -1 };
        let mut others = self.pitches;
        while others != 0 {
            let other = others.trailing_zeros() as usize;
            others &= others - 1;
            let size = pitch.abs_diff(other);
            let pairs = u64::from(self.notes[other]);
            // The sum of both velocities instead of the mean: the factor cancels in a share.
            let weight = self.velocities[other] + pairs * u64::from(velocity);
            self.intervals[size] += i128::from(pairs) * i128::from(self.tick) * sign;
            self.weighted[size] += i128::from(weight) * i128::from(self.tick) * sign;
            let wrapped = &mut self.wrapped[size % 12];
            *wrapped = if ends { *wrapped - pairs } else { *wrapped + pairs };
        }
    }

    fn finish(mut self) -> Slices {
        self.end_sonority();
        let ticks = |ticks: u64| ticks as f64;
        // Most bins are empty, and to convert them is not free.
        let wide_ticks = |ticks: i128| if ticks == 0 { 0.0 } else { ticks as f64 };
        // Silence has no pitches.
        (self.pitch_ticks[0], self.class_ticks[0]) = (0, 0);
        Slices {
            end: self.tick,
            intervals: Histogram::new(self.intervals.map(wide_ticks)),
            weighted: Histogram::new(self.weighted.map(wide_ticks)),
            pitches: Histogram::new(self.pitch_ticks.map(ticks)),
            classes: Histogram::new(self.class_ticks.map(ticks)),
            channels: Histogram::new(self.channel_ticks.map(ticks)),
            chords: Histogram::new(self.chord_ticks.map(ticks)),
            minor_thirds: ticks(self.third_ticks[0]),
            major_thirds: ticks(self.third_ticks[1]),
            chord_count: ticks(self.chord_count),
            motion: self.motion,
        }
    }
}
