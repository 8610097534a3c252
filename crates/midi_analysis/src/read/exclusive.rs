//! System Exclusive messages that say which parts are drums.
//!
//! - General MIDI System On and Off: `7E dev 09 01`, `02` off, `03` for level 2 (MMA RP-003, RP-024).
//! - Roland GS (SC-55 to SC-8850 owner's manuals, "MIDI implementation"): data sets, `41 dev 42 12`, of
//!   address 40 00 7F (GS reset; 7F hex leaves GS), 00 00 7F (system mode, which resets) and 40 1x 15 ("use
//!   for rhythm part": 0 off, 1 and 2 drum maps). Block x is 1 to 9 for parts 1 to 9, 0 for part 10 and A
//!   to F for parts 11 to 16; addresses that begin with 50 are the parts of the other port. Edirol's SD
//!   modules have the same addresses behind `41 dev 00 48 12` (SD-80 owner's manual).
//! - Yamaha XG (XG specification 1.23; MU128 sound list and MIDI data): parameter changes, `43 1n 4C`, and
//!   bulk dumps, `43 0n 4C`, of address 00 00 7E (system on), 00 00 7F (all parameter reset) and 08 pp 07
//!   (part mode: 0 normal, 1 to 5 drums). Parts above 16 are those of further ports.
//!
//! As in players, the device number and the checksum do not matter: both are often wrong. A message may
//! come in several packets (MMA RP-001, F7 events), or whole in an escape.

use smallvec::SmallVec;

const END: u8 = 0xf7;
const START: u8 = 0xf0;
/// Bytes of a message that are kept until its next packet comes: what matters is at its beginning.
const KEPT: usize = 64;
/// Offset of the part mode in the address space of a part.
const GS_RHYTHM_PART: u8 = 0x15;
const XG_PART_MODE: u8 = 0x07;
const PARTS_OF_PORT: u8 = 16;

/// What decides how banks are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standard {
    /// General MIDI 1, or none that a reset names.
    Gm,
    Gm2,
    Gs,
    Xg,
}

/// A port, seen from the one that a message is sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    Same,
    /// The other one of two that a module has.
    Other,
    Number(u8),
}

/// What a message means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exclusive {
    /// All parts are as after power-on, under this standard.
    Reset(Standard),
    /// A part becomes one of drums, or a melodic one.
    PartMode { port: Destination, channel: u8, drums: bool, of: Standard },
    /// Something else, in the language of this standard.
    Speaks(Standard),
}

/// Puts messages together that come in packets.
#[derive(Default)]
pub(crate) struct Packets {
    open: SmallVec<[u8; KEPT]>,
}

impl Packets {
    pub(crate) fn clear(&mut self) {
        self.open.clear();
    }

    /// The bytes of a SysEx event, without its first.
    pub(crate) fn begin(&mut self, bytes: &[u8]) -> Option<Exclusive> {
        self.open.clear();
        if bytes.last() != Some(&END) {
            self.keep(bytes);
        }
        decode(bytes)
    }

    /// The bytes of an escape event: a whole message, or the next packet of one.
    pub(crate) fn go_on(&mut self, bytes: &[u8]) -> Option<Exclusive> {
        if let [START, bytes @ ..] = bytes {
            return self.begin(bytes);
        }
        if self.open.is_empty() {
            return None;
        }
        self.keep(bytes);
        let message = decode(&self.open);
        if bytes.last() == Some(&END) {
            self.open.clear();
        }
        message
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = KEPT - self.open.len();
        self.open.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }
}

fn decode(bytes: &[u8]) -> Option<Exclusive> {
    let bytes = bytes.strip_suffix(&[END]).unwrap_or(bytes);
    match bytes {
        [0x7e, _, 0x09, 0x01 | 0x02, ..] => Some(Exclusive::Reset(Standard::Gm)),
        [0x7e, _, 0x09, 0x03, ..] => Some(Exclusive::Reset(Standard::Gm2)),
        [0x41, _, 0x42, 0x12, address @ ..] | [0x41, _, 0x00, 0x48, 0x12, address @ ..] => {
            Some(roland(address))
        }
        [0x43, 0x10..=0x1f, 0x4c, address @ ..] | [0x43, 0x00..=0x0f, 0x4c, _, _, address @ ..] => {
            Some(yamaha(address))
        }
        _ => None,
    }
}

fn roland(bytes: &[u8]) -> Exclusive {
    match *bytes {
        [0x40, 0x00, 0x7f, 0x7f, ..] => Exclusive::Reset(Standard::Gm),
        [0x40, 0x00, 0x7f, _, ..] | [0x00, 0x00, 0x7f, _, ..] => Exclusive::Reset(Standard::Gs),
        [area @ (0x40 | 0x50), block @ 0x10..=0x1f, from, ref data @ ..] => {
            let port = if area == 0x40 { Destination::Same } else { Destination::Other };
            let channel = match block & 0xf {
                0 => 9,
                block @ 1..=9 => block - 1,
                block => block,
            };
            match value(GS_RHYTHM_PART, from, data) {
                Some(map @ 0..=2) => {
                    Exclusive::PartMode { port, channel, drums: map > 0, of: Standard::Gs }
                }
                _ => Exclusive::Speaks(Standard::Gs),
            }
        }
        _ => Exclusive::Speaks(Standard::Gs),
    }
}

fn yamaha(bytes: &[u8]) -> Exclusive {
    match *bytes {
        [0x00, 0x00, 0x7e | 0x7f, _, ..] => Exclusive::Reset(Standard::Xg),
        [0x08, part, from, ref data @ ..] => match value(XG_PART_MODE, from, data) {
            Some(mode @ 0..=5) => Exclusive::PartMode {
                port: match part / PARTS_OF_PORT {
                    0 => Destination::Same,
                    port => Destination::Number(port),
                },
                channel: part % PARTS_OF_PORT,
                drums: mode > 0,
                of: Standard::Xg,
            },
            _ => Exclusive::Speaks(Standard::Xg),
        },
        _ => Exclusive::Speaks(Standard::Xg),
    }
}

/// The byte of an address, in data that begin at another one.
fn value(address: u8, from: u8, data: &[u8]) -> Option<u8> {
    data.get(usize::from(address.checked_sub(from)?)).copied()
}
