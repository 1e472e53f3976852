use super::CodecError;

/// What goes on the wire (RFC 6455, section 5.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A text frame.
    Text(String),
    /// A binary frame.
    Binary(Vec<u8>),
}

impl Frame {
    /// The text of a text frame.
    ///
    /// # Errors
    /// For a binary frame.
    pub fn into_text(self) -> Result<String, CodecError> {
        match self {
            Self::Text(text) => Ok(text),
            Self::Binary(_) => Err(CodecError::new("a binary frame, expected text")),
        }
    }

    /// The bytes of a binary frame.
    ///
    /// # Errors
    /// For a text frame.
    pub fn into_binary(self) -> Result<Vec<u8>, CodecError> {
        match self {
            Self::Binary(bytes) => Ok(bytes),
            Self::Text(_) => Err(CodecError::new("a text frame, expected binary")),
        }
    }
}

impl crate::core::Frame for Frame {
    fn byte_len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
        }
    }
}
