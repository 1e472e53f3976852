//! A world around one core: a clock in plain milliseconds, a peer that does what the test says, and a user who writes down
//! what he is told. It carries out every output as the driver does and jumps from wake-up to wake-up, so nothing sleeps.
//! The rules of `rules.rs` watch over every test.

use std::collections::VecDeque;
use std::time::Duration;

use everwire::core::{
    Accepted, Config, Core, DropReason, Event, Failure, Frame, Generation, Input, Instant, Lost, Message, SendError,
    State, Verdict,
};

use crate::rules::Rules;

/// A frame that can be told from every other, whatever it says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Note {
    pub(crate) serial: u32,
    pub(crate) text: String,
}

impl Frame for Note {
    fn byte_len(&self) -> usize {
        self.text.len()
    }
}

/// How a dial goes. Times are counted from the dial.
#[derive(Clone, Debug)]
pub(crate) enum Dial {
    Opens {
        after: u64,
    },
    /// Opens, and is closed by the server.
    Closes {
        opens: u64,
        closes: u64,
        code: u16,
        reason: &'static str,
    },
    /// What browsers do of a dial that fails: `error`, then `close` 1006.
    Fails {
        after: u64,
    },
    /// What Chromium does of a dial that the page may not make: `error`, and nothing else.
    FailsWithoutClose {
        after: u64,
    },
    Undialable(Failure),
    Hangs,
}

/// What the other end of an open connection does.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    /// How long it takes to answer a close frame, if it does.
    pub(crate) closes: Option<u64>,
    /// How long it takes to answer a heartbeat, if it does.
    pub(crate) answers: Option<u64>,
    /// Whether the matcher knows its answers.
    pub(crate) recognised: bool,
    /// The socket's `bufferedAmount`.
    pub(crate) unsent: u64,
    /// Whether the native socket is already closing, and takes nothing.
    pub(crate) closing: bool,
}

/// A call that a listener makes.
#[derive(Clone, Debug)]
pub(crate) enum Call {
    Open,
    Reconnect,
    Close,
    Send(&'static str),
}

/// A listener: it may call back once for each event that it is told.
type Listener = Box<dyn FnMut(&Event<Note>) -> Option<Call>>;

pub(crate) struct World {
    pub(crate) core: Core<Note>,
    pub(crate) now: u64,
    /// The wake-up that is asked for. It rings once.
    pub(crate) alarm: Option<u64>,
    /// How late the page's timers run.
    pub(crate) lag: u64,
    pub(crate) dials: VecDeque<Dial>,
    /// How a dial goes for which the test scripted nothing.
    pub(crate) usual_dial: Dial,
    pub(crate) peer: Peer,
    /// The user's answer to `Consult`; `None` leaves it open.
    pub(crate) verdict: Option<Verdict>,
    pub(crate) listener: Option<Listener>,
    pub(crate) rules: Rules,
    pub(crate) told: Vec<(u64, Event<Note>)>,
    /// When each dial was made, oldest first.
    pub(crate) dialled: Vec<u64>,
    /// What each connection took, with its generation.
    pub(crate) sent: Vec<(Generation, String)>,
    pub(crate) pings: Vec<u64>,
    pub(crate) abandoned: Vec<u64>,
    pub(crate) shut: Vec<(u64, Option<u16>, String)>,
    pub(crate) consulted: Vec<Lost>,
    pub(crate) generation: Option<Generation>,
    pub(crate) ticks: Vec<u64>,
    coming: Vec<(u64, Input)>,
    serials: u32,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(configure: impl FnOnce(&mut Config)) -> Self {
        Self::seeded(7, configure)
    }

    pub(crate) fn seeded(seed: u64, configure: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::default();
        configure(&mut config);
        Self {
            rules: Rules::new(config.clone()),
            core: Core::new(config, seed),
            now: 1_000,
            alarm: None,
            lag: 0,
            dials: VecDeque::new(),
            usual_dial: Dial::Opens { after: 20 },
            peer: Peer { closes: Some(10), answers: Some(30), recognised: true, unsent: 0, closing: false },
            verdict: Some(Verdict::Default),
            listener: None,
            told: Vec::new(),
            dialled: Vec::new(),
            sent: Vec::new(),
            pings: Vec::new(),
            abandoned: Vec::new(),
            shut: Vec::new(),
            consulted: Vec::new(),
            generation: None,
            ticks: Vec::new(),
            coming: Vec::new(),
            serials: 0,
        }
    }

    /// A world whose connection is open.
    pub(crate) fn open_with(configure: impl FnOnce(&mut Config)) -> Self {
        let mut world = Self::with(configure);
        world.open();
        world.run_for(20);
        assert_eq!(world.core.state(), State::Open);
        world
    }

    // What the user does.

    pub(crate) fn open(&mut self) {
        self.feed(Input::Open);
    }

    pub(crate) fn reconnect(&mut self) {
        self.feed(Input::Reconnect);
    }

    pub(crate) fn close(&mut self) {
        self.close_with(None, "");
    }

    pub(crate) fn close_with(&mut self, code: Option<u16>, reason: &str) {
        self.feed(Input::Close { code: code.map(Into::into), reason: reason.into() });
    }

    /// Sends as the driver does: past the queue where that is possible.
    pub(crate) fn send(&mut self, text: &str) -> Result<Accepted, SendError<Note>> {
        let accepted = self.call_send(text);
        self.drain();
        accepted
    }

