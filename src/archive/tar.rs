//! Tar archives (POSIX ustar, pax and GNU long names) by the crate `tar`, bare or compressed.
//!
//! Headers are read raw, because the length of a long name is whatever the archive claims. Here it is bounded.

use std::io::Read;

use tar::{Archive, EntryType, PaxExtensions};

use super::error::{ArchiveError, Result};
use super::reading::{Member, Reading, read_to_end};

/// The largest number of bytes of an extra header, such as a long name.
const MAX_EXTRA: usize = 64 << 10;

/// Reads the members of a tar archive.
///
/// # Errors
/// Where the stream cannot be read to the end.
pub(super) fn read(stream: impl Read, reading: &mut Reading<'_>) -> Result<()> {
    let budget = reading.budget;
    let mut archive = Archive::new(stream);
    let entries = archive.entries().map_err(|error| budget.cause(&error))?.raw(true);
    let mut long_name = None;
    let mut is_empty = true;
    for entry in entries {
        let entry = entry.map_err(|error| budget.cause(&error))?;
        is_empty = false;
        let (size, kind) = (entry.size(), entry.header().entry_type());
        let name = match kind {
            EntryType::GNULongName => {
                let mut name = read_to_end(entry, MAX_EXTRA, Some(size), budget)?;
                name.truncate(name.iter().position(|&byte| byte == 0).unwrap_or(name.len()));
                long_name = Some(name);
                continue;
            }
            EntryType::XHeader => {
                let extra = read_to_end(entry, MAX_EXTRA, Some(size), budget)?;
                long_name = pax_path(&extra).or(long_name);
                continue;
            }
            EntryType::XGlobalHeader | EntryType::GNULongLink | EntryType::Directory => continue,
            _ => long_name.take().unwrap_or_else(|| entry.path_bytes().into_owned()),
        };
        let member = match kind {
            EntryType::Regular | EntryType::Continuous => Member::File,
            EntryType::Symlink | EntryType::Link => Member::Link,
            _ => Member::Other,
        };
        let limit = reading.limits.member;
        reading.member(&name, member, || {
            if size > limit as u64 {
                return Err(ArchiveError::MemberTooLarge(limit));
            }
            read_to_end(entry, limit, Some(size), budget)
        })?;
    }
    if is_empty {
        return Err(ArchiveError::Damaged("no member".to_owned()));
    }
    Ok(())
}

/// The name that a pax header gives to the next member.
fn pax_path(extra: &[u8]) -> Option<Vec<u8>> {
    PaxExtensions::new(extra)
        .filter_map(|extension| extension.ok())
        .find(|extension| extension.key_bytes() == b"path")
        .map(|extension| extension.value_bytes().to_owned())
}
