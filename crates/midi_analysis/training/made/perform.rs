//! How a piece is played and written: timing, dynamics, and what the file says of tempo and meter.

use fastrand::Rng;
use midi_testkit::smf::{Layout, Statuses, Track, file_in};
use serde_json::{Value, json};

use super::plan::{DRUMS, Note, Plan};

/// What the file declares.
#[derive(Clone, Copy)]
struct Declared {
    /// Quarter notes a minute of its ticks; `None` where nothing is written, and 120 holds.
    bpm: Option<f64>,
    /// The time signature.
    meter: Option<(u8, u8)>,
    key: bool,
}

/// How exactly the notes are played.
struct Hands {
    /// Standard deviation of an onset, in seconds.
    jitter: f64,
    /// Standard deviation of the change of the tempo from beat to beat, as a share of it.
    drift: f64,
    /// Whether velocities are played; else all are the same.
    dynamics: bool,
    /// Share of the notes that are lost.
    lost: f64,
}

/// A piece that has been played.
pub struct Performance<'a> {
    plan: &'a Plan,
    notes: Vec<Note>,
    declared: Declared,
    hands: Hands,
    division: u16,
    /// Second of each beat, from the first downbeat on, beyond the end.
    beats_s: Vec<f64>,
}

impl<'a> Performance<'a> {
    pub fn new(plan: &'a Plan, notes: Vec<Note>, rng: &mut Rng) -> Self {
        let hands = Hands::new(rng);
        let declared = Declared::new(plan, &hands, rng);
        let begin_s = match rng.u8(..4) {
            // A file may begin at any time, one that declares the tempo at a bar.
            0 if declared.is_true(plan) => plan.bar() * plan.meter.beat.recip() * 60.0 / plan.bpm,
            0 => 3.0 * rng.f64(),
            _ if plan.pickup > 0.0 && declared.is_true(plan) => {
                f64::from(plan.meter.beats) * 60.0 / plan.bpm
            }
            _ => plan.pickup * 60.0 / plan.bpm,
        };
        let count = plan.bars * usize::from(plan.meter.beats) + 2;
        let (mut now, mut tempo) = (begin_s, 60.0 / plan.bpm);
        let beats_s = (0..count)
            .map(|_| {
                let beat = now;
                tempo *= 1.0 + hands.drift * normal(rng);
                // It returns to the tempo of the piece.
                tempo += 0.1 * (60.0 / plan.bpm - tempo);
                now += tempo;
                beat
            })
            .collect();
        let mut performance =
            Self { plan, notes: Vec::new(), declared, hands, division: 480, beats_s };
        performance.division = [480, 480, 480, 960, 384, 240, 192, 120, 96][rng.usize(..9)];
        performance.play(notes, rng);
        performance
    }

    /// Turns the times of the notes into seconds, and their velocities into what is played.
    fn play(&mut self, written: Vec<Note>, rng: &mut Rng) {
        for note in written {
            if rng.f64() < self.hands.lost {
                continue;
            }
            let late = (self.hands.jitter * normal(rng)).clamp(-0.08, 0.08);
            let start = (self.second(self.swung(note.start)) + late).max(0.0);
            let end = self.second(self.swung(note.start + 0.92 * note.length)) + late;
            let played = note.velocity + (6.0 * normal(rng)) as i16;
            let velocity = if self.hands.dynamics { played.clamp(20, 124) } else { 90 };
            let length = (end - start).max(0.02);
            self.notes.push(Note { start, length, velocity, ..note });
        }
    }

    /// Where a quarter note is with swing.
    fn swung(&self, quarter: f64) -> f64 {
        let half = (quarter * 2.0).round();
        let is_offbeat = half.rem_euclid(2.0) == 1.0 && (quarter * 2.0 - half).abs() < 1e-6;
        if is_offbeat { quarter + self.plan.swing } else { quarter }
    }

    /// The second of so many quarter notes after the first downbeat.
    fn second(&self, quarters: f64) -> f64 {
        let beats = quarters / self.plan.meter.beat;
        let last = self.beats_s.len() - 2;
        let index = (beats.max(0.0) as usize).min(last);
        let (from, to) = (self.beats_s[index], self.beats_s[index + 1]);
        from + (beats - index as f64) * (to - from)
    }

