//! Typed messages to frames and back, one file a format. A codec knows nothing of sockets.

mod binary;
#[cfg(any(feature = "msgpack", feature = "cbor", feature = "postcard"))]
mod bounded;
#[cfg(feature = "cbor")]
mod cbor;
#[cfg(feature = "codee")]
mod codee;
mod error;
mod frame;
#[cfg(feature = "json")]
mod json;
#[cfg(feature = "msgpack")]
mod msgpack;
#[cfg_attr(
    not(all(target_family = "wasm", feature = "export")),
    expect(dead_code, reason = "only JavaScript is told of each step")
)]
mod place;
#[cfg(feature = "postcard")]
mod postcard;
mod text;

#[cfg(feature = "codee")]
pub use self::codee::Codee;
#[cfg(feature = "postcard")]
pub use self::postcard::Postcard;
pub use binary::Binary;
#[cfg(feature = "cbor")]
pub use cbor::Cbor;
pub use error::CodecError;
pub use frame::Frame;
#[cfg(feature = "json")]
pub use json::Json;
#[cfg(feature = "msgpack")]
pub use msgpack::MsgPack;
#[cfg(all(target_family = "wasm", feature = "export"))]
pub(crate) use place::{Key, Place};
pub use text::Text;

/// Turns messages into frames and back.
///
/// ```
/// use everwire::{Codec, CodecError, Frame};
///
/// /// Whole numbers as decimal text.
/// struct Decimal;
///
/// impl Codec<u64> for Decimal {
///     fn encode(message: &u64) -> Result<Frame, CodecError> {
///         Ok(Frame::Text(message.to_string()))
///     }
///
///     fn decode(frame: Frame) -> Result<u64, CodecError> {
///         Ok(frame.into_text()?.parse().map_err(CodecError::new)?)
///     }
/// }
///
/// let frame = Decimal::encode(&42)?;
/// assert_eq!(frame, Frame::Text("42".into()));
/// assert_eq!(Decimal::decode(frame)?, 42);
/// assert!(Decimal::decode(Frame::Binary(vec![1])).is_err());
/// # Ok::<(), CodecError>(())
/// ```
pub trait Codec<Incoming, Outgoing = Incoming> {
    /// The frame for a message.
    ///
    /// # Errors
    /// When the message has no form in this format. It is then not sent, and nothing else is touched.
    fn encode(message: &Outgoing) -> Result<Frame, CodecError>;

    /// The frame for a message that is not needed any more, as one that goes into a `Sink` is not: a format which has the
    /// message itself on the wire need not copy it. Default: as [`encode`](Self::encode).
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    fn encode_owned(message: Outgoing) -> Result<Frame, CodecError> {
        Self::encode(&message)
    }

    /// The message in a frame.
    ///
    /// # Errors
    /// When the frame holds no such message. That is reported, and the connection goes on.
    fn decode(frame: Frame) -> Result<Incoming, CodecError>;
}
