//! The port that a track's events go to.
//!
//! A file may address more than 16 channels: each port has 16 of its own. Three ways to name the port are
//! in use, none of them in the Standard MIDI File specification itself:
//!
//! - MIDI Port, meta event 21h with one byte, of Cakewalk and most others (J. Glatt, "MIDI Technical
//!   Fanatic's Brainwashing Center", obsolete meta events; FluidSynth issue 1361). One without data
//!   says nothing.
//! - Device Name, meta event 09h (MMA RP-019), of programs that know outputs by their names. It counts
//!   where the track has no MIDI Port: each new name is a port of its own. A name that stood beside a MIDI
//!   Port means that port from then on.
//! - `F5 nn` in an escape event, the port select of Yamaha's MU series, counted from 1.
//!
//! Each track begins on port 0. A port that is named before the first note of its track holds for the
//! whole track: some programs write the programs first. Tracks that name no port are a device of their
//! own only where both they and others have notes: a track of settings alone is for those who play.

use crate::model::note::Note;

/// The most bytes of a name that are compared.
const LONGEST_NAME: usize = 256;
/// The highest port that a data byte can name.
const LAST_PORT: u8 = 0x7f;
/// Port Select, a system message that MIDI 1.0 leaves undefined.
const PORT_SELECT: u8 = 0xf5;

/// Whether the port is another one now.
#[must_use]
pub(crate) enum Change {
    None,
    /// `first`: nothing of its kind named the track's port before.
    Port {
        from: u8,
        to: u8,
        first: bool,
    },
}

/// Ports named by devices, and which the current track uses.
pub(crate) struct Ports<'a> {
    current: u8,
    highest: u8,
    /// Whether any track has a MIDI Port, and whether any has number 0.
    any_number: bool,
    zero: bool,
    /// Whether the current track has a MIDI Port.
    numbered: bool,
    /// The device that the current track has named.
    device: Option<&'a [u8]>,
    devices: Vec<(&'a [u8], u8)>,
    /// The lowest port above all that are named; 0 is for tracks without a name.
    free: u8,
}

/// What becomes of the events of tracks that name no port, which are on port 0.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nameless {
    /// They stay on it.
    Stay,
    /// They belong to the first device, and devices are counted from 0.
    JoinFirst,
    JoinNumber(u8),
    /// All others join them.
    Alone,
}

impl Nameless {
    pub(crate) fn port(self, port: u8) -> u8 {
        match self {
            Self::JoinFirst => port.saturating_sub(1),
            Self::JoinNumber(number) if port == 0 => number,
            Self::Alone => 0,
            Self::Stay | Self::JoinNumber(_) => port,
        }
    }
}

impl<'a> Ports<'a> {
    pub(crate) fn new() -> Self {
        Self {
            current: 0,
            highest: 0,
            any_number: false,
            zero: false,
            numbered: false,
            device: None,
            devices: Vec::new(),
            free: 1,
        }
    }

    pub(crate) fn begin_track(&mut self) {
        (self.current, self.numbered, self.device) = (0, false, None);
    }

    /// The port of the events that follow.
    #[inline]
    pub(crate) fn current(&self) -> u8 {
        self.current
    }

    /// The highest port of the file, plus one.
    pub(crate) fn count(&self) -> u16 {
        u16::from(self.highest) + 1
    }

    /// A MIDI Port.
    pub(crate) fn number(&mut self, port: u8) -> Change {
        let port = port.min(LAST_PORT);
        let first = !std::mem::replace(&mut self.numbered, true);
        (self.any_number, self.zero) = (true, self.zero || port == 0);
        if let Some(device) = self.device
            && self.port_of(device).is_none()
        {
            self.remember(device, port);
        }
        self.change(port, first)
    }

    /// A Device Name.
    pub(crate) fn device(&mut self, name: &'a [u8]) -> Change {
        let name = name[..name.len().min(LONGEST_NAME)].trim_ascii();
        if name.is_empty() {
            return Change::None;
        }
        let first = self.device.replace(name).is_none();
        let known = self.port_of(name);
        if self.numbered {
            if known.is_none() {
                self.remember(name, self.current);
            }
            return Change::None;
        }
        let port = known.unwrap_or_else(|| {
            let port = self.free.min(LAST_PORT);
            self.remember(name, port);
            port
        });
        self.change(port, first)
    }

    /// Bytes of an escape event.
    pub(crate) fn escape(&mut self, bytes: &[u8]) -> Change {
        match *bytes {
            [PORT_SELECT, port @ 1..=0x7f] => self.change(port - 1, false),
            _ => Change::None,
        }
    }

    /// What becomes of the events of tracks that name no port, given all notes.
    pub(crate) fn nameless(&self, notes: &[Note]) -> Nameless {
        let Some(first) = notes.first().filter(|_| self.highest > 0 && !self.zero) else {
            return Nameless::Stay;
        };
        let alike = notes.iter().all(|note| note.port == first.port);
        let nameless_play = notes.iter().any(|note| note.port == 0);
        match (self.any_number, nameless_play) {
            (false, false) => Nameless::JoinFirst,
            (false, true) if alike => Nameless::Alone,
            (true, false) if alike => Nameless::JoinNumber(first.port),
            _ => Nameless::Stay,
        }
    }

    fn port_of(&self, device: &[u8]) -> Option<u8> {
        self.devices.iter().find(|&&(name, _)| name == device).map(|&(_, port)| port)
    }

    /// Names beyond as many as there are ports are not told apart.
    fn remember(&mut self, device: &'a [u8], port: u8) {
        if self.devices.len() <= usize::from(LAST_PORT) {
            self.devices.push((device, port));
        }
    }

    fn change(&mut self, to: u8, first: bool) -> Change {
        self.highest = self.highest.max(to);
        self.free = self.free.max(to + 1);
        match std::mem::replace(&mut self.current, to) {
            from if from == to => Change::None,
            from => Change::Port { from, to, first },
        }
    }
}
