//! The one room of the chat: who is in it, and what everybody in it is told.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Bytes;
use messages::ServerMessage;
use tokio::sync::{broadcast, watch};

/// How many messages a visitor may be behind before the connection is given up.
const BACKLOG: usize = 256;

pub struct Room {
    visitors: Mutex<Visitors>,
    frames: broadcast::Sender<Bytes>,
    closing: watch::Sender<bool>,
}

#[derive(Default)]
struct Visitors {
    last: u64,
    names: BTreeMap<u64, String>,
}

impl Room {
    pub fn new() -> Self {
        Self { visitors: Mutex::default(), frames: broadcast::Sender::new(BACKLOG), closing: watch::Sender::new(false) }
    }

    /// What everybody is told from now on, as frames.
    pub fn listen(&self) -> broadcast::Receiver<Bytes> {
        self.frames.subscribe()
    }

    /// Tells when the room closes, which waits for all who hold this.
    pub fn closing(&self) -> watch::Receiver<bool> {
        self.closing.subscribe()
    }

    pub fn enter(&self) -> u64 {
        let mut visitors = self.visitors();
        visitors.last += 1;
        visitors.last
    }

    pub fn join(&self, visitor: u64, name: String) {
        self.visitors().names.insert(visitor, name);
        self.tell_who_is_online();
    }

    pub fn say(&self, visitor: u64, id: u32, text: String) {
        let from = self.visitors().names.get(&visitor).cloned().unwrap_or("somebody".into());
        self.tell(&ServerMessage::Said { from, id, text, at: now() });
    }

    pub fn leave(&self, visitor: u64) {
        if self.visitors().names.remove(&visitor).is_some() {
            self.tell_who_is_online();
        }
    }

    /// Asks all visitors to go, and waits until they have.
    pub async fn close(&self) {
        self.closing.send_replace(true);
        self.closing.closed().await;
    }

    fn tell_who_is_online(&self) {
        let names = self.visitors().names.values().cloned().collect();
        self.tell(&ServerMessage::Online { names });
    }

    fn tell(&self, message: &ServerMessage) {
        let frame = postcard::to_allocvec(message).expect("strings and numbers always have a form");
        // An error says that nobody is there to hear it.
        let _ = self.frames.send(frame.into());
    }

    fn visitors(&self) -> MutexGuard<'_, Visitors> {
        self.visitors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}
