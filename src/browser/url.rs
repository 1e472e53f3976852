//! URLs as the WHATWG WebSockets standard takes them ("obtaining a URL record"), checked before the first dial so that a
//! wrong one is told to the caller and not retried.

use web_sys::Url;

use super::global::{get, global_property};

/// What is wrong with a URL. It names no part of the URL, which may carry a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UrlFault {
    /// It does not parse.
    Unparsable,
    /// It is not of the web or a WebSocket.
    Scheme,
    /// It has a fragment, which has no meaning here.
    Fragment,
}

impl UrlFault {
    pub(crate) const TAKES: &'static str = "a ws:, wss:, http: or https: URL without a fragment";

    pub(crate) const fn sentence(self) -> &'static str {
        match self {
            Self::Unparsable => "one that does not parse",
            Self::Scheme => "one of another scheme",
            Self::Fragment => "one with a fragment",
        }
    }
}

/// The absolute URL with a ws or wss scheme.
pub(crate) fn resolve(url: &str) -> Result<String, UrlFault> {
    let parsed = match base() {
        Some(base) => Url::new_with_base(url, &base),
        None => Url::new(url),
    }
    .map_err(|_| UrlFault::Unparsable)?;
    match parsed.protocol().as_str() {
        "ws:" | "wss:" => {}
        "http:" => parsed.set_protocol("ws:"),
        "https:" => parsed.set_protocol("wss:"),
        _ => return Err(UrlFault::Scheme),
    }
    let href = parsed.href();
    // `hash` is empty for a bare `#`, which counts as a fragment too.
    if href.contains('#') { Err(UrlFault::Fragment) } else { Ok(href) }
}

/// What a relative URL is relative to: the document's base, or a worker's own location. Node has neither.
fn base() -> Option<String> {
    let look = |object, property| get(&global_property(object), property).as_string();
    look("document", "baseURI").or_else(|| look("location", "href"))
}
