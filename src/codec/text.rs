use super::{Codec, CodecError, Frame};

/// Strings as text frames, as they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Text;

impl Codec<String> for Text {
    fn encode(message: &String) -> Result<Frame, CodecError> {
        Ok(Frame::Text(message.clone()))
    }

    fn encode_owned(message: String) -> Result<Frame, CodecError> {
        Ok(Frame::Text(message))
    }

    fn decode(frame: Frame) -> Result<String, CodecError> {
        frame.into_text()
    }
}
