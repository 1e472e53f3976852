use super::{Codec, CodecError, Frame};

/// Bytes as binary frames, as they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Binary;

impl Codec<Vec<u8>> for Binary {
    fn encode(message: &Vec<u8>) -> Result<Frame, CodecError> {
        Ok(Frame::Binary(message.clone()))
    }

    fn encode_owned(message: Vec<u8>) -> Result<Frame, CodecError> {
        Ok(Frame::Binary(message))
    }

    fn decode(frame: Frame) -> Result<Vec<u8>, CodecError> {
        frame.into_binary()
    }
}
