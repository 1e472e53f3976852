//! What crosses between JavaScript and frames by `export_codec!`, and how it looks on either side.
#![cfg(all(target_family = "wasm", feature = "export", feature = "postcard"))]

use std::collections::BTreeMap;

use everwire::export::{Plain, Shape, Tagged, decode, encode};
use everwire::{Json, Postcard};
use js_sys::{Array, Error, Function, Uint8Array, eval};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const TAGGED: Tagged = Tagged("type");

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Message {
    Nothing,
    Wrapped(Item),
    Numbers { small: u8, large: u64, signed: i64, ratio: f64 },
    Choices { maybe: Option<u32>, unit: (), mode: Mode },
    Many { items: Vec<Item>, by_name: BTreeMap<String, u32> },
    Bytes { bytes: Bytes },
    Bare(String),
    Pair(u8, u8),
}

#[derive(Serialize, Deserialize)]
struct Item {
    label: String,
    weight: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Mode {
    Fast,
    After { seconds: u32 },
}

struct Bytes(Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Bytes;
            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("bytes")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
            fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Bytes, E> {
                Ok(Bytes(bytes))
            }
        }
        deserializer.deserialize_byte_buf(Visitor)
    }
}

fn value(source: &str) -> JsValue {
    eval(&format!("({source})")).unwrap()
}

/// A value as JSON, with what JSON has no form for in words.
fn shown(value: &JsValue) -> String {
    let show = Function::new_with_args(
        "value",
        "return JSON.stringify(value, (key, it) => typeof it === 'bigint' ? `${it}n` : it instanceof Uint8Array ? `bytes ${it}` : it)",
    );
    show.call1(&JsValue::NULL, value).unwrap().as_string().unwrap()
}

fn there_and_back(shape: &impl Shape, source: &str) -> String {
    let frame = encode::<Postcard, Message, Message>(value(source), shape).unwrap();
    assert!(frame.is_instance_of::<Uint8Array>());
    shown(&decode::<Postcard, Message, Message>(&frame, shape).unwrap())
}

fn path_of(error: &JsValue) -> JsValue {
    js_sys::Reflect::get(error, &"path".into()).unwrap()
}

/// The message and the path of an error.
fn told(error: JsValue) -> (String, String) {
    let path = path_of(&error);
    assert!(Array::is_array(&path));
    (error.unchecked_into::<Error>().message().into(), shown(&path))
}

/// What is told for a value that is no message.
fn refused(shape: &impl Shape, source: &str) -> (String, String) {
    told(encode::<Postcard, Message, Message>(value(source), shape).unwrap_err())
}

/// What is told for a frame that holds no message, in JSON.
fn undecodable(shape: &impl Shape, frame: &str) -> (String, String) {
    told(decode::<Json, Message, Message>(&frame.into(), shape).unwrap_err())
}

