//! One world for each state that a socket can be in, some of which look alike from outside.

use everwire::core::{Config, Input, State};

use crate::harness::{Dial, World, ms};

/// A name for the failure message, the world, and what it is in.
pub(crate) type Sample = (&'static str, World, State);

pub(crate) fn every_state() -> Vec<Sample> {
    vec![
        ("idle", World::new(), State::Idle),
        ("dialling", dialling(), State::Connecting),
        ("open", World::open_with(|_| {}), State::Open),
        ("open and held back", held_back(), State::Open),
        ("open, and the native socket is closing", natively_closing(), State::Open),
        ("open and suspect", suspect(), State::Open),
        ("waiting", waiting(|_| {}), State::Waiting),
        ("waiting offline", told(waiting(|_| {}), Input::Offline), State::Suspended),
        ("waiting frozen", told(waiting(|_| {}), Input::Frozen), State::Suspended),
        ("waiting for the user's word", undecided(), State::Waiting),
        ("closing", closing(), State::Closing),
        ("closing to open again", closing_to_reopen(), State::Closing),
        ("closed", closed(), State::Closed),
    ]
    .into_iter()
    .inspect(|(name, world, state)| assert_eq!(world.core.state(), *state, "{name}"))
    .collect()
}

pub(crate) fn dialling() -> World {
    let mut world = World::new();
    world.dials.push_back(Dial::Hangs);
    world.open();
    world
}

/// A world that waits for its second dial.
pub(crate) fn waiting(configure: impl FnOnce(&mut Config)) -> World {
    let mut world = World::with(configure);
    world.dials.push_back(Dial::Fails { after: 5 });
    world.open();
    world.run_for(5);
    world
}

/// A world whose connection was lost and whose hook has not answered yet.
pub(crate) fn undecided() -> World {
    let mut world = World::open_with(|config| config.consult = true);
    world.verdict = None;
    world.peer_closes(1001, "");
    assert_eq!(world.consulted.len(), 1);
    world
}

fn held_back() -> World {
    let mut world = World::open_with(|config| config.high_water_mark = 1);
    world.peer.unsent = 100;
    world.send("handed over").unwrap();
    world.send("held back").unwrap();
    assert_eq!(world.core.queue_len(), 1);
    world
}

fn natively_closing() -> World {
    let mut world = World::open_with(|_| {});
    world.peer.closing = true;
    world.send("given back").unwrap();
    world
}

fn suspect() -> World {
    told(World::open_with(|_| {}), Input::Frozen)
}

fn closing() -> World {
    let mut world = World::open_with(|_| {});
    world.peer.closes = None;
    world.close();
    world
}

fn closing_to_reopen() -> World {
    let mut world = World::open_with(|config| config.close_timeout = ms(700));
    world.peer.closes = None;
    world.reconnect();
    world
}

fn closed() -> World {
    let mut world = World::open_with(|_| {});
    world.close();
    world.run_for(10);
    world
}

fn told(mut world: World, input: Input) -> World {
    world.feed(input);
    world
}
