//! The books of the send queue: every message that was accepted is exactly once sent, still queued, or reported dropped;
//! higher priorities go first, and within one the order is kept; no bound is passed.

use everwire::core::{Accepted, Core, DropReason, Frame, Instant, Message, Overflow, QueueConfig, SendError, State};

use crate::harness::Note;

#[derive(Clone, Debug)]
struct Entry {
    serial: u32,
    /// Its turn among those of its priority.
    place: u32,
    priority: i32,
    key: Option<Box<str>>,
    expires: u64,
    len: usize,
}

pub(crate) struct Ledger {
    config: QueueConfig,
    queued: Vec<Entry>,
    /// Accepted, and to be reported as dropped at once.
    doomed: Vec<u32>,
    /// Run out of time when another message was taken in: each takes no room, and is reported sooner or later.
    late: Vec<Entry>,
    /// The message that is being handed to a connection.
    in_hand: Option<Entry>,
    /// The last message that came back from a connection: it may pass a bound, since it did not wait before.
    came_back: Option<u32>,
    places: u32,
}

impl Ledger {
    pub(crate) const fn new(config: QueueConfig) -> Self {
        Self {
            config,
            queued: Vec::new(),
            doomed: Vec::new(),
            late: Vec::new(),
            in_hand: None,
            came_back: None,
            places: 0,
        }
    }

    pub(crate) fn accepted(&mut self, message: &Message<Note>, accepted: Accepted, now: u64) {
        let serial = message.frame.serial;
        if accepted == Accepted::Dropped {
            assert_ne!(self.config.overflow, Overflow::Reject, "the caller would have been told");
            assert!(!self.fits(message));
            return self.doomed.push(serial);
        }
        let len = message.frame.byte_len();
        let ttl = self.config.ttl.filter(|_| message.expires == Instant::NEVER);
        let mut entry = Entry {
            serial,
            place: self.next_place(),
            priority: message.priority,
            key: message.key.clone(),
            expires: ttl.map_or(message.expires.as_millis(), |ttl| {
                now.saturating_add(ttl.as_millis().try_into().unwrap_or(u64::MAX))
            }),
            len,
        };
        let (late, queued) = std::mem::take(&mut self.queued).into_iter().partition(|entry| entry.expires <= now);
        self.queued = queued;
        self.late.extend::<Vec<Entry>>(late);
        // A message that is replaced leaves its place to the newer one.
        let fits = self.fits(message);
        if let Some(at) = self.of_key(message) {
            let old = self.queued.remove(at);
            self.doomed.push(old.serial);
            if fits && old.priority == entry.priority {
                entry.place = old.place;
            }
        }
        self.queued.push(entry);
    }

    /// A message that was handed over past the queue: there must be none.
    pub(crate) fn handed_over(&self) {
        assert!(self.queued.is_empty(), "it overtakes {:?}", self.queued);
    }

    pub(crate) fn rejected(&self, message: &Message<Note>, error: &SendError<Note>, state: State) {
        match error {
            SendError::Closed(frame) => {
                assert_eq!(frame, &message.frame);
                assert!(matches!(state, State::Closed | State::Closing), "refused as closed while {state:?}");
            }
            SendError::Full(frame) => {
                assert_eq!(frame, &message.frame);
                assert_eq!(self.config.overflow, Overflow::Reject);
                assert!(!self.fits(message), "refused as full with room for it");
            }
        }
    }

    pub(crate) fn transmitted(&mut self, message: &Message<Note>, now: u64) {
        let entry = self.take(message.frame.serial).expect("it was queued");
        assert!(entry.expires >= now, "sent though it expired at {:?}: {entry:?}", entry.expires);
        for other in &self.queued {
            assert!((-other.priority, other.place) > (-entry.priority, entry.place), "{entry:?} overtakes {other:?}");
        }
        self.in_hand = Some(entry);
    }

    pub(crate) fn taken_back(&mut self) {
        let entry = self.in_hand.take().expect("something was handed over");
        self.came_back = Some(entry.serial);
        self.queued.push(entry);
    }

    pub(crate) fn dropped(&mut self, frame: &Note, reason: DropReason, state: State, now: u64) {
        if let Some(at) = self.doomed.iter().position(|serial| *serial == frame.serial) {
            self.doomed.remove(at);
            assert!(matches!(reason, DropReason::Replaced | DropReason::Overflow));
            return;
        }
        if reason == DropReason::Refused {
            assert_eq!(self.in_hand.take().map(|entry| entry.serial), Some(frame.serial));
            return;
        }
        let late = self.late.iter().position(|entry| entry.serial == frame.serial).map(|at| self.late.remove(at));
        let entry = late
            .or_else(|| self.take(frame.serial))
            .unwrap_or_else(|| panic!("{frame:?} is dropped, and was not queued"));
        match reason {
            DropReason::Expired => assert!(entry.expires <= now, "{entry:?} had time left"),
            DropReason::Closed => assert_eq!(state, State::Closed),
            DropReason::Overflow => assert_eq!(self.config.overflow, Overflow::DropOldest),
            other => panic!("{frame:?} is dropped as {other:?}"),
        }
    }

    /// The books and the core agree.
    pub(crate) fn settled(&self, core: &Core<Note>) {
        assert_eq!(self.doomed, [0; 0], "dropped, and not reported");
        let late: usize = self.late.iter().map(|entry| entry.len).sum();
        assert_eq!(core.queue_len(), self.queued.len() + self.late.len(), "lost or made up");
        assert_eq!(core.queue_bytes(), self.bytes() + late);
        let waiting = self.queued.iter().filter(|entry| Some(entry.serial) != self.came_back);
        let (count, bytes) = waiting.fold((0, 0), |(count, bytes), entry| (count + 1, bytes + entry.len));
        assert!(count <= self.config.max_messages);
        assert!(bytes <= self.config.max_bytes);
    }

    fn next_place(&mut self) -> u32 {
        self.places += 1;
        self.places
    }

    fn take(&mut self, serial: u32) -> Option<Entry> {
        let at = self.queued.iter().position(|entry| entry.serial == serial)?;
        Some(self.queued.remove(at))
    }

    fn bytes(&self) -> usize {
        self.queued.iter().map(|entry| entry.len).sum()
    }

    fn of_key(&self, message: &Message<Note>) -> Option<usize> {
        let key = message.key.as_ref()?;
        self.queued.iter().position(|entry| entry.key.as_ref() == Some(key))
    }

    /// Whether there is room, the place of a message that it replaces included.
    fn fits(&self, message: &Message<Note>) -> bool {
        let (count, freed) = self.of_key(message).map_or((1, 0), |at| (0, self.queued[at].len));
        self.queued.len() + count <= self.config.max_messages
            && (self.bytes() - freed).saturating_add(message.frame.byte_len()) <= self.config.max_bytes
    }
}
