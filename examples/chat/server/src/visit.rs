//! One connection, from when it is there until it ends.

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use messages::ClientMessage;
use tokio::select;
use tokio::sync::watch;

use crate::room::Room;

pub async fn visit(mut socket: WebSocket, room: &Room) {
    let visitor = room.enter();
    // Held until the close frame is out: the server waits for it.
    let mut closing = room.closing();
    if let Some((code, reason)) = talk(&mut socket, room, visitor, &mut closing).await {
        let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
        // An error says that the connection is gone already.
        let _ = socket.send(Message::Close(Some(frame))).await;
    }
    room.leave(visitor);
}

/// Passes on what is said in both directions. Answers how to close the connection, or nothing where it ended by itself.
async fn talk(
    socket: &mut WebSocket,
    room: &Room,
    visitor: u64,
    closing: &mut watch::Receiver<bool>,
) -> Option<(u16, &'static str)> {
    let mut frames = room.listen();
    loop {
        select! {
            received = socket.recv() => match received?.ok()? {
                Message::Binary(frame) => match message_in(&frame) {
                    Some(ClientMessage::Join { name }) => room.join(visitor, name),
                    Some(ClientMessage::Say { id, text }) => room.say(visitor, id, text),
                    None => return Some((close_code::INVALID, "not a message of this chat")),
                },
                Message::Text(_) => return Some((close_code::UNSUPPORTED, "takes binary messages")),
                Message::Close(_) => return None,
                Message::Ping(_) | Message::Pong(_) => {}
            },
            frame = frames.recv() => match frame {
                Ok(frame) => socket.send(Message::Binary(frame)).await.ok()?,
                Err(_) => return Some((close_code::AGAIN, "too slow")),
            },
            () = closed(closing) => return Some((close_code::RESTART, "the server ends")),
        }
    }
}

/// Waits until the room closes.
async fn closed(closing: &mut watch::Receiver<bool>) {
    let _ = closing.wait_for(|closing| *closing).await;
}

/// The message that fills a frame.
fn message_in(frame: &[u8]) -> Option<ClientMessage> {
    match postcard::take_from_bytes(frame) {
        Ok((message, [])) => Some(message),
        _ => None,
    }
}
