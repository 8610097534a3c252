//! Types of meta events (MMA RP-001; RP-019 for program and device names).

/// The type of a meta event, as its byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MetaKind(pub u8);

#[allow(missing_docs, reason = "the constants are named as the MIDI specification names them")]
impl MetaKind {
    pub const SEQUENCE_NUMBER: Self = Self(0x00);
    pub const TEXT: Self = Self(0x01);
    pub const COPYRIGHT: Self = Self(0x02);
    pub const TRACK_NAME: Self = Self(0x03);
    pub const INSTRUMENT_NAME: Self = Self(0x04);
    pub const LYRIC: Self = Self(0x05);
    pub const MARKER: Self = Self(0x06);
    pub const CUE_POINT: Self = Self(0x07);
    pub const PROGRAM_NAME: Self = Self(0x08);
    pub const DEVICE_NAME: Self = Self(0x09);
    pub const CHANNEL_PREFIX: Self = Self(0x20);
    pub const PORT_PREFIX: Self = Self(0x21);
    pub const END_OF_TRACK: Self = Self(0x2f);
    pub const TEMPO: Self = Self(0x51);
    pub const SMPTE_OFFSET: Self = Self(0x54);
    pub const TIME_SIGNATURE: Self = Self(0x58);
    pub const KEY_SIGNATURE: Self = Self(0x59);
    pub const SEQUENCER_SPECIFIC: Self = Self(0x7f);

    /// Whether events of this type are about the whole piece, whichever track or channel they stand in.
    pub(super) const fn is_of_the_piece(self) -> bool {
        matches!(
            self,
            Self::SEQUENCE_NUMBER
                | Self::COPYRIGHT
                | Self::PORT_PREFIX
                | Self::TEMPO
                | Self::SMPTE_OFFSET
                | Self::TIME_SIGNATURE
                | Self::KEY_SIGNATURE
        )
    }
}
