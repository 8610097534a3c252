//! Drums that a file declares: a state of each port and channel, which changes in time.
//!
//! At first channel 10 plays drums and no other does. System Exclusive messages ([`exclusive`]) change the
//! part mode of a channel, and a reset restores the first state. Bank Select (controller 0) does it with
//! the next program change, under the standard that was last reset to:
//!
//! | bank | XG | GM 2, GM 1, none | GS |
//! | --- | --- | --- | --- |
//! | 120 | drums | drums | a variation |
//! | 121 | melodic | melodic | a variation |
//! | 126, 127 | drums (effects, kits) | judged | sounds of the CM-64 and MT-32 |
//! | others | melodic | as at first | variations |
//!
//! Sources: XG, TiMidity++ (with the next program, banks 0 and 64 make a part melodic, 126 and 127 one of
//! drums) and S-YXG2006LE (vstdriver issue 4: bank 0 makes channel 10 melodic); General MIDI 2, MMA
//! RP-024 (120 rhythm, 121 melody); SC-55 owner's manual (127 is the MT-32 map); FluidSynth issues 228,
//! 1307 (120 is drums on keyboards too) and 1378 (a bank holds from the next program change on). In
//! files that name no standard, or only General MIDI, players agree on nothing for 126 and 127, and people
//! wrote both: if the file has messages in the language of XG or GS only, that decides; otherwise the
//! channel has to play the usual pieces of a kit.
//!
//! A port that has had no reset of its own is under the standard of the last one on any: the ports of one
//! module. Events count in the order of time, those of one tick in the order of the file's tracks; they
//! hold for the notes of their tick. A part is taken to receive its own channel: the few files that change
//! the receive channels of parts are not followed in that.
//!
//! [`exclusive`]: crate::read::exclusive

use crate::error::{Error, check};
use crate::model::note::{CHANNELS, DRUM_CHANNEL, Note};
use crate::read::exclusive::Standard;
use crate::read::percussion::pieces::Pieces;
use crate::read::setups::{Setting, Setup, Setups};
use crate::room;

/// Notes, or setups, between two questions whether to stop.
const BETWEEN_CHECKS: usize = 1 << 16;

/// What a channel plays.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Melodic,
    Drums,
    /// Drums if its notes are those of a kit.
    Judged,
}

impl Kind {
    fn at_first(channel: u8) -> Self {
        if channel == DRUM_CHANNEL { Self::Drums } else { Self::Melodic }
    }
}

/// The state of a channel of a port.
#[derive(Clone, Copy)]
struct Part {
    kind: Kind,
    by_bank: bool,
    /// The bank that was selected since the last reset or part mode.
    bank: Option<u8>,
}

impl Part {
    fn at_first(channel: u8) -> Self {
        Self { kind: Kind::at_first(channel), by_bank: false, bank: None }
    }
}

/// From a tick on a channel, by its index among those of all ports, plays something else.
struct Turn {
    channel: usize,
    tick: u32,
    kind: Kind,
}

/// Marks the notes that are drums by declaration, and returns whether any differ from the first state.
/// Notes are in the order of their tracks.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(super) fn mark(
    notes: &mut [Note],
    setups: &mut Setups,
    ports: u16,
    interrupted: &dyn Fn() -> bool,
) -> Result<bool, Error> {
    if !setups.list.iter().any(|setup| matters(setup, setups.speaks_xg)) {
        return Ok(false);
    }
    let turns = turns(setups, usize::from(ports) * CHANNELS, interrupted)?;
    let kit = play_kits(notes, &turns, usize::from(ports) * CHANNELS, interrupted)?;
    let mut found = false;
    for notes in notes.chunks_mut(BETWEEN_CHECKS) {
        check(interrupted)?;
        for note in notes {
            let drum = match kind(&turns, note) {
                Kind::Judged => kit[note.channel_index()],
                kind => kind == Kind::Drums,
            };
            found |= drum != note.drum;
            note.drum = drum;
        }
    }
    Ok(found)
}

/// Whether a setup may change what a channel plays.
fn matters(setup: &Setup, speaks_xg: bool) -> bool {
    let tenth = setup.channel == DRUM_CHANNEL;
    match setup.what {
        Setting::Drums(drums) => drums != tenth,
        Setting::Bank(120 | 126 | 127) => !tenth,
        Setting::Bank(bank) => tenth && (bank == 121 || speaks_xg),
        Setting::Program(_) | Setting::Reset(_) => false,
    }
}

