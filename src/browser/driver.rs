//! Carries out what the core says, and tells the core and the user what happened.
//!
//! Two rules keep it safe against whatever the user's code does:
//!
//! - **No borrow is held while code runs that is not ours.** Outputs are carried out, and events delivered, with the core
//!   free; a listener, hook, provider or codec may call anything.
//! - **One loop each.** A call that comes in while outputs are being carried out only tells the core; the running loop does
//!   the rest. So is it with delivery, and so the order of events is the order in which they happened.
//!
//! Events that a browser event causes are delivered within it. Those that a call of the user's causes come in a microtask,
//! so that nobody's listener runs inside somebody's `close()`.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;
use wasm_bindgen::prelude::*;

use super::clock::{Clock, timeout_millis};
use super::connection::{Connection, Handed, Outgoing, Report};
use super::face::Inbound;
use super::face::{Delivery, Face, Resolver, Target};
use super::global::{get, global_property};
use super::watch::Watch;
use crate::core::{
    CloseCode, Config, Core, Event, Failure, Generation, Input, Instant, Message, Output, State, Tag, Throttle,
};

mod commands;

pub(crate) use commands::Rejected;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = queueMicrotask)]
    fn queue_microtask(task: &JsValue);
}

pub(crate) struct Driver<S: Face> {
    this: Weak<Self>,
    face: S,
    core: RefCell<Core<S::Frame>>,
    clock: Clock,
    connection: RefCell<Option<Rc<Connection>>>,
    timer: RefCell<Option<Timeout>>,
    watch: RefCell<Option<Watch>>,
    url: RefCell<JsValue>,
    deliveries: RefCell<VecDeque<Delivery<S>>>,
    working: Cell<bool>,
    delivering: Cell<bool>,
    microtask: Cell<bool>,
    hears: bool,
}

impl<S: Face> Driver<S> {
    pub(crate) fn new(mut config: Config, face: S) -> Rc<Self> {
        config.throttle = throttle();
        let hears = config.heartbeat.is_some();
        let seed = (js_sys::Math::random() * 9_007_199_254_740_992.0) as u64;
        Rc::new_cyclic(|this| Self {
            this: this.clone(),
            face,
            core: RefCell::new(Core::new(config, seed)),
            clock: Clock::new(),
            connection: RefCell::default(),
            timer: RefCell::default(),
            watch: RefCell::default(),
            url: RefCell::default(),
            deliveries: RefCell::default(),
            working: Cell::default(),
            delivering: Cell::default(),
            microtask: Cell::default(),
            hears,
        })
    }

    pub(crate) const fn face(&self) -> &S {
        &self.face
    }

    fn current(&self, generation: Generation) -> Option<Rc<Connection>> {
        self.connection.borrow().as_ref().filter(|connection| connection.generation == generation).cloned()
    }

    fn happened(&self, input: Input) {
        self.tell(input);
        self.work();
        self.deliver();
    }

    fn tell(&self, input: Input) {
        let now = self.clock.now();
        self.core.borrow_mut().handle(now, input);
    }

    fn report(&self, generation: Generation, report: Report) {
        match report {
            Report::Opened => self.happened(Input::Opened(generation)),
            Report::Errored => self.happened(Input::Errored(generation)),
            Report::Ended(event) => self.happened(Input::Ended {
                generation,
                code: event.code().into(),
                reason: event.reason(),
                was_clean: event.was_clean(),
            }),
        }
    }

    /// Whether a message from this connection is for the user.
    pub(crate) fn accepts(&self, generation: Generation) -> bool {
        self.core.borrow().accepts(generation)
    }

    /// A message came from this connection; it is not read where it is not for the user.
    pub(crate) fn received(&self, generation: Generation, read: impl FnOnce(&S) -> Inbound<S::Message>) {
        if !self.accepts(generation) {
            return;
        }
        let inbound = read(&self.face);
        // The user's code had its say meanwhile.
        if !self.accepts(generation) {
            return;
        }
        let delivery = match inbound {
            Inbound::Message(message) => {
                self.sort(generation, false, None, true);
                Delivery::Message(message)
            }
            Inbound::Undeliverable(message) => {
                self.sort(generation, false, None, false);
                Delivery::Message(message)
            }
            Inbound::Tagged(tag, message) => {
                let replies = self.sort(generation, false, Some(tag), true);
                if replies { Delivery::Reply(tag, message) } else { Delivery::Message(message) }
            }
            Inbound::Answer => {
                self.sort(generation, true, None, true);
                return self.deliver();
            }
        };
        if self.is_at_rest() {
            // As nearly always: nobody is before it, and it goes past the line.
            self.delivering.set(true);
            self.face.deliver(delivery);
            self.delivering.set(false);
            if self.is_at_rest() {
                return self.face.stepped();
            }
        } else {
            self.deliveries.borrow_mut().push_back(delivery);
        }
        self.deliver();
    }

