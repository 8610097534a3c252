//! The points that notes are moved to.

use std::fmt;
use std::str::FromStr;

use crate::model::meter_map::{MeterMap, MeterSegment};

/// Quarter notes in a whole one.
const QUARTERS: f64 = 4.0;
/// The largest denominator of a note value.
const MOST_DENOMINATOR: u8 = 128;
/// The most note values of one grid.
const MOST_VALUES: usize = 8;

/// The note values that divide the bars: notes are moved to the nearest multiple of any of them.
///
/// ```
/// use midi_analysis::write::Grid;
///
/// let grid: Grid = "1/16, 1/8T".parse()?;
/// assert_eq!(grid.to_string(), "1/16, 1/8T");
/// assert!("1/17".parse::<Grid>().is_err());
/// # Ok::<(), midi_analysis::write::GridError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    values: Vec<NoteValue>,
}

/// A note value: a part of a whole note, of which in triplets three are in the time of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NoteValue {
    denominator: u8,
    triplet: bool,
}

impl NoteValue {
    /// Ticks of the note value, of which so many are in a quarter note.
    fn ticks(self, quarter: f64) -> f64 {
        let whole = quarter * QUARTERS / f64::from(self.denominator);
        if self.triplet { whole * 2.0 / 3.0 } else { whole }
    }
}

/// A text does not say which note values a grid has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GridError;

impl fmt::Display for GridError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a list of note values such as 1/16 and 1/8T")
    }
}

impl std::error::Error for GridError {}

impl FromStr for Grid {
    type Err = GridError;

    /// Reads note values from `1/1` to `1/128`, with a `T` for triplets, and with commas between them.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let values: Result<Vec<_>, _> = text.split(',').map(|value| value.trim().parse()).collect();
        let values = values.ok().filter(|values| values.len() <= MOST_VALUES);
        values.map(|values| Self { values }).ok_or(GridError)
    }
}

impl FromStr for NoteValue {
    type Err = GridError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.strip_prefix("1/").ok_or(GridError)?;
        let (number, triplet) = match text.strip_suffix(['T', 't']) {
            Some(number) => (number, true),
            None => (text, false),
        };
        let denominator = number.parse().ok().filter(|number: &u8| number.is_power_of_two());
        let denominator = denominator.filter(|&number| number <= MOST_DENOMINATOR);
        Ok(Self { denominator: denominator.ok_or(GridError)?, triplet })
    }
}

impl fmt::Display for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, NoteValue { denominator, triplet }) in self.values.iter().enumerate() {
            let (comma, triplet) =
                (if index > 0 { ", " } else { "" }, if *triplet { "T" } else { "" });
            write!(f, "{comma}1/{denominator}{triplet}")?;
        }
        Ok(())
    }
}

/// A grid over the bars of a file.
pub(super) struct Points<'m> {
    grid: Grid,
    /// Share of two steps that the first takes, in triplets always half.
    swing: f64,
    meter: &'m MeterMap,
    quarter: f64,
}

impl<'m> Points<'m> {
    pub(super) fn new(grid: &Grid, swing: f64, meter: &'m MeterMap, quarter: u16) -> Self {
        Self { grid: grid.clone(), swing, meter, quarter: quarter.into() }
    }

    /// The point that is nearest to a tick; the later of two. Later ticks have later points, or the same.
    pub(super) fn nearest(&self, tick: f64) -> f64 {
        let segments = self.meter.segments();
        let after = segments.partition_point(|segment| f64::from(segment.tick) <= tick);
        let Some(segment) = segments.get(after.max(1) - 1) else { return tick };
        let end = segments.get(after.max(1)).map_or(f64::INFINITY, |next| next.tick.into());
        let bar = self.bar(segment);
        let passed = (tick - f64::from(segment.tick)).max(0.0);
        let start = f64::from(segment.tick) + (passed / bar).floor() * bar;
        let length = bar.min(end - start);
        let place = tick - start;
        let nearer = |best: f64, point: f64| {
            let (this, other) = ((point - place).abs(), (best - place).abs());
            if this < other || this == other && point > best { point } else { best }
        };
        let points = self.grid.values.iter().flat_map(|&value| self.around(value, place));
        start + points.map(|point| point.min(length)).fold(0.0, nearer)
    }

