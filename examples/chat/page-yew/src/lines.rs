//! What was said: heard from others, and said here, shown before the server has it.

use std::rc::Rc;

use messages::ServerMessage;
use yew::prelude::*;

use crate::visit::told;

#[derive(Clone, Default, PartialEq)]
pub struct Lines(Vec<Line>);

#[derive(Clone, PartialEq)]
struct Line {
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

pub enum Action {
    /// It was said here.
    Said { from: String, id: u32, text: String, fate: Fate },
    /// Nothing waits any more.
    Flushed,
    /// The server says something. What was said here is among it.
    Heard(ServerMessage),
}

impl Reducible for Lines {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut lines = self.0.clone();
        match action {
            Action::Said { from, id, text, fate } => lines.push(Line { from, id, text, fate, at: None }),
            Action::Flushed => {
                for line in lines.iter_mut().filter(|line| line.fate == Fate::Queued) {
                    line.fate = Fate::Sent;
                }
            }
            Action::Heard(ServerMessage::Said { from, id, text, at }) => {
                let ours = lines.iter_mut().find(|line| line.at.is_none() && line.from == from && line.id == id);
                match ours {
                    Some(line) => (line.fate, line.at) = (Fate::Delivered, Some(at)),
                    None => lines.push(Line { from, id, text, fate: Fate::Delivered, at: Some(at) }),
                }
            }
            Action::Heard(ServerMessage::Online { .. }) => {}
        }
        Rc::new(Self(lines))
    }
}

impl Lines {
    /// `name` is who looks at them.
    pub fn show(&self, name: &str) -> Html {
        self.0.iter().map(|line| line.show(line.from == name)).collect()
    }
}

impl Line {
    fn show(&self, ours: bool) -> Html {
        let (datetime, time) = self.at.map(told).unzip();
        let fate = match self.fate {
            Fate::Queued => "queued",
            Fate::Sent => "sent",
            Fate::Delivered => "delivered",
        };
        html! {
            <p>
                if let Some(time) = time { <time {datetime}>{ time }</time> }
                { format!(" {}: {}", self.from, self.text) }
                if ours { <small class="fate">{ format!(" {fate}") }</small> }
            </p>
        }
    }
}
