//! What is of the browser: where the server is, what was entered, how late it is.

use wasm_bindgen::JsCast;
use web_sys::{HtmlFormElement, HtmlInputElement, UrlSearchParams};
use yew::prelude::*;

/// The chat's URL: at the page's `?server=ws://…`, or where the page is from.
pub fn chat_url() -> String {
    let location = web_sys::window().expect("this runs in a page").location();
    let search = location.search().unwrap_or_default();
    let named = UrlSearchParams::new_with_str(&search).ok().and_then(|parameters| parameters.get("server"));
    format!("{}/chat", named.or_else(|| location.origin().ok()).unwrap_or_default())
}

/// What was entered into a form's field, which is emptied.
pub fn entered(event: &SubmitEvent, field: &str) -> Option<String> {
    event.prevent_default();
    let form: HtmlFormElement = event.target_dyn_into()?;
    let input: HtmlInputElement = form.elements().named_item(field)?.dyn_into().ok()?;
    let text = input.value();
    input.set_value("");
    Some(text)
}

/// A time in ms since 1970, for the machine and for people.
pub fn told(at: u64) -> (String, String) {
    let at = js_sys::Date::new(&(at as f64).into());
    (at.to_iso_string().into(), at.to_locale_time_string("default").into())
}
