// The texts of the page. Every sentence about the shop is created here.

const format = new Intl.NumberFormat("en");

export const number = value => format.format(value);
export const count = (value, one, many) => `${number(value)} ${value === 1 ? one : many}`;
const sum = values => values.reduce((total, value) => total + value, 0);

// How a caller can end, in the order in which the page shows it.
export const endings = {
  sold: "got a lamp",
  soldOut: "heard “sold out”",
  queue_full: "sent away: every line was full",
  wait_timeout: "sent away: waited too long",
  draining: "sent away: the shop was closing",
  abandoned: "left the line",
  inside: "in the shop right now",
};

export function countEndings({ books }) {
  const ended = { sold: books.sold, soldOut: books.soldOut, ...books.dropped };
  return { ...ended, inside: Math.max(0, books.calls - sum(Object.values(ended))) };
}

export function narrate({ books, queue }) {
  const waiting = sum(queue.waiting);
  const places = queue.partitions * queue.partitionCapacity;
  const lines = queue.partitions === 1 ? "one line" : `${number(queue.partitions)} lines`;
  if (books.stock === 0 && waiting === 0 && queue.running === 0)
    return "Sold out. Newcomers hear it at the door, without queueing.";
  if (queue.running === 0)
    return "The shop is open and nobody is in it.";
  if (queue.running < queue.workers)
    return `${count(queue.running, "till is", "tills are")} busy, `
      + `${number(queue.workers - queue.running)} free: nobody has to wait.`;
  const busy = queue.workers === 1 ? "The till is busy" : `All ${number(queue.workers)} tills are busy`;
  if (waiting === 0)
    return `${busy}; the next one to come has to wait.`;
  if (books.stock === 0)
    return `The last lamps are being paid for. ${count(waiting, "shopper", "shoppers")} in line will hear “sold out”.`;
  return waiting >= places
    ? `${busy} and ${queue.partitions === 1 ? "the line is" : `all ${lines} are`} full: `
      + "newcomers are sent away at once."
    : `${busy}, and ${count(waiting, "shopper waits", "shoppers wait")} in ${lines}.`;
}

export function describeTills({ queue, orderMilliseconds }) {
  // After a decrease of the workers, more tills may still be busy.
  const closing = Math.max(0, queue.running - queue.workers);
  const more = closing > 0 ? `, ${number(closing)} finishing and closing` : "";
  return `${number(queue.running - closing)} of ${number(queue.workers)} busy${more} · `
    + `one order takes ${number(orderMilliseconds)} ms`;
}

export function describeLines({ queue }) {
  const longest = queue.longestWaitSeconds >= 0.1 ? ` · the longest for ${queue.longestWaitSeconds.toFixed(1)} s` : "";
  return `${number(sum(queue.waiting))} waiting, `
    + `${number(queue.partitions * queue.partitionCapacity)} places${longest}`;
}

export function describeDoor({ sentAway, soldOut, letIn }) {
  const parts = [];
  if (letIn > 0) parts.push(`${number(letIn)} let in`);
  if (sentAway > 0) parts.push(`${number(sentAway)} sent away`);
  if (soldOut > 0) parts.push(`${number(soldOut)} told “sold out”`);
  return parts.length ? `${parts.join(", ")} in the last second` : "nobody comes";
}

export function summarize(rush) {
  const told = [];
  told.push(rush.sold === 0 ? "nobody got a lamp" : `${number(rush.sold)} got a lamp`);
  if (rush.soldOut > 0) told.push(`${number(rush.soldOut)} heard “sold out”`);
  if (rush.sentAway > 0) told.push(`${number(rush.sentAway)} were sent away with a time to come back`);
  if (rush.failed > 0) told.push(`${number(rush.failed)} got no proper answer`);
  const last = told.pop();
  const all = told.length ? `${told.join(", ")} and ${last}` : last;
  return `${number(rush.shoppers)} shoppers came within ${rush.seconds.toFixed(1)} seconds: ${all}.`;
}

export const refusals = {
  queue_full: "The shop is full",
  wait_timeout: "You waited too long",
  draining: "The shop is closing",
};
