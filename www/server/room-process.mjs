// The socket server's process: started by the supervisor, told what to do over the IPC channel.
import { Room } from "./room.mjs";

let room;

process.on("message", async (order) => {
  if (order.trouble) {
    room.cause(order.trouble);
    return;
  }
  const { port, host, run, history } = order.start;
  room = new Room({ run, history, remember: (said) => process.send({ said }) });
  try {
    process.send({ listening: await room.listen(port, host) });
  } catch (error) {
    process.send({ failed: error.message });
  }
});

// Ctrl-C reaches the whole process group; it is the supervisor that decides when this process ends.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit());
