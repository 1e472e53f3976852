//! [`export_codec!`](crate::export_codec) and what it expands to. It knows nothing of sockets: what it makes is the codec
//! of a JavaScript one.

#[cfg(target_family = "wasm")]
mod tagged;
#[cfg(target_family = "wasm")]
mod values;

#[cfg(target_family = "wasm")]
pub use tagged::Tagged;
#[cfg(target_family = "wasm")]
pub use values::{Plain, Shape, decode, encode};
#[cfg(target_family = "wasm")]
pub use wasm_bindgen;

/// Exports a codec for your messages from your own wasm crate, to be used by the `Socket` of the npm package:
/// `encode(message)` and `decode(frame)`, and `protocol()` where one is named.
///
/// ```
/// use everwire::Postcard;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// enum ClientMessage {
///     Say { text: String },
/// }
///
/// #[derive(Serialize, Deserialize)]
/// enum ServerMessage {
///     Said { from: String, text: String },
/// }
///
/// everwire::export_codec!(
///     Postcard,
///     incoming = ServerMessage,
///     outgoing = ClientMessage,
///     types = "../messages.js",
///     tag = "type",
///     protocol = "chat.1",
/// );
/// ```
///
/// - `incoming` has to implement `Serialize` too and `outgoing` `Deserialize`: they become JavaScript values and come from
///   them. Both are names of types, brought in by `use`.
/// - `types` is the module that declares both for TypeScript, seen from the folder that wasm-bindgen writes to.
/// - `tag` makes the messages, which have to be enums, objects that name their variant at this key:
///   `{ type: "Say", text: "hello" }`. Without it they look as serde has it: `{ Say: { text: "hello" } }`. Formats that do
///   not describe themselves, such as postcard, cannot read enums with serde's own `tag`.
/// - `protocol` is the subprotocol that names the format and the version of the messages.
///
/// In JavaScript, maps are objects (with strings for keys), integers of 64 and 128 bits are BigInts, bytes
/// (`serde_bytes`) are `Uint8Array`s, and `None` and `()` are `null`. Going the other way, a number will do for a BigInt,
/// and a field that may be `None` may be `undefined` or missing. What does not fit is an `Error` with the place in its
/// message and, as an array of keys, in `path`.
///
/// On targets other than wasm it expands to nothing.
#[macro_export]
macro_rules! export_codec {
    (
        $codec:ty,
        incoming = $incoming:ident,
        outgoing = $outgoing:ident,
        types = $types:literal
        $(, tag = $tag:literal)?
        $(, protocol = $protocol:expr)?
        $(,)?
    ) => {
        #[cfg(target_family = "wasm")]
        const _: () = {
            use $crate::export::wasm_bindgen::{self, JsValue, prelude::wasm_bindgen};

            #[wasm_bindgen(typescript_custom_section)]
            const TYPES: &str = concat!(
                "/** The frame for a message. */\n",
                "export function encode(message: import(\"", $types, "\").", stringify!($outgoing),
                "): string | Uint8Array<ArrayBuffer>;\n",
                "/** The message in a frame. */\n",
                "export function decode(frame: string | ArrayBuffer | Uint8Array): import(\"",
                $types, "\").", stringify!($incoming), ";\n",
            );

            #[wasm_bindgen(skip_typescript)]
            pub fn encode(message: JsValue) -> Result<JsValue, JsValue> {
                $crate::export::encode::<$codec, $incoming, $outgoing>(message, &$crate::__shape!($($tag)?))
            }

            #[wasm_bindgen(skip_typescript)]
            pub fn decode(frame: &JsValue) -> Result<JsValue, JsValue> {
                $crate::export::decode::<$codec, $incoming, $outgoing>(frame, &$crate::__shape!($($tag)?))
            }

            $(
                /// The subprotocol that names the format.
                #[wasm_bindgen]
                pub fn protocol() -> String {
                    String::from($protocol)
                }
            )?
        };
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __shape {
    () => {
        $crate::export::Plain
    };
    ($tag:literal) => {
        $crate::export::Tagged($tag)
    };
}
