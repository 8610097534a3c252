//! Temporary files of a query, which PostgreSQL removes at its end and counts against `temp_file_limit`.

use pgrx::pg_sys;

/// A file that is written, then read from its start.
pub(super) struct TempFile(*mut pg_sys::BufFile);

impl TempFile {
    pub(super) fn new() -> Self {
        // SAFETY: a call in a transaction.
        Self(unsafe { pg_sys::BufFileCreateTemp(false) })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) {
        // SAFETY: the file is open, and the bytes are only read.
        unsafe {
            pg_sys::BufFileWrite(self.0, bytes.as_ptr().cast_mut().cast(), bytes.len());
        }
    }

    /// Goes back to the start.
    pub(super) fn rewind(&mut self) {
        // SAFETY: the file is open; its start is always there.
        unsafe { pg_sys::BufFileSeek(self.0, 0, 0, 0) };
    }

    /// Reads so many bytes; `false` at the end of the file.
    pub(super) fn read(&mut self, bytes: &mut [u8]) -> bool {
        // SAFETY: the file is open, and as many bytes are written as there are.
        let read = unsafe { pg_sys::BufFileRead(self.0, bytes.as_mut_ptr().cast(), bytes.len()) };
        read == bytes.len()
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        // After an ERROR, PostgreSQL has removed it, or will.
        if !std::thread::panicking() {
            // SAFETY: the file is open.
            unsafe { pg_sys::BufFileClose(self.0) };
        }
    }
}
