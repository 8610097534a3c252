//! Channel messages as bytes: the status with its channel, and two bytes of data, of which the second is 0 where a
//! message has but one (MIDI 1.0, MMA 1996).

use midly::num::{u7, u14};
use midly::{MidiMessage, PitchBend};

pub(crate) const NOTE_OFF: u8 = 0x80;
pub(crate) const NOTE_ON: u8 = 0x90;
const POLY_AFTERTOUCH: u8 = 0xa0;
pub(crate) const CONTROL_CHANGE: u8 = 0xb0;
pub(crate) const PROGRAM_CHANGE: u8 = 0xc0;
const CHANNEL_AFTERTOUCH: u8 = 0xd0;
pub(crate) const PITCH_BEND: u8 = 0xe0;
/// The first status that is of no channel.
const SYSTEM: u8 = 0xf0;

/// The bits of the status that say what it is, and those of the channel.
pub(crate) const KIND: u8 = 0xf0;
pub(crate) const CHANNEL: u8 = 0x0f;

/// Whether a status is that of a channel message with two bytes of data.
#[inline]
pub(crate) fn has_two(status: u8) -> bool {
    (NOTE_OFF..SYSTEM).contains(&status) && !(PROGRAM_CHANGE..PITCH_BEND).contains(&status)
}

/// The bend of two bytes of data, -8192 to 8191.
pub(crate) fn bend([low, high]: [u8; 2]) -> i16 {
    PitchBend(u14::new(u16::from(high) << 7 | u16::from(low))).as_int()
}

/// The message of a status and its data.
pub(crate) fn message(status: u8, [first, second]: [u8; 2]) -> MidiMessage {
    let (a, b) = (u7::new(first), u7::new(second));
    match status & KIND {
        NOTE_OFF => MidiMessage::NoteOff { key: a, vel: b },
        NOTE_ON => MidiMessage::NoteOn { key: a, vel: b },
        POLY_AFTERTOUCH => MidiMessage::Aftertouch { key: a, vel: b },
        CONTROL_CHANGE => MidiMessage::Controller { controller: a, value: b },
        PROGRAM_CHANGE => MidiMessage::ProgramChange { program: a },
        CHANNEL_AFTERTOUCH => MidiMessage::ChannelAftertouch { vel: a },
        _ => MidiMessage::PitchBend { bend: PitchBend::from_int(bend([first, second])) },
    }
}

/// The status of a message on a channel, and its data.
pub(crate) fn bytes(channel: u8, message: MidiMessage) -> (u8, [u8; 2]) {
    let (kind, first, second) = match message {
        MidiMessage::NoteOff { key, vel } => (NOTE_OFF, key.as_int(), vel.as_int()),
        MidiMessage::NoteOn { key, vel } => (NOTE_ON, key.as_int(), vel.as_int()),
        MidiMessage::Aftertouch { key, vel } => (POLY_AFTERTOUCH, key.as_int(), vel.as_int()),
        MidiMessage::Controller { controller, value } => {
            (CONTROL_CHANGE, controller.as_int(), value.as_int())
        }
        MidiMessage::ProgramChange { program } => (PROGRAM_CHANGE, program.as_int(), 0),
        MidiMessage::ChannelAftertouch { vel } => (CHANNEL_AFTERTOUCH, vel.as_int(), 0),
        MidiMessage::PitchBend { bend } => {
            let value = bend.0.as_int();
            (PITCH_BEND, (value & 0x7f) as u8, (value >> 7) as u8)
        }
    };
    (kind | channel & CHANNEL, [first, second])
}

#[cfg(test)]
mod tests {
    use super::{bend, bytes, has_two, message};

    #[test]
    fn a_message_has_its_bytes() {
        for status in 0x80..0xf0_u8 {
            for data in [[0, 0], [1, 127], [64, 64], [127, 0], [127, 127]] {
                let data = if has_two(status) { data } else { [data[0], 0] };
                assert_eq!(bytes(status & 0x0f, message(status, data)), (status, data));
            }
        }
    }

    #[test]
    fn the_middle_is_no_bend() {
        assert_eq!([[0, 0], [0, 64], [127, 127]].map(bend), [-8192, 0, 8191]);
    }
}
