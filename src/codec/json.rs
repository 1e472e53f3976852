use serde::{Serialize, de::DeserializeOwned};

use super::{Codec, CodecError, Frame};

/// JSON in text frames, by `serde_json`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Json;

impl<Incoming: DeserializeOwned, Outgoing: Serialize> Codec<Incoming, Outgoing> for Json {
    fn encode(message: &Outgoing) -> Result<Frame, CodecError> {
        serde_json::to_string(message).map(Frame::Text).map_err(CodecError::new)
    }

    fn decode(frame: Frame) -> Result<Incoming, CodecError> {
        let text = frame.into_text()?;
        serde_json::from_str(&text)
            .map_err(|error| CodecError::locate::<Incoming, _>(error, &mut serde_json::Deserializer::from_str(&text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(message: &[u32]) -> Vec<u32> {
        let frame = <Json as Codec<Vec<u32>, [u32; 3]>>::encode(&message.try_into().unwrap()).unwrap();
        <Json as Codec<Vec<u32>>>::decode(frame).unwrap()
    }

    #[test]
    fn messages_survive() {
        assert_eq!(round_trip(&[1, 2, 3]), [1, 2, 3]);
    }

    #[test]
    fn what_is_no_message_is_an_error_and_nothing_worse() {
        let deep = "[".repeat(100_000);
        for text in ["", "nonsense", "{\"a\":", "[1,2", &deep] {
            assert!(<Json as Codec<Vec<u32>>>::decode(Frame::Text(text.into())).is_err());
            assert!(<Json as Codec<serde_json::Value>>::decode(Frame::Text(text.into())).is_err());
        }
        assert!(<Json as Codec<Vec<u32>>>::decode(Frame::Binary(b"[1]".to_vec())).is_err());
    }
}
