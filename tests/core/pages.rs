//! The life of a page: offline, hidden, frozen, thawed; and what a month of it comes to.

use std::collections::BTreeSet;

use everwire::core::{Failure, Input, State, Verdict};

use crate::harness::{Dial, World, ms};
use crate::states::{dialling, waiting};

/// A world whose next dial is far away.
fn waiting_long() -> World {
    waiting(|config| config.backoff.min = ms(20_000))
}

#[test]
fn offline_is_shown_and_believed_only_until_the_wait_ends() {
    let mut world = waiting_long();
    world.feed(Input::Offline);
    assert_eq!(world.core.state(), State::Suspended);
    world.run_until(State::Open);
    assert_eq!(world.dialled.len(), 2);
    world.breaks();
    assert_eq!(world.core.state(), State::Waiting, "it had a network, whatever the browser said");
}

#[test]
fn offline_does_not_end_a_connection() {
    let mut world = World::open_with(|_| {});
    world.feed(Input::Offline);
    world.send("still here").unwrap();
    world.run_for(600_000);
    assert_eq!((world.core.state(), world.delivered()), (State::Open, vec!["still here"]));
}

#[test]
fn a_wake_up_dials_within_a_quarter_of_a_second_and_not_all_at_once() {
    for hint in [Input::Online, Input::Visible, Input::Thawed] {
        let waits: BTreeSet<_> = (0..60)
            .map(|seed| {
                let mut world = World::seeded(seed, |config| config.backoff.min = ms(20_000));
                world.dials.push_back(Dial::Fails { after: 5 });
                world.open();
                world.run_for(1_000);
                world.feed(hint.clone());
                let woken = world.now;
                world.run_until(State::Open);
                assert_eq!(world.retries().last(), Some(&(2, world.dialled[1] - woken)), "the new wait is told");
                world.dialled[1] - woken
            })
            .collect();
        assert!(waits.iter().all(|wait| *wait <= 250), "{hint:?}: {waits:?}");
        assert!(waits.len() > 30, "{hint:?}: spread over {} moments", waits.len());
    }
}

#[test]
fn a_wake_up_never_makes_a_wait_longer() {
    for seed in 0..50 {
        let mut world = World::seeded(seed, |_| {});
        world.dials.push_back(Dial::Fails { after: 5 });
        world.open();
        world.run_for(5);
        let due = world.alarm.unwrap();
        world.run_for(due - world.now - 1);
        world.feed(Input::Online);
        assert!(world.alarm.unwrap() <= due);
    }
}

#[test]
fn many_wake_ups_make_one_dial() {
    let mut world = waiting_long();
    for hint in [Input::Online, Input::Visible, Input::Thawed, Input::Online, Input::Visible] {
        world.feed(hint);
    }
    world.run_for(60_000);
    assert_eq!((world.core.state(), world.dialled.len()), (State::Open, 2));
}

#[test]
fn a_frozen_page_does_not_dial_until_it_thaws() {
    let mut world = waiting(|_| {});
    world.feed(Input::Frozen);
    assert_eq!(world.core.state(), State::Suspended);
    for hint in [Input::Online, Input::Visible, Input::Tick] {
        world.run_for(600_000);
        world.feed(hint);
    }
    assert_eq!((world.dialled.len(), world.retries().len()), (1, 1), "and no wait is told that would not be kept");
    let thawed = world.now;
    world.feed(Input::Thawed);
    world.run_until(State::Open);
    assert!(world.dialled[1] <= thawed + 250);
}

#[test]
fn open_in_a_frozen_page_dials_when_it_thaws() {
    let mut world = waiting(|_| {});
    world.feed(Input::Frozen);
    world.reconnect();
    world.run_for(600_000);
    assert_eq!((world.core.state(), world.dialled.len()), (State::Suspended, 1));
    world.feed(Input::Thawed);
    world.run_until(State::Open);
    assert_eq!(world.core.attempt(), 1);
}

