/**
 * What became of every message, see docs/reliability.md. Each message is in exactly one class, and a message is
 * unaccounted for unless there is proof of something better:
 *
 *   delivered   it came out at the other end
 *   reported    the sender was told that it will not be sent, and it was indeed not handed to any connection
 *   in flight   it was handed to an open connection which then died, and nothing that was handed to that connection
 *               after it arrived: a connection loses its last messages, never one from the middle
 */

/**
 * One direction of a run.
 *
 *   accepted    the numbers of all messages, in the order of sending
 *   reported    those that the sender was told about
 *   handed      [{ n, connection, open }] in the order in which the native socket got them
 *   received    [{ n, late }] as they came out; late: over a connection that had already been replaced
 *   swallowed   those that came out of a native socket in use and that the library did not pass on
 *   died        whether a connection did
 *
 * Answers the numbers in each class, and a sentence for each message that is unaccounted for.
 */
export function tally({ accepted, reported, handed, received, swallowed = [], died }) {
  const told = new Set(reported);
  const lost = new Set(swallowed);
  const arrived = new Set(received.map(({ n }) => n));
  const inTime = received.filter(({ late }) => !late).map(({ n }) => n);
  const delivered = new Set(inTime);
  const handedTo = new Map(handed.map((entry) => [entry.n, entry]));
  const lostTail = tails(handed, arrived);

  /** The class of a message or, in words, why it is in none. */
  const classOf = (n) => {
    const handing = handedTo.get(n);
    if (told.has(n)) return handing || arrived.has(n) ? "was reported as not sent, and was sent" : "reported";
    if (delivered.has(n)) return "delivered";
    if (!handing) return "was never handed to a connection";
    if (!handing.open) return `was handed to connection ${handing.connection} when that was not open`;
    if (lost.has(n)) return `came in on connection ${handing.connection} and was not passed on`;
    if (!died(handing.connection)) return `was lost by connection ${handing.connection}, which lives`;
    // What arrived late was handed to a connection that was given up: the sender could not know that it would.
    if (arrived.has(n) || lostTail.has(n)) return "inFlight";
    return `was lost from the middle of connection ${handing.connection}`;
  };

  const row = { sent: accepted.length, delivered: 0, reported: 0, inFlight: 0, unaccounted: 0 };
  const mysteries = [];
  for (const n of accepted) {
    const found = classOf(n);
    if (Object.hasOwn(row, found)) {
      row[found] += 1;
    } else {
      row.unaccounted += 1;
      mysteries.push(`message ${n} ${found}`);
    }
  }
  // What came out more often than it was sent, which may be never.
  row.duplicated = received.length - accepted.filter((n) => arrived.has(n)).length;
  const overtaken = new Set([...descents(handed.map(({ n }) => n)), ...descents(inTime)]);
  row.outOfOrder = overtaken.size;
  return { row, mysteries };
}

/** The sum of rows, number by number. */
export const sum = (rows) =>
  rows.reduce(
    (total, row) => Object.fromEntries(Object.keys(row).map((key) => [key, (total[key] ?? 0) + row[key]])),
    {},
  );

/** The rules that a row of everwire's has to keep; a sentence for each that it breaks. */
export function broken(row) {
  const faults = [];
  const { sent, delivered, reported, inFlight, unaccounted, duplicated, outOfOrder, maxLive } = row;
  if (unaccounted > 0) faults.push(`${unaccounted} messages are unaccounted for`);
  if (duplicated > 0) faults.push(`${duplicated} messages came twice`);
  if (outOfOrder > 0) faults.push(`${outOfOrder} messages were overtaken`);
  if (maxLive > 1) faults.push(`${maxLive} connections were live at once`);
  if (sent !== delivered + reported + inFlight + unaccounted) faults.push("the classes do not sum up to what was sent");
  if (delivered === 0) faults.push("nothing was delivered at all");
  return faults;
}

/** What was handed to each connection after the last message of it that arrived. */
function tails(handed, arrived) {
  const byConnection = new Map();
  for (const { n, connection } of handed) {
    if (!byConnection.has(connection)) byConnection.set(connection, []);
    byConnection.get(connection).push(n);
  }
  const tail = new Set();
  for (const numbers of byConnection.values()) {
    const last = numbers.findLastIndex((n) => arrived.has(n));
    for (const n of numbers.slice(last + 1)) tail.add(n);
  }
  return tail;
}

/** The numbers that come after a higher one. A second coming is a duplicate and no descent. */
function descents(numbers) {
  const seen = new Set();
  let highest = -1;
  return numbers.filter((n) => {
    const again = seen.has(n);
    seen.add(n);
    if (n < highest) return !again;
    highest = n;
    return false;
  });
}
