//! Requests: answers, deadlines, and what becomes of them with their connection.

use std::time::Duration;

use everwire::core::{DropReason, Input, Message, SendError, Unanswered};

use crate::harness::ms;
use crate::line::Line;

#[test]
fn an_answer_ends_a_request_once() {
    let mut line = Line::open();
    let (first, second) = (line.ask("first"), line.ask("second"));
    assert_ne!(first, second);
    assert_eq!(line.takes(), ["first", "second"]);
    assert!(line.core.replied(second));
    assert!(!line.core.replied(second), "a second answer answers nothing");
    line.passes(60_000);
    assert_eq!(line.unanswered(), [(first, Unanswered::Timeout)]);
    assert!(!line.core.replied(first), "nor does one that comes too late");
}

#[test]
fn a_request_whose_time_is_up_is_not_sent_any_more() {
    let mut line = Line::new(|_| {});
    line.feed(Input::Open);
    let tag = line.asks("late", ms(500), false).unwrap();
    line.passes(600);
    assert_eq!(line.unanswered(), [(tag, Unanswered::Timeout)]);
    line.opens();
    assert_eq!(line.takes(), [""; 0]);
    assert_eq!(line.drops(), 0, "it is told once");
}

#[test]
fn a_deadline_that_the_page_missed_leaves_time_for_the_answer_that_is_there_already() {
    let mut line = Line::open();
    let tag = line.asks("asked", ms(500), false).unwrap();
    line.now += 5_000;
    line.feed(Input::Tick);
    assert_eq!(line.unanswered(), []);
    line.passes(2_000);
    assert_eq!(line.unanswered(), [(tag, Unanswered::Timeout)]);
}

#[test]
fn a_request_is_lost_with_the_connection_that_it_was_sent_on() {
    let mut line = Line::open();
    let tag = line.ask("asked");
    line.breaks();
    assert_eq!(line.unanswered(), [(tag, Unanswered::Lost)]);
    let waiting = line.ask("asked while waiting");
    line.passes(60_000);
    assert_eq!(line.unanswered().len(), 2, "it was not sent in time");
    let later = line.asks("asked with patience", ms(600_000), false).unwrap();
    line.opens();
    assert_eq!(line.takes(), ["asked", "asked with patience"]);
    assert!(!line.core.replied(waiting) && line.core.replied(later));
}

#[test]
fn requests_that_may_be_repeated_are_sent_again_first_and_in_order() {
    let mut line = Line::open();
    let tags = ["a", "b"].map(|text| line.asks(text, ms(600_000), true).unwrap());
    line.breaks();
    line.send("later");
    line.passes(60_000);
    line.opens();
    assert_eq!(line.takes(), ["a", "b", "a", "b", "later"]);
    assert_eq!(line.unanswered(), []);
    assert!(line.core.replied(tags[0]));
    line.returns();
    assert_eq!(line.takes(), ["b"], "what was answered is not repeated");
    line.feed(Input::Close { code: None, reason: String::new() });
    line.breaks();
    assert_eq!(line.unanswered(), [(tags[1], Unanswered::Dropped(DropReason::Closed))]);
}

#[test]
fn what_is_answered_while_it_waits_to_be_repeated_is_not_sent_again() {
    let mut line = Line::open();
    let tag = line.asks("a", ms(600_000), true).unwrap();
    line.breaks();
    assert_eq!(line.core.queue_len(), 1);
    assert!(line.core.replied(tag));
    assert_eq!(line.core.queue_len(), 0);
    line.passes(60_000);
    line.opens();
    assert_eq!(line.takes(), ["a"]);
}

