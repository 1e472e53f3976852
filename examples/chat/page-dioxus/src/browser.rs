//! What is asked of the browser: where the server is, and how late it is.

use web_sys::{UrlSearchParams, Window};

/// The chat's URL: at the page's `?server=ws://…`, or where the page is from.
pub fn chat_url() -> Result<String, &'static str> {
    let location = web_sys::window().as_ref().map(Window::location).ok_or("this runs in a page")?;
    let search = location.search().unwrap_or_default();
    let named = UrlSearchParams::new_with_str(&search).ok().and_then(|parameters| parameters.get("server"));
    let server = named.or_else(|| location.origin().ok()).ok_or("the page is from nowhere")?;
    Ok(format!("{server}/chat"))
}

/// A time in ms since 1970, for the machine and for people.
pub fn told(at: u64) -> (String, String) {
    let at = js_sys::Date::new(&(at as f64).into());
    (at.to_iso_string().into(), at.to_locale_time_string("default").into())
}
