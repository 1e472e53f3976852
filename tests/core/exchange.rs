//! Requests, subscriptions, and who waits for room or for the end of the queue.

use std::time::Duration;

use everwire::core::{
    Accepted, Config, Core, DropReason, Event, Generation, Input, Instant, Message, Output, SendError, State, Tag,
    Unanswered,
};

use crate::harness::{Note, ms};

/// A core and a connection that takes everything.
struct Line {
    core: Core<Note>,
    now: u64,
    generation: Generation,
    sent: Vec<String>,
    told: Vec<Event<Note>>,
    /// The socket's `bufferedAmount`.
    unsent: u64,
    /// The connection is closing, and takes nothing.
    closing: bool,
    wake: Option<Instant>,
}

impl Line {
    fn new(configure: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::default();
        // However long a dial is waited for.
        config.connect_timeout = Duration::from_secs(86_400);
        configure(&mut config);
        let core = Core::new(config, 7);
        let (sent, told) = (Vec::new(), Vec::new());
        Self { core, now: 0, generation: Generation::default(), sent, told, unsent: 0, closing: false, wake: None }
    }

    fn open() -> Self {
        let mut line = Self::new(|_| {});
        line.feed(Input::Open);
        line.opens();
        line
    }

    fn opens(&mut self) {
        self.closing = false;
        self.feed(Input::Opened(self.generation));
        assert_eq!(self.core.state(), State::Open);
    }

    fn breaks(&mut self) {
        let (code, reason) = (1006.into(), String::new());
        self.feed(Input::Ended { generation: self.generation, code, reason, was_clean: false });
    }

    /// Breaks, and comes back.
    fn returns(&mut self) {
        self.breaks();
        self.passes(60_000);
        self.opens();
    }

    fn passes(&mut self, millis: u64) {
        let end = self.now + millis;
        while let Some(at) = self.wake.filter(|at| at.as_millis() <= end) {
            self.now = self.now.max(at.as_millis());
            self.wake = None;
            self.feed(Input::Tick);
        }
        self.now = end;
    }

    fn instant(&self) -> Instant {
        Instant::from_millis(self.now)
    }

    fn feed(&mut self, input: Input) {
        self.core.handle(self.instant(), input);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.core.poll() {
            match output {
                Output::Dial(generation) => self.generation = generation,
                Output::Transmit(generation, message) if self.closing => self.core.take_back(generation, message),
                Output::Transmit(_, message) if message.frame.text == "refused" => self.core.refused(message),
                Output::Transmit(_, message) => self.sent.push(message.frame.text),
                Output::Measure(generation) => {
                    self.core.handle(self.instant(), Input::Buffered { generation, bytes: self.unsent });
                }
                Output::Wake(at) => self.wake = at,
                Output::Event(event) => self.told.push(event),
                _ => {}
            }
        }
    }

    fn message(text: &str) -> Message<Note> {
        Message::new(Note { serial: 0, text: text.into() })
    }

    fn keyed(text: &str) -> Message<Note> {
        Message { key: Some("key".into()), ..Self::message(text) }
    }

    fn asks(&mut self, text: &str, timeout: Duration, repeat: bool) -> Result<Tag, SendError<Note>> {
        let tag = self.core.tag();
        let message = Message { tag: Some(tag), ..Self::message(text) };
        let asked = self.core.request(self.instant(), message, timeout, repeat);
        self.drain();
        asked.map(|_| tag)
    }

    /// A request that may be repeated, with a key.
    fn asks_keyed(&mut self, text: &str) -> Tag {
        let tag = self.core.tag();
        let message = Message { tag: Some(tag), ..Self::keyed(text) };
        self.core.request(self.instant(), message, ms(600_000), true).unwrap();
        self.drain();
        tag
    }

    fn ask(&mut self, text: &str) -> Tag {
        self.asks(text, ms(10_000), false).unwrap()
    }

    fn subscribe(&mut self, text: &str) -> Tag {
        let tag = self.core.tag();
        self.core.subscribe(tag, Self::message(text).frame).unwrap();
        self.drain();
        tag
    }

    fn send(&mut self, text: &str) -> Accepted {
        let accepted = self.core.send(self.instant(), Self::message(text)).unwrap();
        self.drain();
        accepted
    }

    fn takes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.sent)
    }

    fn unanswered(&self) -> Vec<(Tag, Unanswered)> {
        let why =
            |event: &Event<Note>| if let Event::Unanswered { tag, why } = event { Some((*tag, *why)) } else { None };
        self.told.iter().filter_map(why).collect()
    }

    fn drops(&self) -> usize {
        self.told.iter().filter(|event| matches!(event, Event::Dropped { .. })).count()
    }

    fn count(&self, wanted: &Event<Note>) -> usize {
        self.told.iter().filter(|event| *event == wanted).count()
    }
}

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

#[test]
fn a_request_that_is_taken_back_leaves_an_idle_socket_no_timer() {
    let mut line = Line::new(|_| {});
    let tag = line.ask("x");
    line.core.cancel(line.instant(), tag);
    line.drain();
    assert_eq!(line.wake, None);
}
