//! The page's life and the network, as far as the browser tells. A window, a document and a worker are told apart here and
//! nowhere else; where something is missing, such as in Node, there is nothing to watch.

use wasm_bindgen::prelude::*;

use super::dom::{Event, EventTarget, get, global};
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
        if get(&get(&global(), "navigator"), "onLine") == JsValue::FALSE {
            report(Input::Offline);
        }
        let listener = Closure::new(move |event: JsValue| {
            if let Some(input) = read(event.unchecked_ref()) {
                report(input);
            }
        });
        let watch = Self { listener };
        watch.each(|target, event| target.listen(event, watch.listener.as_ref()));
        watch
    }

    fn each(&self, act: impl Fn(&EventTarget, &str)) {
        let global = global();
        let document = get(&global, "document");
        for (object, events) in [(global, &ON_GLOBAL[..]), (document, &ON_DOCUMENT[..])] {
            if get(&object, "addEventListener").is_function() {
                for event in events {
                    act(object.unchecked_ref(), event);
                }
            }
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.each(|target, event| target.unlisten(event, self.listener.as_ref()));
    }
}

fn read(event: &Event) -> Option<Input> {
    let persisted = || get(event, "persisted") == JsValue::TRUE;
    Some(match event.kind().as_str() {
        "online" => Input::Online,
        "offline" => Input::Offline,
        "freeze" => Input::Frozen,
        "resume" => Input::Thawed,
        "pagehide" if persisted() => Input::Frozen,
        "pageshow" if persisted() => Input::Thawed,
        "visibilitychange" if get(&get(&global(), "document"), "visibilityState") == "visible" => Input::Visible,
        _ => return None,
    })
}
