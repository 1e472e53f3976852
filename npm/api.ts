export { SocketError, type SocketErrorCode } from "./errors.js";
export {
  DropEvent,
  RetryEvent,
  SocketCloseEvent,
  SocketErrorEvent,
  StateChangeEvent,
  type CloseInfo,
  type DropReason,
  type SocketEventMap,
  type SocketHandler,
  type SocketListener,
  type State,
} from "./events.js";
export type {
  BackoffOptions,
  Codec,
  Correlation,
  HeartbeatOptions,
  InboxOptions,
  LostConnection,
  NativeMessage,
  Provider,
  QueueOptions,
  RequestOptions,
  SendOptions,
  Sendable,
  SocketOptions,
  SocketStats,
  SubscribeOptions,
  WebSocketConstructor,
} from "./options.js";
export type { SchemaIssue, StandardSchema } from "./schema.js";
export { Socket, type SendResult } from "./socket.js";
