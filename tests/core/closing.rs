//! Closing: final, from every state, told exactly once, and nothing is left behind.

use everwire::core::{DropReason, Failure, Input, SendError, State};

use crate::harness::{Call, Dial, World, ended, ms};
use crate::states::{dialling, every_state, waiting};

#[test]
fn close_in_every_state_tells_exactly_one_final_close_and_leaves_nothing() {
    for answered in [true, false] {
        for (name, mut world, state) in every_state() {
            world.peer.closes = answered.then_some(10);
            let (finals, dials) = (world.final_closes(), world.dialled.len());
            world.close();
            world.run_for(6_000);
            assert_eq!(world.core.state(), State::Closed, "{name}");
            let expected = finals + usize::from(state != State::Closed);
            assert_eq!(world.final_closes(), expected, "{name}");
            assert!(world.is_quiet(), "{name}: no deadline, and nobody watches");

            let told = world.told.len();
            world.run_for(3_600_000);
            world.close();
            assert_eq!((world.told.len(), world.dialled.len()), (told, dials), "{name}: nothing comes after it");
        }
    }
}

#[test]
fn close_during_a_wait_stops_the_timer() {
    let mut world = waiting(|_| {});
    world.close();
    assert_eq!(world.core.state(), State::Closed);
    assert_eq!(world.alarm, None);
    assert_eq!(world.closes(), [(1006, true), (1006, false)]);
}

#[test]
fn close_twice_is_close_once() {
    let mut world = World::open_with(|_| {});
    world.close_with(Some(4000), "first");
    world.close_with(Some(4001), "second");
    world.run_for(10);
    world.close();
    assert_eq!(world.shut, [(1_020, Some(4000), "first".to_owned())]);
    assert_eq!(world.closes(), [(4000, false)]);
}

#[test]
fn the_close_frame_of_a_reconnect_gives_way_to_the_users_own() {
    let mut world = World::open_with(|_| {});
    world.call(Call::Reconnect);
    world.take_in(Input::Close { code: Some(4000.into()), reason: "done".into() });
    world.drain();
    world.run_for(10);
    assert_eq!(world.shut, [(1_020, Some(4000), "done".to_owned())]);
    assert_eq!(world.closes(), [(4000, false)]);
}

#[test]
fn a_close_after_a_reconnect_has_the_whole_close_timeout() {
    let mut world = World::open_with(|config| config.close_timeout = ms(5_000));
    world.peer.closes = Some(4_000);
    world.reconnect();
    world.close();
    world.run_for(4_000);
    assert_eq!((world.closes(), world.abandoned.len()), (vec![(1005, false)], 0));

    let mut world = World::open_with(|config| config.close_timeout = ms(5_000));
    world.peer.closes = None;
    let now = world.now;
    world.reconnect();
    world.run_for(500);
    world.close();
    world.run_for(5_000);
    assert_eq!(world.abandoned, [now + 5_500]);
}

#[test]
fn a_close_that_the_peer_does_not_answer_ends_after_the_close_timeout() {
    let mut world = World::open_with(|config| config.close_timeout = ms(3_000));
    world.peer.closes = None;
    let now = world.now;
    world.close();
    world.run_for(2_999);
    assert_eq!(world.core.state(), State::Closing);
    world.run_for(1);
    assert_eq!(world.abandoned, [now + 3_000]);
    assert_eq!(world.closes(), [(1006, false)]);
}

#[test]
fn a_close_frame_that_waits_behind_a_backlog_has_the_close_timeout_as_long_as_that_gets_less() {
    let mut world = World::open_with(|config| config.high_water_mark = 1_000);
    world.peer.closes = None;
    world.peer.unsent = 1_000;
    let now = world.now;
    for _ in 0..100 {
        world.send(&"x".repeat(10_000)).unwrap();
    }
    world.peer.unsent = 1_000_000;
    world.close();
    assert_eq!(world.delivered().len(), 100);
    world.run_for(4_999);
    for left in (1..10).rev().map(|left| left * 100_000) {
        world.peer.unsent = left;
        world.run_for(5_000);
        assert_eq!(world.core.state(), State::Closing, "{left} bytes left");
    }
    world.run_for(10_000);
    assert_eq!(world.abandoned, [now + 55_000], "it stood still");
}

