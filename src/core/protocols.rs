//! Subprotocol names (RFC 6455, section 4.1).

/// Whether these can be offered: all of them tokens and none twice (WHATWG WebSockets, constructor steps 4 and 5).
pub(crate) fn are_protocols(names: &[String]) -> bool {
    names.iter().enumerate().all(|(at, name)| is_token(name) && !names[..at].contains(name))
}

/// A token of RFC 9110, section 5.6.2.
fn is_token(name: &str) -> bool {
    let separator = |byte: &u8| b"()<>@,;:\\\"/[]?={}".contains(byte);
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic() && !separator(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocols_are_distinct_tokens() {
        let are = |names: &[&str]| are_protocols(&names.iter().map(|name| name.to_string()).collect::<Vec<_>>());
        assert!(are(&[]) && are(&["chat", "v2.chat!~"]));
        assert!(!are(&["a", "a"]) && !are(&[""]) && !are(&["a b"]) && !are(&["a,b"]) && !are(&["é"]));
    }
}
