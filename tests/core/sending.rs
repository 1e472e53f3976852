//! What becomes of messages: order, bounds, time to live, backpressure, and no loss without a report.

use std::collections::BTreeSet;

use everwire::core::{Accepted, DropReason, Event, Frame, Input, Message, Overflow, SendError, State};

use crate::driver::REFUSED;
use crate::harness::{Call, Dial, Note, World, ms};
use crate::states::dialling;

fn dropped(text: &str, reason: DropReason) -> (String, DropReason) {
    (text.to_owned(), reason)
}

/// A world with a queue of three messages or nine bytes.
fn small(overflow: Overflow) -> World {
    let mut world = World::with(|config| {
        config.queue.max_messages = 3;
        config.queue.max_bytes = 9;
        config.queue.overflow = overflow;
    });
    for text in ["a", "b", "c"] {
        assert_eq!(world.send(text), Ok(Accepted::Queued));
    }
    world
}

/// A world whose connection has more unsent than it may.
fn held_back() -> World {
    let mut world = World::open_with(|config| config.high_water_mark = 10);
    world.peer.unsent = 50;
    world.send("0123456789").unwrap();
    for text in ["a", "b", "c"] {
        assert_eq!(world.send(text), Ok(Accepted::Queued));
    }
    assert_eq!(world.delivered(), ["0123456789"]);
    world
}

#[test]
fn what_was_queued_goes_out_in_order_on_open() {
    let mut world = World::new();
    for text in ["a", "b", "c"] {
        assert_eq!(world.send(text), Ok(Accepted::Queued));
    }
    assert_eq!((world.core.queue_len(), world.core.queue_bytes()), (3, 3));
    world.open();
    world.run_until(State::Open);
    assert_eq!(world.delivered(), ["a", "b", "c"]);
    assert_eq!((world.core.queue_len(), world.core.queue_bytes()), (0, 0));
}

#[test]
fn an_open_connection_with_an_empty_queue_takes_a_message_at_once() {
    let mut world = World::open_with(|_| {});
    for _ in 0..1_000 {
        assert_eq!(world.send("now"), Ok(Accepted::Sent));
    }
    assert_eq!(world.delivered().len(), 1_000);
}

#[test]
fn what_does_not_wait_knows_no_bound_of_what_may_wait() {
    for overflow in [Overflow::Reject, Overflow::DropOldest, Overflow::DropNewest] {
        let mut world = World::open_with(|config| {
            config.queue.max_messages = 0;
            config.queue.max_bytes = 0;
            config.queue.overflow = overflow;
        });
        for text in ["a", "b"] {
            assert_eq!(world.post(text, |message| message.priority = 1), Ok(Accepted::Queued));
        }
        assert_eq!((world.delivered(), world.drops()), (vec!["a", "b"], vec![]));
        assert!(world.core.has_room(), "who waits for room would wait for ever");
        world.breaks();
        assert!(!world.core.has_room());
        assert_ne!(world.post("c", |message| message.priority = 1), Ok(Accepted::Queued));
    }
}

#[test]
fn what_passes_a_bound_and_comes_back_waits() {
    let mut world = World::open_with(|config| config.queue.max_messages = 0);
    world.peer.closing = true;
    assert_eq!(world.post("a", |message| message.priority = 1), Ok(Accepted::Queued));
    assert_eq!(world.core.queue_len(), 1);
    assert!(matches!(world.send("b"), Err(SendError::Full(_))));
    world.peer.closing = false;
    world.peer_closes(1001, "");
    world.run_until(State::Open);
    assert_eq!(world.delivered(), ["a"]);
}

#[test]
fn sends_made_in_open_do_not_overtake_the_queue() {
    let mut world = World::new();
    world.send("first").unwrap();
    world.send("second").unwrap();
    world.listener = Some(Box::new(|event| matches!(event, Event::Open).then_some(Call::Send("from the listener"))));
    world.open();
    world.run_until(State::Open);
    assert_eq!(world.delivered(), ["first", "second", "from the listener"]);
}

