//! The page: what it shows, and what its visitor does. It knows nothing of sockets.

use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, Event, HtmlElement, HtmlInputElement, UrlSearchParams, Window};

pub struct View {
    document: Document,
    join: HtmlElement,
    name: HtmlInputElement,
    room: HtmlElement,
    status: Element,
    online: Element,
    said: Element,
    say: HtmlElement,
    text: HtmlInputElement,
}

impl View {
    pub fn find() -> Result<Self, JsValue> {
        let document = window().document().ok_or("there is no document")?;
        Ok(Self {
            join: find(&document, "join")?,
            name: find(&document, "name")?,
            room: find(&document, "room")?,
            status: find(&document, "status")?,
            online: find(&document, "online")?,
            said: find(&document, "said")?,
            say: find(&document, "say")?,
            text: find(&document, "text")?,
            document,
        })
    }

    pub fn on_join(&self, mut listener: impl FnMut(String) + 'static) {
        let (join, name, room, text) = (self.join.clone(), self.name.clone(), self.room.clone(), self.text.clone());
        on_submit(&self.join, move || {
            join.set_hidden(true);
            room.set_hidden(false);
            // An error says that the element cannot have the focus.
            let _ = text.focus();
            listener(name.value());
        });
    }

    pub fn on_say(&self, mut listener: impl FnMut(String) + 'static) {
        let text = self.text.clone();
        on_submit(&self.say, move || {
            listener(text.value());
            text.set_value("");
        });
    }

    pub fn show_status(&self, words: &str) {
        self.status.set_text_content(Some(words));
    }

    pub fn show_online(&self, names: &[String]) {
        self.online.set_text_content(Some(&names.join(", ")));
    }

    pub fn show_said(&self, from: &str, words: &str, at: u64) {
        let at = js_sys::Date::new(&(at as f64).into());
        let time = self.element("time");
        let _ = time.set_attribute("datetime", &String::from(at.to_iso_string()));
        time.set_text_content(Some(&String::from(at.to_locale_time_string("default"))));
        let line = self.element("p");
        let _ = line.append_child(&time);
        let _ = line.append_child(&self.document.create_text_node(&format!(" {from}: {words}")));
        let _ = self.said.append_child(&line);
        self.said.set_scroll_top(self.said.scroll_height());
    }

    fn element(&self, name: &str) -> Element {
        self.document.create_element(name).expect("a valid name")
    }
}

/// Where the server is: the page's `?server=ws://…`, or where the page is from.
pub fn server() -> String {
    let location = window().location();
    let search = location.search().unwrap_or_default();
    UrlSearchParams::new_with_str(&search)
        .ok()
        .and_then(|parameters| parameters.get("server"))
        .or_else(|| location.origin().ok())
        .unwrap_or_default()
}

fn window() -> Window {
    web_sys::window().expect("this runs in a page")
}

fn find<T: JsCast>(document: &Document, id: &str) -> Result<T, JsValue> {
    let element = document.get_element_by_id(id).ok_or_else(|| format!("the page has no #{id}"))?;
    element.dyn_into().map_err(|_| format!("#{id} is of another kind").into())
}

/// The page keeps its listeners as long as it lives.
fn on_submit(form: &HtmlElement, mut listener: impl FnMut() + 'static) {
    let closure = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
        event.prevent_default();
        listener();
    });
    let _ = form.add_event_listener_with_callback("submit", closure.as_ref().unchecked_ref());
    closure.forget();
}
