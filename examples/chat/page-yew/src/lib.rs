//! The chat's page, with Yew.

mod lines;
mod room;
mod visit;

use room::Room;
use visit::entered;
use yew::prelude::*;

#[cfg(any(feature = "csr", feature = "hydrate"))]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
fn start() {
    let page = yew::Renderer::<Chat>::with_props(ChatProps { name: visit::name() });
    #[cfg(feature = "hydrate")]
    page.hydrate();
    #[cfg(not(feature = "hydrate"))]
    page.render();
}

#[derive(Default, Properties, PartialEq)]
pub struct ChatProps {
    pub name: Option<String>,
}

/// Asks for a name, and shows the room to who has one.
#[component]
pub fn Chat(props: &ChatProps) -> Html {
    let name = use_state(|| props.name.clone());
    let join = {
        let name = name.clone();
        move |event: SubmitEvent| name.set(entered(&event, "name"))
    };
    let leave = {
        let name = name.clone();
        move |()| name.set(None)
    };
    html! {
        <main>
            <h1>{ "Chat" }</h1>
            if let Some(name) = &*name {
                <Room name={name.clone()} {leave} />
            } else {
                <form id="join" onsubmit={join}>
                    <label for="name">{ "Your name" }</label>
                    <input id="name" name="name" required=true maxlength="40" autocomplete="nickname" />
                    <button>{ "Join" }</button>
                </form>
            }
        </main>
    }
}
