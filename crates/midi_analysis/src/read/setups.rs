//! What channels are set to: programs, banks, volumes, pitch bends, and whether they play drums.
//!
//! Players know ports and channels, not tracks: what one track sets holds for all tracks of the same port
//! and channel. A note's program is the one that its own track has set; where it has set none, it is
//! the one that any track set last on the channel.

use crate::error::{Error, check};
use crate::model::note::{CHANNELS, Note};
use crate::model::score::ChannelValue;
use crate::read::exclusive::{Destination, Exclusive, Standard};
use crate::read::ports::Nameless;
use crate::room::{self, NoRoom};

/// The value of `Note::program` until the program is known; no data byte is as high.
pub(crate) const PROGRAM_UNKNOWN: u8 = u8::MAX;
/// Notes between two questions whether to stop where each is looked up in a list.
const NOTES_BETWEEN_CHECKS: usize = 1 << 16;

/// What one event sets, and when.
#[derive(Clone, Copy)]
pub(crate) struct Setup {
    pub(crate) tick: u32,
    pub(crate) port: u8,
    /// Of a reset 0: it is for all.
    pub(crate) channel: u8,
    pub(crate) what: Setting,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Setting {
    Program(u8),
    /// Bank Select (controller 0).
    Bank(u8),
    /// The part mode: drums, or not.
    Drums(bool),
    Reset(Standard),
}

/// All that a file sets, in its order, and the programs of the current track.
pub(crate) struct Setups {
    pub(crate) list: Vec<Setup>,
    /// Whether any message is in the language of GS, or of XG.
    pub(crate) speaks_gs: bool,
    pub(crate) speaks_xg: bool,
    /// Programs of the current track on its current port, or [`PROGRAM_UNKNOWN`] where it has set none.
    programs: [u8; CHANNELS],
    /// And on the ports that it has left.
    left: Vec<(u8, [u8; CHANNELS])>,
    pub(crate) bends: Vec<ChannelValue>,
    pub(crate) volumes: Vec<ChannelValue>,
    /// Lengths of the three lists when the current track began.
    track_start: [usize; 3],
    /// Whether some note began before its own track had named a program.
    program_elsewhere: bool,
}

impl Setups {
    pub(crate) fn new() -> Self {
        Self {
            list: Vec::new(),
            speaks_gs: false,
            speaks_xg: false,
            programs: [PROGRAM_UNKNOWN; CHANNELS],
            left: Vec::new(),
            bends: Vec::new(),
            volumes: Vec::new(),
            track_start: [0; 3],
            program_elsewhere: false,
        }
    }

    pub(crate) fn begin_track(&mut self) {
        self.programs = [PROGRAM_UNKNOWN; CHANNELS];
        self.left.clear();
        self.track_start = [self.list.len(), self.bends.len(), self.volumes.len()];
    }

    pub(crate) fn program(
        &mut self,
        tick: u32,
        port: u8,
        channel: u8,
        program: u8,
    ) -> Result<(), NoRoom> {
        self.programs[usize::from(channel)] = program;
        self.push(tick, port, channel, Setting::Program(program))
    }

    pub(crate) fn bank(
        &mut self,
        tick: u32,
        port: u8,
        channel: u8,
        bank: u8,
    ) -> Result<(), NoRoom> {
        self.push(tick, port, channel, Setting::Bank(bank))
    }

    pub(crate) fn exclusive(
        &mut self,
        tick: u32,
        port: u8,
        message: Exclusive,
    ) -> Result<(), NoRoom> {
        match message {
            Exclusive::Reset(standard) => {
                self.hear(standard);
                self.push(tick, port, 0, Setting::Reset(standard))
            }
            Exclusive::PartMode { port: destination, channel, drums, of } => {
                self.hear(of);
                let port = match destination {
                    Destination::Same => port,
                    Destination::Other => port ^ 1,
                    Destination::Number(port) => port,
                };
                self.push(tick, port, channel, Setting::Drums(drums))
            }
            Exclusive::Speaks(standard) => {
                self.hear(standard);
                Ok(())
            }
        }
    }

    fn hear(&mut self, standard: Standard) {
        self.speaks_gs |= standard == Standard::Gs;
        self.speaks_xg |= standard == Standard::Xg;
    }

    fn push(&mut self, tick: u32, port: u8, channel: u8, what: Setting) -> Result<(), NoRoom> {
        room::push(&mut self.list, Setup { tick, port, channel, what })
    }

    /// The program that the current track has set on a channel of its current port.
    #[inline]
    pub(crate) fn own_program(&mut self, channel: u8) -> u8 {
        let program = self.programs[usize::from(channel)];
        self.program_elsewhere |= program == PROGRAM_UNKNOWN;
        program
    }

    /// The current track goes on, on another port.
    ///
    /// # Errors
    /// Out of memory.
    pub(crate) fn change_port(&mut self, from: u8, to: u8) -> Result<(), NoRoom> {
        room::push(&mut self.left, (from, self.programs))?;
        let known = self.left.iter().position(|&(port, _)| port == to);
        self.programs =
            known.map_or([PROGRAM_UNKNOWN; CHANNELS], |index| self.left.swap_remove(index).1);
        Ok(())
    }

    /// What the current track has set so far was meant for another port.
    pub(crate) fn move_track(&mut self, to: u8) {
        self.ports_since(self.track_start).for_each(|port| *port = to);
    }

    /// Moves what tracks have set that name no port.
    pub(crate) fn join(&mut self, nameless: Nameless) {
        self.ports_since([0; 3]).for_each(|port| *port = nameless.port(*port));
    }

    fn ports_since(
        &mut self,
        [setups, bends, volumes]: [usize; 3],
    ) -> impl Iterator<Item = &mut u8> {
        let values = self.bends[bends..].iter_mut().chain(&mut self.volumes[volumes..]);
        let setups = self.list[setups..].iter_mut().map(|setup| &mut setup.port);
        setups.chain(values.map(|value| &mut value.port))
    }

    pub(crate) fn names_programs(&self) -> bool {
        self.list.iter().any(|setup| matches!(setup.what, Setting::Program(_)))
    }

    /// Sets the programs that no note's own track has set. Without any it is program 0, as at power-on.
    ///
    /// # Errors
    /// Out of memory, or `interrupted`.
    pub(crate) fn resolve_programs(
        &self,
        notes: &mut [Note],
        interrupted: &dyn Fn() -> bool,
    ) -> Result<(), Error> {
        if !self.program_elsewhere {
            return Ok(());
        }
        let is_program = |setup: &&Setup| matches!(setup.what, Setting::Program(_));
        let mut programs = room::gathered(self.list.iter().filter(is_program).copied())?;
        let place = |setup: &Setup| (setup.port, setup.channel, setup.tick);
        room::sort_by_key(&mut programs, place)?;
        for notes in notes.chunks_mut(NOTES_BETWEEN_CHECKS) {
            check(interrupted)?;
            for note in notes.iter_mut().filter(|note| note.program == PROGRAM_UNKNOWN) {
                let at = (note.port, note.channel, note.start);
                let after = programs.partition_point(|setup| place(setup) <= at);
                note.program = match programs[..after].last() {
                    Some(&Setup { port, channel, what: Setting::Program(program), .. })
                        if (port, channel) == (note.port, note.channel) =>
                    {
                        program
                    }
                    _ => 0,
                };
            }
        }
        Ok(())
    }
}
