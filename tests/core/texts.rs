//! The npm package is told numbers and has the texts itself: they are those of the core, in its order.

use std::time::Duration;

use everwire::core::{Backoff, Config, Failure, HeartbeatConfig};

#[test]
fn javascript_has_the_texts_of_failures_in_their_order() {
    use Failure::{
        Blocked, ConnectFailed, ConnectTimeout, ConnectionLost, GaveUp, HeartbeatTimeout, NoWebSocket, PageFrozen,
        ProviderFailed,
    };
    let failures = [
        ConnectFailed,
        ConnectionLost,
        ConnectTimeout,
        Blocked,
        ProviderFailed,
        NoWebSocket,
        HeartbeatTimeout,
        PageFrozen,
        GaveUp,
    ];
    assert!(failures.iter().enumerate().all(|(number, failure)| *failure as usize == number));
    let texts = failures.map(|failure| (failure.code().to_string(), failure.sentence().to_string()));
    assert_eq!(pairs(include_str!("../../npm/errors.ts"), "FAILURES"), texts);
}

#[test]
fn javascript_has_the_rules_of_options_in_their_order() {
    const ZERO: Duration = Duration::ZERO;
    let heartbeat = HeartbeatConfig::default();
    let break_rule: [fn(&mut Config, HeartbeatConfig); 9] = [
        |config, _| config.connect_timeout = ZERO,
        |config, _| config.close_timeout = ZERO,
        |config, _| config.backoff.min = Duration::MAX,
        |config, _| config.backoff.base = ZERO,
        |config, _| config.backoff = Backoff { min: ZERO, max: ZERO, ..config.backoff },
        |config, _| config.max_attempts = Some(0),
        |config, _| config.high_water_mark = 0,
        |config, heartbeat| config.heartbeat = Some(HeartbeatConfig { interval: ZERO, ..heartbeat }),
        |config, heartbeat| config.heartbeat = Some(HeartbeatConfig { timeout: ZERO, ..heartbeat }),
    ];
    let rules = break_rule.map(|break_rule| {
        let mut config = Config::default();
        break_rule(&mut config, heartbeat);
        let broken = config.validate().unwrap_err();
        (broken.option.to_string(), broken.takes.to_string())
    });
    assert_eq!(pairs(include_str!("../../npm/options.ts"), "RULES"), rules);
}

/// The pairs of strings in an array of a script.
fn pairs(script: &str, name: &str) -> Vec<(String, String)> {
    let (_, array) = script.split_once(&format!("export const {name}")).expect("the array is there");
    let (array, _) = array.split_once("\n];").expect("it ends");
    let lines = array.lines().filter_map(|line| line.trim().strip_prefix("[\"")?.strip_suffix("\"],"));
    lines.filter_map(|line| line.split_once("\", \"")).map(|(one, other)| (one.into(), other.into())).collect()
}
