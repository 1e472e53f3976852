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
    Accepted, CloseCode, Config, Core, Duration, Failure, Frame, Generation, Input, Instant, Key, Message, Reason,
    SendError, State, Tag, Verdict,
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
#[derive(Debug, Default)]
struct Asked {
    expires: Option<Instant>,
    key: Option<Key>,
    priority: i32,
    tag: Option<Tag>,
    purpose: Purpose,
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
    fn new(seed: u64) -> Self {
        Self {
            core: Core::new(Config::default(), seed),
            said: Said::default(),
            reason: Reason::default(),
            asked: Asked::default(),
        }
    }

    /// Takes in what happened or is wanted, and answers what is asked, or 0: `What` of `npm/engine.ts`, in its order. Only
    /// some are about something, and only some come with a number.
    fn handle(&mut self, now: f64, what: u8, about: u32, number: f64) -> f64 {
        let core = &mut self.core;
        let now = Instant::from_millis(now as u64);
        let generation = Generation(about);
        let tag = Tag::from_number(about);
        match what {
            4 => core.tag().number().into(),
            5 => self.enqueue(now, Slot { number: about, bytes: number as u32 }).into(),
            6 => self.permit(generation),
            9 => flag(tag.is_some_and(|tag| core.unsubscribe(tag))),
            19 => flag(tag.is_some_and(|tag| core.replied(tag))),
            20 => flag(core.is_current(generation)),
            32 => flag(core.config().backoff.contradicts_itself()),
            // With nothing left of the queue, the message went out with the rest.
            40 => if about == QUEUED && core.queue_len() == 0 { SENT } else { about }.into(),
            41 => state_number(core.state()).into(),
            42 => core.queue_len() as f64,
            43 => core.queue_bytes() as f64,
            44 => core.attempt().into(),
            45 => core.latency().map_or(f64::NAN, |latency| crate::core::millis(latency) as f64),
            46 => core.statistics().connections as f64,
            47 => core.statistics().sent as f64,
            48 => core.statistics().dropped as f64,
            49 => self.said.number(about as usize),
            _ => {
                self.take_in(now, what, about, number);
                0.0
            }
        }
    }

    /// What to do now, one thing at a time: above 0 the slot of a frame to be transmitted, below 0 what `Said` of
    /// `npm/engine.ts` names, 0 when there is nothing more.
    fn poll(&mut self) -> i32 {
        match self.core.poll() {
            Some(output) => self.said.say(output),
            None => {
                self.core.rest();
                self.said = Said::default();
                0
            }
        }
    }

    fn take_in(&mut self, now: Instant, what: u8, about: u32, number: f64) {
        let core = &mut self.core;
        let tag = Tag::from_number(about);
        match what {
            2 => core.await_room(),
            3 => core.await_flush(),
            8 => tag.map_or((), |tag| core.cancel(now, tag)),
            27 => self.said.take_message().map_or((), |(at, message)| core.take_back(at, message)),
            28 => self.said.take_message().map_or((), |(_, message)| core.refused(message)),
            29 => core.transmitted(about, number as u64),
            30 => self.reason = Reason { number: about, retry_after: millis(number) },
            31 => options::set(core.config(), about, number),
            33 => self.asked.tag = tag,
            34 => self.asked.expires = Some(now + millis(number)),
            35 => self.asked.key = NonZeroU32::new(about),
            36 => self.asked.priority = number as i32,
            37 => self.asked.purpose = Purpose::Request { timeout: millis(number), repeat: false },
            38 => self.asked.purpose = Purpose::Request { timeout: millis(number), repeat: true },
            39 => self.asked.purpose = Purpose::Subscription,
            _ => {
                let input = self.input(what, about, number);
                self.core.handle(now, input);
            }
        }
    }

    fn input(&mut self, what: u8, about: u32, number: f64) -> Input {
        let generation = Generation(about);
        match what {
            0 => Input::Open,
            1 => Input::Reconnect,
            7 => Input::Close {
                code: (!number.is_nan()).then(|| close_code(number)),
                reason: std::mem::take(&mut self.reason),
            },
            10 => Input::Opened(generation),
            11 => Input::Errored(generation),
            12 | 13 => Input::Ended {
                generation,
                code: close_code(number),
                reason: std::mem::take(&mut self.reason),
                was_clean: what == 13,
            },
            14 => Input::Buffered { generation, bytes: number as u64 },
            15 => Input::Undialable {
                generation,
                cause: match number as u8 {
                    0 => Failure::ProviderFailed,
                    1 => Failure::Blocked,
                    _ => Failure::NoWebSocket,
                },
            },
            16 => Input::Verdict {
                generation,
                verdict: match number {
                    -1.0 => Verdict::Default,
                    -2.0 => Verdict::Retry,
                    -3.0 => Verdict::Stop,
                    delay => Verdict::RetryAfter(millis(delay)),
                },
            },
            17 | 18 => Input::Received { generation, answer: what == 18 },
            22 => Input::Online,
            23 => Input::Offline,
            24 => Input::Visible,
            25 => Input::Frozen,
            26 => Input::Thawed,
            _ => Input::Tick,
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
    CloseCode::from(number as u16)
}

/// A number of milliseconds, rounded up to whole ones; Infinity is for ever.
fn millis(millis: f64) -> Duration {
    let whole = millis as u64;
    Duration::from_millis(whole.saturating_add(u64::from((whole as f64) < millis)))
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
