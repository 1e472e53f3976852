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
