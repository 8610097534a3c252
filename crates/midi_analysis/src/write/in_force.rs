//! What is in force at a tick: what the channels of a file are set to, and its tempo, meter and key.
//!
//! A bank is selected for the programs after it. Of several settings of one thing the last one counts, in whichever track it stands. Reset All Controllers ends those that
//! MMA RP-015 names. Parameters (RPN, NRPN) are kept with their values; steps from one value to the next are left out.

use std::collections::HashMap;

use super::channel::{ChannelKind, ChannelMessage};
use super::event::Event;
use super::message::Message;
use super::meta_kind::MetaKind;
use crate::room::{self, NoRoom};

/// Controllers (MIDI 1.0).
const BANK: [u8; 2] = [0, 32];
const DATA_ENTRY: [u8; 2] = [6, 38];
const STEPS: [u8; 2] = [96, 97];
/// Number of a parameter, of the lower and the higher seven bits: of one that a maker defined, or a registered one.
const PARAMETER: [[u8; 2]; 2] = [[98, 99], [100, 101]];
const RESET_ALL: u8 = 121;
/// They end notes and set nothing.
const SILENCE: [u8; 2] = [120, 123];
/// The number of no parameter.
const NO_PARAMETER: [u8; 2] = [127, 127];

/// What of a channel is set, in the order in which it has to be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Setting {
    Reset,
    Bank(u8),
    Program,
    /// A bank that the next program is of.
    NextBank(u8),
    Controller(u8),
    /// The value of a parameter: whether it is registered, its number, and the controller.
    Parameter(bool, [u8; 2], u8),
    /// Which parameter the next values are of: whether it is registered.
    Selected(bool),
    Pressure,
    Bend,
}

impl Setting {
    /// Whether Reset All Controllers ends it.
    fn is_reset(self) -> bool {
        match self {
            Self::Controller(number) => matches!(number, 1 | 11 | 64..=67),
            Self::Selected(_) | Self::Pressure | Self::Bend => true,
            _ => false,
        }
    }
}

/// Where an event stands: settings that are made later are later in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct When {
    pub(super) tick: u32,
    pub(super) track: usize,
    /// Its place in the track.
    pub(super) place: usize,
}

/// A channel of a port.
type Channel = (u8, u8);

/// A value, and where it is set.
#[derive(Clone, Copy)]
struct Set {
    when: When,
    data: [u8; 2],
    /// Of a program: the bank that its track has selected before it.
    bank: Bank,
}

/// The higher and the lower part of the number of a bank.
type Bank = [Option<u8>; 2];

