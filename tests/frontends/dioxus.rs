use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use everwire::{OpenError, Options, SendError, State, Text};
use futures::StreamExt;
use futures::channel::mpsc::{UnboundedSender, unbounded};
use futures::future::{AbortHandle, Either, abortable, select};
use js_sys::futures::spawn_local;
use wasm_bindgen_test::wasm_bindgen_test;

use super::dioxus_core::internal::{
    FmtSegment, FmtedSegments, HotReloadDynamicNode, HotReloadTemplateWithLocation, TemplateGlobalKey,
};
use super::dioxus_core::{self, Element, Mutations, VirtualDom, consume_context, use_hook};
use super::dioxus_core_macro::{Props, component, rsx};
use super::dioxus_devtools::subsecond::{JumpTable, register_handler};
use super::dioxus_devtools::{HotReloadMsg, apply_changes};
use super::dioxus_signals::{self, GlobalSignal, ReadableExt, ReadableVecExt, Signal, WritableExt, WritableVecExt};
use super::everwire_dioxus::{SocketProvider, UseSocket, use_messages, use_socket};
use super::{template_of, text_in};
use crate::server::Server;
use crate::{say_all, until};

type TextSocket = UseSocket<String, String, Text>;

/// What the test decides of a page, and sees of it.
#[derive(Clone, Default)]
struct Stage {
    first_url: String,
    /// Written by the test, to have the page rendered again.
    url: Rc<Cell<Option<Signal<String>>>>,
    count: Rc<Cell<Option<Signal<usize>>>>,
    members: Rc<RefCell<Vec<Member>>>,
    /// Where a listener's `rsx!` is, by which Dioxus knows what to replace.
    line: Rc<Cell<u32>>,
    /// Its source has one hook more.
    is_edited: Arc<AtomicBool>,
    texts: Rc<RefCell<Vec<String>>>,
    first_states: Rc<RefCell<Vec<State>>>,
}

#[derive(Clone)]
struct Member {
    socket: TextSocket,
    lines: Signal<Vec<String>>,
    renderings: Rc<Cell<usize>>,
}

impl Stage {
    fn at(url: String) -> Self {
        Self { first_url: url, ..Self::default() }
    }

    /// Without a document, but else as `dioxus-web` does it.
    fn show(&self, page: fn() -> Element) -> Shown {
        let mut dom = VirtualDom::new(page).with_root_context(self.clone());
        let (reload, mut reloads) = unbounded();
        let texts = Rc::clone(&self.texts);
        let (running, handle) = abortable(async move {
            dom.rebuild_in_place();
            loop {
                let news = match select(pin!(dom.wait_for_work()), reloads.next()).await {
                    Either::Left(_) => None,
                    Either::Right((message, _)) => message,
                };
                if let Some(message) = news {
                    apply_changes(&dom, &message);
                }
                let mut changes = Mutations::default();
                dom.render_immediate(&mut changes);
                texts.borrow_mut().extend(changes.edits.into_iter().filter_map(text_in));
            }
        });
        spawn_local(async {
            let _: Result<(), _> = running.await;
        });
        Shown { handle, reload }
    }

    async fn member(&self, at: usize) -> Member {
        until(|| self.members.borrow().len() > at).await;
        self.members.borrow()[at].clone()
    }
}

/// A page, until it is dropped.
struct Shown {
    handle: AbortHandle,
    reload: UnboundedSender<HotReloadMsg>,
}

impl Shown {
    /// What `dx serve` says to a page whose source has changed.
    fn reload(&self, message: HotReloadMsg) {
        self.reload.unbounded_send(message).unwrap();
    }

