//! Random worlds and random users against the rules of `rules.rs` and `ledger.rs`, which hold at every step.

use std::time::Duration;

use everwire::core::{
    Backoff, Config, Failure, Generation, HeartbeatConfig, Input, Instant, Overflow, QueueConfig, State, Verdict,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::driver::REFUSED;
use crate::harness::{Call, Dial, World, ended, ms};

/// Texts of different lengths; one that no connection will take.
const TEXTS: [&str; 5] = ["", "a", "seven b", "fourteen bytes", REFUSED];
const CODES: [u16; 7] = [1000, 1001, 1005, 1006, 1008, 4000, 4401];
const REASONS: [&str; 3] = ["", "retry-after=2500", "retry-after=-1"];
const FAILURES: [Failure; 3] = [Failure::ProviderFailed, Failure::Blocked, Failure::NoWebSocket];

/// One thing that the world or the user does.
#[derive(Clone, Debug)]
enum Op {
    /// Calls of one tick: nothing is carried out in between.
    Calls(Vec<Call>),
    Post {
        text: &'static str,
        ttl: Option<u64>,
        key: Option<&'static str>,
        priority: i32,
    },
    /// What a listener calls when it hears of the next event.
    Listen(Call),
    Elapse(u64),
    /// The page stands still, and meets its deadlines late.
    StandStill(u64),
    /// A timer fires before its time.
    Early,
    Connection(Report),
    /// The same from a connection that was given up.
    Stale(Report),
    Unsent(u64),
    NativeCloses,
    Page(Input),
    Answer(Verdict),
    Consult(Option<Verdict>),
}

/// What a connection reports.
#[derive(Clone, Copy, Debug)]
enum Report {
    Opened,
    Received { answer: bool },
    Errored,
    Unsent(u64),
    Undialable(Failure),
    Ended { code: u16, reason: &'static str },
}

fn calls() -> impl Strategy<Value = Call> {
    select(vec![Call::Open, Call::Reconnect, Call::Close, Call::Send("sent"), Call::Send(REFUSED)])
}

fn reports() -> impl Strategy<Value = Report> {
    prop_oneof![
        4 => Just(Report::Opened),
        2 => any::<bool>().prop_map(|answer| Report::Received { answer }),
        1 => Just(Report::Errored),
        1 => select(vec![0, u64::MAX]).prop_map(Report::Unsent),
        1 => select(&FAILURES[..]).prop_map(Report::Undialable),
        3 => (select(&CODES[..]), select(&REASONS[..])).prop_map(|(code, reason)| Report::Ended { code, reason }),
    ]
}

fn verdicts() -> impl Strategy<Value = Verdict> {
    select(vec![
        Verdict::Default,
        Verdict::Stop,
        Verdict::Retry,
        Verdict::RetryAfter(ms(0)),
        Verdict::RetryAfter(ms(700)),
        Verdict::RetryAfter(Duration::MAX),
    ])
}

fn ops() -> impl Strategy<Value = Op> {
    let times = select(vec![0, 1, 30, 300, 1_000, 6_000, 40_000, 3_600_000]);
    let pages = select(vec![Input::Online, Input::Offline, Input::Visible, Input::Frozen, Input::Thawed]);
    let post = (select(&TEXTS[..]), option::of(select(vec![0, 1, 500])), option::of(select(vec!["k", "l"])), -1..2_i32);
    prop_oneof![
        4 => vec(calls(), 1..4).prop_map(Op::Calls),
        4 => post.prop_map(|(text, ttl, key, priority)| Op::Post { text, ttl, key, priority }),
        1 => calls().prop_map(Op::Listen),
        6 => times.clone().prop_map(Op::Elapse),
        1 => times.prop_map(Op::StandStill),
        1 => Just(Op::Early),
        8 => reports().prop_map(Op::Connection),
        1 => reports().prop_map(Op::Stale),
        1 => select(vec![0, 1, 100, u64::MAX]).prop_map(Op::Unsent),
        1 => Just(Op::NativeCloses),
        3 => pages.prop_map(Op::Page),
        1 => verdicts().prop_map(Op::Answer),
        1 => option::of(verdicts()).prop_map(Op::Consult),
    ]
}

prop_compose! {
    fn configs()(
        times in (select(vec![ms(1), ms(10_000), Duration::MAX]), select(vec![ms(1), ms(5_000), Duration::MAX])),
        stable_after in select(vec![ms(0), ms(5_000), Duration::MAX]),
        backoff in select(vec![
            Backoff::default(),
            Backoff { min: ms(0), base: ms(1), max: ms(1) },
            Backoff { min: ms(0), base: Duration::MAX, max: Duration::MAX },
            Backoff { min: Duration::MAX, base: ms(1), max: Duration::MAX },
        ]),
        max_attempts in option::of(select(vec![1, 2, u32::MAX])),
        retry_on_normal_close in any::<bool>(),
        max_messages in select(vec![0, 1, 3, usize::MAX]),
        max_bytes in select(vec![0, 20, usize::MAX]),
        overflow in select(vec![Overflow::Reject, Overflow::DropOldest, Overflow::DropNewest]),
        ttl in option::of(select(vec![ms(0), ms(200), Duration::MAX])),
        high_water_mark in select(vec![1, 30, u64::MAX]),
        heartbeat in option::of((select(vec![ms(1), ms(30_000), Duration::MAX]),
            select(vec![ms(1), ms(10_000), Duration::MAX]), any::<bool>())),
        consult in any::<bool>(),
    ) -> Config {
        let mut config = Config::default();
        (config.connect_timeout, config.close_timeout) = times;
        config.stable_after = stable_after;
        config.backoff = backoff;
        config.max_attempts = max_attempts;
        config.retry_on_normal_close = retry_on_normal_close;
        config.fatal_codes = vec![4401.into()];
        config.queue = QueueConfig { max_messages, max_bytes, overflow, ttl };
        config.high_water_mark = high_water_mark;
        config.heartbeat =
            heartbeat.map(|(interval, timeout, recognised)| HeartbeatConfig { interval, timeout, recognised });
        config.consult = consult;
        config
    }
}

/// A world in which nothing happens unless an [`Op`] says so.
fn inert(config: &Config, seed: u64) -> World {
    config.validate().expect("only settings that can be made");
    let mut world = World::seeded(seed, |it| it.clone_from(config));
    world.usual_dial = Dial::Hangs;
    world.peer.closes = None;
    world.peer.answers = None;
    world
}

fn apply(world: &mut World, op: Op) {
    match op {
        Op::Calls(calls) => {
            let several = calls.len() > 1;
            for call in calls {
                world.call(call);
            }
            if several {
                world.rules.lose_count();
            }
            world.drain();
        }
        Op::Post { text, ttl, key, priority } => {
            let expires = ttl.map_or(Instant::NEVER, |ttl| world.instant_in(ttl));
            let _ = world.post(text, |message| {
                message.expires = expires;
                message.key = key.map(Into::into);
                message.priority = priority;
            });
        }
        Op::Listen(call) => {
            let mut call = Some(call);
            world.listener = Some(Box::new(move |_| call.take()));
        }
        Op::Elapse(millis) => {
            let end = world.now + millis;
            // A heartbeat each millisecond needs no hour to show what it does.
            let _ = (0..200).find(|_| !world.step(end));
            world.now = world.now.max(end.min(world.alarm.unwrap_or(u64::MAX)));
        }
        Op::StandStill(millis) => world.stands_still_for(millis),
        Op::Early => world.tick(),
        Op::Connection(report) => {
            if let Some(generation) = world.rules.live() {
                hear(world, generation, report);
            }
        }
        Op::Stale(report) => {
            if let Some(generation) = world.generation.filter(|it| world.rules.live() != Some(*it)) {
                hear(world, generation, report);
            }
        }
        Op::Unsent(bytes) => world.peer.unsent = bytes,
        Op::NativeCloses => world.peer.closing = true,
        Op::Page(input) => world.feed(input),
        Op::Answer(verdict) => {
            if world.rules.consulting() {
                let generation = world.current();
                world.feed(Input::Verdict { generation, verdict });
            }
        }
        Op::Consult(verdict) => world.verdict = verdict,
    }
}

fn hear(world: &mut World, generation: Generation, report: Report) {
    match report {
        Report::Opened if world.rules.is_open(generation) => {}
        Report::Undialable(_) if world.rules.is_open(generation) => {}
        Report::Received { .. } if world.rules.is_dialling() => {}
        Report::Opened => world.feed(Input::Opened(generation)),
        Report::Received { answer } => world.feed(Input::Received { generation, answer }),
        Report::Unsent(bytes) => world.feed(Input::Buffered { generation, bytes }),
        Report::Errored => world.feed(Input::Errored(generation)),
        Report::Undialable(cause) => world.feed(Input::Undialable { generation, cause }),
        Report::Ended { code, reason } => world.feed(ended(generation, code, reason, code != 1006)),
    }
}

fn cases() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: cases.unwrap_or(2_000), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    /// Whatever happened, the user can always get a connection, and everything that was queued goes out on it; and `close`
    /// is always the end.
    #[test]
    fn no_history_breaks_a_rule_or_the_way_back(config in configs(), seed: u64, ops in vec(ops(), 1..60)) {
        let mut world = inert(&config, seed);
        for op in ops {
            apply(&mut world, op);
        }

        world.listener = None;
        world.usual_dial = Dial::Opens { after: 0 };
        world.peer.closes = Some(0);
        world.peer.unsent = 0;
        world.feed(Input::Thawed);
        world.reconnect();
        while world.core.state() != State::Open && world.step(world.now + 1_000) {}
        prop_assert_eq!(world.core.state(), State::Open);
        world.run_for(0);
        while world.core.queue_len() > 0 && world.step(world.now + 100) {}
        prop_assert_eq!(world.core.queue_len(), 0);

        let closes = world.final_closes();
        world.peer.closes = None;
        world.close();
        if world.core.state() == State::Closing {
            let generation = world.current();
            world.feed(ended(generation, 1000, "", true));
        }
        prop_assert_eq!(world.core.state(), State::Closed);
        prop_assert_eq!(world.final_closes(), closes + 1);
        prop_assert!(world.is_quiet());
    }
}
