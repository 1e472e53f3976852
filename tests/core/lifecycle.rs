//! Opening and reconnecting: from every state, and never two connections.

use everwire::core::{Event, Input, State};

use crate::harness::{Call, Dial, World, ms};
use crate::states::{dialling, every_state, waiting};

#[test]
fn a_socket_that_nobody_opened_does_nothing() {
    let mut world = World::new();
    world.run_for(1_000_000);
    assert!(world.is_quiet() && world.dialled.is_empty() && world.told.is_empty());
}

#[test]
fn open_dials_at_once_and_tells_when_the_connection_is_there() {
    let mut world = World::new();
    world.open();
    assert_eq!(world.dialled, [1_000]);
    world.run_for(20);
    assert_eq!(world.states(), [State::Connecting, State::Open]);
    assert_eq!((world.opens(), world.core.attempt()), (1, 1));
}

#[test]
fn open_changes_nothing_where_a_connection_is_already_wanted() {
    for (name, mut world, state) in every_state() {
        if matches!(state, State::Idle | State::Closed | State::Closing) {
            continue;
        }
        let (told, alarm) = (world.told.len(), world.alarm);
        world.open();
        assert_eq!((world.told.len(), world.alarm), (told, alarm), "{name}");
    }
}

#[test]
fn open_and_reconnect_lead_to_an_open_connection_from_every_state() {
    for reconnect in [false, true] {
        for (name, mut world, _) in every_state() {
            world.verdict = Some(everwire::core::Verdict::Retry);
            let told = world.told.len();
            if reconnect {
                world.reconnect()
            } else {
                world.open()
            }
            world.feed(Input::Thawed);
            if name == "waiting for the user's word" && !reconnect {
                let generation = world.current();
                world.feed(Input::Verdict { generation, verdict: everwire::core::Verdict::Retry });
            }
            world.peer.unsent = 0;
            world.run_for(60_000);
            assert_eq!(world.core.state(), State::Open, "{name}");
            assert_eq!(world.core.queue_len(), 0, "{name}: the queue went out");
            assert!(world.told[told..].iter().all(|(_, event)| !is_final(event)), "{name}");
        }
    }
}

fn is_final(event: &Event<crate::harness::Note>) -> bool {
    matches!(event, Event::Closed { will_retry: false, .. })
}

#[test]
fn reconnect_replaces_an_open_connection_and_begins_afresh() {
    let mut world = waiting(|_| {});
    world.run_until(State::Open);
    assert_eq!(world.core.attempt(), 2);
    world.reconnect();
    world.run_until(State::Open);
    assert_eq!(world.core.attempt(), 1);
    assert_eq!(world.closes().last(), Some(&(1005, true)));
}

#[test]
fn an_error_and_a_close_lead_to_one_retry() {
    let mut world = World::open_with(|_| {});
    world.breaks();
    assert_eq!(world.retries().len(), 1);
    world.run_for(60_000);
    assert_eq!(world.dialled.len(), 2);
}

#[test]
fn two_quick_reconnects_make_one_connection() {
    let mut world = World::open_with(|_| {});
    world.call(Call::Reconnect);
    world.call(Call::Reconnect);
    world.drain();
    world.reconnect();
    world.run_for(60_000);
    assert_eq!((world.dialled.len(), world.shut.len()), (2, 1));
    assert_eq!(world.core.state(), State::Open);
}

#[test]
fn close_and_open_in_one_tick_make_one_connection() {
    let mut world = World::open_with(|_| {});
    world.call(Call::Close);
    world.call(Call::Open);
    world.drain();
    world.run_for(60_000);
    assert_eq!((world.dialled.len(), world.shut.len()), (2, 1));
    assert_eq!(world.closes(), [(1005, true)]);
    assert_eq!(world.core.state(), State::Open);
}

#[test]
fn a_dial_that_was_taken_back_has_time_to_go_before_the_next() {
    for again in [Call::Reconnect, Call::Open] {
        let mut world = dialling();
        world.call(Call::Close);
        world.drain();
        world.run_for(10);
        let taken_back = world.dialled[0];
        world.call(again);
        world.drain();
        world.run_until(State::Open);
        assert!(world.dialled[1] >= taken_back + 100, "the server may still see the first: {:?}", world.dialled);
    }
}

