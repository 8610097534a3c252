//! What a tick lasts.

/// The length of a tick, from the header of a file (the division word of MMA RP-001).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
pub enum Division {
    /// Ticks in a quarter note; the tempo map gives the seconds. Never 0.
    Metrical(u16),
    /// SMPTE time: ticks last the same, whatever the tempo.
    Timecode(Timecode),
}

/// Frames of SMPTE time, divided into ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Timecode {
    /// Frames in a second, of which 29 stands for 30 drop-frame.
    frames: u8,
    /// Ticks in a frame. Never 0.
    ticks: u8,
}

impl Timecode {
    /// Ticks in a second. The frames of 30 drop-frame are counted at 29.97 a second.
    pub fn ticks_per_second(self) -> f64 {
        let frames = match self.frames {
            29 => 30_000.0 / 1_001.0,
            frames => f64::from(frames),
        };
        frames * f64::from(self.ticks)
    }
}

impl Division {
    /// The division of the word that a header has: the ticks in a quarter note or, with the highest bit set, the
    /// negative number of frames in a second and the ticks in a frame, a byte each. `None` where a tick would last no
    /// time.
    pub const fn of_word(word: u16) -> Option<Self> {
        let [high, low] = word.to_be_bytes();
        match (high & 0x80, low) {
            (0, _) if word == 0 => None,
            (0, _) => Some(Self::Metrical(word)),
            (_, 0) => None,
            (_, ticks) => {
                Some(Self::Timecode(Timecode { frames: (high as i8).unsigned_abs(), ticks }))
            }
        }
    }

    /// The word that a header has of it; no other division has the same but more than 32,767 ticks in a quarter note,
    /// which no header can have.
    pub const fn word(self) -> u16 {
        match self {
            Self::Metrical(ticks) => ticks,
            Self::Timecode(Timecode { frames, ticks }) => {
                u16::from_be_bytes([frames.wrapping_neg(), ticks])
            }
        }
    }

    /// Ticks in a quarter note; `None` in SMPTE time.
    pub const fn ticks_per_quarter(self) -> Option<u16> {
        match self {
            Self::Metrical(ticks) => Some(ticks),
            Self::Timecode(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Division;

    #[test]
    fn a_division_has_the_word_that_it_was_read_from() {
        for word in 0..=u16::MAX {
            let is_none = word == 0 || word >= 0x8000 && word.is_multiple_of(0x100);
            let division = Division::of_word(word);
            assert_eq!(division.map(Division::word), (!is_none).then_some(word));
        }
    }

    #[test]
    fn drop_frames_are_counted_at_their_own_rate() {
        for (word, rate) in [(0xe728, 1_000.0), (0xe350, 30_000.0 / 1_001.0 * 80.0)] {
            let Some(Division::Timecode(time)) = Division::of_word(word) else {
                panic!("{word:x} is SMPTE time");
            };
            assert_eq!(time.ticks_per_second(), rate);
        }
    }
}
