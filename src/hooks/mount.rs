use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::rc::{Rc, Weak};
use std::task::Poll;

use futures::StreamExt;

use super::lease::{Lease, Pool};
use super::received::{Reader, Received};
use crate::client::{Event, Inbox, OpenError, Options, SendError, Socket, Source, Status, Surroundings};
use crate::codec::Codec;
use crate::core::State;

/// What one component has of a socket, from its first rendering until it is gone.
pub(crate) struct Mount<Incoming: 'static, Outgoing: 'static, C: Codec<Incoming, Outgoing> + 'static> {
    pool: Pool,
    /// As the component last gave it.
    source: Rc<RefCell<Source>>,
    /// Of its provider.
    surroundings: Option<Surroundings>,
    options: Options<Incoming, Outgoing>,
    inbox: Inbox,
    hold: RefCell<Hold<Incoming, Outgoing, C>>,
    latest: RefCell<Option<Rc<Incoming>>>,
    callbacks: RefCell<Vec<Weak<Callback<Incoming>>>>,
    readers: RefCell<Vec<Weak<Reader<Incoming>>>>,
    /// What the component shows of the status.
    shown: Cell<Option<Status>>,
    moves: Cell<u32>,
    entered: Cell<bool>,
    left: Cell<bool>,
}

pub(crate) type Callback<Incoming> = dyn Fn(&Incoming);

enum Hold<Incoming: 'static, Outgoing: 'static, C: Codec<Incoming, Outgoing> + 'static> {
    Leased(Rc<Lease<Incoming, Outgoing, C>>),
    Refused(OpenError),
    Left,
}

