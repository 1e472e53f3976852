//! The page on a server that renders it: nothing connects, nothing panics.

use dioxus::prelude::*;
use page_dioxus::{Chat, Room};

fn rendered(page: fn() -> Element) -> String {
    let mut page = VirtualDom::new(page);
    page.rebuild_in_place();
    dioxus_ssr::render(&page)
}

#[test]
fn a_visitor_is_asked_for_a_name() {
    assert!(rendered(Chat).contains("Your name"));
}

#[test]
fn the_room_is_rendered_as_it_is_before_anything_connects() {
    let room = rendered(|| rsx! { Room { name: "Ada", on_leave: |()| {} } });
    assert!(room.contains(r#"role="status">idle</p>"#), "{room}");
    assert!(room.contains(r#"<span id="online"></span>"#), "{room}");
}
