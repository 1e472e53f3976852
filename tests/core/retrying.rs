//! Which losses lead to another attempt, and how soon.

use std::collections::BTreeSet;
use std::time::Duration;

use everwire::core::{Event, Failure, Input, State, Throttle, Verdict};

use crate::harness::{Call, Dial, World, ended, ms};
use crate::states::{dialling, undecided, waiting};

/// The delays before each of the first `count` retries of a client whose dials all fail.
fn delays(seed: u64, count: usize) -> Vec<u64> {
    let mut world = World::seeded(seed, |_| {});
    world.usual_dial = Dial::Fails { after: 5 };
    world.open();
    while world.retries().len() < count {
        world.step(u64::MAX);
    }
    world.retries().into_iter().map(|(_, delay)| delay).collect()
}

#[test]
fn every_wait_is_jittered_and_its_width_doubles_up_to_the_cap() {
    let curves: Vec<_> = (0..200).map(|seed| delays(seed, 8)).collect();
    for dials in 1..=8_u32 {
        let width = (1_000 << dials).min(30_000);
        let draws: Vec<_> = curves.iter().map(|curve| curve[dials as usize - 1]).collect();
        let (low, high) = (*draws.iter().min().unwrap(), *draws.iter().max().unwrap());
        assert!(low >= 100 && high <= 100 + width, "after {dials} dials: {low} to {high}");
        assert!(low < 100 + width / 10 && high > width * 9 / 10, "after {dials} dials: {low} to {high}");
    }
}

#[test]
fn a_fleet_that_lost_its_server_does_not_come_back_as_one() {
    let first_retries: BTreeSet<_> = (0..500)
        .map(|seed| {
            let mut world = World::seeded(seed, |_| {});
            world.open();
            world.run_for(10_000);
            world.peer_closes(1001, "");
            world.run_until(State::Connecting);
            world.dialled[1] - world.dialled[0] - 10_000
        })
        .collect();
    assert!(first_retries.len() > 300, "only {} different waits", first_retries.len());
    assert!(first_retries.iter().all(|wait| (100..=1_100).contains(wait)), "the first wait after a stable connection");
}

#[test]
fn the_same_seed_tells_the_same_story() {
    assert_eq!(delays(1, 20), delays(1, 20));
    assert_ne!(delays(1, 20), delays(2, 20));
}

#[test]
fn the_wait_that_is_announced_is_the_wait_that_is_kept() {
    let world = {
        let mut world = waiting(|_| {});
        world.run_until(State::Open);
        world
    };
    let [(attempt, delay)] = world.retries()[..] else { panic!("{:?}", world.retries()) };
    assert_eq!((attempt, world.dialled[1]), (2, 1_005 + delay));
}

#[test]
fn a_dial_that_hangs_is_abandoned_at_the_connect_timeout() {
    let mut world = World::with(|config| config.connect_timeout = ms(3_000));
    world.dials.push_back(Dial::Hangs);
    world.open();
    world.run_for(2_999);
    assert_eq!(world.core.state(), State::Connecting);
    world.run_for(1);
    assert_eq!(world.abandoned, [4_000]);
    assert_eq!((world.closes(), world.failures()), (vec![(1006, true)], vec![Failure::ConnectTimeout]));
    world.run_until(State::Open);
}

#[test]
fn a_deadline_that_the_page_meets_late_leaves_time_for_the_open_behind_it() {
    let mut world = World::new();
    world.usual_dial = Dial::Opens { after: 9_000 };
    world.open();
    world.stands_still_for(60_000);
    assert_eq!(world.core.state(), State::Open);
    assert!(world.abandoned.is_empty());
}

#[test]
fn a_late_deadline_is_put_off_only_once() {
    let mut world = World::new();
    world.dials.push_back(Dial::Hangs);
    world.lag = 400;
    world.open();
    world.run_until(State::Waiting);
    assert_eq!(world.abandoned, [1_000 + 10_000 + 400 + 1_000 + 400]);
}