    /// Whether nothing is being carried out, nor told, nor waits for that.
    fn is_at_rest(&self) -> bool {
        !self.working.get() && !self.delivering.get() && self.deliveries.borrow().is_empty()
    }

    /// Takes notice of a message that is [accepted](Self::accepts); `answers` a heartbeat, `delivered` if it can be.
    /// Says whether it replies to the request with its tag.
    pub(crate) fn sort(&self, generation: Generation, answers: bool, tag: Option<Tag>, delivered: bool) -> bool {
        if self.hears {
            self.tell(Input::Received { generation, answer: answers });
            self.work();
        }
        let mut core = self.core.borrow_mut();
        core.received(delivered);
        tag.is_some_and(|tag| core.replied(tag))
    }

    /// Carries out what the core says until it says no more.
    fn work(&self) {
        if self.working.replace(true) {
            return;
        }
        loop {
            let output = self.core.borrow_mut().poll();
            match output {
                Some(output) => self.carry_out(output),
                None => break,
            }
        }
        self.core.borrow_mut().rest();
        self.working.set(false);
    }

    fn carry_out(&self, output: Output<S::Frame>) {
        match output {
            Output::Dial(generation) => self.face.target(Resolver { driver: self.this.clone(), generation }),
            Output::Transmit(generation, message) => self.transmit(generation, message),
            Output::Ping(generation) => self.ping(generation),
            Output::Measure(generation) => {
                let bytes = self.current(generation).map_or(0, |connection| connection.buffered_amount());
                self.tell(Input::Buffered { generation, bytes });
            }
            Output::Shut { generation, code, reason } => self.shut(generation, code, &reason),
            Output::Abandon(generation) => self.drop_connection(generation),
            Output::Consult(generation, lost) => {
                let verdict = self.face.verdict(&lost);
                self.tell(Input::Verdict { generation, verdict });
            }
            Output::Watch(watching) => {
                let driver = self.this.clone();
                let watch = watching.then(|| {
                    Watch::new(move |input| {
                        if let Some(driver) = driver.upgrade() {
                            driver.happened(input);
                        }
                    })
                });
                *self.watch.borrow_mut() = watch;
            }
            Output::Wake(at) => self.wake(at),
            Output::Event(event) => {
                if let Event::Closed { .. } = event {
                    self.drop_ended_connection();
                }
                self.deliveries.borrow_mut().push_back(Delivery::Event(event));
            }
        }
    }

    pub(super) fn dial(&self, generation: Generation, target: Result<Target, Failure>) {
        if !self.core.borrow().is_current(generation) || self.current(generation).is_some() {
            return;
        }
        // A foreign constructor may call anything; what it asks for waits until the connection is in its place.
        let working = self.working.replace(true);
        let dialled = target.and_then(|target| self.connect(generation, target));
        if let Err(cause) = dialled {
            self.tell(Input::Undialable { generation, cause });
        }
        self.working.set(working);
        self.work();
        self.deliver();
    }

    fn connect(&self, generation: Generation, target: Target) -> Result<(), Failure> {
        let constructor = self.face.constructor().map_err(|_| Failure::NoWebSocket)?;
        let driver = self.this.clone();
        let connection = Connection::dial(
            &constructor,
            &target.0,
            &self.face.binary_type(),
            generation,
            |socket| self.face.listener(self.this.clone(), socket, generation),
            move |report| {
                if let Some(driver) = driver.upgrade() {
                    driver.report(generation, report);
                }
            },
        )
        .map_err(|error| why_not_dialled(&error))?;
        *self.connection.borrow_mut() = Some(Rc::new(connection));
        self.url.replace(target.0.get(0));
        Ok(())
    }