    /// The same, of other code. Here it is an empty module, after which Dioxus renders everything again as after any other.
    fn patch(&self, is_there: &Arc<AtomicBool>) {
        let code = JumpTable {
            lib: "data:application/wasm;base64,AGFzbQEAAAA=#.wasm".into(),
            map: Default::default(),
            aslr_reference: 0,
            new_base_address: 0,
            ifunc_count: 0,
        };
        let is_there = Arc::clone(is_there);
        register_handler(Arc::new(move || is_there.store(true, Relaxed)));
        self.reload(HotReloadMsg { jump_table: Some(code), for_build_id: Some(0), ..HotReloadMsg::default() });
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.handle.abort();
    }
}

fn page() -> Element {
    let stage = consume_context::<Stage>();
    let url = use_hook(|| Signal::new(stage.first_url.clone()));
    let count = use_hook(|| Signal::new(1));
    stage.url.set(Some(url));
    stage.count.set(Some(count));
    rsx! {
        SocketProvider {
            for number in 0..count() {
                Listener { key: "{number}", url }
            }
        }
    }
}

#[component]
fn Listener(url: Signal<String>) -> Element {
    let stage = use_hook(consume_context::<Stage>);
    if stage.is_edited.load(Relaxed) {
        use_hook(|| "the hook that an edit has put before the others");
    }
    let socket: TextSocket = use_socket(url(), Options::default());
    let mut lines = use_hook(|| Signal::new(Vec::new()));
    use_messages(socket, move |line: &String| lines.push(line.clone()));
    let renderings = use_hook(Rc::<Cell<usize>>::default);
    renderings.set(renderings.get() + 1);
    use_hook(|| stage.first_states.borrow_mut().push(socket.state()));
    use_hook(|| stage.members.borrow_mut().push(Member { socket, lines, renderings }));
    stage.line.set(line!() + 1);
    rsx! { "{socket.state():?} {socket.latest():?} {lines.len()}" }
}

#[wasm_bindgen_test]
async fn a_component_has_one_connection_however_often_it_is_rendered_and_every_message_of_a_burst() {
    let server = Server::new("dioxus-burst");
    let stage = Stage::at(server.url("/echo"));
    let shown = stage.show(page);
    let Member { socket, lines, renderings } = stage.member(0).await;
    let streamed = socket.messages();
    say_all(500, |message| drop(socket.send(&message)));
    let mut url = stage.url.get().unwrap();
    for _ in 0..20 {
        let same = url.peek().clone();
        url.set(same);
        gloo_timers::future::TimeoutFuture::new(0).await;
    }
    let streamed: Vec<_> = streamed.take(500).map(|message| message.to_string()).collect().await;
    until(|| socket.latest().as_deref() == streamed.last()).await;
    assert_eq!(*lines.peek(), streamed);
    let stats = server.control("stats", "").await;
    assert_eq!((stats.count("opens"), stats.count("live")), (1.0, 1.0));
    assert!(renderings.get() > 20, "{} renderings", renderings.get());

    drop(shown);
    assert_eq!(server.control("wait", "live=0&closes=1").await.count("opens"), 1.0);
    assert!(matches!(socket.send(&"late".into()), Err(SendError::Closed)));
    assert_eq!(socket.state(), State::Closed);
}

#[wasm_bindgen_test]
async fn a_hot_reload_keeps_the_one_connection_and_loses_nothing() {
    let server = Server::new("dioxus-reload");
    let stage = Stage::at(server.url("/echo"));
    let shown = stage.show(page);
    let Member { socket, lines, renderings } = stage.member(0).await;
    until(|| socket.state() == State::Open).await;

    // Another template: the second of the three words, after a new one.
    let words = vec![FmtSegment::Literal { value: "reloaded: " }, FmtSegment::Dynamic { id: 2 }];
    let text = HotReloadDynamicNode::Formatted(FmtedSegments::new(words));
    let template = HotReloadTemplateWithLocation {
        key: TemplateGlobalKey { file: file!().into(), line: stage.line.get() as _, column: 5, index: 0 },
        template: template_of(text),
    };
    say_all(250, |message| drop(socket.send(&message)));
    shown.reload(HotReloadMsg { templates: vec![template], ..HotReloadMsg::default() });
    until(|| stage.texts.borrow().iter().any(|text| text == "reloaded: 250")).await;

    let (is_patched, before) = (Arc::default(), renderings.get());
    shown.patch(&is_patched);
    until(|| is_patched.load(Relaxed) && renderings.get() >= before + 2).await;
    say_all(250, |message| drop(socket.send(&message)));
    until(|| stage.texts.borrow().last().is_some_and(|text| text == "Open Some(\"249\") 500")).await;
    let said = (0..250).map(|number| number.to_string()).collect::<Vec<_>>();
    assert_eq!(*lines.peek(), [&said[..], &said].concat());

    let stats = server.control("stats", "").await;
    assert_eq!((stats.count("opens"), stats.count("live")), (1.0, 1.0));
    drop(shown);
    assert_eq!(server.control("wait", "live=0&closes=1").await.count("opens"), 1.0);
}

