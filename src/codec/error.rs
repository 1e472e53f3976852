use std::error::Error;
use std::fmt;

/// Why a message could not be encoded, or a frame not decoded.
#[derive(Debug)]
pub struct CodecError {
    path: Option<String>,
    cause: Box<dyn Error>,
}

impl CodecError {
    /// Wraps what a format's library says, or a sentence.
    pub fn new(cause: impl Into<Box<dyn Error>>) -> Self {
        Self { path: None, cause: cause.into() }
    }

    /// Where in the message it went wrong, such as `prices[3].bid`: where the format tells, and it was inside.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
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
        let path = found.map(|found| found.path().to_string());
        Self { path: path.filter(|path| path != "."), cause: error.into() }
    }
}

impl fmt::Display for CodecError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
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
