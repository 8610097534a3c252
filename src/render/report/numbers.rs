//! Numbers as people read them.

/// A number with commas: 1,234,567.
pub(super) fn whole(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let groups = digits.as_bytes().rchunks(3).rev();
    let groups: Vec<_> = groups.map(|group| group.iter().copied().map(char::from)).collect();
    let mut text = if number < 0 { "-".to_owned() } else { String::new() };
    for (place, group) in groups.into_iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        text.extend(group);
    }
    text
}

/// A coordinate in a picture.
pub(super) fn tenths(number: f64) -> String {
    format!("{number:.1}")
}

/// A share in percent: 12 %, 0.3 %.
pub(super) fn share(part: i64, of: i64) -> String {
    let percent = 100.0 * part as f64 / of.max(1) as f64;
    if percent >= 9.95 || part == 0 { format!("{percent:.0} %") } else { format!("{percent:.1} %") }
}

/// A size in bytes: 12.3 MB.
pub(super) fn bytes(number: f64) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB"];
    let mut number = number;
    let mut unit = 0;
    while number >= 999.5 && unit + 1 < units.len() {
        number /= 1000.0;
        unit += 1;
    }
    let digits = usize::from(unit > 0 && number < 99.95);
    format!("{number:.digits$} {}", units[unit])
}

/// A length of time in seconds, by the clock: 3:05, 1:02:03.
pub(super) fn clock(seconds: f64) -> String {
    // A saturating conversion: the longest lengths show as the longest that there is.
    let whole = seconds.round() as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// Seconds in hours: 0.4, 1,234.
pub(super) fn hours(seconds: f64) -> String {
    let hours = seconds / 3600.0;
    if hours < 9.95 { tenths(hours) } else { whole(hours.round() as i64) }
}

/// A tempo: 120, 92.5.
pub(super) fn tempo(bpm: f64) -> String {
    let rounded = (bpm * 10.0).round() / 10.0;
    rounded.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        let wholes = [0, 999, 1_000, 1_234_567, -4_321, i64::MIN].map(whole);
        let expected = ["0", "999", "1,000", "1,234,567", "-4,321", "-9,223,372,036,854,775,808"];
        assert_eq!(wholes, expected);
        assert_eq!(
            [bytes(0.0), bytes(999.0), bytes(1_234.0), bytes(5e8)],
            ["0 bytes", "999 bytes", "1.2 kB", "500 MB"]
        );
        assert_eq!([bytes(999_600.0), bytes(2e18)], ["1.0 MB", "2000 PB"]);
        assert_eq!([clock(5.4), clock(185.0), clock(3_723.0)], ["0:05", "3:05", "1:02:03"]);
        assert_eq!([tempo(120.0), tempo(92.46)], ["120", "92.5"]);
        assert_eq!([hours(1_500.0), hours(4e6)], ["0.4", "1,111"]);
        assert_eq!([share(0, 0), share(1, 300), share(1, 3)], ["0 %", "0.3 %", "33 %"]);
    }
}