/// An edit has put one more hook before the others, so that all of them begin anew: Dioxus drops what they held while it
/// renders the component. Answers how often was dialled.
async fn dials_after_an_edit(server: &Server, page: fn() -> Element) -> f64 {
    let stage = Stage::at(server.url("/echo"));
    let shown = stage.show(page);
    let former = stage.member(0).await;
    until(|| former.socket.state() == State::Open).await;
    shown.patch(&stage.is_edited);
    let edited = stage.member(1).await;
    until(|| edited.socket.state() == State::Open).await;
    edited.socket.send(&"edited".into()).unwrap();
    until(|| *edited.lines.peek() == ["edited"]).await;
    assert!(matches!(former.socket.send(&"late".into()), Err(SendError::Closed)));
    let stats = server.control("wait", "live=1").await;
    drop(shown);
    server.control("wait", "live=0").await;
    stats.count("opens")
}

#[wasm_bindgen_test]
async fn code_with_one_more_hook_leaves_no_connection_behind_and_keeps_a_shared_one() {
    fn alone() -> Element {
        let url = use_hook(|| Signal::new(consume_context::<Stage>().first_url));
        rsx! { Listener { url } }
    }
    assert_eq!(dials_after_an_edit(&Server::new("dioxus-edit"), alone).await, 2.0);
    assert_eq!(dials_after_an_edit(&Server::new("dioxus-edit-shared"), page).await, 1.0);
}

#[wasm_bindgen_test]
async fn what_was_sent_early_goes_out_and_a_killed_connection_comes_back() {
    let server = Server::new("dioxus-send");
    let stage = Stage::at(server.url("/record"));
    let shown = stage.show(page);
    let socket = stage.member(0).await.socket;
    socket.send(&"early".into()).unwrap();
    until(|| socket.state() == State::Open).await;
    socket.send(&"open".into()).unwrap();
    assert_eq!(server.control("wait", "received=2").await.received(), ["early", "open"]);
    server.control("kill", "").await;
    assert_eq!(server.control("wait", "opens=2&live=1").await.count("opens"), 2.0);
    socket.close();
    until(|| socket.state() == State::Closed).await;
    socket.reconnect();
    until(|| socket.state() == State::Open).await;
    drop(shown);
    server.control("wait", "live=0").await;
}

#[wasm_bindgen_test]
async fn another_url_is_another_connection_and_one_that_cannot_be_dialled_is_told() {
    let (one, other) = (Server::new("dioxus-one"), Server::new("dioxus-other"));
    let stage = Stage::at(one.url("/echo"));
    let shown = stage.show(page);
    let Member { socket, lines, .. } = stage.member(0).await;
    let mut messages = socket.messages();
    socket.send(&"to one".into()).unwrap();
    assert_eq!(messages.next().await.unwrap().as_str(), "to one");

    let mut url = stage.url.get().unwrap();
    url.set("ftp://example.org".into());
    one.control("wait", "live=0&closes=1").await;
    until(|| matches!(socket.error(), Some(OpenError::Url(_)))).await;
    assert_eq!((socket.state(), socket.latest()), (State::Closed, None));

    url.set(other.url("/echo"));
    other.control("wait", "live=1").await;
    assert_eq!(socket.error(), None);
    socket.send(&"to the other".into()).unwrap();
    assert_eq!(messages.next().await.unwrap().as_str(), "to the other");
    assert_eq!(*lines.peek(), ["to one", "to the other"]);
    drop(shown);
    other.control("wait", "live=0").await;
    assert!(messages.next().await.is_none());
}

