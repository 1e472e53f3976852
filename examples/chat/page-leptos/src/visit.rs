//! What is of the browser: where the server is, how late it is.

/// The chat's URL: at the page's `?server=ws://…`, or where the page is from.
#[cfg(feature = "csr")]
pub fn chat_url() -> String {
    let location = leptos::prelude::window().location();
    let search = location.search().unwrap_or_default();
    let named = web_sys::UrlSearchParams::new_with_str(&search).ok().and_then(|parameters| parameters.get("server"));
    format!("{}/chat", named.or_else(|| location.origin().ok()).unwrap_or_default())
}

/// A time in ms since 1970, for the machine and for people.
pub fn told(at: u64) -> (String, String) {
    let at = js_sys::Date::new(&(at as f64).into());
    (at.to_iso_string().into(), at.to_locale_time_string("default").into())
}
