//! The pages on a server that renders them: nothing connects, nothing panics, and no thread has to see one through.

use std::thread;

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use dioxus::prelude::*;
use dioxus_server::{FullstackState, ServeConfig};
use futures::StreamExt;
use leptos::prelude::{Owner, RenderHtml};

const IDLE: &str = r#"<p id="status" role="status">idle</p>"#;

fn leptos_room() -> impl leptos::IntoView {
    page_leptos::Chat(page_leptos::ChatProps { url: "/chat".into(), name: Some("Ada".into()) })
}

#[test]
fn leptos_shows_the_room_as_it_is_before_anything_connects() {
    let html = Owner::new().with(|| leptos_room().to_html());
    assert!(html.contains(r#"<section id="room" aria-label="Room">"#) && html.contains(IDLE), "{html}");
}

#[test]
fn a_page_of_leptos_begun_on_one_thread_is_rendered_and_dropped_on_others() {
    let owner = Owner::new();
    let view = owner.with(leptos_room);
    let (owner, html) = thread::spawn(move || {
        let stream = owner.with(|| view.to_html_stream_out_of_order());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        (owner, runtime.block_on(stream.collect::<String>()))
    })
    .join()
    .unwrap();
    assert!(html.contains(IDLE), "{html}");
    thread::spawn(move || drop(owner)).join().unwrap();
}

#[tokio::test]
async fn the_fullstack_server_of_dioxus_shows_the_room_as_it_is_before_anything_connects() {
    let app = FullstackState::new(ServeConfig::new(), || rsx! { page_dioxus::Room { name: "Ada", on_leave: |()| {} } });
    let page = FullstackState::render_handler(State(app), Request::default()).await;
    assert_eq!(page.status(), StatusCode::OK);
    let html = to_bytes(page.into_body(), usize::MAX).await.unwrap();
    let html = str::from_utf8(&html).unwrap();
    assert!(html.contains(r#"aria-label="Room""#) && html.contains("-->idle<!--"), "{html}");
}

#[tokio::test]
async fn yew_shows_the_room_as_it_is_before_anything_connects() {
    let props = || page_yew::ChatProps { name: Some("Ada".into()) };
    let html = yew::ServerRenderer::<page_yew::Chat>::with_props(props).hydratable(false).render().await;
    assert!(html.contains(IDLE) && html.contains(r#"<span id="online"></span>"#), "{html}");
}
