//! The pages of the chat, rendered here. Who comes with a name, at `?name=…`, finds the room in the HTML; what makes it live
//! follows, and connects.

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::{MethodRouter, get};
use dioxus::prelude::*;
use dioxus_server::{FullstackState, ServeConfig};
use leptos::prelude::{Owner, RenderHtml};
use serde::Deserialize;
use tower_http::services::{ServeDir, ServeFile};

const DOCUMENT: &str = include_str!("../../look/app.html");
const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

pub fn all<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .merge(page("yew", get(yew)))
        .merge(page("leptos", get(leptos)))
        .merge(page("dioxus", get(dioxus).with_state(dioxus_app())))
}

#[derive(Clone, Deserialize)]
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

/// Rendered by Dioxus' fullstack server, for each visitor anew.
fn dioxus_app() -> FullstackState {
    FullstackState::new(ServeConfig::new(), || {
        let Visitor { name } = consume_context();
        rsx! { page_dioxus::Chat { name } }
    })
}

/// The fullstack server's document is empty unless `dx` has made one: what is in its body goes into ours.
async fn dioxus(
    State(app): State<FullstackState>,
    Query(visitor): Query<Visitor>,
    request: Request,
) -> Result<Html<String>, StatusCode> {
    let app = app.with_config(ServeConfig::new().context(visitor));
    let page = FullstackState::render_handler(State(app), request).await.into_body();
    let page = to_bytes(page, usize::MAX).await.ok().and_then(|page| String::from_utf8(page.into()).ok());
    let body = page.as_deref().and_then(|page| page.split_once("<body>")?.1.split_once("</body>"));
    body.map(|(body, _)| document(body)).ok_or(StatusCode::INTERNAL_SERVER_ERROR)
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
        .nest_service(&format!("/{name}/dist"), ServeDir::new(format!("{EXAMPLE}/page-{name}/hydrate")))
}
