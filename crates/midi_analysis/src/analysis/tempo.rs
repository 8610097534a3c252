//! The declared tempo: from ticks to seconds, and how fast the file says it is.
//!
//! Source: Set Tempo (FF 51) of MMA RP-001, in microseconds a quarter note; 120 quarter notes a
//! minute hold until the first. In SMPTE time ticks are seconds and tempo has no meaning.

use crate::error::{Error, check};
use crate::model::score::Score;
use crate::read::smf::Division;
use crate::room::{self, NoRoom};

/// Microseconds a quarter note where nothing is declared: 120 quarter notes a minute.
const DEFAULT_MICROSECONDS: u32 = 500_000;

/// From `tick` on, ticks last `seconds_per_tick`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TempoSegment {
    pub(crate) tick: u32,
    pub(crate) seconds: f64,
    pub(crate) seconds_per_tick: f64,
    /// Microseconds of a quarter note; 0 in SMPTE time.
    microseconds: u32,
}

impl TempoSegment {
    /// Quarter notes a minute; `None` in SMPTE time.
    pub(crate) fn bpm(&self) -> Option<f64> {
        (self.microseconds > 0).then(|| quarter_notes_a_minute(self.microseconds))
    }
}

/// The tempo of a whole piece: segments in the order of time, the first at tick 0, each of another
/// tempo than the one before.
#[derive(Clone, Debug)]
pub(crate) struct TempoMap {
    segments: Vec<TempoSegment>,
    declared: bool,
}

impl TempoMap {
    /// `tempos` are (tick, microseconds a quarter note), in the order of their ticks; of several
    /// at one tick the last one counts.
    ///
    /// # Errors
    /// Out of memory.
    pub(crate) fn new(division: Division, tempos: &[(u32, u32)]) -> Result<Self, NoRoom> {
        let quarter = match division {
            Division::Timecode(rate) => {
                let seconds_per_tick = 1.0 / rate;
                let segment =
                    TempoSegment { tick: 0, seconds: 0.0, seconds_per_tick, microseconds: 0 };
                return Ok(Self { segments: vec![segment], declared: false });
            }
            Division::Metrical(quarter) => quarter,
        };
        let mut segments = room::list(tempos.len() + 1)?;
        segments.push(segment(0, 0.0, quarter, DEFAULT_MICROSECONDS));
        for (index, &(tick, microseconds)) in tempos.iter().enumerate() {
            if tempos.get(index + 1).is_some_and(|next| next.0 == tick) {
                continue;
            }
            let last = segments[segments.len() - 1];
            let seconds = last.seconds + f64::from(tick - last.tick) * last.seconds_per_tick;
            let next = segment(tick, seconds, quarter, microseconds);
            if tick == 0 {
                segments[0] = next;
            } else if next.seconds_per_tick != last.seconds_per_tick {
                segments.push(next);
            }
        }
        Ok(Self { segments, declared: !tempos.is_empty() })
    }

    pub(crate) fn segments(&self) -> &[TempoSegment] {
        &self.segments
    }

    /// Whether the file says a tempo at all.
    pub(crate) fn is_declared(&self) -> bool {
        self.declared
    }

    /// Whether all of the piece is at the tempo that programs write where nobody set one.
    pub(crate) fn is_only_default(&self) -> bool {
        let default = quarter_notes_a_minute(DEFAULT_MICROSECONDS);
        self.segments.iter().all(|segment| segment.bpm() == Some(default))
    }

    /// A clock for ticks asked in ascending order.
    pub(crate) fn clock(&self) -> Clock<'_> {
        Clock { segments: &self.segments, current: 0 }
    }

    /// Seconds from the start of the piece to a tick.
    pub(crate) fn seconds(&self, tick: u32) -> f64 {
        seconds_at(&self.segments, tick)
    }
}

fn seconds_at(segments: &[TempoSegment], tick: u32) -> f64 {
    let after = segments.partition_point(|segment| segment.tick <= tick);
    let segment = &segments[after.saturating_sub(1)];
    segment.seconds + f64::from(tick - segment.tick) * segment.seconds_per_tick
}

/// Reads a tempo map forwards, without a search at each tick.
pub(crate) struct Clock<'a> {
    segments: &'a [TempoSegment],
    current: usize,
}

