//! The page as a server renders it: nothing connects, and no thread has to see it through.

use std::thread;

use futures::StreamExt;
use futures::executor::block_on;
use leptos::prelude::*;
use page_leptos::Chat;

fn room() -> impl IntoView {
    view! { <Chat url="/chat" name="Ada" /> }
}

#[test]
fn a_room_is_rendered_and_nothing_connects() {
    let html = Owner::new().with(|| room().to_html());
    for part in [r#"<section id="room" aria-label="Room">"#, r#"<p id="status" role="status">idle</p>"#] {
        assert!(html.contains(part), "{html}");
    }
}

#[test]
fn a_page_begun_on_one_thread_is_rendered_and_dropped_on_others() {
    let owner = Owner::new();
    let view = owner.with(room);
    let (owner, html) = thread::spawn(move || {
        let stream = owner.with(|| view.to_html_stream_out_of_order());
        (owner, block_on(stream.collect::<String>()))
    })
    .join()
    .unwrap();
    assert!(html.contains("idle"), "{html}");
    thread::spawn(move || drop(owner)).join().unwrap();
}
