//! The test server (tests/server/server.mjs): a URL for each test, and control over what the server does to it.

use std::cell::Cell;

use js_sys::futures::JsFuture;
use js_sys::{Promise, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    fn fetch(url: &str) -> Promise;

    type Response;
    #[wasm_bindgen(method)]
    fn json(this: &Response) -> Promise;
}

thread_local! {
    static NEXT: Cell<u32> = const { Cell::new(0) };
}

fn address() -> String {
    match option_env!("EVERWIRE_TEST_PORT") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => panic!("no test server: `npm test -- --only browser` starts one and says its port"),
    }
}

/// One test's own corner of the server.
pub(super) struct Server {
    id: String,
}

impl Server {
    pub(super) fn new(test: &str) -> Self {
        let number = NEXT.replace(NEXT.get() + 1);
        Self { id: format!("rust-{test}-{number}-{}", js_sys::Math::random()) }
    }

    /// The URL of a behaviour such as `/echo`.
    pub(super) fn url(&self, behaviour: &str) -> String {
        let separator = if behaviour.contains('?') { '&' } else { '?' };
        format!("ws://{}{behaviour}{separator}id={}", address(), self.id)
    }

    /// Does something to the connections of this test; answers a number of the stats.
    pub(super) async fn control(&self, action: &str, query: &str) -> Stats {
        let url = format!("http://{}/control/{action}?id={}&{query}", address(), self.id);
        let response: Response = JsFuture::from(fetch(&url)).await.expect("the server answers").unchecked_into();
        Stats(JsFuture::from(response.json()).await.expect("the server answers JSON"))
    }
}

/// What the server saw.
pub(super) struct Stats(JsValue);

impl Stats {
    pub(super) fn count(&self, name: &str) -> f64 {
        self.get(name).as_f64().unwrap_or_default()
    }

    pub(super) fn received(&self) -> Vec<String> {
        js_sys::Array::from(&self.get("received"))
            .iter()
            .map(|message| message.as_string().unwrap_or_default())
            .collect()
    }

    fn get(&self, name: &str) -> JsValue {
        Reflect::get(&self.0, &name.into()).unwrap_or_default()
    }
}
