//! The hook for each version of Leptos, whose crates are what `super` has by their names.

use std::fmt;
use std::mem;
use std::rc::Rc;
use std::time::Duration;

use super::reactive_graph::computed::Memo;
use super::reactive_graph::diagnostics::SpecialNonReactiveZone;
use super::reactive_graph::effect::Effect;
use super::reactive_graph::graph::untrack;
use super::reactive_graph::owner::{ArenaItem, LocalStorage, on_cleanup, provide_context, use_context};
use super::reactive_graph::prelude::*;
use super::reactive_graph::send_wrapper_ext::SendOption;
use super::reactive_graph::signal::{ReadSignal, RwSignal};
use super::reactive_graph::wrappers::read::Signal;

use crate::client::{Endpoint, OpenError, Options, Source, Status, Surroundings};
use crate::codec::Codec;
use crate::core::State;
pub use crate::hooks::Received;
use crate::hooks::{Callback, Change, Mount, Pool, handle_methods, spawn};

/// A component's socket: it connects when the component is there, connects elsewhere when the URL is another one, and is
/// closed with the component.
///
/// `source` is a URL, a signal of one, or a [`Source`], such as a provider that is asked before every dial: see
/// [`ReactiveSource`]. Below [`provide_sockets`], components that give the same share a connection.
///
/// Where it cannot be connected to such a URL or with such options, the state is closed, and [`UseSocket::error`] says why.
/// On a server that renders the page nothing connects and nothing is kept: what is sent there is refused as
/// [closed](crate::SendError::Closed). The state is idle there, and at first in the browser, which may hydrate that page;
/// then it connects in an effect.
pub fn use_socket<Incoming, Outgoing, C>(
    source: impl Into<ReactiveSource>,
    options: Options<Incoming, Outgoing>,
) -> UseSocket<Incoming, Outgoing, C>
where
    Incoming: 'static,
    Outgoing: 'static,
    C: Codec<Incoming, Outgoing> + 'static,
{
    let place = source.into().0;
    let pool = use_context::<Shared>().and_then(|shared| shared.0.try_get_value());
    // A provider is asked whenever it dials, not when a signal that it reads changes.
    let surroundings: Surroundings = Rc::new(|provider| untrack(provider));
    let mount = Mount::<Incoming, Outgoing, C>::within(Some(surroundings), pool, place.at_first(), options);
    let shown = Shown::of(&mount);
    UseSocket::new(IN_BROWSER.then(|| keep(mount, place, shown)), shown)
}

/// A server may end a component on another thread than it began it on, so it keeps nothing there that is bound to one.
const IN_BROWSER: bool = cfg!(target_family = "wasm");

type Kept<T> = ArenaItem<T, LocalStorage>;

/// Ties a mount to the component.
fn keep<Incoming, Outgoing, C: Codec<Incoming, Outgoing>>(
    mount: Rc<Mount<Incoming, Outgoing, C>>,
    place: Place,
    shown: Shown<Incoming>,
) -> Kept<Rc<Mount<Incoming, Outgoing, C>>> {
    let kept = Kept::new_local(Rc::clone(&mount));
    let following = Kept::<Option<_>>::default();
    Effect::new(move |followed: Option<()>| {
        let moves = mount.moves();
        mount.move_to(place.now());
        if mount.moves() != moves {
            shown.begin_anew(&mount);
        } else if followed.is_some() {
            return;
        }
        let mut task = Some(spawn(mount.enter(move |change| shown.change(change))));
        following.try_update_value(|following| mem::swap(following, &mut task));
        if let Some(task) = task {
            task.end();
        }
    });
    // Taken from the arena first: what is dropped while that is locked may not touch a signal.
    on_cleanup(move || {
        if let Some(task) = following.into_inner().flatten() {
            task.end();
        }
        if let Some(mount) = kept.into_inner() {
            mount.leave();
        }
    });
    kept
}

