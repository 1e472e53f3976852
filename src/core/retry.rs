//! Whether a lost connection is tried again, and how soon.

use super::Duration;

use super::text::retry_after;
use super::{CloseCode, Config, Failure, Lost, Verdict};

/// The longest time that a server can put a client off for.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60 * 60);

/// What follows a lost connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Try again; not before `floor` has passed.
    Retry { floor: Duration },
    /// The end, as it was asked for or as the close code demands.
    Stop,
    /// The end, because no attempt is left.
    GiveUp,
}

pub(crate) fn next(config: &Config, lost: &Lost, failure: Option<Failure>, verdict: Verdict) -> Next {
    let floor = match verdict {
        Verdict::Stop => return Next::Stop,
        _ if failure.is_some_and(Failure::is_fatal) => return Next::Stop,
        Verdict::Default if !retries_by_default(config, lost.code) => return Next::Stop,
        Verdict::Default | Verdict::Retry => retry_after(&lost.reason).min(LONGEST_RETRY_AFTER),
        Verdict::RetryAfter(delay) => delay,
    };
    if config.max_attempts.is_some_and(|max| lost.attempt >= max) {
        return Next::GiveUp;
    }
    Next::Retry { floor }
}

fn retries_by_default(config: &Config, code: CloseCode) -> bool {
    code.invites_retry()
        && !config.fatal_codes.contains(&code)
        && (code != CloseCode::NORMAL || config.retry_on_normal_close)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(code: u16, reason: &str, attempt: u32) -> Lost {
        Lost { code: code.into(), reason: reason.into(), was_clean: true, attempt }
    }

    const AT_ONCE: Next = Next::Retry { floor: Duration::ZERO };

    #[test]
    fn a_normal_close_retries_unless_told_otherwise() {
        let mut config = Config::default();
        assert_eq!(next(&config, &lost(1000, "", 1), None, Verdict::Default), AT_ONCE);
        config.retry_on_normal_close = false;
        assert_eq!(next(&config, &lost(1000, "", 1), None, Verdict::Default), Next::Stop);
        assert_eq!(next(&config, &lost(1001, "", 1), None, Verdict::Default), AT_ONCE);
    }

    #[test]
    fn fatal_codes_and_failures_end_it() {
        let config = Config { fatal_codes: vec![4401.into()], ..Config::default() };
        assert_eq!(next(&config, &lost(4401, "", 1), None, Verdict::Default), Next::Stop);
        assert_eq!(next(&config, &lost(1008, "", 1), None, Verdict::Default), Next::Stop);
        assert_eq!(next(&config, &lost(1006, "", 1), Some(Failure::Blocked), Verdict::Retry), Next::Stop);
    }

    #[test]
    fn the_user_has_the_last_word_on_a_code() {
        let config = Config::default();
        assert_eq!(next(&config, &lost(1008, "", 1), None, Verdict::Retry), AT_ONCE);
        assert_eq!(next(&config, &lost(1006, "", 1), None, Verdict::Stop), Next::Stop);
        let later = Verdict::RetryAfter(Duration::from_millis(70));
        assert_eq!(next(&config, &lost(1006, "", 1), None, later), Next::Retry { floor: Duration::from_millis(70) });
    }

    #[test]
    fn attempts_run_out_whatever_the_path() {
        let config = Config { max_attempts: Some(3), ..Config::default() };
        for verdict in [Verdict::Default, Verdict::Retry, Verdict::RetryAfter(Duration::ZERO)] {
            assert_eq!(next(&config, &lost(1006, "", 2), None, verdict), AT_ONCE);
            assert_eq!(next(&config, &lost(1006, "", 3), None, verdict), Next::GiveUp);
        }
    }

    #[test]
    fn a_server_can_ask_for_a_delay_but_not_for_ever() {
        let floor = |reason| next(&Config::default(), &lost(1012, reason, 1), None, Verdict::Default);
        assert_eq!(floor("retry-after=2500"), Next::Retry { floor: Duration::from_millis(2500) });
        assert_eq!(floor("retry-after=99999999999999"), Next::Retry { floor: LONGEST_RETRY_AFTER });
        assert_eq!(floor("back soon"), AT_ONCE);
    }
}
