//! The hook for each version of Dioxus, whose crates are what `super` has by their names.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use super::dioxus_core::{
    self, Element, Runtime, ScopeId, Task, current_scope_id, provide_context, queue_effect, spawn, try_consume_context,
    use_drop, use_hook,
};
use super::dioxus_core_macro::{Props, component};
use super::dioxus_signals::{CopyValue, ReadableExt, Signal, WritableExt};

use crate::client::{OpenError, Options, Source, Status, Surroundings};
use crate::codec::Codec;
use crate::core::State;
pub use crate::hooks::Received;
use crate::hooks::{Callback, Change, Mount, Pool, handle_methods};

/// A component's socket: it connects when the component is there, connects elsewhere when the URL is another one, and is
/// closed with the component.
///
/// `source` is a URL, or a provider that is asked before every dial: a closure that returns a future. Of a provider the one
/// of the latest rendering counts; it runs in the component's scope, and may read signals. `options` are those of the first
/// rendering. Below a [`SocketProvider`], components that give the same share a connection.
///
/// ```
#[doc = concat!("# use everwire::dioxus", version!(), "::{UseSocket, use_socket};")]
/// # use everwire::{Options, Text};
/// # async fn token() -> Result<String, std::io::Error> {
/// #     Ok("secret".into())
/// # }
/// # fn component() -> UseSocket<String, String, Text> {
/// let socket = use_socket::<String, String, Text>(
///     || async { token().await.map(|token| format!("/chat?token={token}")) },
///     Options::default(),
/// );
/// # socket
/// # }
/// ```
///
/// Where it cannot be connected to such a URL or with such options, the state is closed, and [`UseSocket::error`] says why.
/// On a server that renders the page nothing connects, and the state is idle; so it is in the first rendering in the browser,
/// which may hydrate that page. There it connects in an effect.
pub fn use_socket<Incoming, Outgoing, C>(
    source: impl Into<Source>,
    options: Options<Incoming, Outgoing>,
) -> UseSocket<Incoming, Outgoing, C>
where
    Incoming: 'static,
    Outgoing: 'static,
    C: Codec<Incoming, Outgoing> + 'static,
{
    let source = source.into();
    let scope = use_hook(|| Rc::new(Cell::new(current_scope_id())));
    let mount = use_hook(|| {
        let pool = try_consume_context::<Shared>().map(|shared| shared.0);
        Mount::<Incoming, Outgoing, C>::within(Some(inside(Rc::clone(&scope))), pool, source.clone(), options)
    });
    mount.move_to(source);
    let socket = use_hook(|| UseSocket { mount: CopyValue::new(Rc::clone(&mount)), shown: Shown::of(&mount) });

    let follower = use_hook(Rc::<Follower>::default);
    if follower.moves.replace(Some(mount.moves())) != Some(mount.moves()) {
        let (mount, scope) = (Rc::clone(&mount), scope.get());
        // Effects do not run on a server.
        queue_effect(move || Runtime::current().in_scope(scope, || follower.follow(&mount, socket.shown)));
    }
    use_drop(move || {
        scope.set(ScopeId::ROOT);
        mount.leave();
    });
    socket
}

/// Providers are asked when the browser has news, which is outside of Dioxus. Others that share the connection may ask on
/// when the component is gone.
fn inside(scope: Rc<Cell<ScopeId>>) -> Surroundings {
    let runtime = Runtime::current();
    Rc::new(move |provider| runtime.in_scope(scope.get(), provider))
}

/// What tells the signals of changes.
#[derive(Default)]
struct Follower {
    /// How often the mount that it follows has moved.
    moves: Cell<Option<u32>>,
    task: Cell<Option<Task>>,
}

impl Follower {
    fn follow<Incoming, Outgoing, C: Codec<Incoming, Outgoing>>(
        &self,
        mount: &Rc<Mount<Incoming, Outgoing, C>>,
        shown: Shown<Incoming>,
    ) {
        if let Some(former) = self.task.take() {
            former.cancel();
        }
        self.task.set(Some(spawn(mount.enter(move |change| shown.change(change)))));
        shown.begin_anew(mount);
    }
}

/// What components read, each signal with readers of its own.
struct Shown<Incoming: 'static> {
    state: Signal<State>,
    latency: Signal<Option<Duration>>,
    queue: Signal<usize>,
    attempt: Signal<u32>,
    status: Signal<Status>,
    latest: Signal<Option<Rc<Incoming>>>,
    error: Signal<Option<OpenError>>,
}

impl<Incoming> Shown<Incoming> {
    fn of<Outgoing, C: Codec<Incoming, Outgoing>>(mount: &Mount<Incoming, Outgoing, C>) -> Self {
        let status = mount.status();
        Self {
            state: Signal::new(status.state),
            latency: Signal::new(status.latency),
            queue: Signal::new(status.queue_len),
            attempt: Signal::new(status.attempt),
            status: Signal::new(status),
            latest: Signal::new(mount.latest()),
            error: Signal::new(mount.error()),
        }
    }

    fn begin_anew<Outgoing, C: Codec<Incoming, Outgoing>>(self, mount: &Mount<Incoming, Outgoing, C>) {
        self.change_status(mount.status());
        show(self.error, mount.error());
        let mut latest = self.latest;
        if latest.peek().is_some() {
            latest.set(mount.latest());
        }
    }

    fn change(self, change: Change<Incoming>) {
        if let Some(status) = change.status {
            self.change_status(status);
        }
        if change.latest.is_some() {
            let mut latest = self.latest;
            latest.set(change.latest);
        }
    }

