//! Tempo and beats as a listener perceives them: the declared ones where the notes agree with them, else
//! the estimated ones.

mod accents;
mod backbeat;
mod bar_lengths;
mod bars;
mod beat_net;
mod beats;
mod candidates;
mod declared_grid;
pub(crate) mod declared_meter;
mod downbeats;
mod events;
mod grid;
mod meter_confidence;
mod onsets;
mod onsets_of_notes;
mod pulse;
mod salience;
mod steady;
mod surroundings;
mod tempo_confidence;
mod tempogram;
mod tracker;

pub(crate) mod beat_unit;
pub(crate) mod beatgrid;
#[cfg(feature = "training")]
pub(crate) mod evidence;

use crate::analysis::rhythm::beatgrid::{BeatGrid, GridBeat};

/// The tempo of the music.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Rhythm {
    /// Quarter notes a minute as a sequencer would show them: the declared median where the notes
    /// follow the declared grid, else the estimate. `None` where the music is too short for one.
    pub bpm: Option<f64>,
    /// Beats a minute as a listener taps them: dotted quarters in 6/8, halves in 2/2.
    pub beat_bpm: Option<f64>,
    /// Probability that `bpm` is the tempo of the music, 0-1.
    pub bpm_confidence: Option<f32>,
}

impl Rhythm {
    pub(crate) fn of(beats: &BeatGrid) -> Self {
        Self {
            bpm: beats.bpm.map(|(quarters, _)| thousandths(quarters)),
            beat_bpm: beats.bpm.map(|(_, perceived)| thousandths(perceived)),
            bpm_confidence: beats.bpm_confidence,
        }
    }
}

fn thousandths(bpm: f64) -> f64 {
    (bpm * 1e3).round() / 1e3
}

/// One beat of the music.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Beat {
    /// Number of the beat, from 1.
    pub beat_no: u32,
    /// Second of the beat.
    pub start_s: f64,
    /// Tick of the beat.
    pub start_tick: u32,
    /// Bar, from 1; 0 before the first downbeat.
    pub bar: u32,
    /// Beat in the bar, from 1; in compound meters a beat is three of the denominator's note values.
    pub beat_in_bar: u8,
    /// Whether a bar begins here.
    pub is_downbeat: bool,
}

impl BeatGrid {
    /// The beats as rows.
    pub(crate) fn rows(&self) -> impl ExactSizeIterator<Item = Beat> {
        let row = |(beat_no, beat): (u32, &GridBeat)| Beat {
            beat_no,
            start_s: beat.seconds,
            start_tick: beat.tick,
            bar: beat.bar,
            beat_in_bar: beat.beat_in_bar,
            is_downbeat: beat.is_downbeat(),
        };
        self.beats.iter().enumerate().map(move |(index, beat)| row((index as u32 + 1, beat)))
    }
}
