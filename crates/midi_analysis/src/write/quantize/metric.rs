//! Beats that are found become the beats of the file: between two of them there are as many ticks as in any other, and the
//! tempo changes from beat to beat, so that all sounds as before.
//!
//! What comes before the first beat has as many beats as it lasts, and at least one. Bars are those found: a shorter one has a time
//! signature of its own, and a longer one is divided.

use super::super::event::Event;
use super::super::message::Message;
use super::super::warp::tick;
use crate::analysis::rhythm::beat_unit::{is_compound, quarters_in_beat};
use crate::error::{Error, ErrorKind};
use crate::model::time_signature::TimeSignature;
use crate::room;

/// Ticks in a quarter note: two, three and five divide its parts down to 32nds.
pub(super) const QUARTER: u16 = 480;
const MICROSECONDS: f64 = 1e6;
/// The longest quarter note that three bytes hold, in microseconds.
const LONGEST: f64 = 16_777_215.0;
/// The shortest time before the first beat that has a beat of its own, in seconds: programs play up to a thousand a minute.
const SHORTEST_LEAD: f64 = 0.06;

/// A beat, and whether a bar begins there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct FoundBeat {
    pub(super) seconds: f64,
    pub(super) begins_bar: bool,
}

/// Beats and bars of a file.
pub(super) struct Metric {
    /// In the order of time, at least two, each later than the one before.
    beats: Vec<FoundBeat>,
    meter: TimeSignature,
    /// Beats before the first one.
    lead: f64,
    /// Ticks of a beat.
    beat: f64,
}

impl Metric {
    /// # Errors
    /// [`NotThere`](ErrorKind::NotThere) where there are not two beats; out of memory.
    pub(super) fn new(
        found: impl Iterator<Item = FoundBeat>,
        meter: TimeSignature,
    ) -> Result<Self, Error> {
        let mut beats: Vec<FoundBeat> = Vec::new();
        for beat in found {
            if beats.last().is_none_or(|last| last.seconds < beat.seconds) {
                room::push(&mut beats, beat)?;
            }
        }
        let [first, second, ..] = beats[..] else { return Err(no_beats()) };
        let lead = (first.seconds / (second.seconds - first.seconds)).round();
        let lead = lead.max(if first.seconds >= SHORTEST_LEAD { 1.0 } else { 0.0 });
        let beat = quarters_in_beat(meter) * f64::from(QUARTER);
        Ok(Self { beats, meter, lead, beat })
    }

    /// The tick of a second; what is before the first beat, and has no beats of its own, is at that beat.
    pub(super) fn tick(&self, seconds: f64) -> f64 {
        let last = self.beats.len() - 1;
        let after = self.beats.partition_point(|beat| beat.seconds <= seconds);
        if after == 0 {
            return self.lead * self.beat * (seconds / self.beats[0].seconds).clamp(0.0, 1.0);
        }
        let at = (after - 1).min(last - 1);
        let [this, next] = [self.beats[at].seconds, self.beats[at + 1].seconds];
        (self.lead + at as f64 + (seconds - this) / (next - this)) * self.beat
    }

    /// The seconds of the beats.
    pub(super) fn seconds(&self) -> impl Iterator<Item = f64> {
        self.beats.iter().map(|beat| beat.seconds)
    }

    /// Tempos and time signatures, in the order of time.
    ///
    /// # Errors
    /// More ticks than a file can have; out of memory.
    pub(super) fn events(&self) -> Result<Vec<Event<'static>>, Error> {
        let mut events = Vec::new();
        for (beats, signature) in self.signatures()? {
            let message = Message::of_signature(signature);
            room::push(&mut events, Event::new(tick(beats * self.beat)?, message))?;
        }
        let quarters = quarters_in_beat(self.meter);
        let first = self.beats[0].seconds / self.lead;
        let lead = (self.lead > 0.0).then_some((0.0, first));
        let pairs = self.beats.windows(2).map(|pair| pair[1].seconds - pair[0].seconds);
        let beats = (0..).zip(pairs).map(|(at, length)| (self.lead + f64::from(at), length));
        let mut before = 0.0;
        for (beat, seconds) in lead.into_iter().chain(beats) {
            let microseconds = (seconds / quarters * MICROSECONDS).round().clamp(1.0, LONGEST);
            if microseconds != before {
                before = microseconds;
                let message = Message::tempo(microseconds as u32);
                room::push(&mut events, Event::new(tick(beat * self.beat)?, message))?;
            }
        }
        room::sort_by_key(&mut events, |event| event.tick)?;
        Ok(events)
    }

    /// Each time signature, and the beats before it.
    fn signatures(&self) -> Result<Vec<(f64, TimeSignature)>, Error> {
        let usual = beats_in_bar(self.meter);
        let mut found: Vec<(f64, TimeSignature)> = Vec::new();
        let mut add = |at: f64, beats: usize| {
            let signature = of_beats(self.meter, beats);
            match found.last() {
                Some(&(_, before)) if before == signature => Ok(()),
                _ => room::push(&mut found, (at, signature)),
            }
        };
        let downbeats = || (0..self.beats.len()).filter(|&at| self.beats[at].begins_bar);
        let first = downbeats().next().unwrap_or(0);
        // The first bar is the one that is shorter, if the beats before the first downbeat are not whole bars.
        let upbeat = self.lead + first as f64;
        let rest = upbeat % usual as f64;
        if rest >= 1.0 {
            add(0.0, rest as usize)?;
        }
        if upbeat - rest >= 1.0 {
            add(rest, usual)?;
        }
        for (this, next) in downbeats().zip(downbeats().skip(1)) {
            let (at, length) = (self.lead + this as f64, next - this);
            let rest = length % usual;
            if length >= usual {
                add(at, usual)?;
            }
            if rest > 0 {
                add(at + (length - rest) as f64, rest)?;
            }
        }
        let last = downbeats().next_back().unwrap_or(0);
        add(self.lead + last as f64, usual)?;
        Ok(found)
    }
}

