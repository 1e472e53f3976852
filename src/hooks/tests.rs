//! Who shares, who moves, who leaves; without a framework and without a browser. What comes over a connection is tested in
//! one.

use std::rc::Rc;
use std::time::Duration;

use futures::{FutureExt, StreamExt};

use super::{Mount, Pool};
use crate::client::{OpenError, Options, RequestError, RequestOptions, SendError, SendOptions, Source, Status};
use crate::codec::Text;
use crate::core::State;

type Held = Rc<Mount<String, String, Text>>;

fn mount(pool: &Pool, source: impl Into<Source>, options: Options<String>) -> Held {
    Mount::new(Some(pool.clone()), source.into(), options)
}

fn share(one: &Held, other: &Held) -> bool {
    one.socket().unwrap().send(&"for both".into()).unwrap();
    one.socket().unwrap().queue_len() == other.socket().unwrap().queue_len()
}

#[test]
fn the_same_url_and_options_share_one_socket_which_ends_with_the_last() {
    let pool = Pool::default();
    let (one, other) = (mount(&pool, "/chat", Options::default()), mount(&pool, "/chat", Options::default()));
    assert!(share(&one, &other));
    let socket = one.socket().unwrap();
    one.leave();
    assert_eq!((one.status().state, other.status().state, socket.state()), (State::Closed, State::Idle, State::Idle));
    other.leave();
    assert_eq!(socket.state(), State::Closed);
}

#[test]
fn a_component_is_idle_until_it_is_there_whatever_it_shares() {
    let pool = Pool::default();
    let one = mount(&pool, "/chat", Options::default());
    drop(one.enter(|_| {}));
    one.socket().unwrap().send(&"queued".into()).unwrap();
    let other = mount(&pool, "/chat", Options::default());
    assert_eq!((one.status().queue_len, other.status()), (1, Status::default()));
    drop(other.enter(|_| {}));
    assert_eq!(other.status(), one.status());
}

#[test]
fn another_url_or_other_options_or_another_provider_component_do_not_share() {
    let pool = Pool::default();
    let one = mount(&pool, "/chat", Options::default());
    let patient = Options::default().connect_timeout(Duration::from_secs(60));
    for other in [
        mount(&pool, "/other", Options::default()),
        mount(&pool, "/chat", patient),
        mount(&pool, "/chat", Options::default().should_retry(|_| crate::Verdict::Default)),
        mount(&Pool::default(), "/chat", Options::default()),
        Mount::new(None, "/chat".into(), Options::default()),
    ] {
        assert!(!share(&one, &other));
    }
}

#[test]
fn functions_are_the_same_in_clones() {
    let pool = Pool::default();
    let options = Options::default().should_retry(|_| crate::Verdict::Default);
    let provider = Source::from(|| async { Ok::<_, String>("/chat") });
    let one = mount(&pool, provider.clone(), options.clone());
    assert!(share(&one, &mount(&pool, provider, options.clone())));
    assert!(!share(&one, &mount(&pool, || async { Ok::<_, String>("/chat") }, options)));
}

#[test]
fn another_url_moves_and_the_old_socket_ends() {
    let one = Mount::<String, String, Text>::new(None, "/one".into(), Options::default());
    let first = one.socket().unwrap();
    one.move_to("/one".into());
    assert_eq!((one.moves(), first.state()), (0, State::Idle));
    one.move_to("/two".into());
    assert_eq!((one.moves(), first.state(), one.status().state), (1, State::Closed, State::Idle));
}

#[test]
fn another_provider_is_no_move_and_the_latest_is_asked() {
    let asked = |answer: &'static str| Source::from(move || async move { Err::<String, _>(answer) });
    let cell = Rc::new(std::cell::RefCell::new(asked("first")));
    let latest = Source::latest_in(&cell);
    let answer = || latest.ask().unwrap().now_or_never().unwrap().unwrap_err().to_string();
    assert_eq!(answer(), "first");
    assert!(cell.borrow().is_at(&asked("second")));
    cell.replace(asked("second"));
    assert_eq!(answer(), "second");
}

#[test]
fn what_cannot_be_opened_is_closed_and_says_why() {
    let options = Options::default().connect_timeout(Duration::ZERO);
    let mount = Mount::<String, String, Text>::new(None, "/chat".into(), options);
    assert!(matches!(mount.error(), Some(OpenError::Option(_))));
    assert_eq!(mount.status().state, State::Closed);
    assert!(matches!(mount.live(), Err(SendError::Closed)));
}

#[test]
fn a_handle_that_outlives_its_component_does_nothing_and_says_so() {
    let mount = Mount::<String, String, Text>::new(None, "/chat".into(), Options::default());
    let (mut before, handle) = (mount.read(), Handle(mount));
    handle.0.leave();
    let mut after = handle.0.read();
    for messages in [&mut before, &mut after] {
        assert_eq!(messages.next().now_or_never(), Some(None));
    }
    assert!(matches!(handle.send(&"late".into()), Err(SendError::Closed)));
    assert!(matches!(handle.send_with(&"late".into(), SendOptions::default()), Err(SendError::Closed)));
    let reply = handle.request("late".into(), RequestOptions::default()).now_or_never();
    assert!(matches!(reply, Some(Err(RequestError::Send(SendError::Closed)))));
    assert!(handle.subscribe("late".into(), Default::default()).is_err());
    handle.reconnect();
    handle.close();
    assert!(handle.socket().is_none());
    handle.0.move_to("/elsewhere".into());
    assert!(handle.0.socket().is_none());
}

/// As the frameworks' own are.
struct Handle<Incoming: 'static, Outgoing: 'static, C: crate::Codec<Incoming, Outgoing> + 'static>(
    Rc<Mount<Incoming, Outgoing, C>>,
);

#[expect(unreachable_pub, reason = "those of the frameworks are public")]
impl<Incoming, Outgoing, C: crate::Codec<Incoming, Outgoing>> Handle<Incoming, Outgoing, C> {
    super::handle_methods!(self => Some(Rc::clone(&self.0)));
}
