use std::cell::{Cell, RefCell};
use std::rc::Rc;

use everwire::{OpenError, Options, RequestError, RequestOptions, SendError, State, SubscribeOptions, Text};
use futures::{FutureExt, StreamExt};

use super::dioxus_core::{self, Element, NoOpMutations, ScopeId, VirtualDom, consume_context, use_hook};
use super::dioxus_core_macro::{component, rsx};
// `rsx!` names it.
use super::dioxus_signals;
use super::everwire_dioxus::{SocketProvider, UseSocket, use_messages, use_socket, use_socket_provider};

type TextSocket = UseSocket<String, String, Text>;

/// What a test sees of its page, and has it do.
#[derive(Clone, Default)]
struct Stage {
    sockets: Rc<RefCell<Vec<TextSocket>>>,
    url: Rc<RefCell<String>>,
    is_left: Rc<Cell<bool>>,
}

impl Stage {
    fn at(url: &str) -> Self {
        Self { url: Rc::new(RefCell::new(url.into())), ..Self::default() }
    }

    fn show(&self, page: fn() -> Element) -> VirtualDom {
        let dom = VirtualDom::new(page).with_root_context(self.clone());
        as_on_a_server(dom)
    }

    fn socket(&self, at: usize) -> TextSocket {
        self.sockets.borrow()[at]
    }
}

fn as_on_a_server(mut dom: VirtualDom) -> VirtualDom {
    dom.rebuild_in_place();
    dom
}

/// As in a page, where tasks and effects run, until there is nothing more to do.
fn settle(dom: &mut VirtualDom) {
    dom.mark_all_dirty();
    loop {
        dom.render_immediate(&mut NoOpMutations);
        if dom.wait_for_work().now_or_never().is_none() {
            return;
        }
    }
}

#[component]
fn Client() -> Element {
    let stage = consume_context::<Stage>();
    let socket = use_socket::<String, String, Text>(stage.url.borrow().as_str(), Options::default());
    use_messages(socket, |message| panic!("nothing can come, but {message} did"));
    use_hook(|| stage.sockets.borrow_mut().push(socket));
    rsx! { "{socket.state():?} {socket.queue()} {socket.error():?}" }
}

fn page() -> Element {
    let stage = consume_context::<Stage>();
    rsx! {
        if !stage.is_left.get() {
            Client {}
        }
    }
}

#[test]
fn on_a_server_nothing_connects_and_nothing_panics() {
    #[component]
    fn Everything() -> Element {
        let socket = use_socket::<String, String, Text>(|| async { Err::<String, _>("asked") }, Options::default());
        assert_eq!((socket.state(), socket.attempt(), socket.latency()), (State::Idle, 0, None));
        socket.send(&"hello".into()).unwrap();
        socket.reconnect();
        drop(socket.request("what?".into(), RequestOptions::default()));
        assert!(socket.subscribe("news".into(), SubscribeOptions::default()).is_err());
        assert!(socket.messages().next().now_or_never().is_none());
        assert_eq!(socket.latest(), None);
        rsx! { "{socket.status():?}" }
    }
    as_on_a_server(VirtualDom::new(|| rsx! { SocketProvider { Everything {} } }));
    let stage = Stage::at("/chat");
    let dom = stage.show(page);
    assert_eq!(stage.socket(0).state(), State::Idle);
    drop(dom);
}

#[test]
fn what_outlives_its_component_answers_that_it_is_closed() {
    let stage = Stage::at("/chat");
    let mut dom = stage.show(page);
    let socket = stage.socket(0);
    let (live, mut messages) = (socket.socket().unwrap(), socket.messages());
    stage.is_left.set(true);
    settle(&mut dom);

    let copy = socket;
    assert_eq!(live.state(), State::Closed);
    assert!(matches!(copy.send(&"late".into()), Err(SendError::Closed)));
    let request = copy.request("late".into(), RequestOptions::default()).now_or_never();
    assert!(matches!(request, Some(Err(RequestError::Send(SendError::Closed)))));
    assert!(matches!(copy.subscribe("late".into(), SubscribeOptions::default()), Err(SendError::Closed)));
    copy.reconnect();
    copy.close();
    assert!(copy.socket().is_none());
    assert_eq!((copy.state(), copy.status().state, copy.queue()), (State::Closed, State::Closed, 0));
    assert_eq!((copy.attempt(), copy.latency(), copy.latest(), copy.error()), (0, None, None, None));
    assert!(matches!(messages.next().now_or_never(), Some(None)));
    assert!(matches!(copy.messages().next().now_or_never(), Some(None)));
    assert!(!format!("{copy:?}").is_empty());
    // The same from inside of the page.
    dom.in_scope(ScopeId::APP, || assert_eq!(copy.state(), State::Closed));
}

#[test]
fn another_rendering_keeps_the_socket_and_another_url_takes_another() {
    let stage = Stage::at("/kitchen");
    let mut dom = stage.show(page);
    let socket = stage.socket(0);
    socket.send(&"hello".into()).unwrap();
    settle(&mut dom);
    let kitchen = socket.socket().unwrap();
    assert_eq!((socket.queue(), kitchen.queue_len(), kitchen.state()), (1, 1, State::Idle));

    stage.url.replace("/garden".into());
    settle(&mut dom);
    assert_eq!((kitchen.state(), socket.queue()), (State::Closed, 0));
    assert_eq!(socket.socket().unwrap().state(), State::Idle);
    assert_eq!(stage.sockets.borrow().len(), 1);
}

#[test]
fn an_option_that_cannot_be_met_is_told() {
    fn page() -> Element {
        let options = Options::default().protocols(["no token"]);
        let socket = use_socket::<String, String, Text>("/chat", options);
        assert_eq!((socket.error(), socket.state()), (Some(OpenError::Protocols), State::Closed));
        assert!(matches!(socket.send(&"hello".into()), Err(SendError::Closed)));
        rsx! { "{socket.error():?}" }
    }
    settle(&mut as_on_a_server(VirtualDom::new(page)));
}

#[test]
fn components_below_one_provider_share_a_connection_that_ends_with_the_last() {
    fn page() -> Element {
        let stage = consume_context::<Stage>();
        use_socket_provider();
        rsx! {
            if !stage.is_left.get() {
                Client {}
            }
            Client {}
            SocketProvider { Client {} }
        }
    }
    let stage = Stage::at("/chat");
    let mut dom = stage.show(page);
    let [one, other, apart] = [0, 1, 2].map(|at| stage.socket(at));
    one.send(&"hello".into()).unwrap();
    let lengths = [one, other, apart].map(|socket| socket.socket().unwrap().queue_len());
    assert_eq!(lengths, [1, 1, 0]);

    stage.is_left.set(true);
    settle(&mut dom);
    assert!(one.socket().is_none());
    let live = other.socket().unwrap();
    assert_eq!(live.state(), State::Idle);
    drop(dom);
    assert_eq!(live.state(), State::Closed);
}
