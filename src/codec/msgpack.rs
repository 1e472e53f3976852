use rmp_serde::Deserializer;
use rmp_serde::decode::Error;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::bounded::Budget;
use super::{Codec, CodecError, Frame};

/// [MessagePack](https://msgpack.org) in binary frames, by `rmp-serde`. The subprotocol is by custom called `msgpack`.
///
/// Structs are maps with the names of their fields, as JavaScript reads them, and not arrays. A `Vec<u8>` is an array of
/// numbers to serde; with `#[serde(with = "serde_bytes")]` it takes a byte for a byte and is a `Uint8Array` in JavaScript.
#[derive(Clone, Copy, Debug, Default)]
pub struct MsgPack;

impl<Incoming: DeserializeOwned, Outgoing: Serialize> Codec<Incoming, Outgoing> for MsgPack {
    fn encode(message: &Outgoing) -> Result<Frame, CodecError> {
        rmp_serde::to_vec_named(message).map(Frame::Binary).map_err(CodecError::new)
    }

    fn decode(frame: Frame) -> Result<Incoming, CodecError> {
        let bytes = frame.into_binary()?;
        let mut reader = Deserializer::from_read_ref(&bytes);
        match Incoming::deserialize(Budget::of(&bytes).describing(&mut reader)) {
            Ok(message) if is_at_end(reader) => Ok(message),
            Ok(_) => Err(CodecError::trailing()),
            Err(error) => {
                let mut reader = Deserializer::from_read_ref(&bytes);
                Err(CodecError::locate::<Incoming, _>(error, Budget::of(&bytes).describing(&mut reader)))
            }
        }
    }
}

/// The library does not say where it is, but what is amiss where the next value would begin.
fn is_at_end<'de, R>(mut reader: R) -> bool
where
    for<'a> &'a mut R: serde::Deserializer<'de, Error = Error>,
{
    matches!(<()>::deserialize(&mut reader), Err(Error::InvalidMarkerRead(_)))
}