#[test]
fn a_socket_closed_in_open_with_a_full_queue_closes_once() {
    let mut world = World::new();
    for _ in 0..1_000 {
        world.send("queued").unwrap();
    }
    world.listener = Some(Box::new(|event| matches!(event, Event::Open).then_some(Call::Close)));
    world.open();
    world.run_until(State::Closed);
    assert_eq!((world.opens(), world.final_closes(), world.dialled.len()), (1, 1, 1));
    assert_eq!(world.delivered().len() + world.drops().len(), 1_000);
}

#[test]
fn a_full_queue_hands_the_message_back() {
    let mut world = small(Overflow::Reject);
    assert!(matches!(world.send("d"), Err(SendError::Full(note)) if note.text == "d"));
    assert_eq!(world.drops(), []);
    world.open();
    world.run_until(State::Open);
    assert_eq!(world.delivered(), ["a", "b", "c"]);
}

#[test]
fn a_full_queue_drops_its_oldest_and_says_so() {
    let mut world = small(Overflow::DropOldest);
    assert_eq!(world.send("d"), Ok(Accepted::Queued));
    assert_eq!(world.send("seven b"), Ok(Accepted::Queued));
    assert_eq!(world.drops(), ["a", "b"].map(|text| dropped(text, DropReason::Overflow)));
    assert_eq!((world.core.queue_len(), world.core.queue_bytes()), (3, 9));
    assert_eq!(world.send("longer than the bound"), Ok(Accepted::Dropped), "there is no room to make");
    assert_eq!(world.drops().last(), Some(&dropped("longer than the bound", DropReason::Overflow)));
    world.open();
    world.run_until(State::Open);
    assert_eq!(world.delivered(), ["c", "d", "seven b"]);
}

#[test]
fn a_full_queue_drops_the_newest_and_says_so() {
    let mut world = small(Overflow::DropNewest);
    assert_eq!(world.send("d"), Ok(Accepted::Dropped));
    assert_eq!(world.drops(), [dropped("d", DropReason::Overflow)]);
    world.open();
    world.run_until(State::Open);
    assert_eq!(world.delivered(), ["a", "b", "c"]);
}

#[test]
fn the_urgent_goes_first_and_is_not_dropped_for_the_ordinary() {
    let mut world = small(Overflow::DropOldest);
    world.post("urgent", |message| message.priority = 1).unwrap();
    assert_eq!(world.drops(), [dropped("a", DropReason::Overflow)]);
    for _ in 0..5 {
        world.send("d").unwrap();
    }
    world.open();
    world.run_until(State::Open);
    assert_eq!(world.delivered(), ["urgent", "d", "d"]);
}

#[test]
fn a_newer_message_takes_the_place_of_the_one_with_its_key() {
    let mut world = World::new();
    let keyed = |message: &mut Message<Note>| message.key = Some("price".into());
    world.post("price 1", keyed).unwrap();
    world.send("other").unwrap();
    world.post("price 2", keyed).unwrap();
    assert_eq!(world.drops(), [dropped("price 1", DropReason::Replaced)]);
    world.open();
    world.run_until(State::Open);
    assert_eq!(world.delivered(), ["price 2", "other"]);
    world.breaks();
    world.post("price 3", keyed).unwrap();
    assert_eq!(world.drops().len(), 1, "what was sent is not replaced");
}

#[test]
fn a_message_runs_out_of_time_where_it_waits() {
    let mut world = World::with(|config| config.queue.ttl = Some(ms(500)));
    let soon = world.instant_in(200);
    world.post("soon", |message| message.expires = soon).unwrap();
    world.send("later").unwrap();
    world.run_for(199);
    assert_eq!(world.drops(), []);
    world.run_for(1);
    assert_eq!(world.drops(), [dropped("soon", DropReason::Expired)]);
    world.run_for(300);
    assert_eq!(world.drops()[1..], [dropped("later", DropReason::Expired)]);
    assert_eq!((world.core.queue_len(), world.alarm), (0, None));
}

#[test]
fn a_server_that_comes_back_late_does_not_get_what_lost_its_meaning() {
    let mut world = dialling();
    let soon = world.instant_in(1_000);
    world.post("turn left", |message| message.expires = soon).unwrap();
    world.send("hello").unwrap();
    // The page stands still, and hears of its connection before its timers run.
    world.now += 5_000;
    let generation = world.current();
    world.feed(Input::Opened(generation));
    assert_eq!(world.delivered(), ["hello"]);
    assert_eq!(world.drops(), [dropped("turn left", DropReason::Expired)]);
}

