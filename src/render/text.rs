//! Texts of files in pictures: characters that XML has, in the room that there is.

/// The text without control characters and the others that XML 1.0 (section 2.2) does not have, for which the replacement
/// character stands.
pub(super) fn printable(text: &str) -> String {
    let barred = |c: char| c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}');
    text.chars().map(|c| if barred(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// About how broad a text is, in the unit of the size of its type. The fonts of the reader are not known, so it is rather
/// too broad than too narrow.
pub(super) fn breadth(text: &str, size: f64) -> f64 {
    let em = |c: char| match c {
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | '.' | ',' | '\'' | ' ' | '-' | '/' => 0.36,
        'm' | 'w' | 'M' | 'W' => 0.9,
        'A'..='Z' => 0.7,
        // Ideographs and the like are as broad as they are high.
        '\u{1100}'.. => 1.0,
        _ => 0.58,
    };
    text.chars().map(em).sum::<f64>() * size
}

/// As much of a text as is no broader than this, with an ellipsis where something is left out.
pub(super) fn fitted(text: &str, size: f64, most: f64) -> String {
    let text = printable(text);
    if breadth(&text, size) <= most {
        return text;
    }
    let mut fitted = String::new();
    let mut used = size;
    for c in text.chars() {
        used += breadth(c.encode_utf8(&mut [0; 4]), size);
        if used > most {
            break;
        }
        fitted.push(c);
    }
    fitted.truncate(fitted.trim_end().len());
    fitted + "…"
}

/// Seconds as minutes and seconds: 3:05.
pub(super) fn minutes(seconds: u64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
