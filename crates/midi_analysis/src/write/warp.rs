//! A map of time: from the ticks of a file to others.

use super::file::File;
use super::unwritable::unwritable;
use crate::error::Error;
use crate::options::Options;
use crate::read::reader::LAST_TICK;
use crate::room;

/// The chunk in which Yamaha's XF format has words, at times of its own.
const WORDS: [u8; 4] = *b"XFKM";

/// A map of ticks that never goes back, linear between its points. Before the first point all is at its tick.
pub(super) struct Warp {
    /// From and to, both ascending.
    points: Vec<(u32, u32)>,
    /// Ticks a tick after the last point.
    slope: f64,
}

impl Warp {
    /// No point yet. After the last one, a tick is so many ticks.
    pub(super) fn new(slope: f64) -> Self {
        Self { points: Vec::new(), slope }
    }

    /// Adds a point, which no earlier one may be after. One that would go back goes to where the last one is.
    ///
    /// # Errors
    /// Out of memory, or a tick that is too great.
    pub(super) fn push(&mut self, from: u32, to: f64) -> Result<(), Error> {
        let to = tick(to)?;
        match self.points.last().copied() {
            Some(last) if last.0 >= from => {}
            Some((_, before)) => room::push(&mut self.points, (from, to.max(before)))?,
            None => room::push(&mut self.points, (from, to))?,
        }
        Ok(())
    }

    /// Where a tick is.
    ///
    /// # Errors
    /// It is too great.
    pub(super) fn at(&self, from: u32) -> Result<u32, Error> {
        let after = self.points.partition_point(|&(point, _)| point <= from);
        let Some(&(begin, to)) = after.checked_sub(1).map(|at| &self.points[at]) else {
            return Ok(self.points.first().map_or(from, |&(_, to)| to));
        };
        let passed = f64::from(from - begin);
        let slope = match self.points.get(after) {
            Some(&(end, next)) => f64::from(next - to) / f64::from(end - begin),
            None => self.slope,
        };
        tick(f64::from(to) + passed * slope)
    }
}

/// The nearest tick.
///
/// # Errors
/// It is too great.
pub(super) fn tick(exact: f64) -> Result<u32, Error> {
    let rounded = (exact + 0.5).floor();
    match rounded <= f64::from(LAST_TICK) {
        // What is negative becomes 0.
        true => Ok(rounded as u32),
        false => Err(unwritable(format!("more than {LAST_TICK} ticks"))),
    }
}

impl File<'_> {
    /// Moves every event and the ends of the tracks, and keeps their order. Words with times of their own, in a chunk of
    /// the XF format, are left out.
    ///
    /// # Errors
    /// A tick that is too great, or `interrupted`.
    pub(super) fn warp(&mut self, warp: &Warp, options: &Options<'_>) -> Result<(), Error> {
        for track in &mut self.tracks {
            track.move_events(options, |tick| warp.at(tick))?;
        }
        self.leave_timed_words_out();
        Ok(())
    }

    /// Leaves out the chunk of words with times of their own, which do not move with the events.
    pub(super) fn leave_timed_words_out(&mut self) {
        self.chunks.retain(|chunk| chunk.id != WORDS);
    }
}

#[cfg(test)]
mod tests {
    use super::{LAST_TICK, Warp, tick};

    #[test]
    fn ticks_between_two_points_are_between_their_places() {
        let mut warp = Warp::new(3.0);
        for (from, to) in [(10, 100.0), (20, 100.0), (30, 90.0), (40, 200.4)] {
            warp.push(from, to).expect("a tick");
        }
        let at = |tick| warp.at(tick).expect("a tick");
        assert_eq!([0, 10, 15, 30, 35, 40, 42].map(at), [100, 100, 100, 100, 150, 200, 206]);
        assert!((0..60).map(at).is_sorted());
    }

    #[test]
    fn a_map_without_points_changes_nothing() {
        assert_eq!(Warp::new(2.0).at(7).expect("a tick"), 7);
    }

    #[test]
    fn a_tick_that_no_file_can_have_is_refused() {
        assert_eq!(tick(f64::from(LAST_TICK)).expect("the last"), LAST_TICK);
        assert_eq!(tick(-5.0).expect("the first"), 0);
        for exact in [f64::from(LAST_TICK) + 1.0, f64::INFINITY, f64::NAN] {
            assert!(tick(exact).is_err());
        }
    }
}
