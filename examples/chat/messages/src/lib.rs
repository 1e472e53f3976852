//! What the server of the chat and its clients say to each other: the one definition that all of them are built from.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The subprotocol. It gets another number with every change that an older client or server would misread: those do not
/// connect then.
pub const PROTOCOL: &str = "chat.1";

/// What a client says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(tag = "type", export, export_to = "messages.ts")]
pub enum ClientMessage {
    /// Who is there. The first message of every connection.
    Join { name: String },
    /// Something for everybody.
    Say {
        /// The sender's own number for it, by which it recognises the server's answer.
        id: u32,
        text: String,
    },
}

/// What the server says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
#[ts(tag = "type", export, export_to = "messages.ts")]
pub enum ServerMessage {
    /// Who is there now. Comes after every change.
    Online { names: Vec<String> },
    /// Somebody said something; the one who said it hears it too.
    Said {
        from: String,
        id: u32,
        text: String,
        /// When the server heard it, in ms since 1970.
        at: u64,
    },
}
