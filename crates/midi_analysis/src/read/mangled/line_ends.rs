//! Line ends: CR LF where a file had LF.

use crate::error::Error;
use crate::options::Options;
use crate::room;

const CR: u8 = b'\r';
const LF: u8 = b'\n';
/// Bytes between two questions whether to stop.
const BYTES_BETWEEN_CHECKS: usize = 1 << 20;

/// The number of carriage returns that stand before every LF of a file, up to `most`; 0 where there is
/// no LF. In music an LF hardly ever follows a CR.
///
/// # Errors
/// `interrupted`.
pub(super) fn returns_before_each(
    bytes: &[u8],
    most: usize,
    options: &Options<'_>,
) -> Result<usize, Error> {
    let (mut fewest, mut returns) = (usize::MAX, 0);
    for part in bytes.chunks(BYTES_BETWEEN_CHECKS) {
        options.check()?;
        for &byte in part {
            match byte {
                CR => returns += 1,
                LF if returns == 0 => return Ok(0),
                LF => {
                    fewest = fewest.min(returns);
                    returns = 0;
                }
                _ => returns = 0,
            }
        }
    }
    Ok(if fewest == usize::MAX { 0 } else { fewest.min(most) })
}

/// The bytes without that many carriage returns before each LF.
///
/// # Errors
/// Out of memory, or `interrupted`.
pub(super) fn without_returns(
    bytes: &[u8],
    returns: usize,
    options: &Options<'_>,
) -> Result<Vec<u8>, Error> {
    let mut kept = room::list(bytes.len())?;
    for part in bytes.chunks(BYTES_BETWEEN_CHECKS) {
        options.check()?;
        for &byte in part {
            if byte == LF {
                kept.truncate(kept.len().saturating_sub(returns));
            }
            kept.push(byte);
        }
    }
    Ok(kept)
}
