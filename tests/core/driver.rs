//! How the world carries out what the core says: the part of the browser driver.

use everwire::core::{Accepted, Event, Generation, Input, Instant, Message, Output, SendError};

use crate::harness::{Call, Dial, Note, World, ended};

/// What a connection will not take, whatever its state: an encoder that throws, say.
pub(crate) const REFUSED: &str = "refused";

impl World {
    /// Tells the core, and leaves what it says for later: several calls in one tick.
    pub(crate) fn take_in(&mut self, input: Input) -> bool {
        let stale = self.rules.input(&input, self.core.state(), self.now);
        self.core.handle(Instant::from_millis(self.now), input);
        stale
    }

    /// The browser reports something, or the user calls: the driver tells the core, and carries out what it says.
    pub(crate) fn feed(&mut self, input: Input) {
        let of_the_page =
            matches!(input, Input::Online | Input::Offline | Input::Visible | Input::Frozen | Input::Thawed);
        if of_the_page && !self.rules.watching() {
            return;
        }
        let shown = format!("{input:?}");
        if self.take_in(input) {
            let output = self.core.poll();
            assert!(output.is_none(), "{shown} is from a connection that was given up, and led to {output:?}");
        }
        self.drain();
    }

    /// Carries out everything that the core says.
    pub(crate) fn drain(&mut self) {
        while let Some(output) = self.core.poll() {
            self.rules.output(&output, self.now);
            self.carry_out(output);
        }
        self.rules.settled(&self.core, self.alarm);
    }

    fn carry_out(&mut self, output: Output<Note>) {
        match output {
            Output::Dial(generation) => self.dial(generation),
            Output::Transmit(generation, message) => self.transmit(generation, message),
            Output::Ping(generation) => {
                self.pings.push(self.now);
                if let Some(after) = self.peer.answers {
                    self.later(after, Input::Received { generation, answer: self.peer.recognised });
                }
            }
            Output::Measure(generation) => {
                self.take_in(Input::Buffered { generation, bytes: self.peer.unsent });
            }
            Output::Shut { generation, code, reason } => {
                let code = code.map(u16::from);
                self.shut.push((self.now, code, reason));
                if let Some(after) = self.peer.closes {
                    let was_open = self.rules.is_open(generation);
                    let answer = if was_open { code.unwrap_or(1005) } else { 1006 };
                    self.later(after, ended(generation, answer, "", was_open));
                }
            }
            Output::Abandon(_) => self.abandoned.push(self.now),
            Output::Consult(generation, lost) => {
                self.consulted.push(lost);
                if let Some(verdict) = self.verdict {
                    self.take_in(Input::Verdict { generation, verdict });
                }
            }
            Output::Watch(_) => {}
            Output::Wake(at) => self.alarm = at.map(Instant::as_millis),
            Output::Event(event) => self.tell(event),
        }
    }

    fn dial(&mut self, generation: Generation) {
        self.generation = Some(generation);
        self.dialled.push(self.now);
        self.peer.closing = false;
        match self.dials.pop_front().unwrap_or_else(|| self.usual_dial.clone()) {
            Dial::Opens { after } => self.later(after, Input::Opened(generation)),
            Dial::Closes { opens, closes, code, reason } => {
                self.later(opens, Input::Opened(generation));
                self.later(closes, ended(generation, code, reason, true));
            }
            Dial::Fails { after } => {
                self.later(after, Input::Errored(generation));
                self.later(after, ended(generation, 1006, "", false));
            }
            Dial::FailsWithoutClose { after } => self.later(after, Input::Errored(generation)),
            Dial::Undialable(cause) => {
                self.take_in(Input::Undialable { generation, cause });
            }
            Dial::Hangs => {}
        }
    }

    fn transmit(&mut self, generation: Generation, message: Message<Note>) {
        if self.peer.closing {
            self.rules.ledger.taken_back();
            self.core.take_back(generation, message);
        } else if message.frame.text == REFUSED {
            self.core.refused(message);
        } else {
            self.sent.push((generation, message.frame.text));
        }
    }

    fn tell(&mut self, event: Event<Note>) {
        let call = self.listener.as_mut().and_then(|listener| listener(&event));
        self.told.push((self.now, event));
        if let Some(call) = call {
            self.call(call);
            self.rules.lose_count();
        }
    }

    /// A call of which nothing is carried out yet.
    pub(crate) fn call(&mut self, call: Call) {
        match call {
            Call::Open => {
                let _ = self.take_in(Input::Open);
            }
            Call::Reconnect => {
                let _ = self.take_in(Input::Reconnect);
            }
            Call::Close => {
                let _ = self.take_in(Input::Close { code: None, reason: String::new() });
            }
            Call::Send(text) => {
                let _ = self.call_send(text);
            }
        }
    }

    pub(crate) fn call_send(&mut self, text: &str) -> Result<Accepted, SendError<Note>> {
        let note = self.note(text);
        if let Some(generation) = self.core.wants_measure() {
            self.take_in(Input::Buffered { generation, bytes: self.peer.unsent });
        }
        if let Some(generation) = self.core.can_transmit() {
            self.rules.may_transmit(generation);
            if !self.peer.closing {
                self.rules.ledger.handed_over();
                self.core.transmitted(1, note.text.len() as u64);
                self.sent.push((generation, note.text));
                return Ok(Accepted::Sent);
            }
            self.core.stall(generation);
        }
        self.enqueue(Message::new(note))
    }

    pub(crate) fn enqueue(&mut self, message: Message<Note>) -> Result<Accepted, SendError<Note>> {
        let offered = message.clone();
        let state = self.core.state();
        let accepted = self.core.send(Instant::from_millis(self.now), message);
        match &accepted {
            Ok(accepted) => self.rules.ledger.accepted(&offered, *accepted, self.now),
            Err(error) => self.rules.ledger.rejected(&offered, error, state),
        }
        accepted
    }
}
