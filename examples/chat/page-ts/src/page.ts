import { ChatSocket, type ServerMessage } from "chat-client";
import { onJoin, onSay, showOnline, showSaid, showStatus } from "./view.js";

/** Where the server is: the page's `?server=ws://…`, or where the page is from. */
const server = new URLSearchParams(location.search).get("server") ?? location.origin;

onJoin((name) => {
  const socket = new ChatSocket(`${server}/chat`);
  join(socket, name);

  let last = 0;
  onSay((text) => {
    socket.send({ type: "say", id: ++last, text });
    report();
  });

  socket.addEventListener("message", ({ data }) => {
    show(data);
    report();
  });
  socket.addEventListener("statechange", report);
  socket.addEventListener("error", ({ error }) => console.info(error.message));

  function report() {
    const waiting = socket.queue.count;
    showStatus(waiting > 0 ? `${socket.state}, ${waiting} to send` : socket.state);
  }
});

/** Says who is there to every new connection, before what is queued, and shows what the server answers. */
async function join(socket: ChatSocket, name: string): Promise<void> {
  const online = { match: ({ type }: ServerMessage) => type === "online" };
  for await (const message of socket.subscribe({ type: "join", name }, online)) show(message);
}

function show(message: ServerMessage): void {
  switch (message.type) {
    case "online":
      return showOnline(message.names);
    case "said":
      return showSaid(message.from, message.text, new Date(Number(message.at)));
    default:
      return never(message);
  }
}

/** Does not compile while a kind of message is left out above. */
function never(message: never): never {
  throw new TypeError(`a message of a kind that this page does not know: ${JSON.stringify(message)}`);
}
