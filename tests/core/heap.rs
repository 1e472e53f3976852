//! The allocator of the package's wasm, over memory of the host's.

#![allow(unsafe_code, reason = "an allocator is called with promises")]

use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::slice;

use proptest::prelude::*;

#[path = "../../src/npm/heap.rs"]
mod real;

use real::{Heap, Pages};

/// A piece of memory for each test's thread.
struct Arena;

const ARENA: usize = 1 << 22;

thread_local! {
    static START: *mut u8 = Box::leak(vec![0_u64; ARENA / 8].into_boxed_slice()).as_mut_ptr().cast();
    /// How far it has been asked to reach.
    static REACHED: Cell<usize> = const { Cell::new(0) };
}

impl Pages for Arena {
    fn start() -> *mut u8 {
        START.with(|start| *start)
    }

    fn reach(end: *mut u8) -> bool {
        let len = end.addr() - Self::start().addr();
        REACHED.set(REACHED.get().max(len));
        len <= ARENA
    }
}

fn layout(size: usize) -> Layout {
    Layout::from_size_align(size, 8).unwrap()
}

fn allocate(heap: &Heap<Arena>, size: usize) -> *mut u8 {
    // SAFETY: no size here is 0.
    unsafe { heap.alloc(layout(size)) }
}

fn give_back(heap: &Heap<Arena>, block: *mut u8, size: usize) {
    // SAFETY: each block is given back once, with the size that it was asked for with.
    unsafe { heap.dealloc(block, layout(size)) }
}

#[derive(Clone, Debug)]
enum Step {
    Allocate(usize),
    GiveBack(prop::sample::Index),
    Resize(prop::sample::Index, usize),
}

fn size() -> impl Strategy<Value = usize> {
    prop_oneof![1..200_usize, 1..20_000_usize]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        size().prop_map(Step::Allocate),
        any::<prop::sample::Index>().prop_map(Step::GiveBack),
        (any::<prop::sample::Index>(), size()).prop_map(|(which, size)| Step::Resize(which, size)),
    ]
}

proptest! {
    #[test]
    fn whoever_has_a_block_has_it_alone(steps in prop::collection::vec(step(), 1..200)) {
        let heap = Heap::<Arena>::new();
        let mut blocks: Vec<(&mut [u8], u8)> = Vec::new();
        for (mark, step) in (0..=u8::MAX).cycle().zip(steps) {
            match step {
                Step::Allocate(size) => {
                    let block = allocate(&heap, size);
                    prop_assert!(!block.is_null() && block.addr().is_multiple_of(8));
                    // SAFETY: a block has room for its size; that it is nobody else's is what is tested.
                    let block = unsafe { slice::from_raw_parts_mut(block, size) };
                    block.fill(mark);
                    blocks.push((block, mark));
                }
                Step::GiveBack(which) if !blocks.is_empty() => {
                    let (block, mark) = blocks.swap_remove(which.index(blocks.len()));
                    prop_assert!(block.iter().all(|&byte| byte == mark));
                    give_back(&heap, block.as_mut_ptr(), block.len());
                }
                Step::Resize(which, size) if !blocks.is_empty() => {
                    let (block, mark) = blocks.swap_remove(which.index(blocks.len()));
                    let kept = block.len().min(size);
                    // SAFETY: as above.
                    let block = unsafe {
                        let moved = heap.realloc(block.as_mut_ptr(), layout(block.len()), size);
                        slice::from_raw_parts_mut(moved, size)
                    };
                    prop_assert!(block[..kept].iter().all(|&byte| byte == mark));
                    block.fill(mark);
                    blocks.push((block, mark));
                }
                Step::GiveBack(_) | Step::Resize(..) => {}
            }
        }
        for (block, mark) in blocks {
            prop_assert!(block.iter().all(|&byte| byte == mark));
        }
    }

    #[test]
    fn a_block_is_at_most_a_quarter_larger_than_it_has_to_be(size in 1..100_000_usize) {
        let heap = Heap::<Arena>::new();
        let (first, second) = (allocate(&heap, size), allocate(&heap, size));
        let room = second.addr() - first.addr();
        prop_assert!(room >= size && room <= (size + size / 4).next_multiple_of(8), "{room} for {size}");
    }
}

#[test]
fn what_was_given_back_is_used_again() {
    let heap = Heap::<Arena>::new();
    let fill = || {
        // As a list that doubles.
        let mut list = (allocate(&heap, 64), 64);
        while list.1 < 1 << 20 {
            let larger = (allocate(&heap, 2 * list.1), 2 * list.1);
            give_back(&heap, list.0, list.1);
            list = larger;
        }
        give_back(&heap, list.0, list.1);
        REACHED.get()
    };
    let once = fill();
    assert!(once <= 2 << 20, "{once}");
    assert_eq!(fill(), once);
}

#[test]
fn what_there_is_no_memory_for_is_refused_and_leaves_the_rest() {
    let heap = Heap::<Arena>::new();
    assert!(allocate(&heap, ARENA + 1).is_null());
    assert!(allocate(&heap, isize::MAX as usize - 7).is_null());
    // SAFETY: the size is not 0.
    assert!(unsafe { heap.alloc(Layout::from_size_align(32, 16).unwrap()) }.is_null());
    let whole = allocate(&heap, ARENA);
    assert!(!whole.is_null());
    assert!(allocate(&heap, 8).is_null());
    give_back(&heap, whole, ARENA);
    assert_eq!(allocate(&heap, ARENA), whole);
}
