use std::cell::Cell;
use std::rc::Rc;
use std::thread;

use everwire::{Heartbeat, Options, RequestError, RequestOptions, SendError, Source, State, SubscribeOptions, Text};
use futures::executor::block_on;
use futures::{FutureExt, StreamExt};

use super::everwire_leptos::{ReactiveSource, UseSocket, provide_sockets, use_messages, use_socket};
use super::reactive_graph::computed::Memo;
use super::reactive_graph::owner::Owner;
use super::reactive_graph::prelude::*;
use super::reactive_graph::signal::RwSignal;
use super::reactive_graph::wrappers::read::Signal;

type Chat = UseSocket<String, String, Text>;

const fn goes_anywhere<T: Copy + Send + Sync>(_: &T) {}

/// What of a thread may stay with it.
fn bound() -> impl Fn() + 'static {
    let calls = Rc::new(Cell::new(0));
    move || calls.set(calls.get() + 1)
}

fn chat(owner: &Owner) -> Chat {
    owner.with(|| {
        provide_sockets();
        let ping = bound();
        let heartbeat = Heartbeat::new(move || {
            ping();
            "ping".to_string()
        });
        let socket = use_socket::<String, String, Text>("/chat", Options::default().heartbeat(heartbeat));
        let heard = bound();
        use_messages(socket, move |_| heard());
        socket
    })
}

#[test]
fn a_page_is_rendered_as_the_browser_will_show_it_first() {
    let owner = Owner::new();
    let socket = chat(&owner);
    assert_eq!(socket.state().get(), State::Idle);
    assert_eq!((socket.latency().get(), socket.queue().get(), socket.attempt().get()), (None, 0, 0));
    assert_eq!(socket.latest().get().take(), None);
    assert_eq!(socket.error().get(), None);
    assert!(socket.socket().is_none());
}

#[test]
fn methods_say_that_nothing_is_connected() {
    let owner = Owner::new();
    let socket = chat(&owner);
    assert!(matches!(socket.send(&"hello".into()), Err(SendError::Closed)));
    let reply = socket.request("hello".into(), RequestOptions::default()).now_or_never();
    assert!(matches!(reply, Some(Err(RequestError::Send(SendError::Closed)))), "{reply:?}");
    let subscription = socket.subscribe("news".into(), SubscribeOptions::default());
    assert!(matches!(subscription, Err(SendError::Closed)));
    socket.reconnect();
    socket.close();
    assert_eq!(block_on(socket.messages().next()), None);
}

#[test]
fn a_page_that_began_on_one_thread_is_read_and_ends_on_another() {
    let owner = Owner::new();
    let socket = chat(&owner);
    goes_anywhere(&socket);
    let ended = thread::spawn(move || {
        assert_eq!(socket.state().get(), State::Idle);
        assert!(socket.latest().read().is_none());
        assert!(matches!(socket.send(&"hello".into()), Err(SendError::Closed)));
        owner.cleanup();
        drop(owner);
        assert!(matches!(socket.send(&"hello".into()), Err(SendError::Closed)));
        format!("{socket:?}")
    });
    assert!(ended.join().is_ok());
}

#[test]
fn options_that_cannot_be_used_are_told() {
    Owner::new().with(|| {
        let socket = use_socket::<String, String, Text>("/chat", Options::default().protocols(["no token"]));
        assert_eq!(socket.state().get(), State::Closed);
        assert_eq!(socket.error().get().unwrap().to_string(), "protocols: takes distinct tokens");
    });
}

#[test]
fn all_that_can_be_a_url_is_taken() {
    Owner::new().with(|| {
        fn open(source: impl Into<ReactiveSource>) -> Chat {
            use_socket(source, Options::default())
        }
        let room = RwSignal::new("/rooms/kitchen".to_string());
        let bound = bound();
        let sockets = [
            open("/chat"),
            open(String::from("/chat")),
            open(everwire::Endpoint::from("/chat")),
            open(room),
            open(room.read_only()),
            open(Memo::new(move |_| room.get())),
            open(Signal::derive(move || room.get())),
            open(Source::from(move || {
                bound();
                async { Ok::<_, std::io::Error>("/chat".to_string()) }
            })),
        ];
        for socket in sockets {
            assert_eq!(socket.state().get(), State::Idle);
        }
    });
}
