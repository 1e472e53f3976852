use postcard::Deserializer;
use serde::{Serialize, de::DeserializeOwned};

use super::bounded::Budget;
use super::{Codec, CodecError, Frame};

/// [postcard](https://postcard.jamesmunns.com) in binary frames: for Rust at both ends, with the same types.
///
/// Frames hold neither names nor types, so they are the smallest, and an error has no [path](CodecError::path). What needs
/// them, such as `#[serde(tag = "…")]`, `untagged` and `flatten`, cannot be read back.
#[derive(Clone, Copy, Debug, Default)]
pub struct Postcard;

impl<Incoming: DeserializeOwned, Outgoing: Serialize> Codec<Incoming, Outgoing> for Postcard {
    fn encode(message: &Outgoing) -> Result<Frame, CodecError> {
        postcard::to_stdvec(message).map(Frame::Binary).map_err(CodecError::new)
    }

    fn decode(frame: Frame) -> Result<Incoming, CodecError> {
        let bytes = frame.into_binary()?;
        let mut reader = Deserializer::from_bytes(&bytes);
        let message = Incoming::deserialize(Budget::of(&bytes).terse(&mut reader)).map_err(CodecError::new)?;
        let rest = reader.finalize().map_err(CodecError::new)?;
        if rest.is_empty() { Ok(message) } else { Err(CodecError::trailing()) }
    }
}