#[test]
fn a_dial_that_the_browser_holds_back_after_many_failures_has_its_time_all_the_same() {
    for (throttle, failures, hold) in [(Throttle::Chromium, 10, 5_000), (Throttle::Firefox, 5, 60_000)] {
        let mut world = World::with(|config| {
            config.connect_timeout = ms(1_000);
            config.throttle = throttle;
        });
        world.dials.extend(vec![Dial::Fails { after: 5 }; failures]);
        world.dials.push_back(Dial::Opens { after: hold + 999 });
        world.open();
        world.run_until(State::Open);
        assert_eq!((world.dialled.len(), world.abandoned.len()), (failures + 1, 0), "{throttle:?}");
    }
}

#[test]
fn before_browsers_hold_dials_back_a_hanging_one_gets_no_more_than_the_connect_timeout() {
    let mut world = World::new();
    world.usual_dial = Dial::Hangs;
    world.open();
    while world.abandoned.len() < 12 {
        world.step(u64::MAX);
    }
    let times: Vec<_> = world.abandoned.iter().zip(&world.dialled).map(|(end, dial)| end - dial).collect();
    assert_eq!(times, [[10_000; 10].as_slice(), &[15_000; 2]].concat());
}

#[test]
fn a_server_that_accepts_and_closes_is_not_hammered() {
    let mut world = World::new();
    world.usual_dial = Dial::Closes { opens: 5, closes: 10, code: 1011, reason: "" };
    world.open();
    world.run_for(60 * 60_000);
    assert!(world.opens() == world.dialled.len() && world.opens() < 350, "{} dials in an hour", world.opens());
}

#[test]
fn the_backoff_resets_after_the_connection_has_lasted_and_not_before() {
    for (lasts, next) in [(4_999, 3), (5_000, 1)] {
        let mut world = waiting(|_| {});
        world.run_until(State::Open);
        world.run_for(lasts);
        world.breaks();
        assert_eq!(world.retries().last().map(|(attempt, _)| *attempt), Some(next), "after {lasts} ms");
    }
}

#[test]
fn a_page_that_stood_still_does_not_forget_that_the_connection_lasted() {
    let mut world = waiting(|config| {
        config.max_attempts = Some(2);
        config.consult = true;
    });
    world.run_until(State::Open);
    world.now += 60_000;
    world.breaks();
    assert_eq!(world.consulted.last().map(|lost| lost.attempt), Some(0));
    assert_eq!(world.retries().last().map(|(attempt, _)| *attempt), Some(1));
}

#[test]
fn the_limit_on_attempts_holds_on_every_path() {
    let paths = [
        Dial::Fails { after: 5 },
        Dial::Hangs,
        Dial::Undialable(Failure::ProviderFailed),
        Dial::Closes { opens: 5, closes: 10, code: 1000, reason: "" },
        Dial::Closes { opens: 5, closes: 10, code: 1012, reason: "retry-after=10" },
    ];
    let verdicts = [Verdict::Default, Verdict::Retry, Verdict::RetryAfter(ms(50))];
    for (path, verdict) in paths.iter().flat_map(|path| verdicts.map(|verdict| (path, verdict))) {
        for hint in [Input::Tick, Input::Online, Input::Visible] {
            let mut world = World::with(|config| {
                config.max_attempts = Some(3);
                config.consult = true;
            });
            world.usual_dial = path.clone();
            world.verdict = Some(verdict);
            world.open();
            for _ in 0..1_000 {
                world.run_for(1_000);
                world.feed(hint.clone());
            }
            assert_eq!(world.dialled.len(), 3, "{path:?}, {verdict:?}, {hint:?}");
            assert_eq!((world.core.state(), world.final_closes()), (State::Closed, 1));
            assert_eq!(world.failures().last(), Some(&Failure::GaveUp));
        }
    }
}

#[test]
fn reconnect_after_giving_up_has_all_attempts_again() {
    let mut world = World::with(|config| config.max_attempts = Some(2));
    world.usual_dial = Dial::Fails { after: 5 };
    world.open();
    world.run_until(State::Closed);
    world.reconnect();
    world.run_until(State::Closed);
    assert_eq!((world.dialled.len(), world.final_closes()), (4, 2));
}

