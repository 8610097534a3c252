//! Lines of notes in few bytes: what is kept of a piece to be searched.
//!
//! A line is the number of its notes, then for each note its pitch, then the time since the one before
//! in hundredths of a second, doubled, odd where a bar has begun, in which case the number of bars
//! follows. All but the pitch are variable-length quantities, seven bits a byte, the lowest first.

/// One note of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) pitch: u8,
    /// From the start of the piece.
    pub(super) centiseconds: u32,
    /// As in [`BeatRow::bar`](crate::BeatRow::bar); 0 where there are none.
    pub(super) bar: u32,
}

#[derive(Default)]
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
}

impl Writer {
    /// Adds a line, whose notes ascend in time.
    pub(super) fn line(&mut self, line: &[Moment]) {
        self.number(line.len() as u64);
        let (mut time, mut bar) = (0, 0);
        for note in line {
            let bars = note.bar.saturating_sub(bar);
            self.bytes.push(note.pitch);
            let passed = note.centiseconds.saturating_sub(time);
            self.number(u64::from(passed) << 1 | u64::from(bars > 0));
            if bars > 0 {
                self.number(bars.into());
            }
            (time, bar) = (note.centiseconds.max(time), bar + bars);
        }
    }

    fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }
}

/// Reads lines one by one. Bytes that are no lines, for who may write the table may write what he
/// likes, end the reading.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// Puts the next line in the place of what `line` holds; false after the last.
    pub(super) fn next(&mut self, line: &mut Vec<Moment>) -> bool {
        line.clear();
        let Some(notes) = self.number() else { return false };
        let (mut time, mut bar) = (0_u32, 0_u32);
        for _ in 0..notes {
            let Some(note) = self.note(&mut time, &mut bar) else {
                self.bytes = &[];
                break;
            };
            line.push(note);
        }
        true
    }

    fn note(&mut self, time: &mut u32, bar: &mut u32) -> Option<Moment> {
        let (&pitch, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        let passed = self.number()?;
        *time = time.saturating_add((passed >> 1) as u32);
        if passed & 1 == 1 {
            *bar = bar.saturating_add(self.number()? as u32);
        }
        Some(Moment { pitch: pitch & 0x7f, centiseconds: *time, bar: *bar })
    }

    fn number(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..63).step_by(7) {
            let (&byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }
}
