import type { RoomSocket } from "./connection";
import type { Said } from "./protocol";
import type { Journal } from "./journal";
import { byId, create, setText } from "./dom";
import { Outbox, type Delivery, type OwnMessage } from "./outbox";
import type { Visitor } from "./visitor";
import * as words from "./words";

const deliveryWords: Record<Delivery, string> = {
  queued: "queued",
  sent: "sent",
  delivered: "delivered",
  unsent: "not sent",
};

/** The chat room. What the visitor says is shown at once, with how far it has got. */
export function mountChat(socket: RoomSocket, journal: Journal, visitor: Visitor): void {
  const box = byId("messages-box");
  const list = byId("messages");
  const form = byId<HTMLFormElement>("composer");
  const input = byId<HTMLInputElement>("text");
  const items = new Map<string, HTMLElement>();
  const outbox = new Outbox(socket, visitor, showDelivery);
  let run: number | undefined;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (!text) return;
    input.value = "";
    const message = outbox.say(text);
    const item = ownItem(message);
    items.set(message.id, item);
    list.append(item);
    box.scrollTop = box.scrollHeight;
  });

  socket.addEventListener("message", ({ data }) => {
    switch (data.type) {
      case "welcome":
        welcomedBy(data.server);
        data.history.forEach(show);
        break;
      case "said":
        show(data);
        break;
      case "presence":
        setText(byId("present"), data.present === 1 ? "only you here" : `${data.present} here`);
        break;
    }
  });

  socket.addEventListener("statechange", showPrompt);
  showPrompt();

  function show(said: Said): void {
    const own = outbox.confirm(said.id);
    const item = items.get(said.id);
    if (!item) place(said.id, said.id.startsWith(`${visitor.key}.`) ? ownItemOf(said) : othersItem(said));
    else if (own) keepInOrder(item);
  }

  function welcomedBy(server: { run: number; pid: number }): void {
    if (server.run === run) return;
    const again = run !== undefined;
    run = server.run;
    const text = again
      ? `A new server process answers: ${server.pid}`
      : `You are ${visitor.name}. Server process ${server.pid}`;
    place(`run-${run}`, create("li", { class: "notice" }, text));
    setText(byId("server-process"), `process ${server.pid}`);
    if (again) journal.note("server", "new server", `process ${server.pid}, number ${run} on this port`);
  }

  // What the room has confirmed stands in the room's order; what is still on its way stands below.
  function place(id: string, item: HTMLElement): void {
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 60;
    items.set(id, item);
    list.insertBefore(item, firstPendingItem());
    if (atEnd) box.scrollTop = box.scrollHeight;
  }

  // Moved only when something overtook it: a screen reader reads a moved message out again.
  function keepInOrder(item: HTMLElement): void {
    const pending = firstPendingItem();
    if (pending && pending.compareDocumentPosition(item) & Node.DOCUMENT_POSITION_FOLLOWING) pending.before(item);
  }

  function firstPendingItem(): HTMLElement | null {
    const pending = outbox.firstPending;
    return (pending && items.get(pending.id)) ?? null;
  }

  function showDelivery(message: OwnMessage): void {
    const item = items.get(message.id);
    if (!item) return;
    item.dataset.delivery = message.delivery;
    const mark = item.querySelector(".delivery");
    if (mark) setText(mark, deliveryWords[message.delivery]);
  }

  function showPrompt(): void {
    const { state } = socket;
    setText(byId("send"), state === "open" ? "Send" : state === "closed" ? "Keep" : "Queue");
    input.placeholder = state === "open" ? "Say something" : "Keep typing, nothing is lost";
  }
}

function ownItem({ id, text, at, delivery }: OwnMessage): HTMLElement {
  return create(
    "li",
    { class: "message own", "data-id": id, "data-delivery": delivery },
    create("p", { class: "text" }, text),
    create("p", { class: "meta" }, timeOf(at), create("span", { class: "delivery" }, deliveryWords[delivery])),
  );
}

function ownItemOf({ id, text, at }: Said): HTMLElement {
  return ownItem({ id, text, at, delivery: "delivered" });
}

function othersItem({ id, from, text, at }: Said): HTMLElement {
  return create(
    "li",
    { class: "message", "data-id": id },
    create("p", { class: "text" }, text),
    create("p", { class: "meta" }, create("b", {}, from), timeOf(at)),
  );
}

function timeOf(at: number): HTMLElement {
  return create("time", { datetime: new Date(at).toISOString() }, words.clockTime(at).slice(0, 5));
}
