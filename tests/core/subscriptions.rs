//! Subscriptions: which connection is told of them, and when.

use everwire::core::{DropReason, Input, Unanswered};

use crate::line::Line;

#[test]
fn each_connection_is_told_of_the_subscriptions_before_anything_that_is_queued() {
    let mut line = Line::new(|_| {});
    line.feed(Input::Open);
    line.send("queued");
    let news = line.subscribe("news");
    let weather = line.subscribe("weather");
    line.opens();
    assert_eq!(line.takes(), ["news", "weather", "queued"]);
    line.breaks();
    line.send("queued");
    assert!(!line.core.unsubscribe(news), "there is nobody to tell");
    let sport = line.subscribe("sport");
    line.passes(60_000);
    line.opens();
    assert_eq!(line.takes(), ["weather", "sport", "queued"]);
    assert!(line.core.unsubscribe(weather) && line.core.unsubscribe(sport));
    assert!(!line.core.unsubscribe(sport), "it is gone");
    assert_eq!(line.subscribe("last").number(), 4);
    assert_eq!(line.takes(), ["last"]);
    line.feed(Input::Close { code: None, reason: String::new() });
    line.breaks();
    assert!(line.core.subscribe(news, Line::message("closed").frame).is_err());
    line.feed(Input::Open);
    line.opens();
    assert_eq!(line.takes(), [""; 0], "a socket that was closed starts afresh");
}

#[test]
fn a_subscription_that_a_closing_connection_did_not_take_goes_to_the_next() {
    let mut line = Line::open();
    line.closing = true;
    line.subscribe("news");
    line.returns();
    assert_eq!(line.takes(), ["news"]);
    let refused = line.subscribe("refused");
    assert!(!line.core.unsubscribe(refused), "one that is refused is given up");
    assert_eq!(line.drops(), 1);
    assert_eq!(line.unanswered(), [(refused, Unanswered::Dropped(DropReason::Refused))], "who reads it is told");
    line.returns();
    assert_eq!(line.takes(), ["news"]);
    assert!(line.core.can_transmit().is_some());
}

#[test]
fn a_subscription_waits_while_the_connection_is_full() {
    let mut line = Line::open();
    line.unsent = 5 << 20;
    for _ in 0..2 {
        line.core.transmitted(1, 1 << 20);
    }
    line.subscribe("news");
    assert_eq!(line.takes(), [""; 0]);
    assert!(line.core.can_transmit().is_none());
    line.unsent = 0;
    line.passes(100);
    assert_eq!(line.takes(), ["news"]);
}

#[test]
fn a_connection_that_takes_nothing_more_is_not_told_of_the_end_of_a_subscription() {
    for stalls in [false, true] {
        let mut line = Line::open();
        let (news, weather) = (line.subscribe("news"), line.subscribe("weather"));
        assert!(line.core.unsubscribe(news));
        if stalls {
            line.core.stall(line.generation);
        } else {
            line.feed(Input::Frozen);
        }
        assert!(!line.core.unsubscribe(weather), "it would be swallowed, or be told to the next one");
    }
}
