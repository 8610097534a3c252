//! How likely punctuation and symbols are where they stand, in bits.
//!
//! A quotation mark stands at the edge of a word, a copyright sign by itself; a letter read in the wrong
//! encoding becomes a sign in the middle of a word.

/// Bits of a sign where it does not belong.
const MISPLACED: u32 = 20;
/// Bits of a sign that texts about music hardly have.
const RARE: u32 = 15;
/// Bits of a sign that is drawn again, as in lines of them.
const REPEATED: u32 = 3;
/// Bits of a line of a frame, as texts of DOS have them.
const BOX: u32 = 7;
/// Bits of what no text has: control characters of Latin-1, private use, bytes that are no character.
pub(super) const BROKEN_BITS: u32 = 30;

/// Bits of a mark that opens a question or an exclamation, and of one that nothing closes: in Mac OS these
/// are the bytes of the capitals À and Á.
const OPENING: u32 = 6;
const UNCLOSED: u32 = 13;

/// The bits of a character that is neither letter nor ASCII, between its neighbours; `\0` where there is
/// none. `follows` says whether a character comes later.
pub(super) fn bits(before: char, c: char, after: char, follows: impl Fn(char) -> bool) -> u32 {
    if before == c && !is_broken(c) {
        return REPEATED;
    }
    if is_box(c) {
        let is_line = |c: char| matches!(c, '─' | '│' | '═' | '║');
        let is_in_frame = after == c || [before, c, after].into_iter().any(is_line);
        let is_placed = is_framed(before) && is_framed(after);
        return if is_placed && is_in_frame { BOX } else { MISPLACED };
    }
    let opens = !before.is_alphanumeric();
    let closes = !after.is_alphanumeric();
    let is_apart = opens || closes;
    let is_alphabet = |c: char| c.is_alphabetic() && c < '\u{E00}';
    if is_alphabet(before) && is_alphabet(after) && !matches!(c, '’' | '·' | '´' | '`' | '\u{A0}')
    {
        return if is_broken(c) { BROKEN_BITS } else { MISPLACED };
    }
    let placed = |holds: bool, bits: u32| if holds { bits } else { MISPLACED };
    match c {
        '\u{A0}' => placed(is_apart, 10).min(14),
        // An apostrophe.
        '’' if before.is_alphabetic() => 6,
        '’' => placed(closes, 9).min(placed(is_apart, 12)),
        '‘' | '“' => placed(opens || closes, 8),
        '„' | '‚' => placed(opens && !closes, 9),
        '”' => placed(closes, 8),
        '–' | '—' if before.is_ascii_digit() && after.is_ascii_digit() => 8,
        '–' | '—' => placed(opens && closes, 8).min(placed(is_apart, 13)),
        '…' => placed(closes, 10),
        '•' | '·' => placed(is_apart, 10),
        '©' => placed(opens, if after.is_alphabetic() { 10 } else { 7 }),
        '®' | '™' => placed(closes, 8),
        '«' | '»' | '‹' | '›' => placed(is_apart, 8),
        '°' if "nN".contains(before) => 4,
        // Forte, as in mƒ and ƒƒ.
        'ƒ' => placed(is_apart && (opens || "mrsMRS".contains(before)), 7),
        '°' | 'º' | 'ª' => {
            placed(before.is_ascii_digit() || "nN".contains(before), 7).min(placed(closes, 10))
        }
        '¿' | '¡' => {
            let closing = if c == '¡' { '!' } else { '?' };
            placed(opens && !closes, if follows(closing) { OPENING } else { UNCLOSED })
        }
        '´' | '`' => placed(true, 11),
        '§' | '£' | '€' | '²' | '³' | '½' | '¼' | '¾' | '±' | '×' => {
            placed(is_apart, 12)
        }
        '№' => placed(opens && !after.is_alphabetic(), 8),
        '♭' | '♯' | '♪' | '♫' | '♩' => 9,
        '\u{3000}' | '、' | '。' | '「' | '」' | '・' | '～' | '！' | '？' | '（' | '）' => {
            wide(before, after, 6)
        }
        '\u{3001}'..='\u{301F}' | '\u{FF01}'..='\u{FF5E}' => wide(before, after, 8),
        '☆' | '★' | '○' | '●' | '◎' | '■' | '□' | '◆' | '◇' | '△' | '▲' | '▼' | '▽' | '※' | '→'
        | '←' | '↑' | '↓' => 9,
        // Leaders follow a word.
        '‥' => placed(!opens || before == '。', 9),
        c if is_broken(c) => BROKEN_BITS,
        // Joiners, marks of direction and of byte order are not seen.
        '\u{200B}'..='\u{200F}' | '\u{FEFF}' => 10,
        // Emoji.
        '\u{1F000}'..='\u{1FAFF}' | '\u{FE0F}' | '\u{2600}'..='\u{27BF}' => 9,
        _ => RARE,
    }
}

/// Whether no text has it.
fn is_broken(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{9F}' | '\u{E000}'..='\u{F8FF}' | '\u{FFFD}')
}

fn is_box(c: char) -> bool {
    matches!(c, '\u{2500}'..='\u{259F}')
}

/// Whether it may stand beside a line of a frame.
fn is_framed(c: char) -> bool {
    is_box(c) || matches!(c, '\0' | '\n' | '\r' | ' ' | '[' | ']' | '|' | '-' | '=')
}

/// The bits of wide punctuation, which belongs beside wide characters.
fn wide(before: char, after: char, bits: u32) -> u32 {
    let is_wide = |c: char| c >= '\u{2E80}';
    let is_beside_letter = before.is_ascii_alphanumeric() || after.is_ascii_alphanumeric();
    if is_beside_letter && !is_wide(before) && !is_wide(after) { MISPLACED } else { bits }
}