#[test]
fn a_connection_that_was_frozen_is_given_nothing_and_replaced_once() {
    let mut world = World::open_with(|_| {});
    let frozen = world.current();
    world.feed(Input::Frozen);
    world.send("would be lost").unwrap();
    world.run_for(600_000);
    assert_eq!((world.core.state(), world.delivered().len()), (State::Open, 0));
    let thawed = world.now;
    world.feed(Input::Thawed);
    assert_eq!((world.abandoned.clone(), world.failures()), (vec![thawed], vec![Failure::PageFrozen]));
    world.run_until(State::Open);
    world.feed(Input::Thawed);
    world.run_for(600_000);
    assert_eq!(world.dialled.len(), 2);
    assert!(world.dialled[1] <= thawed + 250);
    assert_ne!(world.current(), frozen);
    assert_eq!(world.sent, [(world.current(), "would be lost".to_owned())]);
}

#[test]
fn a_connection_that_opens_in_a_frozen_page_is_not_trusted_either() {
    let mut world = dialling();
    world.send("would be lost").unwrap();
    world.feed(Input::Frozen);
    let generation = world.current();
    world.feed(Input::Opened(generation));
    assert_eq!((world.core.state(), world.delivered().len()), (State::Open, 0));
    world.feed(Input::Thawed);
    world.run_until(State::Open);
    assert_eq!(world.sent, [(world.current(), "would be lost".to_owned())]);
}

#[test]
fn a_connection_that_died_in_a_frozen_page_is_replaced_as_soon() {
    for thawed_first in [true, false] {
        let mut world = World::open_with(|_| {});
        let generation = world.current();
        world.feed(Input::Frozen);
        world.run_for(600_000);
        let died = crate::harness::ended(generation, 1006, "", false);
        let inputs = if thawed_first { [Input::Thawed, died] } else { [died, Input::Thawed] };
        let thawed = world.now;
        for input in inputs {
            world.feed(input);
        }
        world.run_until(State::Open);
        assert_eq!(world.dialled.len(), 2);
        assert!(world.dialled[1] <= thawed + 250);
    }
}

#[test]
fn a_hook_can_put_off_the_dial_of_a_page_that_thawed() {
    let mut world = World::open_with(|config| config.consult = true);
    world.verdict = Some(Verdict::RetryAfter(ms(60_000)));
    world.feed(Input::Frozen);
    world.feed(Input::Thawed);
    let thawed = world.now;
    world.run_until(State::Open);
    assert!(world.dialled[1] >= thawed + 60_000);
}

#[test]
fn a_dial_that_was_under_way_when_the_page_froze_may_still_open() {
    let mut world = World::new();
    world.usual_dial = Dial::Opens { after: 9_000 };
    world.open();
    world.feed(Input::Frozen);
    world.now += 600_000;
    world.feed(Input::Thawed);
    world.tick();
    world.run_for(0);
    assert_eq!((world.core.state(), world.dialled.len()), (State::Open, 1));
}

#[test]
fn a_month_of_flapping_dials_a_bounded_number_of_times() {
    const DAY: u64 = 24 * 3_600_000;
    let mut world = World::new();
    world.usual_dial = Dial::Closes { opens: 5, closes: 10, code: 1012, reason: "" };
    world.open();
    for _ in 0..30 {
        world.run_for(DAY);
        assert_ne!(world.core.state(), State::Closed);
        // A day's story would fill the memory of the test.
        world.told.clear();
        world.ticks.clear();
    }
    // A full-jitter wait of at most 30 s is 15 s on average.
    let dials = world.dialled.len() as u64;
    assert!((30 * DAY / 20_000..30 * DAY / 12_000).contains(&dials), "{dials} dials");
}

#[test]
fn a_network_that_comes_and_goes_dials_at_most_once_each_time_it_comes() {
    let mut world = World::with(|config| config.backoff.min = ms(3_600_000 - 1));
    world.usual_dial = Dial::Fails { after: 5 };
    world.open();
    world.run_for(5);
    for _ in 0..1_000 {
        world.feed(Input::Offline);
        world.run_for(2_000);
        world.feed(Input::Online);
        world.run_for(2_000);
    }
    assert!(world.dialled.len() <= 1_001 + 4_000 / 3_600, "{} dials", world.dialled.len());
}
