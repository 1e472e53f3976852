//! A hook for [Yew](https://yew.rs) 0.23: [`use_socket`].
//!
//! ```
//! use everwire::yew::{use_messages, use_socket};
//! use everwire::{Options, Text};
//! use yew::prelude::*;
//!
//! #[component]
//! fn Chat() -> Html {
//!     let socket = use_socket::<String, String, Text>("/chat", Options::default());
//!     let lines = use_state(Vec::<String>::new);
//!     let heard = use_mut_ref(Vec::<String>::new);
//!     use_messages(&socket, {
//!         let lines = lines.clone();
//!         move |line: &String| {
//!             heard.borrow_mut().push(line.clone());
//!             lines.set(heard.borrow().clone());
//!         }
//!     });
//!     let problem = use_state(|| None);
//!     let say = {
//!         let (socket, problem) = (socket.clone(), problem.clone());
//!         // Sent now, or queued. An error says that the socket is closed, or the queue full.
//!         move |_| problem.set(socket.send(&"hello".into()).err().map(|error| error.to_string()))
//!     };
//!     html! {
//!         <>
//!             <p>{ format!("{:?}, {} to send", socket.state(), socket.queue()) }</p>
//!             { for lines.iter().map(|line| html! { <p>{ line.clone() }</p> }) }
//!             <button onclick={say}>{ "Say hello" }</button>
//!             <p role="alert">{ (*problem).clone() }</p>
//!         </>
//!     }
//! }
//! ```

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use yew::prelude::*;

use crate::client::{OpenError, Options, Source, Status};
use crate::codec::Codec;
use crate::core::State;
pub use crate::hooks::Received;
use crate::hooks::{Callback, Change, Mount, Pool, handle_methods, spawn};

/// A component's socket: it connects when the component is there, connects elsewhere when the URL is another one, and is
/// closed with the component. The component is rendered again when something has changed that it has read of the handle.
///
/// `source` is a URL, or a provider that is asked before every dial; of a provider the one of the latest rendering counts.
/// `options` are those of the first rendering. Below a [`SocketProvider`], components that give the same share a connection.
///
/// Where it cannot be connected to such a URL or with such options, the state is closed, and [`UseSocket::error`] says why.
/// On a server that renders the page nothing connects, and the state is idle; so it is in the first rendering in the browser,
/// which may hydrate that page. There it connects in an effect.
#[hook]
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
    let shared = use_context::<Shared>();
    let update = use_force_update();
    let read = use_memo((), |()| Read::default());
    let mount =
        use_memo((), |()| Mount::<Incoming, Outgoing, C>::new(shared.map(|shared| shared.0), source.clone(), options));
    mount.move_to(source);
    // Components that have the handle as a property are rendered with this one if it is another.
    if mount.render() {
        read.changes.set(read.changes.get() + 1);
    }

    use_effect_with(mount.moves(), {
        let (mount, read) = (Rc::clone(&mount), Rc::clone(&read));
        move |_| {
            let tell = move |change: Change<Incoming>| {
                let stale =
                    change.status.is_some() && read.status.get() || change.latest.is_some() && read.latest.get();
                if stale {
                    read.changes.set(read.changes.get() + 1);
                    update.force_update();
                }
            };
            let task = spawn(mount.enter(tell));
            move || task.end()
        }
    });
    use_effect_with((), {
        let mount = Rc::clone(&mount);
        move |()| move || mount.leave()
    });
    UseSocket { mount: Rc::clone(&mount), changes: read.changes.get(), read }
}

/// What a component has read, and so is rendered for.
#[derive(Default)]
struct Read {
    status: Cell<bool>,
    latest: Cell<bool>,
    changes: Cell<u32>,
}

