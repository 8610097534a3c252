//! Meta events whose data are numbers (MMA RP-001).

use std::borrow::Cow;

use super::message::Message;
use super::meta_kind::MetaKind;
use crate::model::time_signature::TimeSignature;

/// The greatest tempo that three bytes hold, in microseconds.
const LONGEST_QUARTER: u32 = 0xff_ffff;

impl Message<'static> {
    /// A tempo, in microseconds a quarter note, up to 16,777,215.
    pub fn tempo(microseconds_per_quarter: u32) -> Self {
        let [_, bytes @ ..] = microseconds_per_quarter.min(LONGEST_QUARTER).to_be_bytes();
        Self::meta(MetaKind::TEMPO, bytes.to_vec())
    }

    /// A time signature: the numerator, and the power of two that the denominator is. The metronome clicks once a note
    /// of the denominator, and a quarter note has eight 32nds, as is usual.
    pub fn time_signature(numerator: u8, denominator_power: u8) -> Self {
        // There are 24 MIDI clocks in a quarter note, 96 in a whole one.
        let clocks = 96_u8.checked_shr(denominator_power.into()).unwrap_or(0).max(1);
        Self::meta(MetaKind::TIME_SIGNATURE, vec![numerator, denominator_power, clocks, 8])
    }

    /// The same, of a signature whose denominator is a power of two.
    pub(super) fn of_signature(signature: TimeSignature) -> Self {
        Self::time_signature(signature.numerator, signature.denominator.trailing_zeros() as u8)
    }

    /// A key signature: sharps, or flats where negative.
    pub fn key_signature(fifths: i8, minor: bool) -> Self {
        Self::meta(MetaKind::KEY_SIGNATURE, vec![fifths as u8, minor.into()])
    }

    /// The port that the following events of the track go to.
    pub fn port(port: u8) -> Self {
        Self::meta(MetaKind::PORT_PREFIX, vec![port])
    }
}

impl<'p> Message<'p> {
    /// A meta event.
    pub fn meta(kind: MetaKind, data: impl Into<Cow<'p, [u8]>>) -> Self {
        Self::Meta(kind, data.into())
    }

    /// The data of a meta event of this type.
    pub fn meta_data(&self, wanted: MetaKind) -> Option<&[u8]> {
        match self {
            Self::Meta(kind, data) if *kind == wanted => Some(data),
            _ => None,
        }
    }

    /// Microseconds a quarter note of a tempo, which may be 0.
    pub fn as_tempo(&self) -> Option<u32> {
        let &[a, b, c] = self.meta_data(MetaKind::TEMPO)?.first_chunk::<3>()?;
        Some(u32::from_be_bytes([0, a, b, c]))
    }

    /// Numerator of a time signature, and the power of two that its denominator is.
    pub fn as_time_signature(&self) -> Option<(u8, u8)> {
        let data = self.meta_data(MetaKind::TIME_SIGNATURE)?;
        let &[numerator, power, _, _] = data.first_chunk::<4>()?;
        Some((numerator, power))
    }

    /// Sharps of a key signature, or flats where negative, and whether the key is minor. `None` also of one that is
    /// neither major nor minor.
    pub fn as_key_signature(&self) -> Option<(i8, bool)> {
        match *self.meta_data(MetaKind::KEY_SIGNATURE)?.first_chunk::<2>()? {
            [fifths, mode @ 0..=1] => Some((fifths as i8, mode == 1)),
            _ => None,
        }
    }

    /// The port that the following events of the track go to.
    pub fn as_port(&self) -> Option<u8> {
        self.meta_data(MetaKind::PORT_PREFIX)?.first().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_written() {
        assert_eq!(Message::tempo(500_000).as_tempo(), Some(500_000));
        assert_eq!(Message::tempo(u32::MAX).as_tempo(), Some(0xff_ffff));
        assert_eq!(Message::time_signature(6, 3).as_time_signature(), Some((6, 3)));
        assert_eq!(Message::key_signature(-3, true).as_key_signature(), Some((-3, true)));
        assert_eq!(Message::port(2).as_port(), Some(2));
        assert_eq!(Message::tempo(1).as_key_signature(), None);
    }

    #[test]
    fn a_metronome_clicks_once_a_note_of_the_denominator() {
        let clocks = |power| {
            let message = Message::time_signature(4, power);
            message.meta_data(MetaKind::TIME_SIGNATURE).map(|data| data[2])
        };
        assert_eq!([0, 1, 2, 3, 255].map(clocks), [96, 48, 24, 12, 1].map(Some));
    }

    #[test]
    fn data_that_are_too_short_are_no_numbers() {
        for kind in [MetaKind::TEMPO, MetaKind::TIME_SIGNATURE, MetaKind::KEY_SIGNATURE] {
            let message = Message::meta(kind, vec![1]);
            assert_eq!(message.as_tempo(), None);
            assert_eq!(message.as_time_signature(), None);
            assert_eq!(message.as_key_signature(), None);
        }
        assert_eq!(Message::meta(MetaKind::KEY_SIGNATURE, vec![0, 2]).as_key_signature(), None);
    }
}