/// What a file has set so far. Its events are passed track by track.
pub(super) struct InForce<'p> {
    settings: HashMap<(Channel, Setting), Set>,
    /// The parameter that each channel of the current track has selected.
    selected: [Option<(bool, [u8; 2])>; 16],
    /// The bank that each channel of the current track has selected.
    banks: [Bank; 16],
    /// Tempo, time signature and key signature.
    of_the_piece: [Option<(When, Event<'p>)>; 3],
}

const OF_THE_PIECE: [MetaKind; 3] =
    [MetaKind::TEMPO, MetaKind::TIME_SIGNATURE, MetaKind::KEY_SIGNATURE];

impl<'p> InForce<'p> {
    pub(super) fn new() -> Self {
        Self {
            settings: HashMap::new(),
            selected: [None; 16],
            banks: [[None; 2]; 16],
            of_the_piece: [const { None }; 3],
        }
    }

    pub(super) fn begin_track(&mut self) {
        self.selected = [None; 16];
        self.banks = [[None; 2]; 16];
    }

    /// Passes an event. Gives whether it sets what is given back by [`by_track`](Self::by_track), or nothing that lasts.
    ///
    /// # Errors
    /// Out of memory.
    pub(super) fn pass(&mut self, event: &Event<'p>, port: u8, when: When) -> Result<bool, NoRoom> {
        if let Some(message) = event.channel_message() {
            self.channel(message, port, when)?;
            return Ok(true);
        }
        let Message::Meta(kind, _) = event.message() else { return Ok(false) };
        let Some(index) = OF_THE_PIECE.iter().position(|&each| each == kind) else {
            return Ok(false);
        };
        let slot = &mut self.of_the_piece[index];
        if slot.as_ref().is_none_or(|(before, _)| *before < when) {
            *slot = Some((when, event.clone()));
        }
        Ok(true)
    }

    fn channel(&mut self, message: ChannelMessage, port: u8, when: When) -> Result<(), NoRoom> {
        let channel = message.channel();
        let [first, second] = message.data();
        let setting = match message.kind() {
            ChannelKind::ProgramChange => Setting::Program,
            ChannelKind::ChannelAftertouch => Setting::Pressure,
            ChannelKind::PitchBend => Setting::Bend,
            ChannelKind::ControlChange => match self.controller(channel, first, second) {
                Some(setting) => setting,
                None => return Ok(()),
            },
            _ => return Ok(()),
        };
        let data = match (setting, self.selected[usize::from(channel)]) {
            (Setting::Selected(_), Some((_, number))) => number,
            _ => message.data(),
        };
        let selected = &mut self.banks[usize::from(channel)];
        if let Setting::Bank(number) = setting {
            selected[usize::from(number == BANK[1])] = Some(second);
        }
        let bank = if setting == Setting::Program { *selected } else { [None; 2] };
        self.settings.try_reserve(1).map_err(|_| NoRoom)?;
        let now = Set { when, data, bank };
        let set = self.settings.entry(((port, channel), setting)).or_insert(now);
        if set.when < when {
            *set = now;
        }
        Ok(())
    }

    /// What a controller sets.
    fn controller(&mut self, channel: u8, number: u8, value: u8) -> Option<Setting> {
        let selected = &mut self.selected[usize::from(channel)];
        for (registered, [low, high]) in [false, true].into_iter().zip(PARAMETER) {
            if number == low || number == high {
                let before = selected.filter(|&(is, _)| is == registered);
                let (_, mut parameter) = before.unwrap_or((registered, NO_PARAMETER));
                parameter[usize::from(number == high)] = value;
                *selected = Some((registered, parameter));
                return Some(Setting::Selected(registered));
            }
        }
        match number {
            RESET_ALL => {
                *selected = None;
                Some(Setting::Reset)
            }
            _ if BANK.contains(&number) => Some(Setting::Bank(number)),
            _ if DATA_ENTRY.contains(&number) => match *selected {
                Some((_, NO_PARAMETER)) => None,
                Some((registered, parameter)) => {
                    Some(Setting::Parameter(registered, parameter, number))
                }
                None => Some(Setting::Controller(number)),
            },
            _ if STEPS.contains(&number) || SILENCE.contains(&number) => None,
            _ => Some(Setting::Controller(number)),
        }
    }

    /// What each track has set last, as messages in the order in which they have to be sent: the track, the port, and the
    /// event.
    ///
    /// # Errors
    /// Out of memory.
    pub(super) fn by_track(self) -> Result<Vec<(usize, Option<u8>, Event<'p>)>, NoRoom> {
        let mut all = room::list(self.settings.len())?;
        for (&(channel, setting), &set) in &self.settings {
            let later = |other: Setting| {
                self.settings.get(&(channel, other)).is_some_and(|other| other.when > set.when)
            };
            // A bank that is selected holds from the next program on.
            let program = self.settings.get(&(channel, Setting::Program));
            let is_next = program.is_some_and(|program| program.when < set.when);
            let setting = match setting {
                Setting::Bank(number) if is_next => Setting::NextBank(number),
                setting => setting,
            };
            let is_over = match setting {
                Setting::Reset => true,
                Setting::Bank(number) => program
                    .is_some_and(|program| program.bank[usize::from(number == BANK[1])].is_some()),
                Setting::Selected(registered) if later(Setting::Selected(!registered)) => true,
                _ => setting.is_reset() && later(Setting::Reset),
            };
            if !is_over {
                room::push(&mut all, (set.when.track, channel, setting, set.data, set.bank))?;
            }
        }
        all.sort_unstable();
        let mut events = Vec::new();
        for (when, event) in self.of_the_piece.into_iter().flatten() {
            room::push(&mut events, (when.track, None, event.at(0)))?;
        }
        for (track, (port, channel), setting, data, bank) in all {
            for message in messages(channel, setting, data, bank).into_iter().flatten() {
                room::push(&mut events, (track, Some(port), Event::new(0, message)))?;
            }
        }
        room::sort_by_key(&mut events, |&(track, port, _)| (track, port))?;
        Ok(events)
    }
}

/// The messages that make a setting.
fn messages(
    channel: u8,
    setting: Setting,
    data: [u8; 2],
    bank: Bank,
) -> [Option<ChannelMessage>; 3] {
    let message = |kind| ChannelMessage::new(kind, channel, data);
    let control =
        |number, value| ChannelMessage::new(ChannelKind::ControlChange, channel, [number, value]);
    let select = |registered, [low, high]: [u8; 2]| {
        let [low_number, high_number] = PARAMETER[usize::from(registered)];
        [control(high_number, high), control(low_number, low)]
    };
    match setting {
        Setting::Reset => [None; 3],
        Setting::Bank(_) | Setting::NextBank(_) | Setting::Controller(_) => {
            [message(ChannelKind::ControlChange), None, None]
        }
        Setting::Program => {
            let [high, low] = [0, 1].map(|part| control(BANK[part], bank[part]?));
            [high, low, message(ChannelKind::ProgramChange)]
        }
        Setting::Pressure => [message(ChannelKind::ChannelAftertouch), None, None],
        Setting::Bend => [message(ChannelKind::PitchBend), None, None],
        Setting::Parameter(registered, number, entry) => {
            let [high, low] = select(registered, number);
            [high, low, control(entry, data[1])]
        }
        Setting::Selected(registered) => {
            let [high, low] = select(registered, data);
            [high, low, None]
        }
    }
}
