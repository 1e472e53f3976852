//! The npm package's side of the boundary: the core, asked and answered in numbers.
//!
//! The wasm calls nobody, and imports nothing: what the core wants done, JavaScript asks for with [`Engine::poll`] and does,
//! see `npm/driver.ts`. Frames stay on that side, under the numbers of their slots.

mod exports;
mod heap;
mod options;
mod said;

use std::num::NonZeroU32;

use self::said::Said;
use crate::core::{
    Accepted, CloseCode, Config, Core, Duration, Failure, Frame, Generation, Instant, Key, Message, Reason, SendError,
    State, Tag, Throttle, Verdict,
};

/// A frame that JavaScript has: its number there, and its size.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Slot {
    number: u32,
    bytes: u32,
}

impl Frame for Slot {
    fn byte_len(&self) -> usize {
        self.bytes as usize
    }
}

/// The core of one `Socket`. Enums of `npm/engine.ts` name the numbers.
struct Engine {
    core: Core<Slot>,
    said: Said,
    /// The number of the reason of a close that is wanted or has come, and the delay that it asks for.
    reason: Reason,
    /// What is asked for the message that comes next.
    asked: Asked,
}

/// What can be asked for a message.
#[derive(Debug)]
struct Asked {
    expires: Instant,
    key: Option<Key>,
    priority: i32,
    tag: Option<Tag>,
    purpose: Purpose,
}

impl Default for Asked {
    fn default() -> Self {
        Self { expires: Instant::NEVER, key: None, priority: 0, tag: None, purpose: Purpose::default() }
    }
}

/// What a message is for.
#[derive(Debug, Default)]
enum Purpose {
    #[default]
    Message,
    /// To be answered, and perhaps repeated when the connection is lost.
    Request { timeout: Duration, repeat: bool },
    /// To be told to every connection.
    Subscription,
}

impl Engine {
    /// One with the default options.
    fn new(seed: u64, firefox: bool) -> Self {
        let throttle = if firefox { Throttle::Firefox } else { Throttle::Chromium };
        Self {
            core: Core::new(Config { throttle, ..Config::default() }, seed),
            said: Said::default(),
            reason: Reason::default(),
            asked: Asked::default(),
        }
    }

    /// Takes in what happened or is wanted, and answers what is asked, or 0: `What` of `npm/engine.ts`, in its order. Only
    /// some are about something, and only some come with a number.
    ///
    /// What happened goes where [`Core::handle`] has it go, without an [`Input`](crate::core::Input) in between.
    fn handle(&mut self, now: f64, what: u32, about: u32, number: f64) -> f64 {
        let core = &mut self.core;
        let now = Instant::from_millis(now as u64);
        let generation = Generation(about);
        let tag = Tag::from_number(about);
        core.advance(now);
        if matches!(what, 10..=18) && !core.is_newest(generation) {
            self.reason = Reason::default();
            return 0.0;
        }
        match what {
            0 => core.open(),
            1 => core.reconnect(),
            2 => core.await_room(),
            3 => core.await_flush(),
            4 => return core.tag().number().into(),
            5 => return self.enqueue(now, Slot { number: about, bytes: number as u32 }).into(),
            6 => return self.permit(generation),
            7 => {
                let code = (!number.is_nan()).then(|| close_code(number));
                core.close(code, std::mem::take(&mut self.reason));
            }
            8 => tag.map_or((), |tag| core.cancel(now, tag)),
            9 => return flag(tag.is_some_and(|tag| core.unsubscribe(tag))),
            10 => core.opened(),
            11 => core.errored(),
            12 | 13 => core.ended(close_code(number), std::mem::take(&mut self.reason), what == 13),
            14 => core.measured(number as u64),
            15 => core.undialable(match number as u32 {
                0 => Failure::ProviderFailed,
                1 => Failure::Blocked,
                _ => Failure::NoWebSocket,
            }),
            16 => core.decided(match number as i32 {
                -1 => Verdict::Default,
                -2 => Verdict::Retry,
                -3 => Verdict::Stop,
                _ => Verdict::RetryAfter(millis(number)),
            }),
            17 | 18 => core.heard(what == 18),
            19 => return flag(tag.is_some_and(|tag| core.replied(tag))),
            20 => return flag(core.is_current(generation)),
            21 => core.tick(),
            22 => core.online(),
            23 => core.offline(),
            24 => core.woken(),
            25 => core.freeze(),
            26 => core.thaw(),
            27 => self.said.take_message().map_or((), |(at, message)| core.take_back(at, message)),
            28 => self.said.take_message().map_or((), |(_, message)| core.refused(message)),
            29 => core.transmitted(about, number as u64),
            30 => self.reason = Reason { number: about, retry_after: number as u32 },
            31 => options::set(core.config(), about, number),
            32 => return flag(core.config().backoff.contradicts_itself()),
            33 => self.asked.tag = tag,
            34 => self.asked.expires = now + millis(number),
            35 => self.asked.key = NonZeroU32::new(about),
            36 => self.asked.priority = number as i32,
            37 => self.asked.purpose = Purpose::Request { timeout: millis(number), repeat: false },
            38 => self.asked.purpose = Purpose::Request { timeout: millis(number), repeat: true },
            39 => self.asked.purpose = Purpose::Subscription,
            // With nothing left of the queue, the message went out with the rest.
            40 => return if about == QUEUED && core.queue_len() == 0 { SENT } else { about }.into(),
            41 => return state_number(core.state()).into(),
            42 => return core.queue_len() as f64,
            43 => return core.queue_bytes() as f64,
            44 => return core.attempt().into(),
            45 => return core.latency().map_or(f64::NAN, |latency| crate::core::millis(latency) as f64),
            46 => return core.statistics().connections as f64,
            47 => return core.statistics().sent as f64,
            48 => return core.statistics().dropped as f64,
            _ => return self.said.number(about as usize),
        }
        self.core.report_state();
        0.0
    }

