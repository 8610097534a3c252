//! From bytes to a [`File`], as far as they are well formed.

use super::events::{Event, File, Message, data_bytes};

impl File {
    /// Reads the first file within the bytes, each track up to its first malformed event. `None` without
    /// a header or a track.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let start = bytes.windows(4).position(|id| id == b"MThd")?;
        let mut bytes = Bytes(&bytes[start..]);
        let header = bytes.chunk()?.1;
        let [format, _, division] = *header.as_chunks::<2>().0.first_chunk::<3>()?;
        let mut tracks = Vec::new();
        while let Some((id, events)) = bytes.chunk() {
            if id == b"MTrk" {
                tracks.push(Bytes(events).events());
            }
        }
        let [format, division] = [format, division].map(u16::from_be_bytes);
        (!tracks.is_empty()).then_some(Self { format, division, tracks })
    }
}

/// The remaining bytes.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, left) = self.0.split_at_checked(count)?;
        self.0 = left;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|byte| byte[0])
    }

    /// The identifier and body of a chunk; the last may be shorter than it says.
    fn chunk(&mut self) -> Option<(&'a [u8], &'a [u8])> {
        let id = self.take(4)?;
        let length = u32::from_be_bytes(*self.take(4)?.first_chunk()?);
        let length = (length as usize).min(self.0.len());
        Some((id, self.take(length)?))
    }

    fn events(mut self) -> Vec<Event> {
        let mut running = None;
        std::iter::from_fn(|| self.event(&mut running)).collect()
    }

    fn event(&mut self, running: &mut Option<u8>) -> Option<Event> {
        let delta = self.quantity()?;
        let first = *self.0.first()?;
        let status = if first >= 0x80 { self.byte()? } else { (*running)? };
        *running = (status < 0xf0).then_some(status);
        let message = match status {
            0xf0 | 0xf7 => Message::SysEx(status, self.counted()?),
            0xff => Message::Meta(self.byte().filter(|kind| *kind < 0x80)?, self.counted()?),
            0x80..=0xef => {
                let data = self.take(data_bytes(status))?;
                if data.iter().any(|byte| *byte > 0x7f) {
                    return None;
                }
                Message::Channel([status, data[0], data.get(1).copied().unwrap_or_default()])
            }
            _ => return None,
        };
        Some(Event { delta, message })
    }

    /// A length, and as many bytes.
    fn counted(&mut self) -> Option<Vec<u8>> {
        let count = self.quantity()?;
        self.take(count as usize).map(<[u8]>::to_vec)
    }

    fn quantity(&mut self) -> Option<u32> {
        let mut value = 0;
        for _ in 0..4 {
            let byte = self.byte()?;
            value = value << 7 | u32::from(byte & 0x7f);
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }
}
