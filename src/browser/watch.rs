//! The page's life and the network, as far as the browser tells. A window, a document and a worker are told apart here and
//! nowhere else; where something is missing, such as in Node, there is nothing to watch.

use wasm_bindgen::prelude::*;
use web_sys::{Event, EventTarget};

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
        watch.each(|target, event| target.add_event_listener_with_callback(event, watch.callback()));
        watch
    }

    fn callback(&self) -> &js_sys::Function {
        self.listener.as_ref().unchecked_ref()
    }

    fn each(&self, act: impl Fn(&EventTarget, &str) -> Result<(), JsValue>) {
        let global = global();
        let document = get(&global, "document");
        for (object, events) in &[(global, &ON_GLOBAL[..]), (document, &ON_DOCUMENT[..])] {
            if get(object, "addEventListener").is_function() {
                for event in *events {
                    // Neither call throws for an event target.
                    let _ = act(object.unchecked_ref(), event);
                }
            }
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.each(|target, event| target.remove_event_listener_with_callback(event, self.callback()));
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