#[test]
fn what_has_run_out_of_time_takes_no_room_from_what_is_sent_before_the_timers_run() {
    for overflow in [Overflow::Reject, Overflow::DropNewest, Overflow::DropOldest] {
        let mut world = World::with(|config| {
            config.queue.max_messages = 2;
            config.queue.overflow = overflow;
        });
        let soon = world.instant_in(500);
        world.send("lasting").unwrap();
        world.post("stale", |message| message.expires = soon).unwrap();
        // As in a hidden page, where a timer may come a minute late.
        world.now += 60_000;
        assert_eq!(world.send("fresh"), Ok(Accepted::Queued));
        assert_eq!(world.drops(), [dropped("stale", DropReason::Expired)]);
        assert_eq!(world.core.queue_len(), 2);
    }
}

#[test]
fn a_long_queue_is_not_looked_through_for_each_message_that_runs_out_of_time() {
    let mut world = World::with(|config| config.queue.ttl = Some(ms(1_000)));
    for _ in 0..3_200 {
        world.run_for(1);
        world.send("stale").unwrap();
    }
    let times: BTreeSet<u64> =
        world.told.iter().filter_map(|(at, event)| matches!(event, Event::Dropped { .. }).then_some(*at)).collect();
    // Some thousand wait, and so it is once in 16 ms.
    assert!((100..200).contains(&times.len()), "{} times", times.len());
    world.run_for(2_000);
    assert_eq!((world.drops().len(), world.core.queue_len()), (3_200, 0));
}

#[test]
fn a_time_to_live_of_nothing_means_now_or_never() {
    let mut world = World::open_with(|_| {});
    let now = world.instant_in(0);
    world.post("now", |message| message.expires = now).unwrap();
    assert_eq!((world.delivered(), world.drops().len()), (vec!["now"], 0));

    let mut world = dialling();
    let now = world.instant_in(0);
    world.post("never", |message| message.expires = now).unwrap();
    world.run_until(State::Open);
    assert_eq!((world.delivered().len(), world.drops()), (0, vec![dropped("never", DropReason::Expired)]));
}

#[test]
fn what_the_connection_has_not_sent_holds_the_queue_back() {
    let mut world = held_back();
    world.run_for(10_000);
    assert_eq!(world.delivered().len(), 1);
    assert!((150..=200).contains(&world.ticks.len()), "it is asked ever less often: {} times", world.ticks.len());
    world.peer.unsent = 5;
    world.run_for(64);
    assert_eq!(world.delivered(), ["0123456789", "a", "b", "c"]);
    let ticks = world.ticks.len();
    world.run_for(10_000);
    assert!(world.ticks.len() <= ticks + 1, "nobody asks when nothing waits");
}

#[test]
fn a_long_queue_is_fed_no_faster_than_the_connection_sends() {
    let mut world = World::with(|config| config.high_water_mark = 30);
    for _ in 0..100 {
        world.send("0123456789").unwrap();
    }
    world.peer.unsent = 30;
    world.open();
    world.run_for(5_000);
    assert_eq!(world.delivered().len(), 3);
    world.peer.unsent = 10;
    world.run_for(64);
    assert!(world.delivered().len() > 3);
    world.peer.unsent = 0;
    world.run_for(64);
    assert_eq!(world.delivered().len(), 100);
}

#[test]
fn a_connection_that_is_held_back_again_is_asked_soon_again() {
    let mut world = held_back();
    world.run_for(10_000);
    world.peer.unsent = 0;
    world.run_for(64);
    world.peer.unsent = 50;
    world.send("0123456789").unwrap();
    world.send("e").unwrap();
    world.run_for(3);
    world.peer.unsent = 0;
    world.run_for(1);
    assert_eq!(world.delivered().last(), Some(&"e"));
}

#[test]
fn a_message_does_not_overtake_those_that_are_held_back() {
    let mut world = held_back();
    world.peer.unsent = 0;
    world.send("d").unwrap();
    world.run_for(64);
    assert_eq!(world.delivered(), ["0123456789", "a", "b", "c", "d"]);
}