#[test]
fn a_request_is_not_repeated_behind_a_newer_message_with_its_key() {
    let mut line = Line::open();
    let oldest = line.asks_keyed("oldest");
    let older = line.asks_keyed("older");
    line.feed(Input::Reconnect);
    line.core.send(line.instant(), Line::keyed("newer")).unwrap();
    line.breaks();
    assert_eq!(line.core.queue_len(), 1, "one message with a key is queued");
    assert_eq!(line.unanswered(), [(oldest, Unanswered::Lost), (older, Unanswered::Lost)]);
    line.opens();
    assert_eq!(line.takes(), ["oldest", "older", "newer"]);

    let latest = line.asks_keyed("latest");
    line.returns();
    assert_eq!(line.takes(), ["latest", "latest"]);
    assert!(line.core.replied(latest));
}

#[test]
fn the_deadline_of_a_request_that_was_answered_ends_no_other() {
    let mut line = Line::open();
    let [first, second] = [5_000, 20_000].map(|timeout| line.asks("asked", ms(timeout), false).unwrap());
    assert!(line.core.replied(first));
    line.passes(19_999);
    assert_eq!(line.unanswered(), []);
    line.passes(1);
    assert_eq!(line.unanswered(), [(second, Unanswered::Timeout)]);
    assert_eq!(line.wake, None);
}

#[test]
fn a_request_that_is_dropped_ends_and_is_told_once() {
    let mut line = Line::new(|config| config.queue.max_messages = 1);
    line.feed(Input::Open);
    let waits = line.ask("waits");
    assert!(matches!(line.asks("too many", ms(10), false), Err(SendError::Full(_))));
    line.core.cancel(line.instant(), waits);
    line.drain();
    let refused = line.ask("refused");
    line.opens();
    let late = line.ask("asked");
    line.core.cancel(line.instant(), late);
    line.core.cancel(line.instant(), late);
    line.drain();
    let aborted = Unanswered::Dropped(DropReason::Aborted);
    assert_eq!(
        line.unanswered(),
        [(waits, aborted), (refused, Unanswered::Dropped(DropReason::Refused)), (late, aborted)]
    );
    assert_eq!(line.drops(), 0);
    line.passes(60_000);
    assert_eq!(line.unanswered().len(), 3, "and no deadline is left behind");
}

#[test]
fn a_message_can_be_taken_back_while_it_is_queued() {
    let mut line = Line::new(|_| {});
    line.feed(Input::Open);
    let tag = line.core.tag();
    let message = Message { tag: Some(tag), ..Line::message("taken back") };
    line.core.send(line.instant(), message).unwrap();
    line.send("stays");
    line.core.cancel(line.instant(), tag);
    line.opens();
    line.core.cancel(line.instant(), tag);
    line.drain();
    assert_eq!(line.takes(), ["stays"]);
    assert_eq!(line.drops(), 1);
    assert_eq!(line.core.statistics().dropped, 1);
}

#[test]
fn the_statistics_count_what_happened() {
    let mut line = Line::open();
    line.send("one");
    line.ask("two");
    line.core.received(true);
    line.core.received(false);
    line.closing = true;
    line.send("goes later");
    line.returns();
    let statistics = line.core.statistics();
    assert_eq!((statistics.connections, statistics.sent, statistics.dropped), (2, 3, 0));
    assert_eq!((statistics.received, statistics.undeliverable), (2, 1));
}

#[test]
fn a_request_that_a_closed_socket_refuses_leaves_no_timer() {
    let mut line = Line::open();
    line.feed(Input::Close { code: None, reason: String::new() });
    line.breaks();
    assert_eq!(line.wake, None);
    let tag = line.core.tag();
    let message = Message { tag: Some(tag), ..Line::message("x") };
    assert!(line.core.request(line.instant(), message, Duration::from_secs(10), false).is_err());
    line.drain();
    assert_eq!(line.wake, None);
}

#[test]
fn a_request_that_is_taken_back_leaves_an_idle_socket_no_timer() {
    let mut line = Line::new(|_| {});
    let tag = line.ask("x");
    line.core.cancel(line.instant(), tag);
    line.drain();
    assert_eq!(line.wake, None);
}