fn retries_after(code: u16, configure: impl FnOnce(&mut everwire::core::Config)) -> bool {
    let mut world = World::open_with(configure);
    world.peer_closes(code, "");
    let retries = world.core.state() == State::Waiting;
    assert_eq!(world.closes(), [(code, retries)]);
    assert_eq!(world.core.state() == State::Closed, !retries);
    retries
}

#[test]
fn the_close_code_says_whether_to_try_again() {
    for code in [1000, 1001, 1005, 1006, 1011, 1012, 1013, 1014, 3000, 4000, 4999, 1999] {
        assert!(retries_after(code, |_| {}), "{code}");
    }
    for code in [1002, 1003, 1007, 1008, 1009, 1010] {
        assert!(!retries_after(code, |_| {}), "{code}");
    }
}

#[test]
fn codes_can_be_made_fatal_and_a_normal_close_final() {
    assert!(!retries_after(4401, |config| config.fatal_codes = vec![4401.into()]));
    assert!(retries_after(4402, |config| config.fatal_codes = vec![4401.into()]));
    assert!(!retries_after(1000, |config| config.retry_on_normal_close = false));
    assert!(retries_after(1001, |config| config.retry_on_normal_close = false));
}

#[test]
fn a_server_can_put_its_clients_off_and_they_still_come_one_by_one() {
    let waits: BTreeSet<_> = (0..50)
        .map(|seed| {
            let mut world = World::seeded(seed, |_| {});
            world.open();
            world.run_for(10_000);
            world.peer_closes(1012, "retry-after=2500");
            world.retries()[0].1
        })
        .collect();
    assert!(waits.iter().all(|wait| (2_500..=3_500).contains(wait)));
    assert!(waits.len() > 30, "still jittered");
}

#[test]
fn a_wait_that_the_server_asked_for_is_not_cut_short_by_a_wake_up() {
    let mut world = World::open_with(|_| {});
    world.peer_closes(1012, "retry-after=60000");
    for hint in [Input::Online, Input::Visible, Input::Frozen, Input::Thawed] {
        world.feed(hint);
        world.run_for(10_000);
    }
    assert_eq!(world.dialled.len(), 1);
    world.run_until(State::Open);
    assert!(world.dialled[1] >= world.dialled[0] + 60_000);
}

#[test]
fn the_hook_hears_how_it_ended_and_has_the_last_word_on_the_code() {
    for (verdict, code, retries) in [
        (Verdict::Default, 1008, false),
        (Verdict::Default, 1012, true),
        (Verdict::Retry, 1008, true),
        (Verdict::Stop, 1012, false),
        (Verdict::RetryAfter(ms(700)), 1008, true),
    ] {
        let mut world = World::open_with(|config| config.consult = true);
        world.verdict = Some(verdict);
        world.peer_closes(code, "why");
        assert_eq!(world.closes(), [(code, retries)], "{verdict:?}");
        let [lost] = &world.consulted[..] else { panic!("asked {} times", world.consulted.len()) };
        assert_eq!((u16::from(lost.code), &lost.reason[..], lost.was_clean, lost.attempt), (code, "why", true, 1));
        if verdict == Verdict::RetryAfter(ms(700)) {
            assert!(world.retries()[0].1 >= 700);
        }
    }
}

#[test]
fn a_hook_that_never_wants_to_come_back_soon_is_taken_at_its_word() {
    let mut world = World::open_with(|config| config.consult = true);
    world.verdict = Some(Verdict::RetryAfter(Duration::MAX));
    world.peer_closes(1001, "");
    world.run_for(u64::from(u32::MAX));
    assert_eq!((world.core.state(), world.dialled.len()), (State::Waiting, 1));
    world.reconnect();
    world.run_until(State::Open);
}

#[test]
fn close_while_the_hook_is_asked_is_the_end_whatever_it_says() {
    let mut world = undecided();
    let generation = world.current();
    world.close();
    assert_eq!(world.closes(), [(1001, false)]);
    world.feed(Input::Verdict { generation, verdict: Verdict::Retry });
    assert_eq!((world.core.state(), world.closes().len()), (State::Closed, 1));
}

