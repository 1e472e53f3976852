//! What the core says, in numbers.

use super::{Slot, state_number};
use crate::core::{DropReason, Event, Generation, Lost, Message, Output, Unanswered, millis};

/// What was said last: its numbers, and the message that is to be transmitted.
#[derive(Debug, Default)]
pub(super) struct Said {
    numbers: [f64; 4],
    message: Option<(Generation, Message<Slot>)>,
}

impl Said {
    pub(super) fn number(&self, which: usize) -> f64 {
        self.numbers.get(which).copied().unwrap_or(f64::NAN)
    }

    /// The message that was to be transmitted.
    pub(super) fn take_message(&mut self) -> Option<(Generation, Message<Slot>)> {
        self.message.take()
    }

    /// Answers as `poll` does.
    #[inline(never)]
    pub(super) fn say(&mut self, output: Output<Slot>) -> i32 {
        let (what, first, second) = match output {
            Output::Transmit(generation, message) => {
                let slot = message.frame.number;
                self.message = Some((generation, message));
                return slot as i32;
            }
            Output::Dial(generation) => (1, generation.0.into(), 0.0),
            Output::Ping(_) => (2, 0.0, 0.0),
            Output::Measure(_) => (3, 0.0, 0.0),
            Output::Shut { code, reason, .. } => {
                (4, code.map_or(f64::NAN, |code| u16::from(code).into()), reason.number.into())
            }
            Output::Abandon(_) => (5, 0.0, 0.0),
            Output::Consult(_, lost) => (6, self.say_lost(&lost), lost.reason.number.into()),
            Output::Watch(watching) => (7, u8::from(watching).into(), 0.0),
            Output::Wake(at) => (8, at.map_or(f64::NAN, |at| at.as_millis() as f64), 0.0),
            Output::Event(event) => match event {
                Event::Open => (9, 0.0, 0.0),
                Event::State { state, previous } => (10, state_number(state).into(), state_number(previous).into()),
                Event::Retry { attempt, delay } => (11, attempt.into(), millis(delay) as f64),
                Event::Unanswered { tag, why } => (12, tag.number().into(), unanswered_number(why).into()),
                Event::Room => (13, 0.0, 0.0),
                Event::Flushed => (14, 0.0, 0.0),
                Event::Failed(failure) => (15, (failure as u8).into(), 0.0),
                Event::Dropped { frame, reason } => (16, frame.number.into(), drop_number(reason).into()),
                Event::Closed { lost, will_retry } => {
                    (17 + i32::from(will_retry), self.say_lost(&lost), lost.reason.number.into())
                }
            },
        };
        self.numbers[0] = first;
        self.numbers[1] = second;
        -what
    }

    /// Answers the close code.
    fn say_lost(&mut self, lost: &Lost) -> f64 {
        self.numbers[2] = u8::from(lost.was_clean).into();
        self.numbers[3] = lost.attempt.into();
        u16::from(lost.code).into()
    }
}

const fn drop_number(reason: DropReason) -> u8 {
    match reason {
        DropReason::Expired => 0,
        DropReason::Replaced => 1,
        DropReason::Overflow => 2,
        DropReason::Closed => 3,
        DropReason::Refused => 4,
        DropReason::Aborted => 5,
    }
}

const fn unanswered_number(why: Unanswered) -> u8 {
    match why {
        Unanswered::Dropped(reason) => drop_number(reason),
        Unanswered::Timeout => 6,
        Unanswered::Lost => 7,
    }
}
