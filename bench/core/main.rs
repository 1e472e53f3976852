//! `npm run cost`: what the core's steps cost, counted and not timed: allocations here, instructions by running this under
//! callgrind, which counts what is in [`measured`] and nothing else.
//!
//! Prints a line of JSON for each step, or for the one that is named.

mod world;

use allocation_counter::AllocationInfo;
use std::hint::black_box;

use world::World;

struct Step {
    name: &'static str,
    /// How often it is run. What happens once in a while, such as asking what the connection has not sent yet, shows up in
    /// the sum.
    runs: u32,
    run: fn(&mut World),
}

const STEPS: [Step; 6] = [
    Step { name: "send", runs: 1_000, run: World::send },
    Step { name: "queue", runs: 1_000, run: World::send_by_way_of_the_queue },
    Step { name: "receive", runs: 1_000, run: World::receive },
    Step { name: "heartbeat", runs: 1_000, run: World::heartbeat },
    Step { name: "reconnect", runs: 1_000, run: World::lose_and_reconnect },
    Step { name: "flush of 1,000", runs: 1, run: World::flush },
];

fn main() {
    // `cargo bench` says `--bench`.
    let only = std::env::args().nth(1).filter(|argument| !argument.starts_with('-'));
    for step in STEPS.iter().filter(|step| only.as_deref().is_none_or(|only| only == step.name)) {
        let mut world = World::open();
        // Whatever grows to its size does so now.
        run(step, &mut world);
        let AllocationInfo { count_total, count_current, .. } =
            allocation_counter::measure(|| measured(step, &mut world));
        let Step { name, runs, .. } = step;
        println!(r#"{{"step":"{name}","runs":{runs},"allocations":{count_total},"kept":{count_current}}}"#);
    }
}

/// Callgrind knows it by its name.
#[inline(never)]
fn measured(step: &Step, world: &mut World) {
    run(step, world);
}

fn run(step: &Step, world: &mut World) {
    for _ in 0..step.runs {
        (step.run)(black_box(world));
    }
}
