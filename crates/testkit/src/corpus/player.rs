//! Performance of notes: swing, timing and dynamics.

use std::f64::consts::TAU;

use fastrand::Rng;

use super::plan::{Part, Plan, Sung};
use super::styles::Role;
use super::words;
use crate::smf::Track;

/// Plays one part of one section into its track. Times are in quarter notes from the start of the piece.
pub(super) struct Player<'a> {
    plan: &'a Plan,
    part: &'a Part,
    track: &'a mut Track,
    words: Option<&'a mut Track>,
    rng: Rng,
}

impl<'a> Player<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        part: &'a Part,
        track: &'a mut Track,
        words: Option<&'a mut Track>,
        rng: Rng,
    ) -> Self {
        Self { plan, part, track, words, rng }
    }

    /// The piece that is played.
    pub(super) fn plan(&self) -> &'a Plan {
        self.plan
    }

    /// A note, louder by `accent`.
    pub(super) fn note(&mut self, beat: f64, beats: f64, pitch: u8, accent: i16) {
        let late = (self.rng.f64() + self.rng.f64() - 1.0) * self.plan.jitter;
        let start = self.tick(beat + late);
        let held = beats * (0.86 + 0.1 * self.rng.f64());
        let end = self.tick(beat + late + held).max(start + 1);
        let velocity = i16::from(self.part.level) + accent + self.rng.i16(-7..=7);
        let channel = self.part.channel;
        self.track.put(end, &[0x80 | channel, pitch, 64]);
        self.track.put(start, &[0x90 | channel, pitch, velocity.clamp(1, 127) as u8]);
    }

    /// A note of the melody: sung where there are words, with a bend into it now and then.
    pub(super) fn melody_note(&mut self, beat: f64, beats: f64, pitch: u8, accent: i16) {
        self.note(beat, beats, pitch, accent);
        if self.part.role == Role::Melody && self.plan.sung != Sung::Not {
            self.sing(beat);
        }
        let bends = self.plan.style.name == "jazz" || self.plan.style.name == "dance";
        if bends && beats >= 1.0 && self.rng.u8(..4) == 0 {
            for step in 0..8u16 {
                let value = 7168 + 128 * (step + 1);
                let tick = self.tick(beat + 0.03 * f64::from(step));
                let bend = [0xe0 | self.part.channel, (value & 0x7f) as u8, (value >> 7) as u8];
                self.track.put(tick, &bend);
            }
        }
    }

    /// A controller's value.
    pub(super) fn control(&mut self, beat: f64, controller: u8, value: u8) {
        let tick = self.tick(beat);
        self.track.put(tick, &[0xb0 | self.part.channel, controller, value]);
    }

    fn sing(&mut self, beat: f64) {
        let syllable = words::syllable(&mut self.rng);
        let tick = self.tick(beat);
        let (track, kind) = match &mut self.words {
            Some(words) => (&mut **words, 0x01),
            None => (&mut *self.track, 0x05),
        };
        let mut event = vec![0xff, kind, syllable.len() as u8];
        event.extend_from_slice(syllable.as_bytes());
        track.put(tick, &event);
    }

    /// Where a beat is played.
    fn tick(&self, beat: f64) -> u32 {
        let eighth = (beat * 2.0).round();
        let is_offbeat = eighth % 2.0 == 1.0 && (beat * 2.0 - eighth).abs() < 0.1;
        let swung = if is_offbeat { beat + self.plan.style.swing } else { beat };
        if !self.plan.style.performed {
            return self.plan.tick(swung);
        }
        // At a declared tempo of 120, with slow changes of the real one.
        let rubato = 0.18 * (TAU * beat / 13.0).sin() + 0.08 * (TAU * beat / 5.0).sin();
        self.plan.tick((swung + rubato) * 120.0 / self.plan.bpm + 0.4)
    }
}
