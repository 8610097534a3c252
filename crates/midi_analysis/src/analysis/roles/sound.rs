//! What the programs of General MIDI 1 (MMA RP-003) tell of the role of a part.

/// What is struck and has a pitch at most by the way: timpani, agogo, woodblock, taiko, toms.
pub(super) const fn is_struck(program: u8) -> bool {
    matches!(program, 47 | 113 | 115..=118)
}

/// Reversed cymbal, and the family of sound effects.
pub(super) const fn is_effect(program: u8) -> bool {
    matches!(program, 119..)
}

/// What sounds as long as it is held: organs, bowed strings, voices, winds, synthesizers.
pub(super) const fn can_be_held(program: u8) -> bool {
    matches!(program, 16..=23 | 40..=44 | 48..=54 | 56..=103 | 109..=111)
}
