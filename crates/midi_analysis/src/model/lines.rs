//! Lines: what one track plays on one channel of one port.

use crate::model::note::CHANNELS;
use crate::model::score::Score;

/// Beyond as many pairs of tracks and ports, ports are not told apart: a table of lines has to be small.
const MOST_PAIRS: usize = 1 << 16;

/// Numbers the lines of a piece.
#[derive(Clone, Copy)]
pub(crate) struct Lines {
    tracks: usize,
    /// Ports that are told apart.
    ports: usize,
}

impl Lines {
    pub(crate) fn of(score: &Score<'_>) -> Self {
        let (tracks, ports) = (usize::from(score.track_count), usize::from(score.port_count));
        Self { tracks, ports: if tracks * ports > MOST_PAIRS { 1 } else { ports } }
    }

    pub(crate) fn count(self) -> usize {
        self.tracks * self.ports * CHANNELS
    }

    /// The number of a line, less than their count.
    #[inline]
    pub(crate) fn number(self, track: u16, port: u8, channel: u8) -> usize {
        let port = if self.ports == 1 { 0 } else { usize::from(port) };
        (usize::from(track) * self.ports + port) * CHANNELS + usize::from(channel & 0xf)
    }
}
