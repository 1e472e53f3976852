//! The world that every herd meets: a server that dies, returns, and takes so many handshakes a second. Time is simulated:
//! the clock jumps from one event to the next.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::clients::{Client, News, Wishes};
use crate::dice::Dice;

/// When the server dies, on the clock that the clients see.
pub(crate) const DEATH: u64 = 100_000;
/// A herd that is not back by then has failed.
const HORIZON: u64 = DEATH + 4 * 3_600_000;
const SECOND: u64 = 1_000;

/// What a client notices of a handshake that the server drops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dropped {
    /// Nothing: its packets are lost, and only its own connect timeout ends the dial.
    Silently,
    /// A refusal after one round trip: a load balancer resets the connection or answers 503.
    Refused,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct World {
    pub(crate) clients: u32,
    /// How long the server is gone, in ms. Meanwhile every dial is refused after one round trip.
    pub(crate) down: u64,
    /// How many handshakes it takes in each second from its return: the first ones that arrive.
    pub(crate) capacity: u32,
    pub(crate) dropped: Dropped,
    pub(crate) seed: u64,
}

/// How a herd came back. Seconds count from the server's death.
#[derive(Debug, PartialEq)]
pub(crate) struct Outcome {
    /// Dials that arrived in each second.
    pub(crate) dials: Vec<u32>,
    /// Clients that were back by the end of each second.
    pub(crate) back: Vec<u32>,
    /// When each client was back, in ms from the server's return, earliest first.
    pub(crate) returns: Vec<u64>,
}

impl Outcome {
    /// The time until this share of the herd was back, in ms from the server's return; `None` if it never was.
    pub(crate) fn until(&self, share: f64, clients: u32) -> Option<u64> {
        let needed = (f64::from(clients) * share).ceil() as usize;
        self.returns.get(needed.saturating_sub(1)).copied()
    }

    pub(crate) fn total(&self) -> u64 {
        self.dials.iter().copied().map(u64::from).sum()
    }

    /// The most dials in a second, from this second on.
    pub(crate) fn worst_from(&self, second: usize) -> u32 {
        self.dials.iter().skip(second).max().copied().unwrap_or(0)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Happening {
    Hears { opened: bool, dial: u32 },
    Arrives { dial: u32 },
    Wakes,
}

struct Place<C> {
    client: C,
    /// One way to the server, in ms.
    distance: u64,
    dial: u32,
    alarm: Option<u64>,
    back: bool,
}

impl World {
    /// Lets a herd live through it. `connected` makes a client that has long been connected.
    pub(crate) fn run<C: Client>(self, mut connected: impl FnMut(Dice) -> C) -> Outcome {
        let mut dice = Dice::new(self.seed);
        let mut places: Vec<_> = (0..self.clients)
            .map(|_| Place {
                distance: 10 + (dice.fraction() * 90.0) as u64,
                client: connected(dice.split()),
                dial: 0,
                alarm: None,
                back: false,
            })
            .collect();
        let mut coming: BinaryHeap<_> = (0..self.clients)
            .map(|who| {
                let heard = DEATH + places[who as usize].distance;
                Reverse((heard, who, Happening::Hears { opened: false, dial: 0 }))
            })
            .collect();
        let mut server = Server { returns: DEATH + self.down, capacity: self.capacity, second: 0, taken: 0 };
        let mut outcome = Outcome { dials: Vec::new(), back: Vec::new(), returns: Vec::new() };

        while let Some(Reverse((now, who, what))) = coming.pop() {
            if now > HORIZON || outcome.returns.len() == places.len() {
                break;
            }
            let place = &mut places[who as usize];
            let news = match what {
                Happening::Arrives { dial } => {
                    count(&mut outcome.dials, now);
                    let opened = server.takes(now);
                    let silent = !opened && self.dropped == Dropped::Silently && server.is_up(now);
                    if !silent {
                        coming.push(Reverse((now + place.distance, who, Happening::Hears { opened, dial })));
                    }
                    continue;
                }
                Happening::Hears { dial, .. } if dial != place.dial => continue,
                Happening::Hears { opened: true, .. } => {
                    if !std::mem::replace(&mut place.back, true) {
                        outcome.returns.push(now - server.returns);
                        count(&mut outcome.back, now);
                    }
                    News::Opened
                }
                Happening::Hears { opened: false, .. } => News::Broke,
                Happening::Wakes if place.alarm != Some(now) => continue,
                Happening::Wakes => {
                    place.alarm = None;
                    News::Tick
                }
            };
            let Wishes { dial, abandon, wake } = place.client.hear(now, news);
            if dial || abandon {
                place.dial += 1;
            }
            if dial {
                coming.push(Reverse((now + place.distance, who, Happening::Arrives { dial: place.dial })));
            }
            if let Some(alarm) = wake {
                place.alarm = alarm;
                coming.extend(alarm.map(|at| Reverse((at.max(now), who, Happening::Wakes))));
            }
        }
        add_up(&mut outcome.back);
        outcome
    }
}

struct Server {
    returns: u64,
    capacity: u32,
    second: u64,
    taken: u32,
}

impl Server {
    const fn is_up(&self, now: u64) -> bool {
        now >= self.returns
    }

    fn takes(&mut self, now: u64) -> bool {
        if !self.is_up(now) {
            return false;
        }
        let second = (now - self.returns) / SECOND;
        if second != self.second {
            (self.second, self.taken) = (second, 0);
        }
        self.taken += 1;
        self.taken <= self.capacity
    }
}

fn count(seconds: &mut Vec<u32>, now: u64) {
    let second = ((now - DEATH) / SECOND) as usize;
    if seconds.len() <= second {
        seconds.resize(second + 1, 0);
    }
    seconds[second] += 1;
}

fn add_up(seconds: &mut [u32]) {
    let mut sum = 0;
    for second in seconds {
        sum += *second;
        *second = sum;
    }
}
