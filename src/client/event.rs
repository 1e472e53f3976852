use std::rc::Rc;
use std::time::Duration;

use crate::codec::{CodecError, Frame};
use crate::core::{DropReason, Event as Told, Failure, Lost, State};

/// What happened to a [`Socket`](super::Socket), beside the messages that came.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// The state changed.
    State {
        /// What it is now.
        state: State,
        /// What it was.
        previous: State,
    },
    /// The connection is there.
    Open,
    /// A connection ended, or a dial failed.
    Closed {
        /// How.
        lost: Lost,
        /// Whether another dial follows by itself; false for the last.
        will_retry: bool,
    },
    /// Something went wrong; [`Event::Closed`] follows.
    Failed(Failure),
    /// A wait before the next dial begins, or is cut short.
    Retry {
        /// The number of the dial that follows, from 1 since the last stable connection.
        attempt: u32,
        /// The wait before it.
        delay: Duration,
    },
    /// A message that had been accepted will not be sent.
    Dropped {
        /// What would have been sent.
        frame: Frame,
        /// Why it is not.
        reason: DropReason,
    },
    /// A message came that is not for the application. The connection goes on.
    Undecodable(Undecodable),
    /// Messages were read too slowly, and some had to go: see [`Inbox`](super::Inbox).
    Overrun,
}

/// Why a message that came was not delivered.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Undecodable {
    /// The codec could not read it.
    #[error("a message could not be decoded: {0}")]
    Codec(Rc<CodecError>),
    /// It was larger than [`Options::max_message_bytes`](super::Options::max_message_bytes).
    #[error("a message was larger than allowed")]
    TooLarge,
}

impl Event {
    /// The event for everybody in one of the core's; what is left is for who asked for it.
    pub(super) fn from_core(event: Told<Frame>) -> Option<Self> {
        Some(match event {
            Told::State { state, previous } => Self::State { state, previous },
            Told::Open => Self::Open,
            Told::Closed { lost, will_retry } => Self::Closed { lost, will_retry },
            Told::Failed(failure) => Self::Failed(failure),
            Told::Retry { attempt, delay } => Self::Retry { attempt, delay },
            Told::Dropped { frame, reason } => Self::Dropped { frame, reason },
            Told::Unanswered { .. } | Told::Room | Told::Flushed => return None,
        })
    }
}
