//! Corrects checksums: without that, reading nearly every generated archive ends at the first one.

use std::io::Read;

use flate2::Crc;
use flate2::read::DeflateDecoder;

/// A tar header, and where its checksum stands in it.
const BLOCK: usize = 512;
const CHECKSUM: std::ops::Range<usize> = 148..156;
const MAGIC: usize = 257;
/// Most bytes of a member of a zip that are summed.
const MOST_SUMMED: u64 = 1 << 16;

/// Corrects the checksums of a tar's headers and of a zip's members.
pub fn repair(bytes: &mut [u8]) {
    for block in bytes.get_mut(2..).unwrap_or_default().chunks_exact_mut(BLOCK) {
        if block[MAGIC..].starts_with(b"ustar") {
            repair_header(block);
        }
    }
    let directory = |id: &[u8]| id == b"PK\x01\x02";
    let entries: Vec<usize> =
        bytes.windows(4).enumerate().filter(|(_, id)| directory(id)).map(|(at, _)| at).collect();
    for entry in entries {
        repair_member(bytes, entry);
    }
}

fn repair_header(block: &mut [u8]) {
    block[CHECKSUM].fill(b' ');
    let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
    block[CHECKSUM].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

/// The member whose directory entry is at `entry`; `None` where it is missing.
fn repair_member(bytes: &mut [u8], entry: usize) -> Option<()> {
    let word =
        |at: usize| Some(u32::from_le_bytes(*bytes.get(entry + at..)?.first_chunk()?) as usize);
    let (method, compressed, offset) = (word(10)? & 0xffff, word(20)?, word(42)?);
    // Offsets count from where the archive begins, two bytes in.
    let local = offset.checked_add(2)?;
    let header = bytes.get(local..local.checked_add(30)?)?;
    let [name, extra] =
        [26, 28].map(|at| usize::from(u16::from_le_bytes([header[at], header[at + 1]])));
    let data = bytes.get(local + 30 + name + extra..)?;
    let data = &data[..compressed.min(data.len())];
    let mut content = Vec::new();
    let inflated = DeflateDecoder::new(data).take(MOST_SUMMED).read_to_end(&mut content);
    let content = if method == 8 && inflated.is_ok() { &content[..] } else { data };
    let mut crc = Crc::new();
    crc.update(content);
    let (sum, size) = (crc.sum().to_le_bytes(), (content.len() as u32).to_le_bytes());
    for (at, value) in
        [(entry + 16, sum), (entry + 24, size), (local + 14, sum), (local + 22, size)]
    {
        bytes.get_mut(at..at + 4)?.copy_from_slice(&value);
    }
    Some(())
}
