//! The life of a connection, turn by turn: dial, open, lost, wait, close.

use super::Duration;

use super::backlog::Backlog;
use super::event::{DropReason, Event, Failure, Lost, Output, Verdict};
use super::machine::{Closing, Core, Link, Phase};
use super::retry::{self, Next};
use super::timers::{Timer, Timers};
use super::{CloseCode, Frame, Instant, Reason};

/// After a wake-up (online, visible, thawed) the next dial comes within this time: soon, but not all clients at once.
const WAKE_SPREAD_MILLIS: u64 = 250;
/// A browser fires `close` in the same task as the `error` of a dial that failed. If it has not after this time, the page
/// may not connect at all: Chromium reports a URL that the Content-Security-Policy forbids so.
const ORPHAN_TIMEOUT: Duration = Duration::from_secs(1);
/// A dial whose deadline was met late gets this much more: its `open` may already stand in the page's task queue.
const GRACE: Duration = Duration::from_secs(1);
/// A dial that is taken back may still reach the server for this long: browsers withdraw it in their own time. The next one
/// waits, so that the server never sees two connections of one socket. It waits too after a dial that failed at once, so
/// that who dials again whenever told so leaves the page time for all else.
const WITHDRAWAL: Duration = Duration::from_millis(100);
/// Who asks for a new connection does not wait longer than this for the old one to end in order.
const REOPEN_PATIENCE: Duration = Duration::from_secs(1);

impl<F: Frame> Core<F> {
    pub(crate) fn open(&mut self) {
        match self.phase {
            Phase::Idle | Phase::Closed => self.dial_afresh(),
            Phase::Closing => self.reopen(),
            Phase::Connecting | Phase::Open | Phase::Waiting | Phase::Deciding => {}
        }
    }

    pub(crate) fn reconnect(&mut self) {
        if let Some((lost, failure)) = self.take_undecided() {
            self.tell_lost(lost, failure, true);
        }
        match self.phase {
            Phase::Idle | Phase::Closed | Phase::Waiting | Phase::Deciding => self.dial_afresh(),
            Phase::Connecting | Phase::Open => {
                self.start_closing(None, Reason::default(), false);
                self.reopen();
            }
            Phase::Closing => self.reopen(),
        }
    }

    /// Dials as soon as the connection that closes is gone, so that there are never two.
    fn reopen(&mut self) {
        self.closing.reopen = true;
        self.timers.set_earlier(Timer::Close, self.now + REOPEN_PATIENCE);
    }

    pub(crate) fn close(&mut self, code: Option<CloseCode>, reason: Reason) {
        if let Some((lost, failure)) = self.take_undecided() {
            return self.finish(lost, failure);
        }
        match self.phase {
            Phase::Idle | Phase::Waiting | Phase::Deciding => self.finish(Lost::abnormal(self.attempt), None),
            Phase::Connecting | Phase::Open => self.start_closing(code, reason, self.link.flows),
            Phase::Closing => {
                if std::mem::take(&mut self.closing.reopen) {
                    // Nobody is in a hurry any more.
                    self.set_timer(Timer::Close, self.config.close_timeout);
                    // The close frame of a reconnect gives way to the user's own, if it has not gone out.
                    if self.closing.shut.is_some() {
                        self.closing.shut = Some((code, reason));
                    }
                }
            }
            Phase::Closed => {}
        }
    }

    pub(crate) fn opened(&mut self) {
        if self.phase != Phase::Connecting {
            return;
        }
        // Whatever the browser says: it has a network.
        self.offline = false;
        self.timers.stop(Timer::Connect);
        self.timers.stop(Timer::Orphan);
        self.link = Link { flows: !self.frozen, ..Link::default() };
        self.statistics.connections += 1;
        self.set_timer(Timer::Stable, self.config.stable_after);
        self.start_heartbeat();
        self.enter(Phase::Open);
        self.tell(Event::Open);
    }

    pub(crate) fn errored(&mut self) {
        self.link.errored = true;
        if self.phase == Phase::Connecting {
            self.set_timer(Timer::Orphan, ORPHAN_TIMEOUT);
        }
    }

