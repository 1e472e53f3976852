use std::error::Error;
use std::fmt;

use super::place::Place;

/// Why a message could not be encoded, or a frame not decoded.
#[derive(Debug)]
pub struct CodecError {
    place: Option<Place>,
    cause: Box<dyn Error>,
}

impl CodecError {
    /// Wraps what a format's library says, or a sentence.
    pub fn new(cause: impl Into<Box<dyn Error>>) -> Self {
        Self { place: None, cause: cause.into() }
    }

    /// Where in the message it went wrong, such as `prices[3].bid`: where the format tells, and it was inside.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.place.as_ref().map(Place::text).filter(|text| !text.is_empty())
    }

    /// Where it went wrong, if the format tells, and what.
    #[cfg(all(target_family = "wasm", feature = "export"))]
    pub(crate) fn into_parts(self) -> (Option<Place>, Box<dyn Error>) {
        (self.place, self.cause)
    }

    #[cfg(any(feature = "msgpack", feature = "cbor", feature = "postcard"))]
    pub(super) fn trailing() -> Self {
        Self::new("more bytes after the message")
    }

    /// The error with its place, found by reading the frame again: to keep track of it costs time, and few frames fail.
    #[cfg(any(feature = "json", feature = "msgpack", feature = "cbor"))]
    pub(super) fn locate<'de, Incoming, D>(error: D::Error, again: D) -> Self
    where
        Incoming: serde::Deserialize<'de>,
        D: serde::Deserializer<'de, Error: 'static>,
    {
        let found = serde_path_to_error::deserialize::<_, Incoming>(again).err();
        Self { place: found.map(|found| found.path().into()), cause: error.into() }
    }
}

impl fmt::Display for CodecError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = self.path() {
            write!(formatter, "{path}: ")?;
        }
        self.cause.fmt(formatter)
    }
}

impl Error for CodecError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.source()
    }
}