#[wasm_bindgen_test]
fn variants_name_themselves_at_the_tag() {
    for same in [r#"{"type":"nothing"}"#, r#"{"type":"wrapped","label":"a","weight":0.5}"#] {
        assert_eq!(there_and_back(&TAGGED, same), same);
    }
    assert_eq!(there_and_back(&Plain, r#""nothing""#), r#""nothing""#);
    let plain = r#"{"wrapped":{"label":"a","weight":0.5}}"#;
    assert_eq!(there_and_back(&Plain, plain), plain);
}

#[wasm_bindgen_test]
fn integers_of_64_bits_are_big_ints_and_safe_numbers_will_do() {
    assert_eq!(
        there_and_back(&TAGGED, "{ type: 'numbers', small: 255, large: 18446744073709551615n, signed: -5, ratio: 1 }"),
        r#"{"type":"numbers","small":255,"large":"18446744073709551615n","signed":"-5n","ratio":1}"#
    );
}

#[wasm_bindgen_test]
fn what_is_missing_is_null_and_may_be_left_out() {
    for source in [
        "{ type: 'choices', unit: null, mode: 'fast' }",
        "{ type: 'choices', maybe: undefined, unit: undefined, mode: 'fast' }",
        "{ type: 'choices', maybe: null, unit: null, mode: 'fast', unknown: 1 }",
    ] {
        assert_eq!(there_and_back(&TAGGED, source), r#"{"type":"choices","maybe":null,"unit":null,"mode":"fast"}"#);
    }
}

#[wasm_bindgen_test]
fn enums_inside_of_a_message_are_as_serde_has_them() {
    let nested = r#"{"type":"choices","maybe":1,"unit":null,"mode":{"after":{"seconds":3}}}"#;
    assert_eq!(there_and_back(&TAGGED, nested), nested);
}

#[wasm_bindgen_test]
fn maps_are_objects_and_bytes_are_views() {
    let many = r#"{"type":"many","items":[{"label":"a","weight":1},{"label":"b","weight":2}],"byName":{"x":1,"y":2}}"#;
    assert_eq!(there_and_back(&TAGGED, many), many);
    assert_eq!(
        there_and_back(&TAGGED, "{ type: 'many', items: new Set(), byName: new Map([['x', 1]]) }"),
        r#"{"type":"many","items":[],"byName":{"x":1}}"#
    );
    for bytes in ["new Uint8Array([1, 2])", "new Uint8Array([1, 2]).buffer"] {
        let source = format!("{{ type: 'bytes', bytes: {bytes} }}");
        assert_eq!(there_and_back(&TAGGED, &source), r#"{"type":"bytes","bytes":"bytes 1,2"}"#);
    }
}

#[wasm_bindgen_test]
fn a_map_with_the_key_of_the_prototype_touches_no_other_object() {
    let source = r#"JSON.parse('{"type":"many","items":[],"byName":{"__proto__":1}}')"#;
    there_and_back(&TAGGED, source);
    assert_eq!(shown(&value("Object.keys(Object.prototype)")), "[]");
    assert_eq!(shown(&value("typeof {}.toString")), r#""function""#);
}

#[wasm_bindgen_test]
fn an_error_names_the_place_in_the_message() {
    let item = "{ type: 'many', byName: {}, items: [{ label: 'a', weight: 1 }, { label: 'b', weight: 'heavy' }] }";
    assert_eq!(
        refused(&TAGGED, item),
        (r#"items[1].weight: invalid type: string "heavy", expected f64"#.into(), r#"["items",1,"weight"]"#.into())
    );
    let plain = "{ many: { byName: { x: -1 }, items: [] } }";
    assert_eq!(refused(&Plain, plain).1, r#"["many","byName","x"]"#);
    assert_eq!(refused(&TAGGED, "{ type: 'numbers', small: 256, large: 0, signed: 0, ratio: 0 }").1, r#"["small"]"#);
}

#[wasm_bindgen_test]
fn an_error_in_a_frame_names_the_place_in_the_message() {
    let item = r#"{"many":{"items":[{"label":"a","weight":1},{"label":"b","weight":"heavy"}],"byName":{}}}"#;
    let (message, path) = undecodable(&TAGGED, item);
    assert!(message.starts_with(r#"items[1].weight: invalid type: string "heavy", expected f64"#), "{message}");
    assert_eq!(path, r#"["items",1,"weight"]"#);
    assert_eq!(undecodable(&Plain, item).1, r#"["many","items",1,"weight"]"#);
    assert_eq!(undecodable(&Plain, r#"{"many":{"items":[],"byName":{"x":-1}}}"#).1, r#"["many","byName","x"]"#);
    assert_eq!(undecodable(&TAGGED, "5").1, "[]");
    let error = decode::<Postcard, Message, Message>(&value("new Uint8Array([99])"), &TAGGED).unwrap_err();
    assert!(path_of(&error).is_undefined(), "postcard does not tell");
}

#[wasm_bindgen_test]
fn what_is_no_message_is_refused_in_words() {
    for (source, words) in [
        ("5", "takes an object with the key `type`"),
        ("null", "takes an object with the key `type`"),
        ("{ type: 5 }", "takes a string at the key `type`"),
        ("{ type: 'wrapped' }", "missing field `label`"),
        ("{ type: 'pair' }", "a variant has to have named fields, or none, to stand beside a tag"),
    ] {
        assert_eq!(refused(&TAGGED, source), (words.into(), "[]".into()));
    }
    assert!(
        refused(&TAGGED, "{ type: 'wraped' }").0.starts_with("unknown variant `wraped`, expected one of `nothing`")
    );
}

#[wasm_bindgen_test]
fn a_variant_without_a_place_beside_its_tag_is_an_error_both_ways() {
    let bare = encode::<Postcard, Message, Message>(value("{ bare: 'words' }"), &Plain).unwrap();
    assert!(decode::<Postcard, Message, Message>(&bare, &TAGGED).is_err());
    assert!(encode::<Postcard, u32, u32>(value("5"), &TAGGED).is_err());
    let number = encode::<Postcard, u32, u32>(value("5"), &Plain).unwrap();
    assert!(decode::<Postcard, u32, u32>(&number, &TAGGED).is_err());
}

#[wasm_bindgen_test]
fn a_frame_that_holds_no_message_is_an_error() {
    for frame in ["'text'", "5", "new Uint8Array([99])", "new Uint8Array([0, 0])", "new ArrayBuffer(0)"] {
        assert!(decode::<Postcard, Message, Message>(&value(frame), &TAGGED).unwrap_err().is_instance_of::<Error>());
    }
}

#[wasm_bindgen_test]
fn a_text_codec_makes_strings() {
    let frame = encode::<Json, Message, Message>(value("{ type: 'nothing' }"), &TAGGED).unwrap();
    assert_eq!(frame.as_string().unwrap(), r#""nothing""#);
    assert_eq!(shown(&decode::<Json, Message, Message>(&frame, &TAGGED).unwrap()), r#"{"type":"nothing"}"#);
}

#[derive(Serialize, Deserialize)]
enum Colliding {
    Inside { r#type: String },
    Wrapped(Typed),
    ByName(BTreeMap<String, String>),
}

#[derive(Serialize, Deserialize)]
struct Typed {
    r#type: String,
}

#[wasm_bindgen_test]
fn a_field_that_is_called_as_the_tag_is_is_not_taken_for_it() {
    let text = || "Admin".to_string();
    let by_name = |name: &str| Colliding::ByName(BTreeMap::from([(name.to_string(), text())]));
    let frame = |message| {
        let encoded = <Postcard as everwire::Codec<Colliding, Colliding>>::encode_owned(message).unwrap();
        let everwire::Frame::Binary(bytes) = encoded else { panic!("bytes") };
        JsValue::from(Uint8Array::from(&*bytes))
    };
    for message in [Colliding::Inside { r#type: text() }, Colliding::Wrapped(Typed { r#type: text() }), by_name("type")]
    {
        let error = decode::<Postcard, Colliding, Colliding>(&frame(message), &TAGGED).unwrap_err();
        let error = String::from(error.unchecked_into::<Error>().message());
        assert!(error.ends_with("a field is called `type`, as the tag is"), "{error}");
    }
    let other = decode::<Postcard, Colliding, Colliding>(&frame(by_name("toString")), &TAGGED).unwrap();
    assert_eq!(shown(&other), r#"{"type":"ByName","toString":"Admin"}"#);
}
