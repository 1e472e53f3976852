//! Close codes as an open number: what a server sends survives, known or not.

use std::fmt;

/// Why a connection was closed: a number of RFC 6455, section 7.4, or of the IANA registry behind it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CloseCode(u16);

impl CloseCode {
    /// 1000: the purpose of the connection has been fulfilled.
    pub const NORMAL: Self = Self(1000);
    /// 1001: the endpoint is going away: a server goes down, a page is left.
    pub const GOING_AWAY: Self = Self(1001);
    /// 1002: a protocol error.
    pub const PROTOCOL_ERROR: Self = Self(1002);
    /// 1003: a kind of data that the endpoint does not accept.
    pub const UNSUPPORTED: Self = Self(1003);
    /// 1005: the close frame carried no code. Never sent.
    pub const NO_STATUS: Self = Self(1005);
    /// 1006: the connection ended without a close frame, or never came about. Never sent.
    pub const ABNORMAL: Self = Self(1006);
    /// 1007: data that is not of its declared type, such as text that is not UTF-8.
    pub const INVALID_DATA: Self = Self(1007);
    /// 1008: a policy was violated; also used for failed authentication.
    pub const POLICY_VIOLATION: Self = Self(1008);
    /// 1009: a message too big to process.
    pub const MESSAGE_TOO_BIG: Self = Self(1009);
    /// 1010: the client expected an extension that the server did not negotiate.
    pub const MANDATORY_EXTENSION: Self = Self(1010);
    /// 1011: the server met an unexpected condition.
    pub const INTERNAL_ERROR: Self = Self(1011);
    /// 1012: the service restarts.
    pub const SERVICE_RESTART: Self = Self(1012);
    /// 1013: the server is overloaded; try again later.
    pub const TRY_AGAIN_LATER: Self = Self(1013);
    /// 1014: a gateway got an invalid answer.
    pub const BAD_GATEWAY: Self = Self(1014);

    /// Whether a page may send this code: 1000, or 3000 to 4999 (WHATWG WebSockets, `close()` step 1).
    #[must_use]
    pub const fn is_sendable(self) -> bool {
        self.0 == 1000 || (self.0 >= 3000 && self.0 <= 4999)
    }

    /// Whether a new attempt could fare better: false for the codes that say that this client is at fault.
    pub(crate) const fn invites_retry(self) -> bool {
        !matches!(self.0, 1002 | 1003 | 1007..=1010)
    }

    const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            1000 => "NORMAL",
            1001 => "GOING_AWAY",
            1002 => "PROTOCOL_ERROR",
            1003 => "UNSUPPORTED",
            1005 => "NO_STATUS",
            1006 => "ABNORMAL",
            1007 => "INVALID_DATA",
            1008 => "POLICY_VIOLATION",
            1009 => "MESSAGE_TOO_BIG",
            1010 => "MANDATORY_EXTENSION",
            1011 => "INTERNAL_ERROR",
            1012 => "SERVICE_RESTART",
            1013 => "TRY_AGAIN_LATER",
            1014 => "BAD_GATEWAY",
            _ => return None,
        })
    }
}

impl From<u16> for CloseCode {
    fn from(code: u16) -> Self {
        Self(code)
    }
}

impl From<CloseCode> for u16 {
    fn from(code: CloseCode) -> Self {
        code.0
    }
}

impl fmt::Debug for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "CloseCode({})", self.0),
        }
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_codes_survive() {
        assert_eq!(u16::from(CloseCode::from(4321)), 4321);
        assert_eq!(format!("{:?}", CloseCode::from(4321)), "CloseCode(4321)");
        assert_eq!(format!("{:?}", CloseCode::SERVICE_RESTART), "SERVICE_RESTART");
    }

    #[test]
    fn codes_retry_as_the_reliability_rules_say() {
        for code in [1000, 1001, 1005, 1006, 1011, 1012, 1013, 1014, 3000, 4999] {
            assert!(CloseCode::from(code).invites_retry(), "{code}");
        }
        for code in [1002, 1003, 1007, 1008, 1009, 1010] {
            assert!(!CloseCode::from(code).invites_retry(), "{code}");
        }
    }

    #[test]
    fn a_page_may_send_1000_and_3000_to_4999() {
        for (code, sendable) in
            [(999, false), (1000, true), (1001, false), (2999, false), (3000, true), (4999, true), (5000, false)]
        {
            assert_eq!(CloseCode::from(code).is_sendable(), sendable, "{code}");
        }
    }
}
