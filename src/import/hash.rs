//! Hashes that identify contents and locations.

use sha2::{Digest, Sha256};

/// A SHA-256 hash, of a content or of a location.
pub(crate) type Hash = [u8; 32];

/// The SHA-256 hash of `bytes`, the same as PostgreSQL's `sha256(bytea)`.
pub(crate) fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}