/// All changes of what the channels play, by channel and then by time.
fn turns(
    setups: &mut Setups,
    channels: usize,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<Turn>, Error> {
    let (gs, xg) = (setups.speaks_gs, setups.speaks_xg);
    let without_standard = match (gs, xg) {
        (false, true) => Kind::Drums,
        (true, false) => Kind::Melodic,
        _ => Kind::Judged,
    };
    room::sort_by_key(&mut setups.list, |setup| setup.tick)?;
    let mut standards: Vec<Option<Standard>> = room::filled(None, channels / CHANNELS)?;
    let mut last_reset = Standard::Gm;
    let mut states =
        room::gathered((0..channels).map(|index| Part::at_first((index % CHANNELS) as u8)))?;
    let mut turns = Vec::new();
    for setups in setups.list.chunks(BETWEEN_CHECKS / CHANNELS) {
        check(interrupted)?;
        for &Setup { tick, port, channel, what } in setups {
            let port = usize::from(port);
            let Some(standard) = standards.get_mut(port) else { continue };
            let reached = match what {
                Setting::Reset(reset) => {
                    (*standard, last_reset) = (Some(reset), reset);
                    0..CHANNELS
                }
                _ => usize::from(channel)..usize::from(channel) + 1,
            };
            let standard = standard.unwrap_or(last_reset);
            for channel in reached {
                let index = port * CHANNELS + channel;
                let before = states[index].kind;
                states[index].set(what, standard, channel as u8, without_standard);
                if states[index].kind != before {
                    room::push(
                        &mut turns,
                        Turn { channel: index, tick, kind: states[index].kind },
                    )?;
                }
            }
        }
    }
    room::sort_by_key(&mut turns, |turn| turn.channel)?;
    Ok(turns)
}

impl Part {
    fn set(&mut self, what: Setting, standard: Standard, channel: u8, without_standard: Kind) {
        match what {
            Setting::Reset(_) => *self = Self::at_first(channel),
            Setting::Drums(drums) => {
                let kind = if drums { Kind::Drums } else { Kind::Melodic };
                *self = Self { kind, by_bank: false, bank: None };
            }
            Setting::Bank(bank) => self.bank = Some(bank),
            Setting::Program(program) => {
                let Some(bank) = self.bank else { return };
                let kind = match (standard, bank) {
                    (Standard::Gs, _) => return,
                    (_, 120) | (Standard::Xg, 126 | 127) => Kind::Drums,
                    (Standard::Xg, _) | (_, 121) => Kind::Melodic,
                    (_, 126 | 127) if channel == DRUM_CHANNEL => Kind::Drums,
                    (_, 126 | 127) if !is_kit(program) => Kind::Melodic,
                    (_, 126 | 127) => without_standard,
                    _ if self.by_bank => Kind::at_first(channel),
                    _ => return,
                };
                (self.kind, self.by_bank) = (kind, true);
            }
        }
    }
}

/// Whether a program of bank 127 is a kit in XG (MU2000 drum list); the sounds of the MT-32 are on all.
fn is_kit(program: u8) -> bool {
    matches!(program, 0..=9 | 16 | 17 | 24..=33 | 40 | 41 | 48 | 49)
}

/// What a note's channel plays when it starts.
fn kind(turns: &[Turn], note: &Note) -> Kind {
    let here = (note.channel_index(), note.start);
    let after = turns.partition_point(|turn| (turn.channel, turn.tick) <= here);
    match turns[..after].last() {
        Some(turn) if turn.channel == here.0 => turn.kind,
        _ => Kind::at_first(note.channel),
    }
}

/// For each channel whether the notes to be judged are mostly the usual pieces of a kit.
fn play_kits(
    notes: &[Note],
    turns: &[Turn],
    channels: usize,
    interrupted: &dyn Fn() -> bool,
) -> Result<Vec<bool>, Error> {
    if !turns.iter().any(|turn| turn.kind == Kind::Judged) {
        return Ok(Vec::new());
    }
    let mut pieces = room::filled(Pieces::default(), channels)?;
    for notes in notes.chunks(BETWEEN_CHECKS) {
        check(interrupted)?;
        for note in notes.iter().filter(|note| kind(turns, note) == Kind::Judged) {
            pieces[note.channel_index()].add(note.pitch);
        }
    }
    Ok(room::gathered(pieces.iter().map(Pieces::are_usual))?)
}
