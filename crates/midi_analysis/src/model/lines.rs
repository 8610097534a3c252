//! Lines: what one track plays on one channel of one port.

use crate::model::note::CHANNELS;
use crate::model::score::Score;

/// Beyond as many pairs of tracks and ports, ports are not told apart: a table of lines has to be small.
const MOST_PAIRS: usize = 1 << 16;

/// Numbers the lines of a piece.
#[derive(Clone, Copy)]
pub(crate) struct Lines {
    count: usize,
    /// By how much the number grows from one track to the next, and from one port to the next: by 0 where
    /// ports are not told apart.
    track_step: u32,
    port_step: u32,
}

impl Lines {
    pub(crate) fn of(score: &Score<'_>) -> Self {
        let (tracks, ports) = (usize::from(score.track_count), usize::from(score.port_count));
        let told_apart = ports > 1 && tracks * ports <= MOST_PAIRS;
        let (ports, port_step) = if told_apart { (ports, CHANNELS) } else { (1, 0) };
        Self {
            count: tracks * ports * CHANNELS,
            track_step: (ports * CHANNELS) as u32,
            port_step: port_step as u32,
        }
    }

    pub(crate) fn count(self) -> usize {
        self.count
    }

    /// The number of a line, less than their count.
    #[inline]
    pub(crate) fn number(self, track: u16, port: u8, channel: u8) -> usize {
        let port = u32::from(track) * self.track_step + u32::from(port) * self.port_step;
        (port + u32::from(channel)) as usize
    }
}
