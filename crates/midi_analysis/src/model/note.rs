//! One note.

/// The channel that General MIDI 1 reserves for drums, counted from 0.
pub(crate) const DRUM_CHANNEL: u8 = 9;

/// Channels of a port.
pub(crate) const CHANNELS: usize = 16;

/// Ports that a file can name.
pub(crate) const PORTS: usize = 128;

/// One note. Times are ticks from the start of the piece.
///
/// ```
/// use midi_analysis::Note;
///
/// // Middle C for a quarter note at 480 ticks a quarter.
/// let note = Note::new(0, 480, 60);
/// assert_eq!((note.duration(), note.velocity, note.is_drum()), (480, 64, false));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Note {
    /// Tick at which it starts.
    pub start: u32,
    /// Tick at which it ends; no earlier than it starts.
    pub end: u32,
    /// Index of the track, from 0.
    pub track: u16,
    /// Port that the channel belongs to, 0-127: a file may address several devices of 16 channels.
    pub port: u8,
    /// MIDI channel, 0-15.
    pub channel: u8,
    /// General MIDI program, 0-127, in force at the start of the note.
    pub program: u8,
    /// MIDI pitch, 0-127.
    pub pitch: u8,
    /// Velocity, 1-127.
    pub velocity: u8,
    /// Whether it is played by a drum, on whichever channel.
    pub drum: bool,
}

impl Note {
    /// A note of velocity 64 on the first track and channel, played by an acoustic grand piano. A
    /// note that would end before it starts has no length. The other methods change the rest:
    ///
    /// ```
    /// use midi_analysis::Note;
    ///
    /// let violin = Note::new(0, 480, 76).velocity(100).program(40).track(1).channel(1);
    /// let snare = Note::new(0, 120, 38).drum();
    /// assert_eq!((violin.program, snare.channel, snare.is_drum()), (40, 9, true));
    /// ```
    pub const fn new(start: u32, end: u32, pitch: u8) -> Self {
        let end = if end < start { start } else { end };
        Self {
            start,
            end,
            track: 0,
            port: 0,
            channel: 0,
            program: 0,
            pitch,
            velocity: 64,
            drum: false,
        }
    }

    /// The same note of another velocity, 1-127.
    #[must_use]
    pub const fn velocity(self, velocity: u8) -> Self {
        Self { velocity, ..self }
    }

    /// The same note, played by another General MIDI program, 0-127.
    #[must_use]
    pub const fn program(self, program: u8) -> Self {
        Self { program, ..self }
    }

    /// The same note on another track, counted from 0.
    #[must_use]
    pub const fn track(self, track: u16) -> Self {
        Self { track, ..self }
    }

    /// The same note on a channel of another port, 0-127.
    #[must_use]
    pub const fn port(self, port: u8) -> Self {
        Self { port, ..self }
    }

    /// The same note on another channel, 0-15. It does not become a drum on channel 9.
    #[must_use]
    pub const fn channel(self, channel: u8) -> Self {
        Self { channel, ..self }
    }

    /// The same note, played by a drum: on channel 9, which General MIDI reserves for drums.
    #[must_use]
    pub const fn drum(self) -> Self {
        Self { channel: DRUM_CHANNEL, drum: true, ..self }
    }

    /// Whether it is played by a drum.
    pub const fn is_drum(&self) -> bool {
        self.drum
    }

    /// Index of its channel among those of all ports.
    #[inline]
    pub(crate) fn channel_index(&self) -> usize {
        channel_index(self.port, self.channel)
    }

    /// Ticks from its start to its end; 0 where it ends before it starts.
    pub const fn duration(&self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// The tick until which it sounds: a note of no length sounds for one tick.
    pub(crate) fn sounding_end(&self) -> u32 {
        self.end.max(self.start.saturating_add(1))
    }
}

/// Index of a channel among those of all ports.
#[inline]
pub(crate) fn channel_index(port: u8, channel: u8) -> usize {
    usize::from(port) * CHANNELS + usize::from(channel & 0xf)
}
