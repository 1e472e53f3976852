//! What is of the browser: where the server is, who is there, what was entered, how late it is.

use wasm_bindgen::JsCast;
use web_sys::{HtmlFormElement, HtmlInputElement, UrlSearchParams, Window};
use yew::prelude::*;

/// The chat's URL: at the page's `?server=ws://…`, or where the page is from.
pub fn chat_url() -> Result<String, &'static str> {
    let location = web_sys::window().as_ref().map(Window::location).ok_or("this runs in a page")?;
    let server = parameter("server").or_else(|| location.origin().ok()).ok_or("the page is from nowhere")?;
    Ok(format!("{server}/chat"))
}

/// Who comes with a name, at the page's `?name=…`, is in the room at once.
#[cfg(any(feature = "csr", feature = "hydrate"))]
pub fn name() -> Option<String> {
    parameter("name")
}

/// What the page's own URL says.
fn parameter(name: &str) -> Option<String> {
    let search = web_sys::window()?.location().search().ok()?;
    UrlSearchParams::new_with_str(&search).ok()?.get(name)
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