    fn bar(&self, segment: &MeterSegment) -> f64 {
        let signature = segment.signature;
        self.quarter * QUARTERS * f64::from(signature.numerator) / f64::from(signature.denominator)
    }

    /// The points before and after a place in a bar.
    fn around(&self, value: NoteValue, place: f64) -> [f64; 2] {
        let step = value.ticks(self.quarter);
        let first = 2.0 * step * if value.triplet { 0.5 } else { self.swing };
        let pair = (place / (2.0 * step)).floor() * 2.0 * step;
        match place - pair < first {
            true => [pair, pair + first],
            false => [pair + first, pair + 2.0 * step],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Grid, Points};
    use crate::model::division::Division;
    use crate::model::meter_map::MeterMap;
    use crate::model::time_signature::TimeSignature;

    fn meter(meters: &[(u32, TimeSignature)]) -> MeterMap {
        MeterMap::new(Division::Metrical(480), meters).expect("memory")
    }

    fn grid(text: &str) -> Grid {
        text.parse().expect("a grid")
    }

    #[test]
    fn a_grid_is_read_as_it_is_written() {
        for text in ["1/1", "1/16", "1/128", "1/8T", "1/16, 1/8T, 1/4"] {
            assert_eq!(grid(text).to_string(), text);
        }
        assert_eq!(grid(" 1/16t ,1/4 ").to_string(), "1/16T, 1/4");
        for text in
            ["", "1/", "16", "1/0", "1/3", "1/256", "1/-4", "1/16TT", "1/16,", ",", "1/4;1/8"]
        {
            assert!(text.parse::<Grid>().is_err(), "{text}");
        }
        assert!(["1/4"; 9].join(",").parse::<Grid>().is_err());
    }

    #[test]
    fn the_nearest_point_counts() {
        let meter = meter(&[]);
        let points = Points::new(&grid("1/16"), 0.5, &meter, 480);
        let nearest = [0.0, 59.0, 60.0, 119.0, 1_910.0, 5_000.0].map(|tick| points.nearest(tick));
        assert_eq!(nearest, [0.0, 0.0, 120.0, 120.0, 1_920.0, 5_040.0]);
        let both = Points::new(&grid("1/16, 1/8T"), 0.5, &meter, 480);
        assert_eq!(
            [100.0, 150.0, 170.0, 330.0].map(|tick| both.nearest(tick)),
            [120.0, 160.0, 160.0, 320.0]
        );
    }

    #[test]
    fn swing_delays_every_second_point() {
        let meter = meter(&[]);
        let points = Points::new(&grid("1/8"), 2.0 / 3.0, &meter, 480);
        let nearest =
            [0.0, 150.0, 240.0, 330.0, 390.0, 470.0].map(|tick| points.nearest(tick).round());
        assert_eq!(nearest, [0.0, 0.0, 320.0, 320.0, 320.0, 480.0]);
    }

    #[test]
    fn a_bar_begins_on_a_point_whatever_its_length() {
        let meter = meter(&[(0, TimeSignature::new(5, 16)), (1_000, TimeSignature::new(4, 4))]);
        let points = Points::new(&grid("1/4"), 0.5, &meter, 480);
        // Bars of 600 ticks; the second one is cut short by the next time signature.
        let nearest = [470.0, 530.0, 560.0, 700.0, 990.0, 1_300.0].map(|tick| points.nearest(tick));
        assert_eq!(nearest, [480.0, 480.0, 600.0, 600.0, 1_000.0, 1_480.0]);
    }

    #[test]
    fn later_ticks_have_no_earlier_points() {
        let meter = meter(&[(0, TimeSignature::new(7, 8)), (5_001, TimeSignature::new(3, 4))]);
        for (values, swing) in [("1/16, 1/8T, 1/4", 0.7), ("1/2", 0.5), ("1/128T", 0.6)] {
            let points = Points::new(&grid(values), swing, &meter, 480);
            let found = (0..8_000).map(|tick| points.nearest(tick.into()));
            assert!(found.is_sorted(), "{values}");
        }
    }
}
