//! The allocator of the library: mimalloc for what is small, the system itself for what is large, and a
//! reserve for when there is no memory left.
//!
//! Where an allocation fails, Rust ends the process, and PostgreSQL then ends all of its sessions. What
//! may be large asks for room that can be refused; the rest are small things between two questions
//! whether to stop. Those that find no memory are served from the reserve, and the next question
//! raises `ERRCODE_OUT_OF_MEMORY`, so that the call ends and what it holds is freed. The reserve is
//! address space of which no page is touched until then.
//!
//! Large blocks are mapped one by one. So they are gone when they are freed, which mimalloc puts off,
//! and one that grows is moved without a copy, so that it is never there twice.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use mimalloc::MiMalloc;

/// Bytes of the reserve.
const RESERVE: usize = 16 << 20;
/// Bytes from which a block is large: mapped, and refused where there is no memory.
const LARGE: usize = 4 << 20;
/// The largest alignment that a mapping is sure to have.
const PAGE: usize = 4_096;

/// The global allocator.
pub(crate) struct Allocator;

static MEMORY: Reserve = Reserve {
    bytes: UnsafeCell::new([MaybeUninit::uninit(); RESERVE]),
    state: AtomicU64::new(0),
    was_used: AtomicBool::new(false),
};

/// Whether there was no memory for something since this was last asked.
pub(crate) fn ran_out() -> bool {
    MEMORY.was_used.load(Ordering::Relaxed) && MEMORY.was_used.swap(false, Ordering::Relaxed)
}

fn is_large(size: usize, align: usize) -> bool {
    size >= LARGE && align <= PAGE
}

// SAFETY: every block is the system's, mimalloc's or the reserve's. The first are told by their size, the
// last by their address, and each goes back to where it came from; all keep size and alignment.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_large(layout.size(), layout.align()) {
            return mapping::map(layout.size());
        }
        // SAFETY: the caller's contract is mimalloc's.
        let block = unsafe { MiMalloc.alloc(layout) };
        if block.is_null() { MEMORY.take(layout) } else { block }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if is_large(layout.size(), layout.align()) {
            return mapping::map(layout.size());
        }
        // SAFETY: as above.
        let block = unsafe { MiMalloc.alloc_zeroed(layout) };
        if block.is_null() { MEMORY.take_zeroed(layout) } else { block }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if is_large(layout.size(), layout.align()) {
            // SAFETY: a block of this size was mapped, with this size.
            unsafe { mapping::unmap(block, layout.size()) }
        } else if MEMORY.owns(block) {
            MEMORY.give_back();
        } else {
            // SAFETY: what is neither large nor the reserve's came from mimalloc, with this layout.
            unsafe { MiMalloc.dealloc(block, layout) }
        }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let (was_large, is_large) =
            (is_large(layout.size(), layout.align()), is_large(size, layout.align()));
        if was_large && is_large {
            // SAFETY: the block was mapped, with this size.
            return unsafe { mapping::resize(block, layout.size(), size) };
        }
        if !was_large && !is_large && !MEMORY.owns(block) {
            // SAFETY: as in `dealloc`.
            let moved = unsafe { MiMalloc.realloc(block, layout, size) };
            if !moved.is_null() {
                return moved;
            }
        }
        // SAFETY: the caller vouches for size and alignment together.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        // SAFETY: the new block has `size` bytes, the old one `layout.size()`, and they are apart; a
        // realloc that failed has left the old one as it was.
        unsafe {
            let moved = self.alloc(wanted);
            if !moved.is_null() {
                ptr::copy_nonoverlapping(block, moved, layout.size().min(size));
                self.dealloc(block, layout);
            }
            moved
        }
    }
}

/// Large blocks.
mod mapping {
    use std::ptr;

    /// A block of zeros, or null.
    #[cold]
    pub(super) fn map(size: usize) -> *mut u8 {
        let access = libc::PROT_READ | libc::PROT_WRITE;
        let kind = libc::MAP_PRIVATE | libc::MAP_ANON;
        // SAFETY: a new mapping of no file touches nothing that is there.
        let block = unsafe { libc::mmap(ptr::null_mut(), size, access, kind, -1, 0) };
        if block == libc::MAP_FAILED { ptr::null_mut() } else { block.cast() }
    }

