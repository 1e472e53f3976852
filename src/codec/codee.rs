use std::fmt::Debug;
use std::marker::PhantomData;

use ::codee::{Decoder, Encoder, HybridCoderError, HybridDecoder, HybridEncoder};

use super::{Codec, CodecError, Frame};

/// A codec of [codee](https://docs.rs/codee), as Leptos apps have them: those that make strings take and give text frames,
/// those that make bytes binary ones. Whoever has a choice takes [`Json`](super::Json) and its like, which say where in a
/// message an error is, and bound what a frame can ask for.
///
/// ```
/// use codee::string::FromToStringCodec;
/// use everwire::{Codec, Codee, CodecError, Frame};
///
/// type Decimal = Codee<FromToStringCodec>;
///
/// let frame = <Decimal as Codec<u64>>::encode(&42)?;
/// assert_eq!(frame, Frame::Text("42".into()));
/// assert_eq!(<Decimal as Codec<u64>>::decode(frame)?, 42);
/// # Ok::<(), CodecError>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Codee<X>(PhantomData<fn() -> X>);

impl<Incoming, Outgoing, X> Codec<Incoming, Outgoing> for Codee<X>
where
    X: Encoder<Outgoing> + HybridEncoder<Outgoing, <X as Encoder<Outgoing>>::Encoded, Error: Debug>,
    X: Decoder<Incoming> + HybridDecoder<Incoming, <X as Decoder<Incoming>>::Encoded, Error: Debug>,
{
    fn encode(message: &Outgoing) -> Result<Frame, CodecError> {
        if X::is_binary_encoder() {
            X::encode_bin(message).map(Frame::Binary).map_err(described)
        } else {
            X::encode_str(message).map(Frame::Text).map_err(described)
        }
    }

    fn decode(frame: Frame) -> Result<Incoming, CodecError> {
        if X::is_binary_decoder() {
            X::decode_bin(&frame.into_binary()?).map_err(described)
        } else {
            X::decode_str(&frame.into_text()?).map_err(described)
        }
    }
}

/// By `Debug`, because codee has errors that are nothing more: `()`, JavaScript's values.
fn described<E: Debug>(error: HybridCoderError<E>) -> CodecError {
    match error {
        HybridCoderError::NotImplemented(sentence) => CodecError::new(sentence),
        HybridCoderError::Coder(error) => CodecError::new(format!("{error:?}")),
    }
}

#[cfg(test)]
mod tests {
    use ::codee::binary::FromToBytesCodec;
    use ::codee::string::{FromToStringCodec, OptionCodec};

    use super::*;

    /// Decimal digits one way, bytes the other.
    struct Mixed;

    impl Encoder<u16> for Mixed {
        type Error = ();
        type Encoded = String;

        fn encode(message: &u16) -> Result<String, ()> {
            if *message == 0 { Err(()) } else { Ok(message.to_string()) }
        }
    }

    impl Decoder<u16> for Mixed {
        type Error = <FromToBytesCodec as Decoder<u16>>::Error;
        type Encoded = [u8];

        fn decode(bytes: &[u8]) -> Result<u16, Self::Error> {
            FromToBytesCodec::decode(bytes)
        }
    }

    #[test]
    fn codecs_of_strings_take_and_give_text_frames() {
        type Number = Codee<FromToStringCodec>;
        assert_eq!(<Number as Codec<u16>>::encode(&258).unwrap(), Frame::Text("258".into()));
        assert_eq!(<Number as Codec<u16>>::decode(Frame::Text("258".into())).unwrap(), 258);

        type Maybe = Codee<OptionCodec<FromToStringCodec>>;
        let frame = <Maybe as Codec<Option<u16>>>::encode(&Some(258)).unwrap();
        assert_eq!(<Maybe as Codec<Option<u16>>>::decode(frame).unwrap(), Some(258));
    }

    #[test]
    fn codecs_of_bytes_take_and_give_binary_frames() {
        type Number = Codee<FromToBytesCodec>;
        assert_eq!(<Number as Codec<u16>>::encode(&258).unwrap(), Frame::Binary(vec![1, 2]));
        assert_eq!(<Number as Codec<u16>>::decode(Frame::Binary(vec![1, 2])).unwrap(), 258);
    }

    #[test]
    fn what_comes_and_what_goes_may_be_of_different_types_and_kinds() {
        assert_eq!(<Codee<FromToStringCodec> as Codec<u16, &str>>::encode(&"all").unwrap(), Frame::Text("all".into()));
        assert_eq!(<Codee<Mixed> as Codec<u16>>::encode(&258).unwrap(), Frame::Text("258".into()));
        assert_eq!(<Codee<Mixed> as Codec<u16>>::decode(Frame::Binary(vec![1, 2])).unwrap(), 258);
    }

    #[test]
    fn a_frame_of_the_other_kind_and_one_that_is_no_message_are_errors() {
        let decode = <Codee<FromToStringCodec> as Codec<u16>>::decode;
        assert_eq!(decode(Frame::Binary(vec![1, 2])).unwrap_err().to_string(), "a binary frame, expected text");
        assert_eq!(decode(Frame::Text("two".into())).unwrap_err().to_string(), "ParseIntError { kind: InvalidDigit }");

        let decode = <Codee<FromToBytesCodec> as Codec<u16>>::decode;
        assert_eq!(decode(Frame::Text("258".into())).unwrap_err().to_string(), "a text frame, expected binary");
        assert!(decode(Frame::Binary(vec![1, 2, 3])).is_err());
    }

    #[test]
    fn a_message_without_a_form_is_an_error() {
        assert_eq!(<Codee<Mixed> as Codec<u16>>::encode(&0).unwrap_err().to_string(), "()");
    }
}
