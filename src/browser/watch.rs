//! The page's life and the network, as far as the browser tells. A window, a document and a worker are told apart here and
//! nowhere else; where something is missing, such as in Node, there is nothing to watch.

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::Event;

use super::global::{get, global, global_property};
use crate::core::Input;

const ON_GLOBAL: [&str; 4] = ["online", "offline", "pagehide", "pageshow"];
const ON_DOCUMENT: [&str; 3] = ["visibilitychange", "freeze", "resume"];

/// Listens while it lives.
#[derive(Debug)]
pub(crate) struct Watch {
    listener: Closure<dyn Fn(JsValue)>,
}

impl Watch {
    pub(crate) fn new(report: impl Fn(Input) + 'static) -> Self {
        if get(&global_property("navigator"), "onLine") == JsValue::FALSE {
            report(Input::Offline);
        }
        let listener = Closure::new(move |event: JsValue| {
            if let Some(input) = read(event.unchecked_ref()) {
                report(input);
            }
        });
        let watch = Self { listener };
        watch.each("addEventListener");
        watch
    }

    /// Calls a method of each target with each of its events and the listener.
    fn each(&self, method: &str) {
        let global = global();
        let document = get(&global, "document");
        for (target, events) in &[(global, &ON_GLOBAL[..]), (document, &ON_DOCUMENT[..])] {
            if let Some(method) = get(target, method).dyn_ref::<Function>() {
                for event in *events {
                    // It does not throw for an event target.
                    let _ = method.call2(target, &JsValue::from_str(event), self.listener.as_ref());
                }
            }
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.each("removeEventListener");
    }
}

fn read(event: &Event) -> Option<Input> {
    let persisted = || get(event, "persisted") == JsValue::TRUE;
    Some(match event.type_().as_str() {
        "online" => Input::Online,
        "offline" => Input::Offline,
        "freeze" => Input::Frozen,
        "resume" => Input::Thawed,
        "pagehide" if persisted() => Input::Frozen,
        "pageshow" if persisted() => Input::Thawed,
        "visibilitychange" if get(&global_property("document"), "visibilityState") == "visible" => Input::Visible,
        _ => return None,
    })
}