/// What [`use_socket`] takes: a URL, a signal of one, at whose changes the socket connects to the new one, an
/// [`Endpoint`], or any other [`Source`].
///
/// ```
#[doc = concat!("# extern crate reactive_graph", version!(), " as reactive_graph;")]
/// use everwire::Source;
#[doc = concat!("use everwire::leptos", version!(), "::ReactiveSource;")]
/// # let owner = reactive_graph::owner::Owner::new();
/// # owner.set();
/// # use reactive_graph::{signal::RwSignal, traits::Get, wrappers::read::Signal};
///
/// let fixed = ReactiveSource::from("/chat");
///
/// let room = RwSignal::new("kitchen".to_string());
/// let changing = ReactiveSource::from(Signal::derive(move || format!("/rooms/{}", room.get())));
///
/// async fn token() -> Result<String, std::io::Error> {
///     Ok("secret".into())
/// }
/// let asked = ReactiveSource::from(Source::from(|| async {
///     let token = token().await?;
///     Ok::<_, std::io::Error>(format!("/chat?token={token}"))
/// }));
/// ```
pub struct ReactiveSource(Place);

enum Place {
    Given(Source),
    Read(Signal<String>),
}

impl Place {
    fn now(&self) -> Source {
        match self {
            Self::Given(source) => source.clone(),
            Self::Read(url) => url.get().into(),
        }
    }

    fn at_first(&self) -> Source {
        match self {
            Self::Given(source) => source.clone(),
            Self::Read(url) => url.get_untracked().into(),
        }
    }
}

// Not for all that `Source` is made from: with Leptos' feature `nightly` signals are functions, as providers are.
macro_rules! given {
    ($($of:ty),*) => {$(
        impl From<$of> for ReactiveSource {
            fn from(source: $of) -> Self {
                Self(Place::Given(source.into()))
            }
        }
    )*};
}

macro_rules! read {
    ($($of:ty),*) => {$(
        impl From<$of> for ReactiveSource {
            fn from(url: $of) -> Self {
                Self(Place::Read(url.into()))
            }
        }
    )*};
}

given!(&str, String, &String, Endpoint, Source);
read!(Signal<String>, ReadSignal<String>, RwSignal<String>, Memo<String>);

impl fmt::Debug for ReactiveSource {
    /// Without the URL: it may carry a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReactiveSource").finish_non_exhaustive()
    }
}

/// What changes of what a component shows.
struct Shown<Incoming: 'static> {
    status: RwSignal<Status>,
    latest: RwSignal<SendOption<Rc<Incoming>>>,
    error: RwSignal<Option<OpenError>>,
}

impl<Incoming> Shown<Incoming> {
    fn of<Outgoing, C: Codec<Incoming, Outgoing>>(mount: &Mount<Incoming, Outgoing, C>) -> Self {
        Self {
            status: RwSignal::new(mount.status()),
            latest: RwSignal::new(SendOption::new_local(None)),
            error: RwSignal::new(mount.error()),
        }
    }

    fn begin_anew<Outgoing, C: Codec<Incoming, Outgoing>>(self, mount: &Mount<Incoming, Outgoing, C>) {
        self.status.try_set(mount.status());
        self.latest.try_set(SendOption::new_local(None));
        self.error.try_set(mount.error());
    }

    fn change(self, change: Change<Incoming>) {
        if let Some(status) = change.status {
            self.status.try_set(status);
        }
        if change.latest.is_some() {
            self.latest.try_set(SendOption::new_local(change.latest));
        }
    }
}

impl<Incoming> Clone for Shown<Incoming> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Incoming> Copy for Shown<Incoming> {}

