use minicbor_serde::{Deserializer, Serializer};
use serde::{Serialize, de::DeserializeOwned};

use super::bounded::Budget;
use super::{Codec, CodecError, Frame};

/// [CBOR](https://www.rfc-editor.org/rfc/rfc8949) in binary frames, by `minicbor-serde`. The subprotocol is by custom
/// called `cbor`.
///
/// Structs are maps with the names of their fields. A `Vec<u8>` is an array of numbers to serde; with
/// `#[serde(with = "serde_bytes")]` it takes a byte for a byte and is a `Uint8Array` in JavaScript.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cbor;

impl<Incoming: DeserializeOwned, Outgoing: Serialize> Codec<Incoming, Outgoing> for Cbor {
    fn encode(message: &Outgoing) -> Result<Frame, CodecError> {
        let mut bytes = Vec::new();
        message.serialize(Serializer::new(&mut bytes).serialize_unit_as_null(true)).map_err(CodecError::new)?;
        Ok(Frame::Binary(bytes))
    }

    fn decode(frame: Frame) -> Result<Incoming, CodecError> {
        let bytes = frame.into_binary()?;
        let mut reader = Deserializer::new(&bytes);
        match Incoming::deserialize(Budget::of(&bytes).describing(&mut reader)) {
            Ok(message) if reader.decoder().position() == bytes.len() => Ok(message),
            Ok(_) => Err(CodecError::trailing()),
            Err(error) => {
                let mut reader = Deserializer::new(&bytes);
                Err(CodecError::locate::<Incoming, _>(error, Budget::of(&bytes).describing(&mut reader)))
            }
        }
    }
}
