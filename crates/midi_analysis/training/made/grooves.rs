//! Grooves of drums: a bar each, by pitches of General MIDI.

use super::patterns::Meter;

/// A groove: for each drum where in the bar it is struck, `x` loud and `o` soft.
pub type Groove = &'static [(u8, &'static str)];

const KICK: u8 = 36;
const SNARE: u8 = 38;
const STICK: u8 = 37;
const CLAP: u8 = 39;
const HAT: u8 = 42;
const PEDAL: u8 = 44;
const OPEN: u8 = 46;
const RIDE: u8 = 51;
const LOW_TOM: u8 = 45;
const SHAKER: u8 = 70;
const CONGA: u8 = 63;
const LOW_CONGA: u8 = 64;
const COWBELL: u8 = 56;
const CLAVES: u8 = 75;

/// The grooves of a meter.
pub fn grooves(meter: Meter) -> &'static [Groove] {
    match (meter.numerator, meter.denominator) {
        (4, 4) => COMMON,
        (2, 4) => TWO,
        (2, 2) => CUT,
        (3, 4) => WALTZ,
        (6, 8) => SIX,
        (12, 8) => TWELVE,
        _ => &[],
    }
}

const COMMON: &[Groove] = &[
    &[(KICK, "x---x---"), (SNARE, "--x---x-"), (HAT, "xoxoxoxo")],
    &[(KICK, "x-x-"), (SNARE, "-x-x"), (HAT, "xxxx")],
    &[(KICK, "x.......x.x....."), (SNARE, "....x.......x..."), (HAT, "x.x.x.x.x.x.x.x.")],
    &[(KICK, "x.....x.x......."), (SNARE, "....x.......x..."), (HAT, "xoxoxoxoxoxoxoxo")],
    &[(KICK, "x..x..x...x....."), (SNARE, "....x..o.o..x..o"), (HAT, "x.x.x.x.x.x.x.x.")],
    &[(KICK, "x.x...x.x.x....."), (SNARE, "....x.......x..."), (RIDE, "x.x.x.x.x.x.x.x.")],
    &[(KICK, "x...x...x...x..."), (CLAP, "....x.......x..."), (OPEN, "..x...x...x...x.")],
    &[(KICK, "x...x...x...x..."), (HAT, "..x...x...x...x."), (SHAKER, "xoxoxoxoxoxoxoxo")],
    &[(KICK, "x...x...x...x..."), (SNARE, "....x.......x..."), (HAT, "xoxoxoxoxoxoxoxo")],
    &[(KICK, "x.........x....."), (SNARE, "....x.......x..."), (HAT, "x.x.x.x.x.x.x.x.")],
    &[(KICK, "x..............."), (SNARE, "........x......."), (HAT, "x.x.x.x.x.x.x.x.")],
    &[(KICK, "x.....x........."), (SNARE, "........x......."), (HAT, "x...x...x...x...")],
    &[(RIDE, "x--x-xx--x-x"), (PEDAL, "---x-----x--"), (KICK, "o-----o-----")],
    &[(RIDE, "x-x-"), (PEDAL, "-x-x"), (KICK, "oooo")],
    &[(KICK, "x----xx-----"), (SNARE, "---x-----x--"), (HAT, "x-xx-xx-xx-x")],
    &[(KICK, "x..xx..xx..xx..x"), (STICK, "x..x..x...x..x.."), (HAT, "xoxoxoxoxoxoxoxo")],
    &[(KICK, "x..xx..x"), (SHAKER, "xoxoxoxo"), (STICK, "..x..xx.")],
    &[(CONGA, "x...x..xx...x..."), (LOW_CONGA, "......xx......xx"), (COWBELL, "x...x...x...x...")],
    &[(CLAVES, "x..x..x...x.x..."), (KICK, "x.....x.x.....x."), (SHAKER, "x.x.x.x.x.x.x.x.")],
    &[(SNARE, "o.oxo.oxo.oxo.ox"), (KICK, "x...x...x...x..."), (PEDAL, "..x...x...x...x.")],
    &[(KICK, "x.x.x.x."), (SNARE, ".x.x.x.x"), (HAT, "x.x.x.x.")],
    &[(KICK, "........x......."), (STICK, "........x......."), (HAT, "x.x.x.x.x.x.x.x.")],
    &[(KICK, "xxxxxxxxxxxxxxxx"), (SNARE, "....x.......x..."), (RIDE, "x...x...x...x...")],
    &[(LOW_TOM, "x..x..x.x..x..x."), (KICK, "x...x...x...x...")],
    &[(KICK, "x.....x...x....."), (SNARE, "....x..x.x..x..."), (RIDE, "x.x.x.x.x.x.x.x.")],
    &[(HAT, "x.x.x.x.x.x.x.x."), (SNARE, "....x.......x...")],
    &[(KICK, "x...x...x...x...")],
    &[(STICK, "xxxx")],
    &[(HAT, "xooo")],
    &[(COWBELL, "xoxoxoxo")],
];
const TWO: &[Groove] = &[
    &[(KICK, "x..."), (SNARE, "..x."), (HAT, "xoxo")],
    &[(KICK, "x.x."), (SNARE, ".x.x")],
    &[(KICK, "x...x..."), (SNARE, "..x..ox."), (HAT, "x.x.x.x.")],
    &[(SNARE, "x.xxx.x."), (KICK, "x...x...")],
    &[(KICK, "o..xx..x"), (SHAKER, "xooxxoox")],
    &[(STICK, "xo")],
];
const CUT: &[Groove] = &[
    &[(KICK, "x-x-"), (SNARE, "-x-x")],
    &[(SNARE, "x.xxx.xx"), (KICK, "x...x...")],
    &[(KICK, "x---"), (SNARE, "--x-"), (HAT, "xxxx")],
];
const WALTZ: &[Groove] = &[
    &[(KICK, "x--"), (SNARE, "-xx")],
    &[(KICK, "x-----"), (STICK, "--x-x-"), (HAT, "xoxoxo")],
    &[(KICK, "x--"), (HAT, "-xx")],
    &[(RIDE, "x.x.xx"), (PEDAL, "..x..."), (KICK, "x.....")],
    &[(KICK, "x...o."), (SNARE, "....x."), (HAT, "x.x.x.")],
    &[(KICK, "x.....x....."), (SNARE, "....x...x..."), (HAT, "x.x.x.x.x.x.")],
    &[(KICK, "x.x"), (SNARE, ".x."), (HAT, "xxx")],
    &[(KICK, "x--"), (SNARE, "--x"), (RIDE, "xxx")],
    &[(STICK, "xoo")],
];
const SIX: &[Groove] = &[
    &[(KICK, "x....."), (SNARE, "...x.."), (HAT, "xxxxxx")],
    &[(KICK, "x....x"), (SNARE, "...x.."), (HAT, "xoxxox")],
    &[(KICK, "x..x.."), (SNARE, "..x..x")],
    &[(KICK, "x..x.."), (HAT, "xooxoo")],
    &[(KICK, "x.....o....."), (SNARE, "......x....."), (HAT, "x.x.x.x.x.x.")],
    &[(STICK, "xooxoo")],
];
const TWELVE: &[Groove] = &[
    &[(KICK, "x.....x....."), (SNARE, "...x.....x.."), (HAT, "xxxxxxxxxxxx")],
    &[(KICK, "x....xx....."), (SNARE, "...x.....x.."), (RIDE, "x.xx.xx.xx.x")],
    &[(KICK, "x..........."), (SNARE, "......x....."), (HAT, "xooxooxooxoo")],
];
