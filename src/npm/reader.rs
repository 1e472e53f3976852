//! Reads option objects, with an error for everything that is not as it should be: it names the option, what it got and
//! what it takes. Unknown names are errors too, since a typo would otherwise be a silent default.
//!
//! Written without `format!` and without serde, which together weigh more than the rest of the engine.

use std::time::Duration;

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::with_wire;

/// An options object, with its name for errors: "" for the options themselves, "queue." for those inside `queue`.
pub(super) struct Reader<'a> {
    object: &'a JsValue,
    prefix: &'a str,
}

pub(super) const MILLISECONDS: &str = "a number of milliseconds from 0 on";
pub(super) const MILLISECONDS_OR_INFINITY: &str = "a number of milliseconds from 0 on, or Infinity";
const WHOLE_OR_INFINITY: &str = "a whole number from 0 on, or Infinity";
const LARGEST_WHOLE: f64 = 9_007_199_254_740_991.0;

impl<'a> Reader<'a> {
    /// # Errors
    /// When `object` is no object, or has a name that is not in `known`.
    pub(super) fn new(object: &'a JsValue, prefix: &'a str, known: &[&str]) -> Result<Self, JsValue> {
        let reader = Self { object, prefix };
        if object.is_undefined() {
            return Ok(reader);
        }
        if !object.is_object() || Array::is_array(object) {
            let name = prefix.trim_end_matches('.');
            return Err(invalid(if name.is_empty() { "options" } else { name }, object, "an object"));
        }
        for key in Object::keys(object.unchecked_ref::<Object>()).iter() {
            let key = key.as_string().unwrap_or_default();
            if !known.contains(&key.as_str()) {
                let mut takes = String::from("no such option, only ");
                takes.push_str(&known.join(", "));
                return Err(fault("unknown option", &reader.path(&key), &takes));
            }
        }
        Ok(reader)
    }

    /// The value of an option, unless it is undefined.
    pub(super) fn value(&self, name: &str) -> Result<Option<JsValue>, JsValue> {
        if self.object.is_undefined() {
            return Ok(None);
        }
        let value = Reflect::get(self.object, &JsValue::from_str(name))?;
        Ok((!value.is_undefined()).then_some(value))
    }

    /// The value of an option as `read` takes it, or an error that says what it takes.
    pub(super) fn read<T>(
        &self,
        name: &str,
        takes: &str,
        read: impl FnOnce(&JsValue) -> Option<T>,
    ) -> Result<Option<T>, JsValue> {
        let Some(value) = self.value(name)? else { return Ok(None) };
        match read(&value) {
            Some(read) => Ok(Some(read)),
            None => Err(self.wrong(name, &value, takes)),
        }
    }

    pub(super) fn wrong(&self, name: &str, got: &JsValue, takes: &str) -> JsValue {
        invalid(&self.path(name), got, takes)
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, JsValue> {
        self.read(name, "true or false", JsValue::as_bool)
    }

    pub(super) fn function(&self, name: &str) -> Result<Option<Function>, JsValue> {
        self.read(name, "a function", |value| value.dyn_ref::<Function>().cloned())
    }

    pub(super) fn millis(&self, name: &str) -> Result<Option<Duration>, JsValue> {
        self.read(name, MILLISECONDS, |value| as_millis(value).filter(|duration| *duration != Duration::MAX))
    }

    /// `Duration::MAX` for Infinity.
    pub(super) fn millis_or_infinity(&self, name: &str) -> Result<Option<Duration>, JsValue> {
        self.read(name, MILLISECONDS_OR_INFINITY, as_millis)
    }

    pub(super) fn whole_or_infinity(&self, name: &str) -> Result<Option<f64>, JsValue> {
        self.read(name, WHOLE_OR_INFINITY, as_whole)
    }

    fn path(&self, name: &str) -> String {
        let mut path = String::from(self.prefix);
        path.push_str(name);
        path
    }
}

/// A number of milliseconds, rounded up to whole ones; `Duration::MAX` for Infinity.
pub(super) fn as_millis(value: &JsValue) -> Option<Duration> {
    let millis = value.as_f64().filter(|millis| *millis >= 0.0)?;
    Some(if millis > LARGEST_WHOLE { Duration::MAX } else { Duration::from_millis(millis.ceil() as u64) })
}

fn as_whole(value: &JsValue) -> Option<f64> {
    let number = value.as_f64()?;
    let is_whole = number == f64::INFINITY || ((0.0..=LARGEST_WHOLE).contains(&number) && number.fract() == 0.0);
    is_whole.then_some(number)
}

/// A `TypeError` with the code `invalid-option`.
pub(super) fn invalid(path: &str, got: &JsValue, takes: &str) -> JsValue {
    let mut takes = String::from(takes);
    takes.push_str(", got ");
    takes.push_str(&with_wire(|wire| wire.describe(got)));
    fault("option", path, &takes)
}

/// A `TypeError` for something that no single value shows.
pub(super) fn fault(kind: &str, path: &str, takes: &str) -> JsValue {
    let mut message = String::from(kind);
    message.push_str(" `");
    message.push_str(path);
    message.push_str("`: takes ");
    message.push_str(takes);
    with_wire(|wire| wire.type_error("invalid-option", &message))
}
