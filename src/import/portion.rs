//! A part of the files of a source, which the paths alone tell: so several imports can share a source without knowing of
//! each other.

use pgrx::pg_sys::panic::ErrorReport;

use crate::error;

/// One of several parts, or all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Portion {
    /// From 1 on.
    pub(crate) part: i32,
    pub(crate) of: i32,
}

impl Portion {
    /// All files.
    pub(crate) const ALL: Self = Self { part: 1, of: 1 };

    /// The part of this number, from 1 to `of`.
    ///
    /// # Errors
    /// `ERRCODE_INVALID_PARAMETER_VALUE`.
    pub(crate) fn new(part: i32, of: i32) -> Result<Self, ErrorReport> {
        match (1..=of).contains(&part) {
            true => Ok(Self { part, of }),
            false => Err(error::no_such_portion(part, of)),
        }
    }

    /// Whether the file with this start of its digest is in it; a member of an archive has its archive's.
    pub(super) fn has(self, key: u64) -> bool {
        key % self.of as u64 == self.part as u64 - 1
    }
}

#[cfg(test)]
mod tests {
    use super::Portion;

    #[test]
    fn each_file_is_in_one_part() {
        for of in 1..=7 {
            for key in (0..1_000).map(|n: u64| n.wrapping_mul(0x9E37_79B9_7F4A_7C15)) {
                let parts = (1..=of).filter(|&part| Portion { part, of }.has(key));
                assert_eq!(parts.count(), 1, "{key} of {of}");
            }
        }
    }
}
