//! Names of chords as people write them over lyrics: `Am7`, `C#m7b5/G`, `Bbsus4`, `F  min_7th`.

/// The longest name of a chord, in bytes.
const LONGEST: usize = 16;
/// What follows the root of a chord. Longer ones come first.
const PARTS: [&[u8]; 24] = [
    b"minor", b"major", b"min", b"maj", b"dim", b"aug", b"sus", b"add", b"omit", b"alt", b"no",
    b"th", b"mi", b"ma", b"m", b"M", b"+", b"-", b"#", b"b", b"/", b"(", b")", b",",
];

/// Whether a text is the name of a chord. A single letter is one, though it may be a word.
pub(super) fn is_chord_name(text: &[u8]) -> bool {
    if text.len() > LONGEST {
        return false;
    }
    if matches!(text, b"N.C." | b"NC" | b"N.C") {
        return true;
    }
    let Some((b'A'..=b'H', mut rest)) = text.split_first() else { return false };
    if let [b'#' | b'b', after @ ..] = rest {
        rest = after;
    }
    while let [next, after @ ..] = rest {
        let part = PARTS.iter().find(|part| rest.starts_with(part)).map(|part| part.len());
        rest = match (part, next) {
            // The bass of a chord.
            (Some(1), b'/') => match after {
                [b'A'..=b'H', after @ ..] => after,
                after => after,
            },
            (Some(length), _) => &rest[length..],
            (None, b'0'..=b'9' | b' ' | b'_') => after,
            (None, _) => return false,
        };
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_chords_are_told_from_words() {
        for name in
            ["C", "Am", "Am7", "F#m7b5/G", "Bbsus4", "C  min_7th", "A# sus4", "Gmaj7(9)", "N.C."]
        {
            assert!(is_chord_name(name.as_bytes()), "{name}");
        }
        for word in ["Sail", "a", "And", "Go", "Babe", "Every", "me", "C'est", "Ah", "", "I", "Did"]
        {
            assert!(!is_chord_name(word.as_bytes()), "{word}");
        }
    }
}
