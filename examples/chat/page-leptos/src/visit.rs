//! What is of the browser: where the server is, who is there, how late it is.

/// The chat's URL: at the page's `?server=ws://…`, or where the page is from.
#[cfg(any(feature = "csr", feature = "hydrate"))]
pub fn chat_url() -> String {
    let server = parameter("server").or_else(|| leptos::prelude::window().location().origin().ok());
    format!("{}/chat", server.unwrap_or_default())
}

/// Who comes with a name, at the page's `?name=…`, is in the room at once.
#[cfg(any(feature = "csr", feature = "hydrate"))]
pub fn name() -> Option<String> {
    parameter("name")
}

/// What the page's own URL says.
#[cfg(any(feature = "csr", feature = "hydrate"))]
fn parameter(name: &str) -> Option<String> {
    let search = leptos::prelude::window().location().search().ok()?;
    web_sys::UrlSearchParams::new_with_str(&search).ok()?.get(name)
}

/// A time in ms since 1970, for the machine and for people.
pub fn told(at: u64) -> (String, String) {
    let at = js_sys::Date::new(&(at as f64).into());
    (at.to_iso_string().into(), at.to_locale_time_string("default").into())
}