    fn transmit(&self, generation: Generation, message: Message<S::Frame>) {
        let Some(connection) = self.current(generation) else {
            return self.core.borrow_mut().take_back(generation, message);
        };
        match message.frame.hand_to(&connection.socket) {
            Ok(Handed::Taken(_)) => {}
            Ok(Handed::NotOpen) => self.core.borrow_mut().take_back(generation, message),
            Err(_) => self.core.borrow_mut().refused(message),
        }
    }

    fn ping(&self, generation: Generation) {
        if let (Some(connection), Some(frame)) = (self.current(generation), self.face.heartbeat()) {
            // A heartbeat that cannot be sent gets no answer, and that is acted upon.
            let _ = frame.hand_to(&connection.socket);
        }
    }

    fn shut(&self, generation: Generation, code: Option<CloseCode>, reason: &str) {
        let Some(connection) = self.current(generation) else {
            // The provider has not answered yet: there is nothing to close.
            return self.tell(Input::Ended {
                generation,
                code: CloseCode::ABNORMAL,
                reason: String::new(),
                was_clean: false,
            });
        };
        let socket = &connection.socket;
        // Code and reason were checked; should a foreign `WebSocket` throw all the same, the close timeout ends it.
        let _ = match code {
            None => socket.close(),
            Some(code) => socket.close_with_code_and_reason(code.into(), reason),
        };
    }

    fn wake(&self, at: Option<Instant>) {
        let timer = at.map(|at| {
            let driver = self.this.clone();
            Timeout::new(timeout_millis(at - self.clock.now()), move || {
                if let Some(driver) = driver.upgrade() {
                    driver.happened(Input::Tick);
                }
            })
        });
        *self.timer.borrow_mut() = timer;
    }

    fn drop_connection(&self, generation: Generation) {
        let connection = self.current(generation).and_then(|_| self.connection.take());
        drop(connection);
    }

    /// A connection whose end has been told is of no more use, unless a new one has taken its place already.
    fn drop_ended_connection(&self) {
        let ended = |connection: &Rc<Connection>| !self.core.borrow().is_current(connection.generation);
        if self.connection.borrow().as_ref().is_some_and(ended) {
            drop(self.connection.take());
        }
    }

    /// While outputs are being carried out, whoever started that delivers when it is done.
    pub(crate) fn deliver(&self) {
        if self.working.get() || self.delivering.replace(true) {
            return;
        }
        loop {
            let delivery = self.deliveries.borrow_mut().pop_front();
            match delivery {
                Some(delivery) => self.face.deliver(delivery),
                None => break,
            }
        }
        self.deliveries.take();
        self.delivering.set(false);
        self.face.stepped();
        if self.state() == State::Closed {
            self.face.rest();
        }
    }

    fn deliver_soon(&self) {
        if self.delivering.get() || self.deliveries.borrow().is_empty() || self.microtask.replace(true) {
            return;
        }
        let driver = self.this.clone();
        let task = Closure::<dyn Fn(JsValue)>::new(move |_| {
            if let Some(driver) = driver.upgrade() {
                driver.microtask.set(false);
                driver.deliver();
            }
        });
        queue_microtask(&task.into_js_value());
    }
}

/// As if the user had closed it: what is queued goes out before the close frame, and the browser ends the connection in its
/// own time. Nobody calls into a driver when it is dropped, and nothing finds it any more: what it would tell is dropped with
/// it, and so are the timer and the listeners.
impl<S: Face> Drop for Driver<S> {
    fn drop(&mut self) {
        self.tell(Input::Close { code: None, reason: String::new() });
        self.work();
    }
}

/// How this browser holds dials back. `InternalError` is Firefox's alone.
fn throttle() -> Throttle {
    let is_firefox = !global_property("InternalError").is_undefined();
    if is_firefox { Throttle::Firefox } else { Throttle::Chromium }
}

/// The page's policy will not change; anything else is what a provider returned. Firefox has a name of its own for what a
/// Content-Security-Policy forbids.
fn why_not_dialled(error: &JsValue) -> Failure {
    match get(error, "name").as_string().as_deref() {
        Some("SecurityError" | "NS_ERROR_CONTENT_BLOCKED") => Failure::Blocked,
        _ => Failure::ProviderFailed,
    }
}
