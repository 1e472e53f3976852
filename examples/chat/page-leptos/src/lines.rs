//! What was said: heard from others, and said here, shown before the server has it.

use leptos::prelude::*;
use messages::ServerMessage;

use crate::visit::told;

/// The lines, as the one whose name it is sees them.
#[derive(Clone, Copy)]
pub struct Lines {
    name: StoredValue<String>,
    last_id: StoredValue<u32>,
    all: RwSignal<Vec<Line>>,
}

#[derive(Clone)]
struct Line {
    at: usize,
    from: String,
    id: u32,
    text: String,
    fate: ArcRwSignal<Fate>,
}

/// How far it has come.
#[derive(Clone, Copy, PartialEq)]
pub enum Fate {
    Queued,
    Sent,
    /// When the server heard it.
    Delivered(u64),
}

impl Lines {
    pub fn of(name: String) -> Self {
        Self { name: StoredValue::new(name), last_id: StoredValue::new(0), all: RwSignal::default() }
    }

    pub fn next_id(self) -> u32 {
        self.last_id.update_value(|id| *id += 1);
        self.last_id.get_value()
    }

    /// It was said here.
    pub fn say(self, id: u32, text: String, fate: Fate) {
        self.add(self.name.get_value(), id, text, fate);
    }

    /// Nothing waits any more.
    pub fn flushed(self) {
        for line in &*self.all.read_untracked() {
            if line.fate.get_untracked() == Fate::Queued {
                line.fate.set(Fate::Sent);
            }
        }
    }

    /// The server says something. What was said here is among it.
    pub fn hear(self, message: &ServerMessage) {
        let ServerMessage::Said { from, id, text, at } = message else { return };
        let ours = |line: &&Line| {
            line.from == *from && line.id == *id && !matches!(line.fate.get_untracked(), Fate::Delivered(_))
        };
        let fate = self.all.read_untracked().iter().find(ours).map(|line| line.fate.clone());
        match fate {
            Some(fate) => fate.set(Fate::Delivered(*at)),
            None => self.add(from.clone(), *id, text.clone(), Fate::Delivered(*at)),
        }
    }

    fn add(self, from: String, id: u32, text: String, fate: Fate) {
        self.all.update(|all| all.push(Line { at: all.len(), from, id, text, fate: ArcRwSignal::new(fate) }));
    }

    pub fn show(self) -> impl IntoView {
        let show = move |line: Line| {
            let ours = line.from == self.name.get_value();
            line.show(ours)
        };
        view! { <For each=move || self.all.get() key=|line| line.at children=show /> }
    }
}

impl Line {
    fn show(self, ours: bool) -> impl IntoView {
        let time = {
            let fate = self.fate.clone();
            move || {
                let Fate::Delivered(at) = fate.get() else { return None };
                let (datetime, time) = told(at);
                Some(view! { <time datetime=datetime>{time}</time> })
            }
        };
        let words = move || match self.fate.get() {
            Fate::Queued => " queued",
            Fate::Sent => " sent",
            Fate::Delivered(_) => " delivered",
        };
        view! {
            <p>
                {time} {format!(" {}: {}", self.from, self.text)}
                {ours.then(|| view! { <small class="fate">{words}</small> })}
            </p>
        }
    }
}