    /// What to do now, one thing at a time: above 0 the slot of a frame to be transmitted, below 0 what `Said` of
    /// `npm/engine.ts` names, 0 when there is nothing more.
    fn poll(&mut self) -> i32 {
        match self.core.poll() {
            Some(output) => self.said.say(output),
            None => {
                self.core.rest();
                0
            }
        }
    }

    /// What may be done without asking, until the core is told something: `Permit` of `npm/engine.ts`.
    fn permit(&self, generation: Generation) -> f64 {
        let core = &self.core;
        if !core.accepts(generation) {
            -2.0
        } else if core.wants_measure().is_some() {
            0.0
        } else if core.can_transmit().is_some() {
            core.credit() as f64
        } else {
            -1.0
        }
    }

    /// Takes a message in, with what has been asked for it. Answers what became of it, `Became` of `npm/engine.ts`.
    fn enqueue(&mut self, now: Instant, frame: Slot) -> u32 {
        let Asked { expires, key, priority, tag, purpose } = std::mem::take(&mut self.asked);
        let message = Message { frame, expires, key, priority, tag };
        let accepted = match (purpose, tag) {
            (Purpose::Subscription, Some(tag)) => {
                self.core.subscribe(tag, frame).map(|()| Accepted::Sent).map_err(SendError::Closed)
            }
            (Purpose::Request { timeout, repeat }, _) => self.core.request(now, message, timeout, repeat),
            _ => self.core.send(now, message),
        };
        match accepted {
            Ok(Accepted::Sent) => SENT,
            Ok(Accepted::Queued) => QUEUED,
            Ok(Accepted::Dropped) => DROPPED,
            Err(SendError::Closed(_)) => CLOSED,
            Err(SendError::Full(_)) => FULL,
        }
    }
}

const SENT: u32 = 0;
const QUEUED: u32 = 1;
const DROPPED: u32 = 2;
const CLOSED: u32 = 3;
const FULL: u32 = 4;

const fn flag(flag: bool) -> f64 {
    flag as u8 as f64
}

fn close_code(number: f64) -> CloseCode {
    // It is one: less is asked of the conversion if it goes by way of a larger number.
    CloseCode::from(number as u32 as u16)
}

/// A number of milliseconds, rounded up to whole ones; Infinity is for ever.
fn millis(millis: f64) -> Duration {
    // As a signed number, the most that it can be is what a duration can be.
    Duration::from_millis(millis.ceil() as i64 as u64)
}

const fn state_number(state: State) -> u8 {
    match state {
        State::Idle => 0,
        State::Connecting => 1,
        State::Open => 2,
        State::Waiting => 3,
        State::Suspended => 4,
        State::Closing => 5,
        State::Closed => 6,
    }
}
