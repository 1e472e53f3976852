//! Whatever comes over the wire, a codec answers with a message or an error, and what it encodes it can read back.
//!
//! `PROPTEST_CASES=100000 cargo test --all-features --test codecs` runs as many cases as you like; the default is 2,000 for
//! each.
#![cfg(all(
    not(target_family = "wasm"),
    feature = "json",
    feature = "msgpack",
    feature = "cbor",
    feature = "postcard"
))]

use std::collections::BTreeMap;

use everwire::{Binary, Cbor, Codec, Frame, Json, MsgPack, Postcard, Text};
use proptest::prelude::*;
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// What needs a format that says of each value what it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
enum Message {
    Say { text: String, to: Option<String> },
    Tick { prices: Vec<i64>, at: u64 },
    Nested { inner: BTreeMap<String, Vec<Message>> },
}

/// What every format can carry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    id: u64,
    change: i64,
    ratio: f64,
    #[serde(with = "serde_bytes")]
    proof: Vec<u8>,
    side: Side,
    legs: Vec<Option<i32>>,
    then: Option<Box<Order>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Side {
    Buy,
    Sell { limit: i64 },
    Swap(u8, String),
    Nothing(()),
    Marked(Mark),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Mark;

fn order() -> impl Strategy<Value = Order> {
    let side = prop_oneof![
        Just(Side::Buy),
        any::<i64>().prop_map(|limit| Side::Sell { limit }),
        any::<(u8, String)>().prop_map(|(from, to)| Side::Swap(from, to)),
        Just(Side::Nothing(())),
        Just(Side::Marked(Mark)),
    ];
    // Fractions that every decimal notation gives back as they are, whole numbers among them.
    let ratio = any::<i32>().prop_map(|eighths| f64::from(eighths) / 8.0);
    let leaf = (any::<(u64, i64, Vec<u8>, Vec<Option<i32>>)>(), side, ratio).prop_map(
        |((id, change, proof, legs), side, ratio)| Order { id, change, ratio, proof, side, legs, then: None },
    );
    leaf.clone().prop_recursive(4, 4, 1, move |inner| {
        (leaf.clone(), inner).prop_map(|(order, then)| Order { then: Some(Box::new(then)), ..order })
    })
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

/// Bytes that are nearly a message: one with a piece cut out, doubled or replaced.
fn nearly_binary() -> impl Strategy<Value = Vec<u8>> {
    let frame = prop_oneof![
        message().prop_map(|message| bytes_of::<MsgPack, _>(&message)),
        message().prop_map(|message| bytes_of::<Cbor, _>(&message)),
        order().prop_map(|order| bytes_of::<MsgPack, _>(&order)),
        order().prop_map(|order| bytes_of::<Cbor, _>(&order)),
        order().prop_map(|order| bytes_of::<Postcard, _>(&order)),
    ];
    (frame, any::<prop::sample::Index>(), any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 0..8))
        .prop_map(|(bytes, from, to, noise)| {
            let mut cuts = [from, to].map(|index| index.index(bytes.len() + 1));
            cuts.sort_unstable();
            [&bytes[..cuts[0]], &noise, &bytes[cuts[1]..]].concat()
        })
}

fn frame() -> impl Strategy<Value = Frame> {
    prop_oneof![
        any::<String>().prop_map(Frame::Text),
        nearly().prop_map(Frame::Text),
        any::<Vec<u8>>().prop_map(Frame::Binary),
        nearly_binary().prop_map(Frame::Binary),
    ]
}

fn bytes_of<C: Codec<T>, T>(message: &T) -> Vec<u8> {
    C::encode(message).unwrap().into_binary().unwrap()
}

/// The type of what would be encoded does not matter to it.
fn decode<C: Codec<T, ()>, T>(bytes: &[u8]) -> Result<T, everwire::CodecError> {
    C::decode(Frame::Binary(bytes.to_vec()))
}

fn survives<C: Codec<T>, T: Clone + PartialEq + std::fmt::Debug>(message: &T) {
    let frame = C::encode(message).unwrap();
    assert_eq!(C::encode_owned(message.clone()).unwrap(), frame);
    assert_eq!(&C::decode(frame).unwrap(), message);
}

/// Each frame is a message, which survives from then on, or an error.
fn answers<C: Codec<T>, T: Clone + PartialEq + std::fmt::Debug>(frame: &Frame) {
    if let Ok(message) = C::decode(frame.clone()) {
        survives::<C, T>(&message);
    }
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
    fn every_format_reads_back_what_it_wrote(message in message(), order in order()) {
        survives::<MsgPack, _>(&message);
        survives::<Cbor, _>(&message);
        survives::<Json, _>(&order);
        survives::<MsgPack, _>(&order);
        survives::<Cbor, _>(&order);
        survives::<Postcard, _>(&order);
    }

    #[test]
    fn every_format_answers_every_frame(frame in frame()) {
        answers::<MsgPack, Message>(&frame);
        answers::<MsgPack, Order>(&frame);
        answers::<MsgPack, BTreeMap<String, i64>>(&frame);
        answers::<Cbor, Message>(&frame);
        answers::<Cbor, Order>(&frame);
        answers::<Cbor, BTreeMap<String, i64>>(&frame);
        answers::<Postcard, Order>(&frame);
        answers::<Postcard, Vec<String>>(&frame);
    }

    #[test]
    fn what_is_cut_off_or_goes_on_is_an_error(order in order(), cut in any::<prop::sample::Index>(), more in any::<u8>()) {
        fn check<C: Codec<Order> + Codec<Order, ()>>(order: &Order, cut: &prop::sample::Index, more: u8) {
            let bytes = bytes_of::<C, Order>(order);
            assert!(decode::<C, Order>(&bytes[..cut.index(bytes.len())]).is_err());
            assert!(decode::<C, Order>(&[&bytes[..], &[more]].concat()).is_err());
        }
        check::<MsgPack>(&order, &cut, more);
        check::<Cbor>(&order, &cut, more);
        check::<Postcard>(&order, &cut, more);
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

/// Lists in lists, and one in the other without a byte between.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Tree(Vec<Tree>);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Chain(Option<Box<Chain>>);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Expression {
    Not(Box<Expression>),
    True,
}

/// Takes any list, and looks at how many elements it is told to expect.
struct Expects(Option<usize>);

impl<'de> Deserialize<'de> for Expects {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Look;
        impl<'de> Visitor<'de> for Look {
            type Value = Expects;
            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Expects, A::Error> {
                let size = access.size_hint();
                while access.next_element::<bool>()?.is_some() {}
                Ok(Expects(size))
            }
        }
        deserializer.deserialize_seq(Look)
    }
}

fn nested(levels: usize) -> Tree {
    (1..levels).fold(Tree(vec![]), |tree, _| Tree(vec![tree]))
}

/// In a thread with the stack that a wasm module has; what is not optimised needs several times as much.
fn on_a_small_stack(act: fn()) {
    let size = if cfg!(debug_assertions) { 8 << 20 } else { 1 << 20 };
    std::thread::Builder::new().stack_size(size).spawn(act).unwrap().join().unwrap();
}

#[test]
fn nesting_is_bounded_and_never_ends_the_stack() {
    fn refuses<C: Codec<T, ()>, T>(frame: &[u8]) {
        let error = decode::<C, T>(frame).err().expect("an error").to_string();
        // postcard leaves out what it is told.
        assert!(error.contains("nested more than 128 deep") || error == "Serde Deserialization Error", "{error}");
    }
    on_a_small_stack(|| {
        // A level of `Tree` is a list and the struct around it, which is a level where it takes no bytes too.
        survives::<MsgPack, _>(&nested(64));
        survives::<Cbor, _>(&nested(64));
        survives::<Postcard, _>(&nested(64));
        let lists = |byte: u8| vec![byte; 1_000_000];
        refuses::<MsgPack, Tree>(&lists(0x91));
        refuses::<Cbor, Tree>(&lists(0x81));
        refuses::<Cbor, Tree>(&lists(0x9f));
        refuses::<Postcard, Tree>(&lists(0x01));
        refuses::<Postcard, Chain>(&lists(0x01));
        refuses::<Postcard, Expression>(&lists(0x00));
        refuses::<MsgPack, serde_json::Value>(&lists(0x91));
        refuses::<Cbor, serde_json::Value>(&lists(0x81));
        refuses::<MsgPack, serde_json::Value>(&[0x81, 0xa1, b'a'].repeat(300_000));
        assert!(decode::<MsgPack, IgnoredAny>(&lists(0x91)).is_err());
        assert!(decode::<Cbor, IgnoredAny>(&lists(0x81)).is_err());
        assert!(decode::<Cbor, IgnoredAny>(&lists(0xc1)).is_err());
        assert!(decode::<MsgPack, Expression>(&[0x81, 0xa3, b'N', b'o', b't'].repeat(100_000)).is_err());
    });
}

#[test]
fn memory_is_not_set_aside_for_what_a_frame_only_claims() {
    let flags = vec![false; 4096];
    assert_eq!(decode::<MsgPack, Expects>(&bytes_of::<MsgPack, _>(&flags)).unwrap().0, Some(64));
    assert_eq!(decode::<Cbor, Expects>(&bytes_of::<Cbor, _>(&flags)).unwrap().0, Some(64));
    assert!(decode::<MsgPack, Vec<u64>>(&[0xdd, 0xff, 0xff, 0xff, 0xff, 1, 2]).is_err());
    assert!(decode::<Cbor, Vec<u64>>(&[0x9a, 0xff, 0xff, 0xff, 0xff, 1, 2]).is_err());
    // Strings and bytes of four gigabytes and more.
    for head in [&[0xdb][..], &[0xc6], &[0xdf]] {
        let frame = [head, &[0xff; 4], b"abc"].concat();
        assert!(decode::<MsgPack, String>(&frame).is_err());
        assert!(decode::<MsgPack, serde_json::Value>(&frame).is_err());
    }
    for head in [0x5b, 0x7b, 0xbb] {
        let frame = [&[head], &[0xff; 8][..], b"abc"].concat();
        assert!(decode::<Cbor, String>(&frame).is_err());
        assert!(decode::<Cbor, serde_json::Value>(&frame).is_err());
    }
    let frame = [&[0xff; 9][..], &[0x01]].concat();
    assert!(decode::<Postcard, String>(&frame).is_err());
    assert!(decode::<Postcard, Vec<u64>>(&frame).is_err());
    assert!(decode::<Postcard, Vec<()>>(&frame).is_err(), "elements that take no bytes do not go on for ever");
    assert_eq!(decode::<Postcard, Vec<()>>(&[5]).unwrap().len(), 5);
}

#[test]
fn an_error_says_where_it_is() {
    #[derive(Debug, Serialize, Deserialize)]
    struct Board<T> {
        prices: Vec<BTreeMap<String, T>>,
    }
    fn check<C: Codec<Board<u8>> + Codec<Board<i32>>>() {
        let board = Board { prices: vec![BTreeMap::new(), BTreeMap::from([("bid".to_string(), -5)])] };
        let frame = <C as Codec<Board<i32>>>::encode(&board).unwrap();
        let error = <C as Codec<Board<u8>>>::decode(frame).unwrap_err();
        assert_eq!(error.path(), Some("prices[1].bid"));
        assert!(error.to_string().starts_with("prices[1].bid: "), "{error}");
    }
    check::<Json>();
    check::<MsgPack>();
    check::<Cbor>();
    assert_eq!(decode::<MsgPack, u8>(&[0xa0]).unwrap_err().path(), None);
}

#[test]
fn structs_are_maps_with_names_and_bytes_are_bytes() {
    #[derive(Serialize)]
    struct Small {
        id: u8,
        #[serde(with = "serde_bytes")]
        raw: Vec<u8>,
        gone: Option<u8>,
    }
    let small = Small { id: 1, raw: vec![7], gone: None };
    // The types of what is read do not matter here.
    let frame = <MsgPack as Codec<(), Small>>::encode(&small).unwrap();
    assert_eq!(frame, Frame::Binary(b"\x83\xa2id\x01\xa3raw\xc4\x01\x07\xa4gone\xc0".to_vec()));
    let frame = <Cbor as Codec<(), Small>>::encode(&small).unwrap();
    assert_eq!(frame, Frame::Binary(b"\xa3\x62id\x01\x63raw\x41\x07\x64gone\xf6".to_vec()));
}

#[test]
fn a_whole_number_is_a_fraction_too_as_javascript_writes_it() {
    assert_eq!(decode::<MsgPack, f64>(&[0x02]).unwrap(), 2.0);
    assert_eq!(decode::<Cbor, f64>(&[0x02]).unwrap(), 2.0);
    assert_eq!(decode::<Cbor, f32>(&[0x21]).unwrap(), -2.0);
    assert_eq!(decode::<Cbor, f64>(&[0xf9, 0x3e, 0x00]).unwrap(), 1.5);
}

/// What `tests/frames.json` holds a frame of from either language; `tests/e2e/codecs.test.mjs` has the same in JavaScript.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Shared {
    text: String,
    small: u8,
    negative: i16,
    at: u64,
    largest: u64,
    lowest: i64,
    ratio: f64,
    single: f32,
    yes: bool,
    nothing: Option<u8>,
    unit: (),
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
    list: Vec<f64>,
    names: BTreeMap<String, u32>,
    numbered: BTreeMap<u16, bool>,
    choices: Vec<Choice>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Choice {
    Plain,
    With(String),
    Both { x: i32 },
}

fn shared() -> Shared {
    Shared {
        text: "π 🦀".into(),
        small: 200,
        negative: -300,
        at: 1_763_800_000_123,
        largest: u64::MAX,
        lowest: i64::MIN,
        ratio: 0.1,
        single: 1.5,
        yes: true,
        nothing: None,
        unit: (),
        bytes: vec![0, 127, 255],
        list: vec![1.0, 2.5, -3.0],
        names: BTreeMap::from([("__proto__".into(), 1), ("a".into(), u32::MAX)]),
        numbered: BTreeMap::from([(7, true)]),
        choices: vec![Choice::Plain, Choice::With("x".into()), Choice::Both { x: -1 }],
    }
}

#[test]
fn rust_reads_what_javascript_wrote_and_writes_what_javascript_reads() {
    fn check<C: Codec<Shared> + Codec<Shared, ()>>(frames: &serde_json::Value) {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        assert_eq!(hex(&bytes_of::<C, Shared>(&shared())), frames["rust"].as_str().unwrap());
        let text = frames["javascript"].as_str().unwrap();
        let bytes: Vec<u8> =
            (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect();
        assert_eq!(decode::<C, Shared>(&bytes).unwrap(), shared());
    }
    let frames: serde_json::Value = serde_json::from_str(include_str!("frames.json")).unwrap();
    check::<MsgPack>(&frames["msgpack"]);
    check::<Cbor>(&frames["cbor"]);
}
