//! The allocator of the library: mimalloc for small blocks, the system itself for large ones, and a reserve for
//! when there is no memory left.
//!
//! If an allocation fails, Rust aborts the process, and PostgreSQL then ends all sessions. Allocations that may
//! be large are made so that they may fail. The others are small and happen between two checks for interrupts.
//! If there is no memory for them, they are served from the reserve, and the next check raises
//! `ERRCODE_OUT_OF_MEMORY`: the call ends, and its memory is freed. The reserve is address space of which no page
//! is touched before that.
//!
//! Large blocks are mapped one by one. So their memory is returned as soon as they are freed, which mimalloc
//! delays, and a block that grows is moved without a copy, so that it never exists twice.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use mimalloc::MiMalloc;

/// Bytes of the reserve.
const RESERVE: usize = 16 << 20;
/// The size from which a block is large: it is mapped, and refused if there is no memory.
const LARGE: usize = 4 << 20;
/// The largest alignment that every mapping has.
const PAGE: usize = 4_096;

/// The global allocator.
pub(crate) struct Allocator;

static MEMORY: Reserve = Reserve {
    bytes: UnsafeCell::new([MaybeUninit::uninit(); RESERVE]),
    state: AtomicU64::new(0),
    was_used: AtomicBool::new(false),
};

/// Whether the reserve was used since the last call.
pub(crate) fn ran_out() -> bool {
    MEMORY.was_used.load(Ordering::Relaxed) && MEMORY.was_used.swap(false, Ordering::Relaxed)
}

fn is_large(size: usize, align: usize) -> bool {
    size >= LARGE && align <= PAGE
}

// SAFETY: every block is the system's, mimalloc's or the reserve's. The first are recognized by their size, the
// last by their address, and each is returned to its origin. All keep size and alignment.
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
            // SAFETY: by its address, the block came from the reserve, and it is freed once.
            unsafe { MEMORY.give_back() };
        } else {
            // SAFETY: a block that is neither large nor the reserve's came from mimalloc, with this layout.
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
        // SAFETY: the caller guarantees that size and alignment are valid together.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        // SAFETY: the new block has `size` bytes, the old one `layout.size()`, and they do not overlap. A realloc
        // that failed has left the old one unchanged.
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
        // SAFETY: a new anonymous mapping changes nothing that exists.
        let block = unsafe { libc::mmap(ptr::null_mut(), size, access, kind, -1, 0) };
        if block == libc::MAP_FAILED { ptr::null_mut() } else { block.cast() }
    }

    /// # Safety
    /// The block must have been mapped with this size, and must not be used any more.
    #[cold]
    pub(super) unsafe fn unmap(block: *mut u8, size: usize) {
        // SAFETY: by the contract of this function. If it fails, nothing can be done.
        unsafe { libc::munmap(block.cast(), size) };
    }

    /// The block at its new address, or null, if it stays as it was.
    ///
    /// # Safety
    /// The block must have been mapped with the size `from`.
    #[cold]
    #[cfg(target_os = "linux")]
    pub(super) unsafe fn resize(block: *mut u8, from: usize, to: usize) -> *mut u8 {
        // SAFETY: by the contract of this function.
        let moved = unsafe { libc::mremap(block.cast(), from, to, libc::MREMAP_MAYMOVE) };
        if moved == libc::MAP_FAILED { ptr::null_mut() } else { moved.cast() }
    }

    /// The same for systems that cannot move a mapping.
    ///
    /// # Safety
    /// The block must have been mapped with the size `from`.
    #[cold]
    #[cfg(not(target_os = "linux"))]
    pub(super) unsafe fn resize(block: *mut u8, from: usize, to: usize) -> *mut u8 {
        let moved = map(to);
        if !moved.is_null() {
            // SAFETY: both are mapped with these sizes, and do not overlap.
            unsafe {
                ptr::copy_nonoverlapping(block, moved, from.min(to));
                unmap(block, from);
            }
        }
        moved
    }
}

/// Memory that is allocated from its start on, and is free again when all of its blocks are freed.
struct Reserve {
    bytes: UnsafeCell<[MaybeUninit<u8>; RESERVE]>,
    /// The number of blocks (upper half), and of bytes from the start that were allocated (lower half).
    state: AtomicU64,
    was_used: AtomicBool,
}

// SAFETY: the state changes atomically, so no two blocks overlap. The bytes of a block are used by its owner
// only.
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
        let aligned = |used: usize| (address + used).next_multiple_of(layout.align()) - address;
        let taken = self.state.fetch_update(Ordering::Acquire, Ordering::Relaxed, |state| {
            let (blocks, used) = halves(state);
            let end = aligned(used).checked_add(layout.size()).filter(|&end| end <= RESERVE)?;
            Some(state_of(blocks + 1, end))
        });
        match taken {
            // SAFETY: the block lies within the reserve.
            Ok(before) => unsafe { self.start().add(aligned(halves(before).1)) },
            Err(_) => ptr::null_mut(),
        }
    }

    #[cold]
    fn take_zeroed(&self, layout: Layout) -> *mut u8 {
        let block = self.take(layout);
        if !block.is_null() {
            // SAFETY: the block was just allocated with this size.
            unsafe { ptr::write_bytes(block, 0, layout.size()) };
        }
        block
    }

    /// Frees a block.
    ///
    /// # Safety
    /// The block must be one of the reserve, and must be freed once.
    #[cold]
    unsafe fn give_back(&self) {
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
