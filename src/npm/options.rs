//! The options of a `Socket` and of a `send`, read from JavaScript.

use std::time::Duration;

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::BinaryType;

use super::codec::Codec;
use super::face::{HeartbeatParts, NpmFace, Parts, Provided};
use super::reader::{Reader, fault, invalid};
use super::with_wire;
use crate::browser::{UrlFault, resolve_url};
use crate::core::{CloseCode, Config, HeartbeatConfig, Overflow, are_protocols};

/// What a socket is made from.
pub(super) struct Settings {
    pub(super) config: Config,
    pub(super) face: NpmFace,
    pub(super) auto_open: bool,
}

/// What can be asked for one message.
#[derive(Default)]
pub(super) struct SendOptions {
    pub(super) ttl: Option<Duration>,
    pub(super) key: Option<String>,
    pub(super) priority: i32,
}

const KNOWN: [&str; 17] = [
    "protocols",
    "codec",
    "binaryType",
    "autoOpen",
    "connectTimeout",
    "closeTimeout",
    "stableAfter",
    "backoff",
    "maxAttempts",
    "retryOnNormalClose",
    "fatalCodes",
    "shouldRetry",
    "queue",
    "highWaterMark",
    "heartbeat",
    "maxMessageBytes",
    "WebSocket",
];

pub(super) fn read(url: JsValue, options: &JsValue) -> Result<Settings, JsValue> {
    let reader = Reader::new(options, "", &KNOWN)?;
    let url = read_url(url)?;
    let mut config = Config::default();
    set(&mut config.connect_timeout, reader.millis("connectTimeout")?);
    set(&mut config.close_timeout, reader.millis("closeTimeout")?);
    set(&mut config.stable_after, reader.millis("stableAfter")?);
    read_backoff(&reader, &mut config)?;
    config.max_attempts = reader.whole_or_infinity("maxAttempts")?.filter(|n| n.is_finite()).map(|n| n as u32);
    set(&mut config.retry_on_normal_close, reader.flag("retryOnNormalClose")?);
    set(&mut config.fatal_codes, reader.read("fatalCodes", "an array of close codes from 1000 to 4999", as_codes)?);
    let should_retry = reader.function("shouldRetry")?;
    config.consult = should_retry.is_some();
    read_queue(&reader, &mut config)?;
    set(&mut config.high_water_mark, reader.whole_or_infinity("highWaterMark")?.map(|bytes| bytes as u64));

    let codec = match reader.value("codec")? {
        Some(codec) => Codec::read(&codec).ok_or_else(|| reader.wrong("codec", &codec, Codec::TAKES))?,
        None => Codec::Native,
    };
    let heartbeat = read_heartbeat(&reader, &codec, &mut config)?;
    let protocols = read_protocols(&reader)?;
    let binary_type = reader.read("binaryType", "\"blob\" or \"arraybuffer\"", binary_type)?;
    let constructor = reader.function("WebSocket")?;
    let max_message_bytes = reader.whole_or_infinity("maxMessageBytes")?;
    let auto_open = reader.flag("autoOpen")?.unwrap_or(true);

    config.validate().map_err(|error| invalid(error.option, &value_at(options, error.option), error.takes))?;
    let parts = Parts { url, protocols, codec, binary_type, heartbeat, should_retry, constructor, max_message_bytes };
    Ok(Settings { config, face: NpmFace::new(parts), auto_open })
}

/// The value at a path such as `backoff.max`.
fn value_at(options: &JsValue, path: &str) -> JsValue {
    let get = |object: JsValue, name: &str| Reflect::get(&object, &name.into()).unwrap_or_default();
    path.split('.').fold(options.clone(), get)
}

pub(super) fn read_send(options: &JsValue) -> Result<SendOptions, JsValue> {
    let reader = Reader::new(options, "", &["ttl", "key", "priority"])?;
    let priority = |value: &JsValue| {
        let number = value.as_f64()?;
        (number.fract() == 0.0 && number.abs() <= f64::from(i32::MAX)).then_some(number as i32)
    };
    Ok(SendOptions {
        ttl: reader.millis_or_infinity("ttl")?,
        key: reader.read("key", "a string", JsValue::as_string)?,
        priority: reader.read("priority", "a whole number", priority)?.unwrap_or(0),
    })
}

/// The code of a `close()`: undefined, 1000, or 3000 to 4999.
pub(super) fn close_code(code: &JsValue) -> Result<Option<CloseCode>, JsValue> {
    if code.is_undefined() {
        return Ok(None);
    }
    as_code(code)
        .filter(|code| code.is_sendable())
        .map(Some)
        .ok_or_else(|| argument("code", code, "1000, or 3000 to 4999"))
}

/// The reason of a `close()`: at most 123 bytes, so that it fits into a control frame (RFC 6455, section 5.5).
pub(super) fn close_reason(reason: &JsValue) -> Result<String, JsValue> {
    if reason.is_undefined() {
        return Ok(String::new());
    }
    let text = reason.as_string().ok_or_else(|| argument("reason", reason, "a string"))?;
    if text.len() > 123 {
        return Err(argument("reason", &JsValue::from(text.len() as u32), "at most 123 bytes of UTF-8"));
    }
    Ok(text)
}

pub(super) fn binary_type(value: &JsValue) -> Option<BinaryType> {
    match value.as_string()?.as_str() {
        "blob" => Some(BinaryType::Blob),
        "arraybuffer" => Some(BinaryType::Arraybuffer),
        _ => None,
    }
}

