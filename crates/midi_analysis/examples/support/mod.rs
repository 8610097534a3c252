//! What the examples that read ground truth share.

/// Number of a key such as `C# minor`: major keys from C upwards, then minor ones; `None` for what is
/// no key.
pub fn key_number(key: &str) -> Option<usize> {
    let (tonic, mode) = key.split_once(' ')?;
    let mut letters = tonic.chars();
    let class = match letters.next()? {
        'C' => 0,
        'D' => 2,
        'E' => 4,
        'F' => 5,
        'G' => 7,
        'A' => 9,
        'B' => 11,
        _ => return None,
    };
    let class = letters.fold(class, |class, sign| if sign == '#' { class + 1 } else { class + 11 });
    Some(class % 12 + if mode == "minor" { 12 } else { 0 })
}
