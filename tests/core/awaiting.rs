//! Who waits for room, or for the end of the queue.

use everwire::core::{Event, Input};

use crate::line::Line;

#[test]
fn who_waits_for_room_is_told_once() {
    let mut line = Line::new(|config| config.high_water_mark = 4);
    line.feed(Input::Open);
    line.send("long enough");
    line.core.await_room();
    line.drain();
    assert_eq!(line.count(&Event::Room), 0);
    line.opens();
    assert_eq!(line.count(&Event::Room), 1);
    line.passes(1_000);
    line.core.await_room();
    line.drain();
    assert_eq!(line.count(&Event::Room), 2, "at once where there is room");
}

#[test]
fn who_waits_for_room_never_fills_the_queue_with_messages_of_half_its_size() {
    for max_bytes in [1_000, 999] {
        let mut line = Line::new(|config| config.queue.max_bytes = max_bytes);
        line.feed(Input::Open);
        line.send(&"x".repeat(max_bytes.div_ceil(2) - 1));
        while line.core.has_room() {
            line.send(&"x".repeat(max_bytes / 2));
        }
        assert_eq!(line.core.queue_len(), 2);
    }
}

#[test]
fn flushed_is_not_told_while_a_connection_that_takes_nothing_more_has_not_sent_all() {
    for stalls in [false, true] {
        let mut line = Line::open();
        line.send("long");
        line.unsent = 1_000_000;
        if stalls {
            line.core.stall(line.generation);
        } else {
            line.feed(Input::Frozen);
        }
        line.core.await_flush();
        line.drain();
        assert_eq!(line.count(&Event::Flushed), 0);
        line.breaks();
        assert_eq!(line.count(&Event::Flushed), 1);
    }
}

#[test]
fn flushed_is_told_when_the_connection_has_sent_everything() {
    let mut line = Line::new(|_| {});
    line.feed(Input::Open);
    line.send("queued");
    line.core.await_flush();
    line.drain();
    line.unsent = 6;
    line.opens();
    line.passes(1_000);
    assert_eq!((line.takes().len(), line.count(&Event::Flushed)), (1, 0));
    line.unsent = 0;
    line.passes(100);
    assert_eq!(line.count(&Event::Flushed), 1);
    assert_eq!(line.wake.map(|at| at.as_millis() > line.now + 3_000), Some(true), "nobody looks any more");
    line.breaks();
    line.core.await_flush();
    line.drain();
    assert_eq!(line.count(&Event::Flushed), 2, "nothing is queued, and nothing is on its way");
}

#[test]
fn who_waits_for_room_in_a_queue_that_holds_nothing_is_told() {
    let mut line = Line::new(|config| {
        config.queue.max_messages = 0;
        config.high_water_mark = 1000;
    });
    line.feed(Input::Open);
    line.opens();
    line.core.transmitted(1, 5000);
    line.unsent = 5000;
    line.core.await_room();
    line.drain();
    line.unsent = 0;
    line.passes(60_000);
    assert_eq!(line.count(&Event::Room), 1);
}
