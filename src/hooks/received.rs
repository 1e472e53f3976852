use std::cell::RefCell;
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use futures::Stream;

use crate::client::{Buffer, Inbox};

/// Every message that a component's socket receives from now on, in order, whatever connection or URL it came from; ends
/// with the component. Reading too slowly costs messages as [`Options::inbox`](crate::Options::inbox) has it.
pub struct Received<Incoming>(pub(super) Rc<Reader<Incoming>>);

pub(super) struct Reader<Incoming> {
    buffer: Buffer<Rc<Incoming>>,
    waker: RefCell<Option<Waker>>,
}

impl<Incoming> Reader<Incoming> {
    pub(super) fn new(inbox: Inbox) -> Rc<Self> {
        Rc::new(Self { buffer: Buffer::new(inbox), waker: RefCell::default() })
    }

    /// Says whether the reader has just fallen behind.
    pub(super) fn push(&self, message: &Rc<Incoming>) -> bool {
        let overrun = self.buffer.push(Rc::clone(message));
        self.wake();
        overrun
    }

    pub(super) fn end(&self) {
        self.buffer.end();
        self.wake();
    }

    fn wake(&self) {
        let waker = self.waker.take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<Incoming> Received<Incoming> {
    /// Of a component that is gone.
    pub(crate) fn ended() -> Self {
        let reader = Reader::new(Inbox::default());
        reader.end();
        Self(reader)
    }
}

impl<Incoming> Stream for Received<Incoming> {
    type Item = Rc<Incoming>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Rc<Incoming>>> {
        match self.0.buffer.pop() {
            Some(message) => Poll::Ready(Some(message)),
            None if self.0.buffer.is_ended() => Poll::Ready(None),
            None => {
                self.0.waker.replace(Some(context.waker().clone()));
                Poll::Pending
            }
        }
    }
}

impl<Incoming> fmt::Debug for Received<Incoming> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received").finish_non_exhaustive()
    }
}