/// What a component may want to show, after something has come or changed.
pub(crate) struct Change<Incoming> {
    /// If it is another one than the component shows.
    pub(crate) status: Option<Status>,
    /// If something came.
    pub(crate) latest: Option<Rc<Incoming>>,
}

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> Mount<Incoming, Outgoing, C> {
    /// Takes messages at once, and dials when the component is [there](Self::enter).
    pub(crate) fn new(pool: Option<Pool>, source: Source, options: Options<Incoming, Outgoing>) -> Rc<Self> {
        Self::within(None, pool, source, options)
    }

    /// One whose provider runs in these surroundings.
    pub(crate) fn within(
        surroundings: Option<Surroundings>,
        pool: Option<Pool>,
        source: Source,
        options: Options<Incoming, Outgoing>,
    ) -> Rc<Self> {
        let mount = Self {
            pool: pool.unwrap_or_default(),
            source: Rc::new(RefCell::new(source)),
            surroundings,
            inbox: options.inbox_policy(),
            options,
            hold: RefCell::new(Hold::Left),
            latest: RefCell::default(),
            callbacks: RefCell::default(),
            readers: RefCell::default(),
            shown: Cell::default(),
            moves: Cell::default(),
            entered: Cell::default(),
            left: Cell::default(),
        };
        mount.hold.replace(mount.lease());
        Rc::new(mount)
    }

    fn lease(&self) -> Hold<Incoming, Outgoing, C> {
        let source = self.source.borrow().clone();
        let mut dial = Source::latest_in(&self.source);
        if let Some(surroundings) = &self.surroundings {
            dial = dial.within(Rc::clone(surroundings));
        }
        match self.pool.lease(&source, dial, &self.options) {
            Ok(lease) => Hold::Leased(lease),
            Err(error) => Hold::Refused(error),
        }
    }

    /// The component is there, and so must the connection be. Answers the task that tells of each change, which must run
    /// for as long; after a [move](Self::move_to) it takes a new one.
    pub(crate) fn enter<T>(self: &Rc<Self>, mut tell: T) -> impl Future<Output = ()> + use<Incoming, Outgoing, C, T>
    where
        T: FnMut(Change<Incoming>) + 'static,
    {
        self.entered.set(true);
        // It listens before it dials, and reads at once whatever the inbox is to be. A connection that is there, or on its
        // way, stays as it is; one that another component has closed comes back.
        let mut followed = self.leased().map(|lease| {
            let messages = lease.socket.broadcast_into(Inbox::DropOldest(usize::MAX));
            lease.socket.dial();
            (messages, lease.socket.watch())
        });
        let mount = Rc::clone(self);
        mount.shown.take();
        poll_fn(move |context| {
            let Some((messages, statuses)) = &mut followed else { return Poll::Ready(()) };
            let mut change = Change { status: None, latest: None };
            while let Poll::Ready(Some(message)) = messages.poll_next_unpin(context) {
                mount.hear(&message);
                change.latest = Some(message);
            }
            // Until it waits for the next change. The component may have been rendered since the last.
            while statuses.poll_next_unpin(context).is_ready() {}
            let status = mount.status();
            if mount.shown.replace(Some(status)) != Some(status) {
                change.status = Some(status);
            }
            if change.status.is_some() || change.latest.is_some() {
                tell(change);
            }
            Poll::Pending
        })
    }

    /// The component is being rendered, for another reason than a change. Says whether there is one all the same.
    pub(crate) fn render(&self) -> bool {
        let status = Some(self.status());
        self.shown.replace(status) != status
    }

    /// Has the component's socket at another place, if it is another one: [`enter`](Self::enter) must follow.
    pub(crate) fn move_to(&self, source: Source) {
        let stays = self.source.borrow().is_at(&source);
        self.source.replace(source);
        if !stays && !self.left.get() {
            self.moves.set(self.moves.get() + 1);
            self.latest.take();
            // The new one first: a connection that both are leases of goes on.
            let lease = self.lease();
            drop(self.hold.replace(lease));
        }
    }

    /// How often it has moved.
    pub(crate) const fn moves(&self) -> u32 {
        self.moves.get()
    }

    /// The component is gone.
    pub(crate) fn leave(&self) {
        self.left.set(true);
        drop(self.hold.replace(Hold::Left));
        for reader in self.readers.take().iter().filter_map(Weak::upgrade) {
            reader.end();
        }
    }

    fn hear(&self, message: &Rc<Incoming>) {
        self.latest.replace(Some(Rc::clone(message)));
        self.callbacks.borrow_mut().retain(|callback| callback.strong_count() > 0);
        self.readers.borrow_mut().retain(|reader| reader.strong_count() > 0);
        // One at a time: a callback may call anything, so nothing is borrowed while it runs.
        let callbacks = (0..).map_while(|at| self.callbacks.borrow().get(at).map(Weak::upgrade));
        for callback in callbacks.flatten() {
            callback(message);
        }
        let readers = (0..).map_while(|at| self.readers.borrow().get(at).map(Weak::upgrade));
        for reader in readers.flatten() {
            if reader.push(message)
                && let Some(socket) = self.socket()
            {
                socket.tell(&Event::Overrun);
            }
        }
    }

    fn leased(&self) -> Option<Rc<Lease<Incoming, Outgoing, C>>> {
        match &*self.hold.borrow() {
            Hold::Leased(lease) => Some(Rc::clone(lease)),
            Hold::Refused(_) | Hold::Left => None,
        }
    }

    pub(crate) fn socket(&self) -> Option<Socket<Incoming, Outgoing, C>> {
        self.leased().map(|lease| lease.socket.clone())
    }

    pub(crate) fn live(&self) -> Result<Socket<Incoming, Outgoing, C>, SendError> {
        self.socket().ok_or(SendError::Closed)
    }

    pub(crate) fn error(&self) -> Option<OpenError> {
        match *self.hold.borrow() {
            Hold::Refused(error) => Some(error),
            Hold::Leased(_) | Hold::Left => None,
        }
    }

    /// Where there is no socket, it is closed. Until the component is there it is idle, as a server has rendered it,
    /// wherever the connection stands that it shares with others: what hydrates later than they must find what it renders.
    pub(crate) fn status(&self) -> Status {
        match self.socket() {
            None => Status { state: State::Closed, ..Status::default() },
            Some(_) if !self.entered.get() => Status::default(),
            Some(socket) => socket.status(),
        }
    }

    pub(crate) fn latest(&self) -> Option<Rc<Incoming>> {
        self.latest.borrow().clone()
    }

    pub(crate) fn read(&self) -> Received<Incoming> {
        let reader = Reader::new(self.inbox);
        if self.left.get() {
            reader.end();
        }
        self.readers.borrow_mut().push(Rc::downgrade(&reader));
        Received(reader)
    }

    /// Calls it with every message, for as long as it is not dropped.
    pub(crate) fn call(&self, callback: &Rc<Callback<Incoming>>) {
        self.callbacks.borrow_mut().push(Rc::downgrade(callback));
    }
}