/// A component's socket, see [`use_socket`]. A handle: clones are the same, and all of its methods act on what is now, not
/// on what was when the component was rendered. It equals another one while nothing has changed, so that it can be a
/// property.
pub struct UseSocket<Incoming: 'static, Outgoing: 'static, C: Codec<Incoming, Outgoing> + 'static> {
    mount: Rc<Mount<Incoming, Outgoing, C>>,
    read: Rc<Read>,
    changes: u32,
}

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> UseSocket<Incoming, Outgoing, C> {
    handle_methods!(self => Some(Rc::clone(&self.mount)));

    /// Where the socket stands.
    #[must_use]
    pub fn state(&self) -> State {
        self.status().state
    }

    /// How long the last recognised answer to a heartbeat took.
    #[must_use]
    pub fn latency(&self) -> Option<Duration> {
        self.status().latency
    }

    /// How many messages wait to be sent.
    #[must_use]
    pub fn queue(&self) -> usize {
        self.status().queue_len
    }

    /// The number of dials since the last stable connection; 0 when there was none since.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.status().attempt
    }

    /// All of these at once.
    #[must_use]
    pub fn status(&self) -> Status {
        self.read.status.set(true);
        self.mount.status()
    }

    /// The latest message. Of a burst it is the last only: [`use_messages`] and [`messages`](Self::messages) give all.
    #[must_use]
    pub fn latest(&self) -> Option<Rc<Incoming>> {
        self.read.latest.set(true);
        self.mount.latest()
    }

    /// Why there is no socket: a URL or an option that cannot be used.
    #[must_use]
    pub fn error(&self) -> Option<OpenError> {
        self.mount.error()
    }

    /// Every message from now on, until the component is gone.
    #[must_use]
    pub fn messages(&self) -> Received<Incoming> {
        self.mount.read()
    }
}

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> Clone for UseSocket<Incoming, Outgoing, C> {
    fn clone(&self) -> Self {
        Self { mount: Rc::clone(&self.mount), read: Rc::clone(&self.read), changes: self.changes }
    }
}

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> PartialEq for UseSocket<Incoming, Outgoing, C> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.mount, &other.mount) && self.changes == other.changes
    }
}

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> fmt::Debug for UseSocket<Incoming, Outgoing, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UseSocket").field("status", &self.mount.status()).finish_non_exhaustive()
    }
}

/// Calls the function with every message that the socket receives, in order, bursts included, for as long as the component
/// is there. The one of the latest rendering is called, and calling it renders nothing.
#[hook]
pub fn use_messages<Incoming, Outgoing, C>(
    socket: &UseSocket<Incoming, Outgoing, C>,
    callback: impl Fn(&Incoming) + 'static,
) where
    Incoming: 'static,
    Outgoing: 'static,
    C: Codec<Incoming, Outgoing> + 'static,
{
    let callback: Rc<Callback<Incoming>> = Rc::new(callback);
    let latest = use_memo((), |()| RefCell::new(Rc::clone(&callback)));
    latest.replace(callback);
    let of = Of(Rc::clone(&socket.mount));
    let _kept = use_memo(of, |Of(mount)| {
        let called: Rc<Callback<Incoming>> = Rc::new(move |message| {
            let callback = Rc::clone(&latest.borrow());
            callback(message);
        });
        mount.call(&called);
        called
    });
}

struct Of<Incoming: 'static, Outgoing: 'static, C: Codec<Incoming, Outgoing> + 'static>(
    Rc<Mount<Incoming, Outgoing, C>>,
);

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> PartialEq for Of<Incoming, Outgoing, C> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// The properties of [`SocketProvider`].
#[derive(Clone, PartialEq, Properties)]
pub struct SocketProviderProps {
    /// Who shares.
    #[prop_or_default]
    pub children: Html,
}

/// The components inside share their connections: those that give [`use_socket`] the same source and the same options have
/// one, which is closed when the last of them is gone. Functions, in options or as a provider, are the same if one is a
/// clone of the other.
#[component]
pub fn SocketProvider(props: &SocketProviderProps) -> Html {
    let shared = use_memo((), |()| Shared::default());
    html! {
        <ContextProvider<Shared> context={(*shared).clone()}>{ props.children.clone() }</ContextProvider<Shared>>
    }
}

/// One provider's connections.
#[derive(Clone, Debug, Default)]
struct Shared(Pool);

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        self.0.is(&other.0)
    }
}
