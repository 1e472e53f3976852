//! The core as a value: its fields, its two doors and its getters. What it does at each turn of a connection's life
//! stands in `lifecycle.rs`, what it does with messages in `sending.rs`, how it tells a dead peer in `heartbeat.rs`.

use super::Duration;

use super::backlog::Backlog;
use super::event::{Event, Failure, Generation, Input, Lost, Output, State};
use super::exchange::Exchange;
use super::heartbeat::Heartbeat;
use super::queue::SendQueue;
use super::timers::{Timer, Timers};
use super::{CloseCode, Config, Frame, Instant, Reason, Rng, Statistics};

/// One socket's decisions.
///
/// - **Doors**: [`handle`](Self::handle) takes an [`Input`]; after it, call [`poll`](Self::poll) until it says `None` and
///   do what each [`Output`] says. Outputs may be carried out late, and inputs may come in between. Then call
///   [`rest`](Self::rest).
/// - **Commands** of the fast path, which bypass the doors for speed: [`send`](Self::send),
///   [`can_transmit`](Self::can_transmit), [`transmitted`](Self::transmitted), [`untransmitted`](Self::untransmitted), [`take_back`](Self::take_back).
/// - **Getters**: all others; they change nothing.
#[derive(Debug)]
pub struct Core<F> {
    pub(super) now: Instant,
    /// No dial before this moment.
    pub(super) not_before: Instant,
    wake: Instant,
    pub(super) heartbeat: Heartbeat,
    pub(super) timers: Timers,
    pub(super) rng: Rng,
    pub(super) statistics: Statistics,
    pub(super) link: Link,
    pub(super) queue: SendQueue<F>,
    pub(super) exchange: Exchange<F>,
    pub(super) outputs: Vec<Option<Output<F>>>,
    /// How many of the outputs have been taken.
    taken: usize,
    pub(super) config: Config,
    pub(super) undecided: Option<(Lost, Option<Failure>)>,
    pub(super) closing: Closing,
    pub(super) generation: Generation,
    pub(super) attempt: u32,
    pub(super) phase: Phase,
    reported: State,
    watching: bool,
    pub(super) offline: bool,
    pub(super) frozen: bool,
    /// The wait is one that somebody asked for: waking up does not cut it short.
    pub(super) patient: bool,
    pub(super) awaits: Awaits,
}

/// Where the socket stands; [`State`] is what the user sees of it, in the same order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Idle,
    Connecting,
    Open,
    Waiting,
    /// The connection is lost and the user is asked what next: `undecided` is what about.
    Deciding,
    /// See [`Closing`].
    Closing,
    Closed,
}

/// How the closing handshake goes, while one is under way.
#[derive(Debug, Default)]
pub(super) struct Closing {
    /// The close frame that is still to be sent.
    pub(super) shut: Option<(Option<CloseCode>, Reason)>,
    /// Whether what is queued goes out first.
    pub(super) flush: bool,
    /// Whether to dial again as soon as the old connection is gone, so that there are never two.
    pub(super) reopen: bool,
}

/// What is known of the current connection.
#[derive(Debug, Default)]
pub(super) struct Link {
    /// The browser has reported an error.
    pub(super) errored: bool,
    /// A deadline was met too late to be believed, and a second chance given.
    pub(super) graced: bool,
    /// It is open and takes messages. False once its closing handshake is under way, or the page was frozen since it opened:
    /// then it may swallow what it is given.
    pub(super) flows: bool,
    /// How many bytes it has not sent: what it was found to have, and what it got since. At the high-water mark it is asked.
    pub(super) unsent: u64,
    /// It has been asked.
    pub(super) measuring: bool,
    /// What holds up an answer of the peer's.
    pub(super) backlog: Backlog,
    /// How many of the subscriptions it has been told of.
    pub(super) told: usize,
    /// How long to wait before it is asked again.
    pub(super) drain_delay_millis: u64,
}

/// What somebody waits for, to be told once.
#[derive(Debug, Default)]
pub(super) struct Awaits {
    pub(super) room: bool,
    pub(super) flush: bool,
}

/// A deadline that is met later than this was held up by the page, not by the peer.
const PUNCTUAL: Duration = Duration::from_millis(250);

impl<F: Frame> Core<F> {
    /// A socket that is idle. `seed` fixes every random draw.
    #[must_use]
    pub fn new(config: Config, seed: u64) -> Self {
        Self {
            queue: SendQueue::new(),
            heartbeat: Heartbeat::default(),
            exchange: Exchange::default(),
            statistics: Statistics::default(),
            awaits: Awaits::default(),
            config,
            rng: Rng::new(seed),
            now: Instant::default(),
            phase: Phase::Idle,
            closing: Closing::default(),
            undecided: None,
            generation: Generation::default(),
            attempt: 0,
            link: Link::default(),
            timers: Timers::default(),
            offline: false,
            frozen: false,
            not_before: Instant::default(),
            patient: false,
            reported: State::Idle,
            watching: false,
            wake: Instant::NEVER,
            outputs: Vec::new(),
            taken: 0,
        }
    }

    /// The options, for who gives them one by one, before anything else is told.
    #[cfg(all(target_family = "wasm", feature = "npm", not(feature = "client")))]
    pub(crate) const fn config(&mut self) -> &mut Config {
        &mut self.config
    }

