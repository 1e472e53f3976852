//! The memory of the package's wasm. There are few kinds of things in it: engines, and lists that double. So a block that is
//! given back waits for the next of its size, and is neither split nor joined with its neighbours: 300 bytes of code, where
//! an allocator that does so has 1,300, see docs/performance.md.

#![allow(unsafe_code, reason = "an allocator hands out memory by its address")]

use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::marker::PhantomData;
use std::ptr;

/// Where the memory comes from: one piece, which only ever grows at its end.
pub(crate) trait Pages {
    /// Where it begins, at a multiple of 8.
    fn start() -> *mut u8;
    /// Sees that it goes on up to `end`. Answers whether it does.
    fn reach(end: *mut u8) -> bool;
}

/// All that is in use or was.
pub(crate) struct Heap<P> {
    /// Blocks that were given back, by their [`Size`]. Each begins with the address of the next.
    free: [Cell<*mut u8>; Size::CLASSES],
    /// What follows was never in use. None before the first block.
    unused: Cell<*mut u8>,
    pages: PhantomData<P>,
}

impl<P> Heap<P> {
    pub(crate) const fn new() -> Self {
        Self {
            free: [const { Cell::new(ptr::null_mut()) }; Size::CLASSES],
            unused: Cell::new(ptr::null_mut()),
            pages: PhantomData,
        }
    }
}

/// What a block has room for: a multiple of 8, at most a quarter more than it has to.
struct Size {
    bytes: usize,
    class: usize,
}

impl Size {
    const CLASSES: usize = 4 * usize::BITS as usize;

    const fn of(layout: Layout) -> Self {
        let last = layout.size().saturating_sub(1);
        let octave = (usize::BITS - last.leading_zeros()).saturating_sub(3);
        let step = if octave > 3 { octave } else { 3 };
        let steps = last >> step;
        Self { bytes: (steps + 1) << step, class: 4 * step as usize + steps }
    }
}

// SAFETY: nothing else runs in an instance of the wasm but who calls it.
unsafe impl<P> Sync for Heap<P> {}

// SAFETY: a block is cut off from what was never in use, or taken out of a list that only `dealloc` puts it into.
unsafe impl<P: Pages> GlobalAlloc for Heap<P> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Size { bytes, class } = Size::of(layout);
        let free = &self.free[class];
        let block = free.get();
        if !block.is_null() {
            // SAFETY: `dealloc` has left the next one's address there.
            free.set(unsafe { block.cast::<*mut u8>().read() });
            return block;
        }
        let block = if self.unused.get().is_null() { P::start() } else { self.unused.get() };
        let end = block.wrapping_add(bytes);
        if layout.align() > 8 || end < block || !P::reach(end) {
            return ptr::null_mut();
        }
        self.unused.set(end);
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let free = &self.free[Size::of(layout).class];
        // SAFETY: whoever had the block has it no more, and it has room for an address.
        unsafe { block.cast::<*mut u8>().write(free.get()) };
        free.set(block);
    }
}

#[cfg(target_family = "wasm")]
#[global_allocator]
static HEAP: Heap<Wasm> = Heap::new();

/// The memory of the instance.
#[cfg(target_family = "wasm")]
struct Wasm;

#[cfg(target_family = "wasm")]
impl Pages for Wasm {
    fn start() -> *mut u8 {
        unsafe extern "C" {
            /// The linker's name for what lies behind the stack and all that is static.
            static __heap_base: u8;
        }
        (&raw const __heap_base).cast_mut()
    }

    fn reach(end: *mut u8) -> bool {
        use std::arch::wasm32::{memory_grow, memory_size};
        const PAGE: usize = 65_536;
        let lacking = end.addr().saturating_sub(memory_size::<0>() * PAGE);
        lacking == 0 || memory_grow::<0>(lacking.div_ceil(PAGE)) != usize::MAX
    }
}
