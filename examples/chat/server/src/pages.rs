//! The pages of the chat, rendered here. Who comes with a name, at `?name=…`, finds the room in the HTML; what makes it live
//! follows, and connects.

use axum::Router;
use axum::extract::Query;
use axum::response::Html;
use axum::routing::{MethodRouter, get};
use leptos::prelude::{Owner, RenderHtml};
use serde::Deserialize;
use tower_http::services::{ServeDir, ServeFile};

const DOCUMENT: &str = include_str!("../../look/app.html");
const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Dioxus has what the server has loaded for the page beside the page: here it is nothing, an empty list in CBOR and base64.
const NOTHING_LOADED: &str = r#"window.hydrate_queue = []; window.initial_dioxus_hydration_data = "gA==""#;

pub fn all<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().merge(page("yew", get(yew))).merge(page("leptos", get(leptos))).merge(page("dioxus", get(dioxus)))
}

#[derive(Deserialize)]
struct Visitor {
    name: Option<String>,
}

async fn yew(Query(visitor): Query<Visitor>) -> Html<String> {
    let chat = yew::ServerRenderer::<page_yew::Chat>::with_props(|| page_yew::ChatProps { name: visitor.name });
    document(&chat.render().await)
}

async fn leptos(Query(visitor): Query<Visitor>) -> Html<String> {
    let props = page_leptos::ChatProps { url: "/chat".into(), name: visitor.name };
    document(&Owner::new().with(|| page_leptos::Chat(props).to_html()))
}

async fn dioxus(Query(visitor): Query<Visitor>) -> Html<String> {
    let props = page_dioxus::ChatProps { name: visitor.name };
    let mut chat = dioxus::prelude::VirtualDom::new_with_props(page_dioxus::Chat, props);
    chat.rebuild_in_place();
    let chat = dioxus_ssr::pre_render(&chat);
    document(&format!(r#"<div id="main">{chat}</div><script>{NOTHING_LOADED}</script>"#))
}

fn document(body: &str) -> Html<String> {
    Html(DOCUMENT.replace("<body></body>", &format!("<body>{body}</body>")))
}

/// A page below its name, with its looks and what `npm run page-…-hydrate` has made of it.
fn page<S: Clone + Send + Sync + 'static>(name: &str, document: MethodRouter<S>) -> Router<S> {
    Router::new()
        .route(&format!("/{name}/"), document)
        .route_service(&format!("/{name}/chat.css"), ServeFile::new(format!("{EXAMPLE}/look/chat.css")))
        .route_service(&format!("/{name}/page.js"), ServeFile::new(format!("{EXAMPLE}/page-{name}/page.js")))
        .nest_service(&format!("/{name}/dist"), ServeDir::new(format!("{EXAMPLE}/page-{name}/dist/hydrate")))
}