#[test]
fn close_while_connecting_then_reconnect_opens_again() {
    for in_one_tick in [true, false] {
        let mut world = dialling();
        world.call(Call::Close);
        if !in_one_tick {
            world.drain();
            world.run_for(10);
            assert_eq!(world.core.state(), State::Closed);
        }
        world.call(Call::Reconnect);
        world.drain();
        world.run_until(State::Open);
        assert_eq!(world.dialled.len(), 2);
    }
}

#[test]
fn reconnect_during_a_wait_does_not_sit_out_the_old_timer() {
    let mut world = waiting(|_| {});
    world.reconnect();
    assert_eq!(world.dialled, [1_000, 1_005]);
    world.run_for(600_000);
    assert_eq!(world.dialled.len(), 2, "the old timer is gone");
}

#[test]
fn reconnect_gives_the_old_connection_a_second_to_end() {
    let mut world = World::open_with(|_| {});
    world.peer.closes = None;
    let now = world.now;
    world.reconnect();
    world.run_until(State::Open);
    assert_eq!((&world.abandoned[..], world.dialled[1]), (&[now + 1_000][..], now + 1_000));
}

#[test]
fn reconnect_does_not_wait_for_a_close_timeout_that_is_running() {
    let mut world = World::open_with(|config| config.close_timeout = ms(60_000));
    world.peer.closes = None;
    world.close();
    world.run_for(100);
    let now = world.now;
    world.reconnect();
    world.run_until(State::Open);
    assert_eq!(world.dialled[1], now + 1_000);
    assert_eq!(world.final_closes(), 0, "the close became a reconnect");
}

#[test]
fn what_a_connection_says_after_it_was_given_up_is_not_heard() {
    let mut world = dialling();
    let given_up = world.current();
    world.run_until(State::Waiting);
    let told = world.told.len();
    // `feed` fails the test if any of this leads to anything.
    world.feed(Input::Opened(given_up));
    world.feed(Input::Errored(given_up));
    world.feed(Input::Received { generation: given_up, answer: true });
    world.feed(crate::harness::ended(given_up, 1000, "", true));
    assert_eq!(world.told.len(), told);
    world.run_until(State::Open);
    world.feed(Input::Opened(given_up));
    world.feed(crate::harness::ended(given_up, 1000, "", true));
    assert_eq!(world.core.state(), State::Open);
}

#[test]
fn the_state_events_are_a_chain_from_idle_to_now() {
    let mut world = World::new();
    world.dials = [Dial::Fails { after: 5 }, Dial::Opens { after: 5 }].into();
    world.open();
    world.run_until(State::Open);
    world.reconnect();
    world.run_until(State::Open);
    world.close();
    world.run_until(State::Closed);
    use State::{Closed, Closing, Connecting, Open, Waiting};
    assert_eq!(world.states(), [Connecting, Waiting, Connecting, Open, Closing, Connecting, Open, Closing, Closed]);
}

#[test]
fn a_listener_may_call_anything_from_any_event() {
    for call in [Call::Open, Call::Reconnect, Call::Close, Call::Send("from a listener")] {
        for nth in 0..12 {
            let mut world = World::with(|config| config.queue.ttl = Some(ms(50)));
            world.dials = [Dial::Fails { after: 60 }, Dial::Opens { after: 5 }].into();
            world.send("expires").unwrap();
            let (mut heard, listened) = (0, call.clone());
            world.listener = Some(Box::new(move |_| {
                heard += 1;
                (heard == nth + 1).then(|| listened.clone())
            }));
            world.open();
            world.run_for(10_000);
            world.reconnect();
            world.run_for(10_000);
            assert!(matches!(world.core.state(), State::Open | State::Closed), "{call:?} from event {nth}");
            world.close();
            world.run_for(10_000);
            assert_eq!(world.core.state(), State::Closed);
            assert!(world.is_quiet());
        }
    }
}
