//! What must hold at every step of every test, whatever the world and the user do.

use std::time::Duration;

use everwire::core::{Config, Core, Event, Failure, Generation, Input, Output, State};

use crate::harness::Note;
use crate::ledger::Ledger;

/// The native connection that there is, as the world knows it.
#[derive(Debug)]
struct Connection {
    generation: Generation,
    opened: Option<u64>,
    /// The page was frozen since it opened.
    suspect: bool,
    /// The closing handshake has begun.
    shut: bool,
}

pub(crate) struct Rules {
    config: Config,
    pub(crate) ledger: Ledger,
    connection: Option<Connection>,
    last_dialled: Option<Generation>,
    /// The dials since the last stable connection, or since the user asked for one afresh; where that is known.
    dials: Option<u32>,
    /// The user asked to begin afresh once the connection that there is has ended.
    afresh_after_close: bool,
    /// There was a dial, and its end has not been told.
    untold: bool,
    /// The user was told why, and must be told now that it is over.
    close_is_next: bool,
    consulting: bool,
    /// The state as the user was told.
    state: State,
    /// The last close was told: silence from here on.
    ended: bool,
    watching: bool,
    frozen: bool,
    /// Something said that now is a good time to look, so the next wait may be shorter than any backoff.
    woken: bool,
    /// The user took a dial back, so the next one waits until the browser has done so too; as it does after one that failed
    /// at once.
    withdrawn: bool,
}

impl Rules {
    pub(crate) fn new(config: Config) -> Self {
        Self {
            ledger: Ledger::new(config.queue),
            config,
            connection: None,
            last_dialled: None,
            dials: Some(0),
            afresh_after_close: false,
            untold: false,
            close_is_next: false,
            consulting: false,
            state: State::Idle,
            ended: false,
            watching: false,
            frozen: false,
            woken: false,
            withdrawn: false,
        }
    }

    pub(crate) const fn watching(&self) -> bool {
        self.watching
    }

    pub(crate) const fn consulting(&self) -> bool {
        self.consulting
    }

    /// The connection that there is.
    pub(crate) fn live(&self) -> Option<Generation> {
        self.connection.as_ref().map(|it| it.generation)
    }

    pub(crate) fn is_open(&self, generation: Generation) -> bool {
        self.connection.as_ref().is_some_and(|it| it.generation == generation && it.opened.is_some())
    }

    pub(crate) fn is_dialling(&self) -> bool {
        self.connection.as_ref().is_some_and(|it| it.opened.is_none())
    }

    /// Takes note of what the world reports. True if it comes from a connection that is over.
    pub(crate) fn input(&mut self, input: &Input, state: State, now: u64) -> bool {
        self.woken &= matches!(input, Input::Verdict { .. });
        let takes_back = matches!(input, Input::Reconnect | Input::Close { .. } | Input::Undialable { .. });
        self.withdrawn |= state == State::Connecting && takes_back;
        match input {
            Input::Open | Input::Reconnect => self.begins_afresh(*input == Input::Reconnect, state),
            Input::Frozen => {
                self.frozen = true;
                if let Some(connection) = &mut self.connection {
                    connection.suspect = connection.opened.is_some();
                }
            }
            Input::Thawed | Input::Online | Input::Visible => {
                self.frozen &= *input != Input::Thawed;
                self.woken = true;
            }
            Input::Verdict { .. } => self.consulting = false,
            Input::Opened(generation)
            | Input::Errored(generation)
            | Input::Received { generation, .. }
            | Input::Buffered { generation, .. }
            | Input::Undialable { generation, .. }
            | Input::Ended { generation, .. } => return self.heard_from(*generation, input, now),
            _ => {}
        }
        false
    }

    /// The next dial will be a first one: the very next, or the next after the coming close.
    fn begins_afresh(&mut self, reconnect: bool, state: State) {
        match state {
            State::Closing => self.afresh_after_close = true,
            State::Connecting | State::Open => self.afresh_after_close |= reconnect,
            State::Waiting | State::Suspended if !reconnect => {}
            _ => self.dials = Some(0),
        }
    }

    /// Several calls in one tick: which dial is the first, and whether one was taken back, is not for these rules to tell.
    pub(crate) fn lose_count(&mut self) {
        self.withdrawn = true;
        self.dials = None;
        self.afresh_after_close = false;
    }

    fn heard_from(&mut self, generation: Generation, input: &Input, now: u64) -> bool {
        let Some(connection) = self.connection.as_mut().filter(|it| it.generation == generation) else { return true };
        match input {
            Input::Opened(_) => {
                connection.opened.get_or_insert(now);
                connection.suspect = self.frozen;
            }
            Input::Ended { .. } | Input::Undialable { .. } => self.gone(now),
            _ => {}
        }
        false
    }

    fn gone(&mut self, now: u64) {
        let opened = self.connection.take().and_then(|it| it.opened);
        let stable_after = self.config.stable_after.as_millis();
        if opened.is_some_and(|at| u128::from(now - at) >= stable_after) {
            self.dials = Some(0);
        }
    }

    /// Only a connection that is there, open, not frozen since and not being closed takes anything.
    pub(crate) fn may_transmit(&self, generation: Generation) {
        let connection = self.connection.as_ref().expect("there is a connection");
        assert_eq!(connection.generation, generation, "a connection that was given up");
        assert!(connection.opened.is_some() && !connection.suspect && !connection.shut, "{connection:?}");
    }

