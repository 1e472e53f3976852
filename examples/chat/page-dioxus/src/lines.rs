//! What was said: heard from others, and said here, shown before the server has it.

use dioxus::prelude::*;
use messages::ServerMessage;

use crate::browser::told;

#[derive(Clone, PartialEq)]
pub struct Line {
    from: String,
    id: u32,
    text: String,
    fate: Fate,
    /// When the server heard it.
    at: Option<u64>,
}

/// How far it has come.
#[derive(Clone, Copy, PartialEq)]
pub enum Fate {
    Queued,
    Sent,
    Delivered,
}

#[derive(Default)]
pub struct Lines(Vec<Line>);

impl Lines {
    /// It was said here.
    pub fn say(&mut self, from: String, id: u32, text: String, fate: Fate) {
        self.0.push(Line { from, id, text, fate, at: None });
    }

    /// Nothing waits any more.
    pub fn flush(&mut self) {
        for line in self.0.iter_mut().filter(|line| line.fate == Fate::Queued) {
            line.fate = Fate::Sent;
        }
    }

    /// The server says something. What was said here is among it.
    pub fn hear(&mut self, message: &ServerMessage) {
        let ServerMessage::Said { from, id, text, at } = message else { return };
        let ours = self.0.iter_mut().find(|line| line.at.is_none() && line.from == *from && line.id == *id);
        match ours {
            Some(line) => (line.fate, line.at) = (Fate::Delivered, Some(*at)),
            None => self.0.push(Line {
                from: from.clone(),
                id: *id,
                text: text.clone(),
                fate: Fate::Delivered,
                at: Some(*at),
            }),
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Line> {
        self.0.iter()
    }
}

/// A line as `name` sees it.
#[component]
pub fn Said(line: Line, name: String) -> Element {
    let fate = match line.fate {
        Fate::Queued => "queued",
        Fate::Sent => "sent",
        Fate::Delivered => "delivered",
    };
    rsx! {
        p {
            if let Some((datetime, time)) = line.at.map(told) {
                time { datetime, "{time}" }
            }
            " {line.from}: {line.text}"
            if line.from == name {
                small { class: "fate", " {fate}" }
            }
        }
    }
}