#[wasm_bindgen_test]
async fn components_below_a_provider_share_a_connection_that_ends_with_the_last_of_them() {
    let server = Server::new("dioxus-shared");
    let stage = Stage::at(server.url("/echo"));
    let shown = stage.show(page);
    let one = stage.member(0).await;
    let mut count = stage.count.get().unwrap();
    until(|| one.socket.state() == State::Open).await;
    count.set(2);
    let other = stage.member(1).await;
    until(|| one.socket.state() == State::Open && other.socket.state() == State::Open).await;
    // Who comes later shows at first what a server would have rendered.
    assert_eq!(*stage.first_states.borrow(), [State::Idle; 2]);
    one.socket.send(&"for both".into()).unwrap();
    until(|| [&one, &other].iter().all(|member| *member.lines.peek() == ["for both"])).await;

    count.set(1);
    until(|| other.socket.socket().is_none()).await;
    one.socket.send(&"for one".into()).unwrap();
    until(|| one.lines.peek().len() == 2).await;
    let stats = server.control("stats", "").await;
    assert_eq!((stats.count("opens"), stats.count("live")), (1.0, 1.0));
    drop(shown);
    server.control("wait", "live=0").await;
}

#[wasm_bindgen_test]
async fn who_reads_the_queue_is_not_rendered_for_the_state() {
    fn page() -> Element {
        let socket: TextSocket = use_socket(consume_context::<Stage>().first_url, Options::default());
        rsx! { Queue { socket } }
    }
    #[component]
    fn Queue(socket: TextSocket) -> Element {
        let renderings = use_hook(Rc::<Cell<usize>>::default);
        renderings.set(renderings.get() + 1);
        let lines = use_hook(|| Signal::new(Vec::new()));
        use_hook(|| consume_context::<Stage>().members.borrow_mut().push(Member { socket, lines, renderings }));
        rsx! { "{socket.queue()}" }
    }
    let server = Server::new("dioxus-queue");
    let stage = Stage::at(server.url("/record"));
    let _shown = stage.show(page);
    let Member { socket, renderings, .. } = stage.member(0).await;
    until(|| socket.state() == State::Open).await;
    socket.close();
    until(|| socket.state() == State::Closed).await;
    assert_eq!(renderings.get(), 1);
    socket.reconnect();
    socket.send(&"queued".into()).unwrap();
    until(|| renderings.get() == 3 && socket.queue() == 0).await;
}

#[wasm_bindgen_test]
async fn a_provider_is_asked_before_every_dial_and_may_read_what_is_global() {
    static URL: GlobalSignal<String> = Signal::global(String::new);
    fn page() -> Element {
        let stage = consume_context::<Stage>();
        use_hook(|| *URL.write() = stage.first_url);
        let socket: TextSocket = use_socket(|| async { Ok::<_, String>(URL()) }, Options::default());
        let lines = use_hook(|| Signal::new(Vec::new()));
        let renderings = Rc::default();
        use_hook(|| consume_context::<Stage>().members.borrow_mut().push(Member { socket, lines, renderings }));
        rsx! {}
    }
    let server = Server::new("dioxus-provider");
    let stage = Stage::at(server.url("/record"));
    let _shown = stage.show(page);
    let socket = stage.member(0).await.socket;
    until(|| socket.state() == State::Open).await;
    server.control("kill", "").await;
    assert_eq!(server.control("wait", "opens=2&live=1").await.count("opens"), 2.0);
}