#[test]
fn reconnect_while_the_hook_is_asked_dials_at_once_whatever_it_says() {
    let mut world = undecided();
    let generation = world.current();
    world.reconnect();
    assert_eq!((world.core.state(), world.closes()), (State::Connecting, vec![(1001, true)]));
    world.feed(Input::Verdict { generation, verdict: Verdict::Stop });
    world.run_until(State::Open);
    assert_eq!(world.dialled.len(), 2);
}

#[test]
fn a_provider_that_fails_once_costs_one_attempt() {
    let mut world = World::new();
    world.dials.push_back(Dial::Undialable(Failure::ProviderFailed));
    world.open();
    assert_eq!((world.failures(), world.closes()), (vec![Failure::ProviderFailed], vec![(1006, true)]));
    world.run_until(State::Open);
    assert_eq!(world.core.attempt(), 2);
}

#[test]
fn who_dials_again_whenever_a_dial_fails_at_once_leaves_time_for_all_else() {
    for cause in [Failure::ProviderFailed, Failure::Blocked, Failure::NoWebSocket] {
        let mut world = World::with(|config| config.max_attempts = Some(1));
        world.usual_dial = Dial::Undialable(cause);
        world.listener =
            Some(Box::new(|event| matches!(event, Event::Closed { will_retry: false, .. }).then_some(Call::Reconnect)));
        world.open();
        world.run_for(1_000);
        assert_eq!(world.dialled.len(), 11, "{cause:?}");
    }
}

#[test]
fn what_can_never_be_dialled_ends_it_and_the_hook_is_not_asked() {
    for cause in [Failure::Blocked, Failure::NoWebSocket] {
        let mut world = World::with(|config| config.consult = true);
        world.verdict = Some(Verdict::Retry);
        world.usual_dial = Dial::Undialable(cause);
        world.open();
        assert_eq!((world.closes(), world.failures()), (vec![(1006, false)], vec![cause]));
        assert!(world.consulted.is_empty() && world.is_quiet());
    }
}

#[test]
fn an_error_without_a_close_means_that_the_page_may_not_connect() {
    let mut world = World::new();
    world.usual_dial = Dial::FailsWithoutClose { after: 5 };
    world.open();
    world.run_for(60_000);
    assert_eq!((world.dialled.len(), world.abandoned.len()), (1, 1));
    assert_eq!((world.closes(), world.failures()), (vec![(1006, false)], vec![Failure::Blocked]));
    assert!(world.is_quiet());
}

#[test]
fn an_error_whose_close_takes_its_time_is_an_ordinary_failure() {
    let mut world = World::new();
    world.dials.push_back(Dial::FailsWithoutClose { after: 5 });
    world.open();
    let generation = world.current();
    world.later(900, ended(generation, 1006, "", false));
    world.run_until(State::Open);
    assert_eq!(world.failures(), [Failure::ConnectFailed]);
}

#[test]
fn a_dial_that_errs_and_opens_all_the_same_is_kept() {
    let mut world = dialling();
    let generation = world.current();
    world.feed(Input::Errored(generation));
    world.feed(Input::Opened(generation));
    world.run_for(60_000);
    assert_eq!((world.core.state(), world.dialled.len()), (State::Open, 1));
}

#[test]
fn an_open_connection_that_errs_says_so_and_is_replaced() {
    let mut world = World::open_with(|_| {});
    world.breaks();
    assert_eq!((world.failures(), world.closes()), (vec![Failure::ConnectionLost], vec![(1006, true)]));
    world.run_until(State::Open);
}

#[test]
fn a_dial_that_fails_at_once_is_followed_by_one_wait() {
    let mut world = World::with(|config| {
        config.backoff.min = ms(0);
        config.backoff.base = ms(1);
        config.backoff.max = ms(4);
    });
    world.dials.push_back(Dial::Undialable(Failure::ProviderFailed));
    world.open();
    world.run_until(State::Open);
    let retries = world.told.iter().filter(|(_, e)| matches!(e, Event::Retry { .. })).count();
    assert_eq!(retries, 1);
}
