//! The chat's page, with Yew.

mod lines;
mod room;
mod visit;

use room::Room;
use visit::entered;
use wasm_bindgen::prelude::*;
use yew::prelude::*;

#[wasm_bindgen(start)]
fn start() {
    yew::Renderer::<Chat>::new().render();
}

/// Asks for a name, and shows the room to who has one.
#[component]
fn Chat() -> Html {
    let name = use_state(|| None::<String>);
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