/// The error where a piece has no beats.
fn no_beats() -> Error {
    Error::new(ErrorKind::NotThere, 0, "no beats are declared or found")
        .with_hint(Some("Too little music plays to find beats in."))
}

/// Beats in a bar of a meter.
fn beats_in_bar(meter: TimeSignature) -> usize {
    usize::from(if is_compound(meter) { meter.numerator / 3 } else { meter.numerator }).max(1)
}

/// The time signature of a bar with so many beats, no more than the meter has.
fn of_beats(meter: TimeSignature, beats: usize) -> TimeSignature {
    let values = if is_compound(meter) { 3 * beats } else { beats };
    TimeSignature::new(values as u8, meter.denominator)
}

#[cfg(test)]
mod tests {
    use super::{Event, FoundBeat, Metric};
    use crate::model::time_signature::TimeSignature;

    fn with(seconds: &[f64], downbeats: &[usize], meter: TimeSignature) -> Metric {
        let beat = |(at, &seconds)| FoundBeat { seconds, begins_bar: downbeats.contains(&at) };
        Metric::new(seconds.iter().enumerate().map(beat), meter).expect("two beats")
    }

    /// Tempos with their ticks, and time signatures.
    type Told = (Vec<(u32, u32)>, Vec<(u32, (u8, u8))>);

    fn told(metric: &Metric) -> Told {
        let events: Vec<Event<'_>> = metric.events().expect("ticks");
        let tempos = events.iter().filter_map(|e| Some((e.tick, e.message().as_tempo()?)));
        let meters = events.iter().filter_map(|e| Some((e.tick, e.message().as_time_signature()?)));
        (tempos.collect(), meters.collect())
    }

    #[test]
    fn beats_are_evenly_many_ticks_apart_and_keep_their_seconds() {
        let seconds = [0.0, 0.5, 1.1, 1.6, 2.1];
        let metric = with(&seconds, &[0, 4], TimeSignature::new(4, 4));
        let ticks: Vec<f64> = metric.seconds().map(|seconds| metric.tick(seconds)).collect();
        assert_eq!(ticks, [0.0, 480.0, 960.0, 1_440.0, 1_920.0]);
        let (tempos, meters) = told(&metric);
        assert_eq!(tempos, [(0, 500_000), (480, 600_000), (960, 500_000)]);
        assert_eq!(meters, [(0, (4, 2))]);
        assert_eq!(metric.tick(2.6), 2_400.0);
    }

    #[test]
    fn an_upbeat_has_a_bar_of_its_own_and_silence_before_it_has_beats() {
        let seconds: Vec<f64> = (0..9).map(|beat| 1.0 + 0.5 * f64::from(beat)).collect();
        let metric = with(&seconds, &[1, 4, 7], TimeSignature::new(3, 4));
        // Two beats of silence and one before the first downbeat are a whole bar.
        assert_eq!([0.0, 0.5, 1.0].map(|seconds| metric.tick(seconds)), [0.0, 480.0, 960.0]);
        assert_eq!(told(&metric).1, [(0, (3, 2))]);
        let late = &seconds[1..];
        let late: Vec<f64> = late.iter().map(|seconds| seconds - 1.5).collect();
        assert_eq!(
            told(&with(&late, &[2, 5], TimeSignature::new(3, 4))).1,
            [(0, (2, 2)), (960, (3, 2))]
        );
    }

    #[test]
    fn less_than_a_beat_of_silence_is_a_beat_at_a_tempo_of_its_own() {
        let metric = with(&[0.2, 0.7, 1.2, 1.7, 2.2], &[0, 4], TimeSignature::new(4, 4));
        assert_eq!([0.1, 0.2, 0.7].map(|seconds| metric.tick(seconds)), [240.0, 480.0, 960.0]);
        let (tempos, meters) = told(&metric);
        assert_eq!(tempos, [(0, 200_000), (480, 500_000)]);
        assert_eq!(meters, [(0, (1, 2)), (480, (4, 2))]);
    }

    #[test]
    fn bars_of_other_lengths_have_time_signatures_of_their_own() {
        let seconds: Vec<f64> = (0..14).map(f64::from).collect();
        let metric = with(&seconds, &[0, 2, 5, 10], TimeSignature::new(6, 8));
        // Bars of two, three and five dotted quarter notes.
        assert_eq!(
            told(&metric).1,
            [
                (0, (6, 3)),
                (4 * 720, (3, 3)),
                (5 * 720, (6, 3)),
                (9 * 720, (3, 3)),
                (10 * 720, (6, 3)),
            ]
        );
    }

    #[test]
    fn one_beat_is_too_few() {
        let beat = FoundBeat { seconds: 1.0, begins_bar: true };
        assert!(Metric::new([beat; 5].into_iter(), TimeSignature::new(4, 4)).is_err());
    }
}
