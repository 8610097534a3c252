//! What is asked of a picture.

use std::str::FromStr;

/// What of a piece is shown, and how.
pub(crate) struct View {
    /// The first bar; that of the first note by default.
    pub(crate) from_bar: Option<u32>,
    /// The last bar; that of the last note by default.
    pub(crate) to_bar: Option<u32>,
    /// Pixels.
    pub(crate) width: u16,
    /// Pixels; as high as the notes need by default.
    pub(crate) height: Option<u16>,
    /// What has a colour of its own.
    pub(crate) color_by: ColorBy,
}

/// What has a colour of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColorBy {
    /// Each track, and where it plays on several channels each channel of it.
    Track,
    /// Each channel of each port.
    Channel,
    /// Each General MIDI program.
    Instrument,
    /// Each pitch class.
    Pitch,
}

impl ColorBy {
    /// The names of all.
    pub(crate) const NAMES: [&str; 4] = ["track", "channel", "instrument", "pitch"];
}

impl FromStr for ColorBy {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        let all = [Self::Track, Self::Channel, Self::Instrument, Self::Pitch];
        let found = all.into_iter().zip(Self::NAMES).find(|(_, own)| *own == name);
        found.map(|(color_by, _)| color_by).ok_or(())
    }
}