    fn change_status(self, status: Status) {
        show(self.state, status.state);
        show(self.latency, status.latency);
        show(self.queue, status.queue_len);
        show(self.attempt, status.attempt);
        show(self.status, status);
    }
}

/// Setting a signal has its readers run again, also to what it is.
fn show<T: PartialEq + 'static>(mut signal: Signal<T>, value: T) {
    if *signal.peek() != value {
        signal.set(value);
    }
}

impl<Incoming> Clone for Shown<Incoming> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Incoming> Copy for Shown<Incoming> {}

/// A component's socket, see [`use_socket`]. A handle: copies are the same, and all of its methods act on what is now, not
/// on what was when the component was rendered. What reads of it (a component, a memo, an effect) is run again when that
/// changes, and for no other change. Once the component is gone, the socket is closed.
pub struct UseSocket<Incoming: 'static, Outgoing: 'static, C: Codec<Incoming, Outgoing> + 'static> {
    mount: CopyValue<Rc<Mount<Incoming, Outgoing, C>>>,
    shown: Shown<Incoming>,
}

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> UseSocket<Incoming, Outgoing, C> {
    handle_methods!(self => self.mount());

    /// Where the socket stands.
    #[must_use]
    pub fn state(&self) -> State {
        read(self.shown.state).unwrap_or(State::Closed)
    }

    /// How long the last recognised answer to a heartbeat took.
    #[must_use]
    pub fn latency(&self) -> Option<Duration> {
        read(self.shown.latency).flatten()
    }

    /// How many messages wait to be sent.
    #[must_use]
    pub fn queue(&self) -> usize {
        read(self.shown.queue).unwrap_or_default()
    }

    /// The number of dials since the last stable connection; 0 when there was none since.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        read(self.shown.attempt).unwrap_or_default()
    }

    /// All of these at once.
    #[must_use]
    pub fn status(&self) -> Status {
        read(self.shown.status).unwrap_or(Status { state: State::Closed, ..Status::default() })
    }

    /// The latest message. Of a burst it is the last only: [`use_messages`] and [`messages`](Self::messages) give all.
    #[must_use]
    pub fn latest(&self) -> Option<Rc<Incoming>> {
        read(self.shown.latest).flatten()
    }

    /// Why there is no socket: a URL or an option that cannot be used.
    #[must_use]
    pub fn error(&self) -> Option<OpenError> {
        read(self.shown.error).flatten()
    }

    /// Every message from now on, until the component is gone.
    #[must_use]
    pub fn messages(&self) -> Received<Incoming> {
        self.mount().map_or_else(Received::ended, |mount| mount.read())
    }

    fn mount(&self) -> Option<Rc<Mount<Incoming, Outgoing, C>>> {
        self.mount.try_read().ok().map(|mount| Rc::clone(&mount))
    }
}

/// Nothing when the component is gone.
fn read<T: Clone + 'static>(signal: Signal<T>) -> Option<T> {
    signal.try_read().ok().map(|value| value.clone())
}

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> Clone for UseSocket<Incoming, Outgoing, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> Copy for UseSocket<Incoming, Outgoing, C> {}

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> PartialEq for UseSocket<Incoming, Outgoing, C> {
    fn eq(&self, other: &Self) -> bool {
        self.mount == other.mount
    }
}

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> fmt::Debug for UseSocket<Incoming, Outgoing, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UseSocket").field("status", &self.shown.status.try_peek().ok()).finish_non_exhaustive()
    }
}

/// Calls the function with every message that the socket receives, in order, bursts included, for as long as the component
/// is there. The one of the latest rendering is called, in the component's scope: it can write signals and spawn tasks.
pub fn use_messages<Incoming, Outgoing, C>(
    socket: UseSocket<Incoming, Outgoing, C>,
    callback: impl FnMut(&Incoming) + 'static,
) where
    Incoming: 'static,
    Outgoing: 'static,
    C: Codec<Incoming, Outgoing> + 'static,
{
    let callback: Rc<Heard<Incoming>> = Rc::new(RefCell::new(callback));
    let latest = use_hook(|| Rc::new(RefCell::new(Rc::clone(&callback))));
    latest.replace(callback);

    let kept = use_hook(|| Rc::new(RefCell::new(None)));
    let is_other = kept.borrow().as_ref().is_none_or(|(of, _)| *of != socket);
    if is_other && let Some(mount) = socket.mount() {
        let scope = current_scope_id();
        let called: Rc<Callback<Incoming>> = Rc::new(move |message| {
            let callback = Rc::clone(&latest.borrow());
            Runtime::current().in_scope(scope, || callback.borrow_mut()(message));
        });
        mount.call(&called);
        kept.replace(Some((socket, called)));
    }
}

type Heard<Incoming> = RefCell<dyn FnMut(&Incoming)>;

/// The components inside share their connections: those that give [`use_socket`] the same source and the same options have
/// one, which is closed when the last of them is gone. Functions, in options or as a provider, are the same if one is a
/// clone of the other.
#[component]
pub fn SocketProvider(
    /// Who shares.
    children: Element,
) -> Element {
    use_socket_provider();
    children
}

/// As [`SocketProvider`], for the component that calls it and those below.
pub fn use_socket_provider() {
    use_hook(|| provide_context(Shared::default()));
}

/// One provider's connections.
#[derive(Clone, Debug, Default)]
struct Shared(Pool);
