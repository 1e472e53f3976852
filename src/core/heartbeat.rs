//! Whether the peer is alive. Judged by the clock and by the last message received, never by counting ticks: a page's
//! timers may come a minute late, and a deadline that is met late says something about the page and nothing about the peer.

use super::Duration;

use super::event::{Failure, Output};
use super::machine::Core;
use super::timers::Timer;
use super::{Frame, HeartbeatConfig, Instant};

/// After a wake-up or a late deadline the peer gets at most this long to answer.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Debug, Default)]
pub(super) struct Heartbeat {
    /// When the heartbeat that waits for its answer was sent.
    asked: Option<Instant>,
    /// Whether anything came since.
    heard: bool,
    /// Whether it was sent because a deadline was met late.
    probing: bool,
    latency: Option<Duration>,
}

impl Heartbeat {
    pub(super) const fn latency(&self) -> Option<Duration> {
        self.latency
    }
}

impl<F: Frame> Core<F> {
    pub(super) fn start_heartbeat(&mut self) {
        if let Some(config) = self.config.heartbeat {
            self.set_timer(Timer::Ping, config.interval);
        }
    }

    pub(super) fn stop_heartbeat(&mut self) {
        self.heartbeat.asked = None;
        self.timers.stop(Timer::Ping);
        self.timers.stop(Timer::Answer);
    }

    pub(super) fn ping(&mut self, due: Instant) {
        if let Some(config) = self.config.heartbeat {
            let late = self.is_late(due);
            let limit = if late { config.timeout.min(PROBE_TIMEOUT) } else { config.timeout };
            self.ask(limit, false);
        }
    }

    /// Asks for a sign of life out of turn, with little patience.
    pub(super) fn probe(&mut self) {
        match self.config.heartbeat {
            Some(config) if self.heartbeat.asked.is_none() => self.ask(config.timeout.min(PROBE_TIMEOUT), false),
            _ => {}
        }
    }

    pub(crate) fn heard(&mut self, answer: bool) {
        let (Some(config), Some(asked)) = (self.config.heartbeat, self.heartbeat.asked) else { return };
        self.heartbeat.heard = true;
        if answer {
            self.heartbeat.latency = Some(self.now - asked);
        }
        if answer || !config.recognised {
            self.answered(asked, config);
        }
    }

    /// Silence until a deadline that was met in time is death. If it was met late, the answer may stand in the page's
    /// task queue behind this very deadline: ask once more.
    pub(super) fn answer_is_due(&mut self, due: Instant) {
        let (Some(config), Some(asked)) = (self.config.heartbeat, self.heartbeat.asked) else { return };
        if self.heartbeat.heard {
            self.answered(asked, config);
        } else if self.is_late(due) && !self.heartbeat.probing {
            self.ask(config.timeout.min(PROBE_TIMEOUT), true);
        } else if self.link.backlog.excuses() {
            self.set_timer(Timer::Answer, config.timeout);
        } else {
            self.abandon(Some(Failure::HeartbeatTimeout));
        }
    }

    fn ask(&mut self, limit: Duration, probing: bool) {
        if !self.link.flows {
            return;
        }
        self.heartbeat.asked = Some(self.now);
        self.heartbeat.heard = false;
        self.heartbeat.probing = probing;
        self.timers.stop(Timer::Ping);
        self.set_timer(Timer::Answer, limit);
        self.expect_answer();
        self.push(Output::Ping(self.generation));
    }

    fn answered(&mut self, asked: Instant, config: HeartbeatConfig) {
        self.heartbeat.asked = None;
        self.timers.stop(Timer::Answer);
        self.timers.set(Timer::Ping, self.now.max(asked + config.interval));
    }
}