impl Clock<'_> {
    /// Seconds from the start of the piece to a tick no earlier than the one asked before.
    pub(crate) fn seconds(&mut self, tick: u32) -> f64 {
        while self.segments.get(self.current + 1).is_some_and(|next| next.tick <= tick) {
            self.current += 1;
        }
        let segment = &self.segments[self.current];
        segment.seconds + f64::from(tick.saturating_sub(segment.tick)) * segment.seconds_per_tick
    }

    /// Seconds from the start of the piece to a tick no earlier than the one asked last, at which
    /// the clock stays.
    pub(crate) fn ahead(&self, tick: u32) -> f64 {
        let next = self.segments.get(self.current + 1);
        if next.is_some_and(|next| next.tick <= tick) {
            return seconds_at(self.segments, tick);
        }
        let segment = &self.segments[self.current];
        segment.seconds + f64::from(tick.saturating_sub(segment.tick)) * segment.seconds_per_tick
    }

    /// Seconds that so many ticks last at the tempo of the tick asked last.
    pub(crate) fn length(&self, ticks: u32) -> f64 {
        f64::from(ticks) * self.segments[self.current].seconds_per_tick
    }
}

fn segment(tick: u32, seconds: f64, quarter: u16, microseconds: u32) -> TempoSegment {
    TempoSegment {
        tick,
        seconds,
        seconds_per_tick: f64::from(microseconds) / 1e6 / f64::from(quarter),
        microseconds,
    }
}

/// Rounded to thousandths: a file can only say 666,666 microseconds for 90 quarter notes a minute.
pub(crate) fn quarter_notes_a_minute(microseconds: u32) -> f64 {
    (60e9 / f64::from(microseconds)).round() / 1e3
}

/// Duration and declared tempo of a piece.
#[derive(Clone, Debug, PartialEq)]
pub struct Tempo {
    /// Seconds from the start to the end of the last note.
    pub duration_s: f64,
    /// Quarter notes from the start to the end of the last note; `None` in SMPTE time.
    pub duration_beats: Option<f64>,
    /// Declared quarter notes a minute: the median over the piece's seconds. `None` where no tempo
    /// is declared.
    pub bpm_declared: Option<f64>,
    /// The slowest declared tempo that sounds.
    pub bpm_min: Option<f64>,
    /// The fastest declared tempo that sounds.
    pub bpm_max: Option<f64>,
    /// How often the declared tempo changes while the piece sounds.
    pub tempo_change_count: i32,
}

impl Tempo {
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(crate) fn of(score: &Score<'_>, interrupted: &dyn Fn() -> bool) -> Result<Self, Error> {
        let duration_s = score.tempo.seconds(score.end);
        let duration_beats =
            score.ticks_per_quarter().map(|ticks| f64::from(score.end) / f64::from(ticks));
        let mut heard = declared_tempos(&score.tempo, score.end, duration_s)?;
        check(interrupted)?;
        let tempo_change_count = heard.len().saturating_sub(1) as i32;
        // The order of positive numbers is that of their bits.
        room::sort_by_key(&mut heard, |&(bpm, _)| bpm.to_bits())?;
        check(interrupted)?;
        Ok(Self {
            duration_s,
            duration_beats,
            bpm_declared: median(&heard, duration_s),
            bpm_min: heard.first().map(|&(bpm, _)| bpm),
            bpm_max: heard.last().map(|&(bpm, _)| bpm),
            tempo_change_count,
        })
    }
}

/// (quarter notes a minute, seconds it holds) for each segment that begins before the piece ends.
fn declared_tempos(map: &TempoMap, end: u32, duration_s: f64) -> Result<Vec<(f64, f64)>, NoRoom> {
    if !map.declared {
        return Ok(Vec::new());
    }
    let segments = &map.segments;
    let ends = segments[1..].iter().map(|segment| segment.seconds).chain([f64::INFINITY]);
    let heard = segments
        .iter()
        .zip(ends)
        .take_while(|(segment, _)| segment.tick == 0 || segment.tick < end)
        .filter_map(|(segment, until)| {
            Some((segment.bpm()?, until.min(duration_s) - segment.seconds))
        });
    room::gathered(heard)
}

/// The tempo at which half of the piece's time is reached, slower tempos first.
fn median(sorted: &[(f64, f64)], duration_s: f64) -> Option<f64> {
    let mut elapsed = 0.0;
    sorted
        .iter()
        .find(|&&(_, seconds)| {
            elapsed += seconds;
            elapsed * 2.0 >= duration_s
        })
        .or(sorted.last())
        .map(|&(bpm, _)| bpm)
}
