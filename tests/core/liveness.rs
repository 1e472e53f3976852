//! Telling a dead peer from a slow page.

use everwire::core::{Config, Failure, HeartbeatConfig, Input, State};

use crate::harness::{World, ms};

const OPENED: u64 = 1_020;

fn heartbeat(config: &mut Config) {
    config.heartbeat = Some(HeartbeatConfig { recognised: true, ..HeartbeatConfig::default() });
}

fn beating() -> World {
    World::open_with(heartbeat)
}

#[test]
fn an_open_connection_without_a_heartbeat_is_left_in_peace() {
    let mut world = World::open_with(|_| {});
    world.run_for(30 * 24 * 3_600_000);
    assert_eq!((world.core.state(), world.pings.len()), (State::Open, 0));
    assert_eq!(world.ticks.len(), 1, "only to note that it lasted");
}

#[test]
fn heartbeats_go_out_at_their_interval_whatever_comes_in() {
    let mut world = beating();
    for _ in 0..95 {
        world.run_for(1_000);
        world.receives();
    }
    assert_eq!(world.pings, [30, 60, 90].map(|seconds| OPENED + seconds * 1_000));
}

#[test]
fn a_peer_that_answers_lives_and_its_answer_is_timed() {
    let mut world = beating();
    assert_eq!(world.core.latency(), None);
    world.peer.answers = Some(140);
    world.run_for(3_600_000);
    assert_eq!((world.core.state(), world.dialled.len()), (State::Open, 1));
    assert_eq!(world.core.latency(), Some(ms(140)));
}

#[test]
fn a_peer_that_does_not_answer_is_abandoned_at_once() {
    let mut world = beating();
    world.peer.answers = None;
    world.run_for(39_999);
    assert_eq!(world.core.state(), State::Open);
    world.run_for(1);
    assert_eq!(world.abandoned, [OPENED + 40_000]);
    assert_eq!((world.failures(), world.closes()), (vec![Failure::HeartbeatTimeout], vec![(1006, true)]));
    assert!(world.shut.is_empty(), "no closing handshake is begun with the dead");
    world.run_until(State::Open);
}

#[test]
fn without_a_matcher_any_message_is_an_answer_but_not_a_measure() {
    let mut world = World::open_with(|config| config.heartbeat = Some(HeartbeatConfig::default()));
    world.peer.recognised = false;
    world.run_for(3_600_000);
    assert_eq!((world.core.state(), world.dialled.len()), (State::Open, 1));
    assert_eq!(world.core.latency(), None);
}

#[test]
fn a_peer_that_says_other_things_is_alive_and_asked_again() {
    let mut world = beating();
    world.peer.answers = None;
    for _ in 0..600 {
        world.run_for(1_000);
        world.receives();
    }
    assert_eq!((world.core.state(), world.dialled.len()), (State::Open, 1));
    assert_eq!(world.core.latency(), None);
    assert!((15..=20).contains(&world.pings.len()), "{} heartbeats in ten minutes", world.pings.len());
}

#[test]
fn other_messages_do_not_spoil_the_measure() {
    let mut world = beating();
    world.peer.answers = Some(500);
    world.run_for(30_100);
    world.receives();
    world.run_for(400);
    assert_eq!(world.core.latency(), Some(ms(500)));
}

#[test]
fn a_quick_interval_is_kept_whatever_the_timeout() {
    let mut world = World::open_with(|config| {
        config.heartbeat = Some(HeartbeatConfig { interval: ms(1_000), ..HeartbeatConfig::default() });
    });
    world.peer.recognised = false;
    world.run_for(60_500);
    assert_eq!(world.pings.len(), 60);
}

#[test]
fn an_old_timeout_cannot_kill_the_next_connection() {
    let mut world = beating();
    world.peer.answers = None;
    world.run_for(30_000);
    assert_eq!(world.pings.len(), 1);
    world.run_for(8_000);
    world.breaks();
    world.peer.answers = Some(30);
    world.run_until(State::Open);
    world.run_for(120_000);
    assert!(world.abandoned.is_empty());
    assert_eq!(world.dialled.len(), 2);
}

#[test]
fn an_answer_that_stands_behind_a_late_deadline_still_counts() {
    let mut world = beating();
    world.run_for(30_000);
    world.stands_still_for(60_000);
    world.run_for(60_000);
    assert!(world.abandoned.is_empty());
    assert_eq!(world.dialled.len(), 1);
}

#[test]
fn a_late_deadline_probes_and_only_then_kills() {
    let mut world = beating();
    world.peer.answers = None;
    world.run_for(30_000);
    world.stands_still_for(60_000);
    assert_eq!((world.core.state(), world.pings.len()), (State::Open, 2));
    world.run_for(5_000);
    assert_eq!(world.abandoned, [OPENED + 95_000]);
}

