//! A core and one connection at a time, without the world around them.

use std::time::Duration;

use everwire::core::{
    Accepted, Config, Core, Event, Generation, Input, Instant, Message, Output, SendError, State, Tag, Unanswered,
};

use crate::harness::{Note, ms};

/// A core and a connection that takes everything.
pub(crate) struct Line {
    pub(crate) core: Core<Note>,
    pub(crate) now: u64,
    pub(crate) generation: Generation,
    pub(crate) sent: Vec<String>,
    pub(crate) told: Vec<Event<Note>>,
    /// The socket's `bufferedAmount`.
    pub(crate) unsent: u64,
    /// The connection is closing, and takes nothing.
    pub(crate) closing: bool,
    pub(crate) wake: Option<Instant>,
}

impl Line {
    pub(crate) fn new(configure: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::default();
        // However long a dial is waited for.
        config.connect_timeout = Duration::from_secs(86_400);
        configure(&mut config);
        let core = Core::new(config, 7);
        let (sent, told) = (Vec::new(), Vec::new());
        Self { core, now: 0, generation: Generation::default(), sent, told, unsent: 0, closing: false, wake: None }
    }

    pub(crate) fn open() -> Self {
        let mut line = Self::new(|_| {});
        line.feed(Input::Open);
        line.opens();
        line
    }

    pub(crate) fn opens(&mut self) {
        self.closing = false;
        self.feed(Input::Opened(self.generation));
        assert_eq!(self.core.state(), State::Open);
    }

    pub(crate) fn breaks(&mut self) {
        let (code, reason) = (1006.into(), String::new());
        self.feed(Input::Ended { generation: self.generation, code, reason, was_clean: false });
    }

    /// Breaks, and comes back.
    pub(crate) fn returns(&mut self) {
        self.breaks();
        self.passes(60_000);
        self.opens();
    }

    pub(crate) fn passes(&mut self, millis: u64) {
        let end = self.now + millis;
        while let Some(at) = self.wake.filter(|at| at.as_millis() <= end) {
            self.now = self.now.max(at.as_millis());
            self.wake = None;
            self.feed(Input::Tick);
        }
        self.now = end;
    }

    pub(crate) fn instant(&self) -> Instant {
        Instant::from_millis(self.now)
    }

    pub(crate) fn feed(&mut self, input: Input) {
        self.core.handle(self.instant(), input);
        self.drain();
    }

    pub(crate) fn drain(&mut self) {
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

    pub(crate) fn message(text: &str) -> Message<Note> {
        Message::new(Note { serial: 0, text: text.into() })
    }

    pub(crate) fn keyed(text: &str) -> Message<Note> {
        Message { key: Some("key".into()), ..Self::message(text) }
    }

    pub(crate) fn asks(&mut self, text: &str, timeout: Duration, repeat: bool) -> Result<Tag, SendError<Note>> {
        let tag = self.core.tag();
        let message = Message { tag: Some(tag), ..Self::message(text) };
        let asked = self.core.request(self.instant(), message, timeout, repeat);
        self.drain();
        asked.map(|_| tag)
    }

    /// A request that may be repeated, with a key.
    pub(crate) fn asks_keyed(&mut self, text: &str) -> Tag {
        let tag = self.core.tag();
        let message = Message { tag: Some(tag), ..Self::keyed(text) };
        self.core.request(self.instant(), message, ms(600_000), true).unwrap();
        self.drain();
        tag
    }

    pub(crate) fn ask(&mut self, text: &str) -> Tag {
        self.asks(text, ms(10_000), false).unwrap()
    }

    pub(crate) fn subscribe(&mut self, text: &str) -> Tag {
        let tag = self.core.tag();
        self.core.subscribe(tag, Self::message(text).frame).unwrap();
        self.drain();
        tag
    }

    pub(crate) fn send(&mut self, text: &str) -> Accepted {
        let accepted = self.core.send(self.instant(), Self::message(text)).unwrap();
        self.drain();
        accepted
    }

    pub(crate) fn takes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.sent)
    }

    pub(crate) fn unanswered(&self) -> Vec<(Tag, Unanswered)> {
        let why =
            |event: &Event<Note>| if let Event::Unanswered { tag, why } = event { Some((*tag, *why)) } else { None };
        self.told.iter().filter_map(why).collect()
    }

    pub(crate) fn drops(&self) -> usize {
        self.told.iter().filter(|event| matches!(event, Event::Dropped { .. })).count()
    }

    pub(crate) fn count(&self, wanted: &Event<Note>) -> usize {
        self.told.iter().filter(|event| *event == wanted).count()
    }
}
