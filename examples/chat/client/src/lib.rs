//! The messages' codec for the npm package.

use everwire::Postcard;
use messages::{ClientMessage, PROTOCOL, ServerMessage};

everwire::export_codec!(
    Postcard,
    incoming = ServerMessage,
    outgoing = ClientMessage,
    types = "../messages.js",
    tag = "type",
    protocol = PROTOCOL,
);