#[test]
fn a_page_whose_timers_always_run_late_still_finds_the_dead() {
    let mut world = beating();
    world.lag = 60_000;
    world.run_for(600_000);
    assert!(world.abandoned.is_empty(), "the living");
    world.peer.answers = None;
    world.run_for(400_000);
    assert_eq!(world.failures().first(), Some(&Failure::HeartbeatTimeout));
}

#[test]
fn a_machine_that_slept_asks_with_little_patience() {
    let mut world = beating();
    world.peer.answers = None;
    world.run_for(10_000);
    world.stands_still_for(8 * 3_600_000);
    assert_eq!(world.pings, [world.now]);
    world.run_for(5_000);
    assert_eq!(world.abandoned, [world.now]);
}

#[test]
fn a_wake_up_asks_an_open_connection_whether_it_lives() {
    for hint in [Input::Visible, Input::Online, Input::Thawed] {
        let mut world = beating();
        world.peer.answers = None;
        world.run_for(1_000);
        world.feed(hint.clone());
        world.feed(hint);
        assert_eq!(world.pings, [world.now], "once");
        world.run_for(5_000);
        assert_eq!(world.abandoned, [world.now]);

        let mut world = beating();
        world.peer.answers = None;
        world.run_for(29_000);
        world.feed(Input::Visible);
        world.run_for(5_000);
        assert_eq!((world.pings.len(), &world.abandoned[..]), (1, &[world.now][..]), "no second one gives it longer");
    }
}

#[test]
fn what_is_closing_is_not_asked() {
    let mut world = beating();
    world.peer.closing = true;
    world.send("given back").unwrap();
    world.feed(Input::Visible);
    assert!(world.pings.is_empty());

    let mut world = beating();
    world.peer.closes = None;
    world.close();
    world.feed(Input::Visible);
    world.run_for(60_000);
    assert!(world.pings.is_empty());
}

#[test]
fn a_frozen_page_expects_no_answer() {
    let mut world = beating();
    world.peer.answers = None;
    world.run_for(30_000);
    world.feed(Input::Frozen);
    world.run_for(600_000);
    assert_eq!((world.core.state(), world.pings.len()), (State::Open, 1));
    world.feed(Input::Thawed);
    assert_eq!(world.failures(), [Failure::PageFrozen]);
}

#[test]
fn the_next_connection_has_heartbeats_of_its_own() {
    let mut world = beating();
    world.run_for(10_000);
    world.breaks();
    world.run_until(State::Open);
    let opened = world.now;
    world.run_for(40_000);
    assert_eq!(world.pings, [opened + 30_000]);
}

/// A world whose connection has a megabyte to send before a heartbeat, and whose peer answers nothing yet.
fn uploading() -> World {
    let mut world = beating();
    world.send(&"x".repeat(1 << 20)).unwrap();
    world.peer.unsent = 1 << 20;
    world.peer.answers = None;
    world.run_for(39_999);
    assert_eq!((world.core.state(), world.pings.len()), (State::Open, 1));
    world
}

#[test]
fn a_connection_that_works_off_a_backlog_is_alive_until_it_rests() {
    let mut world = uploading();
    for left in (1..10).rev().map(|left| left * 100_000) {
        world.peer.unsent = left;
        world.run_for(10_000);
        assert_eq!((world.core.state(), world.pings.len()), (State::Open, 1), "{left} bytes left");
    }
    let generation = world.current();
    world.feed(Input::Received { generation, answer: true });
    assert_eq!(world.core.latency(), Some(ms(99_999)), "of the one that was asked");
    world.peer.unsent = 0;
    world.run_for(10_000);
    assert_eq!(world.failures(), [Failure::HeartbeatTimeout], "the next is not answered, and nothing holds it up");
}

#[test]
fn a_connection_whose_backlog_stands_still_gets_its_time_once_more() {
    let mut world = uploading();
    world.run_for(20_000);
    assert_eq!(world.abandoned, [OPENED + 50_000]);
    assert_eq!(world.failures(), [Failure::HeartbeatTimeout]);
}

#[test]
fn a_backlog_that_is_gone_or_small_excuses_nobody() {
    for left in [0, 65_535] {
        let mut world = beating();
        world.send(&"x".repeat(1 << 20)).unwrap();
        world.peer.unsent = left;
        world.peer.answers = None;
        world.run_for(60_000);
        assert_eq!(world.abandoned, [OPENED + 40_000], "{left} bytes left");
    }
}

#[test]
fn a_queue_that_goes_out_all_the_while_excuses_a_late_answer() {
    let mut world = World::open_with(|config| {
        heartbeat(config);
        config.high_water_mark = 100_000;
    });
    world.peer.answers = None;
    world.peer.unsent = 100_000;
    for _ in 0..200 {
        world.send(&"x".repeat(1_000)).unwrap();
    }
    assert!(world.core.queue_len() > 0);
    for _ in 0..100 {
        // As when it is filled up again each time that it has room.
        for unsent in [120_000, 110_000, 120_000] {
            world.peer.unsent = unsent;
            world.run_for(500);
        }
    }
    assert_eq!((world.core.state(), world.pings.len()), (State::Open, 1));
}
