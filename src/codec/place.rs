#[cfg(any(feature = "json", feature = "msgpack", feature = "cbor", feature = "export"))]
use serde_path_to_error::{Path, Segment};

/// One step on the way to a place.
#[derive(Clone, Debug)]
pub(crate) enum Key {
    Index(usize),
    Name(String),
}

/// A place in a message.
#[derive(Debug, Default)]
pub(crate) struct Place {
    keys: Vec<Key>,
    text: String,
}

impl Place {
    /// The steps from the outside in.
    pub(crate) fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The same in one text, such as `prices[3].bid`; empty for the message itself.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The place inside of the value that so many first steps lead to.
    pub(crate) fn within(&self, steps: usize) -> Self {
        self.keys.iter().skip(steps).cloned().collect()
    }
}

impl FromIterator<Key> for Place {
    fn from_iter<Keys: IntoIterator<Item = Key>>(keys: Keys) -> Self {
        let mut place = Self::default();
        for key in keys {
            match &key {
                Key::Index(index) => place.text += &format!("[{index}]"),
                Key::Name(name) if place.text.is_empty() => place.text += name,
                Key::Name(name) => place.text += &format!(".{name}"),
            }
            place.keys.push(key);
        }
        place
    }
}

#[cfg(any(feature = "json", feature = "msgpack", feature = "cbor", feature = "export"))]
impl From<&Path> for Place {
    fn from(path: &Path) -> Self {
        let key = |segment: &Segment| match segment {
            Segment::Seq { index } => Key::Index(*index),
            segment => Key::Name(segment.to_string()),
        };
        path.iter().map(key).collect()
    }
}
