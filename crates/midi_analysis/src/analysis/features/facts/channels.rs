//! Number, pitch, loudness and length of the notes of each channel, in one pass for the features of
//! texture, dynamics and time.

use std::ops::RangeInclusive;

use crate::analysis::features::stats::Spread;
use crate::model::note::Note;
use crate::model::score::Score;
use crate::model::tempo_map::Clock;
use crate::room::{self, NoRoom};

/// The volume of a channel that none is set for (General MIDI 1 Developer Guidelines), and the
/// largest.
const DEFAULT_VOLUME: i16 = 100;
const FULL_VOLUME: f64 = 127.0;

/// The notes of one channel. Seconds are by the tempo map.
#[derive(Clone, Copy)]
pub(crate) struct Channel {
    pub(crate) is_drums: bool,
    pub(crate) notes: u32,
    pub(crate) pitches: [u32; 128],
    pub(crate) pitch_sum: u64,
    pub(crate) velocity_sum: u64,
    /// Velocity, scaled by the volume of the channel.
    pub(crate) loudness: Spread,
    /// Changes of loudness from note to note.
    pub(crate) loudness_changes: Spread,
    /// Seconds of its notes, and seconds in which any sounds.
    pub(crate) seconds: f64,
    pub(crate) sounding: Covered,
    /// Seconds between its attacks.
    pub(crate) between_attacks: Spread,
    last: Option<(u32, f64, f64)>,
}

impl Channel {
    pub(crate) fn mean_pitch(&self) -> f64 {
        self.pitch_sum as f64 / f64::from(self.notes)
    }

    pub(crate) fn mean_velocity(&self) -> f64 {
        self.velocity_sum as f64 / f64::from(self.notes)
    }

    /// Lowest and highest pitch.
    pub(crate) fn range(&self) -> RangeInclusive<usize> {
        let lowest = self.pitches.iter().position(|&notes| notes > 0).unwrap_or(0);
        lowest..=self.pitches.iter().rposition(|&notes| notes > 0).unwrap_or(lowest)
    }

    pub(crate) fn ambitus(&self) -> f64 {
        (self.range().end() - self.range().start()) as f64
    }
}

/// Seconds covered by intervals that come in the order of their starts.
#[derive(Clone, Copy, Default)]
pub(crate) struct Covered {
    pub(crate) seconds: f64,
    until: f64,
}

impl Covered {
    #[inline]
    pub(crate) fn cover(&mut self, start: f64, end: f64) {
        self.seconds += (end - start.max(self.until)).max(0.0);
        self.until = self.until.max(end);
    }
}

/// All channels, and the times of all notes.
pub(crate) struct Channels {
    channels: Vec<Channel>,
    /// Seconds between attacks, and of notes.
    pub(crate) between_attacks: Spread,
    pub(crate) durations: Spread,
    pub(crate) shortest: f64,
    pub(crate) longest: f64,
    /// Notes shorter than `STACCATO_S`.
    pub(crate) staccato: f64,
    /// Loudness of all notes.
    pub(crate) loudness: Spread,
    pub(crate) softest: f64,
    pub(crate) loudest: f64,
    /// Seconds in which any note of a program sounds.
    pub(crate) programs: [Covered; 128],
    last_attack: Option<(u32, f64)>,
}

const STACCATO_S: f64 = 0.1;
const EMPTY: Spread = Spread::new();

impl Channels {
    /// # Errors
    /// Out of memory.
    pub(crate) fn of(score: &Score<'_>) -> Result<Self, NoRoom> {
        let channel = Channel {
            is_drums: false,
            notes: 0,
            pitches: [0; 128],
            pitch_sum: 0,
            velocity_sum: 0,
            loudness: EMPTY,
            loudness_changes: EMPTY,
            seconds: 0.0,
            sounding: Covered::default(),
            between_attacks: EMPTY,
            last: None,
        };
        let mut channels = Self {
            channels: room::filled(channel, score.channel_count())?,
            between_attacks: EMPTY,
            durations: EMPTY,
            shortest: f64::INFINITY,
            longest: 0.0,
            staccato: 0.0,
            loudness: EMPTY,
            softest: f64::INFINITY,
            loudest: 0.0,
            programs: [Covered::default(); 128],
            last_attack: None,
        };
        let mut clock = score.tempo.clock();
        let mut volumes = score.volumes.iter().peekable();
        let mut volume =
            room::filled(f64::from(DEFAULT_VOLUME) / FULL_VOLUME, score.channel_count())?;
        for note in &score.notes {
            while let Some(set) = volumes.next_if(|set| set.tick <= note.start) {
                volume[set.channel_index()] = f64::from(set.value) / FULL_VOLUME;
            }
            let loudness = f64::from(note.velocity) * volume[note.channel_index()];
            channels.add(note, loudness, &mut clock);
        }
        Ok(channels)
    }

    fn add(&mut self, note: &Note, loudness: f64, clock: &mut Clock<'_>) {
        let start = clock.seconds(note.start);
        let end = clock.ahead(note.end);
        let seconds = end - start;
        if let Some((tick, last)) = self.last_attack
            && tick != note.start
        {
            self.between_attacks.push(start - last);
        }
        self.last_attack = Some((note.start, start));
        self.durations.push(seconds);
        self.shortest = self.shortest.min(seconds);
        self.longest = self.longest.max(seconds);
        self.staccato += f64::from(u8::from(seconds < STACCATO_S));
        self.loudness.push(loudness);
        self.softest = self.softest.min(loudness);
        self.loudest = self.loudest.max(loudness);
        if !note.is_drum() {
            self.programs[usize::from(note.program & 0x7f)].cover(start, end);
        }
        let channel = &mut self.channels[note.channel_index()];
        channel.is_drums = note.is_drum();
        channel.notes += 1;
        channel.pitches[usize::from(note.pitch & 0x7f)] += 1;
        channel.pitch_sum += u64::from(note.pitch);
        channel.velocity_sum += u64::from(note.velocity);
        channel.loudness.push(loudness);
        channel.seconds += seconds;
        channel.sounding.cover(start, end);
        if let Some((tick, last, before)) = channel.last {
            channel.loudness_changes.push((loudness - before).abs());
            if tick != note.start {
                channel.between_attacks.push(start - last);
            }
        }
        channel.last = Some((note.start, start, loudness));
    }

    /// Channels that have notes.
    pub(crate) fn used(&self) -> impl Iterator<Item = &Channel> {
        self.channels.iter().filter(|channel| channel.notes > 0)
    }

    pub(crate) fn used_count(&self) -> f64 {
        self.used().count() as f64
    }

    /// Channels that have notes, drums left out.
    pub(crate) fn pitched(&self) -> impl Iterator<Item = &Channel> {
        self.used().filter(|channel| !channel.is_drums)
    }

    /// All of every port, by number.
    pub(crate) fn all(&self) -> &[Channel] {
        &self.channels
    }
}
