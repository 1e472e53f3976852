//! The server of the chat: `server [address]`, by default at a free port of 127.0.0.1, which it prints as `{"port":N}`.

#[cfg(feature = "pages")]
mod pages;
mod room;
mod visit;

use std::error::Error;
use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::Response;
use axum::routing::any;
use room::Room;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Nobody types more than this.
const LARGEST_MESSAGE: usize = 16 << 10;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:0".into());
    let listener = TcpListener::bind(address).await?;
    let ended = end()?;
    println!(r#"{{"port":{}}}"#, listener.local_addr()?.port());

    let room = Arc::new(Room::new());
    let app = Router::new().route("/chat", any(chat));
    #[cfg(feature = "pages")]
    let app = app.merge(pages::all());
    let app = app.with_state(Arc::clone(&room));
    axum::serve(listener, app).with_graceful_shutdown(ended).await?;
    room.close().await;
    Ok(())
}

async fn chat(upgrade: WebSocketUpgrade, State(room): State<Arc<Room>>) -> Response {
    upgrade
        .protocols([messages::PROTOCOL])
        .max_message_size(LARGEST_MESSAGE)
        .on_upgrade(|socket| async move { visit::visit(socket, &room).await })
}

/// When the server is asked to end.
fn end() -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
