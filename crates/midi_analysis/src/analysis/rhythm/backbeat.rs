//! Whether kick and snare say that the beat is half or double a declared quarter note.
//!
//! Drums of popular music play a kick on one beat and a snare on the next, the backbeat (Moore 2012, Song Means). So
//! where they take turns within each slow quarter note, its halves are the beats; and where they take turns every
//! two fast ones, two of them are a beat. In compound meters they take turns at other distances, and slow songs have
//! their snare on every other quarter note.

use crate::analysis::rhythm::onsets::{Onset, has_drums};

/// Seconds of quarter notes (75 a minute) from which their halves may be the beats, and (185 a minute) below which two
/// of them may be one.
const SLOW_S: f64 = 0.8;
const FAST_S: f64 = 60.0 / 185.0;
/// Quarter notes from one kick to the next if halves, and if pairs of them are beats.
const OF_HALVES: u32 = 1;
const OF_PAIRS: u32 = 4;
/// Points from one kick to the next: the kick, the backbeat, and one after each.
const POINTS: u32 = 4;
const KICK: u32 = 0;
const SNARE: u32 = 2;
/// How far a drum may be from its point, in points.
const NEAR: f64 = 0.25;
/// Shares of the turns that have the snare at its point alone, if it is clear and if it is possible, and that have the
/// kick: many grooves leave out every other one. Set by hand.
const CLEAR: f32 = 0.6;
const POSSIBLE: f32 = 0.5;
const KICKS: f32 = 0.35;
/// Turns from one with drums to the next up to which those between count, as the drums do not rest: in compound meters
/// every third quarter note may have neither kick nor snare.
const REST: u64 = 4;
/// Share of the turns of a piece that have drums, and the fewest of them: drummers may play so for half a minute.
const WITH_DRUMS: f32 = 0.5;
const FEWEST: u32 = 20;

/// Beats of drums that are half or double a declared quarter note.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Backbeat {
    /// Quarter notes in a beat: 0.5 or 2.
    pub(super) quarters: f64,
    /// Whether they are so through most of the piece, so that they are the beats.
    pub(super) is_clear: bool,
}

impl Backbeat {
    /// `quarter` is in ticks, `quarter_s` in seconds. `None` where nothing says so.
    pub(super) fn of(onsets: &[Onset], quarter: u16, quarter_s: f64) -> Option<Self> {
        let quarters = match quarter_s {
            SLOW_S.. => OF_HALVES,
            ..FAST_S => OF_PAIRS,
            _ => return None,
        };
        if !has_drums(onsets) {
            return None;
        }
        // Pairs may begin on any quarter note, halves on the quarter notes only.
        let turns = (0..quarters).map(|first| Turns::of(onsets, quarter, quarters, first));
        let turns = turns.max_by_key(|turns| turns.snares)?;
        let turn_ticks = f64::from(u32::from(quarter) * quarters);
        let ticks = f64::from(onsets.last()?.tick) - f64::from(onsets.first()?.tick);
        let share = |part: u32| part as f32 / turns.all.max(1) as f32;
        let is_throughout = turns.all as f32 >= WITH_DRUMS * (ticks / turn_ticks) as f32;
        let is_backbeat = turns.all >= FEWEST && is_throughout && share(turns.kicks) >= KICKS;
        (is_backbeat && share(turns.snares) >= POSSIBLE).then(|| Self {
            quarters: f64::from(quarters) * 0.5,
            is_clear: share(turns.snares) >= CLEAR,
        })
    }
}

/// Stretches from one kick to the next, but for rests of the drums.
#[derive(Clone, Copy, Debug, Default)]
struct Turns {
    all: u32,
    /// Those with a kick, and with a snare, at its point; the latter with none elsewhere.
    kicks: u32,
    snares: u32,
}

impl Turns {
    /// A turn is so many quarter notes from the quarter note `first` on.
    fn of(onsets: &[Onset], quarter: u16, quarters: u32, first: u32) -> Self {
        let points = f64::from(POINTS) / f64::from(u32::from(quarter) * quarters);
        let before = f64::from((quarters - first) * POINTS / quarters);
        let mut turns = Self::default();
        let (mut now, mut kick, mut snares) = (None, false, 0_u32);
        for onset in onsets.iter().filter(|onset| onset.kick || onset.snare) {
            let position = f64::from(onset.tick) * points + before;
            let nearest = (position + 0.5).floor();
            if (position - nearest).abs() > NEAR {
                continue;
            }
            let turn = nearest as u64 / u64::from(POINTS);
            let point = (nearest as u64 % u64::from(POINTS)) as u32;
            if now != Some(turn) {
                turns.add(kick, snares);
                let passed = now.map_or(1, |now| turn.saturating_sub(now));
                turns.all += if passed <= REST { passed as u32 } else { 1 };
                (now, kick, snares) = (Some(turn), false, 0);
            }
            kick |= onset.kick && point == KICK;
            snares |= u32::from(onset.snare) << point;
        }
        turns.add(kick, snares);
        turns
    }

    /// `snares` has a bit for each point.
    fn add(&mut self, kick: bool, snares: u32) {
        self.kicks += u32::from(kick);
        self.snares += u32::from(snares == 1 << SNARE);
    }
}
