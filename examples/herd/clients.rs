//! Who comes back: everwire by its real core, and others by the curves that they document. What each of them does was
//! read in the source that their package ships, in the version that the bench installs.

use everwire::core::{CloseCode, Config, Core, Frame, Generation, Input, Instant, Output};

use crate::dice::Dice;

/// What happens to a client.
#[derive(Clone, Copy, Debug)]
pub(crate) enum News {
    /// The dial has led to a connection.
    Opened,
    /// The connection broke, or the dial was refused: `error`, then `close` 1006.
    Broke,
    /// The time that it asked for has come.
    Tick,
}

/// What a client wants in answer.
#[derive(Debug, Default)]
pub(crate) struct Wishes {
    /// Dial now; an earlier dial is forgotten.
    pub(crate) dial: bool,
    /// Nothing more of the dial under way, please.
    pub(crate) abandon: bool,
    /// A [`News::Tick`] at this time, instead of the one asked for before.
    pub(crate) wake: Option<Option<u64>>,
}

pub(crate) trait Client {
    fn hear(&mut self, now: u64, news: News) -> Wishes;
}

/// The real core, as the browser's driver drives it.
pub(crate) struct Everwire {
    core: Core<Nothing>,
    generation: Generation,
}

/// The herd sends no messages.
#[derive(Clone, Debug)]
pub(crate) struct Nothing;

impl Frame for Nothing {
    fn byte_len(&self) -> usize {
        0
    }
}

impl Everwire {
    /// The size of the value; it owns next to nothing on the heap while no message is queued.
    pub(crate) const BYTES: usize = size_of::<Core<Nothing>>();

    /// A client that has been connected for a minute when the clock stands at `now`.
    pub(crate) fn connected(config: Config, seed: u64, now: u64) -> Self {
        let mut client = Self { core: Core::new(config, seed), generation: Generation::default() };
        let long_ago = Instant::from_millis(now - 60_000);
        client.core.handle(long_ago, Input::Open);
        client.carry_out();
        client.core.handle(long_ago, Input::Opened(client.generation));
        client.core.handle(Instant::from_millis(now), Input::Tick);
        client.carry_out();
        client
    }

    fn carry_out(&mut self) -> Wishes {
        let mut wishes = Wishes::default();
        while let Some(output) = self.core.poll() {
            match output {
                Output::Dial(generation) => {
                    self.generation = generation;
                    wishes.dial = true;
                }
                Output::Abandon(_) => wishes.abandon = true,
                Output::Wake(at) => wishes.wake = Some(at.map(Instant::as_millis)),
                // There is nobody to tell, and no message to send.
                _ => {}
            }
        }
        wishes
    }
}

impl Client for Everwire {
    fn hear(&mut self, now: u64, news: News) -> Wishes {
        let now = Instant::from_millis(now);
        let generation = self.generation;
        match news {
            News::Opened => self.core.handle(now, Input::Opened(generation)),
            News::Broke => {
                self.core.handle(now, Input::Errored(generation));
                let (code, reason, was_clean) = (CloseCode::ABNORMAL, String::new(), false);
                self.core.handle(now, Input::Ended { generation, code, reason, was_clean });
            }
            News::Tick => self.core.handle(now, Input::Tick),
        }
        self.carry_out()
    }
}

/// The waits of another library with its defaults, on a connection that has lasted for long.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Curve {
    /// reconnecting-websocket 4.4.0: a first wait of 1–5 s, drawn once for each page, × 1.3 up to 10 s.
    ReconnectingWebSocket,
    /// partysocket 1.3.0: 3 s × 1.3ⁿ up to 10 s, without jitter.
    PartySocket,
    /// socket.io-client 4.8.4: 1 s × 2ⁿ ± up to 50 %, then cut to 5 s. One dial an attempt, as with
    /// `transports: ["websocket"]`.
    SocketIo,
    /// gRPC's "Connection Backoff Protocol": at once, then 1 s × 1.6ⁿ up to 120 s ± 20 %, counted from dial to dial.
    Grpc,
}

impl Curve {
    const fn connect_timeout(self) -> u64 {
        match self {
            Self::ReconnectingWebSocket | Self::PartySocket => 4_000,
            Self::SocketIo | Self::Grpc => 20_000,
        }
    }

    /// The wait before the dial that follows `failed` failed ones, in ms.
    fn wait(self, failed: i32, own: f64, dice: &mut Dice) -> f64 {
        match self {
            Self::ReconnectingWebSocket => ((1_000.0 + own * 4_000.0) * 1.3_f64.powi(failed)).min(10_000.0),
            Self::PartySocket => (3_000.0 * 1.3_f64.powi(failed)).min(10_000.0),
            Self::SocketIo => {
                // Word for word: one number decides both the size and, by its first digit, the sign.
                let drawn = dice.fraction();
                let wait = 1_000.0 * 2_f64.powi(failed);
                let deviation = (drawn * 0.5 * wait).floor();
                let earlier = (drawn * 10.0) as u64 & 1 == 0;
                (if earlier { wait - deviation } else { wait + deviation }).min(5_000.0)
            }
            Self::Grpc if failed == 0 => 0.0,
            // The first deadline is not jittered.
            Self::Grpc if failed == 1 => 1_000.0,
            Self::Grpc => (1_000.0 * 1.6_f64.powi(failed - 1)).min(120_000.0) * (0.8 + 0.4 * dice.fraction()),
        }
    }

    const fn counts_from_the_dial(self) -> bool {
        matches!(self, Self::Grpc)
    }
}

/// A client that follows a curve.
pub(crate) struct Follower {
    curve: Curve,
    dice: Dice,
    /// What a client draws once for its life.
    own: f64,
    failed: i32,
    dialled: u64,
    dialling: bool,
}

impl Follower {
    pub(crate) fn connected(curve: Curve, mut dice: Dice) -> Self {
        Self { curve, own: dice.fraction(), dice, failed: 0, dialled: 0, dialling: false }
    }

    fn retry(&mut self, now: u64, abandon: bool) -> Wishes {
        self.dialling = false;
        let wait = self.curve.wait(self.failed, self.own, &mut self.dice) as u64;
        let since = if self.curve.counts_from_the_dial() && self.failed > 0 { self.dialled } else { now };
        self.failed += 1;
        Wishes { abandon, wake: Some(Some((since + wait).max(now))), dial: false }
    }
}

impl Client for Follower {
    fn hear(&mut self, now: u64, news: News) -> Wishes {
        match news {
            News::Opened => Wishes { wake: Some(None), ..Wishes::default() },
            News::Broke => self.retry(now, false),
            News::Tick if self.dialling => self.retry(now, true),
            News::Tick => {
                self.dialled = now;
                self.dialling = true;
                Wishes { dial: true, wake: Some(Some(now + self.curve.connect_timeout())), abandon: false }
            }
        }
    }
}