    /// Takes in what happened at `now`. The package's engine does the same without an [`Input`], so what changes
    /// here changes in `src/npm/mod.rs` too.
    pub fn handle(&mut self, now: Instant, input: Input) {
        self.advance(now);
        if input.generation().is_some_and(|generation| !self.is_newest(generation)) {
            return;
        }
        match input {
            Input::Open => self.open(),
            Input::Reconnect => self.reconnect(),
            Input::Close { code, reason } => self.close(code, reason),
            Input::Opened(_) => self.opened(),
            Input::Received { answer, .. } => self.heard(answer),
            Input::Buffered { bytes, .. } => self.measured(bytes),
            Input::Errored(_) => self.errored(),
            Input::Undialable { cause, .. } => self.undialable(cause),
            Input::Ended { code, reason, was_clean, .. } => self.ended(code, reason, was_clean),
            Input::Verdict { verdict, .. } => self.decided(verdict),
            Input::Tick => self.tick(),
            Input::Online => self.online(),
            Input::Offline => self.offline(),
            Input::Visible => self.woken(),
            Input::Frozen => self.freeze(),
            Input::Thawed => self.thaw(),
        }
        self.report_state();
    }

    /// What to do now, one thing at a time; `None` when there is nothing more until the next input.
    pub fn poll(&mut self) -> Option<Output<F>> {
        if let Some(output) = self.outputs.get_mut(self.taken) {
            self.taken += 1;
            return output.take();
        }
        self.outputs.clear();
        self.taken = 0;
        if let Some(output) = self.next_transmission() {
            return Some(output);
        }
        if let Some(output) = self.next_awaited() {
            return Some(output);
        }
        let wake = self.timers.next();
        (wake != self.wake).then(|| {
            self.wake = wake;
            Output::Wake((wake != Instant::NEVER).then_some(wake))
        })
    }

    /// Gives back the memory of what [`poll`](Self::poll) had to say, once it says nothing more. A socket is at rest for most
    /// of its life.
    pub fn rest(&mut self) {
        self.outputs = Vec::new();
        self.taken = 0;
    }

    /// What the user sees of the socket's state.
    #[must_use]
    pub const fn state(&self) -> State {
        match self.phase {
            Phase::Idle => State::Idle,
            Phase::Connecting => State::Connecting,
            Phase::Open => State::Open,
            Phase::Waiting | Phase::Deciding if self.offline || self.frozen => State::Suspended,
            Phase::Waiting | Phase::Deciding => State::Waiting,
            Phase::Closing => State::Closing,
            Phase::Closed => State::Closed,
        }
    }

    /// The number of dials since the last stable connection; 0 when there was none since.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// How many messages are queued.
    #[must_use]
    pub fn queue_len(&self) -> usize {
        self.queue.len()
    }

    /// The sum of the sizes of the queued messages, in bytes.
    #[must_use]
    pub const fn queue_bytes(&self) -> usize {
        self.queue.bytes()
    }

    /// How long the last answered heartbeat took.
    #[must_use]
    pub const fn latency(&self) -> Option<Duration> {
        self.heartbeat.latency()
    }

    /// What the socket has done since it was made.
    #[must_use]
    pub const fn statistics(&self) -> Statistics {
        Statistics { dropped: self.exchange.dropped, ..self.statistics }
    }

    /// A message came that [is for the user](Self::accepts), or would be if it could be `delivered`.
    pub const fn received(&mut self, delivered: bool) {
        self.statistics.received += 1;
        self.statistics.undeliverable += !delivered as u64;
    }

    /// Whether the driver should still deal with this connection: it is the current one and has not been given up.
    #[must_use]
    pub fn is_current(&self, generation: Generation) -> bool {
        generation == self.generation && matches!(self.phase, Phase::Connecting | Phase::Open | Phase::Closing)
    }

    /// Whether a message from this connection is for the user.
    #[must_use]
    pub fn accepts(&self, generation: Generation) -> bool {
        generation == self.generation && self.phase == Phase::Open
    }

    /// Whether no other dial followed this one.
    pub(crate) fn is_newest(&self, generation: Generation) -> bool {
        generation == self.generation
    }

    pub(crate) fn advance(&mut self, now: Instant) {
        self.now = self.now.max(now);
    }

    /// Whether a deadline set for `due` is met too late to say anything about the peer.
    pub(super) fn is_late(&self, due: Instant) -> bool {
        self.now > due + PUNCTUAL
    }

    pub(super) fn set_timer(&mut self, timer: Timer, delay: Duration) {
        self.timers.set(timer, self.now + delay);
    }

    pub(super) fn push(&mut self, output: Output<F>) {
        self.outputs.push(Some(output));
    }

    pub(super) fn tell(&mut self, event: Event<F>) {
        self.push(Output::Event(event));
    }

    pub(super) fn watch(&mut self, watching: bool) {
        if watching != self.watching {
            self.watching = watching;
            self.push(Output::Watch(watching));
        }
    }

    pub(super) fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.report_state();
    }

    /// The wake-up that was asked for is used up; what is still due later is asked for anew.
    pub(crate) fn tick(&mut self) {
        self.wake = Instant::NEVER;
        while let Some((timer, due)) = self.timers.take_expired(self.now) {
            self.expired(timer, due);
        }
    }

    pub(crate) fn report_state(&mut self) {
        let state = self.state();
        if state != self.reported {
            let previous = std::mem::replace(&mut self.reported, state);
            self.tell(Event::State { state, previous });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Message;
    use super::*;

    #[test]
    fn a_closed_socket_gives_the_memory_of_its_reports_back() {
        let mut core = Core::new(Config::default(), 0);
        for _ in 0..10_000 {
            core.send(Instant::default(), Message::new("queued")).unwrap();
        }
        core.handle(Instant::default(), Input::Close { code: None, reason: String::new() });
        let outputs = std::iter::from_fn(|| core.poll()).count();
        assert!(outputs > 10_000, "each message is reported");
        core.rest();
        assert_eq!(core.outputs.capacity(), 0);
    }
}