    /// Sends by way of the queue.
    pub(crate) fn post(
        &mut self,
        text: &str,
        ask: impl FnOnce(&mut Message<Note>),
    ) -> Result<Accepted, SendError<Note>> {
        let mut message = Message::new(self.note(text));
        ask(&mut message);
        let accepted = self.enqueue(message);
        self.drain();
        accepted
    }

    // What the browser does.

    /// The server closes the connection.
    pub(crate) fn peer_closes(&mut self, code: u16, reason: &str) {
        let generation = self.current();
        self.feed(ended(generation, code, reason, true));
    }

    /// The connection breaks: `error`, then `close` 1006.
    pub(crate) fn breaks(&mut self) {
        let generation = self.current();
        self.feed(Input::Errored(generation));
        self.feed(ended(generation, 1006, "", false));
    }

    pub(crate) fn receives(&mut self) {
        let generation = self.current();
        self.feed(Input::Received { generation, answer: false });
    }

    pub(crate) fn instant_in(&self, millis: u64) -> Instant {
        Instant::from_millis(self.now.saturating_add(millis))
    }

    pub(crate) fn note(&mut self, text: &str) -> Note {
        self.serials += 1;
        Note { serial: self.serials, text: text.into() }
    }

    /// Something that will happen `after` ms from now.
    pub(crate) fn later(&mut self, after: u64, input: Input) {
        self.coming.push((self.now + after, input));
    }

    pub(crate) fn current(&self) -> Generation {
        self.generation.expect("something was dialled")
    }

    // The clock.

    /// Lets this much time pass, and serves every wake-up and every event in it.
    pub(crate) fn run_for(&mut self, millis: u64) {
        let end = self.now.saturating_add(millis);
        while self.step(end) {}
        self.now = end;
    }

    /// Runs to the next moment at which something happens, if there is one until `end`.
    pub(crate) fn step(&mut self, end: u64) -> bool {
        let alarm = self.alarm.map(|at| at.max(self.now).saturating_add(self.lag));
        let event = self.coming.iter().map(|(at, _)| *at).min();
        match (alarm, event) {
            (alarm, Some(event)) if event <= end && alarm.is_none_or(|alarm| event <= alarm) => {
                let first = self.coming.iter().position(|(at, _)| *at == event).expect("it is the earliest");
                let (at, input) = self.coming.remove(first);
                self.now = self.now.max(at);
                self.feed(input);
            }
            (Some(alarm), _) if alarm <= end => {
                self.now = alarm;
                self.tick();
            }
            _ => return false,
        }
        true
    }

    /// The page stands still for this long, and then its timers run before everything else that came meanwhile.
    pub(crate) fn stands_still_for(&mut self, millis: u64) {
        self.now = self.now.saturating_add(millis);
        if self.alarm.is_some_and(|at| at <= self.now) {
            self.tick();
        }
        self.run_for(0);
    }

    /// Runs until the state is this, or fails the test.
    pub(crate) fn run_until(&mut self, state: State) {
        for _ in 0..10_000 {
            if self.core.state() == state {
                return;
            }
            assert!(self.step(u64::MAX), "stuck in {:?}, wanted {state:?}", self.core.state());
        }
        panic!("still {:?} after 10,000 steps, wanted {state:?}", self.core.state());
    }

    pub(crate) fn tick(&mut self) {
        self.ticks.push(self.now);
        self.alarm = None;
        self.feed(Input::Tick);
        let at_once = self.ticks.iter().rev().take_while(|at| **at == self.now).count();
        assert!(at_once < 10, "the same wake-up is asked for again and again");
    }

    // What the user was told.

    pub(crate) fn closes(&self) -> Vec<(u16, bool)> {
        self.events(|event| match event {
            Event::Closed { lost, will_retry } => Some((lost.code.into(), *will_retry)),
            _ => None,
        })
    }

    pub(crate) fn final_closes(&self) -> usize {
        self.closes().iter().filter(|(_, will_retry)| !will_retry).count()
    }

    pub(crate) fn failures(&self) -> Vec<Failure> {
        self.events(|event| if let Event::Failed(failure) = event { Some(*failure) } else { None })
    }

    /// The waits that were announced: the number of the dial that follows, and the delay in ms.
    pub(crate) fn retries(&self) -> Vec<(u32, u64)> {
        self.events(|event| match event {
            Event::Retry { attempt, delay } => Some((*attempt, delay.as_millis() as u64)),
            _ => None,
        })
    }

    pub(crate) fn drops(&self) -> Vec<(String, DropReason)> {
        self.events(|event| match event {
            Event::Dropped { frame, reason } => Some((frame.text.clone(), *reason)),
            _ => None,
        })
    }

    pub(crate) fn opens(&self) -> usize {
        self.events(|event| matches!(event, Event::Open).then_some(())).len()
    }

    pub(crate) fn states(&self) -> Vec<State> {
        self.events(|event| if let Event::State { state, .. } = event { Some(*state) } else { None })
    }

    fn events<T>(&self, pick: impl Fn(&Event<Note>) -> Option<T>) -> Vec<T> {
        self.told.iter().filter_map(|(_, event)| pick(event)).collect()
    }

    /// Everything that was handed to a connection, in order.
    pub(crate) fn delivered(&self) -> Vec<&str> {
        self.sent.iter().map(|(_, text)| text.as_str()).collect()
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.alarm.is_none() && !self.rules.watching()
    }
}

pub(crate) fn ended(generation: Generation, code: u16, reason: &str, was_clean: bool) -> Input {
    Input::Ended { generation, code: code.into(), reason: reason.into(), was_clean }
}

pub(crate) const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
