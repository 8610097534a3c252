//! What sounds in each quarter note of a piece: all that its key is judged by beside its lines is counted here.

use super::layout::CLASSES;
use super::quarters::quarters_per_tick;
use crate::model::pitch_class::PitchClass;
use crate::model::score::Score;

/// Quarter notes of a window.
const WINDOW: f64 = 1.0;
/// Parts of a window that times are rounded to.
pub(super) const PARTS: u16 = 64;
/// Most windows of a piece: long pieces have wider ones.
const MOST_WINDOWS: usize = 16_384;
/// Most parts for which a note counts: four windows.
const LONGEST: u32 = 4 * PARTS as u32;
/// Least parts for which a note counts.
const SHORTEST: u32 = 3;
/// Least parts of a window that its bass sounds; a lower note that is shorter is a passing note.
const LEAST_OF_BASS: u32 = 19;
const NO_PITCH: u8 = u8::MAX;

/// What sounds in a window.
#[derive(Clone, Copy)]
pub(super) struct Window {
    /// By pitch class, the sum over notes of the parts of the window for which they sound.
    pub(super) presence: [u16; CLASSES],
    bass: u8,
    lowest: u8,
}

impl Window {
    const SILENT: Self = Self { presence: [0; CLASSES], bass: NO_PITCH, lowest: NO_PITCH };

    /// The pitch class of the lowest note that lasts, or of the lowest one; `None` in silence.
    pub(super) fn bass(&self) -> Option<usize> {
        let lowest = if self.bass == NO_PITCH { self.lowest } else { self.bass };
        (lowest != NO_PITCH).then(|| usize::from(lowest) % CLASSES)
    }
}

/// The windows of a piece, at least one.
pub(super) struct Windows {
    pub(super) each: Vec<Window>,
    /// Ticks that each lasts.
    pub(super) ticks: f64,
}

impl Windows {
    pub(super) fn of(score: &Score<'_>) -> Self {
        let scale = quarters_per_tick(score);
        let quarters = f64::from(score.end) * scale;
        let ticks = WINDOW.max(quarters / MOST_WINDOWS as f64) / scale;
        let count = (f64::from(score.end) / ticks).ceil().clamp(1.0, MOST_WINDOWS as f64) as u32;
        let mut each = vec![Window::SILENT; count as usize];
        let parts = f64::from(PARTS) / ticks;
        let part = |tick: u32| (f64::from(tick) * parts) as i32 as u32;
        let last = count * u32::from(PARTS) - 1;
        for note in score.notes.iter().filter(|note| !note.is_drum()) {
            let start = part(note.start).min(last);
            let mut left = part(note.end).saturating_sub(start).clamp(SHORTEST, LONGEST);
            let class = PitchClass::index_of_pitch(note.pitch);
            let mut room = u32::from(PARTS) - start % u32::from(PARTS);
            for window in &mut each[(start / u32::from(PARTS)) as usize..] {
                let sounds = if left < room { left } else { room };
                let presence = &mut window.presence[class];
                *presence = presence.saturating_add(sounds as u16);
                if note.pitch < window.lowest {
                    window.lowest = note.pitch;
                }
                if sounds >= LEAST_OF_BASS && note.pitch < window.bass {
                    window.bass = note.pitch;
                }
                left -= sounds;
                if left == 0 {
                    break;
                }
                room = u32::from(PARTS);
            }
        }
        Self { each, ticks }
    }
}

/// The sum of the pitch classes of windows, in windows.
pub(super) fn classes<'a>(windows: impl IntoIterator<Item = &'a Window>) -> [f64; CLASSES] {
    let mut parts = [0_u32; CLASSES];
    for window in windows {
        parts.iter_mut().zip(window.presence).for_each(|(sum, part)| *sum += u32::from(part));
    }
    parts.map(|parts| f64::from(parts) / f64::from(PARTS))
}
