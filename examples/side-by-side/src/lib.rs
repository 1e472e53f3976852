//! The same small component, written with each of the libraries that Rust front ends have for WebSockets: it shows where
//! its connection stands and all that it has heard, and says what is typed. See docs/rust.md.

mod everwire_dioxus;
mod everwire_leptos;
mod everwire_yew;
mod gloo_net;
mod leptos_use;
mod yew_hooks;

use std::rc::Rc;

use dioxus::core::ComponentFunction;
use dioxus::prelude::VirtualDom;
use dioxus::web::Config;
use futures::future::abortable;
use leptos::mount::mount_to;
use leptos::prelude::IntoView;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;
use yew::{AttrValue, BaseComponent, Properties, Reducible, Renderer};

/// A component that is being shown.
#[wasm_bindgen]
pub struct Mounted {
    unmount: Box<dyn FnOnce()>,
}

#[wasm_bindgen]
impl Mounted {
    pub fn unmount(self) {
        (self.unmount)();
    }
}

/// Shows the component of a library in `place`.
#[wasm_bindgen]
pub fn mount(library: &str, place: HtmlElement, url: String) -> Result<Mounted, JsError> {
    Ok(match library {
        "everwire-dioxus" => in_dioxus(place, everwire_dioxus::Chat, everwire_dioxus::ChatProps { url }),
        "everwire-leptos" => in_leptos(place, || everwire_leptos::Chat(everwire_leptos::ChatProps { url })),
        "everwire-yew" => in_yew::<everwire_yew::Chat>(place, url),
        "yew-hooks" => in_yew::<yew_hooks::Chat>(place, url),
        "leptos-use" => in_leptos(place, || leptos_use::Chat(leptos_use::ChatProps { url })),
        "gloo-net" => in_yew::<gloo_net::Chat>(place, url),
        _ => return Err(JsError::new(&format!("there is no library {library}"))),
    })
}

/// What the components in Yew are given.
#[derive(PartialEq, Properties)]
pub struct ChatProps {
    pub url: AttrValue,
}

/// What the components in Yew have heard.
#[derive(Clone, Default)]
pub struct Heard(Vec<String>);

impl Reducible for Heard {
    type Action = String;

    fn reduce(mut self: Rc<Self>, message: String) -> Rc<Self> {
        Rc::make_mut(&mut self).0.push(message);
        self
    }
}

fn in_yew<C: BaseComponent<Properties = ChatProps>>(place: HtmlElement, url: String) -> Mounted {
    let app = Renderer::<C>::with_root_and_props(place.into(), ChatProps { url: url.into() }).render();
    Mounted { unmount: Box::new(|| app.destroy()) }
}

fn in_dioxus<P: Clone + 'static, M: 'static>(
    place: HtmlElement,
    component: impl ComponentFunction<P, M>,
    props: P,
) -> Mounted {
    let page = VirtualDom::new_with_props(component, props);
    let (running, handle) = abortable(dioxus::web::run(page, Config::new().rootelement(place.into())));
    wasm_bindgen_futures::spawn_local(async {
        let _ = running.await;
    });
    Mounted { unmount: Box::new(move || handle.abort()) }
}

fn in_leptos<V: IntoView + 'static>(place: HtmlElement, view: impl FnOnce() -> V + 'static) -> Mounted {
    let app = mount_to(place, view);
    Mounted { unmount: Box::new(|| drop(app)) }
}