    /// # Safety
    /// The block was mapped with this size, and nobody uses it any more.
    #[cold]
    pub(super) unsafe fn unmap(block: *mut u8, size: usize) {
        // SAFETY: by the contract of this function. Nothing can be done where it fails.
        unsafe { libc::munmap(block.cast(), size) };
    }

    /// The block at another place, or null, where it stays as it was.
    ///
    /// # Safety
    /// The block was mapped with the size `from`.
    #[cold]
    #[cfg(target_os = "linux")]
    pub(super) unsafe fn resize(block: *mut u8, from: usize, to: usize) -> *mut u8 {
        // SAFETY: by the contract of this function.
        let moved = unsafe { libc::mremap(block.cast(), from, to, libc::MREMAP_MAYMOVE) };
        if moved == libc::MAP_FAILED { ptr::null_mut() } else { moved.cast() }
    }

    /// The same where the system cannot move a mapping.
    ///
    /// # Safety
    /// The block was mapped with the size `from`.
    #[cold]
    #[cfg(not(target_os = "linux"))]
    pub(super) unsafe fn resize(block: *mut u8, from: usize, to: usize) -> *mut u8 {
        let moved = map(to);
        if !moved.is_null() {
            // SAFETY: both are mapped, with these sizes, and apart.
            unsafe {
                ptr::copy_nonoverlapping(block, moved, from.min(to));
                unmap(block, from);
            }
        }
        moved
    }
}

/// Memory that is given out from its start on, and is whole again when all of it has come back.
struct Reserve {
    bytes: UnsafeCell<[MaybeUninit<u8>; RESERVE]>,
    /// Blocks that are out (upper half), and bytes from the start that are or were (lower half).
    state: AtomicU64,
    was_used: AtomicBool,
}

// SAFETY: no two blocks overlap, since the state changes in one step; the bytes of a block are its
// holder's alone.
unsafe impl Sync for Reserve {}

impl Reserve {
    fn start(&self) -> *mut u8 {
        self.bytes.get().cast()
    }

    #[inline]
    fn owns(&self, block: *mut u8) -> bool {
        (block as usize).wrapping_sub(self.start() as usize) < RESERVE
    }

    /// A block, or null.
    #[cold]
    fn take(&self, layout: Layout) -> *mut u8 {
        self.was_used.store(true, Ordering::Relaxed);
        let address = self.start() as usize;
        let place = |used: usize| (address + used).next_multiple_of(layout.align()) - address;
        let taken = self.state.fetch_update(Ordering::Acquire, Ordering::Relaxed, |state| {
            let (blocks, used) = halves(state);
            let end = place(used).checked_add(layout.size()).filter(|&end| end <= RESERVE)?;
            Some(state_of(blocks + 1, end))
        });
        match taken {
            // SAFETY: the place and the size after it lie within the bytes.
            Ok(before) => unsafe { self.start().add(place(halves(before).1)) },
            Err(_) => ptr::null_mut(),
        }
    }

    #[cold]
    fn take_zeroed(&self, layout: Layout) -> *mut u8 {
        let block = self.take(layout);
        if !block.is_null() {
            // SAFETY: the block has as many bytes, which are its taker's.
            unsafe { ptr::write_bytes(block, 0, layout.size()) };
        }
        block
    }

    #[cold]
    fn give_back(&self) {
        let _ = self.state.fetch_update(Ordering::Release, Ordering::Relaxed, |state| {
            let (blocks, used) = halves(state);
            Some(state_of(blocks - 1, if blocks == 1 { 0 } else { used }))
        });
    }
}

fn halves(state: u64) -> (u32, usize) {
    ((state >> u32::BITS) as u32, state as u32 as usize)
}

fn state_of(blocks: u32, used: usize) -> u64 {
    u64::from(blocks) << u32::BITS | used as u64
}