#[test]
fn who_reconnects_does_not_wait_for_a_backlog() {
    let mut world = World::open_with(|_| {});
    world.peer.closes = None;
    world.send(&"x".repeat(1 << 20)).unwrap();
    world.peer.unsent = 1 << 20;
    let now = world.now;
    world.reconnect();
    world.run_for(1_000);
    assert_eq!(world.abandoned, [now + 1_000]);
}

#[test]
fn a_dial_that_is_being_closed_has_the_close_timeout_and_no_other() {
    let mut world = dialling();
    world.peer.closes = None;
    world.run_for(9_900);
    let now = world.now;
    world.close();
    world.run_for(60_000);
    assert_eq!(world.abandoned, [now + 5_000]);
}

#[test]
fn a_dial_that_ends_otherwise_while_it_is_being_closed_ends_the_close_too() {
    let mut world = dialling();
    world.peer.closes = None;
    world.close();
    let generation = world.current();
    world.feed(Input::Undialable { generation, cause: Failure::ProviderFailed });
    assert_eq!(world.closes(), [(1006, false)]);
    assert_eq!(world.failures(), [], "what a provider says to someone who left is no failure");

    let mut world = dialling();
    world.peer.closes = None;
    world.close();
    let generation = world.current();
    world.feed(Input::Opened(generation));
    assert_eq!((world.core.state(), world.opens()), (State::Closing, 0));
    world.feed(ended(generation, 1005, "", true));
    assert_eq!(world.closes(), [(1005, false)]);
}

#[test]
fn what_is_queued_goes_out_before_the_close_frame() {
    let mut world = World::open_with(|config| config.high_water_mark = 1);
    world.peer.unsent = 1_000;
    for text in ["a", "b", "c"] {
        world.send(text).unwrap();
    }
    assert_eq!(world.delivered(), ["a"]);
    world.close();
    assert_eq!(world.delivered(), ["a", "b", "c"]);
    world.run_for(10);
    assert_eq!(world.drops(), []);
}

#[test]
fn what_never_got_a_connection_is_reported_before_the_final_close() {
    let mut world = waiting(|_| {});
    world.send("a").unwrap();
    world.send("b").unwrap();
    world.close();
    let closed = |text: &str| (text.to_owned(), DropReason::Closed);
    assert_eq!(world.drops(), [closed("a"), closed("b")]);
    assert_eq!((world.core.queue_len(), world.core.queue_bytes()), (0, 0));
}

#[test]
fn nothing_is_accepted_once_the_socket_is_closing_for_good() {
    let mut world = World::open_with(|_| {});
    world.peer.closes = None;
    world.close();
    assert!(matches!(world.send("late"), Err(SendError::Closed(_))));
    world.run_for(5_000);
    assert!(matches!(world.send("later"), Err(SendError::Closed(_))));
    assert_eq!(world.drops(), []);
}

#[test]
fn a_message_sent_while_closing_to_open_again_waits_for_the_new_connection() {
    let mut world = World::open_with(|_| {});
    let old = world.current();
    world.close();
    world.open();
    world.send("for the new one").unwrap();
    world.run_until(State::Open);
    assert_ne!(world.current(), old);
    assert_eq!(world.sent, [(world.current(), "for the new one".to_owned())]);
}

#[test]
fn a_failure_is_told_as_the_browser_tells_it() {
    let mut world = World::with(|config| config.max_attempts = Some(1));
    world.usual_dial = Dial::Fails { after: 5 };
    world.open();
    world.run_for(5);
    assert_eq!(world.closes(), [(1006, false)]);
    assert_eq!(world.failures(), [Failure::ConnectFailed, Failure::GaveUp]);

    let mut world = World::open_with(|_| {});
    world.peer_closes(4321, "because");
    let (_, last) = world.told.iter().find(|(_, event)| matches!(event, everwire::core::Event::Closed { .. })).unwrap();
    let everwire::core::Event::Closed { lost, will_retry: true } = last else { panic!("{last:?}") };
    assert_eq!((u16::from(lost.code), &lost.reason[..], lost.was_clean), (4321, "because", true));
    assert_eq!(world.failures(), [], "an orderly close is no failure");
}

#[test]
fn a_freeze_that_outlives_the_socket_does_not_keep_the_next_one_from_dialling() {
    let mut world = World::open_with(|_| {});
    world.feed(Input::Frozen);
    world.close();
    world.run_for(10);
    assert!(world.is_quiet(), "so nobody hears that the page thaws");
    world.open();
    world.run_until(State::Open);
}