/// A component's socket, see [`use_socket`]. A handle, to be copied into whatever wants it: all of its methods act on what
/// is now, and its signals live as long as the component, as all signals do.
pub struct UseSocket<Incoming: 'static, Outgoing: 'static, C: Codec<Incoming, Outgoing> + 'static> {
    mount: Option<Kept<Rc<Mount<Incoming, Outgoing, C>>>>,
    state: Signal<State>,
    latency: Signal<Option<Duration>>,
    queue: Signal<usize>,
    attempt: Signal<u32>,
    status: Signal<Status>,
    latest: Signal<SendOption<Rc<Incoming>>>,
    error: Signal<Option<OpenError>>,
}

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> UseSocket<Incoming, Outgoing, C> {
    fn new(mount: Option<Kept<Rc<Mount<Incoming, Outgoing, C>>>>, shown: Shown<Incoming>) -> Self {
        let status = shown.status;
        Self {
            mount,
            state: Memo::new(move |_| status.get().state).into(),
            latency: Memo::new(move |_| status.get().latency).into(),
            queue: Memo::new(move |_| status.get().queue_len).into(),
            attempt: Memo::new(move |_| status.get().attempt).into(),
            status: status.into(),
            latest: shown.latest.into(),
            error: shown.error.into(),
        }
    }

    fn mount(&self) -> Option<Rc<Mount<Incoming, Outgoing, C>>> {
        self.mount.and_then(|mount| mount.try_get_value())
    }

    handle_methods!(self => self.mount());

    /// Where the socket stands.
    #[must_use]
    pub const fn state(&self) -> Signal<State> {
        self.state
    }

    /// How long the last recognised answer to a heartbeat took.
    #[must_use]
    pub const fn latency(&self) -> Signal<Option<Duration>> {
        self.latency
    }

    /// How many messages wait to be sent.
    #[must_use]
    pub const fn queue(&self) -> Signal<usize> {
        self.queue
    }

    /// The number of dials since the last stable connection; 0 when there was none since.
    #[must_use]
    pub const fn attempt(&self) -> Signal<u32> {
        self.attempt
    }

    /// All of these at once.
    #[must_use]
    pub const fn status(&self) -> Signal<Status> {
        self.status
    }

    /// The latest message. Of a burst it is the last only: [`use_messages`] and [`messages`](Self::messages) give all.
    ///
    /// The value is an `Option<Rc<Incoming>>` in a wrapper which a server, where it is none, may take to another thread.
    #[must_use]
    pub const fn latest(&self) -> Signal<SendOption<Rc<Incoming>>> {
        self.latest
    }

    /// Why there is no socket: a URL or an option that cannot be used.
    #[must_use]
    pub const fn error(&self) -> Signal<Option<OpenError>> {
        self.error
    }

    /// Every message from now on, until the component is gone.
    #[must_use]
    pub fn messages(&self) -> Received<Incoming> {
        self.mount().map_or_else(Received::ended, |mount| mount.read())
    }
}

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> Clone for UseSocket<Incoming, Outgoing, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> Copy for UseSocket<Incoming, Outgoing, C> {}

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> fmt::Debug for UseSocket<Incoming, Outgoing, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UseSocket").field("status", &self.status.try_get_untracked()).finish_non_exhaustive()
    }
}

/// Calls the function with every message that the socket receives, in order, bursts included, until the component that
/// says so is gone. It is no effect: the signals that it reads do not call it.
pub fn use_messages<Incoming, Outgoing, C>(
    socket: UseSocket<Incoming, Outgoing, C>,
    callback: impl Fn(&Incoming) + 'static,
) where
    Incoming: 'static,
    Outgoing: 'static,
    C: Codec<Incoming, Outgoing> + 'static,
{
    let Some(mount) = socket.mount() else { return };
    let callback: Rc<Callback<Incoming>> = Rc::new(move |message| {
        let _zone = SpecialNonReactiveZone::enter();
        callback(message);
    });
    mount.call(&callback);
    let kept = Kept::new_local(callback);
    on_cleanup(move || drop(kept.into_inner()));
}

/// The components below this one share their connections: those that give [`use_socket`] the same source and the same
/// options have one, which is closed when the last of them is gone. Functions, in options or as a provider, are the same if
/// one is a clone of the other.
pub fn provide_sockets() {
    if IN_BROWSER {
        provide_context(Shared(Kept::new_local(Pool::default())));
    }
}

/// One provider's connections.
#[derive(Clone, Copy)]
struct Shared(Kept<Pool>);