    pub(crate) fn undialable(&mut self, cause: Failure) {
        let failure = match self.phase {
            Phase::Connecting => Some(cause),
            Phase::Closing => None,
            _ => return,
        };
        self.not_before = self.now + WITHDRAWAL;
        self.lost(Lost::abnormal(self.attempt), failure);
    }

    pub(crate) fn ended(&mut self, code: CloseCode, reason: Reason, was_clean: bool) {
        let failure = match self.phase {
            Phase::Connecting => Some(Failure::ConnectFailed),
            Phase::Open => self.link.errored.then_some(Failure::ConnectionLost),
            Phase::Closing => None,
            _ => return,
        };
        self.lost(Lost { code, reason, was_clean, attempt: self.attempt }, failure);
    }

    pub(crate) fn decided(&mut self, verdict: Verdict) {
        if let Some((lost, failure)) = self.take_undecided() {
            self.follow(lost, failure, verdict);
        }
    }

    /// What the user is being asked about: it is decided now. To the user, this is a wait as it was before.
    fn take_undecided(&mut self) -> Option<(Lost, Option<Failure>)> {
        let undecided = self.undecided.take()?;
        self.phase = Phase::Waiting;
        Some(undecided)
    }

    pub(super) fn expired(&mut self, timer: Timer, due: Instant) {
        match timer {
            Timer::Connect if self.is_late(due) && !self.link.graced => {
                self.link.graced = true;
                self.set_timer(Timer::Connect, GRACE);
            }
            Timer::Connect => self.abandon(Some(Failure::ConnectTimeout)),
            Timer::Orphan => self.abandon(Some(Failure::Blocked)),
            // Who asks for a new connection does not wait for what the old one has left.
            Timer::Close if self.phase == Phase::Closing && !self.closing.reopen && self.link.backlog.excuses() => {
                self.set_timer(Timer::Close, self.config.close_timeout);
            }
            Timer::Close => self.abandon(None),
            Timer::Retry => self.dial(),
            Timer::Stable => self.attempt = 0,
            Timer::Ping => self.ping(due),
            Timer::Answer => self.answer_is_due(due),
            // The next poll asks the connection again.
            Timer::Drain => {}
            Timer::Expiry => self.drop_expired(),
            Timer::Request => self.requests_are_due(self.is_late(due)),
        }
    }

    pub(crate) fn online(&mut self) {
        self.offline = false;
        self.woken();
    }

    pub(crate) const fn offline(&mut self) {
        self.offline = true;
    }

    /// Something says that now is a good time to look: dial soon, or ask an open connection whether it lives.
    pub(crate) fn woken(&mut self) {
        match self.phase {
            Phase::Waiting => self.hasten(),
            Phase::Open => self.probe(),
            _ => {}
        }
    }

    pub(crate) fn freeze(&mut self) {
        self.frozen = true;
        if self.phase == Phase::Open {
            self.link.flows = false;
            self.stop_heartbeat();
        }
    }

    /// A browser may hand back a connection that says it is open and swallows what it is given, so it is replaced.
    pub(crate) fn thaw(&mut self) {
        if std::mem::take(&mut self.frozen) && self.phase == Phase::Open {
            return self.abandon(Some(Failure::PageFrozen));
        }
        self.woken();
    }

    fn dial_afresh(&mut self) {
        self.attempt = 0;
        self.dial();
    }

    fn dial(&mut self) {
        self.watch(true);
        self.timers.stop(Timer::Retry);
        if self.frozen {
            return self.enter(Phase::Waiting);
        }
        if self.now < self.not_before {
            self.patient = true;
            self.enter(Phase::Waiting);
            return self.wait(self.not_before - self.now);
        }
        self.generation.0 = self.generation.0.wrapping_add(1);
        self.attempt = self.attempt.saturating_add(1);
        self.link = Link::default();
        let hold = self.config.throttle.hold(self.attempt);
        self.set_timer(Timer::Connect, self.config.connect_timeout.saturating_add(hold));
        self.enter(Phase::Connecting);
        self.push(Output::Dial(self.generation));
    }

