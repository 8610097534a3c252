//! A file in another format.

use super::file::{File, Track};
use super::merge::{divided, merged};
use super::unwritable::unwritable;
use crate::error::Error;
use crate::options::Options;
use crate::read::reader::LAST_TICK;

impl File<'_> {
    /// Puts the file into format 0 or 1. In format 0 all events are in one track; where tracks go to several ports, a MIDI
    /// Port before the events says to which. A single track of format 0 becomes one of what is of no channel, and one a
    /// channel. The independent tracks of format 2 follow one another in time first, as [`Piece`](crate::Piece) reads them.
    ///
    /// # Errors
    /// [`Unwritable`](crate::ErrorKind::Unwritable) for another format, or where tracks that follow one another last more
    /// than 4,294,967,294 ticks. Out of memory, or `interrupted`. The file has lost tracks then.
    pub fn set_format(&mut self, format: u8, options: &Options<'_>) -> Result<(), Error> {
        if format == self.format {
            return Ok(());
        }
        if format > 1 {
            return Err(unwritable(format!("format {format}, where 0 and 1 can be asked for")));
        }
        if self.format == 2 {
            follow_one_another(&mut self.tracks, options)?;
        }
        let tracks = std::mem::take(&mut self.tracks);
        self.tracks = match (format, self.format) {
            (0, _) => vec![merged(tracks, options)?],
            (_, 0) => divide_all(tracks, options)?,
            _ => tracks,
        };
        for chunk in &mut self.chunks {
            chunk.tracks_before = if chunk.tracks_before == 0 { 0 } else { self.tracks.len() };
        }
        self.format = format;
        Ok(())
    }
}

fn divide_all<'p>(tracks: Vec<Track<'p>>, options: &Options<'_>) -> Result<Vec<Track<'p>>, Error> {
    let mut all = Vec::new();
    for track in tracks {
        all.extend(divided(track, options)?);
    }
    Ok(all)
}

/// Lets each track begin where the one before ends.
fn follow_one_another(tracks: &mut [Track<'_>], options: &Options<'_>) -> Result<(), Error> {
    let mut start = 0_u32;
    for track in tracks {
        options.check()?;
        track.move_events(options, |tick| {
            let tick = tick.checked_add(start).filter(|&tick| tick <= LAST_TICK);
            tick.ok_or_else(|| unwritable(format!("tracks of more than {LAST_TICK} ticks")))
        })?;
        start = track.end.max(track.events.last().map_or(0, |event| event.tick));
    }
    Ok(())
}
