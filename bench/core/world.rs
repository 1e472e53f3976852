//! A driver that does what the core says and nothing else, so that what is counted is the core.

use std::hint::black_box;

use everwire::core::{Config, Core, Event, Frame, Generation, HeartbeatConfig, Input, Instant, Message, Output, State};

/// A frame by its size alone: what is in it is no business of the core's.
#[derive(Clone)]
struct Kilobyte;

impl Frame for Kilobyte {
    fn byte_len(&self) -> usize {
        1_024
    }
}

pub(crate) struct World {
    core: Core<Kilobyte>,
    now: Instant,
    wake: Option<Instant>,
    generation: Generation,
    transmitted: u32,
    pings: u32,
}

impl World {
    /// A world whose connection is open, with a heartbeat.
    pub(crate) fn open() -> Self {
        let mut config = Config::default();
        config.heartbeat = Some(HeartbeatConfig { recognised: true, ..HeartbeatConfig::default() });
        let mut world = Self {
            core: Core::new(config, 7),
            now: Instant::from_millis(1_000),
            wake: None,
            generation: Generation::default(),
            transmitted: 0,
            pings: 0,
        };
        world.handle(Input::Open);
        world.handle(Input::Opened(world.generation));
        world
    }

    /// Past the queue, as `Driver::send` does.
    pub(crate) fn send(&mut self) {
        if let Some(generation) = self.core.wants_measure() {
            self.core.handle(self.now, Input::Buffered { generation, bytes: 0 });
        }
        let generation = self.core.can_transmit().expect("the connection is open and has room");
        black_box(generation);
        self.core.transmitted(1, Kilobyte.byte_len() as u64);
    }

    pub(crate) fn send_by_way_of_the_queue(&mut self) {
        let transmitted = self.transmitted;
        self.post();
        self.carry_out();
        assert!(self.transmitted == transmitted + 1, "the message goes out at once");
    }

    pub(crate) fn receive(&mut self) {
        assert!(self.core.accepts(self.generation), "the connection is open");
        self.handle(Input::Received { generation: self.generation, answer: false });
    }

    /// A heartbeat's time has come, and it is answered.
    pub(crate) fn heartbeat(&mut self) {
        let pings = self.pings;
        while self.pings == pings {
            self.sleep();
        }
        self.handle(Input::Received { generation: self.generation, answer: true });
    }

    /// A connection is lost, waited for, dialled and open.
    pub(crate) fn lose_and_reconnect(&mut self) {
        self.lose();
        self.come_back();
    }

    /// A thousand messages are queued without a connection, and go out with the next.
    pub(crate) fn flush(&mut self) {
        let transmitted = self.transmitted;
        self.lose();
        for _ in 0..1_000 {
            self.post();
        }
        self.come_back();
        assert!(self.transmitted == transmitted + 1_000, "all messages go out");
    }

    fn post(&mut self) {
        let accepted = self.core.send(self.now, Message::new(Kilobyte));
        black_box(accepted.is_ok());
    }

    fn lose(&mut self) {
        let generation = self.generation;
        self.handle(Input::Errored(generation));
        self.handle(Input::Ended { generation, code: 1006.into(), reason: String::new(), was_clean: false });
    }

    fn come_back(&mut self) {
        let generation = self.generation;
        while self.generation == generation {
            self.sleep();
        }
        self.handle(Input::Opened(self.generation));
        assert!(self.core.state() == State::Open, "the connection is back");
    }

    fn sleep(&mut self) {
        self.now = self.wake.take().expect("there is something to wake for");
        self.handle(Input::Tick);
    }

    fn handle(&mut self, input: Input) {
        self.core.handle(self.now, input);
        self.carry_out();
    }

    fn carry_out(&mut self) {
        while let Some(output) = self.core.poll() {
            match output {
                Output::Dial(generation) => self.generation = generation,
                Output::Transmit(_, message) => {
                    black_box(message);
                    self.transmitted += 1;
                }
                Output::Ping(_) => self.pings += 1,
                Output::Measure(generation) => self.core.handle(self.now, Input::Buffered { generation, bytes: 0 }),
                Output::Wake(at) => self.wake = at,
                Output::Event(Event::Dropped { .. }) => panic!("nothing is dropped"),
                output => drop(black_box(output)),
            }
        }
    }
}