    /// The bytes of the file.
    pub fn file(&self) -> Vec<u8> {
        let bpm = self.declared.bpm.unwrap_or(120.0);
        let microseconds = (6e7 / bpm).round().clamp(1.0, 16_777_215.0);
        let ticks = f64::from(self.division) * 1e6 / microseconds;
        let mut conductor = Track::empty();
        if self.declared.bpm.is_some() {
            conductor = conductor.meta(0x51, &(microseconds as u32).to_be_bytes()[1..]);
        }
        if let Some((numerator, denominator)) = self.declared.meter {
            conductor = conductor.meter(numerator, denominator);
        }
        if self.declared.key {
            conductor = conductor.key(self.plan.key.sharps(), self.plan.key.minor);
        }
        let mut tracks = vec![conductor];
        for channel in [0, 1, 2, 3, DRUMS] {
            let mut track = Track::empty();
            for note in self.notes.iter().filter(|note| note.channel == channel) {
                let start = (note.start * ticks).round() as u32;
                let end = ((note.start + note.length) * ticks).round().max(f64::from(start) + 1.0);
                track.put(start, &[0x90 | channel, note.pitch, note.velocity as u8]);
                track.put(end as u32, &[0x80 | channel, note.pitch, 64]);
            }
            if track.event_count() > 0 {
                tracks.push(track);
            }
        }
        let statuses = Statuses::Running;
        file_in(Layout { division: self.division, one_track: false, statuses }, &tracks)
    }

    /// What is known of the piece.
    pub fn truth(&self, file: &str) -> Value {
        let end = self.notes.iter().map(|note| note.start).fold(0.0, f64::max);
        let beats: Vec<f64> =
            self.beats_s.iter().copied().take_while(|&second| second <= end + 0.01).collect();
        let downbeats: Vec<f64> =
            beats.iter().copied().step_by(self.plan.meter.beats.into()).collect();
        let mut truth = json!({
            "file": file,
            "bpm": self.plan.bpm,
            "time_signature": format!("{}/{}", self.plan.meter.numerator, self.plan.meter.denominator),
            "beats_s": beats,
            "downbeats_s": downbeats,
            "has_drums": self.plan.has_drums(),
            "grid_is_true": self.declared.is_true(self.plan),
        });
        if self.notes.iter().any(|note| note.channel != DRUMS) {
            truth["key"] = json!(self.plan.key.name());
        }
        truth
    }
}

impl Hands {
    fn new(rng: &mut Rng) -> Self {
        let exact = rng.u8(..5) < 2;
        Self {
            jitter: if exact { 0.0 } else { 0.003 + 0.022 * rng.f64() },
            drift: if exact || rng.bool() { 0.0 } else { 0.002 + 0.03 * rng.f64().powi(2) },
            dynamics: !exact && rng.u8(..3) > 0 || rng.u8(..4) == 0,
            lost: if rng.u8(..5) == 0 { 0.15 * rng.f64() } else { 0.0 },
        }
    }
}

impl Declared {
    fn new(plan: &Plan, hands: &Hands, rng: &mut Rng) -> Self {
        let own = (plan.meter.numerator, plan.meter.denominator);
        let quarters = plan.bpm * plan.meter.beat;
        let meter = |rng: &mut Rng| match rng.u8(..4) {
            0 => None,
            1 => Some((4, 4)),
            _ => Some(own),
        };
        match rng.u8(..10) {
            // As a sequencer writes it, or played to its metronome.
            0..3 if hands.drift == 0.0 => {
                Self { bpm: Some(quarters), meter: meter(rng), key: rng.bool() }
            }
            // A default, written or not.
            3..6 => Self { bpm: None, meter: None, key: false },
            6..8 => Self { bpm: Some(120.0), meter: None, key: false },
            8 => Self { bpm: Some(120.0), meter: Some((4, 4)), key: false },
            // Something else.
            _ => Self {
                bpm: Some((50.0 + 150.0 * rng.f64()).round()),
                meter: Some((4, 4)).filter(|_| rng.bool()),
                key: false,
            },
        }
    }

    /// Whether the quarter notes of the file are those of the music.
    fn is_true(self, plan: &Plan) -> bool {
        (self.bpm.unwrap_or(120.0) - plan.bpm * plan.meter.beat).abs() < 1e-9
    }
}

/// A normal deviate: the sum of twelve uniform numbers, less six, is as good.
pub fn normal(rng: &mut Rng) -> f64 {
    (0..12).map(|_| rng.f64()).sum::<f64>() - 6.0
}
