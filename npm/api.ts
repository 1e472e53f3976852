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
  HeartbeatOptions,
  LostConnection,
  NativeMessage,
  Provider,
  QueueOptions,
  SendOptions,
  Sendable,
  SocketOptions,
  WebSocketConstructor,
} from "./options.js";
export { Socket, type SendResult } from "./socket.js";