    pub(crate) fn output(&mut self, output: &Output<Note>, now: u64) {
        let after_the_end = matches!(
            output,
            Output::Wake(_) | Output::Watch(_) | Output::Event(Event::State { previous: State::Closed, .. })
        );
        assert!(!self.ended || after_the_end, "after the last close: {output:?}");
        let close = matches!(output, Output::Event(Event::Failed(_) | Event::Closed { .. }));
        assert!(!self.close_is_next || close, "between a failure and its close: {output:?}");
        match output {
            Output::Dial(generation) => self.dial(*generation),
            Output::Transmit(generation, message) => {
                self.may_transmit(*generation);
                self.ledger.transmitted(message, now);
            }
            Output::Ping(generation) => self.may_transmit(*generation),
            // While it closes too: the close frame waits behind what is not sent.
            Output::Measure(generation) => {
                assert_eq!(self.live(), Some(*generation), "a connection that was given up");
                assert!(self.is_open(*generation) || self.state == State::Closing, "a dial: {:?}", self.connection);
            }
            Output::Shut { generation, .. } => {
                let connection = self.connection.as_mut().expect("there is a connection");
                assert_eq!(connection.generation, *generation);
                assert!(!std::mem::replace(&mut connection.shut, true), "shut twice");
            }
            Output::Abandon(generation) => {
                assert_eq!(self.connection.as_ref().map(|it| it.generation), Some(*generation));
                self.gone(now);
            }
            Output::Consult(..) => {
                assert!(self.connection.is_none() && self.untold);
                self.consulting = true;
            }
            Output::Watch(watching) => {
                assert_ne!(self.watching, *watching);
                self.watching = *watching;
                // Nobody says when the page thaws.
                self.frozen &= watching;
            }
            Output::Wake(_) => {}
            Output::Event(event) => self.event(event, now),
        }
    }

    fn dial(&mut self, generation: Generation) {
        assert!(self.connection.is_none(), "a second connection beside {:?}", self.connection);
        assert!(self.last_dialled.is_none_or(|last| last < generation), "a generation comes again");
        assert!(!self.frozen, "a dial from a page that is frozen");
        assert!(!self.untold && self.watching && self.state == State::Connecting);
        self.dials = self.dials.map(|dials| dials + 1);
        let bounds = self.dials.zip(self.config.max_attempts);
        assert!(bounds.is_none_or(|(dials, max)| dials <= max), "one dial too many");
        self.connection = Some(Connection { generation, opened: None, suspect: false, shut: false });
        self.last_dialled = Some(generation);
        self.untold = true;
        self.consulting = false;
    }

    fn event(&mut self, event: &Event<Note>, now: u64) {
        match event {
            Event::State { state, previous } => {
                assert_eq!(self.state, *previous, "a link of the chain of states is missing");
                assert_ne!(state, previous);
                assert_eq!(*previous == State::Closed, self.ended, "one final close, no less and no more");
                self.ended = false;
                self.state = *state;
            }
            Event::Open => assert!(self.state == State::Open && !self.is_dialling()),
            Event::Failed(failure) => {
                self.close_is_next = true;
                self.woken |= *failure == Failure::PageFrozen;
            }
            Event::Closed { will_retry, .. } => {
                assert!(self.connection.is_none(), "it is still there");
                assert_eq!(self.state == State::Closed, !will_retry);
                assert!(self.untold || !will_retry, "the end of no dial");
                if std::mem::take(&mut self.afresh_after_close) {
                    self.dials = Some(0);
                }
                self.close_is_next = false;
                self.untold = false;
                self.ended = !will_retry;
                self.consulting &= *will_retry;
            }
            Event::Retry { attempt, delay } => {
                assert!(matches!(self.state, State::Waiting | State::Suspended));
                assert!(self.dials.is_none_or(|dials| *attempt == dials + 1), "dial {attempt} after {:?}", self.dials);
                // No wait is longer, whatever is asked for.
                let shortest = self.config.backoff.min.min(Duration::from_millis(i64::MAX as u64));
                let withdrawal = self.withdrawn && *delay <= Duration::from_millis(100);
                assert!(self.woken || withdrawal || *delay >= shortest, "a wait of only {delay:?}");
            }
            Event::Unanswered { .. } | Event::Room | Event::Flushed => {}
            Event::Dropped { frame, reason } => self.ledger.dropped(frame, *reason, self.state, now),
        }
    }

    /// Everything was carried out: nothing is stuck, and nothing is left over.
    pub(crate) fn settled(&self, core: &Core<Note>, alarm: Option<u64>) {
        assert_eq!(self.state, core.state(), "the user was not told");
        self.ledger.settled(core);
        let connected = self.connection.as_ref().is_some_and(|it| core.is_current(it.generation));
        assert_eq!(connected, self.connection.is_some());
        match self.state {
            State::Idle => assert!(!connected && !self.watching),
            State::Connecting | State::Closing => assert!(connected && alarm.is_some(), "stuck"),
            State::Open => {
                assert!(connected);
                assert!(core.queue_len() == 0 || self.frozen || alarm.is_some(), "the queue is stuck");
            }
            State::Waiting | State::Suspended => {
                assert!(!connected);
                assert!(alarm.is_some() || self.consulting || self.frozen, "stuck");
            }
            State::Closed => {
                assert!(self.ended, "no close was told");
                assert!(!connected && alarm.is_none() && !self.watching && core.queue_len() == 0, "left over");
            }
        }
    }
}
