// What may come in from outside: a client's messages over the socket, a trouble over HTTP.
// Both readers answer undefined for anything else.

const longestText = 1000;

/** `{ type: "ping" }` or `{ type: "say", id, text }`. */
export function readClientMessage(json) {
  const message = parseObject(json);
  if (message?.type === "ping") return { type: "ping" };
  if (message?.type !== "say") return undefined;
  const { id, text } = message;
  if (!isText(id, 80) || !isText(text, longestText)) return undefined;
  return { type: "say", id, text };
}

/**
 * The troubles, each with what it needs:
 * - `kill` (`seconds`): the process dies by SIGKILL and is started again after that time;
 * - `refuse` (`seconds`): connections are cut, and each dial is answered with HTTP 503;
 * - `turn-away` (`seconds`): each connection is accepted and closed at once with 1013;
 * - `silence`: today's connections stay up, but nothing is read from them or written to them again;
 * - `close` (`code`, `reason`): all connections are closed with that code;
 * - `flood` (`count`): that many numbered messages to everybody, as fast as they go.
 */
export function readTrouble(json) {
  const trouble = parseObject(json);
  switch (trouble?.kind) {
    case "kill":
    case "refuse":
    case "turn-away":
      return isWhole(trouble.seconds, 1, 60) ? { kind: trouble.kind, seconds: trouble.seconds } : undefined;
    case "silence":
      return { kind: "silence" };
    case "close": {
      const { code, reason = "" } = trouble;
      if (!isSendableCode(code) || typeof reason !== "string" || Buffer.byteLength(reason) > 123) return undefined;
      return { kind: "close", code, reason };
    }
    case "flood":
      return isWhole(trouble.count, 1, 100_000) ? { kind: "flood", count: trouble.count } : undefined;
    default:
      return undefined;
  }
}

function parseObject(json) {
  try {
    const value = JSON.parse(json);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function isText(value, longest) {
  return typeof value === "string" && value.length > 0 && value.length <= longest;
}

function isWhole(value, least, most) {
  return Number.isInteger(value) && value >= least && value <= most;
}

// 1004 is reserved; 1005 and 1006 stand for "no code" and "no closing handshake" and never travel (RFC 6455 §7.4.1).
function isSendableCode(code) {
  return isWhole(code, 3000, 4999) || (isWhole(code, 1000, 1014) && ![1004, 1005, 1006].includes(code));
}
