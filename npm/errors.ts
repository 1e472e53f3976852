/** What can go wrong with a socket, as stable names. */
export type SocketErrorCode =
  | "connect-failed"
  | "connection-lost"
  | "connect-timeout"
  | "blocked"
  | "provider-failed"
  | "no-websocket"
  | "heartbeat-timeout"
  | "page-frozen"
  | "gave-up"
  | "crashed"
  | "closed"
  | "queue-full"
  | "encode-failed"
  | "decode-failed"
  | "message-too-large"
  | "invalid-message"
  | "inbox-full"
  | "request-timeout"
  | "request-lost"
  | "request-dropped"
  | "request-failed";

/**
 * An error of a socket. Its `code` is stable; its message is for people and never holds a URL, a protocol or a payload.
 */
export class SocketError extends Error {
  override readonly name = "SocketError";
  /** What went wrong. */
  readonly code: SocketErrorCode;
  /** Where in the message it is, outermost first, if that is known. */
  readonly path: readonly PropertyKey[] | undefined;

  constructor(code: SocketErrorCode, message: string, cause?: unknown, path?: readonly PropertyKey[]) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.path = path;
  }
}

/** The error of a socket whose engine broke. */
export function crashed(cause?: unknown): SocketError {
  return new SocketError("crashed", "the engine broke, and its queue is lost: make a new socket", cause);
}

/** What went wrong with a connection, by the engine's numbers. */
export const FAILURES: [code: SocketErrorCode, message: string][] = [
  ["connect-failed", "no connection could be made"],
  ["connection-lost", "the connection was lost"],
  ["connect-timeout", "no connection in time"],
  ["blocked", "the page may not connect there"],
  ["provider-failed", "the provider gave nothing to dial"],
  ["no-websocket", "no WebSocket here: pass the option `WebSocket`"],
  ["heartbeat-timeout", "no answer to a heartbeat in time"],
  ["page-frozen", "the page was frozen"],
  ["gave-up", "no attempt is left"],
];
