/** A socket as web streams, with backpressure in both directions. */

import type { Inbox } from "./inbox.js";

/** Reads when it is asked to: what comes meanwhile waits in the inbox, within its bound. */
export function readableOf<Message>(inbox: Inbox<Message>): ReadableStream<Message> {
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await inbox.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => void inbox.return(),
    },
    { highWaterMark: 0 },
  );
}

/** Takes a message when there is room in the send queue: `writer.ready` waits until less than the high-water mark is queued. */
export function writableOf<Message>(socket: {
  send(message: Message): unknown;
  room(): Promise<void>;
  flushed(): Promise<void>;
  close(): void;
}): WritableStream<Message> {
  return new WritableStream({
    write(message) {
      socket.send(message);
      return socket.room();
    },
    async close() {
      await socket.flushed();
      socket.close();
    },
    abort: () => socket.close(),
  });
}