#[test]
fn what_was_held_back_goes_out_on_the_next_connection() {
    let mut world = held_back();
    world.breaks();
    world.peer.unsent = 0;
    world.run_until(State::Open);
    assert_eq!(world.delivered(), ["0123456789", "a", "b", "c"]);
    assert_eq!(world.sent[1].0, world.current());
}

#[test]
fn a_connection_that_keeps_up_never_holds_anything_back() {
    let mut world = World::open_with(|config| config.high_water_mark = 10);
    for _ in 0..100 {
        assert_eq!(world.send("0123456789"), Ok(Accepted::Sent));
    }
}

#[test]
fn a_message_that_a_closing_connection_gives_back_goes_first_on_the_next() {
    for wait in [false, true] {
        let mut world = World::open_with(|_| {});
        let closing = world.current();
        world.send("sent").unwrap();
        world.peer.closing = true;
        world.send("a").unwrap();
        world.post("b", |_| {}).unwrap();
        assert_eq!((world.core.queue_len(), world.core.can_transmit()), (2, None));
        if wait {
            world.run_for(5_000);
            assert_eq!(world.abandoned.len(), 1, "it would never have ended");
        } else {
            world.feed(crate::harness::ended(closing, 1001, "", true));
        }
        world.run_until(State::Open);
        assert_eq!(world.delivered(), ["sent", "a", "b"]);
        assert_eq!(world.sent[1].0, world.current());
    }
}

#[test]
fn a_queue_that_a_closing_connection_gives_back_keeps_its_order() {
    let mut world = held_back();
    world.peer.unsent = 0;
    world.peer.closing = true;
    world.run_for(64);
    assert_eq!(world.core.queue_len(), 3);
    world.post("d", |message| message.priority = 1).unwrap();
    world.breaks();
    world.run_until(State::Open);
    assert_eq!(world.delivered(), ["0123456789", "d", "a", "b", "c"]);
}

#[test]
fn a_message_given_back_while_closing_is_reported() {
    let mut world = held_back();
    world.peer.closing = true;
    world.close();
    world.run_for(10);
    assert_eq!(world.drops(), ["a", "b", "c"].map(|text| dropped(text, DropReason::Closed)));
}

#[test]
fn a_message_given_back_too_late_is_reported_and_not_kept() {
    let mut world = World::open_with(|_| {});
    let generation = world.current();
    world.close();
    world.run_for(10);
    let frame = world.note("too late");
    world.core.take_back(generation, Message::new(frame));
    let Some(everwire::core::Output::Event(Event::Dropped { frame, reason: DropReason::Closed })) = world.core.poll()
    else {
        panic!("it is reported")
    };
    assert_eq!((&frame.text[..], world.core.queue_len()), ("too late", 0));
}

#[test]
fn a_message_that_is_refused_fails_alone_and_only_once() {
    let mut world = World::new();
    for text in ["a", REFUSED, "b"] {
        world.send(text).unwrap();
    }
    world.open();
    world.run_until(State::Open);
    world.breaks();
    world.run_until(State::Open);
    assert_eq!(world.delivered(), ["a", "b"]);
    assert_eq!(world.drops(), [dropped(REFUSED, DropReason::Refused)]);
    assert_eq!(world.opens(), 2);
    assert_eq!((world.core.statistics().sent, world.core.statistics().dropped), (2, 1));
}

#[test]
fn nothing_is_sent_twice_and_nothing_lost_over_many_connections() {
    let mut world = World::with(|config| config.high_water_mark = 1);
    world.usual_dial = Dial::Closes { opens: 5, closes: 50, code: 1012, reason: "" };
    world.peer.unsent = 1;
    let texts: Vec<_> = (0..30).map(|number| format!("message {number}")).collect();
    for text in &texts {
        world.send(text).unwrap();
    }
    world.open();
    world.run_for(3_600_000);
    assert_eq!(world.delivered(), texts);
    assert!(world.opens() > 10);
}

#[test]
fn sizes_are_bytes_on_the_wire() {
    let mut world = World::new();
    world.send("žluťoučký").unwrap();
    assert_eq!(world.core.queue_bytes(), 13);
    let note = world.note("žluťoučký");
    assert_eq!(note.byte_len(), 13);
}