fn argument(name: &str, got: &JsValue, takes: &str) -> JsValue {
    let mut message = String::from("argument `");
    message.push_str(name);
    message.push_str("`: takes ");
    message.push_str(takes);
    message.push_str(", got ");
    message.push_str(&with_wire(|wire| wire.describe(got)));
    with_wire(|wire| wire.type_error("invalid-argument", &message))
}

fn set<T>(target: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *target = value;
    }
}

fn read_url(url: JsValue) -> Result<Provided, JsValue> {
    if let Some(provider) = url.dyn_ref::<Function>() {
        return Ok(Provided::Called(provider.clone()));
    }
    let text = url_text(&url).ok_or_else(|| invalid("url", &url, "a string, a URL or a function that returns one"))?;
    resolve_url(&text).map_err(url_error)?;
    Ok(Provided::Value(url))
}

/// The text of a URL: a string, or a `URL` object.
pub(super) fn url_text(url: &JsValue) -> Option<String> {
    url.as_string().or_else(|| Reflect::get(url, &"href".into()).ok()?.as_string())
}

/// Never the URL itself: it may carry a token.
fn url_error(found: UrlFault) -> JsValue {
    let mut takes = String::from(UrlFault::TAKES);
    takes.push_str(", got ");
    takes.push_str(found.sentence());
    fault("option", "url", &takes)
}

fn read_protocols(reader: &Reader<'_>) -> Result<Option<Provided>, JsValue> {
    let takes = "a subprotocol, an array of distinct ones, or a function that returns them";
    reader.read("protocols", takes, |value| match value.dyn_ref::<Function>() {
        Some(provider) => Some(Provided::Called(provider.clone())),
        None => protocol_list(value).map(|_| Provided::Value(value.clone())),
    })
}

/// One protocol or several, all of them tokens and none twice (WHATWG WebSockets, constructor steps 4 and 5).
pub(super) fn protocol_list(value: &JsValue) -> Option<Array> {
    let list = if value.is_string() { Array::of1(value) } else { value.dyn_ref::<Array>()?.slice(0, u32::MAX) };
    let names: Option<Vec<String>> = list.iter().map(|name| name.as_string()).collect();
    are_protocols(&names?).then_some(list)
}

fn read_backoff(reader: &Reader<'_>, config: &mut Config) -> Result<(), JsValue> {
    let value = reader.value("backoff")?.unwrap_or(JsValue::UNDEFINED);
    let inner = Reader::new(&value, "backoff.", &["min", "base", "max"])?;
    set(&mut config.backoff.min, inner.millis("min")?);
    set(&mut config.backoff.base, inner.millis("base")?);
    set(&mut config.backoff.max, inner.millis("max")?);
    Ok(())
}

fn read_queue(reader: &Reader<'_>, config: &mut Config) -> Result<(), JsValue> {
    let value = reader.value("queue")?.unwrap_or(JsValue::UNDEFINED);
    let inner = Reader::new(&value, "queue.", &["maxMessages", "maxBytes", "overflow", "ttl"])?;
    set(&mut config.queue.max_messages, inner.whole_or_infinity("maxMessages")?.map(|n| n as usize));
    set(&mut config.queue.max_bytes, inner.whole_or_infinity("maxBytes")?.map(|n| n as usize));
    let overflow = |value: &JsValue| match value.as_string()?.as_str() {
        "reject" => Some(Overflow::Reject),
        "drop-oldest" => Some(Overflow::DropOldest),
        "drop-newest" => Some(Overflow::DropNewest),
        _ => None,
    };
    let takes = "\"reject\", \"drop-oldest\" or \"drop-newest\"";
    set(&mut config.queue.overflow, inner.read("overflow", takes, overflow)?);
    config.queue.ttl = inner.millis_or_infinity("ttl")?.filter(|ttl| *ttl != Duration::MAX);
    Ok(())
}

fn read_heartbeat(reader: &Reader<'_>, codec: &Codec, config: &mut Config) -> Result<Option<HeartbeatParts>, JsValue> {
    let Some(value) = reader.value("heartbeat")? else { return Ok(None) };
    let inner = Reader::new(&value, "heartbeat.", &["message", "answer", "interval", "timeout"])?;
    let message = inner
        .value("message")?
        .ok_or_else(|| fault("option", "heartbeat.message", "a message or a function that returns one"))?;
    if !message.is_function() {
        codec.encode(&message)?;
    }
    let answer = inner.value("answer")?;
    let mut heartbeat = HeartbeatConfig { recognised: answer.is_some(), ..HeartbeatConfig::default() };
    set(&mut heartbeat.interval, inner.millis("interval")?);
    set(&mut heartbeat.timeout, inner.millis("timeout")?);
    config.heartbeat = Some(heartbeat);
    Ok(Some(HeartbeatParts { message, answer }))
}

fn as_codes(value: &JsValue) -> Option<Vec<CloseCode>> {
    value.dyn_ref::<Array>()?.iter().map(|code| as_code(&code)).collect()
}

fn as_code(value: &JsValue) -> Option<CloseCode> {
    let code = value.as_f64().filter(|code| code.fract() == 0.0 && (1000.0..=4999.0).contains(code))?;
    Some(CloseCode::from(code as u16))
}
