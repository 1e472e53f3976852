//! Whatever comes over the wire, a codec answers with a message or an error, and what it encodes it can read back.
//!
//! `PROPTEST_CASES=100000 cargo test --test codecs` runs as many cases as you like; the default is 2,000 for each.
#![cfg(all(not(target_family = "wasm"), feature = "json"))]

use std::collections::BTreeMap;

use everwire::{Binary, Codec, Frame, Json, Text};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
enum Message {
    Say { text: String, to: Option<String> },
    Tick { prices: Vec<i64>, at: u64 },
    Nested { inner: BTreeMap<String, Vec<Message>> },
}

fn message() -> impl Strategy<Value = Message> {
    let leaf = prop_oneof![
        (any::<String>(), any::<Option<String>>()).prop_map(|(text, to)| Message::Say { text, to }),
        (any::<Vec<i64>>(), any::<u64>()).prop_map(|(prices, at)| Message::Tick { prices, at }),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        let key = prop_oneof![any::<String>(), Just("__proto__".to_string()), Just("constructor".to_string())];
        prop::collection::btree_map(key, prop::collection::vec(inner, 0..4), 0..4)
            .prop_map(|inner| Message::Nested { inner })
    })
}

/// Text that is nearly a message: a message with a piece cut out, doubled or replaced.
fn nearly() -> impl Strategy<Value = String> {
    (message(), any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<String>()).prop_map(
        |(message, from, to, noise)| {
            let text = serde_json::to_string(&message).unwrap();
            let mut cuts = [from, to].map(|index| index.index(text.len() + 1));
            cuts.sort_unstable();
            let [from, to] = cuts.map(|at| (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0));
            [&text[..from], &noise, &text[to..]].concat()
        },
    )
}

fn frame() -> impl Strategy<Value = Frame> {
    prop_oneof![
        any::<String>().prop_map(Frame::Text),
        nearly().prop_map(Frame::Text),
        any::<Vec<u8>>().prop_map(Frame::Binary),
    ]
}

fn config() -> ProptestConfig {
    let set = std::env::var("PROPTEST_CASES").is_ok();
    if set { ProptestConfig::default() } else { ProptestConfig::with_cases(2_000) }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn json_reads_back_what_it_wrote(message in message()) {
        let frame = <Json as Codec<Message>>::encode(&message).unwrap();
        prop_assert_eq!(<Json as Codec<Message>>::decode(frame).unwrap(), message);
    }

    #[test]
    fn json_answers_every_frame(frame in frame()) {
        let text = frame.clone().into_text().ok();
        let decoded = <Json as Codec<Message>>::decode(frame);
        prop_assert_eq!(decoded.ok(), text.and_then(|text| serde_json::from_str(&text).ok()));
    }

    #[test]
    fn text_and_binary_take_their_own_kind_as_it_is(frame in frame()) {
        match frame.clone() {
            Frame::Text(text) => {
                prop_assert_eq!(<Text as Codec<String>>::decode(frame.clone()).unwrap(), text);
                prop_assert!(<Binary as Codec<Vec<u8>>>::decode(frame).is_err());
            }
            Frame::Binary(bytes) => {
                prop_assert_eq!(<Binary as Codec<Vec<u8>>>::decode(frame.clone()).unwrap(), bytes);
                prop_assert!(<Text as Codec<String>>::decode(frame).is_err());
            }
        }
    }
    #[test]
    fn a_message_that_is_given_away_makes_the_same_frame(frame in frame()) {
        match frame.clone() {
            Frame::Text(text) => prop_assert_eq!(<Text as Codec<String>>::encode_owned(text).unwrap(), frame),
            Frame::Binary(bytes) => prop_assert_eq!(<Binary as Codec<Vec<u8>>>::encode_owned(bytes).unwrap(), frame),
        }
    }
}