    fn start_closing(&mut self, code: Option<CloseCode>, reason: Reason, flush: bool) {
        if self.phase == Phase::Connecting {
            self.not_before = self.now + WITHDRAWAL;
        }
        self.let_go();
        self.set_timer(Timer::Close, self.config.close_timeout);
        self.expect_answer();
        self.closing = Closing { shut: Some((code, reason)), flush, reopen: false };
        self.enter(Phase::Closing);
    }

    /// Gives the connection up without waiting for the browser, which can take a minute to notice.
    pub(super) fn abandon(&mut self, failure: Option<Failure>) {
        if matches!(self.phase, Phase::Connecting | Phase::Open | Phase::Closing) {
            self.push(Output::Abandon(self.generation));
            self.lost(Lost::abnormal(self.attempt), failure);
        }
    }

    fn lost(&mut self, mut lost: Lost, failure: Option<Failure>) {
        // A page that is throttled meets this deadline late; the connection was stable all the same.
        if self.timers.get(Timer::Stable) <= self.now {
            self.attempt = 0;
            lost.attempt = 0;
        }
        self.let_go();
        self.lose_requests();
        match self.phase {
            Phase::Closing if self.closing.reopen => {
                self.tell_lost(lost, failure, true);
                self.dial_afresh();
            }
            Phase::Closing => self.finish(lost, failure),
            _ if self.config.consult && !failure.is_some_and(Failure::is_fatal) => {
                self.push(Output::Consult(self.generation, lost.clone()));
                self.undecided = Some((lost, failure));
                self.enter(Phase::Deciding);
            }
            _ => self.follow(lost, failure, Verdict::Default),
        }
    }

    fn follow(&mut self, lost: Lost, failure: Option<Failure>, verdict: Verdict) {
        match retry::next(&self.config, &lost, failure, verdict) {
            Next::Retry { floor } => {
                self.enter(Phase::Waiting);
                self.tell_lost(lost, failure, true);
                self.patient = !floor.is_zero();
                // A page that was frozen lost its connection through no fault of the server's.
                if failure == Some(Failure::PageFrozen) && !self.patient {
                    self.hasten();
                } else {
                    let delay = self.config.backoff.delay(self.attempt, floor, &mut self.rng);
                    self.wait(delay.max(self.not_before - self.now));
                }
            }
            Next::Stop => self.finish(lost, failure),
            Next::GiveUp => {
                self.settle();
                self.tell_failure(failure);
                self.tell_lost(lost, Some(Failure::GaveUp), false);
            }
        }
    }

    fn wait(&mut self, delay: Duration) {
        self.set_timer(Timer::Retry, delay);
        self.tell(Event::Retry { attempt: self.attempt.saturating_add(1), delay });
    }

    fn hasten(&mut self) {
        let delay = Duration::from_millis(self.rng.up_to(WAKE_SPREAD_MILLIS));
        let at = self.timers.get(Timer::Retry);
        let sooner = at == Instant::NEVER || (!self.patient && at > self.now + delay);
        if sooner && !self.frozen {
            self.wait(delay);
        }
    }

    /// The end: the close is the last that the user hears.
    fn finish(&mut self, lost: Lost, failure: Option<Failure>) {
        self.settle();
        self.tell_lost(lost, failure, false);
    }

    /// Leaves nothing behind: no deadline, nobody watching, no message unreported.
    fn settle(&mut self) {
        self.timers = Timers::default();
        self.watch(false);
        // Nobody would say that it is over.
        self.frozen = false;
        self.offline = false;
        self.enter(Phase::Closed);
        while let Some(message) = self.queue.pop() {
            self.drop(message, DropReason::Closed);
        }
        self.forget_subscriptions();
    }

    fn tell_lost(&mut self, lost: Lost, failure: Option<Failure>, will_retry: bool) {
        self.tell_failure(failure);
        self.tell(Event::Closed { lost, will_retry });
    }

    fn tell_failure(&mut self, failure: Option<Failure>) {
        if let Some(failure) = failure {
            self.tell(Event::Failed(failure));
        }
    }

    /// Expects nothing more of the connection, and gives it nothing more.
    fn let_go(&mut self) {
        self.link.flows = false;
        self.link.backlog = Backlog::default();
        // The wait for the next dial among them, which nobody waits for while there is a connection.
        self.timers.stop_up_to(Timer::Drain);
        self.stop_heartbeat();
    }
}
